/**
 * Cases of actions: `test/actions/<id>/<case>/case.yml`, in the format of `case.ts`, without code of their own.
 * `UPDATE_GOLDEN=1` rewrites `expect.outputs` where `expect.golden` is true; read the diff. `ACTION=pr.` runs a part.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { actions } from "../../src/actions/index.ts";
import { type ActionDefinition, StepFailed, Suspension } from "../../src/model/action.ts";
import { Failure } from "../../src/model/failure.ts";
import { type ActionCase, caseSchema } from "./case.ts";
import { included, verifyWorld } from "./expected.ts";
import { CaseWorld } from "./world.ts";

const hasChromium = (process.env["PATH"] ?? "")
  .split(delimiter)
  .some((folder) => ["chromium", "chromium-browser", "google-chrome"].some((name) => existsSync(join(folder, name))));

describe("actions, cases", () => {
  for (const { id, load } of actions) {
    if (!id.startsWith(process.env["ACTION"] ?? "")) continue;
    const folder = join(import.meta.dirname, id);
    const names = existsSync(folder) ? readdirSync(folder).sort() : [];
    it(`${id} has a case`, () => {
      expect(names.length).toBeGreaterThan(0);
    });
    for (const name of names) {
      const file = join(folder, name, "case.yml");
      const isSkipped = !hasChromium && /^browser: true$/m.test(readFileSync(file, "utf8"));
      it.skipIf(isSkipped)(`${id}/${name}${isSkipped ? " (no Chromium on this machine)" : ""}`, async () => {
        const given = caseSchema.parse(parse(readFileSync(file, "utf8")));
        const world = await CaseWorld.open(given);
        try {
          const result = await runAction(await load(), world);
          if (given.expect.golden && process.env["UPDATE_GOLDEN"] === "1") rewrite(file, result.outputs);
          else verify(given, world, result);
        } finally {
          await world.close();
        }
      });
    }
  }
});

interface Result {
  readonly outputs?: unknown;
  readonly suspends?: Suspension["reason"];
  readonly failure?: Error;
}

async function runAction(action: ActionDefinition, world: CaseWorld): Promise<Result> {
  const parsed = action.inputs.safeParse(world.filled(world.given.with));
  if (!parsed.success) {
    const complaints = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return { failure: new StepFailed(complaints.join("; ")) };
  }
  let result: Result = {};
  for (let round = 0; round < world.given.repeat; round++) {
    // What is said is as of the last time; what was done is as of all of them.
    world.log.length = 0;
    world.summary = "";
    try {
      const context = await world.context(action.id, action.needs);
      const answer = await action.run(context as never, parsed.data);
      if (answer instanceof Suspension) result = { suspends: answer.reason };
      else {
        // Outputs are stored: what does not survive JSON does not come back.
        result = { outputs: action.outputs.parse(JSON.parse(JSON.stringify(answer))) };
        expect(result.outputs, "outputs are all described").toEqual(answer);
      }
    } catch (error) {
      if (!(error instanceof StepFailed) && !(error instanceof Failure)) throw error;
      result = { failure: error };
    }
  }
  return result;
}

function verify(given: ActionCase, world: CaseWorld, result: Result): void {
  const wanted = given.expect;
  if (wanted.fails === undefined && result.failure !== undefined) throw result.failure;
  if (wanted.fails !== undefined) {
    const { failure } = result;
    const why = failure instanceof Failure ? [failure.why, failure.next] : [];
    const text = [failure?.message, ...why].filter((part) => part !== undefined).join("\n");
    expect(text, "the failure").toContain(world.filled(wanted.fails));
  }
  expect(result.suspends).toEqual(world.filled(wanted.suspends));
  if (wanted.outputs !== undefined) expect(result.outputs).toEqual(world.filled(wanted.outputs));
  if (wanted["outputs-include"] !== undefined)
    expect(result.outputs).toMatchObject(included(wanted["outputs-include"], world));
  verifyWorld(wanted, world);
}

function rewrite(file: string, outputs: unknown): void {
  const document = parseDocument(readFileSync(file, "utf8"));
  document.setIn(["expect", "outputs"], outputs);
  writeFileSync(file, document.toString());
}

/** Runs an action in a case's world, and says whether what came out is what the case expects. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect } from "vitest";
import { type ActionDefinition, StepFailed, Suspension } from "../../src/model/action.ts";
import { Failure } from "../../src/model/failure.ts";
import type { ActionCase } from "./case.ts";
import { included, verifyWorld } from "./expected.ts";
import type { CaseWorld } from "./world.ts";

export const hasChromium = (process.env["PATH"] ?? "")
  .split(delimiter)
  .some((folder) => ["chromium", "chromium-browser", "google-chrome"].some((name) => existsSync(join(folder, name))));

export interface Result {
  readonly outputs?: unknown;
  readonly suspends?: Suspension["reason"];
  readonly failure?: Error;
}

export async function runAction(action: ActionDefinition, world: CaseWorld): Promise<Result> {
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

export function verify(given: ActionCase, world: CaseWorld, result: Result): void {
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

/**
 * Each action's cases would notice if it did nothing. An action that only reads is replaced by one that answers blanks; one
 * with effects by one that answers the very truth and touches nothing: of each, a case must fail then.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { actions } from "../../src/actions/index.ts";
import type { ActionDefinition } from "../../src/model/action.ts";
import { type ActionCase, caseSchema } from "./case.ts";
import { hasChromium, type Result, runAction, verify } from "./run-case.ts";
import { CaseWorld } from "./world.ts";

describe("actions, proof of their effects", () => {
  for (const { id, load } of actions) {
    if (!id.startsWith(process.env["ACTION"] ?? "")) continue;
    const folder = join(import.meta.dirname, id);
    const cases = existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => caseSchema.parse(parse(readFileSync(join(folder, name, "case.yml"), "utf8"))))
      : [];
    const isSkipped = !hasChromium && cases.some(({ browser }) => browser);
    it.skipIf(isSkipped)(`${id}: a case notices when nothing is done`, async () => {
      const action = await load();
      // What has no outputs at all, as an assertion, has failing as its effect.
      const isForFailing = Object.keys(shapeOf(action)).length === 0 && action.effects === "none";
      const telling = cases.filter(({ expect: wanted }) => isForFailing || wanted.fails === undefined);
      for (const given of telling) if (await notices(given, action)) return;
      expect.fail(
        action.effects === "none"
          ? `none of the ${telling.length} cases that succeed expects anything that blank outputs do not give`
          : `none of the ${telling.length} cases that succeed looks at what the action did (files, git, host, tracker, notices, calls, requests)`,
      );
    });
  }
});

async function notices(given: ActionCase, action: ActionDefinition): Promise<boolean> {
  const real = await CaseWorld.open(given);
  let result: Result;
  try {
    result = await runAction(action, real);
    verify(given, real, result);
    if (action.effects === "none") {
      real.log.length = 0;
      real.summary = "";
      return fails(() => verify(given, real, result.outputs === undefined ? {} : { outputs: blank(result.outputs) }));
    }
  } finally {
    await real.close();
  }
  const untouched = await CaseWorld.open(given);
  try {
    untouched.log.push(...real.log);
    untouched.summary = real.summary;
    return fails(() => verify(given, untouched, result));
  } finally {
    await untouched.close();
  }
}

function fails(verification: () => void): boolean {
  try {
    verification();
    return false;
  } catch {
    return true;
  }
}

/** The same shape, saying nothing. */
function blank(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, blank(one)]));
  return typeof value === "string" ? "" : typeof value === "number" ? 0 : typeof value === "boolean" ? false : value;
}

function shapeOf({ outputs }: ActionDefinition): object {
  return z.toJSONSchema(outputs as unknown as z.ZodType, { io: "input", unrepresentable: "any" }).properties ?? {};
}

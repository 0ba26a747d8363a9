/** `quality.dead-code`: exports that nothing uses. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { counted } from "../markdown-table.ts";
import {
  activeFindings,
  findingList,
  findingsSummary,
  listFindings,
  scopeInput,
  wholeCheck,
} from "./check-findings.ts";

export const deadCode = defineAction({
  id: "quality.dead-code",
  summary: "Find exports of JavaScript and TypeScript that nothing uses.",
  description: `The bundled analyzer: entry points of packages, files that a framework loads by their place, and whatever cannot be followed count as used.
Suppressions and the baseline of the repository hold.`,
  inputs: z.strictObject({
    scope: scopeInput,
    base: z.string().optional().describe("With `changed`: branch or commit to compare with."),
    "fail-on-findings": z
      .boolean()
      .default(false)
      .describe("Fail the step when anything is found (with `changed`: anything new)."),
    limit: z.int().min(0).default(50).describe("Findings listed in the outputs."),
  }),
  outputs: z.object({
    count: z.number().describe("Findings that are not suppressed."),
    new: z.number().describe("How many of them are new."),
    findings: findingList.describe("Worst first, at most `limit`."),
  }),
  needs: ["check"],
  effects: "none",
  async run({ check, summarize }, inputs) {
    const { run } = await wholeCheck(check, {
      scope: inputs.scope,
      ...(inputs.base === undefined ? {} : { base: inputs.base }),
      only: ["exports"],
      gate: [],
    });
    const found = activeFindings(run).filter(({ rule }) => rule === "exports/dead-export");
    const fresh = found.filter(({ state }) => state === "new");
    summarize(findingsSummary("Dead code", found));
    const outputs = { count: found.length, new: fresh.length, findings: listFindings(found, inputs.limit) };
    const decisive = inputs.scope === "all" ? found : fresh;
    if (inputs["fail-on-findings"] && decisive.length > 0) {
      throw new StepFailed(
        `${counted(decisive.length, "finding")}: ${decisive
          .slice(0, 3)
          .map(({ message, location }) => `${location.path}: ${message}`)
          .join("; ")}`,
        outputs,
      );
    }
    return outputs;
  },
});

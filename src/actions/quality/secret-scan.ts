/** `quality.secret-scan`: credentials in files. */
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

export const secretScan = defineAction({
  id: "quality.secret-scan",
  summary: "Find credentials written in files; the step fails when there is one.",
  description: `Values are never shown or stored, only their kind and place. A secret that was pushed must be revoked: removing the line does not help. What the
repository suppressed or accepted in its baseline does not count.`,
  inputs: z.strictObject({
    scope: scopeInput,
    base: z.string().optional().describe("With `changed`: branch or commit to compare with."),
    "fail-on-findings": z
      .boolean()
      .default(true)
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
      only: ["secrets"],
      gate: [],
    });
    const found = activeFindings(run);
    const fresh = found.filter(({ state }) => state === "new");
    summarize(findingsSummary("Secrets", found));
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

/** `quality.workflow-audit`: GitHub workflow files. */
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

export const workflowAudit = defineAction({
  id: "quality.workflow-audit",
  summary: "Audit GitHub workflow and action files: mistakes and security holes.",
  description: `Untrusted text in \`run:\`, privileged triggers on strangers' code, unpinned actions where the rule is on, expressions and syntax that GitHub would
refuse. The rules are those of the analyzer \`workflows\`.`,
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
      only: ["workflows"],
      gate: [],
    });
    const found = activeFindings(run);
    const fresh = found.filter(({ state }) => state === "new");
    summarize(findingsSummary("Workflow files", found));
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

/** `quality.compare-baseline`: what is new and what is gone against the accepted findings. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { counted } from "../markdown-table.ts";
import { activeFindings, findingList, findingsTable, listFindings, wholeCheck } from "./check-findings.ts";

export const compareBaseline = defineAction({
  id: "quality.compare-baseline",
  summary: "Compare the whole checkout with the baseline: new, unchanged and fixed findings.",
  description: `The baseline is the configured file (\`.codeflow/baseline.jsonl\` unless said in \`codeflow.yml\`). It is never changed here:
\`codeflow baseline prune\` takes out what is fixed. A repository without a baseline fails the step with the command that makes one.`,
  inputs: z.strictObject({
    baseline: z
      .string()
      .default(".codeflow/baseline.jsonl")
      .describe("Where the configured baseline is, to tell whether there is one."),
    "fail-on-new": z.boolean().default(false).describe("Fail the step when a finding is new."),
    limit: z.int().min(0).default(50).describe("Findings listed in the outputs."),
  }),
  outputs: z.object({
    new: z.number().describe("Findings that the baseline does not have."),
    unchanged: z.number().describe("Accepted findings that are still there."),
    fixed: z.number().describe("Accepted findings that are gone."),
    findings: findingList.describe("The new ones, worst first."),
    "fixed-findings": findingList.describe("Those that are gone."),
  }),
  needs: ["check", "repo"],
  effects: "none",
  async run({ check, repo, summarize }, inputs) {
    if ((await repo.read(inputs.baseline)) === undefined) {
      throw new StepFailed(`there is no baseline ${inputs.baseline}: \`codeflow baseline create\` makes one`);
    }
    const { run } = await wholeCheck(check, { scope: "all" });
    const fresh = activeFindings(run).filter(({ state }) => state === "new");
    const unchanged = run.findings.filter(
      ({ state, suppressed }) => state === "unchanged" && (suppressed === undefined || suppressed.kind === "baseline"),
    );
    const gone = run.findings.filter(({ state }) => state === "fixed");
    const outputs = {
      new: fresh.length,
      unchanged: unchanged.length,
      fixed: gone.length,
      findings: listFindings(fresh, inputs.limit),
      "fixed-findings": listFindings(gone, inputs.limit),
    };
    const line = `${counted(fresh.length, "new finding")}, ${unchanged.length} unchanged, ${gone.length} fixed since the baseline`;
    summarize(fresh.length === 0 ? line : `${line}\n\n${findingsTable(fresh, 20)}`);
    if (inputs["fail-on-new"] && fresh.length > 0)
      throw new StepFailed(`${counted(fresh.length, "finding")} that the baseline does not have`, outputs);
    return outputs;
  },
});

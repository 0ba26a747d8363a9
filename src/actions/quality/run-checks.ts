/** `quality.run-checks`: `codeflow check` as a step. */
import { z } from "zod";
import { profiles } from "../../model/analyzer.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { listOf, textList } from "../text-list.ts";
import { activeFindings, findingList, listFindings, scopeInput } from "./check-findings.ts";

export const runChecks = defineAction({
  id: "quality.run-checks",
  summary: "Run `codeflow check` and hand on its verdict, counts and findings.",
  description: `The same check as in a terminal: same configuration, same findings. By default a failed or incomplete verdict fails the step;
\`fail-on: never\` leaves the decision to later steps.

\`\`\`yaml
- id: check
  uses: quality.run-checks
  with: { scope: changed, fail-on: never }
- if: steps.check.outputs.verdict != 'passed'
  uses: flow.log
  with: { message: "\${{ steps.check.outputs.new }} new findings", level: warn }
\`\`\``,
  inputs: z.strictObject({
    scope: scopeInput,
    base: z.string().optional().describe("With `changed`: branch or commit to compare with."),
    paths: textList.optional().describe("Only these files and folders."),
    profile: z.enum(profiles).optional().describe("How much runs; the configured profile unless said."),
    only: textList.optional().describe("Only these analyzers."),
    skip: textList.optional().describe("Not these analyzers."),
    gate: textList.optional().describe("Gate conditions such as `new.error=0`, in place of the configured ones."),
    fix: z.enum(["none", "safe", "unsafe"]).default("none").describe("Apply fixes of this safety first."),
    "fix-rules": textList.optional().describe("Fix only what these rules found; all unless said."),
    exec: z.boolean().default(true).describe("Run the repository's own tools."),
    imports: textList.optional().describe("Reports of other tools to bring in."),
    "fail-on": z
      .enum(["failed", "incomplete", "never"])
      .default("incomplete")
      .describe("The mildest verdict that fails the step."),
    format: z.string().default("markdown").describe("Format of `report`."),
    "report-path": z.string().optional().describe("File to write the report to."),
    limit: z.int().min(0).default(50).describe("Findings listed in the outputs and the report."),
  }),
  outputs: z.object({
    verdict: z.enum(["passed", "failed", "incomplete"]).describe("The gate's answer."),
    reasons: z.array(z.string()).describe("Why it is not `passed`."),
    new: z.number().describe("New findings."),
    total: z.number().describe("Findings that are not suppressed."),
    fixed: z.number().describe("Findings that are gone."),
    errors: z.number().describe("Errors."),
    warnings: z.number().describe("Warnings."),
    findings: findingList.describe("Worst first, at most `limit`."),
    metrics: z.record(z.string(), z.number()).describe("What was measured."),
    "fixed-files": z.array(z.string()).describe("Files that fixes were written to."),
    report: z.string().describe("The report."),
  }),
  needs: ["check", "repo"],
  effects: "workspace",
  async run({ check, repo, summarize }, inputs) {
    const only = listOf(inputs.only);
    const skip = listOf(inputs.skip);
    const gate = listOf(inputs.gate);
    const paths = listOf(inputs.paths);
    const fixRules = listOf(inputs["fix-rules"]);
    const { run, fixedFiles } = await check.run({
      scope: inputs.scope,
      ...(inputs.base === undefined ? {} : { base: inputs.base }),
      ...(paths.length === 0 ? {} : { paths }),
      ...(inputs.profile === undefined ? {} : { profile: inputs.profile }),
      ...(only.length === 0 ? {} : { only }),
      ...(skip.length === 0 ? {} : { skip }),
      ...(gate.length === 0 ? {} : { gate }),
      ...(inputs.fix === "none" ? {} : { fix: inputs.fix }),
      ...(fixRules.length === 0 ? {} : { fixRules }),
      noExec: !inputs.exec,
      imports: listOf(inputs.imports),
    });
    const report = await check.render(run, inputs.format, { limit: inputs.limit });
    if (inputs["report-path"] !== undefined) await repo.write(inputs["report-path"], report);
    summarize(await check.render(run, "markdown", { limit: 20 }));
    const active = activeFindings(run);
    const outputs = {
      verdict: run.verdict.status,
      reasons: run.verdict.reasons.map(({ message }) => message),
      new: run.summary.new,
      total: active.length,
      fixed: run.summary.fixed,
      errors: run.summary.bySeverity.error,
      warnings: run.summary.bySeverity.warning,
      findings: listFindings(active, inputs.limit),
      metrics: { ...run.metrics },
      "fixed-files": [...fixedFiles],
      report,
    };
    const { status } = run.verdict;
    if (
      inputs["fail-on"] !== "never" &&
      (status === "failed" || (status === "incomplete" && inputs["fail-on"] === "incomplete"))
    ) {
      throw new StepFailed(
        `the check ${status === "failed" ? "failed" : "is incomplete"}: ${outputs.reasons.join("; ")}`,
        outputs,
      );
    }
    return outputs;
  },
});

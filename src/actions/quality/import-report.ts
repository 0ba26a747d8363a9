/** `quality.import-report`: brings other tools' reports into the check. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { listOf, textList } from "../text-list.ts";
import { activeFindings, findingList, findingsSummary, listFindings } from "./check-findings.ts";

export const importReport = defineAction({
  id: "quality.import-report",
  summary:
    "Bring in SARIF, JUnit, Checkstyle, ESLint, GitLab, SonarQube or rdjson reports and judge them like our own findings.",
  description: `The format is recognised by the content. Findings pass through the same steps as ours: suppressions, baseline, new against base. A report that is absent,
empty or cut off fails the step. Bundled analyzers do not run, unless \`with-check: true\`.

\`\`\`yaml
- uses: quality.import-report
  with: { reports: [codeql.sarif], fail-on-new: true }
\`\`\``,
  inputs: z.strictObject({
    reports: textList.describe("Paths of the reports."),
    "with-check": z.boolean().default(false).describe("Also run the check itself."),
    scope: z
      .enum(["all", "changed"])
      .default("all")
      .describe("Which findings are new: against the baseline, or in the change."),
    "fail-on-new": z.boolean().default(false).describe("Fail the step when a finding of a report is new."),
    limit: z.int().min(0).default(50).describe("Findings listed in the outputs."),
  }),
  outputs: z.object({
    count: z.number().describe("Findings that are not suppressed."),
    new: z.number().describe("How many of them are new."),
    tools: z
      .array(z.object({ id: z.string(), version: z.string(), findings: z.number() }))
      .describe("Whose reports were read."),
    findings: findingList.describe("Worst first."),
  }),
  needs: ["check"],
  effects: "none",
  async run({ check, summarize }, inputs) {
    const imports = listOf(inputs.reports);
    if (imports.length === 0) throw new StepFailed("no report is named");
    const { run } = await check.run({
      scope: inputs.scope,
      imports,
      noExec: !inputs["with-check"],
      // The cheapest analyzer that there is: at least one must take part.
      ...(inputs["with-check"] ? {} : { only: ["paths"] }),
    });
    const tools = run.analyzers.filter(({ kind }) => kind === "import");
    const failed = tools.filter(({ status }) => status === "failed");
    if (failed.length > 0)
      throw new StepFailed(failed.map(({ id, reason }) => `${id}: ${reason ?? "its report is not whole"}`).join("; "));
    const names = new Set(tools.map(({ id }) => id));
    const found = activeFindings(run).filter(({ analyzer }) => inputs["with-check"] || names.has(analyzer));
    const fresh = found.filter(({ state }) => state === "new");
    summarize(findingsSummary(`Imported from ${[...names].join(", ")}`, found));
    const outputs = {
      count: found.length,
      new: fresh.length,
      tools: tools.map(({ id, version, findings }) => ({ id, version, findings })),
      findings: listFindings(found, inputs.limit),
    };
    if (inputs["fail-on-new"] && fresh.length > 0)
      throw new StepFailed(`${fresh.length} new findings in the reports`, outputs);
    return outputs;
  },
});

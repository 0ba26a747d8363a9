/** Actions that show one bundled analyzer's findings: each is a name, an analyzer and what counts. */
import { z } from "zod";
import type { CheckRun } from "../../model/check-run.ts";
import { type ActionBase, type ActionDefinition, defineAction, StepFailed } from "../../model/action.ts";
import type { Finding } from "../../model/finding.ts";
import { counted } from "../markdown-table.ts";
import {
  activeFindings,
  findingList,
  findingsSummary,
  listFindings,
  scopeInput,
  wholeCheck,
} from "./check-findings.ts";

/** How many files were judged; those that could not be are said. */
function lookedAt(run: CheckRun, analyzer: string, log: ActionBase["log"]): number {
  const ran = run.analyzers.find(({ id }) => id === analyzer);
  const skipped = ran?.skippedFiles ?? [];
  for (const { path, reason } of skipped.slice(0, 5)) log.warn(`not looked at: ${path}, ${reason}`);
  if (skipped.length > 5) log.warn(`not looked at: ${counted(skipped.length - 5, "file")} more`);
  return Math.max(0, (ran?.files ?? 0) - skipped.length);
}

interface AnalyzerAction {
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  /** Id of the analyzer. */
  readonly analyzer: string;
  /** Heading of what it says for people. */
  readonly title: string;
  /** Default of `fail-on-findings`. */
  readonly failsOnFindings: boolean;
  /** Of the analyzer's findings, those that it is about; all of them when absent. */
  readonly isAbout?: (finding: Finding) => boolean;
}

export function defineAnalyzerAction(about: AnalyzerAction): ActionDefinition {
  const { id, summary, description, analyzer, title, failsOnFindings, isAbout = () => true } = about;
  return defineAction({
    id,
    summary,
    description,
    inputs: z.strictObject({
      scope: scopeInput,
      base: z.string().optional().describe("With `changed`: branch or commit to compare with."),
      "fail-on-findings": z
        .boolean()
        .default(failsOnFindings)
        .describe("Fail the step when anything is found (with `changed`: anything new)."),
      limit: z.int().min(0).default(50).describe("Findings listed in the outputs."),
    }),
    outputs: z.object({
      files: z.number().describe("Files that were looked at: those that the analyzer is about."),
      count: z.number().describe("Findings that are not suppressed."),
      new: z.number().describe("How many of them are new."),
      findings: findingList.describe("Worst first, at most `limit`."),
    }),
    needs: ["check"],
    effects: "none",
    async run({ check, log, summarize }, inputs) {
      const { run } = await wholeCheck(check, {
        scope: inputs.scope,
        ...(inputs.base === undefined ? {} : { base: inputs.base }),
        only: [analyzer],
        gate: [],
      });
      const found = activeFindings(run).filter(isAbout);
      const fresh = found.filter(({ state }) => state === "new");
      const files = lookedAt(run, analyzer, log);
      // Nothing found is one thing, nothing looked at another.
      const where =
        files === 0 ? "nothing to look at: no file is of its kind" : `nothing found in ${counted(files, "file")}`;
      summarize(found.length === 0 ? `**${title}**: ${where}` : findingsSummary(title, found));
      const outputs = { files, count: found.length, new: fresh.length, findings: listFindings(found, inputs.limit) };
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
}

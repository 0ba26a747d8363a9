/** What quality actions share: a check that must be whole, and its findings as outputs and as Markdown. */
import { z } from "zod";
import { type CheckPort, StepFailed } from "../../model/action.ts";
import type { CheckRun } from "../../model/check-run.ts";
import type { Finding } from "../../model/finding.ts";
import { code, counted, markdownTable, plain } from "../markdown-table.ts";

export const findingList = z.array(
  z.object({
    rule: z.string(),
    severity: z.string(),
    message: z.string(),
    path: z.string(),
    line: z.number(),
    state: z.string(),
    fingerprint: z.string(),
  }),
);

export const scopeInput = z
  .enum(["all", "changed", "staged"])
  .default("all")
  .describe("What is looked at: the whole checkout, the change, or the index.");

export function listFindings(findings: readonly Finding[], limit: number): z.infer<typeof findingList> {
  return findings.slice(0, limit).map((finding) => ({
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    path: finding.location.path,
    line: finding.location.startLine,
    state: finding.state,
    fingerprint: finding.fingerprint,
  }));
}

/** Not suppressed and still there. */
export function activeFindings(run: CheckRun): readonly Finding[] {
  return run.findings.filter(({ suppressed, state }) => suppressed === undefined && state !== "fixed");
}

/** A check of which nothing is missing: an analyzer that failed fails the step, never counts as "nothing found". */
export async function wholeCheck(check: CheckPort, request: Parameters<CheckPort["run"]>[0]) {
  const answer = await check.run(request);
  const failed = answer.run.analyzers.filter(({ status }) => status === "failed");
  if (failed.length > 0) {
    const list = failed.map(({ id, reason }) => `${id}: ${reason ?? "unknown reason"}`).join("; ");
    throw new StepFailed(`the check is incomplete, so nothing can be said: ${list}`);
  }
  return answer;
}

export function findingsTable(findings: readonly Finding[], limit: number): string {
  const shown = findings
    .slice(0, limit)
    .map(({ location, severity, message, rule }) => [
      code(`${location.path}:${location.startLine}`),
      severity,
      `${plain(message)} (${code(rule)})`,
    ]);
  const rest = findings.length - shown.length;
  return `${markdownTable(["Where", "Severity", "What"], shown)}${rest > 0 ? `\n\nand ${rest} more` : ""}`;
}

export function findingsSummary(title: string, findings: readonly Finding[], limit = 20): string {
  if (findings.length === 0) return `**${title}**: nothing found`;
  return `**${title}**: ${counted(findings.length, "finding")}\n\n${findingsTable(findings, limit)}`;
}

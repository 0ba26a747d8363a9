/** One line a finding, for coding agents: few tokens, no decoration, nothing that could pass for an instruction line. */
import type { CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings, bestSuggestion, worstFirst } from "./active-findings.ts";
import { makeVisible, oneLine } from "./visible-text.ts";
import { count, countSeverities, describeCondition, describeThreshold, formatNumber } from "./wording.ts";

/** An agent's context is dear; the worst come first and the rest is counted. */
const defaultLimit = 100;

export function render(run: CheckRun, context: ReportContext): string {
  const findings = worstFirst(activeFindings(run));
  const limit = context.verbose === true ? Infinity : (context.limit ?? defaultLimit);
  const lines = findings.slice(0, limit).map(findingLine);
  if (findings.length > limit) {
    lines.push(`(${count(findings.length - limit, "more finding")} not listed; --format json has all of them)`);
  }
  lines.push(verdictLine(run, findings));
  for (const { kind, message } of run.verdict.reasons) {
    if (kind === "incomplete") lines.push(`incomplete: ${oneLine(message)}`);
  }
  return `${lines.join("\n")}\n`;
}

function findingLine(finding: Finding): string {
  const { path, startLine, startColumn } = finding.location;
  const marks: string[] = [];
  if (finding.state === "unchanged") marks.push("old");
  const suggestion = bestSuggestion(finding);
  if (suggestion !== undefined) {
    const fix = oneLine(suggestion.message);
    marks.push(`${suggestion.safety === "suggested" ? "suggestion" : `${suggestion.safety} fix`}: ${fix}`);
  }
  const suffix = marks.length === 0 ? "" : ` [${marks.join("; ")}]`;
  const place = `${makeVisible(path)}:${startLine}:${startColumn}`;
  return `${place}: ${finding.severity} ${makeVisible(finding.rule)}: ${oneLine(finding.message)}${suffix}`;
}

function verdictLine({ verdict }: CheckRun, findings: readonly Finding[]): string {
  const unmet = verdict.conditions
    .filter(({ held }) => !held)
    .map(({ condition, value }) => {
      const measured = value === undefined ? "not measured" : formatNumber(value);
      return `${oneLine(describeCondition(condition))} ${measured} (${describeThreshold(condition)})`;
    });
  const found = findings.length === 0 ? "no findings" : countSeverities(findings);
  return `verdict: ${verdict.status}; ${found}${unmet.length === 0 ? "" : `; unmet: ${unmet.join(", ")}`}`;
}

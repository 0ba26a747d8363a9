/** GitHub Actions' workflow commands: annotations on the lines of a change. */
import type { CheckRun } from "../model/check-run.ts";
import type { Finding, Severity } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings, worstFirst } from "./active-findings.ts";
import { makeVisible } from "./visible-text.ts";
import { count } from "./wording.ts";

const commands: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

/** GitHub shows 10 annotations of each kind a step; the first ones win, so the others are better not sent at all. */
const perStep = 10;

export function render(run: CheckRun, context: ReportContext): string {
  const perKind = Math.min(perStep, context.limit ?? perStep);
  const shown: string[] = [];
  const seen: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const finding of worstFirst(activeFindings(run))) {
    seen[finding.severity]++;
    if (seen[finding.severity] <= perKind) shown.push(annotation(finding));
  }
  const hidden = (["error", "warning", "info"] as const)
    .filter((severity) => seen[severity] > perKind)
    .map((severity) => count(seen[severity] - perKind, severity));
  const lines = [...shown];
  if (hidden.length > 0) {
    lines.push(
      `${hidden.join(", ")} more without an annotation here: GitHub shows ${perStep} of each kind a step, worst and newest first.`,
    );
  }
  for (const { kind, message } of run.verdict.reasons) {
    if (kind === "incomplete") lines.push(`Incomplete: ${escapeData(makeVisible(message.replace(/\s+/g, " ")))}`);
  }
  lines.push(`CodeFlow: ${run.verdict.status}, ${count(seen.error + seen.warning + seen.info, "finding")}.`);
  return `${lines.join("\n")}\n`;
}

export function annotation({
  severity,
  rule,
  message,
  location,
}: Pick<Finding, "severity" | "rule" | "message" | "location">): string {
  const { path, startLine, startColumn, endLine, endColumn } = location;
  const properties: [string, string | number][] = [
    ["file", path],
    ["line", startLine],
    ["endLine", Math.max(startLine, endLine)],
  ];
  // GitHub accepts columns only where the annotation stays on one line; its end column is inclusive.
  if (endLine === startLine) {
    properties.push(["col", startColumn], ["endColumn", Math.max(startColumn, endColumn - 1)]);
  }
  properties.push(["title", rule]);
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(visibleLines(String(value)))}`).join(",");
  return `::${commands[severity]} ${written}::${escapeData(visibleLines(message))}`;
}

/** Line ends stay, for the escape that brings them through; every other control character becomes visible. */
function visibleLines(text: string): string {
  return text
    .split(/(\r?\n|\r)/)
    .map((part, index) => (index % 2 === 1 ? "\n" : makeVisible(part)))
    .join("");
}

// The escapes are those of the runner's own toolkit: `%` first, or the others would be escaped twice.
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

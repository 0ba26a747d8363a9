/** Markdown for a job summary or a comment: the verdict, what decided it, and the worst findings by file. */
import type { CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings, bestSuggestion, countBy } from "./active-findings.ts";
import { codeSpan, escapeCell, escapeMarkdown, link } from "./markdown-text.ts";
import { selectFindings, type Selection, type ShownFinding } from "./selection.ts";
import {
  count,
  countSeverities,
  describeCondition,
  describeScope,
  describeThreshold,
  formatDuration,
  formatNumber,
  groupByReason,
  safeUrl,
} from "./wording.ts";

const defaultLimit = 50;
/** GitHub refuses a body of more than 65,536 characters; room is left for what a caller adds around it. */
const maximumLength = 60_000;

const headings = { passed: "✅ Passed", failed: "❌ Failed", incomplete: "⚠️ Incomplete" } as const;

export function render(run: CheckRun, context: ReportContext): string {
  const all = activeFindings(run);
  const head = [...heading(run, all), ...conditions(run), ...incomplete(run)].join("\n");
  const tail = analyzers(run).join("\n");
  let limit = Math.min(context.limit ?? defaultLimit, all.length);
  for (;;) {
    const body = findingList(selectFindings(run, { limit, fold: true, old: false })).join("\n");
    const text = `${[head, body, tail].filter((part) => part !== "").join("\n\n")}\n`;
    if (text.length <= maximumLength || limit === 0) return text;
    limit = Math.min(limit - 1, Math.floor((limit * maximumLength) / text.length));
  }
}

function heading(run: CheckRun, all: readonly Finding[]): string[] {
  const found = all.length === 0 ? "No findings" : countSeverities(all);
  const extra = [
    run.summary.fixed > 0 ? `${formatNumber(run.summary.fixed)} fixed` : undefined,
    run.summary.suppressed > 0 ? `${formatNumber(run.summary.suppressed)} suppressed` : undefined,
  ].filter((part) => part !== undefined);
  const suffix = extra.length === 0 ? "" : ` (${extra.join(", ")})`;
  return [
    `## ${headings[run.verdict.status]}`,
    "",
    `${found}${suffix} in ${count(run.summary.files, "file")}: ${escapeMarkdown(describeScope(run))}, ${formatDuration(run.durationMs)}.`,
  ];
}

function conditions({ verdict }: CheckRun): string[] {
  if (verdict.conditions.length === 0) return [];
  return [
    "",
    "| | Condition | Value | Threshold |",
    "|---|---|--:|---|",
    ...verdict.conditions.map(({ condition, value, held }) => {
      const measured = value === undefined ? "not measured" : formatNumber(value);
      const mark = held ? "✅" : "❌";
      return `| ${mark} | ${escapeCell(describeCondition(condition))} | ${measured} | ${describeThreshold(condition)} |`;
    }),
  ];
}

function incomplete({ verdict }: CheckRun): string[] {
  const reasons = verdict.reasons.filter(({ kind }) => kind === "incomplete");
  if (reasons.length === 0) return [];
  return [
    "",
    "**Not everything could be looked at:**",
    "",
    ...reasons.map(({ message }) => `- ${escapeMarkdown(message)}`),
  ];
}

function findingList({ files, rest, old }: Selection): string[] {
  const lines: string[] = [];
  for (const { path, shown } of files) {
    lines.push(...(lines.length === 0 ? [] : [""]), `#### ${codeSpan(path)}`, "", ...shown.map(findingLine));
  }
  if (old.length > 0) lines.push("", `${count(old.length, "old finding")} not listed.`);
  if (rest.length > 0) {
    lines.push(
      "",
      `<details><summary>${count(rest.length, "more finding")} not shown</summary>`,
      "",
      ...countBy(rest, ({ rule }) => rule)
        .slice(0, 25)
        .map(([rule, number]) => `- ${codeSpan(rule)}: ${formatNumber(number)}`),
      "",
      "</details>",
    );
  }
  return lines;
}

function findingLine({ finding, folded }: ShownFinding): string {
  const { severity, rule, location, state } = finding;
  const url = safeUrl(finding.helpUrl);
  const suggestion = bestSuggestion(finding);
  const parts = [
    `- **${severity}** line ${location.startLine}:`,
    `${escapeMarkdown(finding.message)} (${url === undefined ? codeSpan(rule) : link(codeSpan(rule), url)})`,
  ];
  if (state === "unchanged") parts.push("_old_");
  if (suggestion !== undefined) {
    const fix = suggestion.safety === "suggested" ? "Suggestion" : `Fix (${suggestion.safety})`;
    parts.push(`<br>${fix}: ${escapeMarkdown(suggestion.message)}`);
  }
  if (folded.length > 0) {
    const lines = [...new Set(folded.map(({ location: { startLine } }) => startLine))];
    const named = `${lines.slice(0, 8).join(", ")}${lines.length > 8 ? ", …" : ""}`;
    parts.push(
      `<br>and ${formatNumber(folded.length)} more of this rule in this file (${lines.length === 1 ? "line" : "lines"} ${named})`,
    );
  }
  return parts.join(" ");
}

function analyzers(run: CheckRun): string[] {
  const ran = run.analyzers.filter(({ status }) => status === "ran" || status === "cached");
  const failed = run.analyzers.filter(({ status }) => status === "failed");
  const skipped = run.analyzers.filter(({ status }) => status === "skipped");
  const names = (ids: readonly string[]): string => ids.map(escapeMarkdown).join(", ");
  const lines = [`<details><summary>${count(ran.length, "analyzer")} looked</summary>`, ""];
  if (ran.length > 0) lines.push(`- Ran: ${names(ran.map(({ id }) => id))}`);
  for (const { names: ids, reason } of groupByReason(failed))
    lines.push(`- Failed: ${names(ids)}: ${escapeMarkdown(reason)}`);
  for (const { names: ids, reason } of groupByReason(skipped))
    lines.push(`- Skipped: ${names(ids)}: ${escapeMarkdown(reason)}`);
  for (const notice of run.notices) lines.push(`- ${escapeMarkdown(notice)}`);
  lines.push("", "</details>");
  return lines;
}

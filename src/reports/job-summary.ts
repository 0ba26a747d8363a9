/** The page that a job of GitHub Actions leaves behind: verdict, counts, a small plot, the worst findings. Markdown. */
import type { Change } from "../model/change.ts";
import type { CheckRun } from "../model/check-run.ts";
import { type Finding, severities } from "../model/finding.ts";
import { cutMarkdownBytes } from "../model/marker.ts";
import { activeFindings, countBy, worstFirst } from "./active-findings.ts";
import { cellMarkdown, codeSpan, escapeCell, escapeMarkdown, link } from "./markdown-text.ts";
import { fitPath, fitWidth, oneLine } from "./visible-text.ts";
import { silencedParts } from "./pull-request/silenced.ts";
import {
  count,
  describeCondition,
  describeScope,
  describeThreshold,
  formatDuration,
  formatNumber,
  groupByReason,
  safeUrl,
  skippedFileReasons,
} from "./wording.ts";

const headings = {
  passed: "✅ CodeFlow: passed",
  failed: "❌ CodeFlow: failed",
  incomplete: "⚠️ CodeFlow: incomplete",
};
/** GitHub drops a step's summary of more than 1 MiB whole. */
const maximumBytes = 1_000_000;
const shownFindings = 20;
const messageWidth = 300;
const pathWidth = 100;
const plotWidth = 32;
const plotRows = 8;
/** What a full bar stands for at least: three rules with one finding each are no tall bars. */
const fullBar = 10;

export interface JobSummaryFacts {
  /** Of files at the commit: `https://…/blob/SHA`; findings link there. */
  readonly blobUrl?: string;
  /** What is reviewed, where it is known: comments that it adds are told. */
  readonly change?: Pick<Change, "files">;
  /** What else happened to the result, a sentence each. */
  readonly notes: readonly string[];
}

export function jobSummary(run: CheckRun, { blobUrl, notes, change }: JobSummaryFacts): string {
  const isChange = run.scope.kind !== "all";
  const active = worstFirst(activeFindings(run));
  // In a change only what is new is the author's business.
  const told = isChange ? active.filter(({ state }) => state === "new") : active;
  const parts = [
    `## ${headings[run.verdict.status]}`,
    `${count(run.summary.files, "file")} looked at: ${escapeMarkdown(describeScope(run))}, ${formatDuration(run.durationMs)}.`,
    countsTable(run, active, isChange),
    plot(told),
    conditions(run),
    findingTable(told, blobUrl),
    ...silencedParts(run, change),
    gaps(run),
    ...notes.map(escapeMarkdown),
  ];
  return `${cutMarkdownBytes(parts.filter((part) => part !== "").join("\n\n"), maximumBytes)}\n`;
}

function countsTable(run: CheckRun, active: readonly Finding[], isChange: boolean): string {
  const number = (of: readonly Finding[], severity: Finding["severity"]): string =>
    formatNumber(of.filter((finding) => finding.severity === severity).length);
  const row = (name: string, of: readonly Finding[]): string =>
    `| ${name} | ${severities.map((severity) => number(of, severity)).join(" | ")} |`;
  const isNew = (finding: Finding): boolean => finding.state === "new";
  const beside = [
    run.summary.fixed > 0 ? `${formatNumber(run.summary.fixed)} fixed` : "",
    run.summary.suppressed > 0 ? `${formatNumber(run.summary.suppressed)} suppressed` : "",
  ].filter((part) => part !== "");
  return [
    "| findings | errors | warnings | infos |",
    "|---|--:|--:|--:|",
    row("**new**", active.filter(isNew)),
    row(
      isChange ? "old, in the files of the change" : "old",
      active.filter((finding) => !isNew(finding)),
    ),
    ...(beside.length === 0 ? [] : ["", `${beside.join(", ")}.`]),
  ].join("\n");
}

/** Bars of text: pictures in a job's summary must lie on a server, these need none. */
function plot(told: readonly Finding[]): string {
  const rows = countBy(told, ({ rule }) => rule);
  const [first] = rows;
  if (first === undefined || rows.length < 2) return "";
  const shown = rows.slice(0, plotRows);
  const name = Math.max(...shown.map(([rule]) => visibleRule(rule).length));
  const lines = shown.map(([rule, number]) => {
    const eighths = Math.max(1, Math.round((number / Math.max(fullBar, first[1])) * plotWidth * 8));
    const bar = "█".repeat(Math.floor(eighths / 8)) + (["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "");
    return `${visibleRule(rule).padEnd(name)}  ${bar} ${formatNumber(number)}`;
  });
  const rest = rows.slice(plotRows).reduce((sum, [, number]) => sum + number, 0);
  if (rest > 0) lines.push(`and ${count(rows.length - plotRows, "rule")} more with ${count(rest, "finding")}`);
  return `\`\`\`text\n${lines.join("\n")}\n\`\`\``;
}

/** A rule's name may come from another tool's report: it must not end the fence. */
function visibleRule(rule: string): string {
  return rule.replace(/[^\w./@:+-]/g, "?").slice(0, 60);
}

function conditions({ verdict }: CheckRun): string {
  const reasons = verdict.reasons.filter(({ kind }) => kind === "incomplete");
  return [
    ...(verdict.conditions.length === 0
      ? []
      : [
          "| | condition | value | threshold |",
          "|---|---|--:|---|",
          ...verdict.conditions.map(
            ({ condition, value, held }) =>
              `| ${held ? "✅" : "❌"} | ${escapeCell(describeCondition(condition))} | ${value === undefined ? "not measured" : formatNumber(value)} | ${escapeCell(describeThreshold(condition))} |`,
          ),
        ]),
    ...(reasons.length === 0
      ? []
      : [
          "",
          "**Not everything could be looked at:**",
          "",
          ...reasons.map(({ message }) => `- ${escapeMarkdown(message)}`),
        ]),
  ].join("\n");
}

function findingTable(told: readonly Finding[], blobUrl: string | undefined): string {
  if (told.length === 0) return "";
  const rows = told.slice(0, shownFindings).map(({ severity, message, rule, location }) => {
    const where = `${fitPath(location.path, pathWidth)}:${location.startLine}`;
    const url = safeUrl(
      blobUrl === undefined
        ? undefined
        : `${blobUrl}/${location.path.split("/").map(encodeURIComponent).join("/")}#L${location.startLine}`,
    );
    const label = escapeCell(where);
    return `| ${severity} | ${cellMarkdown(fitWidth(oneLine(message), messageWidth))} | ${escapeCell(rule)} | ${url === undefined ? label : link(label, url)} |`;
  });
  const more = told.length - rows.length;
  const rest = more > 0 ? `\n\nand ${formatNumber(more)} more, the newest and worst are shown.` : "";
  return `| | finding | rule | where |\n|---|---|---|---|\n${rows.join("\n")}${rest}`;
}

function gaps(run: CheckRun): string {
  const failed = groupByReason(run.analyzers.filter(({ status }) => status === "failed"));
  const skipped = groupByReason(run.analyzers.filter(({ status }) => status === "skipped"));
  const lines = [
    ...failed.map(({ names, reason }) => `- ${names.map(codeSpan).join(", ")} failed: ${escapeMarkdown(reason)}`),
    ...skippedFileReasons(run).map(([reason, files]) => `- ${count(files, "file")}: ${escapeMarkdown(reason)}`),
    ...skipped.map(({ names, reason }) => `- ${names.map(codeSpan).join(", ")}: ${escapeMarkdown(reason)}`),
    ...run.notices.map((notice) => `- ${escapeMarkdown(notice)}`),
  ];
  if (lines.length === 0) return "";
  return `<details><summary>What was not looked at, and why</summary>\n\n${lines.join("\n")}\n\n</details>`;
}

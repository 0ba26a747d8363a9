/** The one sticky comment of a pull request: the verdict, what decided it, what has no comment of its own, what was not looked at. */
import type { AcceptedFinding } from "../../model/acceptance.ts";
import type { Change } from "../../model/change.ts";
import type { CheckRun } from "../../model/check-run.ts";
import type { Finding } from "../../model/finding.ts";
import type { VerdictStatus } from "../../model/gate.ts";
import { bodyLimit, cutMarkdown } from "../../model/marker.ts";
import type { IssueLink } from "../../model/tracker.ts";
import { cellMarkdown, codeSpan, escapeCell, escapeMarkdown, link } from "../markdown-text.ts";
import { count, countSeverities, formatNumber, groupByReason, safeUrl, skippedFileReasons } from "../wording.ts";
import { fitPath, fitWidth, oneLine } from "../visible-text.ts";
import { issueNote } from "./comment-text.ts";
import { silencedParts } from "./silenced.ts";
import { type OpenFinding, writeState } from "./state.ts";

/** Still there, and kept out of the verdict on somebody's word. */
export interface AcceptedInRun {
  readonly finding: Finding;
  readonly acceptance: AcceptedFinding;
}

export interface SummaryInput {
  readonly run: CheckRun;
  readonly change: Pick<Change, "base" | "head" | "files">;
  readonly findings: readonly Finding[];
  /** Without a comment of their own, worst first. */
  readonly folded: readonly Finding[];
  /** Fingerprints of threads that people resolved. */
  readonly dismissed: ReadonlySet<string>;
  readonly carried: readonly OpenFinding[];
  readonly accepted: readonly AcceptedInRun[];
  readonly verdict: VerdictStatus;
  readonly counts: { readonly inline: number };
  readonly gaps: readonly string[];
  readonly reportUrl?: string;
  readonly issueOf?: (finding: Finding) => IssueLink | undefined;
}

const shownRows = 25;
/** A table is for looking over: the check run and the report have all of it. */
const messageWidth = 300;
const pathWidth = 100;
/** For the marker that the host puts before it. */
const markerRoom = 200;

/** Without its marker. */
export function summaryText(input: SummaryInput): { readonly body: string; readonly isClean: boolean } {
  const missing = notReviewed(input);
  const isQuiet = input.verdict === "passed" && input.findings.length === 0 && input.carried.length === 0;
  const silenced = silencedParts(input.run, input.change);
  const isClean = isQuiet && missing.length === 0 && input.accepted.length === 0 && silenced.length === 0;
  const open: OpenFinding[] = [
    ...input.findings.map(({ fingerprint, rule, severity, location }) => ({
      fingerprint,
      rule,
      severity,
      path: location.path,
    })),
    ...input.carried,
  ];
  const state = writeState({ head: input.change.head, base: input.change.base, open, unlisted: 0 });
  const text = isQuiet ? cleanText(input, missing, silenced) : fullText(input, missing, silenced);
  // The state comes first: cutting a long text must not lose it.
  return { body: `${state}\n${bodyOf(text, bodyLimit - state.length - markerRoom, input.reportUrl)}`, isClean };
}

function bodyOf(text: string, limit: number, reportUrl: string | undefined): string {
  const url = safeUrl(reportUrl);
  const note = `*Cut here: the rest would not fit.${url === undefined ? "" : ` ${link("The full report", url)}.`}*`;
  return cutMarkdown(text, limit, note);
}

/** One line; what the change silences and what was not reviewed is folded below it. */
function cleanText(
  { change, run, accepted }: SummaryInput,
  missing: readonly string[],
  silenced: readonly string[],
): string {
  // Not what the last push fixed: saying it again would say something else.
  const extra = run.summary.fixed > 0 ? `, ${formatNumber(run.summary.fixed)} fixed` : "";
  const line = `✅ **CodeFlow**: nothing new at ${codeSpan(change.head.slice(0, 10))}${extra}.`;
  return [line, ...acceptedText(accepted), ...silenced, ...(missing.length === 0 ? [] : [fold(missing)])].join("\n\n");
}

function fullText(input: SummaryInput, missing: readonly string[], silenced: readonly string[]): string {
  const { run, findings, folded } = input;
  const parts = [heading(input)];
  const reasons = run.verdict.reasons.map(({ message }) => `- ${escapeMarkdown(message)}`);
  const errors = input.carried.filter(({ severity }) => severity === "error").length;
  if (errors > 0)
    reasons.push(`- ${count(errors, "error")} of an earlier push ${errors === 1 ? "was" : "were"} not looked at again`);
  if (reasons.length > 0) parts.push(`What decided it:\n${reasons.join("\n")}`);
  if (folded.length > 0) parts.push(table(folded, findings.length, input.issueOf));
  if (input.dismissed.size > 0) {
    parts.push(`${count(input.dismissed.size, "finding")} still there, in threads that somebody resolved.`);
  }
  parts.push(...acceptedText(input.accepted), ...silenced);
  if (missing.length > 0) parts.push(fold(missing));
  const url = safeUrl(input.reportUrl);
  if (url !== undefined) parts.push(link("Full report", url));
  return parts.join("\n\n");
}

/** Never without the count; secrets and errors by rule and place in any case, the rest folded where it is long. */
function acceptedText(accepted: readonly AcceptedInRun[]): string[] {
  if (accepted.length === 0) return [];
  const isGrave = ({ finding }: AcceptedInRun): boolean =>
    finding.severity === "error" || finding.category === "security";
  const grave = accepted.filter(isGrave);
  const rest = accepted.filter((one) => !isGrave(one));
  const head = `${count(accepted.length, "finding")} accepted in comments, not counted:`;
  const shown = rest.length <= 3 ? [...grave, ...rest] : grave;
  const list = shown.map(acceptedLine).join("\n");
  const open = list === "" ? head : `${head}\n${list}`;
  if (shown.length === accepted.length) return [open];
  const folded = rest.map(acceptedLine).join("\n");
  return [open, `<details><summary>Accepted (${rest.length})</summary>\n\n${folded}\n\n</details>`];
}

function acceptedLine({ finding, acceptance }: AcceptedInRun): string {
  const { rule, location } = finding;
  const url = safeUrl(acceptance.url);
  const by = url === undefined ? codeSpan(acceptance.by) : link(acceptance.by.replace(/[[\]\\]/g, ""), url);
  const place = codeSpan(`${location.path}:${location.startLine}`);
  return `- ${codeSpan(rule)} at ${place}, by ${by}: ${escapeMarkdown(acceptance.reason)}`;
}

function fold(missing: readonly string[]): string {
  return `<details><summary>What was not reviewed (${missing.length})</summary>\n\n${missing.join("\n")}\n\n</details>`;
}

function heading({ verdict, findings, run, change, counts }: SummaryInput): string {
  const mark = { passed: "✅", failed: "❌", incomplete: "⚠️" }[verdict];
  const word = { passed: "passed", failed: "failed", incomplete: "incomplete" }[verdict];
  const found = findings.length === 0 ? "nothing new" : `${countSeverities(findings)} new`;
  const fixed = run.summary.fixed > 0 ? `, ${formatNumber(run.summary.fixed)} fixed` : "";
  const where = counts.inline > 0 ? ` ${count(counts.inline, "comment")} in the diff.` : "";
  return `### ${mark} CodeFlow: ${word}\n\n${found}${fixed} at ${codeSpan(change.head.slice(0, 10))}, compared with ${codeSpan(change.base.slice(0, 10))}.${where}`;
}

function table(folded: readonly Finding[], total: number, issueOf: SummaryInput["issueOf"]): string {
  const rows = folded.slice(0, shownRows).map((finding) => {
    const { severity, message, rule, location } = finding;
    const issue = issueNote(issueOf?.(finding)).map((note) => ` (${note.replaceAll("|", "\\|")})`);
    const what = `${cellMarkdown(fitWidth(oneLine(message), messageWidth))}${issue.join("")}`;
    const where = escapeCell(`${fitPath(location.path, pathWidth)}:${location.startLine}`);
    return `| ${severity} | ${what} | ${escapeCell(rule)} | ${where} |`;
  });
  const more = folded.length - rows.length;
  const text = ["| | finding | rule | where |", "|---|---|---|---|", ...rows].join("\n");
  const rest = more > 0 ? `\n\nand ${formatNumber(more)} more, the worst are shown.` : "";
  // All there is stands open; what is beside comments in the diff is folded.
  return folded.length === total && folded.length <= 5
    ? `${text}${rest}`
    : `<details><summary>${count(folded.length, "finding")} without a comment of ${folded.length === 1 ? "its" : "their"} own</summary>\n\n${text}${rest}\n\n</details>`;
}

/** Lines, each with its reason. */
function notReviewed({ run, carried, gaps }: SummaryInput): string[] {
  const failed = run.analyzers.filter(({ status }) => status === "failed");
  // What does not apply to this repository was not missed; what it wants and does not get was.
  const skipped = groupByReason(run.analyzers.filter(({ status, required }) => status === "skipped" && required));
  return [
    ...gaps.map((reason) => `- ${escapeMarkdown(reason)}`),
    ...failed.map(({ id, reason }) => `- ${codeSpan(id)} failed: ${escapeMarkdown(reason ?? "no reason was given")}`),
    ...skipped.map(({ names, reason }) => `- ${names.map(codeSpan).join(", ")}: ${escapeMarkdown(reason)}`),
    ...skippedFileReasons(run).map(([reason, files]) => `- ${count(files, "file")}: ${escapeMarkdown(reason)}`),
    ...(carried.length > 0 ? [`- ${count(carried.length, "finding")} of an earlier push, not looked at again`] : []),
  ];
}

/** The end of the terminal report: what ran, what did not and why, what decided the verdict, the verdict itself. */
import type { AnalyzerRun, CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import type { Palette } from "./palette.ts";
import { displayWidth, fitWidth, makeVisible, oneLine, wrapText } from "./visible-text.ts";
import {
  count,
  countSeverities,
  describeCondition,
  describeThreshold,
  formatDuration,
  formatNumber,
  groupByReason,
  skippedFileReasons,
} from "./wording.ts";

const labelWidth = 12;

/** One line when there is nothing to say, two when something did not run. */
export function quietLines(run: CheckRun, context: ReportContext, paint: Palette): string[] {
  const looked = run.analyzers.filter(({ status }) => status === "ran" || status === "cached");
  const cached = looked.filter(({ status }) => status === "cached").length;
  const from = cached === 0 ? "" : `, ${formatNumber(cached)} from cache`;
  const head = `${paint.green("✓")} ${paint.bold("passed")}`;
  return [
    `${head}  no findings in ${count(run.summary.files, "file")}  ${paint.dim(`${count(looked.length, "analyzer")}${from}, ${formatDuration(run.durationMs)}`)}`,
    ...notRunLines(run, context, paint),
  ];
}

export function summaryLines(run: CheckRun, shown: SummaryCounts, context: ReportContext, paint: Palette): string[] {
  return [
    ...run.notices.flatMap((notice) => labelled("notice", oneLine(notice), context, paint.yellow)),
    ...ranLines(run, context, paint),
    ...notRunLines(run, context, paint),
    ...skippedFileLines(run, context, paint),
    ...conditionLines(run, context, paint),
    "",
    ...verdictLines(run, shown, context, paint),
  ];
}

export interface SummaryCounts {
  readonly active: readonly Finding[];
  readonly old: readonly Finding[];
}

function ranLines(run: CheckRun, context: ReportContext, paint: Palette): string[] {
  const ran = run.analyzers.filter(({ status }) => status === "ran");
  const cached = run.analyzers.filter(({ status }) => status === "cached");
  const slowest = ran.toSorted((a, b) => b.durationMs - a.durationMs);
  const lines: string[] = [];
  if (context.verbose === true) {
    const name = Math.max(8, ...run.analyzers.map(({ id }) => displayWidth(makeVisible(id))));
    for (const analyzer of [...slowest, ...cached]) lines.push(analyzerLine(analyzer, name, paint));
    return lines;
  }
  // Those that took their time are worth naming; a quick one's milliseconds are not.
  const named = slowest.map((item) =>
    item.durationMs >= 500 ? `${makeVisible(item.id)} ${formatDuration(item.durationMs)}` : makeVisible(item.id),
  );
  if (ran.length > 0) lines.push(...nameList("ran", named, context, paint));
  if (cached.length > 0) {
    lines.push(
      ...nameList(
        "cached",
        cached.map(({ id }) => makeVisible(id)),
        context,
        paint,
      ),
    );
  }
  return lines;
}

function analyzerLine(analyzer: AnalyzerRun, nameWidth: number, paint: Palette): string {
  const id = makeVisible(analyzer.id).padEnd(nameWidth);
  const files = count(analyzer.files, "file").padStart(13);
  const found = count(analyzer.findings, "finding").padStart(14);
  const time = (analyzer.status === "cached" ? "cached" : formatDuration(analyzer.durationMs)).padStart(9);
  const partly =
    analyzer.status === "ran" && analyzer.cachedFiles > 0
      ? `, ${formatNumber(analyzer.cachedFiles)} of them cached`
      : "";
  return paint.dim(`  ${id}${files}${found}${time}  ${makeVisible(analyzer.version)}${partly}`);
}

/** As many names as fit one line; the rest is counted. */
function nameList(label: string, names: readonly string[], context: ReportContext, paint: Palette): string[] {
  const room = context.width - labelWidth - 2;
  let text = "";
  let listed = 0;
  for (const name of names) {
    const next = text === "" ? name : `${text}, ${name}`;
    const more = names.length - listed - 1;
    if (listed > 0 && displayWidth(next) + (more > 0 ? ` and ${more} more`.length : 0) > room) break;
    text = next;
    listed++;
  }
  const more = names.length - listed;
  return [row(label, fitWidth(more > 0 ? `${text} and ${more} more` : text, room), paint.dim)];
}

function notRunLines(run: CheckRun, context: ReportContext, paint: Palette): string[] {
  const lines: string[] = [];
  const failed = groupByReason(run.analyzers.filter(({ status }) => status === "failed"));
  for (const { names, reason } of failed) {
    lines.push(...labelled("failed", `${names.map(makeVisible).join(", ")}: ${oneLine(reason)}`, context, paint.red));
  }
  const skipped = groupByReason(run.analyzers.filter(({ status }) => status === "skipped"));
  for (const { names, reason } of skipped) {
    lines.push(...labelled("not run", `${names.map(makeVisible).join(", ")} (${oneLine(reason)})`, context, paint.dim));
  }
  return lines;
}

function skippedFileLines(run: CheckRun, context: ReportContext, paint: Palette): string[] {
  const reasons = skippedFileReasons(run);
  if (reasons.length === 0) return [];
  const shown = context.verbose === true ? reasons : reasons.slice(0, 3);
  const text = shown.map(([reason, files]) => `${count(files, "file")}: ${oneLine(reason)}`).join("; ");
  const more = reasons.length - shown.length;
  return labelled("skipped", more > 0 ? `${text}; ${count(more, "other reason")}` : text, context, paint.dim);
}

function conditionLines(run: CheckRun, context: ReportContext, paint: Palette): string[] {
  const { conditions } = run.verdict;
  if (conditions.length === 0) return [];
  const names = conditions.map(({ condition }) => oneLine(describeCondition(condition)));
  const nameWidth = Math.min(Math.max(...names.map(displayWidth)), Math.max(16, context.width - 40));
  const values = conditions.map(({ value }) => (value === undefined ? "not measured" : formatNumber(value)));
  const valueWidth = Math.max(...values.map(displayWidth));
  return conditions.map(({ condition, held }, index) => {
    const name = fitWidth(names[index] ?? "", nameWidth);
    const value = (values[index] ?? "").padStart(valueWidth);
    const padding = " ".repeat(Math.max(0, nameWidth - displayWidth(name)));
    const mark = held ? paint.green("✓") : paint.red("✗");
    const text = `${mark} ${name}${padding}  ${value}  ${paint.dim(describeThreshold(condition))}`;
    return row(index === 0 ? "gate" : "", text, (part) => part, paint.dim);
  });
}

function verdictLines(run: CheckRun, { active, old }: SummaryCounts, context: ReportContext, paint: Palette): string[] {
  const { status, reasons } = run.verdict;
  const lines: string[] = [];
  // A crash was already told of, with its reason, among what ran.
  const told = run.analyzers.filter((analyzer) => analyzer.status === "failed").map(({ id }) => id);
  for (const { kind, message } of reasons) {
    if (kind !== "incomplete" || told.some((id) => message.includes(id))) continue;
    lines.push(...labelled("incomplete", oneLine(message), context, paint.yellow));
  }
  const mark = { passed: paint.green("✓"), failed: paint.red("✗"), incomplete: paint.yellow("!") }[status];
  const word = { passed: paint.green, failed: paint.red, incomplete: paint.yellow }[status];
  const hidden = new Set(old);
  const fresh = active.filter((finding) => !hidden.has(finding));
  const noun = run.scope.kind === "all" ? "finding" : "new finding";
  const found = fresh.length === 0 ? `no ${noun}s` : `${count(fresh.length, noun)} (${countSeverities(fresh)})`;
  const parts = status === "incomplete" ? ["not everything was looked at", found] : [found];
  if (old.length > 0) parts.push(`${formatNumber(old.length)} old`);
  if (run.summary.fixed > 0) parts.push(`${formatNumber(run.summary.fixed)} fixed`);
  if (run.summary.suppressed > 0) parts.push(`${formatNumber(run.summary.suppressed)} suppressed`);
  parts.push(`${count(run.summary.files, "file")} in ${formatDuration(run.durationMs)}`);
  const wrapped = wrapText(`${status}  ${parts.join(", ")}`, context.width - 2);
  lines.push(
    ...wrapped.map((line, index) =>
      index === 0 ? `${mark} ${word(paint.bold(status))}${line.slice(status.length)}` : `  ${line}`,
    ),
  );
  const fixable = fresh.filter(({ suggestions }) => suggestions?.some(({ safety }) => safety === "safe")).length;
  if (fixable > 0) {
    lines.push(`  ${formatNumber(fixable)} can be fixed without risk: ${paint.cyan("codeflow check --fix")}`);
  }
  return lines;
}

function labelled(label: string, text: string, context: ReportContext, paint: (text: string) => string): string[] {
  const wrapped = wrapText(text, context.width - labelWidth - 2);
  const kept = context.verbose === true ? wrapped : wrapped.slice(0, 4);
  return kept.map((line, index) => row(index === 0 ? label : "", line, (part) => part, paint));
}

function row(
  label: string,
  text: string,
  paintText: (text: string) => string,
  paintLabel: (text: string) => string = paintText,
): string {
  return `  ${paintLabel(label.padEnd(labelWidth))}${paintText(text)}`.trimEnd();
}

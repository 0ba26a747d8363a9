/** Findings in the terminal: grouped by file, each with its place, its words, its rule and its code. */
import type { CheckRun } from "../model/check-run.ts";
import { severityRank, type Finding } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { bestSuggestion, countBy } from "./active-findings.ts";
import { codeFrame } from "./code-frame.ts";
import { fileUri, hyperlink, type Palette } from "./palette.ts";
import type { Selection, ShownFinding } from "./selection.ts";
import { displayWidth, fitPath, fitWidth, makeVisible, oneLine, wrapText } from "./visible-text.ts";
import { count, formatNumber, safeUrl } from "./wording.ts";

const maximumMessageLines = 6;
const maximumRelated = 3;

/** Lines of the findings that are shown, an empty one between files. */
export function findingLines(run: CheckRun, selection: Selection, context: ReportContext, paint: Palette): string[] {
  const lines: string[] = [];
  for (const { path, shown } of selection.files) {
    const visible = fitPath(makeVisible(path), context.width);
    lines.push(hyperlink(paint.bold(visible), fileUri(run.root, path), context.links), "");
    const places = Math.max(...shown.map(({ finding }) => place(finding).length));
    for (const entry of shown) lines.push(...oneFinding(entry, places, context, paint), "");
  }
  return lines;
}

function place({ location }: Finding): string {
  return `${location.startLine}:${location.startColumn}`;
}

function oneFinding(
  { finding, folded }: ShownFinding,
  places: number,
  context: ReportContext,
  paint: Palette,
): string[] {
  const label = finding.severity;
  const indent = 2 + places + 2;
  const room = Math.max(20, context.width - indent);
  const message = wrapText(`${label}  ${oneLine(finding.message)}`, room);
  const kept = context.verbose === true ? [...message] : message.slice(0, maximumMessageLines);
  if (kept.length < message.length) kept.push("…");
  const ruleText = makeVisible(finding.rule) + (finding.state === "unchanged" ? " (old)" : "");
  const ruleLink = hyperlink(paint.dim(ruleText), safeUrl(finding.helpUrl), context.links);
  const last = kept.at(-1) ?? "";
  const fits = displayWidth(last) + 2 + displayWidth(ruleText) <= room;

  const pad = " ".repeat(indent);
  const lines = kept.map((text, index) => {
    const head = `  ${paint.dim(place(finding).padStart(places))}  `;
    const body =
      index === 0 && text.startsWith(label)
        ? paint.severity(finding.severity, paint.bold(label)) + text.slice(label.length)
        : text;
    return (index === 0 ? head : pad) + body + (fits && index === kept.length - 1 ? `  ${ruleLink}` : "");
  });
  if (!fits) lines.push(pad + ruleLink);
  lines.push(...frameLines(finding, places, context, paint));
  lines.push(...relatedLines(finding, indent, context, paint));
  const suggestion = bestSuggestion(finding);
  if (suggestion !== undefined) {
    const kind = suggestion.safety === "suggested" ? "suggestion" : `${suggestion.safety} fix`;
    const text = wrapText(`${kind}: ${oneLine(suggestion.message)}`, room).slice(0, 3);
    lines.push(...text.map((line) => pad + paint.green(line)));
  }
  if (context.verbose === true && safeUrl(finding.helpUrl) !== undefined && !context.links) {
    lines.push(pad + paint.dim(`see ${makeVisible(safeUrl(finding.helpUrl) ?? "")}`));
  }
  if (folded.length > 0) lines.push(...foldedLines(folded, indent, context, paint));
  return lines;
}

function frameLines(finding: Finding, places: number, context: ReportContext, paint: Palette): string[] {
  // The bar stands under the gap between place and message, so that code and message share their left edge.
  const numbers = Math.max(places, String(finding.location.endLine).length);
  const width = Math.max(20, context.width - (2 + numbers + 3));
  const frame = codeFrame(finding.location, context.line, { width, context: 0 });
  if (frame === undefined) return [];
  const lines: string[] = [];
  for (const { number, text, mark } of frame) {
    lines.push(`  ${paint.dim(`${String(number).padStart(numbers)} │`)} ${text}`.trimEnd());
    if (mark === undefined) continue;
    const underline = paint.severity(finding.severity, "~".repeat(mark.length));
    lines.push(`  ${paint.dim(`${" ".repeat(numbers)} │`)} ${" ".repeat(mark.start)}${underline}`);
  }
  return lines;
}

function relatedLines({ related = [] }: Finding, indent: number, context: ReportContext, paint: Palette): string[] {
  const shown = context.verbose === true ? related : related.slice(0, maximumRelated);
  const lines = shown.map(({ location, message }) => {
    const where = `${makeVisible(location.path)}:${location.startLine}:${location.startColumn}`;
    return fitWidth(`see ${where}: ${oneLine(message)}`, context.width - indent);
  });
  if (shown.length < related.length) lines.push(`and ${count(related.length - shown.length, "more place")}`);
  return lines.map((line) => " ".repeat(indent) + paint.dim(line));
}

function foldedLines(folded: readonly Finding[], indent: number, context: ReportContext, paint: Palette): string[] {
  const lines = [...new Set(folded.map(({ location }) => location.startLine))];
  const named = lines.slice(0, 8).join(", ") + (lines.length > 8 ? ", …" : "");
  const text = `and ${formatNumber(folded.length)} more of this rule in this file (${lines.length === 1 ? "line" : "lines"} ${named})`;
  return wrapText(text, context.width - indent).map((line) => " ".repeat(indent) + paint.dim(line));
}

/** What is not shown, counted by rule and by directory, and what to do about it. */
export function restLines(run: CheckRun, rest: readonly Finding[], context: ReportContext, paint: Palette): string[] {
  if (rest.length === 0) return [];
  const lines = [paint.bold(`${count(rest.length, "more finding")} not shown.`), ""];
  // The worst that a rule says decides its place; many notes must not push a few errors out of the table.
  const severityOf = new Map(rest.map(({ rule, severity }) => [rule, severity] as const).reverse());
  const rank = (rule: string): number => severityRank(severityOf.get(rule) ?? "info");
  const rules = countBy(rest, ({ rule }) => rule).toSorted(([a], [b]) => rank(a) - rank(b));
  const directories = countBy(rest, ({ location }) => directory(location.path));
  const name = (rule: string): string => paint.severity(severityOf.get(rule) ?? "info", "●");
  lines.push(...table("by rule", rules, context, paint, name));
  if (directories.length > 1) lines.push("", ...table("by directory", directories, context, paint));
  const baselined = run.findings.some(({ suppressed }) => suppressed?.kind === "baseline");
  lines.push("");
  if (run.scope.kind === "all" && !baselined) {
    lines.push(`  ${paint.cyan("codeflow baseline create")}     accept these, see only new ones from now on`);
  }
  lines.push(`  ${paint.cyan("codeflow check --verbose")}     show them all here`);
  lines.push(`  ${paint.cyan("--report html=report.html")}    read them in a browser`, "");
  return lines;
}

const tableRows = 8;

function table(
  title: string,
  rows: readonly (readonly [string, number])[],
  context: ReportContext,
  paint: Palette,
  bullet?: (name: string) => string,
): string[] {
  const shown = rows.length <= tableRows + 1 ? rows : rows.slice(0, tableRows);
  const hidden = rows.slice(shown.length);
  const sum = hidden.reduce((total, [, number]) => total + number, 0);
  const digits = Math.max(...[...shown.map(([, number]) => number), sum].map((number) => formatNumber(number).length));
  const lines = [`  ${paint.dim(title)}`];
  for (const [name, number] of shown) {
    const mark = bullet === undefined ? "" : `${bullet(name)} `;
    const text = fitPath(makeVisible(name), context.width - digits - 10);
    lines.push(`    ${formatNumber(number).padStart(digits)}  ${mark}${text}`);
  }
  if (hidden.length > 0) {
    lines.push(paint.dim(`    ${formatNumber(sum).padStart(digits)}  in ${formatNumber(hidden.length)} others`));
  }
  return lines;
}

/** The first two levels say where to look; deeper ones would be as many as the files. */
function directory(path: string): string {
  const parts = path.split("/").slice(0, -1);
  return parts.length === 0 ? "./" : `${parts.slice(0, 2).join("/")}/`;
}

/** The page's plots: horizontal bars in SVG, each split by severity. Colours come from the page's style sheet. */
import { severities, type Finding, type Severity } from "../model/finding.ts";
import { escapeHtml } from "./html-text.ts";
import { fitPath, fitWidth, makeVisible } from "./visible-text.ts";
import { count, formatNumber } from "./wording.ts";

const width = 480;
const rowHeight = 24;
const labelWidth = 186;
const labelLength = 24;
const valueWidth = 46;
const barHeight = 14;

interface Row {
  readonly label: string;
  readonly total: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
}

export interface PlotOptions {
  readonly title: string;
  readonly key: (finding: Finding) => string;
  /** More rows than this are only counted. */
  readonly rows: number;
  /** Rows in this order instead of by their number. */
  readonly order?: readonly string[];
  /** Labels are paths: cut at their front. */
  readonly paths?: boolean;
}

/** A figure with one bar for each key, most findings first. */
export function barPlot(findings: readonly Finding[], { title, key, rows, order, paths = false }: PlotOptions): string {
  const all = tally(findings, key);
  if (order !== undefined) all.sort((a, b) => order.indexOf(a.label) - order.indexOf(b.label));
  const shown = all.length <= rows + 1 ? all : all.slice(0, rows);
  const others = all.slice(shown.length);
  const longest = Math.max(1, ...shown.map(({ total }) => total));
  const height = Math.max(1, shown.length) * rowHeight;
  const room = width - labelWidth - valueWidth;
  const bars = shown.map((row, index) => {
    const y = index * rowHeight;
    const label = paths ? fitPath(makeVisible(row.label), labelLength) : fitWidth(makeVisible(row.label), labelLength);
    let x = labelWidth;
    const parts = severities.map((severity) => {
      const length = (row.bySeverity[severity] / longest) * room;
      const rect = `<rect class="bar ${severity}" x="${round(x)}" y="${y + (rowHeight - barHeight) / 2}" width="${round(length)}" height="${barHeight}"/>`;
      x += length;
      return length === 0 ? "" : rect;
    });
    const middle = y + rowHeight / 2;
    return `<g><title>${escapeHtml(row.label)}: ${describe(row)}</title><text class="label" x="${labelWidth - 8}" y="${middle}">${escapeHtml(label)}</text>${parts.join("")}<text class="value" x="${round(x + 6)}" y="${middle}">${formatNumber(row.total)}</text></g>`;
  });
  const summary = `${title}. ${shown.map((row) => `${row.label}: ${row.total}`).join(", ")}`;
  // Without a bar: all others together would dwarf every single one.
  const rest = others.reduce((sum, { total }) => sum + total, 0);
  const more =
    others.length === 0 ? "" : `<p class="soft">and ${formatNumber(rest)} in ${formatNumber(others.length)} others</p>`;
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(summary)}">${bars.join("")}</svg>${more}</figure>`;
}

function tally(findings: readonly Finding[], key: (finding: Finding) => string): Row[] {
  const rows = new Map<string, Record<Severity, number>>();
  for (const finding of findings) {
    const label = key(finding);
    const row = rows.get(label) ?? { error: 0, warning: 0, info: 0 };
    row[finding.severity]++;
    rows.set(label, row);
  }
  return [...rows]
    .map(([label, bySeverity]) => ({
      label,
      bySeverity,
      total: bySeverity.error + bySeverity.warning + bySeverity.info,
    }))
    .sort((a, b) => b.total - a.total || (a.label < b.label ? -1 : 1));
}

function describe({ bySeverity }: Row): string {
  return severities
    .filter((severity) => bySeverity[severity] > 0)
    .map((severity) => count(bySeverity[severity], severity))
    .join(", ");
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

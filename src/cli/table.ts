/** Columns of text for a person: as wide as what is in them, cut only where the terminal ends. */
import { displayWidth, fitWidth, oneLine } from "../app/presentation.ts";

export interface TableColumn {
  readonly title?: string;
  readonly align?: "left" | "right";
  /** Colours a cell that is already padded. */
  readonly paint?: (text: string, row: readonly string[]) => string;
}

/**
 * Lines of at most `width` columns, with line ends; the last column gives way. `indent` stands before every line. Cells
 * are plain text and are made visible here.
 */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  {
    width,
    indent = "",
    head = (text: string) => text,
  }: { readonly width: number; readonly indent?: string; readonly head?: (text: string) => string },
): string {
  const clean = rows.map((row) => row.map(oneLine));
  const titles = columns.map(({ title }) => title ?? "");
  const hasTitles = titles.some((title) => title !== "");
  const widths = columns.map((_, i) =>
    Math.max(hasTitles ? displayWidth(titles[i] ?? "") : 0, ...clean.map((row) => displayWidth(row[i] ?? ""))),
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, one) => sum + one + 2, indent.length);
  const room = Math.max(12, width - before);
  const line = (cells: readonly string[], row: readonly string[] | undefined): string =>
    indent +
    columns
      .map(({ align, paint }, i) => {
        const text = i === last ? fitWidth(cells[i] ?? "", room) : (cells[i] ?? "");
        const gap = " ".repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(text)));
        const padded = align === "right" ? gap + text : i === last ? text : text + gap;
        return row === undefined || paint === undefined ? padded : paint(padded, row);
      })
      .join("  ")
      .trimEnd();
  return [...(hasTitles ? [head(line(titles, undefined))] : []), ...clean.map((row) => line(row, row))]
    .map((text) => `${text}\n`)
    .join("");
}

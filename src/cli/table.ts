/** Columns of text for a person: as wide as what is in them, cut only where the terminal ends. */
import { displayWidth, fitWidth, oneLine } from "../app/presentation.ts";

export interface TableColumn {
  readonly title?: string;
  readonly align?: "left" | "right";
  /** Left out where the terminal is too narrow for all: the highest number goes first. */
  readonly drop?: number;
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
  const widths = columns.map(({ title = "" }, i) =>
    Math.max(displayWidth(title), ...clean.map((row) => displayWidth(row[i] ?? ""))),
  );
  const kept = fitting(columns, widths, width - indent.length);
  const last = kept.at(-1) ?? 0;
  const before = kept.slice(0, -1).reduce((sum, i) => sum + (widths[i] ?? 0) + 2, indent.length);
  const room = Math.max(leastRoom, width - before);
  const line = (cells: readonly string[], row: readonly string[] | undefined): string =>
    indent +
    kept
      .map((i) => {
        const { align, paint } = columns[i] ?? {};
        const text = i === last ? fitWidth(cells[i] ?? "", room) : (cells[i] ?? "");
        const gap = " ".repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(text)));
        const padded = align === "right" ? gap + text : i === last ? text : text + gap;
        return row === undefined || paint === undefined ? padded : paint(padded, row);
      })
      .join("  ")
      .trimEnd();
  const titles = columns.map(({ title = "" }) => title);
  const hasTitles = titles.some((title) => title !== "");
  return [...(hasTitles ? [head(line(titles, undefined))] : []), ...clean.map((row) => line(row, row))]
    .map((text) => `${text}\n`)
    .join("");
}

/** Columns that the last one is always given. */
const leastRoom = 12;

/** Indexes of the columns that have room beside one another. */
function fitting(columns: readonly TableColumn[], widths: readonly number[], room: number): number[] {
  const kept = columns.map((_, i) => i);
  for (;;) {
    const last = kept.at(-1) ?? 0;
    const needed = kept.reduce(
      (sum, i) => sum + (i === last ? Math.min(widths[i] ?? 0, leastRoom) : (widths[i] ?? 0) + 2),
      0,
    );
    const droppable = kept.filter((i) => columns[i]?.drop !== undefined);
    if (needed <= room || droppable.length === 0) return kept;
    const first = droppable.reduce((a, b) => ((columns[b]?.drop ?? 0) > (columns[a]?.drop ?? 0) ? b : a));
    kept.splice(kept.indexOf(first), 1);
  }
}

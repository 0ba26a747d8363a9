/** The piece of a file that a diagnostic is about, as text: numbered lines with a marker under the place. Pure. */
import type { Diagnostic } from "../model/diagnostic.ts";

export interface FrameOptions {
  /** Lines shown before and after. */
  readonly context?: number;
  /** Columns of code shown. */
  readonly width?: number;
}

/** Empty when the place is not in the text. No line end after the last line. */
export function diagnosticFrame(
  { line, column, endLine, endColumn }: Pick<Diagnostic, "line" | "column" | "endLine" | "endColumn">,
  text: string,
  { context = 2, width = 100 }: FrameOptions = {},
): string {
  const lines = text.split(/\r\n|\r|\n/);
  const marked = lines[line - 1];
  if (marked === undefined) return "";
  const from = Math.max(1, line - context);
  const to = Math.min(lines.length, line + context);
  const gutter = String(to).length;

  const start = Math.max(0, column - 1);
  const end =
    endLine === undefined || endLine === line ? Math.max(start + 1, (endColumn ?? column + 1) - 1) : marked.length;
  const before = printable(marked.slice(0, start)).length;
  const length = Math.max(1, printable(marked.slice(start, Math.max(end, start))).length);
  // A long line is shown around the marker.
  const shift = before + Math.min(length, 20) > width ? Math.max(0, before - Math.floor(width / 2)) : 0;

  const frame: string[] = [];
  for (let number = from; number <= to; number++) {
    const code = printable(lines[number - 1] ?? "");
    const shown = code.slice(shift, shift + width);
    const cut = code.length > shift + width ? "…" : "";
    const prefix = `${number === line ? ">" : " "} ${String(number).padStart(gutter)} |`;
    frame.push(shown === "" ? prefix : `${prefix} ${shown}${cut}`);
    if (number === line) {
      const marker = "^".repeat(Math.max(1, Math.min(length, width - (before - shift))));
      frame.push(`  ${" ".repeat(gutter)} | ${" ".repeat(before - shift)}${marker}`);
    }
  }
  return frame.join("\n");
}

/** Tabs become two columns; what could command a terminal or turn text around is shown as a dot. */
function printable(text: string): string {
  return text.replaceAll("\t", "  ").replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "·");
}

/** Turns the positions that tools print into locations: 1-based lines, 1-based UTF-16 columns, exclusive ends. */
import { realpathSync } from "node:fs";
import { isAbsolute, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { ToolOutput } from "../../model/analyzer.ts";
import type { Location } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";

/** What a tool counts as one column: UTF-16 code units, Unicode code points, or bytes of UTF-8. */
export type ColumnUnit = "utf16" | "codepoint" | "byte";

/** As printed, but 1-based and with an exclusive end; what the tool does not say is absent. */
export interface PrintedRange {
  readonly line: number;
  readonly column?: number | undefined;
  readonly endLine?: number | undefined;
  readonly endColumn?: number | undefined;
}

/** The repository-relative path of a file that a tool named; undefined when it lies outside the repository. */
export function repositoryPath(output: ToolOutput, printed: string): string | undefined {
  const path = printed.startsWith("file://") ? fileURLToPath(printed) : printed;
  if (isAbsolute(path)) {
    const inside = below(output.root, path) ?? below(realRoot(output.root), path);
    return inside === undefined ? undefined : slashes(inside);
  }
  const joined = posix.normalize(posix.join(output.directory ?? "", slashes(path)));
  return joined === ".." || joined.startsWith("../") ? undefined : joined;
}

function below(root: string, path: string): string | undefined {
  const inside = relative(root, path);
  return inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? undefined : inside;
}

/** Tools print resolved paths where the checkout was reached through a symbolic link (`/tmp` on macOS). */
function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    // No such directory here (recorded output): then there is no other name for it either.
    return root;
  }
}

function slashes(path: string): string {
  return sep === "\\" ? path.replaceAll("\\", "/") : path;
}

/**
 * The location of a printed range; undefined when the file lies outside the repository. A missing column means the
 * whole line, a missing end the word that starts there.
 */
export function locate(
  output: ToolOutput,
  printedPath: string,
  range: PrintedRange,
  unit: ColumnUnit,
): Location | undefined {
  const path = repositoryPath(output, printedPath);
  if (path === undefined) return undefined;
  const source = output.read(path);
  return source === undefined ? unseen(path, range) : within(source, range, unit);
}

/** The same for a file whose text cannot be had: columns stay as printed. */
function unseen(path: string, range: PrintedRange): Location {
  const startLine = Math.max(1, range.line);
  const startColumn = Math.max(1, range.column ?? 1);
  const endLine = Math.max(startLine, range.endLine ?? startLine);
  const least = endLine === startLine ? startColumn : 1;
  return { path, startLine, startColumn, endLine, endColumn: Math.max(least, range.endColumn ?? least) };
}

function within(source: SourceFile, range: PrintedRange, unit: ColumnUnit): Location {
  const line = Math.min(Math.max(1, range.line), source.lineCount);
  if (range.column === undefined && (range.endLine === undefined || range.endLine <= line)) {
    return source.lineLocation(line);
  }
  const start = offsetOf(source, line, range.column ?? 1, unit);
  let end = start;
  if (range.endLine !== undefined && range.endColumn === undefined) {
    end = offsetOf(source, range.endLine, source.line(range.endLine).length + 1, "utf16");
  } else if (range.endColumn !== undefined) {
    end = offsetOf(source, range.endLine ?? line, range.endColumn, unit);
  }
  return end > start ? source.location(start, end) : source.location(start, wordEnd(source, start));
}

/** UTF-16 offset of a 1-based line and column, where the column counts `unit`s; never beyond the line's text. */
export function offsetOf(source: SourceFile, line: number, column: number, unit: ColumnUnit): number {
  const text = source.line(line);
  return source.offset(line, Math.min(utf16Column(text, column, unit), text.length + 1));
}

/** 1-based UTF-16 column of a 1-based column that counts `unit`s. A column beyond the line stays beyond it. */
export function utf16Column(text: string, column: number, unit: ColumnUnit): number {
  if (unit === "utf16" || column <= 1) return Math.max(1, column);
  let passed = 0;
  let units = 0;
  for (const character of text) {
    if (passed >= column - 1) return units + 1;
    passed += unit === "byte" ? Buffer.byteLength(character) : 1;
    units += character.length;
  }
  return units + 1 + Math.max(0, column - 1 - passed);
}

function wordEnd(source: SourceFile, start: number): number {
  const word = /[\p{L}\p{N}_$]+/uy;
  word.lastIndex = start;
  const match = word.exec(source.text);
  if (match !== null) return start + match[0].length;
  const next = source.text.codePointAt(start);
  // At the end of a line or of the file there is nothing to point at: an empty range.
  if (next === undefined || next === 10 || next === 13) return start;
  return start + String.fromCodePoint(next).length;
}

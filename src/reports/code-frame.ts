/** The lines of code that a finding speaks of, ready to be shown in fixed columns, with what to underline. */
import type { LineSource } from "../model/check-run.ts";
import type { Location } from "../model/finding.ts";
import { displayWidth, fitWidth, makeVisible } from "./visible-text.ts";

export interface FrameLine {
  readonly number: number;
  /** Tabs expanded, control characters visible, cut to the width. */
  readonly text: string;
  /** Columns to underline: start (0-based) and length; undefined on a line of context. */
  readonly mark?: { readonly start: number; readonly length: number };
}

export interface FrameOptions {
  /** Columns for the code itself. */
  readonly width: number;
  /** Lines around the finding's own. */
  readonly context: number;
}

/** A range over more lines than this is a whole block: its first line says which. */
const maximumLines = 3;
/** UTF-16 units of a line that are looked at on each side of the finding: lines of minified code have millions. */
const reach = 400;
const tabStop = 4;

/** Undefined when the code cannot be had, or when there is nothing on the line to point at. */
export function codeFrame(
  location: Location,
  source: LineSource,
  options: FrameOptions,
): readonly FrameLine[] | undefined {
  const last = lastLine(location);
  const own = last - location.startLine + 1;
  const shownLast = own > maximumLines ? location.startLine : last;
  const raw: { number: number; text: string; from: number; to: number | undefined }[] = [];
  for (let number = location.startLine - options.context; number <= shownLast + options.context; number++) {
    if (number < 1) continue;
    const text = source(location.path, number);
    const isOwn = number >= location.startLine && number <= shownLast;
    if (text === undefined) {
      if (isOwn) return undefined;
      continue;
    }
    const from = isOwn ? (number === location.startLine ? location.startColumn - 1 : indentation(text).length) : 0;
    // A block is underlined to the end of its first line only.
    const to = isOwn
      ? number === last && number === location.endLine
        ? location.endColumn - 1
        : text.length
      : undefined;
    raw.push({ number, text, from: Math.max(0, from), to });
  }
  if (raw.every(({ text }) => text.trim() === "")) return undefined;
  const dedent = commonIndentation(raw);
  const first = raw.find(({ to }) => to !== undefined);
  const crop = Math.max(0, (first?.from ?? 0) - reach);
  const laid = raw.map((line) => layOut(line, crop > dedent ? crop : dedent));
  // Scroll right only when the mark would not be seen, the same for every line, so that columns stay aligned.
  const markStart = laid.find(({ mark }) => mark !== undefined)?.mark?.start ?? 0;
  const markEnd = Math.max(...laid.map(({ mark }) => (mark === undefined ? 0 : mark.start + mark.length)));
  const fits = markEnd <= options.width || markStart < options.width / 2;
  const shift = fits && crop === 0 ? 0 : Math.max(0, Math.min(markStart - 10, markEnd - options.width + 10));
  return laid.map((line) => window(line, shift, crop > dedent || shift > 0, options.width));
}

/** The last line that holds something of the finding: an end in column 1 belongs to the line before. */
function lastLine({ startLine, endLine, endColumn }: Location): number {
  return Math.max(startLine, endLine > startLine && endColumn <= 1 ? endLine - 1 : endLine);
}

function indentation(text: string): string {
  return /^[ \t]*/.exec(text.slice(0, reach))?.[0] ?? "";
}

/** UTF-16 units of white space that all lines begin with and that no mark touches. */
function commonIndentation(lines: readonly { text: string; from: number; to: number | undefined }[]): number {
  let common: string | undefined;
  for (const { text, from, to } of lines) {
    if (text.trim() === "" && to === undefined) continue;
    let indent = indentation(text);
    if (to !== undefined && from < indent.length) indent = indent.slice(0, from);
    if (common === undefined) common = indent;
    else {
      let length = 0;
      while (length < common.length && common[length] === indent[length]) length++;
      common = common.slice(0, length);
    }
  }
  return common?.length ?? 0;
}

function layOut(line: { number: number; text: string; from: number; to: number | undefined }, skip: number): FrameLine {
  const end = Math.min(line.text.length, Math.max(line.to === undefined ? 0 : line.from, skip) + 2 * reach);
  const from = Math.max(0, Math.min(line.from, end) - skip);
  const to = line.to === undefined ? undefined : Math.max(from, Math.min(line.to, end) - skip);
  const piece = line.text.slice(skip, end);
  const before = expand(piece.slice(0, from), 0);
  if (to === undefined) return { number: line.number, text: expand(piece, 0) };
  const start = displayWidth(before);
  const marked = expand(piece.slice(from, to), start);
  const after = expand(piece.slice(to), start + displayWidth(marked));
  // An empty range still points at its place.
  const mark = { start, length: Math.max(1, displayWidth(marked)) };
  return { number: line.number, text: (before + marked + after).trimEnd(), mark };
}

function expand(text: string, column: number): string {
  let expanded = "";
  let at = column;
  for (const part of text.split(/(\t)/)) {
    const shown = part === "\t" ? " ".repeat(tabStop - (at % tabStop)) : makeVisible(part);
    expanded += shown;
    at += displayWidth(shown);
  }
  return expanded;
}

function window(line: FrameLine, shift: number, cut: boolean, width: number): FrameLine {
  let text = line.text;
  let start = line.mark?.start ?? 0;
  if (cut) {
    const kept = dropColumns(text, shift);
    text = `…${kept}`;
    start = start - shift + 1;
  }
  const fitted = fitWidth(text, width);
  if (line.mark === undefined) return { number: line.number, text: fitted };
  const visibleStart = Math.max(0, Math.min(start, width - 1));
  const length = Math.max(1, Math.min(line.mark.length + Math.min(0, start), width - visibleStart));
  return { number: line.number, text: fitted, mark: { start: visibleStart, length } };
}

function dropColumns(text: string, columns: number): string {
  let width = 0;
  let rest = "";
  for (const character of text) {
    if (width >= columns) rest += character;
    else width += displayWidth(character);
  }
  return rest;
}

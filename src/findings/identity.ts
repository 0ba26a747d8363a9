/** What makes two findings the same one: hashes of their code and its surroundings, never a line number. */
import { hash } from "node:crypto";
import type { FindingIdentity, IdentifiedFinding, Location, RawFinding } from "../model/finding.ts";
import type { SourceFile } from "../model/source-file.ts";

export interface Fingerprinted<F> {
  readonly finding: F;
  readonly fingerprint: string;
}

const contextLines = 3;
/**
 * A finding over several lines is identified by its first: its body changes while it stays the same finding. Measured
 * over 30 commits each, five lines lost 0.6 %, one line 0.05 % (bench/identity.ts).
 */
const textLines = 1;
/** A line with fewer letters and digits than this (`}`, `else:`) says nothing alone. */
const shortText = 10;
/** Characters of code, layout aside, on each side of the range: less confuses the repetitive parts of tests. */
const flowLength = 96;
/** How far the search for context and for flow goes: blank stretches of data files must not cost time. */
const searchLines = 200;
const searchCharacters = 2_000;
/** Minified lines: hashing a megabyte for each finding would be quadratic. */
const longLine = 1_000;

/**
 * `file` is undefined when the finding's file cannot be read (binary, gone, or a finding about the project): then the
 * anchor, or else the message without its numbers, stands in for the text.
 */
export function identify(finding: RawFinding, file: SourceFile | undefined): IdentifiedFinding {
  return { ...finding, identity: identityOf(finding, file) };
}

function identityOf(finding: RawFinding, file: SourceFile | undefined): FindingIdentity {
  if (file === undefined || file.text === "") {
    const text = finding.anchor ?? finding.message.replace(/\d+/g, "0");
    return { text: shortHash(normalizeLine(text)), before: [], after: [] };
  }
  const lines = linesOf(file);
  const first = clamp(finding.location.startLine, 1, file.lineCount);
  const last = lastLineOf(finding.location, first, file.lineCount);
  const before = lines.hashesFrom(first - 1, -1);
  const after = lines.hashesFrom(last + 1, 1);
  if (finding.anchor !== undefined) return { text: shortHash(normalizeLine(finding.anchor)), before, after };
  const range = rangeOf(finding.location, file, first, last);
  return {
    text: shortHash(textOf(lines, first, last)),
    before,
    after,
    core: shortHash(significant(file.text.slice(range.start, range.end))),
    flow: [shortHash(flowBefore(file.text, range.start)), shortHash(flowAfter(file.text, range.end))],
  };
}

/** The last line that holds part of the finding: an exclusive end in column 1 belongs to the line before. */
function lastLineOf(location: Location, first: number, lineCount: number): number {
  const end = location.endColumn <= 1 && location.endLine > first ? location.endLine - 1 : location.endLine;
  return clamp(end, first, Math.min(lineCount, first + textLines - 1));
}

function textOf(lines: Lines, first: number, last: number): string {
  const parts: string[] = [];
  for (let line = first; line <= last; line++) {
    const text = lines.normalized(line);
    if (text !== "") parts.push(text);
  }
  const text = parts.join("\n");
  if (significant(text).length >= shortText) return text;
  const previous = lines.nearest(first - 1, -1);
  const next = lines.nearest(last + 1, 1);
  return [previous ?? "", text, next ?? ""].join("\n");
}

function rangeOf(
  location: Location,
  file: SourceFile,
  first: number,
  last: number,
): { readonly start: number; readonly end: number } {
  const start = file.offset(first, Math.max(1, location.startColumn));
  const endOfText = file.offset(last, longLine);
  const end = location.endLine > last ? endOfText : file.offset(last, Math.max(1, location.endColumn));
  // Some tools give a point: the word that starts there is the thing meant.
  if (end <= start)
    return { start, end: start + (/^[\p{L}\p{N}_$]+/u.exec(file.text.slice(start, start + 80))?.[0].length ?? 0) };
  return { start, end: Math.min(end, start + textLines * longLine) };
}

/** Without white space and without the punctuation that formatters add, drop or swap. */
function significant(text: string): string {
  return text.replace(/[\s,;(){}'"`\\]+/g, "");
}

function flowBefore(text: string, offset: number): string {
  for (let size = flowLength * 4; ; size *= 4) {
    const start = Math.max(0, offset - size);
    const found = significant(text.slice(start, offset));
    if (found.length >= flowLength || start === 0 || size > searchCharacters) return found.slice(-flowLength);
  }
}

function flowAfter(text: string, offset: number): string {
  for (let size = flowLength * 4; ; size *= 4) {
    const found = significant(text.slice(offset, offset + size));
    if (found.length >= flowLength || offset + size >= text.length || size > searchCharacters) {
      return found.slice(0, flowLength);
    }
  }
}

/** Normalised lines of one file and their hashes, computed when asked for: many findings share their context. */
class Lines {
  readonly #file: SourceFile;
  readonly #normalized = new Map<number, string>();
  readonly #hashes = new Map<number, string>();

  constructor(file: SourceFile) {
    this.#file = file;
  }

  normalized(line: number): string {
    let text = this.#normalized.get(line);
    if (text === undefined)
      this.#normalized.set(line, (text = normalizeLine(this.#file.line(line).slice(0, longLine))));
    return text;
  }

  /** The nearest non-blank line, from `line` on in that direction. */
  nearest(line: number, step: 1 | -1): string | undefined {
    for (let i = 0; i < searchLines && line >= 1 && line <= this.#file.lineCount; i++, line += step) {
      const text = this.normalized(line);
      if (text !== "") return text;
    }
    return undefined;
  }

  hashesFrom(line: number, step: 1 | -1): string[] {
    const hashes: string[] = [];
    for (let i = 0; i < searchLines && line >= 1 && line <= this.#file.lineCount; i++, line += step) {
      const text = this.normalized(line);
      if (text === "") continue;
      let hashed = this.#hashes.get(line);
      if (hashed === undefined) this.#hashes.set(line, (hashed = shortHash(text)));
      hashes.push(hashed);
      if (hashes.length === contextLines) break;
    }
    return hashes;
  }
}

// Weak: the lines of a file go with the file.
const linesByFile = new WeakMap<SourceFile, Lines>();

function linesOf(file: SourceFile): Lines {
  let lines = linesByFile.get(file);
  if (lines === undefined) linesByFile.set(file, (lines = new Lines(file)));
  return lines;
}

function normalizeLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

function shortHash(text: string): string {
  return hash("sha256", text, "hex").slice(0, 16);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

/** In the order given; the fingerprints do not depend on that order. */
export function assignFingerprints<F extends IdentifiedFinding>(findings: readonly F[]): Fingerprinted<F>[] {
  const groups = new Map<string, number[]>();
  for (const [index, { rule, location, identity }] of findings.entries()) {
    const key = `${rule}\0${location.path}\0${identity.text}\0${identity.core ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  const fingerprints = new Map<number, string>();
  for (const [key, group] of groups) {
    if (group.length > 1) group.sort((a, b) => comparePositions(findings[a], findings[b]));
    for (const [ordinal, index] of group.entries()) {
      fingerprints.set(index, hash("sha256", `${key}\0${ordinal}`, "hex").slice(0, 32));
    }
  }
  return findings.map((finding, index) => ({ finding, fingerprint: fingerprints.get(index) ?? "" }));
}

function comparePositions(a: RawFinding | undefined, b: RawFinding | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return (
    a.location.startLine - b.location.startLine ||
    a.location.startColumn - b.location.startColumn ||
    a.location.endLine - b.location.endLine ||
    a.location.endColumn - b.location.endColumn ||
    compareText(a.message, b.message)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

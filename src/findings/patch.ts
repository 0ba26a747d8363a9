/** Unified patches of byte contents, as `git apply` takes them. */
import { diffArrays } from "diff/lib/diff/array.js";

export interface PatchOptions {
  /** Git modes; `100644` unless said. */
  readonly before?: string;
  readonly after?: string;
  /** Lines around each change: 3 unless said. */
  readonly context?: number;
}

/** More changed lines than this are shown as one replaced block: finding the shortest script would take too long. */
const maxEditLength = 2_000;

/**
 * Bytes, not text: a patch carries the file's own bytes, whatever their encoding. `undefined` stands for a file that
 * does not exist. Empty when nothing differs.
 */
export function unifiedPatch(
  path: string,
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
  options: PatchOptions = {},
): Uint8Array {
  const oldMode = options.before ?? "100644";
  const newMode = options.after ?? options.before ?? "100644";
  const oldLines = splitLines(before);
  const newLines = splitLines(after);
  const hunks = makeHunks(oldLines, newLines, options.context ?? 3);
  const header: string[] = [];
  if (before === undefined && after !== undefined) header.push(`new file mode ${newMode}`);
  else if (before !== undefined && after === undefined) header.push(`deleted file mode ${oldMode}`);
  else if (before !== undefined && oldMode !== newMode) header.push(`old mode ${oldMode}`, `new mode ${newMode}`);
  if (header.length === 0 && hunks.length === 0) return new Uint8Array();

  header.unshift(`diff --git ${quote(`a/${path}`)} ${quote(`b/${path}`)}`);
  if (hunks.length > 0) {
    header.push(`--- ${before === undefined ? "/dev/null" : fileLine(`a/${path}`)}`);
    header.push(`+++ ${after === undefined ? "/dev/null" : fileLine(`b/${path}`)}`);
  }
  return Buffer.concat([
    Buffer.from(header.map((line) => `${line}\n`).join(""), "utf8"),
    Buffer.from(hunks.join(""), "latin1"),
  ]);
}

/** One character a byte, lines with their line feed: the last one may have none. */
function splitLines(bytes: Uint8Array | undefined): string[] {
  if (bytes === undefined || bytes.length === 0) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface Change {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

function makeHunks(oldLines: readonly string[], newLines: readonly string[], context: number): string[] {
  const changes = findChanges(oldLines, newLines);
  const hunks: string[] = [];
  for (let first = 0; first < changes.length;) {
    let last = first;
    while (last + 1 < changes.length && gap(changes, last) <= 2 * context) last++;
    hunks.push(formatHunk(changes.slice(first, last + 1), oldLines, newLines, context));
    first = last + 1;
  }
  return hunks;
}

function gap(changes: readonly Change[], index: number): number {
  return (changes[index + 1]?.oldStart ?? Infinity) - (changes[index]?.oldEnd ?? 0);
}

function findChanges(oldLines: readonly string[], newLines: readonly string[]): Change[] {
  let prefix = 0;
  while (prefix < oldLines.length && prefix < newLines.length && oldLines[prefix] === newLines[prefix]) prefix++;
  let suffix = 0;
  const longest = Math.min(oldLines.length, newLines.length) - prefix;
  while (suffix < longest && oldLines.at(-1 - suffix) === newLines.at(-1 - suffix)) suffix++;
  const oldEnd = oldLines.length - suffix;
  const newEnd = newLines.length - suffix;
  if (prefix === oldEnd && prefix === newEnd) return [];

  const whole = { oldStart: prefix, oldEnd, newStart: prefix, newEnd };
  const parts = diffArrays(oldLines.slice(prefix, oldEnd), newLines.slice(prefix, newEnd), { maxEditLength });
  if (parts === undefined) return [whole];
  const changes: Change[] = [];
  let oldLine = prefix;
  let newLine = prefix;
  let open: { oldStart: number; newStart: number } | undefined;
  const close = (): void => {
    if (open !== undefined) changes.push({ ...open, oldEnd: oldLine, newEnd: newLine });
    open = undefined;
  };
  for (const part of parts) {
    const length = part.value.length;
    if (part.added || part.removed) open ??= { oldStart: oldLine, newStart: newLine };
    else close();
    if (!part.added) oldLine += length;
    if (!part.removed) newLine += length;
  }
  close();
  return changes;
}

function formatHunk(
  changes: readonly Change[],
  oldLines: readonly string[],
  newLines: readonly string[],
  context: number,
): string {
  const first = changes[0];
  const last = changes.at(-1);
  if (first === undefined || last === undefined) return "";
  const lead = Math.min(context, first.oldStart);
  const trail = Math.min(context, oldLines.length - last.oldEnd);
  const oldStart = first.oldStart - lead;
  const newStart = first.newStart - lead;
  const oldCount = last.oldEnd + trail - oldStart;
  const newCount = last.newEnd + trail - newStart;
  const lines = [`@@ -${span(oldStart, oldCount)} +${span(newStart, newCount)} @@\n`];
  let position = oldStart;
  for (const change of changes) {
    for (; position < change.oldStart; position++) lines.push(formatLine(" ", oldLines[position]));
    for (; position < change.oldEnd; position++) lines.push(formatLine("-", oldLines[position]));
    for (let line = change.newStart; line < change.newEnd; line++) lines.push(formatLine("+", newLines[line]));
  }
  for (; position < oldStart + oldCount; position++) lines.push(formatLine(" ", oldLines[position]));
  return lines.join("");
}

/** An empty side names the line before it. */
function span(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}

function formatLine(sign: string, line = ""): string {
  return line.endsWith("\n") ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}

/** A space makes the end of the name ambiguous; git marks it with a tab. */
function fileLine(name: string): string {
  const quoted = quote(name);
  return quoted === name && name.includes(" ") ? `${name}\t` : quoted;
}

const escapes: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

/** C-style quoting where git needs it; UTF-8 stays readable, as with core.quotePath=false. */
function quote(name: string): string {
  const quoted = name.replace(
    // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
    /[\x00-\x1f\x7f"\\]/g,
    (character) => escapes[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return quoted === name ? name : `"${quoted}"`;
}

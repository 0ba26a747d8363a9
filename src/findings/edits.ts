/** Applies suggestions to file contents: byte edits, all of a suggestion or nothing, overlapping ones left for later. */
import type { Edit, Suggestion } from "../model/finding.ts";

/**
 * `overlap`: another applied suggestion touches the same place, so it must be looked at again in the new text.
 * The others say that the suggestion does not fit this content at all.
 */
export type SkipReason =
  | "overlap"
  | "overlaps-itself"
  | "out-of-range"
  | "splits-character"
  | "unknown-file"
  | "no-change";

export interface SkippedSuggestion {
  readonly suggestion: Suggestion;
  readonly reason: SkipReason;
}

export interface AppliedSuggestions {
  /** The very objects that were given, in the order in which they were taken. */
  readonly applied: readonly Suggestion[];
  readonly skipped: readonly SkippedSuggestion[];
}

export interface EditedFile extends AppliedSuggestions {
  readonly bytes: Uint8Array;
}

export interface EditedFiles extends AppliedSuggestions {
  /** Files whose content is different now. */
  readonly changed: ReadonlyMap<string, Uint8Array>;
}

/** One file: a suggestion that also edits another one is skipped as `unknown-file`. */
export function applySuggestions(bytes: Uint8Array, suggestions: readonly Suggestion[], path: string): EditedFile {
  const result = applySuggestionsToFiles(new Map([[path, bytes]]), suggestions);
  return { bytes: result.changed.get(path) ?? bytes, applied: result.applied, skipped: result.skipped };
}

/**
 * Several files: a suggestion applies in all of its files or in none. Taken by position of their first edit (path, start,
 * end), then in the order given; who comes later and collides is skipped.
 */
export function applySuggestionsToFiles(
  files: ReadonlyMap<string, Uint8Array>,
  suggestions: readonly Suggestion[],
): EditedFiles {
  const candidates = suggestions.map((suggestion, order) => ({
    suggestion,
    order,
    edits: normalise(suggestion.edits),
  }));
  candidates.sort((a, b) => compareFirst(a.edits, b.edits) || a.order - b.order);

  const accepted = new Map<string, Edit[]>();
  const seen = new Set<string>();
  const applied: Suggestion[] = [];
  const skipped: SkippedSuggestion[] = [];
  for (const { suggestion, edits } of candidates) {
    const key = JSON.stringify(edits.map((edit) => [edit.path, edit.start, edit.end, edit.text]));
    if (seen.has(key)) {
      // Two analyzers want exactly the same: once is enough for both.
      applied.push(suggestion);
      continue;
    }
    const reason = misfit(files, edits) ?? collision(files, accepted, edits);
    if (reason !== undefined) {
      skipped.push({ suggestion, reason });
      continue;
    }
    seen.add(key);
    applied.push(suggestion);
    // Asked before any of its own is written down, so that a suggestion's own repeated insertions are all kept.
    const fresh = edits.filter((edit) => !isShared(accepted.get(edit.path) ?? [], edit));
    for (const edit of fresh) {
      const list = accepted.get(edit.path) ?? [];
      accepted.set(edit.path, list);
      list.splice(upperBound(list, edit), 0, edit);
    }
  }

  const changed = new Map<string, Uint8Array>();
  for (const [path, edits] of accepted) {
    const before = files.get(path);
    if (before === undefined) continue;
    const after = splice(before, edits);
    if (!sameBytes(before, after)) changed.set(path, after);
  }
  return { changed, applied, skipped };
}

/** Whether two contents are the same. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Sorted by path and position (a stable sort: insertions at one place keep their order), repeated replacements once. */
function normalise(edits: readonly Edit[]): Edit[] {
  const sorted = edits.filter((edit) => edit.start !== edit.end || edit.text !== "").sort(compareEdits);
  return sorted.filter((edit, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || edit.start === edit.end || !identical(previous, edit);
  });
}

function compareEdits(a: Edit, b: Edit): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.start - b.start || a.end - b.end;
}

function compareFirst(a: readonly Edit[], b: readonly Edit[]): number {
  const [first] = a;
  const [other] = b;
  if (first === undefined || other === undefined) return (first === undefined ? 0 : 1) - (other === undefined ? 0 : 1);
  return compareEdits(first, other);
}

function identical(a: Edit, b: Edit): boolean {
  return a.path === b.path && a.start === b.start && a.end === b.end && a.text === b.text;
}

/** What is wrong with a suggestion by itself. */
function misfit(files: ReadonlyMap<string, Uint8Array>, edits: readonly Edit[]): SkipReason | undefined {
  let changes = false;
  for (const [index, edit] of edits.entries()) {
    const bytes = files.get(edit.path);
    if (bytes === undefined) return "unknown-file";
    const { start, end } = edit;
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > bytes.length) {
      return "out-of-range";
    }
    if (splitsCharacter(bytes, start) || splitsCharacter(bytes, end)) return "splits-character";
    const previous = edits[index - 1];
    if (previous !== undefined && previous.path === edit.path && previous.end > start) return "overlaps-itself";
    changes ||= !sameBytes(bytes.subarray(start, end), encoder.encode(edit.text));
  }
  return changes ? undefined : "no-change";
}

/** A UTF-8 continuation byte after a byte that is not ASCII: cutting here would leave half a character. */
function splitsCharacter(bytes: Uint8Array, offset: number): boolean {
  const byte = bytes[offset];
  return byte !== undefined && (byte & 0xc0) === 0x80 && offset > 0 && (bytes[offset - 1] ?? 0) >= 0x80;
}

function collision(
  files: ReadonlyMap<string, Uint8Array>,
  accepted: ReadonlyMap<string, readonly Edit[]>,
  edits: readonly Edit[],
): SkipReason | undefined {
  for (const edit of edits) {
    const list = accepted.get(edit.path);
    const bytes = files.get(edit.path);
    if (list === undefined || bytes === undefined) continue;
    if (isShared(list, edit)) continue;
    const index = upperBound(list, edit);
    const before = list[index - 1];
    const after = list[index];
    if (before !== undefined && !fitsAfter(bytes, before, edit)) return "overlap";
    if (after !== undefined && !fitsAfter(bytes, edit, after)) return "overlap";
  }
  return undefined;
}

/**
 * Whether two suggestions mean one and the same edit. A replacement is; an insertion only when it adds whole lines (an
 * import that both need), because two opening brackets at one place are two.
 */
function isShared(list: readonly Edit[], edit: Edit): boolean {
  if (edit.start === edit.end && !edit.text.endsWith("\n")) return false;
  for (let index = upperBound(list, edit) - 1; index >= 0; index--) {
    const other = list[index];
    if (other === undefined || other.start !== edit.start || other.end !== edit.end) return false;
    if (identical(other, edit)) return true;
  }
  return false;
}

/**
 * Edits of different suggestions must not meet: each was made without knowing what the other puts beside it. They may
 * meet where a line starts before and after, as with the removal of two lines or two lines added at one place.
 */
function fitsAfter(bytes: Uint8Array, first: Edit, second: Edit): boolean {
  if (first.end < second.start) return true;
  if (first.end > second.start || !startsLine(bytes, second.start)) return false;
  return first.text === "" ? startsLine(bytes, first.start) : first.text.endsWith("\n");
}

function startsLine(bytes: Uint8Array, offset: number): boolean {
  return offset === 0 || bytes[offset - 1] === 0x0a;
}

function upperBound(list: readonly Edit[], edit: Edit): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = list[middle];
    if (other !== undefined && compareEdits(other, edit) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const encoder = new TextEncoder();

function splice(before: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let position = 0;
  for (const edit of edits) {
    parts.push(before.subarray(position, edit.start), encoder.encode(edit.text));
    position = edit.end;
  }
  parts.push(before.subarray(position));
  const after = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    after.set(part, offset);
    offset += part.length;
  }
  return after;
}

/** Where on a pull request's diff a comment may stand. GitHub refuses a whole review for one line outside of it. */
import type { Change, ChangedFile } from "../../model/change.ts";

export type Position =
  | { readonly kind: "lines"; readonly path: string; readonly startLine: number; readonly line: number }
  /** The file is in the diff, the lines are not. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "none" };

export interface DiffPositions {
  /** Where a comment about these lines of the head may stand; a range is cut to the lines of one hunk. */
  place(path: string, startLine: number, endLine: number): Position;
  /** Whether every one of these lines is in one hunk: only such a range can be replaced by a suggestion. */
  holds(path: string, startLine: number, endLine: number): boolean;
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

export function diffPositions(change: Change): DiffPositions {
  const files = new Map<string, readonly Stretch[]>();
  for (const file of change.files) if (file.status !== "removed") files.set(file.path, stretchesOf(file));
  return {
    place(path, startLine, endLine) {
      const stretches = files.get(path);
      if (stretches === undefined) return { kind: "none" };
      // The first line is where a reader looks for the cause; the rest of a long range may end elsewhere.
      const held = stretches.find(({ start, end }) => startLine >= start && startLine <= end);
      if (held !== undefined) {
        return { kind: "lines", path, startLine, line: Math.max(startLine, Math.min(endLine, held.end)) };
      }
      const later = stretches.find(({ start }) => start > startLine && start <= endLine);
      return later === undefined
        ? { kind: "file", path }
        : { kind: "lines", path, startLine: later.start, line: Math.min(endLine, later.end) };
    },
    holds(path, startLine, endLine) {
      return files.get(path)?.some(({ start, end }) => startLine >= start && endLine <= end) ?? false;
    },
  };
}

/** Lines of the new side that a hunk shows: added ones and context. A hunk that only removes shows its context. */
function stretchesOf({ hunks = [] }: ChangedFile): Stretch[] {
  return hunks
    .filter(({ newLines }) => newLines > 0)
    .map(({ newStart, newLines }) => ({ start: newStart, end: newStart + newLines - 1 }));
}

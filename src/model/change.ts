/** The diff under review: which files it touches and how, line by line. The same from the API and from a clone. */

export type ChangeStatus = "added" | "modified" | "removed" | "renamed" | "copied" | "type-changed";

/** One stretch of a unified diff. Lines are 1-based; a side without lines has count 0 and the line before it as start. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** With their leading ` `, `+` or `-`, without line ends; empty when only the extent is known. */
  readonly lines: readonly string[];
}

export interface ChangedFile {
  /** Where it is now (of a removed file: where it was). */
  readonly path: string;
  /** Of a rename or a copy. */
  readonly previousPath?: string;
  readonly status: ChangeStatus;
  readonly additions: number;
  readonly deletions: number;
  readonly isBinary: boolean;
  /** Git modes, where known: `100644`, `100755`, `120000` (symlink), `160000` (submodule). */
  readonly oldMode?: string;
  readonly newMode?: string;
  /** Absent when the diff could not be had (too large for the API, binary). */
  readonly hunks?: readonly Hunk[];
}

export interface Change {
  /** Commit that the head is compared with: the merge-base. */
  readonly base: string;
  readonly head: string;
  /** Sorted by path. */
  readonly files: readonly ChangedFile[];
  /** What is not in `files` or has no hunks, and why; empty when the diff is whole. */
  readonly gaps: readonly { readonly path?: string; readonly reason: string }[];
}

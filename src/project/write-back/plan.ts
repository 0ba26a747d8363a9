/** The journal of a write-back: what the applier is to do, written completely before anything is touched. */

/** A working file that gets new content. */
export interface PlannedFile {
  /** Relative to the root, `/`-separated. */
  readonly path: string;
  /** Name in the journal's folder of a file with the new content, permissions and owner already set. */
  readonly next: string;
  /** SHA-256 (hex) of the content that was read, and of the new one. */
  readonly before: string;
  readonly after: string;
}

/** An index file that is replaced as a whole. */
export interface PlannedIndex {
  /** Absolute. */
  readonly path: string;
  readonly next: string;
  readonly before: string;
  readonly after: string;
  /**
   * False for git's own next index beside the one of a partial commit: bringing it along is a service to the person,
   * not part of the promise.
   */
  readonly required: boolean;
}

export interface Plan {
  readonly version: 1;
  /** Absolute root of the working tree. */
  readonly root: string;
  readonly files: readonly PlannedFile[];
  readonly indexes: readonly PlannedIndex[];
}

/** How it ended. Everything but `done` means: nothing was changed. */
export type Outcome =
  | { readonly status: "done"; /** Left alone during recovery: changed since. */ readonly left: readonly string[] }
  /** Another process holds the lock of this index. */
  | { readonly status: "busy"; readonly path: string }
  /** Not what was read any more. */
  | { readonly status: "changed"; readonly kind: "index" | "file"; readonly path: string }
  | { readonly status: "failed"; readonly path: string; readonly code: string; readonly message: string }
  /** Somebody else took the plan away. */
  | { readonly status: "gone" };

/** File names in the journal's folder. The rename from `ready` to `started` is the point of no return. */
export const planNames = {
  ready: "plan.json",
  started: "started.json",
  discarded: "discarded.json",
  pid: "applier.pid",
} as const;

/** Name of a copy beside its target, where the journal lies on another file system. */
export function siblingName(journalId: string, index: number): string {
  return `.codeflow-${journalId}-${index}`;
}

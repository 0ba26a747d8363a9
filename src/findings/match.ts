/** Pairs the findings of two revisions of the same code, so that new means new. */
import type { FindingIdentity } from "../model/finding.ts";
import type { Fingerprinted } from "./identity.ts";

/** What matching looks at. Baseline entries have no lines. */
export interface Matchable {
  readonly rule: string;
  readonly location: { readonly path: string; readonly startLine?: number; readonly startColumn?: number };
  readonly identity: FindingIdentity;
  readonly message?: string;
  readonly anchor?: string;
}

/** `line`: through the diff; `text`: same path, rule and text; `reformatted`: only layout differs; `renamed`, `moved`: across paths. */
export type MatchedBy = "line" | "text" | "reformatted" | "renamed" | "moved";

export interface Pair<P, C> {
  readonly previous: P;
  readonly current: C;
  readonly how: MatchedBy;
}

export interface MatchResult<P, C> {
  readonly pairs: readonly Pair<P, C>[];
  readonly onlyPrevious: readonly P[];
  readonly onlyCurrent: readonly C[];
}

export interface MatchOptions {
  /** Old path to new path. */
  readonly renames?: ReadonlyMap<string, string>;
  /**
   * The line of `newPath` that the line `oldLine` of its old version became, by the diff; undefined when the diff
   * removed or rewrote it. Files that did not change must map every line to itself.
   */
  readonly mapLine?: (newPath: string, oldLine: number) => number | undefined;
}

/** A partial bijection: no item occurs twice. Never pairs different rules. */
export function matchFindings<P extends Matchable, C extends Matchable>(
  _previous: readonly P[],
  _current: readonly C[],
  _options: MatchOptions = {},
): MatchResult<P, C> {
  throw new Error("not built yet");
}

/**
 * Gives each paired current finding its previous fingerprint. The others keep their own, unless it is `taken` or
 * inherited by another one: then a fresh one is derived. No two results share a fingerprint.
 */
export function inheritFingerprints<C>(
  _current: readonly Fingerprinted<C>[],
  _inherited: ReadonlyMap<C, string>,
  _taken: Iterable<string> = [],
): Fingerprinted<C>[] {
  throw new Error("not built yet");
}

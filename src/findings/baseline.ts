/** `.codeflow/baseline.jsonl`: reading, writing, applying and merging the accepted findings. */
import type { BaselineAllowance, BaselineEntry } from "../model/baseline.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Finding, IdentifiedFinding } from "../model/finding.ts";
import type { MatchOptions } from "./match.ts";

/** The whole file: entries, and the allowances that were imported from other tools. */
export interface Baseline {
  readonly entries: readonly BaselineEntry[];
  readonly allowances: readonly BaselineAllowance[];
}

export const emptyBaseline: Baseline = { entries: [], allowances: [] };

/** Never throws; lines that cannot be read become diagnostics and are left out. */
export function parseBaseline(
  _text: string,
  _file: string,
): { readonly baseline: Baseline; readonly diagnostics: readonly Diagnostic[] } {
  throw new Error("not built yet");
}

/** Sorted by path, rule, fingerprint; one JSON object a line; empty text for an empty baseline. */
export function serializeBaseline(_baseline: Baseline): string {
  throw new Error("not built yet");
}

/** Accepts everything that is neither fixed nor suppressed otherwise (findings already in the baseline stay in it). */
export function createBaseline(_findings: readonly Finding[], _reason?: string): Baseline {
  throw new Error("not built yet");
}

/** Refreshes the entries that still match; adds unaccepted findings only with `grow`; keeps stale ones (see prune). */
export function updateBaseline(
  _baseline: Baseline,
  _findings: readonly Finding[],
  _options: { readonly grow: boolean; readonly reason?: string },
): Baseline {
  throw new Error("not built yet");
}

/** Without the stale ones. */
export function pruneBaseline(_baseline: Baseline, _stale: StaleBaseline): Baseline {
  throw new Error("not built yet");
}

export interface StaleBaseline {
  readonly entries: readonly BaselineEntry[];
  /** The part of an allowance that nothing used: `count` is the unused number. */
  readonly allowances: readonly BaselineAllowance[];
}

export interface AppliedBaseline<F> {
  /** Accepted findings, with the entry or the allowance that accepts them. */
  readonly accepted: ReadonlyMap<F, BaselineEntry | BaselineAllowance>;
  readonly stale: StaleBaseline;
}

/** `ranOn(rule, path)`: whether the rule was looked for there; what was not looked for cannot be stale. */
export function applyBaseline<F extends IdentifiedFinding>(
  _baseline: Baseline,
  _findings: readonly F[],
  _options: MatchOptions & { readonly ranOn?: (rule: string, path: string) => boolean },
): AppliedBaseline<F> {
  throw new Error("not built yet");
}

/** Three-way merge for a git merge driver: additions and removals of both sides; never conflicts. */
export function mergeBaselines(_base: Baseline, _ours: Baseline, _theirs: Baseline): Baseline {
  throw new Error("not built yet");
}

/** `.codeflow/baseline.jsonl`: making, applying and merging the accepted findings. */
import type { BaselineAllowance, BaselineEntry } from "../model/baseline.ts";
import type { Finding, IdentifiedFinding } from "../model/finding.ts";
import { type Baseline, sortAllowances, sortEntries } from "./baseline-file.ts";
import { defectOf } from "./defects.ts";
import { createRuleMatcher } from "./globs.ts";
import { matchFindings, type MatchOptions } from "./match.ts";

export { type Baseline, parseBaseline, serializeBaseline } from "./baseline-file.ts";

export const emptyBaseline: Baseline = { entries: [], allowances: [] };

/** What nothing matched any more. */
export interface StaleBaseline {
  readonly entries: readonly BaselineEntry[];
  /** The part of an allowance that nothing used: `count` is the unused number. */
  readonly allowances: readonly BaselineAllowance[];
}

/** Accepts everything that is neither fixed nor suppressed otherwise (findings already in the baseline stay in it). */
export function createBaseline(findings: readonly Finding[], reason?: string): Baseline {
  const accepted = findings.filter(
    ({ state, suppressed }) => state !== "fixed" && (suppressed === undefined || suppressed.kind === "baseline"),
  );
  return { entries: sortEntries(accepted.map((finding) => entryOf(finding, reason))), allowances: [] };
}

/**
 * Refreshes the entries that still match, turns what allowances accept into entries of its own, adds unaccepted findings
 * only with `grow`, and keeps the others, which may be stale or may not have been looked for in this run;
 * `pruneBaseline` removes the stale ones.
 */
export function updateBaseline(
  baseline: Baseline,
  findings: readonly Finding[],
  options: { readonly grow: boolean; readonly reason?: string },
): Baseline {
  const entries = new Map(baseline.entries.map((entry) => [entry.fingerprint, entry]));
  for (const finding of findings) {
    if (finding.state === "fixed") continue;
    const entry = entries.get(finding.fingerprint);
    if (entry !== undefined && finding.suppressed?.kind === "baseline") {
      entries.set(entry.fingerprint, entryOf(finding, entry.reason));
    } else if (options.grow && entry === undefined && finding.suppressed === undefined) {
      entries.set(finding.fingerprint, entryOf(finding, options.reason));
    }
  }
  const allowed = findings.filter(
    ({ state, suppressed, fingerprint }) =>
      state !== "fixed" && suppressed?.kind === "baseline" && !entries.has(fingerprint),
  );
  const { accepted, stale } = applyBaseline({ entries: [], allowances: baseline.allowances }, allowed);
  for (const [finding, allowance] of accepted) {
    // A number accepts any finding of its rule, also one that comes tomorrow; an entry only this one.
    const reason = isEntry(allowance) ? undefined : `imported from ${allowance.source}`;
    entries.set(finding.fingerprint, entryOf(finding, reason));
  }
  return { entries: sortEntries([...entries.values()]), allowances: sortAllowances(stale.allowances) };
}

/** Without the stale ones. */
export function pruneBaseline(baseline: Baseline, stale: StaleBaseline): Baseline {
  const gone = new Set(stale.entries.map(({ fingerprint }) => fingerprint));
  const unused = new Map(stale.allowances.map((allowance) => [allowanceKey(allowance), allowance.count]));
  return {
    entries: baseline.entries.filter(({ fingerprint }) => !gone.has(fingerprint)),
    allowances: baseline.allowances.flatMap((allowance) => {
      const count = allowance.count - (unused.get(allowanceKey(allowance)) ?? 0);
      return count > 0 ? [{ ...allowance, count }] : [];
    }),
  };
}

function entryOf(finding: Finding, reason: string | undefined): BaselineEntry {
  return {
    fingerprint: finding.fingerprint,
    rule: finding.rule,
    path: finding.location.path,
    severity: finding.severity,
    message: finding.message,
    identity: finding.identity,
    ...(reason === undefined ? {} : { reason }),
  };
}

function allowanceKey({ rule, path, source }: BaselineAllowance): string {
  return `${rule}\0${path}\0${source}`;
}

export interface AppliedBaseline<F> {
  /** Accepted findings, with the entry or the allowance that accepts them. */
  readonly accepted: ReadonlyMap<F, BaselineEntry | BaselineAllowance>;
  readonly stale: StaleBaseline;
}

export function isEntry(accepting: BaselineEntry | BaselineAllowance): accepting is BaselineEntry {
  return "fingerprint" in accepting;
}

/** `ranOn(rule, path)`: whether the rule was looked for there; what was not looked for cannot be stale. */
export function applyBaseline<F extends Pick<IdentifiedFinding, "rule" | "location" | "identity" | "message">>(
  baseline: Baseline,
  findings: readonly F[],
  options: MatchOptions & { readonly ranOn?: (rule: string, path: string) => boolean } = {},
): AppliedBaseline<F> {
  const { renames, ranOn = () => true } = options;
  const accepted = new Map<F, BaselineEntry | BaselineAllowance>();
  const items = baseline.entries.map((entry) => ({
    rule: entry.rule,
    location: { path: entry.path },
    identity: entry.identity,
    message: entry.message,
    entry,
  }));
  // Without line numbers: the baseline may be from any revision, so no diff speaks of it.
  const { pairs, onlyPrevious } = matchFindings(items, findings, renames === undefined ? {} : { renames });
  for (const { previous, current } of pairs) accepted.set(current, previous.entry);
  const unused = applyAllowances(baseline.allowances, findings, accepted, renames);
  const newPath = (path: string): string => renames?.get(path) ?? path;
  return {
    accepted,
    stale: {
      entries: onlyPrevious.map(({ entry }) => entry).filter(({ rule, path }) => ranOn(rule, newPath(path))),
      allowances: unused.filter(({ rule, path }) => ranOn(rule, newPath(path))),
    },
  };
}

/** Lets allowances accept what is left, and returns what they have left. */
function applyAllowances<F extends Pick<IdentifiedFinding, "rule" | "location">>(
  allowances: readonly BaselineAllowance[],
  findings: readonly F[],
  accepted: Map<F, BaselineEntry | BaselineAllowance>,
  renames: ReadonlyMap<string, string> | undefined,
): BaselineAllowance[] {
  if (allowances.length === 0) return [];
  const byPath = Map.groupBy(
    findings.filter((finding) => !accepted.has(finding)),
    ({ location }) => location.path,
  );
  const left: BaselineAllowance[] = [];
  for (const allowance of allowances) {
    const inFile = (byPath.get(renames?.get(allowance.path) ?? allowance.path) ?? [])
      .filter((finding) => !accepted.has(finding))
      .sort((a, b) => a.location.startLine - b.location.startLine || a.location.startColumn - b.location.startColumn);
    let { count } = allowance;
    const isRule = createRuleMatcher([allowance.rule]);
    const take = (isAllowed: (rule: string) => boolean): void => {
      for (const finding of inFile) {
        if (count === 0) return;
        if (accepted.has(finding) || !isAllowed(finding.rule)) continue;
        accepted.set(finding, allowance);
        count -= 1;
      }
    };
    take(isRule);
    // An ESLint suppression speaks of the same defect when Oxlint finds it. A count cannot tell secrets apart.
    const defect = defectOf(allowance.rule);
    if (defect !== "secret") take((rule) => defectOf(rule) === defect);
    if (count > 0) left.push({ ...allowance, count });
  }
  return left;
}

/**
 * Three-way merge for a git merge driver: additions and removals of both sides; it never conflicts, and which side is
 * ours does not matter. Removed on one side means fixed there, so a mere refresh on the other does not keep an entry.
 */
export function mergeBaselines(base: Baseline, ours: Baseline, theirs: Baseline): Baseline {
  return {
    entries: mergeEntries(base.entries, ours.entries, theirs.entries),
    allowances: mergeAllowances(base.allowances, ours.allowances, theirs.allowances),
  };
}

function mergeEntries(
  base: readonly BaselineEntry[],
  ours: readonly BaselineEntry[],
  theirs: readonly BaselineEntry[],
): BaselineEntry[] {
  const [old, left, right] = [base, ours, theirs].map(
    (entries) => new Map(entries.map((entry) => [entry.fingerprint, entry])),
  ) as [Map<string, BaselineEntry>, Map<string, BaselineEntry>, Map<string, BaselineEntry>];
  const merged: BaselineEntry[] = [];
  for (const fingerprint of new Set([...left.keys(), ...right.keys()])) {
    const a = left.get(fingerprint);
    const b = right.get(fingerprint);
    const before = old.get(fingerprint);
    if (a === undefined || b === undefined) {
      const added = a ?? b;
      if (before === undefined && added !== undefined) merged.push(added);
      continue;
    }
    const [written, other, original] = [a, b, before].map((entry) => JSON.stringify(entry)) as [string, string, string];
    if (written === original) merged.push(b);
    else if (other === original) merged.push(a);
    // Both sides touched it (a reason, a refreshed message): either will do, as long as it is the same on both sides.
    else merged.push(written <= other ? a : b);
  }
  return sortEntries(merged);
}

function mergeAllowances(
  base: readonly BaselineAllowance[],
  ours: readonly BaselineAllowance[],
  theirs: readonly BaselineAllowance[],
): BaselineAllowance[] {
  const counts = (allowances: readonly BaselineAllowance[]) =>
    new Map(allowances.map((allowance) => [allowanceKey(allowance), allowance]));
  const [old, left, right] = [counts(base), counts(ours), counts(theirs)];
  const merged: BaselineAllowance[] = [];
  for (const [key, allowance] of new Map([...left, ...right])) {
    const before = old.get(key)?.count ?? 0;
    const count = (left.get(key)?.count ?? 0) + (right.get(key)?.count ?? 0) - before;
    if (count > 0) merged.push({ ...allowance, count });
  }
  return sortAllowances(merged);
}

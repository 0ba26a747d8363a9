/** How well the surroundings of two findings agree, and the best assignment within a group that agrees in the rest. */
import type { FindingIdentity } from "../model/finding.ts";

/** Nearest line first; a line found in its place counts double. */
const weights = [3, 2, 1];
/** Above this many comparisons a group is narrowed down by equal contexts instead of by scores. */
const comparisonLimit = 2_500;

export interface Placed {
  readonly identity: FindingIdentity;
  /** Where it should lie in the current file, as far as known; breaks ties between equal contexts. */
  readonly line: number | undefined;
}

/** 0: nothing around is the same; 26: everything is. */
export function contextScore(a: FindingIdentity, b: FindingIdentity): number {
  return (
    sideScore(a.before, b.before) +
    sideScore(a.after, b.after) +
    (a.flow !== undefined && a.flow[0] === b.flow?.[0] ? 1 : 0) +
    (a.flow !== undefined && a.flow[1] === b.flow?.[1] ? 1 : 0)
  );
}

function sideScore(a: readonly string[], b: readonly string[]): number {
  // The edge of the file is a surrounding too.
  if (a.length === 0 && b.length === 0) return 6;
  let score = 0;
  for (const [i, hash] of a.entries()) {
    if (b[i] === hash) score += 2 * (weights[i] ?? 1);
    else if (b.includes(hash)) score += 1;
  }
  return score;
}

/** How many of the nearest lines agree, in their places, before the first that does not. */
export function agreementBefore(a: FindingIdentity, b: FindingIdentity): number {
  return agreement(a.before, b.before);
}

export function agreementAfter(a: FindingIdentity, b: FindingIdentity): number {
  return agreement(a.after, b.after);
}

function agreement(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 && b.length === 0) return weights.length;
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}

/**
 * Pairs items that are equal in everything but their surroundings, best-agreeing ones first, so that when the counts
 * differ the odd one out is the one whose surroundings fit worst. `accept` may refuse a pair. Calls `pair` with indices.
 */
export function assignByContext<P extends Placed, C extends Placed>(
  previous: readonly P[],
  current: readonly C[],
  accept: (previous: P, current: C, score: number) => boolean,
  pair: (previous: P, current: C) => void,
): void {
  let left = previous;
  let right = current;
  const first = left[0];
  const second = right[0];
  if (first === undefined || second === undefined) return;
  if (left.length === 1 && right.length === 1) {
    if (accept(first, second, contextScore(first.identity, second.identity))) pair(first, second);
    return;
  }
  // Equal surroundings cannot be beaten; taking them by key first keeps thousands of equal findings linear.
  for (const key of keys) {
    [left, right] = pairByKey(left, right, key, accept, pair);
    if (left.length === 0 || right.length === 0) return;
    if (left.length * right.length <= comparisonLimit) break;
  }
  if (left.length * right.length <= comparisonLimit) pairByScore(left, right, accept, pair);
}

type Key = (identity: FindingIdentity) => string;

const keys: readonly Key[] = [
  ({ before, after, flow }) => [before, after, flow].join("|"),
  ({ before, after }) => [before, after].join("|"),
  ({ before, after }) => [before.slice(0, 2), after.slice(0, 2)].join("|"),
  ({ before, after }) => `${before[0]}|${after[0]}`,
  ({ before }) => before.slice(0, 2).join(),
  ({ after }) => after.slice(0, 2).join(),
  ({ before }) => before[0] ?? "",
  ({ after }) => after[0] ?? "",
  () => "",
];

function pairByKey<P extends Placed, C extends Placed>(
  previous: readonly P[],
  current: readonly C[],
  key: Key,
  accept: (previous: P, current: C, score: number) => boolean,
  pair: (previous: P, current: C) => void,
): [P[], C[]] {
  const waiting = new Map<string, P[]>();
  for (const item of previous.toReversed()) {
    const name = key(item.identity);
    const list = waiting.get(name);
    if (list === undefined) waiting.set(name, [item]);
    else list.push(item);
  }
  const counts = new Map<string, number>();
  for (const item of current) {
    const name = key(item.identity);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const restCurrent: C[] = [];
  const paired = new Set<P>();
  for (const item of current) {
    const name = key(item.identity);
    const list = waiting.get(name);
    // Unequal counts with equal surroundings: scores and lines decide, unless there are too many to compare.
    const isSafe =
      list !== undefined && (list.length === counts.get(name) || previous.length * current.length > comparisonLimit);
    const candidate = isSafe ? list.at(-1) : undefined;
    if (list === undefined || candidate === undefined) restCurrent.push(item);
    else if (accept(candidate, item, contextScore(candidate.identity, item.identity))) {
      list.pop();
      counts.set(name, (counts.get(name) ?? 0) - 1);
      paired.add(candidate);
      pair(candidate, item);
    } else restCurrent.push(item);
  }
  return [previous.filter((item) => !paired.has(item)), restCurrent];
}

function pairByScore<P extends Placed, C extends Placed>(
  previous: readonly P[],
  current: readonly C[],
  accept: (previous: P, current: C, score: number) => boolean,
  pair: (previous: P, current: C) => void,
): void {
  const candidates: {
    readonly left: number;
    readonly right: number;
    readonly score: number;
    readonly distance: number;
  }[] = [];
  for (const [left, a] of previous.entries()) {
    for (const [right, b] of current.entries()) {
      const score = contextScore(a.identity, b.identity);
      if (!accept(a, b, score)) continue;
      const distance = a.line === undefined || b.line === undefined ? 0 : Math.abs(a.line - b.line);
      candidates.push({ left, right, score, distance });
    }
  }
  candidates.sort((a, b) => b.score - a.score || a.distance - b.distance || a.left - b.left || a.right - b.right);
  const usedLeft = new Set<number>();
  const usedRight = new Set<number>();
  for (const { left, right } of candidates) {
    if (usedLeft.has(left) || usedRight.has(right)) continue;
    const a = previous[left];
    const b = current[right];
    if (a === undefined || b === undefined) continue;
    usedLeft.add(left);
    usedRight.add(right);
    pair(a, b);
  }
}

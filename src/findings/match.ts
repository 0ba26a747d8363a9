/** Pairs the findings of two revisions of the same code, so that new means new. */
import { hash } from "node:crypto";
import type { FindingIdentity } from "../model/finding.ts";
import { agreementAfter, agreementBefore, assignByContext, type Placed } from "./context.ts";
import type { Fingerprinted } from "./identity.ts";

/** What matching looks at. Baseline entries have no lines. */
export interface Matchable {
  readonly rule: string;
  readonly location: { readonly path: string; readonly startLine?: number; readonly startColumn?: number };
  readonly identity: FindingIdentity;
  readonly message?: string;
}

/** `line`: through the diff; `text`: same path, rule and text; `reformatted`: only layout differs; `edited`: its line was touched; `renamed`, `moved`: across paths. */
export type MatchedBy = "line" | "text" | "reformatted" | "edited" | "renamed" | "moved";

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

/** An item in the working: paths and lines are those of the current revision. */
interface Entry<T> extends Placed {
  readonly item: T;
  readonly rule: string;
  readonly path: string;
  readonly identity: FindingIdentity;
  line: number | undefined;
  readonly column: number | undefined;
  readonly message: string;
  isPaired: boolean;
  /** Its line lives on and the finding is not there any more: it can only be found by an anchor or by being the file's. */
  isGone: boolean;
}

/** A partial bijection: no item occurs twice. Never pairs different rules. */
export function matchFindings<P extends Matchable, C extends Matchable>(
  previous: readonly P[],
  current: readonly C[],
  options: MatchOptions = {},
): MatchResult<P, C> {
  const before = previous.map((item) => createEntry(item, options.renames?.get(item.location.path)));
  const now = current.map((item) => createEntry(item, undefined));
  const pairs: Pair<P, C>[] = [];
  const pair = (a: Entry<P>, b: Entry<C>, how: MatchedBy): void => {
    a.isPaired = true;
    b.isPaired = true;
    const isRenamed = how !== "moved" && a.item.location.path !== b.path;
    pairs.push({ previous: a.item, current: b.item, how: isRenamed ? "renamed" : how });
  };
  const { mapLine } = options;
  if (mapLine !== undefined) matchMappedLines(before, now, mapLine, pair);
  matchLayouts(before, now, sameLayout, "reformatted", pair);
  matchTexts(before, now, mapLine !== undefined, pair);
  matchLayouts(before, now, similarLayout, "edited", pair);
  matchEdited(before, now, pair);
  matchWholeFile(before, now, pair);
  matchMoved(before, now, pair);
  return {
    pairs,
    onlyPrevious: before.filter(({ isPaired }) => !isPaired).map(({ item }) => item),
    onlyCurrent: now.filter(({ isPaired }) => !isPaired).map(({ item }) => item),
  };
}

function createEntry<T extends Matchable>(item: T, renamedTo: string | undefined): Entry<T> {
  return {
    item,
    rule: item.rule,
    path: renamedTo ?? item.location.path,
    identity: item.identity,
    line: item.location.startLine,
    column: item.location.startColumn,
    // Counts in messages change while the finding stays: "complexity of 17".
    message: (item.message ?? "").replace(/\d+/g, "0"),
    isPaired: false,
    isGone: false,
  };
}

type Pairing<P, C> = (previous: Entry<P>, current: Entry<C>, how: MatchedBy) => void;

/** An anchor, not the code, tells such findings apart, so their texts must be equal. */
function isAnchored(entry: Entry<unknown>): boolean {
  return entry.identity.core === undefined;
}

/** Stage 1: the diff knows where the line went, and an unchanged line is better evidence than any hash. */
function matchMappedLines<P, C>(
  before: readonly Entry<P>[],
  now: readonly Entry<C>[],
  mapLine: (newPath: string, oldLine: number) => number | undefined,
  pair: Pairing<P, C>,
): void {
  const here = groupBy(now, ({ rule, path, line }) => (line === undefined ? undefined : `${rule}\0${path}\0${line}`));
  const there = groupBy(before, (entry) => {
    if (entry.line === undefined) return undefined;
    const mapped = mapLine(entry.path, entry.line);
    if (mapped === undefined) {
      entry.line = estimateLine(entry.path, entry.line, mapLine);
      return undefined;
    }
    entry.line = mapped;
    entry.isGone = true;
    return `${entry.rule}\0${entry.path}\0${mapped}`;
  });
  for (const [key, group] of there) {
    const candidates = here.get(key);
    if (candidates === undefined) continue;
    // Several on one line: by what they say and point at, the surest evidence first.
    for (const key of keysOnLine) pairInOrder(group, candidates, key, pair);
  }
}

const keysOnLine: readonly ((entry: Entry<unknown>) => string | undefined)[] = [
  ({ identity: { text, core }, message, column }) => `${text}|${core}|${column}|${message}`,
  ({ identity: { text, core }, message }) => `${text}|${core}|${message}`,
  ({ identity: { text, core } }) => `${text}|${core}`,
  // The line is the same and so is the place on it: it is the same one, whatever its other lines and words have become.
  (entry) => (isAnchored(entry) || entry.column === undefined ? undefined : String(entry.column)),
  (entry) => (isAnchored(entry) ? undefined : entry.message),
];

function pairInOrder<P, C>(
  previous: readonly Entry<P>[],
  current: readonly Entry<C>[],
  key: (entry: Entry<unknown>) => string | undefined,
  pair: Pairing<P, C>,
): void {
  const [first] = previous;
  const [second] = current;
  if (previous.length === 1 && current.length === 1 && first !== undefined && second !== undefined) {
    const name = first.isPaired || second.isPaired ? undefined : key(first);
    if (name !== undefined && name === key(second)) pair(first, second, "line");
    return;
  }
  const open = groupBy(
    current.filter(({ isPaired }) => !isPaired),
    key,
  );
  for (const queue of open.values()) queue.reverse();
  for (const entry of previous) {
    const name = entry.isPaired ? undefined : key(entry);
    const partner = name === undefined ? undefined : open.get(name)?.pop();
    if (partner !== undefined) pair(entry, partner, "line");
  }
}

function hasSameText(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.identity.text === b.identity.text;
}

/** Where a removed line would be: beside the nearest line above that lived on. */
function estimateLine(
  path: string,
  line: number,
  mapLine: (newPath: string, oldLine: number) => number | undefined,
): number | undefined {
  for (let distance = 1; distance <= 100 && line - distance >= 1; distance++) {
    const mapped = mapLine(path, line - distance);
    if (mapped !== undefined) return mapped + distance;
  }
  return undefined;
}

/** Stage 3: the same code in the same file; of k identical lines, those whose surroundings agree best. */
function matchTexts<P, C>(
  before: readonly Entry<P>[],
  now: readonly Entry<C>[],
  isMapped: boolean,
  pair: Pairing<P, C>,
): void {
  // On one line, what the range holds and what the message says tell findings apart; a range alone may change with a
  // new version of the analyzer.
  const keys: readonly ((entry: Entry<unknown>) => string)[] = [
    ({ rule, path, identity, message }) => `${rule}\0${path}\0${identity.text}\0${identity.core}\0${message}`,
    ({ rule, path, identity }) => `${rule}\0${path}\0${identity.text}\0${identity.core}`,
    ({ rule, path, identity, message }) => `${rule}\0${path}\0${identity.text}\0${message}`,
  ];
  // Where the diff is known, a removed line and an added one without anything in common around them are two findings.
  const accept = (a: Entry<P>, b: Entry<C>, score: number): boolean =>
    score > 0 ||
    isAnchored(a) ||
    !isMapped ||
    (a.line !== undefined && b.line !== undefined && Math.abs(a.line - b.line) <= 3);
  for (const key of keys) {
    joinGroups(before, now, key, (left, right) => {
      assignByContext(left, right, accept, (a, b) => pair(a, b, "text"));
    });
  }
}

/**
 * Stages 2 and 4: the same range and the same code around it, however it is laid out over lines. With both sides equal
 * that is better evidence than the text of one line; with one side equal it is worse.
 */
function matchLayouts<P, C>(
  before: readonly Entry<P>[],
  now: readonly Entry<C>[],
  layouts: readonly LayoutKey[],
  how: MatchedBy,
  pair: Pairing<P, C>,
): void {
  for (const layout of layouts) {
    joinGroups(
      before,
      now,
      ({ rule, path, identity: { core, flow } }) => {
        if (core === undefined || flow === undefined) return undefined;
        const key = layout(flow, core);
        return key === undefined ? undefined : `${rule}\0${path}\0${key}`;
      },
      (left, right) => {
        assignByContext(
          left,
          right,
          () => true,
          (a, b) => pair(a, b, hasSameText(a, b) ? "text" : how),
        );
      },
    );
  }
}

type LayoutKey = (flow: readonly [string, string], core: string) => string | undefined;

const sameLayout: readonly LayoutKey[] = [(flow, core) => `${core}|${flow[0]}|${flow[1]}`];

const similarLayout: readonly LayoutKey[] = [
  (flow, core) => (core === emptyHash ? undefined : `${core}|${flow[0]}|`),
  (flow, core) => (core === emptyHash ? undefined : `${core}||${flow[1]}`),
];

/** The core of a range that holds only white space and punctuation. */
const emptyHash = hash("sha256", "", "hex").slice(0, 16);

/** Stage 5: the line was touched, the finding on it is the old one: same place, and the same range or the same words. */
function matchEdited<P, C>(before: readonly Entry<P>[], now: readonly Entry<C>[], pair: Pairing<P, C>): void {
  joinGroups(
    before,
    now,
    ({ rule, path, identity: { core } }) =>
      core === undefined || core === emptyHash ? undefined : `${rule}\0${path}\0${core}`,
    (left, right) => {
      const accept = (a: Entry<P>, b: Entry<C>): boolean => {
        const above = agreementBefore(a.identity, b.identity);
        const below = agreementAfter(a.identity, b.identity);
        return (above >= 1 && below >= 1) || above >= 2 || below >= 2;
      };
      assignByContext(left, right, accept, (a, b) => pair(a, b, "edited"));
    },
  );
  joinGroups(
    before,
    now,
    ({ rule, path, identity: { core }, message }) =>
      core === undefined || message === "" ? undefined : `${rule}\0${path}\0${message}`,
    (left, right) => {
      const accept = (a: Entry<P>, b: Entry<C>): boolean =>
        agreementBefore(a.identity, b.identity) >= 1 && agreementAfter(a.identity, b.identity) >= 1;
      assignByContext(left, right, accept, (a, b) => pair(a, b, "edited"));
    },
  );
}

/** Stage 6: what is said about a file as a whole sits at its first character, whatever stands there now. */
function matchWholeFile<P, C>(before: readonly Entry<P>[], now: readonly Entry<C>[], pair: Pairing<P, C>): void {
  const key = (entry: Entry<unknown>, item: Matchable): string | undefined =>
    item.location.startLine === 1 && item.location.startColumn === 1 && entry.message !== ""
      ? `${entry.rule}\0${entry.path}\0${entry.message}`
      : undefined;
  const open = groupBy(
    now.filter((entry) => !entry.isPaired && !isAnchored(entry)),
    (entry) => key(entry, entry.item as Matchable),
  );
  for (const entry of before) {
    if (entry.isPaired || isAnchored(entry)) continue;
    const name = key(entry, entry.item as Matchable);
    const partner = name === undefined ? undefined : open.get(name)?.pop();
    if (partner !== undefined) pair(entry, partner, "edited");
  }
}

/** Stage 7: a block that went to another file takes its findings along, if enough of it came too. */
function matchMoved<P, C>(before: readonly Entry<P>[], now: readonly Entry<C>[], pair: Pairing<P, C>): void {
  joinGroups(
    before,
    now,
    ({ rule, identity }) => `${rule}\0${identity.text}\0${identity.core}`,
    (left, right) => {
      const accept = (a: Entry<P>, b: Entry<C>, score: number): boolean => {
        if (a.path === b.path || score < 8) return false;
        // Two empty sides are two small files, not a common block.
        return [...a.identity.before, ...a.identity.after].length >= 2;
      };
      assignByContext(left, right, accept, (a, b) => pair(a, b, "moved"));
    },
  );
}

/** Groups what is still open on both sides and hands over the groups that exist on both. */
function joinGroups<P, C>(
  before: readonly Entry<P>[],
  now: readonly Entry<C>[],
  key: (entry: Entry<unknown>) => string | undefined,
  visit: (left: readonly Entry<P>[], right: readonly Entry<C>[]) => void,
): void {
  const left = groupBy(
    before.filter((entry) => !entry.isPaired && (!entry.isGone || isAnchored(entry))),
    key,
  );
  if (left.size === 0) return;
  const right = groupBy(
    now.filter(({ isPaired }) => !isPaired),
    key,
  );
  for (const [name, group] of left) {
    const partners = right.get(name);
    if (partners !== undefined) visit(group, partners);
  }
}

function groupBy<T>(items: readonly T[], key: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * Gives each paired current finding its previous fingerprint. The others keep their own, unless it is `taken` (by a
 * finding that was fixed) or inherited by another one: then a fresh one is derived. No two results share a fingerprint.
 */
export function inheritFingerprints<C>(
  current: readonly Fingerprinted<C>[],
  inherited: ReadonlyMap<C, string>,
  taken: Iterable<string> = [],
): Fingerprinted<C>[] {
  const used = new Set(taken);
  const result: (Fingerprinted<C> | undefined)[] = [];
  // Heirs first: a fresh fingerprint gives way to an inherited one, wherever it stands in the list.
  for (const { finding } of current) {
    const fingerprint = inherited.get(finding);
    if (fingerprint === undefined || used.has(fingerprint)) result.push(undefined);
    else {
      used.add(fingerprint);
      result.push({ finding, fingerprint });
    }
  }
  return current.map((own, index) => {
    const heir = result[index];
    if (heir !== undefined) return heir;
    let { fingerprint } = own;
    for (let i = 1; used.has(fingerprint); i++) {
      fingerprint = hash("sha256", `${own.fingerprint}\0${i}`, "hex").slice(0, 32);
    }
    used.add(fingerprint);
    return { finding: own.finding, fingerprint };
  });
}

/** Applies fixes, looks again, and repeats until nothing changes: the driver behind `--fix`. Pure; analysis is injected. */
import { createHash } from "node:crypto";
import type { Finding, Suggestion } from "../model/finding.ts";
import { applySuggestionsToFiles, type EditedFiles } from "./edits.ts";

/** What the loop needs of a finding. */
export type Fixable = Pick<Finding, "rule" | "message" | "location" | "suggestions" | "fingerprint">;

export type FixLevel = "safe" | "unsafe";

export interface FixLoopRequest<F extends Fixable> {
  /** Contents that may be edited; a suggestion that touches any other file is not applied. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The chosen findings in these contents. */
  readonly findings: readonly F[];
  /** `unsafe` means safe and unsafe; `suggested` is never applied. */
  readonly level: FixLevel;
  /** The chosen findings in these new contents; those located in other files are ignored. */
  readonly analyze: (files: ReadonlyMap<string, Uint8Array>) => Promise<readonly F[]>;
  /** Whether a content is still what its language allows; true for a language without a parser. */
  readonly reparse: (path: string, bytes: Uint8Array) => boolean | Promise<boolean>;
  readonly maxPasses?: number;
}

/** Rules named because their fixes did no good in a file. */
export interface FixTrouble {
  readonly path: string;
  readonly rules: readonly string[];
}

export interface FixLoopResult<F extends Fixable> {
  /** Files whose content differs from the beginning. */
  readonly changed: ReadonlyMap<string, Uint8Array>;
  readonly passes: number;
  /** Of the findings at the beginning, those that are gone. */
  readonly fixed: readonly F[];
  /** Of the findings at the beginning, those still there, as they are now. */
  readonly left: readonly F[];
  /** Findings that were not there at the beginning: a fix uncovered or caused them. */
  readonly introduced: readonly F[];
  /** Their fixes made the file unparsable; it was put back to its last good content and went on without them. */
  readonly rolledBack: readonly FixTrouble[];
  /** Their fixes undo each other; the file keeps the content it came back to, without their fixes from then on. */
  readonly oscillating: readonly FixTrouble[];
  /** Their fixes were still changing the file after the last pass. */
  readonly unsettled: readonly FixTrouble[];
}

const defaultMaxPasses = 10;

export async function runFixLoop<F extends Fixable>(request: FixLoopRequest<F>): Promise<FixLoopResult<F>> {
  const current = new Map(request.files);
  let findings: readonly F[] = request.findings;
  const banned = new Bans();
  const history = new History(request.files);
  const rolledBack = new TroubleList();
  const oscillating = new TroubleList();
  const unsettled = new TroubleList();
  const maxPasses = request.maxPasses ?? defaultMaxPasses;
  let passes = 0;

  for (;;) {
    const candidates = chooseSuggestions(findings, request.level);
    const result = await applyParsable(request, current, candidates, banned, rolledBack);
    if (result.changed.size === 0) break;
    if (passes === maxPasses) {
      for (const path of result.changed.keys()) unsettled.add(path, rulesOf(path, result.applied, candidates));
      break;
    }
    passes++;
    for (const [path, bytes] of result.changed) {
      current.set(path, bytes);
      const fighters = history.record(path, bytes, rulesOf(path, result.applied, candidates));
      if (fighters === undefined) continue;
      oscillating.add(path, fighters);
      for (const rule of fighters) banned.add(path, rule);
    }
    const again = await request.analyze(result.changed);
    findings = [
      ...findings.filter(({ location }) => !result.changed.has(location.path)),
      ...again.filter(({ location }) => result.changed.has(location.path)),
    ];
  }

  const changed = new Map<string, Uint8Array>();
  for (const [path, bytes] of current) if (!history.isOriginal(path, bytes)) changed.set(path, bytes);
  return {
    changed,
    passes,
    ...compare(request.findings, findings),
    rolledBack: rolledBack.list(),
    oscillating: oscillating.list(),
    unsettled: unsettled.list(),
  };
}

/** Suggestion by suggestion, the rule that it came from. */
type Candidates = ReadonlyMap<Suggestion, string>;

/** A finding's first suggestion of the best allowed safety: the others are alternatives to it. */
function chooseSuggestions<F extends Fixable>(findings: readonly F[], level: FixLevel): Candidates {
  const chosen = new Map<Suggestion, string>();
  for (const finding of findings) {
    const suggestions = finding.suggestions ?? [];
    const suggestion =
      suggestions.find(({ safety }) => safety === "safe") ??
      (level === "unsafe" ? suggestions.find(({ safety }) => safety === "unsafe") : undefined);
    if (suggestion !== undefined) chosen.set(suggestion, finding.rule);
  }
  return chosen;
}

/**
 * Applies what leaves every file parsable. A rule that breaks a file is left out for that file from now on; because a
 * suggestion applies in all of its files or in none, leaving one out may need another round.
 */
async function applyParsable<F extends Fixable>(
  request: FixLoopRequest<F>,
  current: ReadonlyMap<string, Uint8Array>,
  candidates: Candidates,
  banned: Bans,
  rolledBack: TroubleList,
): Promise<EditedFiles> {
  const wasParsable = new Map<string, boolean>();
  const breaks = async (path: string, bytes: Uint8Array): Promise<boolean> => {
    if (await request.reparse(path, bytes)) return false;
    const before = current.get(path);
    // What did not parse before cannot be broken by a fix; it may be on its way to being mended.
    if (!wasParsable.has(path)) {
      wasParsable.set(path, before !== undefined && (await request.reparse(path, before)));
    }
    return wasParsable.get(path) === true;
  };

  for (;;) {
    const allowed = [...candidates].filter(([suggestion, rule]) => !banned.touches(suggestion, rule));
    const result = applySuggestionsToFiles(
      current,
      allowed.map(([suggestion]) => suggestion),
    );
    let isSound = true;
    for (const [path, bytes] of result.changed) {
      if (!(await breaks(path, bytes))) continue;
      isSound = false;
      const rules = rulesOf(path, result.applied, candidates);
      const guilty: string[] = [];
      for (const rule of rules.length > 1 ? rules : []) {
        const alone = applySuggestionsToFiles(
          current,
          result.applied.filter((suggestion) => candidates.get(suggestion) === rule),
        ).changed.get(path);
        if (alone !== undefined && (await breaks(path, alone))) guilty.push(rule);
      }
      // Nobody breaks it alone: it is the combination, and none of them can be trusted here.
      const blamed = guilty.length > 0 ? guilty : rules;
      for (const rule of blamed) banned.add(path, rule);
      rolledBack.add(path, blamed);
    }
    if (isSound) return result;
  }
}

function rulesOf(path: string, applied: readonly Suggestion[], candidates: Candidates): string[] {
  const rules = new Set<string>();
  for (const suggestion of applied) {
    const rule = candidates.get(suggestion);
    if (rule !== undefined && suggestion.edits.some((edit) => edit.path === path)) rules.add(rule);
  }
  return [...rules].sort();
}

/** Rules whose fixes are no longer applied in a file. */
class Bans {
  readonly #pairs = new Set<string>();

  add(path: string, rule: string): void {
    this.#pairs.add(`${path}\0${rule}`);
  }

  touches(suggestion: Suggestion, rule: string): boolean {
    return suggestion.edits.some((edit) => this.#pairs.has(`${edit.path}\0${rule}`));
  }
}

/** The contents that each file has had, to notice when one comes back. */
class History {
  readonly #steps = new Map<string, { hash: string; rules: readonly string[] }[]>();

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    for (const [path, bytes] of files) this.#steps.set(path, [{ hash: hash(bytes), rules: [] }]);
  }

  /** The rules that led in a circle, when this content has been there before. */
  record(path: string, bytes: Uint8Array, rules: readonly string[]): string[] | undefined {
    const steps = this.#steps.get(path) ?? [];
    const step = { hash: hash(bytes), rules };
    const earlier = steps.findLastIndex((other) => other.hash === step.hash);
    steps.push(step);
    if (earlier === -1) return undefined;
    return [...new Set(steps.slice(earlier + 1).flatMap((other) => other.rules))].sort();
  }

  isOriginal(path: string, bytes: Uint8Array): boolean {
    return this.#steps.get(path)?.[0]?.hash === hash(bytes);
  }
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

class TroubleList {
  readonly #rules = new Map<string, Set<string>>();

  add(path: string, rules: readonly string[]): void {
    const known = this.#rules.get(path) ?? new Set();
    this.#rules.set(path, known);
    for (const rule of rules) known.add(rule);
  }

  list(): FixTrouble[] {
    return [...this.#rules]
      .map(([path, rules]) => ({ path, rules: [...rules].sort() }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

/**
 * Pairs the findings before with those after: by fingerprint, then by rule and path, because a fix beside it on the same
 * line changes the text that a finding is recognised by.
 */
function compare<F extends Fixable>(
  before: readonly F[],
  after: readonly F[],
): { fixed: readonly F[]; left: readonly F[]; introduced: readonly F[] } {
  const partners = new Map<F, F>();
  const free = new Set(after);
  for (const identify of [
    ({ rule, location, fingerprint }: F) => `${rule}\0${location.path}\0${fingerprint}`,
    ({ rule, location }: F) => `${rule}\0${location.path}`,
  ]) {
    const waiting = new Map<string, F[]>();
    for (const finding of free) {
      const list = waiting.get(identify(finding));
      if (list === undefined) waiting.set(identify(finding), [finding]);
      else list.push(finding);
    }
    for (const finding of before) {
      if (partners.has(finding)) continue;
      const partner = waiting.get(identify(finding))?.shift();
      if (partner === undefined) continue;
      partners.set(finding, partner);
      free.delete(partner);
    }
  }
  return {
    fixed: before.filter((finding) => !partners.has(finding)),
    left: before.flatMap((finding) => partners.get(finding) ?? []),
    introduced: [...free],
  };
}

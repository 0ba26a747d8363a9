/** From what the analyzers said to what the person is told: one ordered list of small pure steps. */
import type { BaselineAllowance, BaselineEntry } from "../model/baseline.ts";
import type { CheckSummary } from "../model/check-run.ts";
import type { Config } from "../model/config.ts";
import { type Finding, type IdentifiedFinding, severityRank } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";
import { applyBaseline, type Baseline, isEntry, type StaleBaseline } from "./baseline.ts";
import { findDuplicates } from "./dedupe.ts";
import { type FileMarks, isLockfile } from "./generated.ts";
import { assignFingerprints } from "./identity.ts";
import { inheritFingerprints, matchFindings, type MatchOptions } from "./match.ts";
import { normalizeLocation } from "./normalize.ts";
import { createRuleResolver, type RuleResolver } from "./severity.ts";
import { applyDirectives, type Directive, type SuppressOutcome } from "./suppress.ts";

export interface PipelineInput {
  readonly current: readonly IdentifiedFinding[];
  readonly definitions: ReadonlyMap<string, RuleDefinition>;
  readonly analyzerVersions: ReadonlyMap<string, string>;
  /** By path. */
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
  /** By path. */
  readonly marks: ReadonlyMap<string, FileMarks>;
  readonly config: Pick<Config, "rules" | "overrides" | "ignore">;
  /**
   * Analyzers with `openRules`: they choose their rules themselves (by the repository's own settings), so that only an
   * explicit `off` drops a finding of theirs.
   */
  readonly openAnalyzers?: ReadonlySet<string>;
  readonly baseline?: Baseline;
  readonly base?: PipelineBase;
  /** Lines are those of the head; `endLine` inclusive. */
  readonly change?: { touches(path: string, startLine: number, endLine: number): boolean };
  /** Not compared with the base: in the change means new, else unchanged. */
  readonly volatileAnalyzers: ReadonlySet<string>;
  /**
   * Whether the analyzer's answer about this path of the head is known: it looked at it, or the path is gone. Only then
   * can a finding be fixed, an entry stale, a suppression unused.
   */
  readonly ranOn: (analyzer: string, path: string) => boolean;
  /** ISO date (UTC). */
  readonly today: string;
}

export interface PipelineBase {
  readonly findings: readonly IdentifiedFinding[];
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
  readonly marks: ReadonlyMap<string, FileMarks>;
  /** Old path to new path. */
  readonly renames: ReadonlyMap<string, string>;
  /** See `MatchOptions.mapLine`. */
  readonly mapLine?: (newPath: string, oldLine: number) => number | undefined;
}

export interface PipelineResult {
  /** In report order. */
  readonly findings: readonly Finding[];
  /** Baseline entries that nothing matched any more. */
  readonly stale: readonly BaselineEntry[];
  readonly staleAllowances: readonly BaselineAllowance[];
  readonly summary: Omit<CheckSummary, "files">;
}

/** A finding in the making. */
type Draft = { -readonly [Key in keyof Finding]: Finding[Key] };

interface Work {
  readonly input: PipelineInput;
  readonly resolver: RuleResolver;
  head: Draft[];
  /** The base's findings while they are compared, then only the fixed ones. */
  base: Draft[];
  /** What a baseline or the base hands down. */
  readonly inherited: Map<Draft, string>;
  readonly accepted: Set<Draft>;
  stale: StaleBaseline;
}

interface Step {
  readonly name: string;
  readonly why: string;
  readonly apply: (work: Work) => void;
}

/** Each marks; only rules that are off are dropped, because nobody asked for them. */
const steps: readonly Step[] = [
  {
    name: "normalise paths",
    why: "first: every later step compares paths, and tools print them in their own ways",
    apply: ({ input, head, base }) => {
      for (const draft of head) draft.location = normalizeLocation(draft.location, input.marks);
      for (const draft of base) draft.location = normalizeLocation(draft.location, input.base?.marks ?? input.marks);
    },
  },
  {
    name: "rules that are off",
    why: "needs clean paths for the overrides; before anything counts, matches or complains",
    apply: (work) => {
      const isAsked = ({ rule, analyzer, location }: Draft): boolean =>
        work.input.openAnalyzers?.has(analyzer) === true
          ? !work.resolver.isOff(rule, location.path)
          : work.resolver.isOn(rule, location.path);
      work.head = work.head.filter(isAsked);
      work.base = work.base.filter(isAsked);
    },
  },
  {
    name: "generated and vendored files",
    why: "before directives, so that one reason is given for a whole file, not one for each line",
    apply: ({ input, head, base }) => {
      for (const draft of head) markByFile(draft, input.marks);
      for (const draft of base) markByFile(draft, input.base?.marks ?? input.marks);
    },
  },
  {
    name: "suppressions",
    why: "before fingerprints, because it adds findings (about suppressions) that need one too",
    apply: suppress,
  },
  {
    name: "fingerprint",
    why: "after everything has been added or dropped: ordinals count equal findings, suppressed ones included",
    apply: ({ head, base }) => {
      for (const drafts of [head, base]) {
        for (const { finding, fingerprint } of assignFingerprints(drafts)) finding.fingerprint = fingerprint;
      }
    },
  },
  {
    name: "baseline",
    why: "before the base: what was accepted hands its fingerprint on, and is unchanged even where the base lacks it",
    apply: acceptBaseline,
  },
  {
    name: "new versus base",
    why: "needs suppressions on both sides: one removed makes its finding new, one added does not make it fixed",
    apply: compareWithBase,
  },
  {
    name: "duplicates",
    why: "after states and acceptance: what was accepted from one analyzer is not news from another",
    apply: ({ head, base }) => {
      for (const [lesser, better] of findDuplicates([...head, ...base])) {
        lesser.suppressed = {
          kind: "duplicate",
          reason: `${better.rule} says the same here`,
          location: better.location,
        };
      }
    },
  },
  {
    name: "severity",
    why: "after duplicates, so that configuration changes what a finding weighs and never which one is shown",
    apply: ({ resolver, head, base }) => {
      for (const draft of [...head, ...base]) {
        draft.severity = resolver.severityOf(draft.rule, draft.location.path, draft.severity);
      }
    },
  },
  {
    name: "sort",
    why: "last: the order depends on state, suppression and severity",
    apply: (work) => {
      work.head = [...work.head, ...work.base].sort(compareForReport);
      work.base = [];
    },
  },
];

export function runPipeline(input: PipelineInput): PipelineResult {
  const work: Work = {
    input,
    resolver: createRuleResolver(input.config, input.definitions),
    head: input.current.map((finding) => draftOf(finding, input)),
    base: (input.base?.findings ?? []).map((finding) => draftOf(finding, input)),
    inherited: new Map(),
    accepted: new Set(),
    stale: { entries: [], allowances: [] },
  };
  for (const step of steps) step.apply(work);
  return {
    findings: work.head,
    stale: work.stale.entries,
    staleAllowances: work.stale.allowances,
    summary: summarize(work.head),
  };
}

function draftOf(raw: IdentifiedFinding, input: PipelineInput): Draft {
  const slash = raw.rule.indexOf("/");
  const analyzer = slash === -1 ? raw.rule : raw.rule.slice(0, slash);
  const definition = input.definitions.get(raw.rule);
  const helpUrl = raw.helpUrl ?? definition?.helpUrl;
  return {
    rule: raw.rule,
    severity: raw.severity ?? definition?.severity ?? "warning",
    category: raw.category ?? definition?.category ?? "maintainability",
    message: raw.message,
    location: raw.location,
    ...(raw.related === undefined ? {} : { related: raw.related }),
    ...(helpUrl === undefined ? {} : { helpUrl }),
    ...(raw.suggestions === undefined ? {} : { suggestions: raw.suggestions }),
    analyzer,
    analyzerVersion: input.analyzerVersions.get(analyzer) ?? "",
    fingerprint: "",
    identity: raw.identity,
    state: "new",
    ...(raw.data === undefined ? {} : { data: raw.data }),
  };
}

function markByFile(draft: Draft, marks: ReadonlyMap<string, FileMarks>): void {
  const { generated, vendored } = marks.get(draft.location.path) ?? {};
  if (vendored !== undefined) draft.suppressed = { kind: "vendored", reason: vendored };
  else if (generated !== undefined && !concernsGenerated(draft))
    draft.suppressed = { kind: "generated", reason: generated };
}

/** A leaked secret is leaked wherever it stands, a conflict marker breaks any file, and lockfiles are about dependencies. */
function concernsGenerated({ rule, category, location }: Draft): boolean {
  if (rule.startsWith("secrets/") || rule === "hygiene/private-key" || rule === "hygiene/conflict-marker") return true;
  return category === "dependency" && isLockfile(location.path);
}

function suppress(work: Work): void {
  const { input, resolver } = work;
  const isKnownRule = createKnownRules(input);
  const apply = (
    drafts: readonly Draft[],
    directives: ReadonlyMap<string, readonly Directive[]>,
    newPath: (path: string) => string,
    base?: SuppressOutcome & { readonly options: MatchOptions },
  ): [Draft[], SuppressOutcome] => {
    const outcome = applyDirectives({
      findings: drafts,
      directives,
      ignore: input.config.ignore,
      today: input.today,
      isKnownRule,
      wasLookedFor: (pattern, path) => wasLookedFor(pattern, newPath(path), input, resolver),
      ...(base === undefined ? {} : { base }),
    });
    const all = [...drafts];
    for (const complaint of outcome.complaints) {
      const draft = draftOf(complaint, input);
      if (!resolver.isOn(draft.rule, draft.location.path)) continue;
      const suppression = outcome.suppressed.get(complaint)?.suppression;
      if (suppression !== undefined) draft.suppressed = suppression;
      all.push(draft);
    }
    for (const draft of drafts) {
      const suppression = outcome.suppressed.get(draft)?.suppression;
      if (draft.suppressed === undefined && suppression !== undefined) draft.suppressed = suppression;
    }
    return [all, outcome];
  };
  let base: (SuppressOutcome & { readonly options: MatchOptions }) | undefined;
  if (input.base !== undefined) {
    const { renames, directives } = input.base;
    const [drafts, outcome] = apply(work.base, directives, (path) => renames.get(path) ?? path);
    work.base = drafts;
    base = { ...outcome, options: matchOptions(input.base) };
  }
  const [drafts, outcome] = apply(work.head, input.directives, (path) => path, base);
  work.head = drafts;
  for (const draft of drafts) {
    const directive = outcome.swapped.get(draft);
    if (directive === undefined) continue;
    const message = "this suppression was written for another secret; say in its reason that it holds for this one too";
    draft.related = [...(draft.related ?? []), { location: directive.location, message }];
  }
  for (const draft of [...work.head, ...work.base]) {
    if (draft.analyzer === "codeflow" && draft.suppressed === undefined) markByFile(draft, input.marks);
  }
}

function createKnownRules(input: PipelineInput): (pattern: string) => boolean {
  const ids = [...input.definitions.keys()];
  const analyzers = new Set([...ids.map((id) => id.slice(0, id.indexOf("/"))), ...(input.openAnalyzers ?? [])]);
  return (pattern) => {
    if (input.definitions.has(pattern)) return true;
    const slash = pattern.indexOf("/");
    const analyzer = slash === -1 ? pattern : pattern.slice(0, slash);
    if (analyzer.includes("*")) return true;
    if (slash === -1 || !analyzers.has(analyzer)) return false;
    if (input.openAnalyzers?.has(analyzer) === true) return true;
    const start = pattern.slice(0, pattern.indexOf("*"));
    return pattern.includes("*") && ids.some((id) => id.startsWith(start));
  };
}

function wasLookedFor(pattern: string, path: string, input: PipelineInput, resolver: RuleResolver): boolean {
  const analyzer = pattern.slice(0, Math.max(0, pattern.indexOf("/")));
  // For every analyzer at once nobody can say that all of them looked.
  if (analyzer === "" || analyzer.includes("*")) return false;
  if (!input.ranOn(analyzer, path)) return false;
  return (
    pattern.includes("*") || (!resolver.isOff(pattern, path) && isOnOrOpen(pattern, analyzer, path, input, resolver))
  );
}

function isOnOrOpen(
  rule: string,
  analyzer: string,
  path: string,
  { openAnalyzers, definitions }: PipelineInput,
  resolver: RuleResolver,
): boolean {
  // An engine with rules of its own may have this one on by the repository's settings; only what we know is known.
  if (openAnalyzers?.has(analyzer) === true && !definitions.has(rule)) return false;
  return resolver.isOn(rule, path);
}

function matchOptions({ renames, mapLine }: PipelineBase): MatchOptions {
  return { renames, ...(mapLine === undefined ? {} : { mapLine }) };
}

function acceptBaseline(work: Work): void {
  const { input, head } = work;
  if (input.baseline === undefined) return;
  const ranOn = (rule: string, path: string): boolean => {
    const analyzer = rule.slice(0, rule.indexOf("/"));
    return input.ranOn(analyzer, path) && !work.resolver.isOff(rule, path);
  };
  const { accepted, stale } = applyBaseline(input.baseline, head, {
    ranOn,
    ...(input.base === undefined ? {} : { renames: input.base.renames }),
  });
  work.stale = stale;
  for (const [draft, accepting] of accepted) {
    work.accepted.add(draft);
    if (isEntry(accepting)) work.inherited.set(draft, accepting.fingerprint);
    draft.suppressed ??= {
      kind: "baseline",
      reason: isEntry(accepting) ? (accepting.reason ?? "accepted in the baseline") : `accepted by ${accepting.source}`,
    };
  }
}

function compareWithBase(work: Work): void {
  const { input, head, base } = work;
  for (const draft of head) {
    if (input.change !== undefined) draft.inChange = isInChange(draft, input.change);
    if (work.accepted.has(draft)) draft.state = "unchanged";
  }
  let fixed: Draft[] = [];
  if (input.base !== undefined) {
    const isCompared = ({ analyzer }: Draft): boolean => !input.volatileAnalyzers.has(analyzer);
    const { pairs, onlyPrevious } = matchFindings(
      base.filter(isCompared),
      head.filter(isCompared),
      matchOptions(input.base),
    );
    for (const { previous, current } of pairs) {
      const isNewlySeen = previous.suppressed !== undefined && current.suppressed === undefined;
      if (!isNewlySeen) current.state = "unchanged";
      if (!work.inherited.has(current)) work.inherited.set(current, previous.fingerprint);
    }
    for (const draft of head) if (!isCompared(draft) && draft.inChange !== true) draft.state = "unchanged";
    const { renames } = input.base;
    fixed = onlyPrevious.filter(({ analyzer, location }) => {
      const path = renames.get(location.path) ?? location.path;
      // Complaints about suppressions come with every run over the file.
      return analyzer === "codeflow" || input.ranOn(analyzer, path);
    });
    for (const draft of fixed) draft.state = "fixed";
  }
  work.base = fixed;
  inheritAll(work, fixed);
}

function inheritAll(work: Work, fixed: readonly Draft[]): void {
  // A fixed finding that had been accepted is known to history under its entry's fingerprint.
  if (fixed.length > 0 && work.stale.entries.length > 0) {
    const { accepted } = applyBaseline({ entries: work.stale.entries, allowances: [] }, fixed);
    for (const [draft, entry] of accepted) if (isEntry(entry)) draft.fingerprint = entry.fingerprint;
  }
  const taken = fixed.map(({ fingerprint }) => fingerprint);
  const own = work.head.map((finding) => ({ finding, fingerprint: finding.fingerprint }));
  for (const { finding, fingerprint } of inheritFingerprints(own, work.inherited, taken))
    finding.fingerprint = fingerprint;
}

function isInChange({ location }: Draft, change: NonNullable<PipelineInput["change"]>): boolean {
  const { path, startLine, endLine, endColumn } = location;
  const last = endColumn <= 1 && endLine > startLine ? endLine - 1 : endLine;
  return change.touches(path, startLine, last);
}

const stateOrder: Readonly<Record<Finding["state"], number>> = { new: 0, unchanged: 1, fixed: 2 };

/** Newest and worst first, then by place; what is suppressed comes after all that is not. */
function compareForReport(a: Finding, b: Finding): number {
  return (
    Number(a.suppressed !== undefined) - Number(b.suppressed !== undefined) ||
    stateOrder[a.state] - stateOrder[b.state] ||
    severityRank(a.severity) - severityRank(b.severity) ||
    compareText(a.location.path, b.location.path) ||
    a.location.startLine - b.location.startLine ||
    a.location.startColumn - b.location.startColumn ||
    a.location.endLine - b.location.endLine ||
    a.location.endColumn - b.location.endColumn ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function summarize(findings: readonly Finding[]): PipelineResult["summary"] {
  const bySeverity = { error: 0, warning: 0, info: 0 };
  const states = { new: 0, unchanged: 0, fixed: 0 };
  let suppressed = 0;
  for (const finding of findings) {
    if (finding.suppressed !== undefined) {
      if (finding.state !== "fixed") suppressed += 1;
      continue;
    }
    states[finding.state] += 1;
    if (finding.state !== "fixed") bySeverity[finding.severity] += 1;
  }
  return { bySeverity, ...states, suppressed };
}

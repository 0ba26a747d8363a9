/** From what the analyzers said to what the person is told: one ordered list of small pure steps. */
import type { BaselineAllowance, BaselineEntry } from "../model/baseline.ts";
import type { CheckSummary } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import { applyBaseline, isEntry, type StaleBaseline } from "./baseline.ts";
import { copiedFiles, type Ownership } from "./copyright.ts";
import { findDuplicates } from "./dedupe.ts";
import { compareForReport, type Draft, draftOf, markByFile, summarize } from "./draft.ts";
import { assignFingerprints } from "./identity.ts";
import { inheritFingerprints, matchFindings } from "./match.ts";
import { normalizeLocation } from "./normalize.ts";
import { matchOptions, type PipelineInput } from "./pipeline-input.ts";
import { createRuleResolver, type RuleResolver } from "./severity.ts";
import { findHabits } from "./unenforced.ts";
import { suppressDrafts } from "./suppress-drafts.ts";

export type { PipelineInput } from "./pipeline-input.ts";

export interface PipelineResult {
  /** In report order. */
  readonly findings: readonly Finding[];
  /** Baseline entries that nothing matched any more. */
  readonly stale: readonly BaselineEntry[];
  readonly staleAllowances: readonly BaselineAllowance[];
  readonly summary: Omit<CheckSummary, "files">;
}

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
      const copied = copiedFiles(ownerships(input.marks));
      for (const draft of head) markByFile(draft, input.marks, copied);
      if (base.length === 0) return;
      const baseMarks = input.base?.marks ?? input.marks;
      const baseCopied = copiedFiles(ownerships(baseMarks));
      for (const draft of base) markByFile(draft, baseMarks, baseCopied);
    },
  },
  {
    name: "habits",
    why: "after whole files are left out, which say nothing about habits; before directives, as with files",
    apply: ({ input, head, base }) => {
      const habits = findHabits(head, input.definitions, input.config.rules);
      for (const draft of [...head, ...base]) {
        const reason = draft.suppressed === undefined ? habits.reasonFor(draft) : undefined;
        if (reason !== undefined) draft.suppressed = { kind: "config", reason };
      }
    },
  },
  {
    name: "suppressions",
    why: "before fingerprints, because it adds findings (about suppressions) that need one too",
    apply: (work) => {
      const { head, base } = suppressDrafts(work.head, work.base, work.input, work.resolver);
      work.head = head;
      work.base = base;
    },
  },
  {
    name: "comments of the change",
    why: "after suppressions, which it judges: those that the change itself adds are told, and a stranger's hide no secret",
    apply: ({ input, head }) => {
      for (const draft of head) judgeOwnComment(draft, input);
    },
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

function ownerships(marks: PipelineInput["marks"]): Map<string, Ownership> {
  return new Map([...marks].flatMap(([path, { ownership }]) => (ownership === undefined ? [] : [[path, ownership]])));
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

function judgeOwnComment(draft: Draft, { change, isStrangers }: PipelineInput): void {
  const { kind, location } = draft.suppressed ?? {};
  if (draft.suppressed === undefined || location === undefined || (kind !== "inline" && kind !== "tool")) return;
  if (change?.touches(location.path, location.startLine, location.endLine) !== true) return;
  if (isStrangers === true && (draft.rule.startsWith("secrets/") || draft.rule === "hygiene/private-key")) {
    delete draft.suppressed;
    const message = "this comment comes with the change, and does not hide a secret in a pull request from a fork";
    draft.related = [...(draft.related ?? []), { location, message }];
  } else {
    draft.suppressed = { ...draft.suppressed, isOwn: true };
  }
}

function isInChange({ location }: Draft, change: NonNullable<PipelineInput["change"]>): boolean {
  const { path, startLine, endLine, endColumn } = location;
  const last = endColumn <= 1 && endLine > startLine ? endLine - 1 : endLine;
  return change.touches(path, startLine, last);
}

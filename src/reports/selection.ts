/** What a person is shown of many findings: the worst, a few of each rule, and counts of the rest. */
import type { CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import { activeFindings, groupByPath, worstFirst } from "./active-findings.ts";

export interface ShownFinding {
  readonly finding: Finding;
  /** Further findings of the same rule in the same file, folded into this one. */
  readonly folded: readonly Finding[];
}

export interface Selection {
  /** Files in the order of their worst finding; findings of a file by position. */
  readonly files: readonly { readonly path: string; readonly shown: readonly ShownFinding[] }[];
  /** Neither shown nor folded. */
  readonly rest: readonly Finding[];
  /** Old findings that a check of a change keeps to itself. */
  readonly old: readonly Finding[];
}

export interface SelectionOptions {
  readonly limit: number;
  readonly fold: boolean;
  readonly old: boolean;
}

/** This many of a rule in a file are shown before the others are folded. */
const perRuleAndFile = 2;
/** This many of a rule are shown in all while others wait: twenty times the same thing says less than five. */
const perRule = 5;

export function selectFindings(run: CheckRun, options: SelectionOptions): Selection {
  const active = worstFirst(activeFindings(run));
  // In a change only what is new is the author's business. In the whole repository everything is asked for.
  const hidesOld = run.scope.kind !== "all" && !options.old;
  const candidates = hidesOld ? active.filter(({ state }) => state === "new") : active;
  const old = hidesOld ? active.filter(({ state }) => state !== "new") : [];

  const entries = options.fold ? foldRepeated(candidates) : candidates.map((finding) => ({ finding, folded: [] }));
  const chosen = choose(entries, options.limit);
  const rest = entries.filter((entry) => !chosen.has(entry)).flatMap(({ finding, folded }) => [finding, ...folded]);

  const shownByFinding = new Map([...chosen].map((entry) => [entry.finding, entry]));
  const files = [...groupByPath(entries.filter((entry) => chosen.has(entry)).map(({ finding }) => finding))].map(
    ([path, findings]) => ({
      path,
      shown: [...findings].sort(byPosition).flatMap((finding) => shownByFinding.get(finding) ?? []),
    }),
  );
  return { files, rest, old };
}

/** Within a file, the third and later findings of a rule join the second, when that saves more than one. */
function foldRepeated(findings: readonly Finding[]): ShownFinding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.location.path, finding.rule, finding.severity, finding.state]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  const foldedAway = new Set<Finding>();
  const foldedInto = new Map<Finding, readonly Finding[]>();
  for (const group of groups.values()) {
    const ordered = group.toSorted(byPosition);
    const folded = ordered.slice(perRuleAndFile);
    const last = ordered[perRuleAndFile - 1];
    if (folded.length < 2 || last === undefined) continue;
    foldedInto.set(last, folded);
    for (const finding of folded) foldedAway.add(finding);
  }
  return findings
    .filter((finding) => !foldedAway.has(finding))
    .map((finding) => ({ finding, folded: foldedInto.get(finding) ?? [] }));
}

function choose(entries: readonly ShownFinding[], limit: number): ReadonlySet<ShownFinding> {
  if (entries.length <= limit) return new Set(entries);
  const chosen = new Set<ShownFinding>();
  const byRule = new Map<string, number>();
  for (const entry of entries) {
    if (chosen.size >= limit) break;
    const { rule } = entry.finding;
    const times = (byRule.get(rule) ?? 0) + 1;
    byRule.set(rule, times);
    if (times <= perRule) chosen.add(entry);
  }
  // Few rules, many findings: fill up with more of the same.
  for (const entry of entries) {
    if (chosen.size >= limit) break;
    chosen.add(entry);
  }
  return chosen;
}

function byPosition(a: Finding, b: Finding): number {
  return a.location.startLine - b.location.startLine || a.location.startColumn - b.location.startColumn;
}

/** Which findings a report speaks of: those that are neither suppressed nor fixed. */
import type { CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import { severityRank } from "../model/finding.ts";

function isActive(finding: Finding): boolean {
  return finding.suppressed === undefined && finding.state !== "fixed";
}

/** In report order. */
export function activeFindings(run: CheckRun): readonly Finding[] {
  return run.findings.filter(isActive);
}

/** New before old, worst before harmless, else in report order: for formats with a cap. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  const rank = (finding: Finding): number => (finding.state === "new" ? 0 : 10) + severityRank(finding.severity);
  // Array sort is stable, so that report order decides among equals.
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

/** Findings by path, paths in the order in which they first appear. */
export function groupByPath(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.location.path);
    if (group === undefined) groups.set(finding.location.path, [finding]);
    else group.push(finding);
  }
  return groups;
}

/** How many there are of each key, most first, then by name. */
export function countBy<Item>(
  items: Iterable<Item>,
  key: (item: Item) => string,
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : a > b ? 1 : 0));
}

/** The safest change on offer, if any. */
export function bestSuggestion(finding: Finding): NonNullable<Finding["suggestions"]>[number] | undefined {
  const order = { safe: 0, unsafe: 1, suggested: 2 };
  return [...(finding.suggestions ?? [])].sort((a, b) => order[a.safety] - order[b.safety])[0];
}

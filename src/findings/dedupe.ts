/** Finds the same defect reported by two analyzers, so that it is told once. */
import type { Finding } from "../model/finding.ts";
import { analyzerRank, defectOf } from "./defects.ts";

/**
 * Lesser findings, each with the better one that stands for it. What somebody accepted once (inline, in the baseline) is
 * accepted, whichever analyzer said it; except that what a lesser analyzer's ignore file accepts does not hide a secret.
 */
export function findDuplicates<F extends Pick<Finding, "rule" | "analyzer" | "location" | "state" | "suppressed">>(
  findings: readonly F[],
): Map<F, F> {
  const byLine = new Map<string, F[]>();
  for (const finding of findings) {
    const { kind } = finding.suppressed ?? {};
    if (kind !== undefined && kind !== "inline" && kind !== "baseline") continue;
    const key = `${finding.location.path}\0${finding.location.startLine}\0${finding.state === "fixed"}`;
    const group = byLine.get(key);
    if (group === undefined) byLine.set(key, [finding]);
    else group.push(finding);
  }
  const duplicates = new Map<F, F>();
  for (const group of byLine.values()) {
    const first = group[0];
    if (first === undefined || group.every(({ analyzer }) => analyzer === first.analyzer)) continue;
    const byDefect = Map.groupBy(group, ({ rule }) => defectOf(rule));
    for (const [defect, same] of byDefect) markLesser(same, defect === "secret", duplicates);
  }
  return duplicates;
}

function markLesser<F extends Pick<Finding, "rule" | "analyzer" | "location" | "suppressed">>(
  group: readonly F[],
  isSecret: boolean,
  duplicates: Map<F, F>,
): void {
  const acceptance = (finding: F): number => (!isSecret && finding.suppressed !== undefined ? 0 : 1);
  const sorted = group.toSorted(
    (a, b) =>
      acceptance(a) - acceptance(b) ||
      analyzerRank(a.analyzer) - analyzerRank(b.analyzer) ||
      (a.analyzer < b.analyzer ? -1 : a.analyzer > b.analyzer ? 1 : 0),
  );
  const best = sorted[0];
  if (best === undefined) return;
  for (const finding of sorted) {
    if (finding.analyzer === best.analyzer || finding.suppressed !== undefined) continue;
    const sameColumn = sorted.find(
      ({ analyzer, location }) => analyzer === best.analyzer && location.startColumn === finding.location.startColumn,
    );
    duplicates.set(finding, sameColumn ?? best);
  }
}

/** What a run covered, from what it says of its analyzers and the files that it looked at. Pure. */
import type { CheckRun } from "../model/check-run.ts";
import type { RunCoverage } from "../model/store.ts";

/**
 * `paths`: the files of the run's scope, the deleted ones among them; undefined when it looked at the whole checkout.
 * Only an analyzer that ran (or whose every result was known) counts, and not for files that it could not judge.
 */
export function coverageOf(run: Pick<CheckRun, "analyzers">, paths: Iterable<string> | undefined): RunCoverage {
  const covered = paths === undefined ? undefined : new Set(paths);
  const skipped = new Map<string, ReadonlySet<string>>();
  for (const { id, status, skippedFiles } of run.analyzers) {
    if (status === "ran" || status === "cached") skipped.set(id, new Set(skippedFiles.map(({ path }) => path)));
  }
  return {
    isWhole: covered === undefined,
    covers(path, analyzer) {
      const unjudged = skipped.get(analyzer);
      return unjudged !== undefined && !unjudged.has(path) && (covered === undefined || covered.has(path));
    },
  };
}

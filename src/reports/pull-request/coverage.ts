/** What a run of a whole change can be believed to have looked at. */
import type { CheckRun } from "../../model/check-run.ts";

/**
 * Whether a finding of this analyzer in this file would have been reported, had it still been there. The run compares
 * the whole head with the base: where the analyzer did its work, a file that it says nothing about has nothing new.
 */
export function coverageOf(run: CheckRun): (path: string, analyzer: string) => boolean {
  const analyzers = new Map(
    run.analyzers.map((one) => [one.id, { one, skipped: new Set(one.skippedFiles.map(({ path }) => path)) }]),
  );
  return (path, analyzer) => {
    const known = analyzers.get(analyzer);
    if (known === undefined || known.skipped.has(path)) return false;
    const { status, files } = known.one;
    // Skipped for want of a file is an answer; skipped for want of the tool is none.
    return status === "ran" || status === "cached" || (status === "skipped" && files === 0);
  };
}

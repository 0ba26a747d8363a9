/** What became of each analyzer and each file, for the report. */
import type { Analyzer } from "../../model/analyzer.ts";
import type { AnalyzerRun } from "../../model/check-run.ts";
import type { Config } from "../../model/config.ts";
import type { Finding } from "../../model/finding.ts";
import type { Tree } from "../../project/checkout.ts";
import type { AnalyzerTally, Prepared, TreeAnswer } from "./tree-job.ts";
import type { CheckRequest } from "./run-check.ts";
import type { ToolSearch } from "./tools.ts";

export function failuresOf(answer: TreeAnswer, where: string): string[] {
  return [...answer.tallies]
    .filter(([, { failure }]) => failure !== undefined)
    .map(([id, { failure }]) => `${id}${where}: ${failure ?? ""}`)
    .sort();
}

/** Configured tools that are not here: told always, incomplete only when required. */
export function toolGaps(
  tools: ToolSearch,
  config: Config,
): { incomplete: string[]; skipped: { analyzer: Analyzer; reason: string }[] } {
  const incomplete = tools.failed.map(({ analyzer, reason }) => `${analyzer.id}: ${reason}`);
  for (const { analyzer, reason } of tools.missing) {
    if (config.analyzers[analyzer.id]?.required === true) incomplete.push(`${analyzer.id}: ${reason}`);
  }
  return { incomplete, skipped: [...tools.missing, ...tools.failed] };
}

export function analyzerRuns(
  prepared: readonly Prepared[],
  head: TreeAnswer,
  findings: readonly Finding[],
  skipped: readonly { readonly analyzer: Analyzer; readonly reason: string }[],
  tools: ToolSearch,
  config: Config,
  request: CheckRequest,
): AnalyzerRun[] {
  const counts = new Map<string, number>();
  for (const { analyzer, suppressed, state } of findings) {
    if (suppressed === undefined && state !== "fixed") counts.set(analyzer, (counts.get(analyzer) ?? 0) + 1);
  }
  const broken = new Map(tools.failed.map(({ analyzer, reason }) => [analyzer.id, reason]));
  const runs: AnalyzerRun[] = [];
  for (const { analyzer, tool } of prepared) {
    const tally = head.tallies.get(analyzer.id);
    if (tally === undefined) continue;
    // Broken in one place of a monorepo, and run in the others: as a whole it failed.
    const failure = tally.failure ?? broken.get(analyzer.id);
    runs.push({
      id: analyzer.id,
      version: tool?.places[0].version ?? analyzer.version,
      kind: analyzer.kind,
      status: failure === undefined ? statusOf(tally) : "failed",
      ...(failure === undefined ? {} : { reason: failure }),
      required: analyzer.kind !== "tool" || config.analyzers[analyzer.id]?.required === true,
      files: tally.files,
      cachedFiles: tally.cachedFiles,
      findings: counts.get(analyzer.id) ?? 0,
      durationMs: Math.round(tally.durationMs),
      skippedFiles: [...tally.skipped]
        .map(([path, reason]) => ({ path, reason }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    });
  }
  const ran = new Set(runs.map(({ id }) => id));
  for (const { analyzer, reason } of skipped) {
    // Its one row says already that it failed.
    if (broken.has(analyzer.id) && (ran.has(analyzer.id) || reason !== broken.get(analyzer.id))) continue;
    runs.push({
      id: analyzer.id,
      version: "",
      kind: analyzer.kind,
      status: broken.has(analyzer.id) ? "failed" : "skipped",
      reason,
      required: config.analyzers[analyzer.id]?.required === true,
      files: 0,
      cachedFiles: 0,
      findings: 0,
      durationMs: 0,
      skippedFiles: [],
    });
  }
  for (const { tool, version, findings: found, skipped: refused } of request.imported) {
    runs.push({
      id: tool,
      version: version ?? "",
      kind: "import",
      status: "ran",
      required: true,
      files: 0,
      cachedFiles: 0,
      findings: found.length,
      durationMs: 0,
      skippedFiles: refused,
    });
  }
  return runs.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Only of analyzers that really worked: a cached answer says nothing about the next cold one. */
export function measured(answer: TreeAnswer): Record<string, number> {
  return Object.fromEntries(
    [...answer.tallies]
      .filter(([, { cachedFiles, failure }]) => cachedFiles === 0 && failure === undefined)
      .map(([id, { durationMs }]) => [id, Math.round(durationMs)]),
  );
}

function statusOf(tally: AnalyzerTally): "cached" | "ran" {
  return tally.files > 0 && tally.cachedFiles === tally.files ? "cached" : "ran";
}

/** Files that nobody looked at, counted by reason; binary ones are what they are. */
export function unreadNotices(answer: TreeAnswer, tree: Tree): string[] {
  const byReason = new Map<string, string[]>();
  const add = (reason: string, path: string): void => {
    const paths = byReason.get(reason);
    if (paths === undefined) byReason.set(reason, [path]);
    else paths.push(path);
  };
  for (const [path, reason] of tree.unread ?? []) add(reason, path);
  for (const [path, { unread }] of answer.core) {
    if (unread === undefined || unread === "binary") continue;
    add(unread, path);
  }
  // Threads answer in any order, which must not show.
  const sorted = [...byReason].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([reason, paths]) => {
    const shown = paths.sort().slice(0, 3).join(", ");
    return `not looked at, ${reason}: ${shown}${paths.length > 3 ? ` and ${paths.length - 3} more` : ""}`;
  });
}

export function staleNotice(count: number): string[] {
  if (count === 0) return [];
  return [`${count} baseline ${count === 1 ? "entry is" : "entries are"} no longer needed: codeflow baseline prune`];
}

/** Bundled analyzers on worker threads: file analyzers, facts of project analyzers, suppression directives. */
import { setImmediate } from "node:timers/promises";
import type { FileEntry } from "../../model/analyzer.ts";
import { pathsOfTree, planCombination } from "./combination.ts";
import type { TreeState } from "./tree-state.ts";
import { type MutableTask, runTasks } from "./worker-tasks.ts";

export async function runBundled(state: TreeState): Promise<void> {
  const { job } = state;
  const fileAnalyzers = job.prepared.filter(({ analyzer }) => analyzer.kind === "file");
  const projects = job.prepared.filter(({ analyzer }) => analyzer.kind === "project");
  const wanted = new Map<string, MutableTask>();
  const task = (entry: FileEntry): MutableTask => {
    let existing = wanted.get(entry.path);
    if (existing === undefined) {
      existing = { entry, analyze: [], extract: [], core: false };
      wanted.set(entry.path, existing);
    }
    return existing;
  };

  for (const entry of state.files) {
    if (!job.targets.has(entry.path)) continue;
    const known = state.row(entry).core(state.coreKey);
    if (known === undefined) {
      task(entry).core = true;
      state.row(entry).expect();
    } else state.keepCore(entry.path, known);
  }
  const left = new Map<string, number>();
  for (const { analyzer, key } of fileAnalyzers) {
    const entries = state.applicable(analyzer, job.targets);
    const covered = new Set(entries.map(({ path }) => path));
    const tally = state.tally(analyzer.id, (path) => covered.has(path));
    tally.files = entries.length;
    for (const entry of entries) {
      const row = state.row(entry);
      const known = row.outcome(key);
      if (known === undefined) {
        task(entry).analyze.push(analyzer.id);
        row.expect();
      } else {
        tally.cachedFiles++;
        state.settle(tally, entry.path, known);
      }
    }
    left.set(analyzer.id, tally.files - tally.cachedFiles);
    state.tellKnown(analyzer.id, tally);
    if (tally.files === tally.cachedFiles) state.tellFinished(analyzer.id);
  }
  const paths = pathsOfTree(job.tree);
  const combinations = projects.map((prepared) => planCombination(state, prepared, paths, task));
  // Files with facts come first: what is made of them can then be made while the others are still looked at.
  const tasks = [...wanted.values()].sort((a, b) => Number(a.extract.length === 0) - Number(b.extract.length === 0));
  for (const { analyze, extract } of tasks) state.threadWork += analyze.length + extract.length;

  const keyOf = new Map(fileAnalyzers.map(({ analyzer, key }) => [analyzer.id, key]));
  job.onProgress?.({ type: "planned", files: wanted.size });
  const looked = runTasks(state, tasks, (answer, entry) => {
    job.onProgress?.({ type: "looked", files: 1 });
    for (const [id, outcome] of Object.entries(answer.outcomes)) {
      const tally = state.tallies.get(id);
      const key = keyOf.get(id);
      if (tally === undefined || key === undefined) continue;
      if (answer.isUnstable) state.isUnstable = true;
      else state.row(entry).setOutcome(key, outcome);
      state.settle(tally, entry.path, outcome);
      const findings = "findings" in outcome ? outcome.findings.length : 0;
      job.onProgress?.({ type: "progress", analyzer: id, files: 1, findings });
      const leftNow = (left.get(id) ?? 0) - 1;
      left.set(id, leftNow);
      if (leftNow === 0) state.tellFinished(id);
    }
    for (const combination of combinations) {
      const fact = answer.facts[combination.id];
      if (fact !== undefined) combination.take(entry, fact, answer.isUnstable);
    }
    if (answer.core !== undefined) {
      if (!answer.isUnstable) state.row(entry).setCore(state.coreKey, answer.core);
      state.keepCore(entry.path, answer.core);
    }
    if (job.targets.has(entry.path)) state.keepRow(entry);
  });
  const combined = combinations.map(async (combination) => {
    await combination.complete;
    // The threads are given their work first.
    await setImmediate();
    await combination.finish();
    state.tellFinished(combination.id);
  });
  await Promise.all([looked, ...combined]);
  for (const combination of combinations) combination.keep();
}

/** Project analyzers: facts of every file, then one combination of them all. */
import type { FileEntry, ProjectAnalyzer, ProjectResult } from "../../model/analyzer.ts";
import type { IdentifiedFinding } from "../../model/finding.ts";
import { executableMode, submoduleMode, type Tree, unreadReasons } from "../../project/checkout.ts";
import { projectKey } from "./keys.ts";
import type { Prepared } from "./tree-job.ts";
import type { TreeState } from "./tree-state.ts";
import { identify, type MutableTask } from "./worker-tasks.ts";
import type { FileAnswer } from "./worker-protocol.ts";

export interface Combination {
  readonly id: string;
  readonly take: (entry: FileEntry, fact: FileAnswer["facts"][string], unstable: boolean) => void;
  readonly finish: () => Promise<void>;
}

export interface StoredCombination {
  readonly findings: readonly IdentifiedFinding[];
  readonly metrics: Readonly<Record<string, number>>;
}

export function planCombination(
  state: TreeState,
  prepared: Prepared,
  task: (entry: FileEntry) => MutableTask,
): Combination {
  const job = state.job;
  const analyzer = prepared.analyzer as ProjectAnalyzer;
  const entries = state.applicable(analyzer);
  const paths = existingPaths(job.tree);
  const tally = state.tally(analyzer.id, () => true);
  tally.files = entries.length;
  const submodules = pathsOf(job.tree, submoduleMode);
  const key = projectKey(prepared.key, entries, analyzer.volatile === true ? [] : [...paths, "", ...submodules]);
  const stored = analyzer.volatile === true ? undefined : job.cache.getMany([key]).get(key);
  if (stored !== undefined) {
    const result = JSON.parse(Buffer.from(stored).toString("utf8")) as StoredCombination;
    tally.cachedFiles = entries.length;
    for (const finding of result.findings) tally.findings.push(finding);
    Object.assign(state.metrics, result.metrics);
    state.tellKnown(analyzer.id, tally);
    return { id: analyzer.id, take: () => {}, finish: async () => {} };
  }

  const facts = new Map<string, unknown>();
  const factKey = (entry: FileEntry): string => `${state.fileKey(entry)}.${prepared.key}`;
  const known = job.cache.getMany(entries.map(factKey));
  const order = new Map(entries.map(({ path }, i) => [path, i]));
  for (const entry of entries) {
    const value = known.get(factKey(entry));
    if (value === undefined) {
      task(entry).extract.push(analyzer.id);
      continue;
    }
    tally.cachedFiles++;
    const fact: unknown = JSON.parse(Buffer.from(value).toString("utf8"));
    if (fact !== null) facts.set(entry.path, fact);
  }
  return {
    id: analyzer.id,
    take: (entry, fact, unstable) => {
      tally.durationMs += fact.ms;
      if (fact.error !== undefined) {
        tally.failure ??= `${entry.path}: ${fact.error}`;
        return;
      }
      if (fact.value !== null) facts.set(entry.path, fact.value);
      if (unstable) state.isUnstable = true;
      else state.newEntries.push([factKey(entry), Buffer.from(JSON.stringify(fact.value))]);
    },
    finish: async () => {
      const start = performance.now();
      let result: ProjectResult;
      try {
        result = await analyzer.combine({
          ...prepared.context,
          // Threads answer in any order: facts go in the tree's order, so that the result never depends on luck.
          facts: new Map([...facts].sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0))),
          paths,
          submodules,
          // Files that it looks at are in the key with their modes; of others it is not told.
          executables: new Set(entries.filter(({ mode }) => mode === executableMode).map(({ path }) => path)),
          root: job.tree.root,
          commits: job.commits,
          exec: job.exec,
          now: job.now,
          signal: job.signal,
        });
      } catch (error) {
        if (job.signal.aborted) throw error;
        tally.failure ??= (error as Error).message;
        return;
      }
      tally.durationMs += performance.now() - start;
      const findings = await identify(state, result.findings);
      for (const finding of findings) tally.findings.push(finding);
      Object.assign(state.metrics, result.metrics);
      job.onProgress?.({ type: "progress", analyzer: analyzer.id, files: entries.length, findings: findings.length });
      if (analyzer.volatile !== true && tally.failure === undefined && !state.isUnstable) {
        const value: StoredCombination = { findings, metrics: result.metrics ?? {} };
        state.newEntries.push([key, Buffer.from(JSON.stringify(value))]);
      }
    },
  };
}

function pathsOf(tree: Tree, mode: string): ReadonlySet<string> {
  return new Set([...tree.entries.values()].filter((entry) => entry.mode === mode).map(({ path }) => path));
}

/** Also those that are not checked out: a link to one of them is not broken. */
function existingPaths(tree: Tree): ReadonlySet<string> {
  const paths = new Set(tree.entries.keys());
  for (const [path, reason] of tree.unread ?? []) if (reason === unreadReasons.sparse) paths.add(path);
  return paths;
}

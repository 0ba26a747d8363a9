/** Project analyzers: facts of every file, then one combination of them all. */
import type { FileEntry, ProjectAnalyzer, ProjectResult } from "../../model/analyzer.ts";
import type { IdentifiedFinding } from "../../model/finding.ts";
import { executableMode, submoduleMode, type Tree, unreadReasons } from "../../project/checkout.ts";
import { digestOf, projectKey } from "./keys.ts";
import type { Prepared } from "./tree-job.ts";
import type { TreeState } from "./tree-state.ts";
import { identify, type MutableTask } from "./worker-tasks.ts";
import type { FileAnswer } from "./worker-protocol.ts";

export interface Combination {
  readonly id: string;
  /** Settles when all facts are there. */
  readonly complete: Promise<void>;
  readonly take: (entry: FileEntry, fact: FileAnswer["facts"][string], unstable: boolean) => void;
  /** Once they are there. */
  readonly finish: () => Promise<void>;
  /** Once every file has been looked at: when one of them changed meanwhile, the combination is not kept. */
  readonly keep: () => void;
}

/** What all combinations of one tree are told of its paths. */
export interface TreePaths {
  /** Also those that are not checked out: a link to one of them is not broken. */
  readonly paths: ReadonlySet<string>;
  readonly submodules: ReadonlySet<string>;
  readonly digest: string;
}

export interface StoredCombination {
  readonly findings: readonly IdentifiedFinding[];
  readonly metrics: Readonly<Record<string, number>>;
}

export function planCombination(
  state: TreeState,
  prepared: Prepared,
  { paths, submodules, digest }: TreePaths,
  task: (entry: FileEntry) => MutableTask,
): Combination {
  const job = state.job;
  const analyzer = prepared.analyzer as ProjectAnalyzer;
  const entries = state.applicable(analyzer);
  const tally = state.tally(analyzer.id, () => true);
  tally.files = entries.length;
  const key = analyzer.volatile === true ? "" : projectKey(prepared.key, entries, digest);
  const stored = analyzer.volatile === true ? undefined : job.cache.getMany([key]).get(key);
  if (stored !== undefined) {
    const result = JSON.parse(Buffer.from(stored).toString("utf8")) as StoredCombination;
    tally.cachedFiles = entries.length;
    for (const finding of result.findings) tally.findings.push(finding);
    Object.assign(state.metrics, result.metrics);
    state.tellKnown(analyzer.id, tally);
    return { id: analyzer.id, complete: Promise.resolve(), take: () => {}, finish: async () => {}, keep: () => {} };
  }

  const facts = new Map<string, unknown>();
  const complete = Promise.withResolvers<void>();
  let left = 0;
  let result: StoredCombination | undefined;
  const factKey = (entry: FileEntry): string => `${state.fileKey(entry)}.${prepared.key}`;
  const known = job.cache.getMany(entries.map(factKey));
  const order = new Map(entries.map(({ path }, i) => [path, i]));
  for (const entry of entries) {
    const value = known.get(factKey(entry));
    if (value === undefined) {
      task(entry).extract.push(analyzer.id);
      left++;
      continue;
    }
    tally.cachedFiles++;
    const fact: unknown = JSON.parse(Buffer.from(value).toString("utf8"));
    if (fact !== null) facts.set(entry.path, fact);
  }
  if (left === 0) complete.resolve();
  return {
    id: analyzer.id,
    complete: complete.promise,
    take: (entry, fact, unstable) => {
      if (--left === 0) complete.resolve();
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
      let combined: ProjectResult;
      try {
        combined = await analyzer.combine({
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
      const findings = await identify(state, combined.findings);
      for (const finding of findings) tally.findings.push(finding);
      Object.assign(state.metrics, combined.metrics);
      job.onProgress?.({ type: "progress", analyzer: analyzer.id, files: entries.length, findings: findings.length });
      result = { findings, metrics: combined.metrics ?? {} };
    },
    keep: () => {
      if (result === undefined || analyzer.volatile === true || tally.failure !== undefined || state.isUnstable) return;
      state.newEntries.push([key, Buffer.from(JSON.stringify(result))]);
    },
  };
}

export function pathsOfTree(tree: Tree): TreePaths {
  const [paths, submodules] = [existingPaths(tree), pathsOf(tree, submoduleMode)];
  return { paths, submodules, digest: digestOf([...paths, "", ...submodules]) };
}

function pathsOf(tree: Tree, mode: string): ReadonlySet<string> {
  return new Set([...tree.entries.values()].filter((entry) => entry.mode === mode).map(({ path }) => path));
}

function existingPaths(tree: Tree): ReadonlySet<string> {
  const paths = new Set(tree.entries.keys());
  for (const [path, reason] of tree.unread ?? []) if (reason === unreadReasons.sparse) paths.add(path);
  return paths;
}

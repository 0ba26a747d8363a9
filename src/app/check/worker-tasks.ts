/** Gives files to worker threads: what to look for in each, shared out evenly, and the answers handed back. */
import type { FileEntry } from "../../model/analyzer.ts";
import type { IdentifiedFinding, RawFinding } from "../../model/finding.ts";
import { readBytes, submoduleMode } from "../../project/checkout.ts";
import { digest } from "./keys.ts";
import type { TreeState } from "./tree-state.ts";
import type { FileAnswer, FileTask } from "./worker-protocol.ts";

/** A task for one worker: enough work to be worth a message, small enough to share evenly. */
const filesPerTask = 64;
const bytesPerTask = 600_000;
/** Tasks get smaller towards the end, so that all threads end together: each has so many of the current size to go. */
const tasksToGo = 4;
const fewestFilesPerTask = 8;

export interface MutableTask {
  readonly entry: FileEntry;
  readonly analyze: string[];
  readonly extract: string[];
  core: boolean;
}

export async function runTasks(
  state: TreeState,
  wanted: readonly MutableTask[],
  take: (answer: FileAnswer, entry: FileEntry) => void,
  identify?: ReadonlyMap<string, readonly RawFinding[]>,
): Promise<void> {
  const { job } = state;
  const groups = shareOut(wanted, job.pool.size);
  await Promise.all(
    groups.map(async (group) => {
      const contents = await readContents(
        state,
        group.map(({ entry }) => entry),
      );
      const files = group.map(({ entry, analyze, extract, core }): FileTask => {
        const content = contents.get(entry.path);
        return {
          path: entry.path,
          mode: entry.mode,
          ...(content === undefined ? {} : { bytes: content }),
          analyze,
          extract,
          core,
          identify: identify?.get(entry.path) ?? [],
        };
      });
      const answers = await job.pool.run({ root: job.tree.root, listedAtMs: job.now.getTime(), files }, job.signal);
      answers.forEach((answer, i) => {
        const entry = group[i]?.entry;
        if (entry !== undefined) take(answer, entry);
      });
    }),
  );
}

function shareOut(wanted: readonly MutableTask[], threads: number): MutableTask[][] {
  const groups: MutableTask[][] = [];
  for (let start = 0; start < wanted.length;) {
    const fair = Math.ceil((wanted.length - start) / (threads * tasksToGo));
    const most = Math.min(filesPerTask, Math.max(fewestFilesPerTask, fair));
    let end = start;
    let bytes = 0;
    while (end < wanted.length && end - start < most) {
      bytes += wanted[end]?.entry.size ?? 8_000;
      if (bytes > bytesPerTask && end > start) break;
      end++;
    }
    groups.push(wanted.slice(start, end));
    start = end;
  }
  return groups;
}

/** Contents that the workers cannot read from disk themselves, by path. */
async function readContents(state: TreeState, entries: readonly FileEntry[]): Promise<Map<string, Uint8Array>> {
  const { tree, git } = state.job;
  const paths = entries.map(({ path }) => path);
  const needed = tree.origin === "disk" ? paths.filter((path) => tree.overlay?.has(path) === true) : paths;
  return readBytes(git, tree, needed);
}

/** Identities need the text around a finding; workers have it. */
export async function identify(state: TreeState, findings: readonly RawFinding[]): Promise<IdentifiedFinding[]> {
  const byPath = Map.groupBy(findings, ({ location }) => location.path);
  const tasks: MutableTask[] = [];
  const elsewhere: RawFinding[] = [];
  for (const [path, some] of byPath) {
    const entry = state.job.tree.entries.get(path);
    // A commit message and a submodule are places too, but not files.
    if (entry === undefined || entry.mode === submoduleMode) for (const finding of some) elsewhere.push(finding);
    else tasks.push({ entry, analyze: [], extract: [], core: false });
  }
  const identified: IdentifiedFinding[] = elsewhere.map(withoutFile);
  await runTasks(
    state,
    tasks,
    (answer) => {
      for (const finding of answer.identified) identified.push(finding);
    },
    byPath,
  );
  return identified;
}

function withoutFile(finding: RawFinding): IdentifiedFinding {
  return { ...finding, identity: { text: digest(finding.anchor ?? finding.message), before: [], after: [] } };
}

/** Programs of their own over a tree: the bundled engines that are one, and the repository's own tools. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BatchAnalyzer, BatchResult, FileEntry, FileNote } from "../../model/analyzer.ts";
import type { IdentifiedFinding, RawFinding } from "../../model/finding.ts";
import { blobId, readFromDisk } from "../../project/checkout.ts";
import { exportFiles, exportTree } from "../../project/export.ts";
import type { StoredCombination } from "./combination.ts";
import { digestOf, projectKey } from "./keys.ts";
import { byPlace, holds, runTool, type ToolPlace } from "./tools.ts";
import type { AnalyzerTally, Prepared } from "./tree-job.ts";
import type { TreeState } from "./tree-state.ts";
import { identify } from "./worker-tasks.ts";
import type { FileOutcome } from "./worker-protocol.ts";

/** A file costs ruff about four times what it costs a worker thread's analyzer: 0.2 ms against 0.05. */
const answersPerEngineFile = 4;

export class Programs {
  readonly #state: TreeState;
  readonly #temp: string;
  #exported: Promise<string> | undefined;

  /** `temp`: absolute, not there yet; whoever made this removes it. */
  constructor(state: TreeState, temp: string) {
    this.#state = state;
    this.#temp = temp;
  }

  /** All of them side by side, as the queue lets them. */
  async all(): Promise<void> {
    const { prepared } = this.#state.job;
    await Promise.all(
      prepared
        .filter(({ analyzer }) => analyzer.kind === "batch" || analyzer.kind === "tool")
        .map(async (one) => {
          await (one.analyzer.kind === "batch" ? this.#batch(one) : this.#tool(one));
          this.#state.tellFinished(one.analyzer.id);
        }),
    );
  }

  async #batch(prepared: Prepared): Promise<void> {
    const analyzer = prepared.analyzer as BatchAnalyzer;
    await this.#perFile(prepared, async (missing) => {
      const parallel = this.#processesFor(analyzer, missing.length);
      const shares = Array.from({ length: parallel }, (_, i) => missing.filter((__, j) => j % parallel === i));
      const findings: RawFinding[] = [];
      const skipped = new Map<string, string>();
      const notes = new Map<string, FileNote>();
      await Promise.all(
        shares.map((share, i) =>
          this.#state.job.queue.run([], async () => {
            const tempDirectory = join(this.#temp, `${analyzer.id}-${i}`);
            mkdirSync(tempDirectory, { recursive: true });
            const result = await analyzer.run({
              ...prepared.context,
              root: await this.#rootFor(share, false),
              files: share,
              tempDirectory,
              exec: this.#state.job.exec,
              signal: AbortSignal.any([this.#state.job.signal, AbortSignal.timeout(prepared.timeoutMs)]),
            });
            for (const finding of result.findings) findings.push(finding);
            for (const [path, reason] of result.skipped ?? []) skipped.set(path, reason);
            for (const [path, note] of result.notes ?? []) notes.set(path, note);
          }),
        ),
      );
      return { findings, skipped, notes };
    });
  }

  /**
   * Each process costs the engine's start again. More than one is for a machine that has nothing better to do: not while
   * the worker threads have work for longer than one process takes.
   */
  #processesFor(analyzer: BatchAnalyzer, files: number): number {
    const { threadWork, job } = this.#state;
    if (threadWork >= files * answersPerEngineFile * job.pool.size) return 1;
    return Math.max(1, Math.min(analyzer.parallelism, Math.floor(files / analyzer.minimumBatch)));
  }

  async #tool(prepared: Prepared): Promise<void> {
    const { analyzer, tool } = prepared;
    if (tool === undefined || analyzer.kind !== "tool") return;
    const execute = (place: ToolPlace, files: readonly string[]): Promise<RawFinding[]> =>
      this.#state.job.queue.run(analyzer.effects.writes, async () =>
        runTool({
          tool,
          place,
          root: await this.#rootFor(tool.scope === "file" ? files : [...this.#state.job.tree.entries.keys()], true),
          files,
          options: prepared.context.options,
          tempDirectory: join(this.#temp, `${analyzer.id}-${tool.places.indexOf(place)}`),
          timeoutMs: prepared.timeoutMs,
          env: this.#state.job.env,
          exec: this.#state.job.exec,
          signal: this.#state.job.signal,
        }),
      );
    if (tool.scope === "file") {
      await this.#perFile(prepared, async (missing) => {
        const shares = [...byPlace(tool.places, missing)];
        const answers = await Promise.all(shares.map(([place, files]) => execute(place, files)));
        return { findings: answers.flat(), skipped: new Map(), notes: new Map() };
      });
      return;
    }
    const entries = this.#state.applicable(analyzer);
    if (entries.length === 0) return;
    const tally = this.#state.tally(analyzer.id, () => true);
    tally.files = entries.length;
    const start = performance.now();
    try {
      const answers = await Promise.all(
        tool.places.map((place) =>
          this.#toolPlace(
            prepared,
            place,
            entries.filter(({ path }) => holds(place, path)),
            execute,
            tally,
          ),
        ),
      );
      // Places may overlap (a root configuration that includes the packages): one finding is one finding.
      const seen = new Map(
        answers.flat().map((finding) => [JSON.stringify([finding.rule, finding.location, finding.message]), finding]),
      );
      for (const finding of seen.values()) tally.findings.push(finding);
    } catch (error) {
      if (this.#state.job.signal.aborted) throw error;
      tally.failure = (error as Error).message;
    }
    if (tally.cachedFiles < tally.files) tally.durationMs = performance.now() - start;
  }

  async #toolPlace(
    prepared: Prepared,
    place: ToolPlace,
    entries: readonly FileEntry[],
    execute: (place: ToolPlace, files: readonly string[]) => Promise<RawFinding[]>,
    tally: AnalyzerTally,
  ): Promise<readonly IdentifiedFinding[]> {
    const job = this.#state.job;
    const names = new Set(prepared.analyzer.configFiles ?? []);
    const evidence = new Set(place.evidence);
    const inputs = this.#state.files.filter(
      ({ path }) => evidence.has(path) || names.has(path.slice(path.lastIndexOf("/") + 1)),
    );
    const key = projectKey(`${prepared.key} ${place.directory ?? ""}`, [...entries, ...inputs], digestOf([]));
    const stored = job.cache.getMany([key]).get(key);
    if (stored !== undefined) {
      tally.cachedFiles += entries.length;
      return (JSON.parse(Buffer.from(stored).toString("utf8")) as StoredCombination).findings;
    }
    const findings = await identify(
      this.#state,
      this.#state.inTree(
        await execute(
          place,
          entries.map(({ path }) => path),
        ),
      ),
    );
    job.onProgress?.({
      type: "progress",
      analyzer: prepared.analyzer.id,
      files: entries.length,
      findings: findings.length,
    });
    if (!this.#state.writtenSince(entries))
      this.#state.newEntries.push([
        key,
        Buffer.from(JSON.stringify({ findings, metrics: {} } satisfies StoredCombination)),
      ]);
    return findings;
  }

  /** Results kept a file at a time, by programs that are given many files at once. */
  async #perFile(
    prepared: Prepared,
    execute: (missing: readonly string[]) => Promise<Required<BatchResult>>,
  ): Promise<void> {
    const { analyzer, key } = prepared;
    const entries = this.#state.applicable(analyzer, this.#state.job.targets);
    const covered = new Set(entries.map(({ path }) => path));
    const tally = this.#state.tally(analyzer.id, (path) => covered.has(path));
    tally.files = entries.length;
    const missing: FileEntry[] = [];
    for (const entry of entries) {
      const row = this.#state.row(entry);
      const known = row.outcome(key);
      if (known === undefined) {
        missing.push(entry);
        row.expect();
      } else {
        tally.cachedFiles++;
        this.#state.settle(tally, entry.path, known);
      }
    }
    this.#state.tellKnown(analyzer.id, tally);
    if (missing.length === 0) return;
    const start = performance.now();
    try {
      const { findings, skipped, notes } = await execute(missing.map(({ path }) => path));
      const byPath = Map.groupBy(
        await identify(this.#state, this.#state.inTree(findings)),
        ({ location }) => location.path,
      );
      for (const entry of missing) {
        const reason = skipped.get(entry.path);
        const note = notes.get(entry.path);
        const outcome: FileOutcome = {
          ...(reason === undefined ? { findings: byPath.get(entry.path) ?? [] } : { skip: reason }),
          ms: 0,
          ...(note === undefined ? {} : { note }),
        };
        if (!this.#state.writtenSince([entry])) {
          this.#state.row(entry).setOutcome(key, outcome);
          this.#state.keepRow(entry);
        }
        this.#state.settle(tally, entry.path, outcome);
      }
      this.#state.job.onProgress?.({
        type: "progress",
        analyzer: analyzer.id,
        files: missing.length,
        findings: findings.length,
      });
    } catch (error) {
      if (this.#state.job.signal.aborted) throw error;
      tally.failure =
        (error as Error).name === "TimeoutError"
          ? `did not finish in ${prepared.timeoutMs / 1000} s`
          : (error as Error).message;
    }
    tally.durationMs += performance.now() - start;
  }

  /** A folder in which these files have the tree's content; `whole`: with everything around them. */
  async #rootFor(paths: readonly string[], whole: boolean): Promise<string> {
    const { tree, worktree, git } = this.#state.job;
    const isOverlaid = tree.overlay !== undefined && paths.some((path) => tree.overlay?.has(path));
    if (tree.origin === "disk" && tree.root !== undefined && !isOverlaid) return tree.root;
    if (worktree !== undefined && this.#state.job.mayEqualDisk && this.#sameOnDisk(worktree, paths)) return worktree;
    if (whole) {
      this.#exported ??= (async () => {
        const folder = join(this.#temp, "tree");
        mkdirSync(folder, { recursive: true });
        await exportTree(git, tree, folder, worktree);
        return folder;
      })();
      return this.#exported;
    }
    const folder = join(this.#temp, `files-${digestOf(paths)}`);
    mkdirSync(folder, { recursive: true });
    await exportFiles(git, tree, paths, folder);
    return folder;
  }

  #sameOnDisk(worktree: string, paths: readonly string[]): boolean {
    return paths.every((path) => {
      const entry = this.#state.job.tree.entries.get(path);
      const content = entry === undefined ? undefined : readFromDisk(worktree, path);
      return entry !== undefined && content !== undefined && blobId(content.bytes) === entry.blob;
    });
  }
}

/** Everything the analyzers say about one tree: from the cache where nothing changed, by running them where it did. */
import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { classifyFile } from "../../findings/generated.ts";
import type {
  Analyzer,
  BatchAnalyzer,
  CommitFacts,
  FileEntry,
  LoadContext,
  ProjectAnalyzer,
  ProjectResult,
} from "../../model/analyzer.ts";
import type { Config } from "../../model/config.ts";
import type { IdentifiedFinding, RawFinding } from "../../model/finding.ts";
import type { ResultCache } from "../../model/store.ts";
import type { Exec } from "../../model/system.ts";
import {
  blobId,
  isUnstable,
  readBytes,
  readFromDisk,
  submoduleMode,
  symlinkMode,
  type Tree,
  unreadReasons,
} from "../../project/checkout.ts";
import { exportFiles, exportTree } from "../../project/export.ts";
import type { Git } from "../../project/git.ts";
import { coreKey, digest, digestOf, fileKey, projectKey } from "./keys.ts";
import type { ProcessQueue } from "./processes.ts";
import { FileRow, noCore, readRows } from "./rows.ts";
import { byPlace, type FoundTool, holds, runTool, type ToolPlace } from "./tools.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { FileAnswer, FileCore, FileOutcome, FileTask } from "./worker-protocol.ts";

/** An analyzer with all that its results depend on. */
export interface Prepared {
  readonly analyzer: Analyzer;
  readonly context: LoadContext<unknown>;
  readonly key: string;
  readonly timeoutMs: number;
  /** For tools. */
  readonly tool?: FoundTool;
}

export interface TreeJob {
  readonly tree: Tree;
  readonly git: Git | undefined;
  /** Root of the working tree, if there is one: programs run there when contents are equal. */
  readonly worktree: string | undefined;
  /** True for the index: its contents often are what is on disk. */
  readonly mayEqualDisk: boolean;
  readonly targets: ReadonlySet<string>;
  readonly prepared: readonly Prepared[];
  readonly config: Config;
  readonly version: string;
  readonly cache: ResultCache;
  readonly pool: WorkerPool;
  readonly queue: ProcessQueue;
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly commits: readonly CommitFacts[];
  readonly now: Date;
  readonly tempDirectory: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (event: TreeProgress) => void;
}

/** How far the work on a tree is. */
export type TreeProgress =
  /** So many files have to be looked at: of the others everything is known from before. */
  | { readonly type: "planned"; readonly files: number }
  /** So many of them have been. */
  | { readonly type: "looked"; readonly files: number }
  /** An analyzer's answer on some files, from the cache or not. */
  | { readonly type: "progress"; readonly analyzer: string; readonly files: number; readonly findings: number }
  /** Nothing more will come of this analyzer. */
  | { readonly type: "finished"; readonly analyzer: string };

export interface AnalyzerTally {
  files: number;
  cachedFiles: number;
  durationMs: number;
  /** Set when it could not do its work: the verdict is incomplete. */
  failure: string | undefined;
  readonly skipped: Map<string, string>;
  findings: IdentifiedFinding[];
  readonly covered: (path: string) => boolean;
}

export interface TreeAnswer {
  readonly tallies: ReadonlyMap<string, AnalyzerTally>;
  readonly core: ReadonlyMap<string, FileCore>;
  readonly metrics: Readonly<Record<string, number>>;
  /** Files were written to meanwhile: the answer is true for now, but must not be remembered. */
  readonly isUnstable: boolean;
}

/** A task for one worker: enough work to be worth a message, small enough to share evenly. */
const filesPerTask = 48;
const bytesPerTask = 600_000;

export async function analyzeTree(job: TreeJob): Promise<TreeAnswer> {
  const run = new TreeRun(job);
  try {
    return await run.all();
  } finally {
    rmSync(run.temp, { recursive: true, force: true });
  }
}

class TreeRun {
  readonly temp: string;
  readonly #job: TreeJob;
  readonly #tallies = new Map<string, AnalyzerTally>();
  readonly #rows: Map<string, FileRow>;
  readonly #core = new Map<string, FileCore>();
  readonly #coreKey: string;
  readonly #files: readonly FileEntry[];
  readonly #vendored = new Set<string>();
  readonly #keys = new Map<string, string>();
  readonly #metrics: Record<string, number> = {};
  readonly #newEntries: [string, Uint8Array][] = [];
  #exported: Promise<string> | undefined;
  /** Some file changed while it was looked at: what is combined from many files is not kept. */
  #isUnstable = false;

  constructor(job: TreeJob) {
    this.#job = job;
    this.temp = join(job.tempDirectory, digest(String(Math.random()), String(process.hrtime.bigint())));
    this.#coreKey = coreKey(job.config, job.version);
    const files: FileEntry[] = [];
    for (const entry of job.tree.entries.values()) {
      if (entry.mode === submoduleMode) continue;
      if (classifyFile(entry.path, undefined, job.config).vendored !== undefined) this.#vendored.add(entry.path);
      files.push(entry);
    }
    this.#files = files;
    const targetKeys = files.filter(({ path }) => job.targets.has(path)).map((entry) => this.#fileKey(entry));
    this.#rows = readRows(job.cache, targetKeys);
  }

  async all(): Promise<TreeAnswer> {
    const { prepared } = this.#job;
    const files = prepared.filter(({ analyzer }) => analyzer.kind === "file");
    const projects = prepared.filter(({ analyzer }) => analyzer.kind === "project");
    try {
      await Promise.all([
        this.#inWorkers(files, projects),
        ...prepared
          .filter(({ analyzer }) => analyzer.kind === "batch" || analyzer.kind === "tool")
          .map(async (one) => {
            await (one.analyzer.kind === "batch" ? this.#batch(one) : this.#tool(one));
            this.#tellFinished(one.analyzer.id);
          }),
      ]);
      for (const { analyzer } of prepared) if (analyzer.kind === "batch") this.#leaveUnread(analyzer.id);
    } finally {
      // Also when the check is cut short: what was found out is not lost.
      this.#job.cache.putMany(this.#drain());
    }
    return { tallies: this.#tallies, core: this.#core, metrics: this.#metrics, isUnstable: this.#isUnstable };
  }

  #tellFinished(analyzer: string): void {
    this.#job.onProgress?.({ type: "finished", analyzer });
  }

  /** What the cache knew. */
  #tellKnown(analyzer: string, { cachedFiles, findings }: AnalyzerTally): void {
    if (cachedFiles === 0) return;
    this.#job.onProgress?.({ type: "progress", analyzer, files: cachedFiles, findings: findings.length });
  }

  *#drain(): Generator<readonly [string, Uint8Array]> {
    yield* this.#newEntries;
    for (const [key, row] of this.#rows) if (row.isDirty) yield [key, row.serialize()];
  }

  #fileKey(entry: FileEntry): string {
    let key = this.#keys.get(entry.path);
    if (key === undefined) {
      key = fileKey(entry);
      this.#keys.set(entry.path, key);
    }
    return key;
  }

  #row(entry: FileEntry): FileRow {
    const row = this.#rows.get(this.#fileKey(entry));
    if (row === undefined) throw new Error(`no row for ${entry.path}`);
    return row;
  }

  #tally(id: string, covered: (path: string) => boolean): AnalyzerTally {
    const tally: AnalyzerTally = {
      files: 0,
      cachedFiles: 0,
      durationMs: 0,
      failure: undefined,
      skipped: new Map(),
      findings: [],
      covered,
    };
    this.#tallies.set(id, tally);
    return tally;
  }

  /** Files of the tree that an analyzer looks at; `among` narrows them. */
  #applicable(analyzer: Analyzer, among?: ReadonlySet<string>): FileEntry[] {
    return this.#files.filter(
      (entry) =>
        (among === undefined || among.has(entry.path)) &&
        (analyzer.seesVendored === true || !this.#vendored.has(entry.path)) &&
        (analyzer.seesLinks === true || entry.mode !== symlinkMode) &&
        analyzer.appliesTo(entry),
    );
  }

  #settle(tally: AnalyzerTally, path: string, outcome: FileOutcome): void {
    tally.durationMs += outcome.ms;
    if ("findings" in outcome) for (const finding of outcome.findings) tally.findings.push(finding);
    else if ("skip" in outcome) tally.skipped.set(path, outcome.skip);
    else tally.failure ??= `${path}: ${outcome.error}`;
  }

  // Worker threads: file analyzers, facts of project analyzers, suppression directives.

  async #inWorkers(fileAnalyzers: readonly Prepared[], projects: readonly Prepared[]): Promise<void> {
    const { job, wanted } = { job: this.#job, wanted: new Map<string, MutableTask>() };
    const task = (entry: FileEntry): MutableTask => {
      let existing = wanted.get(entry.path);
      if (existing === undefined) {
        existing = { entry, analyze: [], extract: [], core: false };
        wanted.set(entry.path, existing);
      }
      return existing;
    };

    for (const entry of this.#files) {
      if (!job.targets.has(entry.path)) continue;
      const known = this.#row(entry).core(this.#coreKey);
      if (known === undefined) task(entry).core = true;
      else this.#keepCore(entry.path, known);
    }
    const left = new Map<string, number>();
    for (const { analyzer, key } of fileAnalyzers) {
      const entries = this.#applicable(analyzer, job.targets);
      const covered = new Set(entries.map(({ path }) => path));
      const tally = this.#tally(analyzer.id, (path) => covered.has(path));
      tally.files = entries.length;
      for (const entry of entries) {
        const known = this.#row(entry).outcome(key);
        if (known === undefined) {
          task(entry).analyze.push(analyzer.id);
        } else {
          tally.cachedFiles++;
          this.#settle(tally, entry.path, known);
        }
      }
      left.set(analyzer.id, tally.files - tally.cachedFiles);
      this.#tellKnown(analyzer.id, tally);
      if (tally.files === tally.cachedFiles) this.#tellFinished(analyzer.id);
    }
    const combinations = projects.map((prepared) => this.#planCombination(prepared, task));

    const keyOf = new Map(fileAnalyzers.map(({ analyzer, key }) => [analyzer.id, key]));
    job.onProgress?.({ type: "planned", files: wanted.size });
    await this.#runTasks([...wanted.values()], (answer, entry) => {
      job.onProgress?.({ type: "looked", files: 1 });
      for (const [id, outcome] of Object.entries(answer.outcomes)) {
        const tally = this.#tallies.get(id);
        const key = keyOf.get(id);
        if (tally === undefined || key === undefined) continue;
        if (answer.isUnstable) this.#isUnstable = true;
        else this.#row(entry).setOutcome(key, outcome);
        this.#settle(tally, entry.path, outcome);
        const findings = "findings" in outcome ? outcome.findings.length : 0;
        job.onProgress?.({ type: "progress", analyzer: id, files: 1, findings });
        const leftNow = (left.get(id) ?? 0) - 1;
        left.set(id, leftNow);
        if (leftNow === 0) this.#tellFinished(id);
      }
      for (const combination of combinations) {
        const fact = answer.facts[combination.id];
        if (fact !== undefined) combination.take(entry, fact, answer.isUnstable);
      }
      if (answer.core !== undefined) {
        if (!answer.isUnstable) this.#row(entry).setCore(this.#coreKey, answer.core);
        this.#keepCore(entry.path, answer.core);
      }
    });
    for (const combination of combinations) {
      await combination.finish();
      this.#tellFinished(combination.id);
    }
  }

  #keepCore(path: string, core: FileCore): void {
    if (core !== noCore) this.#core.set(path, core);
  }

  async #runTasks(
    wanted: readonly MutableTask[],
    take: (answer: FileAnswer, entry: FileEntry) => void,
    identify?: ReadonlyMap<string, readonly RawFinding[]>,
  ): Promise<void> {
    const { job } = { job: this.#job };
    const groups: MutableTask[][] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const one of wanted) {
      bytes += one.entry.size ?? 8_000;
      if (bytes > bytesPerTask || (groups.at(-1)?.length ?? 0) >= filesPerTask) {
        groups.push([]);
        bytes = one.entry.size ?? 8_000;
      }
      groups.at(-1)?.push(one);
    }
    await Promise.all(
      groups.map(async (group) => {
        const contents = await this.#contents(group.map(({ entry }) => entry));
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

  /** Contents that the workers cannot read from disk themselves, by path. */
  async #contents(entries: readonly FileEntry[]): Promise<Map<string, Uint8Array>> {
    const { tree, git } = this.#job;
    const paths = entries.map(({ path }) => path);
    const needed = tree.origin === "disk" ? paths.filter((path) => tree.overlay?.has(path) === true) : paths;
    return readBytes(git, tree, needed);
  }

  // Project analyzers: facts of every file, then one combination.

  #planCombination(prepared: Prepared, task: (entry: FileEntry) => MutableTask): Combination {
    const job = this.#job;
    const analyzer = prepared.analyzer as ProjectAnalyzer;
    const entries = this.#applicable(analyzer);
    const paths = existingPaths(job.tree);
    const tally = this.#tally(analyzer.id, () => true);
    tally.files = entries.length;
    const key = projectKey(prepared.key, entries, analyzer.volatile === true ? [] : paths);
    const stored = analyzer.volatile === true ? undefined : job.cache.getMany([key]).get(key);
    if (stored !== undefined) {
      const result = JSON.parse(Buffer.from(stored).toString("utf8")) as StoredCombination;
      tally.cachedFiles = entries.length;
      for (const finding of result.findings) tally.findings.push(finding);
      Object.assign(this.#metrics, result.metrics);
      this.#tellKnown(analyzer.id, tally);
      return { id: analyzer.id, take: () => {}, finish: async () => {} };
    }

    const facts = new Map<string, unknown>();
    const factKey = (entry: FileEntry): string => `${this.#fileKey(entry)}.${prepared.key}`;
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
        if (unstable) this.#isUnstable = true;
        else this.#newEntries.push([factKey(entry), Buffer.from(JSON.stringify(fact.value))]);
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
        const findings = await this.#identify(result.findings);
        for (const finding of findings) tally.findings.push(finding);
        Object.assign(this.#metrics, result.metrics);
        job.onProgress?.({ type: "progress", analyzer: analyzer.id, files: entries.length, findings: findings.length });
        if (analyzer.volatile !== true && tally.failure === undefined && !this.#isUnstable) {
          const value: StoredCombination = { findings, metrics: result.metrics ?? {} };
          this.#newEntries.push([key, Buffer.from(JSON.stringify(value))]);
        }
      },
    };
  }

  /** Identities need the text around a finding; workers have it. */
  async #identify(findings: readonly RawFinding[]): Promise<IdentifiedFinding[]> {
    const byPath = Map.groupBy(findings, ({ location }) => location.path);
    const tasks: MutableTask[] = [];
    const elsewhere: RawFinding[] = [];
    for (const [path, some] of byPath) {
      const entry = this.#job.tree.entries.get(path);
      // A commit message is a place too, but not a file.
      if (entry === undefined) for (const finding of some) elsewhere.push(finding);
      else tasks.push({ entry, analyze: [], extract: [], core: false });
    }
    const identified: IdentifiedFinding[] = elsewhere.map(withoutFile);
    await this.#runTasks(
      tasks,
      (answer) => {
        for (const finding of answer.identified) identified.push(finding);
      },
      byPath,
    );
    return identified;
  }

  /** Engines read the files themselves: what they say about a pointer, or a file that is no text, does not count. */
  #leaveUnread(id: string): void {
    const tally = this.#tallies.get(id);
    if (tally === undefined) return;
    const isRead = ({ location }: IdentifiedFinding): boolean => this.#core.get(location.path)?.unread === undefined;
    for (const { location } of tally.findings.filter((finding) => !isRead(finding))) {
      tally.skipped.set(location.path, this.#core.get(location.path)?.unread ?? "");
    }
    const kept = tally.findings.filter(isRead);
    tally.findings = kept;
  }

  // Programs: bundled engines, and the repository's own tools.

  async #batch(prepared: Prepared): Promise<void> {
    const analyzer = prepared.analyzer as BatchAnalyzer;
    await this.#perFile(prepared, async (missing) => {
      const parallel = Math.max(1, Math.min(analyzer.parallelism, Math.floor(missing.length / analyzer.minimumBatch)));
      const shares = Array.from({ length: parallel }, (_, i) => missing.filter((__, j) => j % parallel === i));
      const findings: RawFinding[] = [];
      const skipped = new Map<string, string>();
      await Promise.all(
        shares.map((share, i) =>
          this.#job.queue.run([], async () => {
            const tempDirectory = join(this.temp, `${analyzer.id}-${i}`);
            mkdirSync(tempDirectory, { recursive: true });
            const result = await analyzer.run({
              ...prepared.context,
              root: await this.#rootFor(share, false),
              files: share,
              tempDirectory,
              exec: this.#job.exec,
              signal: AbortSignal.any([this.#job.signal, AbortSignal.timeout(prepared.timeoutMs)]),
            });
            for (const finding of result.findings) findings.push(finding);
            for (const [path, reason] of result.skipped ?? []) skipped.set(path, reason);
          }),
        ),
      );
      return { findings, skipped };
    });
  }

  async #tool(prepared: Prepared): Promise<void> {
    const { analyzer, tool } = prepared;
    if (tool === undefined || analyzer.kind !== "tool") return;
    const execute = (place: ToolPlace, files: readonly string[]): Promise<RawFinding[]> =>
      this.#job.queue.run(analyzer.effects.writes, async () =>
        runTool({
          tool,
          place,
          root: await this.#rootFor(tool.scope === "file" ? files : [...this.#job.tree.entries.keys()], true),
          files,
          options: prepared.context.options,
          tempDirectory: join(this.temp, `${analyzer.id}-${tool.places.indexOf(place)}`),
          timeoutMs: prepared.timeoutMs,
          env: this.#job.env,
          exec: this.#job.exec,
          signal: this.#job.signal,
        }),
      );
    if (tool.scope === "file") {
      await this.#perFile(prepared, async (missing) => {
        const shares = [...byPlace(tool.places, missing)];
        const answers = await Promise.all(shares.map(([place, files]) => execute(place, files)));
        return { findings: answers.flat(), skipped: new Map() };
      });
      return;
    }
    const entries = this.#applicable(analyzer);
    if (entries.length === 0) return;
    const tally = this.#tally(analyzer.id, () => true);
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
      if (this.#job.signal.aborted) throw error;
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
    const job = this.#job;
    const names = new Set(prepared.analyzer.configFiles ?? []);
    const evidence = new Set(place.evidence);
    const inputs = this.#files.filter(
      ({ path }) => evidence.has(path) || names.has(path.slice(path.lastIndexOf("/") + 1)),
    );
    const key = projectKey(`${prepared.key} ${place.directory ?? ""}`, [...entries, ...inputs], []);
    const stored = job.cache.getMany([key]).get(key);
    if (stored !== undefined) {
      tally.cachedFiles += entries.length;
      return (JSON.parse(Buffer.from(stored).toString("utf8")) as StoredCombination).findings;
    }
    const findings = await this.#identify(
      this.#inTree(
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
    if (!this.#writtenSince(entries))
      this.#newEntries.push([key, Buffer.from(JSON.stringify({ findings, metrics: {} } satisfies StoredCombination))]);
    return findings;
  }

  /** Results kept a file at a time, by programs that are given many files at once. */
  async #perFile(
    prepared: Prepared,
    execute: (
      missing: readonly string[],
    ) => Promise<{ findings: readonly RawFinding[]; skipped: ReadonlyMap<string, string> }>,
  ): Promise<void> {
    const { analyzer, key } = prepared;
    const entries = this.#applicable(analyzer, this.#job.targets);
    const covered = new Set(entries.map(({ path }) => path));
    const tally = this.#tally(analyzer.id, (path) => covered.has(path));
    tally.files = entries.length;
    const missing: FileEntry[] = [];
    for (const entry of entries) {
      const known = this.#row(entry).outcome(key);
      if (known === undefined) missing.push(entry);
      else {
        tally.cachedFiles++;
        this.#settle(tally, entry.path, known);
      }
    }
    this.#tellKnown(analyzer.id, tally);
    if (missing.length === 0) return;
    const start = performance.now();
    try {
      const { findings, skipped } = await execute(missing.map(({ path }) => path));
      const byPath = Map.groupBy(await this.#identify(this.#inTree(findings)), ({ location }) => location.path);
      for (const entry of missing) {
        const reason = skipped.get(entry.path);
        const outcome: FileOutcome =
          reason === undefined ? { findings: byPath.get(entry.path) ?? [], ms: 0 } : { skip: reason, ms: 0 };
        if (!this.#writtenSince([entry])) this.#row(entry).setOutcome(key, outcome);
        this.#settle(tally, entry.path, outcome);
      }
      this.#job.onProgress?.({
        type: "progress",
        analyzer: analyzer.id,
        files: missing.length,
        findings: findings.length,
      });
    } catch (error) {
      if (this.#job.signal.aborted) throw error;
      tally.failure =
        (error as Error).name === "TimeoutError"
          ? `did not finish in ${prepared.timeoutMs / 1000} s`
          : (error as Error).message;
    }
    tally.durationMs += performance.now() - start;
  }

  /** Whether a file was written to after the tree was listed: a program may have read either content. */
  #writtenSince(entries: readonly FileEntry[]): boolean {
    const { tree, now } = this.#job;
    if (tree.origin === "objects" || tree.root === undefined) return false;
    const root = tree.root;
    const written = entries.some(({ path }) => {
      const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
      return stat === undefined || isUnstable(Math.max(stat.mtimeMs, stat.ctimeMs), now.getTime());
    });
    if (written) this.#isUnstable = true;
    return written;
  }

  /** What a program says about files outside the tree (installed packages, generated folders) is not ours. */
  #inTree(findings: readonly RawFinding[]): RawFinding[] {
    return findings.filter(({ location }) => this.#job.tree.entries.has(location.path));
  }

  /** A folder in which these files have the tree's content; `whole`: with everything around them. */
  async #rootFor(paths: readonly string[], whole: boolean): Promise<string> {
    const { tree, worktree, git } = this.#job;
    const isOverlaid = tree.overlay !== undefined && paths.some((path) => tree.overlay?.has(path));
    if (tree.origin === "disk" && tree.root !== undefined && !isOverlaid) return tree.root;
    if (worktree !== undefined && this.#job.mayEqualDisk && this.#sameOnDisk(worktree, paths)) return worktree;
    if (whole) {
      this.#exported ??= (async () => {
        const folder = join(this.temp, "tree");
        mkdirSync(folder, { recursive: true });
        await exportTree(git, tree, folder, worktree);
        return folder;
      })();
      return this.#exported;
    }
    const folder = join(this.temp, `files-${digestOf(paths)}`);
    mkdirSync(folder, { recursive: true });
    await exportFiles(git, tree, paths, folder);
    return folder;
  }

  #sameOnDisk(worktree: string, paths: readonly string[]): boolean {
    return paths.every((path) => {
      const entry = this.#job.tree.entries.get(path);
      const content = entry === undefined ? undefined : readFromDisk(worktree, path);
      return entry !== undefined && content !== undefined && blobId(content.bytes) === entry.blob;
    });
  }
}

/** Also those that are not checked out: a link to one of them is not broken. */
function existingPaths(tree: Tree): ReadonlySet<string> {
  const paths = new Set(tree.entries.keys());
  for (const [path, reason] of tree.unread ?? []) if (reason === unreadReasons.sparse) paths.add(path);
  return paths;
}

interface MutableTask {
  readonly entry: FileEntry;
  readonly analyze: string[];
  readonly extract: string[];
  core: boolean;
}

interface Combination {
  readonly id: string;
  readonly take: (entry: FileEntry, fact: FileAnswer["facts"][string], unstable: boolean) => void;
  readonly finish: () => Promise<void>;
}

interface StoredCombination {
  readonly findings: readonly IdentifiedFinding[];
  readonly metrics: Readonly<Record<string, number>>;
}

function withoutFile(finding: RawFinding): IdentifiedFinding {
  return { ...finding, identity: { text: digest(finding.anchor ?? finding.message), before: [], after: [] } };
}

/** One tree while it is analysed: what the cache knows of its files, and what was found out about them. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { classifyFile } from "../../findings/generated.ts";
import type { Analyzer, FileEntry } from "../../model/analyzer.ts";
import type { RawFinding } from "../../model/finding.ts";
import { isUnstable, submoduleMode, symlinkMode } from "../../project/checkout.ts";
import { coreKey, fileKey } from "./keys.ts";
import { FileRow, noCore } from "./rows.ts";
import type { AnalyzerTally, TreeJob } from "./tree-job.ts";
import type { FileCore, FileOutcome } from "./worker-protocol.ts";

/** Rows that are written together. */
const rowsPerWrite = 1_000;

export class TreeState {
  readonly job: TreeJob;
  readonly tallies = new Map<string, AnalyzerTally>();
  readonly core = new Map<string, FileCore>();
  readonly coreKey: string;
  readonly files: readonly FileEntry[];
  readonly metrics: Record<string, number> = {};
  readonly newEntries: [string, Uint8Array][] = [];
  /** Some file changed while it was looked at: what is combined from many files is not kept. */
  isUnstable = false;
  /** Answers that the worker threads are asked for, of one analyzer on one file each. */
  threadWork = 0;
  /** By path, like everything that is asked for once a file and analyzer. */
  readonly #rows: Map<string, FileRow>;
  /** Rows to which nothing more will come. */
  #complete: [string, FileRow][] = [];
  readonly #vendored = new Set<string>();
  readonly #keys = new Map<string, string>();

  constructor(job: TreeJob) {
    this.job = job;
    this.coreKey = coreKey(job.config, job.version);
    const files: FileEntry[] = [];
    for (const entry of job.tree.entries.values()) {
      if (entry.mode === submoduleMode) continue;
      if (classifyFile(entry.path, undefined, job.config).vendored !== undefined) this.#vendored.add(entry.path);
      files.push(entry);
    }
    this.files = files;
    this.#rows = this.#readRows(files.filter(({ path }) => job.targets.has(path)));
  }

  tellFinished(analyzer: string): void {
    this.job.onProgress?.({ type: "finished", analyzer });
  }

  /** What the cache knew. */
  tellKnown(analyzer: string, { cachedFiles, findings }: AnalyzerTally): void {
    if (cachedFiles === 0) return;
    this.job.onProgress?.({ type: "progress", analyzer, files: cachedFiles, findings: findings.length });
  }

  /** Writes what is complete while there is still something to wait for, so that little is left for the end. */
  keepRow(entry: FileEntry): void {
    const row = this.row(entry);
    if (!row.isComplete || !row.isDirty) return;
    this.#complete.push([this.fileKey(entry), row]);
    if (this.#complete.length < rowsPerWrite) return;
    const rows = this.#complete;
    this.#complete = [];
    this.job.cache.putMany(rows.map(([key, row]) => [key, row.serialize()] as const));
  }

  /** What has not been written yet. */
  *drain(): Generator<readonly [string, Uint8Array]> {
    yield* this.newEntries;
    for (const [path, row] of this.#rows) {
      const entry = row.isDirty ? this.job.tree.entries.get(path) : undefined;
      if (entry !== undefined) yield [this.fileKey(entry), row.serialize()];
    }
  }

  fileKey(entry: FileEntry): string {
    let key = this.#keys.get(entry.path);
    if (key === undefined) {
      key = fileKey(entry);
      this.#keys.set(entry.path, key);
    }
    return key;
  }

  row(entry: FileEntry): FileRow {
    const row = this.#rows.get(entry.path);
    if (row === undefined) throw new Error(`no row for ${entry.path}`);
    return row;
  }

  #readRows(entries: readonly FileEntry[]): Map<string, FileRow> {
    const keys = entries.map((entry) => this.fileKey(entry));
    const known = this.job.cache.getMany(keys);
    return new Map(entries.map(({ path }, i) => [path, new FileRow(known.get(keys[i] ?? ""))]));
  }

  tally(id: string, covered: (path: string) => boolean): AnalyzerTally {
    const tally: AnalyzerTally = {
      files: 0,
      cachedFiles: 0,
      durationMs: 0,
      failure: undefined,
      skipped: new Map(),
      findings: [],
      covered,
    };
    this.tallies.set(id, tally);
    return tally;
  }

  /** Files of the tree that an analyzer looks at; `among` narrows them. */
  applicable(analyzer: Analyzer, among?: ReadonlySet<string>): FileEntry[] {
    return this.files.filter(
      (entry) =>
        (among === undefined || among.has(entry.path)) &&
        (analyzer.seesVendored === true || !this.#vendored.has(entry.path)) &&
        (analyzer.seesLinks === true || entry.mode !== symlinkMode) &&
        analyzer.appliesTo(entry),
    );
  }

  settle(tally: AnalyzerTally, path: string, outcome: FileOutcome): void {
    tally.durationMs += outcome.ms;
    if ("note" in outcome && outcome.note !== undefined) tally.skipped.set(outcome.note.path, outcome.note.reason);
    if ("findings" in outcome) for (const finding of outcome.findings) tally.findings.push(finding);
    else if ("skip" in outcome) tally.skipped.set(path, outcome.skip);
    else tally.failure ??= `${path}: ${outcome.error}`;
  }

  keepCore(path: string, core: FileCore): void {
    if (core !== noCore) this.core.set(path, core);
  }

  /** Whether a file was written to after the tree was listed: a program may have read either content. */
  writtenSince(entries: readonly FileEntry[]): boolean {
    const { tree, now } = this.job;
    if (tree.origin === "objects" || tree.root === undefined) return false;
    const root = tree.root;
    const written = entries.some(({ path }) => {
      const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
      return stat === undefined || isUnstable(Math.max(stat.mtimeMs, stat.ctimeMs), now.getTime());
    });
    if (written) this.isUnstable = true;
    return written;
  }

  /** What a program says about files outside the tree (installed packages, generated folders) is not ours. */
  inTree(findings: readonly RawFinding[]): RawFinding[] {
    return findings.filter(({ location }) => this.job.tree.entries.has(location.path));
  }
}

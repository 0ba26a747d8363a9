/** One tree while it is analysed: what the cache knows of its files, and what was found out about them. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { classifyFile } from "../../findings/generated.ts";
import type { Analyzer, FileEntry } from "../../model/analyzer.ts";
import type { RawFinding } from "../../model/finding.ts";
import { isUnstable, submoduleMode, symlinkMode } from "../../project/checkout.ts";
import { coreKey, fileKey } from "./keys.ts";
import { FileRow, noCore, readRows } from "./rows.ts";
import type { AnalyzerTally, TreeJob } from "./tree-job.ts";
import type { FileCore, FileOutcome } from "./worker-protocol.ts";

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
  readonly #rows: Map<string, FileRow>;
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
    const targetKeys = files.filter(({ path }) => job.targets.has(path)).map((entry) => this.fileKey(entry));
    this.#rows = readRows(job.cache, targetKeys);
  }

  tellFinished(analyzer: string): void {
    this.job.onProgress?.({ type: "finished", analyzer });
  }

  /** What the cache knew. */
  tellKnown(analyzer: string, { cachedFiles, findings }: AnalyzerTally): void {
    if (cachedFiles === 0) return;
    this.job.onProgress?.({ type: "progress", analyzer, files: cachedFiles, findings: findings.length });
  }

  *drain(): Generator<readonly [string, Uint8Array]> {
    yield* this.newEntries;
    for (const [key, row] of this.#rows) if (row.isDirty) yield [key, row.serialize()];
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
    const row = this.#rows.get(this.fileKey(entry));
    if (row === undefined) throw new Error(`no row for ${entry.path}`);
    return row;
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

/** Ports of storage: the result cache and the history. */
import type { CheckRun } from "./check-run.ts";
import type { Finding } from "./finding.ts";

/** Key-value storage for results. Losing it costs time, never correctness; a broken entry reads as absent. */
export interface ResultCache {
  /** Values for these keys, absent ones left out. */
  getMany(keys: readonly string[]): Map<string, Uint8Array>;
  putMany(entries: Iterable<readonly [key: string, value: Uint8Array]>): void;
  /** Bytes on disk, entries, oldest use. */
  stats(): { readonly bytes: number; readonly entries: number; readonly oldestUse: Date | undefined };
  /** Removes entries unused since then, and the least recently used beyond the size; returns how many. */
  prune(options: { unusedSince?: Date; maxBytes?: number }): number;
  close(): void;
}

export interface RunSummaryRow {
  readonly id: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly branch: string | undefined;
  readonly head: string | undefined;
  readonly scope: string;
  readonly verdict: string;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly new: number;
  readonly fixed: number;
}

export interface FindingLifetime {
  readonly fingerprint: string;
  readonly rule: string;
  readonly path: string;
  readonly severity: string;
  readonly message: string;
  readonly firstSeenRun: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** Set when a later complete run over its file no longer had it. */
  readonly fixedAt: string | undefined;
  /** How often it came back after having been fixed. */
  readonly regressions: number;
}

/** What a run looked at. Without it, a run over a few files would count everything elsewhere as fixed. */
export interface RunCoverage {
  /** False when only some files or analyzers were looked at: its numbers belong in no trend. */
  readonly isWhole: boolean;
  /** True when the run would have reported a finding of this analyzer in this file, had it still been there. */
  covers(path: string, analyzer: string): boolean;
}

export interface HistoryStore {
  /** What happened on opening that a person should know: a broken file moved aside, runs that could not be taken in. */
  readonly notices: readonly string[];
  /** Idempotent by run id. Throws a Failure when the run could not be stored; the verdict stands regardless. */
  recordRun(run: CheckRun, coverage: RunCoverage): Promise<void>;
  /** Newest first. */
  runs(options: { limit: number; branch?: string }): Promise<readonly RunSummaryRow[]>;
  /** `findings` is undefined for an old run of which only the summary is kept. */
  run(
    id: string,
  ): Promise<{ readonly summary: RunSummaryRow; readonly findings: readonly Finding[] | undefined } | undefined>;
  /**
   * Findings that count (not suppressed) and their lifetimes on one branch, last seen first. Without `branch`: the branch
   * of the newest run.
   */
  lifetimes(options: {
    open?: boolean;
    limit: number;
    branch?: string;
    path?: string;
    rule?: string;
  }): Promise<readonly FindingLifetime[]>;
  /**
   * The newest points of one metric over runs of the whole checkout, oldest first. Beside the runs' own metrics there are
   * `findings.total`, `findings.error`, `findings.warning`, `findings.info`, `findings.new` and `duration.ms`. Without
   * `branch`: the branch of the newest run.
   */
  trend(options: {
    metric: string;
    limit: number;
    branch?: string;
  }): Promise<readonly { readonly at: string; readonly value: number }[]>;
  /** Names that `trend` has points for, sorted. Without `branch`: the branch of the newest run. */
  metricNames(options: { branch?: string }): Promise<readonly string[]>;
  /** Mean milliseconds of each analyzer over recent runs, for scheduling. */
  analyzerDurations(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

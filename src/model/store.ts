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

export interface HistoryStore {
  /** Idempotent by run id. */
  recordRun(run: CheckRun): Promise<void>;
  runs(options: { limit: number; branch?: string }): Promise<readonly RunSummaryRow[]>;
  run(id: string): Promise<{ readonly summary: RunSummaryRow; readonly findings: readonly Finding[] } | undefined>;
  lifetimes(options: {
    open?: boolean;
    limit: number;
    path?: string;
    rule?: string;
  }): Promise<readonly FindingLifetime[]>;
  /** Points of one metric, oldest first. */
  trend(options: {
    metric: string;
    limit: number;
    branch?: string;
  }): Promise<readonly { readonly at: string; readonly value: number }[]>;
  /** Mean milliseconds of each analyzer over recent runs, for scheduling. */
  analyzerDurations(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

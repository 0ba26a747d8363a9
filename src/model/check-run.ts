/** The result of one check: what every report format, every door and the store are given. */
import type { Profile } from "./analyzer.ts";
import type { Finding, Severity } from "./finding.ts";
import type { Verdict } from "./gate.ts";
import type { RuleDefinition } from "./rule.ts";

export type CheckScope =
  | { readonly kind: "all" }
  | { readonly kind: "staged"; readonly base: string | undefined }
  | { readonly kind: "changed"; readonly base: string; readonly baseName: string };

/** What became of one analyzer in this run. */
export interface AnalyzerRun {
  readonly id: string;
  readonly version: string;
  readonly kind: "file" | "batch" | "project" | "tool" | "import";
  /** `cached`: every result came from the cache. `failed` makes the verdict incomplete. */
  readonly status: "ran" | "cached" | "skipped" | "failed";
  /** Why skipped or failed. */
  readonly reason?: string;
  readonly required: boolean;
  /** Files it applies to in this scope, and how many of them came from the cache. */
  readonly files: number;
  readonly cachedFiles: number;
  readonly findings: number;
  /** CPU-ish milliseconds spent in it, summed over workers; 0 when cached. */
  readonly durationMs: number;
  /** Files that it could not judge, with reasons; sorted by path. */
  readonly skippedFiles: readonly { readonly path: string; readonly reason: string }[];
}

export interface CheckSummary {
  readonly files: number;
  /** Not suppressed, by severity. */
  readonly bySeverity: Readonly<Record<Severity, number>>;
  readonly new: number;
  readonly unchanged: number;
  readonly fixed: number;
  readonly suppressed: number;
}

export interface CheckRun {
  readonly schemaVersion: 1;
  readonly codeflowVersion: string;
  /** UUIDv7. */
  readonly id: string;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Absolute root of the checkout; not part of any report. */
  readonly root: string;
  readonly repository: { readonly head: string | undefined; readonly branch: string | undefined };
  readonly scope: CheckScope;
  readonly profile: Profile;
  readonly verdict: Verdict;
  readonly summary: CheckSummary;
  /** In report order: newest and worst first, then path and position. Suppressed and fixed ones are included, marked. */
  readonly findings: readonly Finding[];
  readonly analyzers: readonly AnalyzerRun[];
  /** Definitions of every rule that appears in `findings`, by id. */
  readonly rules: Readonly<Record<string, RuleDefinition>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** Things to tell the person that are not findings: what could not be read, what was not stored. */
  readonly notices: readonly string[];
}

/** Text of a line for code frames; undefined when it cannot be had. Given to reports that show code. */
export type LineSource = (path: string, line: number) => string | undefined;

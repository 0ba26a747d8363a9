/** From what the analyzers said to what the person is told: one ordered list of small pure steps. */
import type { BaselineAllowance, BaselineEntry } from "../model/baseline.ts";
import type { CheckSummary } from "../model/check-run.ts";
import type { Config } from "../model/config.ts";
import type { Finding, IdentifiedFinding } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";
import type { Baseline } from "./baseline.ts";
import type { FileMarks } from "./generated.ts";
import type { Directive } from "./suppress.ts";

export interface PipelineInput {
  readonly current: readonly IdentifiedFinding[];
  readonly definitions: ReadonlyMap<string, RuleDefinition>;
  readonly analyzerVersions: ReadonlyMap<string, string>;
  /** By path. */
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
  /** By path. */
  readonly marks: ReadonlyMap<string, FileMarks>;
  readonly config: Pick<Config, "rules" | "overrides" | "ignore">;
  /**
   * Analyzers with `openRules`: they choose their rules themselves (by the repository's own settings), so that only an
   * explicit `off` drops a finding of theirs.
   */
  readonly openAnalyzers?: ReadonlySet<string>;
  readonly baseline?: Baseline;
  readonly base?: PipelineBase;
  /** Lines are those of the head; `endLine` inclusive. */
  readonly change?: { touches(path: string, startLine: number, endLine: number): boolean };
  /** Not compared with the base: in the change means new, else unchanged. */
  readonly volatileAnalyzers: ReadonlySet<string>;
  /**
   * Whether the analyzer's answer about this path of the head is known: it looked at it, or the path is gone. Only then
   * can a finding be fixed, an entry stale, a suppression unused.
   */
  readonly ranOn: (analyzer: string, path: string) => boolean;
  /** ISO date (UTC). */
  readonly today: string;
}

export interface PipelineBase {
  readonly findings: readonly IdentifiedFinding[];
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
  readonly marks: ReadonlyMap<string, FileMarks>;
  /** Old path to new path. */
  readonly renames: ReadonlyMap<string, string>;
  /** See `MatchOptions.mapLine`. */
  readonly mapLine?: (newPath: string, oldLine: number) => number | undefined;
}

export interface PipelineResult {
  /** In report order. */
  readonly findings: readonly Finding[];
  /** Baseline entries that nothing matched any more. */
  readonly stale: readonly BaselineEntry[];
  readonly staleAllowances: readonly BaselineAllowance[];
  readonly summary: Omit<CheckSummary, "files">;
}

export function runPipeline(_input: PipelineInput): PipelineResult {
  throw new Error("not built yet");
}

/** What the findings pipeline is given: both revisions, the configuration, and what was looked at. */
import type { Config } from "../model/config.ts";
import type { IdentifiedFinding } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";
import type { Baseline } from "./baseline.ts";
import type { FileMarks } from "./generated.ts";
import type { MatchOptions } from "./match.ts";
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
  /** The change is a stranger's: comments that it adds do not hide secrets. */
  readonly isStrangers?: boolean;
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

export function matchOptions({ renames, mapLine }: PipelineBase): MatchOptions {
  return { renames, ...(mapLine === undefined ? {} : { mapLine }) };
}

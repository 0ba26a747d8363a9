/** Inline `codeflow-ignore` directives and the configuration's `ignore` entries: what they hide, and what is wrong with them. */
import type { IgnoreEntry } from "../model/config.ts";
import type { FindingIdentity, IdentifiedFinding, Location, Suppression } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { MatchOptions } from "./match.ts";

export type DirectiveForm = "line" | "next-line" | "block" | "file";

/** One written suppression. Survives JSON. */
export interface Directive {
  readonly form: DirectiveForm;
  /** Rule ids or patterns with `*`. */
  readonly rules: readonly string[];
  /** Undefined when none was written: then it suppresses nothing. */
  readonly reason?: string;
  /** ISO date; it counts up to and including that day. */
  readonly until?: string;
  /** Of the words of the directive itself. */
  readonly location: Location;
  /** First and last line it covers (inclusive). */
  readonly firstLine: number;
  readonly lastLine: number;
  readonly identity: FindingIdentity;
}

export const suppressionRules: readonly RuleDefinition[] = [];

/** Cheap for files without directives. */
export function parseDirectives(_file: SourceFile): Directive[] {
  throw new Error("not built yet");
}

export interface SuppressInput<F extends IdentifiedFinding> {
  readonly findings: readonly F[];
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
  readonly ignore: readonly IgnoreEntry[];
  /** ISO date (UTC). */
  readonly today: string;
  /** True when at least one rule fits the id or pattern. */
  readonly isKnownRule: (pattern: string) => boolean;
  /** True when findings of the rule (or any rule of the pattern) would have been seen in that file. */
  readonly wasLookedFor: (pattern: string, path: string) => boolean;
  /** What the base revision's directives suppressed, to notice a secret swapped on an ignored line. */
  readonly base?: SuppressOutcome<IdentifiedFinding> & { readonly options: MatchOptions };
}

export interface SuppressOutcome<F> {
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
  readonly suppressed: ReadonlyMap<F, { readonly suppression: Suppression; readonly directive?: Directive }>;
  /** Findings about the directives themselves. */
  readonly complaints: readonly IdentifiedFinding[];
}

export function applyDirectives<F extends IdentifiedFinding>(_input: SuppressInput<F>): SuppressOutcome<F> {
  throw new Error("not built yet");
}

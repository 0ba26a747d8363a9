/** The central noun: what an analyzer or a reviewer says about code, before and after the findings pipeline. */

export const severities = ["error", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

export const categories = [
  "security",
  "correctness",
  "performance",
  "maintainability",
  "style",
  "documentation",
  "test",
  "dependency",
] as const;
export type Category = (typeof categories)[number];

/**
 * A stretch of text. Lines and columns are 1-based; columns count UTF-16 code units (as SARIF's
 * `utf16CodeUnits` and every editor protocol do); the end is exclusive.
 */
export interface Range {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A range in a file. `path` is relative to the repository's root, always with `/`. */
export interface Location extends Range {
  readonly path: string;
}

/** Replaces the bytes `[start, end)` of a file's content as it is stored (a BOM counts) by the UTF-8 of `text`. */
export interface Edit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * `safe` keeps behaviour, `unsafe` may change it, `suggested` needs a person's choice and is never applied by itself.
 */
export type SuggestionSafety = "safe" | "unsafe" | "suggested";

/** A proposed change: all of its edits apply, or none. */
export interface Suggestion {
  readonly message: string;
  readonly safety: SuggestionSafety;
  readonly edits: readonly Edit[];
}

export interface RelatedLocation {
  readonly location: Location;
  readonly message: string;
}

/**
 * What an analyzer returns. Severity, category and help URL come from the rule's definition unless set here.
 * The pipeline turns it into a `Finding`; this shape is what the cache keeps.
 */
export interface RawFinding {
  /** `analyzer/rule-name`. */
  readonly rule: string;
  readonly message: string;
  readonly location: Location;
  readonly severity?: Severity;
  readonly category?: Category;
  readonly helpUrl?: string;
  readonly related?: readonly RelatedLocation[];
  readonly suggestions?: readonly Suggestion[];
  /**
   * Replaces the text of the finding's lines as the thing that identifies it: a function's name for a metric, a keyed
   * hash for a secret, a package's name for a dependency. Must not contain line numbers.
   */
  readonly anchor?: string;
  /** Measured values (a complexity, a percentage), for gates and reports. */
  readonly data?: Readonly<Record<string, string | number>>;
  /** The comment in the file that accepts it, in a tool's own words; the pipeline marks it as suppressed. */
  readonly allowedBy?: { readonly text: string; readonly location: Location };
}

/**
 * What identity is computed from, taken while the file's text is at hand. Hashes are 16 hex digits of SHA-256 over
 * whitespace-normalised lines; `before` and `after` hold up to three non-blank context lines, nearest first.
 */
export interface FindingIdentity {
  readonly text: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /**
   * The exact range's text, and the code right before and right after it, without white space and the punctuation that
   * formatters add and remove: the same however the code is laid out over lines. Absent for anchored findings.
   */
  readonly core?: string;
  readonly flow?: readonly [before: string, after: string];
}

/** A raw finding with its identity: what the cache stores. */
export interface IdentifiedFinding extends RawFinding {
  readonly identity: FindingIdentity;
}

/** `new`, `unchanged` and `fixed` against the baseline or the base revision. */
export type FindingState = "new" | "unchanged" | "fixed";

export type SuppressionKind =
  | "inline"
  | "config"
  | "tool"
  | "generated"
  | "vendored"
  | "baseline"
  | "duplicate"
  | "memory";

/** What keeps a finding out of the report and the gate, and why. */
export interface Suppression {
  readonly kind: SuppressionKind;
  readonly reason: string;
  /** Where the suppression is written, when it is written in a file. */
  readonly location?: Location;
  /** The change under review wrote it; absent without a change, and where it was there before. */
  readonly isOwn?: true;
}

/** A finding after the pipeline. Steps mark it, none drops it. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly message: string;
  readonly location: Location;
  readonly related?: readonly RelatedLocation[];
  readonly helpUrl?: string;
  readonly suggestions?: readonly Suggestion[];
  readonly analyzer: string;
  readonly analyzerVersion: string;
  /** Identity across runs: 32 hex digits, never derived from a line number. */
  readonly fingerprint: string;
  readonly identity: FindingIdentity;
  readonly state: FindingState;
  /** Whether the location touches lines that the change under review added or edited; absent without a change. */
  readonly inChange?: boolean;
  readonly suppressed?: Suppression;
  readonly data?: Readonly<Record<string, string | number>>;
}

/** Orders worst first: error 0, warning 1, info 2. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** Kept out of the report by a comment that the change under review wrote; new, or there before. */
export function isHiddenByChange({ state, suppressed }: Finding): boolean {
  return suppressed?.isOwn === true && state !== "fixed";
}

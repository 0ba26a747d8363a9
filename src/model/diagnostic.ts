/** A complaint about the user's own config, rule or workflow file. Collected, never thrown. */

export interface Diagnostic {
  /** As the user would name it: relative to the working directory. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, UTF-16 code units. */
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly severity: "error" | "warning";
  /** Permanent kebab-case id, e.g. `unknown-key`. */
  readonly code: string;
  readonly message: string;
  /** What to do, e.g. `did you mean "severity"?`. */
  readonly hint?: string;
}

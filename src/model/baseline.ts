/** The accepted findings, as kept in `.codeflow/baseline.jsonl`. */
import type { FindingIdentity, Severity } from "./finding.ts";

/** One line of the file; sorted by path, rule, fingerprint so that merges stay small. */
export interface BaselineEntry {
  readonly fingerprint: string;
  readonly rule: string;
  readonly path: string;
  readonly severity: Severity;
  readonly message: string;
  readonly identity: FindingIdentity;
  /** Why it was accepted, when somebody said. */
  readonly reason?: string;
}

/** Entries of other tools' ignore files know less: they accept up to `count` findings of a rule in a file. */
export interface BaselineAllowance {
  readonly rule: string;
  readonly path: string;
  readonly count: number;
  readonly source: string;
}

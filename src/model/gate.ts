/** Gate conditions as data, and the verdict with its reasons. */
import type { Category, Severity } from "./finding.ts";

/** A condition holds when the measured value is at most `max` and at least `min`. */
export interface GateCondition {
  /** `findings` counts findings; any other name is a metric of the run, e.g. `duplication.percent`. */
  readonly metric: string;
  /** Which findings are counted: new against base or baseline, all that are not suppressed, or those in the change. */
  readonly of?: "new" | "all" | "changed";
  readonly where?: {
    readonly severity?: Severity | readonly Severity[];
    readonly category?: Category | readonly Category[];
    readonly analyzer?: string | readonly string[];
    /** Rule ids, `*` matches within them. */
    readonly rule?: string | readonly string[];
    /** Globs. */
    readonly path?: string | readonly string[];
  };
  readonly max?: number;
  readonly min?: number;
}

export type VerdictStatus = "passed" | "failed" | "incomplete";

export interface VerdictReason {
  readonly kind: "condition" | "incomplete";
  readonly message: string;
  readonly condition?: GateCondition;
  readonly value?: number;
  /** Fingerprints of the findings that decided. */
  readonly findings?: readonly string[];
}

export interface Verdict {
  readonly status: VerdictStatus;
  /** Why it failed or is incomplete; empty when passed. */
  readonly reasons: readonly VerdictReason[];
  /** Every condition with its measured value, held or not. */
  readonly conditions: readonly {
    readonly condition: GateCondition;
    readonly value: number | undefined;
    readonly held: boolean;
  }[];
}

/** The gate: conditions over findings and metrics, and the verdict with its reasons. */
import type { Finding } from "../model/finding.ts";
import type { GateCondition, Verdict } from "../model/gate.ts";

export interface GateInput {
  readonly conditions: readonly GateCondition[];
  readonly findings: readonly Finding[];
  readonly metrics: Readonly<Record<string, number>>;
  /** One sentence for each thing that could not be judged. */
  readonly incomplete: readonly string[];
}

/** No new error and no new secret; that nothing is incomplete is never optional. */
export const defaultGate: readonly GateCondition[] = [
  { metric: "findings", of: "new", where: { severity: "error" }, max: 0 },
  { metric: "findings", of: "new", where: { analyzer: "secrets" }, max: 0 },
];

/** Failed when a condition fails, else incomplete when anything is, else passed; the reasons list both. */
export function evaluateGate(_input: GateInput): Verdict {
  throw new Error("not built yet");
}

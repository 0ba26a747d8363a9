/** Finds the same defect reported by two analyzers, so that it is told once. */
import type { Finding } from "../model/finding.ts";

/** Lesser findings, each with the better one that stands for it. */
export function findDuplicates(_findings: readonly Finding[]): ReadonlyMap<Finding, Finding> {
  throw new Error("not built yet");
}

/** Reads what other tools accept: ESLint and Oxlint suppressions, gitleaks reports, SARIF. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Baseline } from "./baseline.ts";

export const baselineSources = ["eslint", "oxlint", "gitleaks", "sarif"] as const;
export type BaselineSource = (typeof baselineSources)[number];

export interface ImportedBaseline {
  readonly baseline: Baseline;
  readonly diagnostics: readonly Diagnostic[];
}

/** Which tool wrote this file, by its shape; undefined when none of them. */
export function detectBaselineSource(_fileName: string, _text: string): BaselineSource | undefined {
  throw new Error("not built yet");
}

/** `file` names the imported file in diagnostics and as the allowances' source. */
export function importBaseline(_source: BaselineSource, _text: string, _file: string): ImportedBaseline {
  throw new Error("not built yet");
}

/** What is known of a rule without running anything: the analyzers' own documentation. */
import { analyzers } from "../../analyzers/index.ts";
import { suppressionRules } from "../../findings/suppress.ts";
import type { RuleDefinition } from "../../model/rule.ts";

export interface AnalyzerSummary {
  readonly id: string;
  readonly summary: string;
  /** It has rules that are not listed here: the repository's own settings choose them. */
  readonly hasMoreRules: boolean;
}

const own: AnalyzerSummary = { id: "codeflow", summary: "CodeFlow's own complaints.", hasMoreRules: false };

/** The analyzer that a rule is of; undefined for what is no rule of any. */
export function analyzerOf(rule: string): AnalyzerSummary | undefined {
  const id = rule.slice(0, rule.indexOf("/"));
  if (id === own.id) return own;
  const found = analyzers.find((one) => one.id === id);
  return found === undefined ? undefined : { id, summary: found.summary, hasMoreRules: found.openRules === true };
}

export function ruleDefinition(id: string): RuleDefinition | undefined {
  return ruleDefinitions().find((rule) => rule.id === id);
}

export function ruleDefinitions(): readonly RuleDefinition[] {
  return [...analyzers.flatMap(({ rules }) => rules), ...suppressionRules];
}

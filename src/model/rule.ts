/** What can be broken: a rule's documentation and defaults. */
import type { Category, Severity } from "./finding.ts";

export interface RuleDefinition {
  /** `analyzer/rule-name`, permanent. */
  readonly id: string;
  /** One sentence: what is wrong when the rule reports. */
  readonly summary: string;
  readonly category: Category;
  readonly severity: Severity;
  /** On without any configuration. Only what is probably wrong is. */
  readonly recommended: boolean;
  /** Why it matters and what to do, for the generated reference; Markdown. */
  readonly rationale?: string;
  readonly helpUrl?: string;
}

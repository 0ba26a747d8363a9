/** The shape of a structural rule: documentation, an ast-grep rule as data, and examples that are its tests. */
import type { Rule } from "@ast-grep/napi";
import type { Category, Severity, SuggestionSafety } from "../../model/finding.ts";
import type { Language } from "../trees/languages.ts";

export interface PatternRule {
  /** `<language>-<what>`; the rule's id is `patterns/<name>`. */
  readonly name: string;
  readonly languages: readonly Language[];
  /** What is wrong when it reports; also the finding's message. */
  readonly summary: string;
  readonly severity: Severity;
  readonly category: Category;
  /** Number in the Common Weakness Enumeration. */
  readonly cwe?: number;
  /** Off unless asked for: true more often than not, but not worth everybody's attention. */
  readonly optional?: true;
  /** Why it matters and what to do instead; Markdown. */
  readonly rationale: string;
  /** A file whose text has none of these is not even parsed. */
  readonly keywords: readonly string[];
  /** Nor is a file whose text does not match this: for rules whose keywords are in every other file. */
  readonly prefilter?: RegExp;
  /** A file whose text matches is left alone. */
  readonly unless?: RegExp;
  /** Tests do on purpose what would be wrong elsewhere. */
  readonly exemptTests?: true;
  /** Somebody who explains it beside the code, or silences another tool there, knows: that is no news. */
  readonly exemptExplained?: true;
  /** A line that matches tells another tool to let the very same thing pass. */
  readonly silencedBy?: RegExp;
  readonly rule: Rule;
  readonly constraints?: Readonly<Record<string, Rule>>;
  /** `$NAME` and `$$$NAME` stand for what the rule's variables matched. */
  readonly fix?: { readonly message: string; readonly template: string; readonly safety: SuggestionSafety };
  /** Each must be reported exactly once. */
  readonly bad: readonly string[];
  /** None may be reported. */
  readonly good: readonly string[];
}

/** Matches any of the patterns; `, $$$` in one stands for further arguments or none, `$$$, ` for arguments before. */
export function calls(...patterns: readonly string[]): Rule {
  const variants = patterns.flatMap((pattern) => [
    ...new Set([
      pattern,
      pattern.replace(", $$$)", () => ")"),
      pattern.replace("($$$, ", () => "("),
      pattern.replace(", $$$)", () => ")").replace("($$$, ", () => "("),
    ]),
  ]);
  return { any: variants.map((pattern) => ({ pattern })) };
}

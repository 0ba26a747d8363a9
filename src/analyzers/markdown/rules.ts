/** What markdownlint looks for where the repository does not configure it: only what is probably a mistake. */
import type { RuleDefinition } from "../../model/rule.ts";

export const markdownRules: readonly RuleDefinition[] = [
  {
    id: "markdown/MD011",
    summary: "A link is written the wrong way round, as `(text)[address]`.",
    category: "documentation",
    severity: "warning",
    recommended: true,
    rationale: "It is shown as text. Write `[text](address)`.",
    helpUrl: helpUrl("md011"),
  },
  {
    id: "markdown/MD042",
    summary: "A link has no address.",
    category: "documentation",
    severity: "warning",
    recommended: true,
    rationale: "It leads nowhere. Fill in the address or take the link away.",
    helpUrl: helpUrl("md042"),
  },
  {
    id: "markdown/MD051",
    summary: "A link leads to a heading that the document does not have.",
    category: "documentation",
    severity: "warning",
    recommended: true,
    rationale:
      "The heading was renamed or removed. Headings are compared by letters and digits alone, because site generators disagree about the rest.",
    helpUrl: helpUrl("md051"),
  },
  {
    id: "markdown/MD056",
    summary: "A row of a table has another number of cells than its header.",
    category: "documentation",
    severity: "warning",
    recommended: true,
    rationale: "Missing cells are empty, and cells too many are not shown at all.",
    helpUrl: helpUrl("md056"),
  },
];

/** The configuration for files that no markdownlint configuration governs. */
export const defaultConfiguration: Readonly<Record<string, unknown>> = {
  default: false,
  MD011: true,
  MD042: true,
  MD051: true,
  MD056: true,
};

/** A cheap look for the only things that the default rules can find; parsing takes three seconds a megabyte. */
export const worthParsing = /\)\[|\]\(\s*(?:<>\s*)?(?:#[^)\s]*)?\s*\)|\]:\s*#|^[ \t|:]*---[ \t:|-]*$/m;

export function helpUrl(name: string): string {
  return `https://github.com/DavidAnson/markdownlint/blob/main/doc/${name}.md`;
}

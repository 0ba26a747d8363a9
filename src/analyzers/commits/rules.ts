/** What the commit analyzer reports by itself; a repository's commitlint configuration adds its own rules. */
import type { RuleDefinition } from "../../model/rule.ts";

export const commitRules: readonly RuleDefinition[] = [
  {
    id: "commits/editor-leftover",
    summary: "A message holds lines that git writes for the editor.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    rationale: "`# Conflicts:` and `# Please enter the commit message` are for the author's eyes. Amend the message.",
  },
  {
    id: "commits/empty-subject",
    summary: "A commit says nothing.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    rationale: "Nobody will find it again. Say what the change does.",
  },
  {
    id: "commits/long-subject",
    summary: "A subject is longer than 100 characters.",
    category: "style",
    severity: "info",
    recommended: false,
  },
  {
    id: "commits/unfinished",
    summary: "A commit says that it is not finished.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    rationale: "`WIP` and `tmp` are notes to oneself. Finish the work, or squash the commit into another.",
  },
  {
    id: "commits/unsquashed",
    summary: "A `fixup!` or `squash!` commit was not squashed.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    rationale: "It is meant to be merged into another commit: `git rebase -i --autosquash`.",
    helpUrl: "https://git-scm.com/docs/git-rebase#Documentation/git-rebase.txt---autosquash",
  },
];

/** Commit messages of the change: what was not meant to stay, and the repository's own commitlint rules. */
import type { CommitFacts, ProjectAnalyzer } from "../model/analyzer.ts";
import type { RawFinding, Severity } from "../model/finding.ts";
import { codeNames, dataNames } from "./commits/commitlint.ts";
import { commitRules } from "./commits/rules.ts";

const maxSubject = 100;

export const commits: ProjectAnalyzer = {
  kind: "project",
  id: "commits",
  summary: "Commit messages of the change: leftovers, and the repository's commitlint rules.",
  version: "commitlint-21.2.4+1",
  profile: "smart",
  rules: commitRules,
  openRules: true,
  configFiles: [...dataNames, ...codeNames, "package.json"],
  // Commits are no files.
  volatile: true,
  appliesTo: () => false,
  load: () => Promise.resolve({ extract: () => undefined }),
  async combine({ commits: list, config, isRuleOn }) {
    if (list.length === 0) return { findings: [] };
    const { lintMessage, readRules } = await import("./commits/commitlint.ts");
    const rules = await readRules(config);
    const findings: RawFinding[] = [];
    for (const commit of list) {
      findings.push(...leftovers(commit));
      if (rules === undefined || commit.parents > 1) continue;
      for (const problem of await lintMessage(commit.message, rules)) {
        findings.push({
          ...finding(commit, problem.rule, `${problem.message}.`, problem.severity),
          category: "style",
          helpUrl: `https://commitlint.js.org/reference/rules.html#${problem.rule}`,
        });
      }
    }
    return { findings: findings.filter(({ rule }) => isRuleOn(rule)) };
  },
};

function finding(commit: CommitFacts, rule: string, message: string, severity?: Severity): RawFinding {
  const subject = subjectOf(commit);
  return {
    rule: `commits/${rule}`,
    message,
    location: {
      path: `commit:${commit.id.slice(0, 12)}`,
      startLine: 1,
      startColumn: 1,
      endLine: 1,
      endColumn: subject.length + 1,
    },
    ...(severity === undefined ? {} : { severity }),
    // A rebase changes the id and keeps the subject.
    anchor: subject,
  };
}

function subjectOf(commit: CommitFacts): string {
  return commit.message.split("\n")[0]?.trim() ?? "";
}

function* leftovers(commit: CommitFacts): Generator<RawFinding> {
  const subject = subjectOf(commit);
  if (/^(?:fixup|squash|amend)! /.test(subject)) {
    yield finding(commit, "unsquashed", "Squash it before it is merged: `git rebase -i --autosquash`.");
  } else if (
    /^\[?(?:wip|tmp|temp|todo|xxx)\]?(?:\b|$)(?![\w-]*\/)(?!-)/i.test(subject) &&
    !/^temp(?:late|orar)/i.test(subject)
  ) {
    yield finding(commit, "unfinished", `\`${subject.slice(0, 60)}\` says that the work is not finished.`);
  }
  if (!/[\p{L}\p{N}]/u.test(subject)) yield finding(commit, "empty-subject", "The commit says nothing.");
  if (
    /^# (?:Conflicts:|Please enter the commit message)|^#\t(?:modified|new file|deleted|both modified):/m.test(
      commit.message,
    )
  ) {
    yield finding(commit, "editor-leftover", "The message holds lines that git writes for the editor.");
  }
  if (subject.length > maxSubject && commit.parents < 2) {
    yield finding(commit, "long-subject", `The subject has ${subject.length} characters.`);
  }
}

/** What an issue is about and how urgent that is, judged by words and labels. Pure. */
import type { Priority } from "../../model/tracker.ts";

export const issueCategories = [
  "security",
  "performance",
  "correctness",
  "dependency",
  "test",
  "documentation",
  "style",
  "feature",
  "question",
  "other",
] as const;
export type IssueCategory = (typeof issueCategories)[number];

/** Words with their weight; a word of the title counts double. Priorities as findings have them. */
const table: readonly {
  readonly category: IssueCategory;
  readonly priority: Priority;
  readonly labels: RegExp;
  readonly words: RegExp;
}[] = [
  {
    category: "security",
    priority: "high",
    labels: /^(?:security|vulnerability|cve)$/,
    words:
      /\b(?:vulnerabilit(?:y|ies)|CVE-\d{4}-\d+|GHSA-[\w-]+|XSS|CSRF|SSRF|RCE|(?:SQL|command|code) injection|path traversal|privilege escalation|authentication bypass|leaks? (?:a )?(?:secrets?|tokens?|passwords?|credentials?)|exploit(?:able|ed)?|security (?:issue|hole|bug|flaw|problem))\b/gi,
  },
  {
    category: "performance",
    priority: "medium",
    labels: /^(?:performance|perf)$/,
    words:
      /\b(?:slow(?:er|ly|ness)?|performance|memory leak|out of memory|OOM|latency|high (?:cpu|memory)|takes? (?:forever|too long)|time[sd]? out|timeouts?|hangs?|freez(?:es|ing))\b/gi,
  },
  {
    category: "correctness",
    priority: "medium",
    labels: /^(?:bug|defect|regression|crash)$/,
    words:
      /\b(?:bugs?|crash(?:es|ed|ing)?|exceptions?|stack ?trace|traceback|regressions?|broken|fails?|failed|error(?:s|ed)?|unexpected(?:ly)?|incorrect(?:ly)?|wrong(?:ly)?|data loss|(?:does not|doesn'?t|not) work(?:ing)?)\b/gi,
  },
  {
    category: "dependency",
    priority: "medium",
    labels: /^(?:dependencies|dependency|deps)$/,
    words:
      /\b(?:dependenc(?:y|ies)|peer dependency|outdated package|lock ?file|(?:bump|upgrade) \S+ (?:to|from) v?\d)\b/gi,
  },
  {
    category: "test",
    priority: "low",
    labels: /^(?:tests?|testing|flaky)$/,
    words: /\b(?:flaky|test suite|unit tests?|failing tests?|test coverage)\b/gi,
  },
  {
    category: "documentation",
    priority: "low",
    labels: /^(?:documentation|docs)$/,
    words: /\b(?:documentation|docs|readme|typos?|docstrings?|tutorial|spelling)\b/gi,
  },
  {
    category: "style",
    priority: "low",
    labels: /^(?:style|lint|formatting|cosmetic)$/,
    words: /\b(?:code style|formatting|lint(?:er|ing)?|indentation|naming convention|cosmetic|whitespace)\b/gi,
  },
  {
    category: "feature",
    priority: "low",
    labels: /^(?:enhancement|feature(?: request)?)$/,
    words:
      /\b(?:feature request|it would be (?:nice|great|useful)|please add|add(?:ing)? support for|support for|enhancement|proposal|would like)\b/gi,
  },
  {
    category: "question",
    priority: "low",
    labels: /^(?:question|support|help wanted)$/,
    words: /\b(?:how (?:do|can|to)|is it possible|question|what is the (?:best|right) way)\b/gi,
  },
];

const urgent =
  /\b(?:actively exploited|data loss|production (?:is )?down|outage|remote code execution|RCE|zero[- ]day)\b/i;

export interface Classified {
  readonly category: IssueCategory;
  readonly priority: Priority;
  /** The words and labels that say so. */
  readonly reasons: readonly string[];
}

export function classifyIssue(issue: {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}): Classified {
  // Code, logs and quotes have words of their own: every log has an error in it.
  const body = issue.body
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/^\s*(```|~~~)[\s\S]*?(?:^\s*\1|$(?![^]))/gm, "")
    .replace(/`[^`\n]*`/g, "")
    .replace(/^\s*>.*$/gm, "");
  let best: (Classified & { readonly score: number }) | undefined;
  for (const { category, priority, labels, words } of table) {
    const label = issue.labels.find((name) => labels.test(name.toLowerCase()));
    const inTitle = [...issue.title.matchAll(words)].map(([word]) => word.toLowerCase());
    const inBody = [...body.matchAll(words)].map(([word]) => word.toLowerCase());
    const found = new Set([...inTitle, ...inBody]);
    // A person's label says more than any word.
    const score = (label === undefined ? 0 : 100) + 2 * new Set(inTitle).size + new Set(inBody).size;
    if (score === 0 || (best !== undefined && score <= best.score)) continue;
    const reasons = [...(label === undefined ? [] : [`label ${label}`]), ...found];
    best = { category, priority, reasons, score };
  }
  const [urgentWord] = urgent.exec(`${issue.title}\n${body}`) ?? [];
  if (best === undefined) return { category: "other", priority: "low", reasons: [] };
  const { category, priority, reasons } = best;
  if (urgentWord === undefined || !["security", "correctness", "performance"].includes(category))
    return { category, priority, reasons };
  return { category, priority: "urgent", reasons: [...new Set([...reasons, urgentWord.toLowerCase()])] };
}

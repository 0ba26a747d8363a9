/** Comments that promise work: TODO, FIXME, XXX, HACK, with their owners, due dates and ages. */
import type { ProjectAnalyzer, ProjectView } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";
import type { Todo } from "./todo/read.ts";

export interface TodoOptions {
  /** Age in days from which `todo/old` reports. */
  readonly maxDays: number;
  /** At most so many files are asked of git for their ages, those with the most comments first. */
  readonly maxFiles: number;
}

const rules: readonly RuleDefinition[] = [
  {
    id: "todo/expired",
    summary: "The date that a comment sets for its work has passed.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    rationale:
      "Read are `TODO(2026-01-31)`, `TODO [2026-01-31]` and `TODO: … by 2026-01-31` (also before, until, due, expires, after). A date beside an owner is when it was written and does not count.",
  },
  {
    id: "todo/old",
    summary: "A comment has promised work for longer than the configured number of days.",
    category: "maintainability",
    severity: "info",
    recommended: false,
    rationale: "The age is that of the line in `git blame`. The limit is the option `maxDays`.",
  },
  {
    id: "todo/without-owner",
    summary: "A comment that promises work names neither a person nor an issue.",
    category: "maintainability",
    severity: "info",
    recommended: false,
    rationale: "`TODO(alice)`, `TODO @alice`, `TODO(#123)` and links count.",
  },
];

const read =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|pyi?|rb|rake|go|rs|java|kts?|scala|groovy|gradle|[ch]|cc|cpp|cxx|hh|hpp|cs|fs|vb|php|swift|mm?|sh|bash|zsh|fish|ps1|pl|pm|lua|r|jl|exs?|erl|hs|ml|clj[cs]?|dart|zig|nim|sol|sql|tf|hcl|ya?ml|toml|proto|graphql|css|scss|less|html?|erb|haml)$|(?:^|\/)(?:Dockerfile|Makefile|Rakefile|Gemfile|Jenkinsfile)[^/]*$/i;

export const todo: ProjectAnalyzer<TodoOptions, readonly Todo[]> = {
  kind: "project",
  id: "todo",
  summary: "TODO, FIXME, XXX and HACK comments: due dates that passed, ages, owners.",
  version: "1",
  profile: "smart",
  rules,
  options: {
    defaults: { maxDays: 365, maxFiles: 200 },
    schema: async () => {
      const { z } = await import("zod");
      return z.strictObject({
        maxDays: z.number().int().positive().default(365),
        maxFiles: z.number().int().positive().max(5_000).default(200),
      });
    },
  },
  // Days pass, and blame looks at commits.
  volatile: true,
  appliesTo: ({ path, mode }) => mode.startsWith("100") && read.test(path) && !/\.min\./.test(path),
  load: async () => {
    const { readTodos } = await import("./todo/read.ts");
    return {
      extract: (file) => {
        const todos = readTodos(file);
        return todos.length === 0 ? undefined : todos;
      },
    };
  },
  combine: async (view) => {
    const findings: RawFinding[] = [];
    let count = 0;
    for (const [path, todos] of view.facts) {
      count += todos.length;
      for (const one of todos) {
        if (one.due !== undefined && isPast(one.due, view.now)) findings.push(expired(path, one));
        if (one.owner === undefined && !one.hasReference && view.isRuleOn("todo/without-owner")) {
          findings.push({
            rule: "todo/without-owner",
            message: `${one.keyword} names neither a person nor an issue`,
            location: { path, ...one.at },
          });
        }
      }
    }
    if (view.isRuleOn("todo/old")) findings.push(...(await old(view)));
    return { findings, metrics: { "todo.count": count } };
  },
};

/** The day itself still counts, wherever on earth it is read. */
function isPast(due: string, now: Date): boolean {
  const day = Date.parse(`${due}T00:00:00Z`);
  return !Number.isNaN(day) && now.getTime() >= day + 36 * 3_600_000;
}

function expired(path: string, { keyword, due = "", owner, at }: Todo): RawFinding {
  return {
    rule: "todo/expired",
    message: `${keyword}${owner === undefined ? "" : ` of ${owner}`} was due on ${due}`,
    location: { path, ...at },
    data: { due, ...(owner === undefined ? {} : { owner }) },
  };
}

async function old(view: ProjectView<TodoOptions, readonly Todo[]>): Promise<RawFinding[]> {
  if (view.root === undefined) return [];
  const { blameAges } = await import("./todo/age.ts");
  const files = [...view.facts].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  const findings: RawFinding[] = [];
  for (const [path, todos] of files.slice(0, view.options.maxFiles)) {
    const lines = todos.map(({ at }) => at.startLine);
    const ages = await blameAges({ root: view.root, path, lines, exec: view.exec, now: view.now, signal: view.signal });
    for (const one of todos) {
      const age = ages.get(one.at.startLine);
      if (age === undefined || age.days <= view.options.maxDays) continue;
      findings.push({
        rule: "todo/old",
        message: `${one.keyword} of ${one.owner ?? age.author} is ${age.days} days old`,
        location: { path, ...one.at },
        data: { days: age.days, owner: one.owner ?? age.author },
      });
    }
  }
  return findings;
}

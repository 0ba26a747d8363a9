/** One hand-made run that holds every kind of thing a report can be asked to show. */
import type { AnalyzerRun, CheckRun } from "../../src/model/check-run.ts";
import type { Finding, Location, Suggestion } from "../../src/model/finding.ts";
import type { ReportContext } from "../../src/model/report.ts";
import type { RuleDefinition } from "../../src/model/rule.ts";
import { SourceFile } from "../../src/model/source-file.ts";

const hostilePath = "src/\u001b[31mred\u0007\u202egpj.ts";

const texts: Readonly<Record<string, string>> = {
  "src/server/branches.ts": [
    'import { exec } from "node:child_process";',
    'import { readFile } from "node:fs/promises";',
    "",
    "export function log(request: Request, done: Done): void {",
    "\texec(`git log --format=%H ${request.query.branch}`, done);",
    "}",
    "",
    "export async function read(path: string) {",
    "  if (path == null) return;",
    "  return readFile(path);",
    "}",
    "",
  ].join("\n"),
  "src/legacy/report.js": [
    ...Array.from({ length: 12 }, (_, i) => `var value${i} = input[${i}]; console.log("値", value${i});`),
    "",
  ].join("\n"),
  "app/models/user.py": [
    "# 利用者",
    "def find(name, 検索=None):",
    '    query = "select * from users where name = \'" + name + "\'"',
    "    return db.execute(query)",
    "",
    "def sync(a, b, c):",
    "    for x in a:",
    "        for y in b:",
    "            if x == y:",
    "                c.append(x)",
    "    return c",
    "",
  ].join("\r\n"),
  "config/production.env": "TOKEN=<script>alert(1)</script>\n",
  ".github/workflows/ci.yml":
    "on: pull_request_target\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n",
  "dist/app.min.js": `${"a=b;".repeat(3000)}eval(input);${"c=d;".repeat(3000)}\n`,
  [hostilePath]: "const \u001b]0;owned\u0007title = 1;\n",
};

const files = new Map(
  Object.entries(texts).map(([path, text]) => [path, new SourceFile(path, new TextEncoder().encode(text))] as const),
);

/** The place of the nth occurrence of `needle`. */
function at(path: string, needle: string, nth = 1): Location {
  const file = files.get(path);
  if (file === undefined) throw new Error(`no text for ${path}`);
  let offset = -1;
  for (let i = 0; i < nth; i++) offset = file.text.indexOf(needle, offset + 1);
  if (offset < 0) throw new Error(`${needle} is not in ${path}`);
  return file.location(offset, offset + needle.length);
}

function replace(path: string, needle: string, text: string): Suggestion["edits"][number] {
  const file = files.get(path);
  if (file === undefined) throw new Error(`no text for ${path}`);
  const start = file.text.indexOf(needle);
  return file.edit(start, start + needle.length, text);
}

const rules: readonly RuleDefinition[] = [
  {
    id: "structure/command-injection",
    summary: "A shell command is built from text that comes from outside.",
    category: "security",
    severity: "error",
    recommended: true,
    rationale: "Whoever controls the text controls the shell. Pass the arguments as a list to `execFile`.",
    helpUrl: "https://cwe.mitre.org/data/definitions/78.html",
  },
  {
    id: "secrets/generic",
    summary: "A credential is in the repository.",
    category: "security",
    severity: "error",
    recommended: true,
  },
  {
    id: "oxlint/no-var",
    summary: "`var` is scoped to the function.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    helpUrl: "https://oxc.rs/docs/guide/usage/linter/rules/eslint/no-var.html",
  },
  {
    id: "complexity/cognitive",
    summary: "A function is hard to follow.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
  },
  {
    id: "ruff/S608",
    summary: "SQL is put together from strings.",
    category: "security",
    severity: "warning",
    recommended: true,
    helpUrl: "javascript:alert(1)",
  },
  {
    id: "workflows/unpinned-action",
    summary: "An action is used by a name that can be moved.",
    category: "security",
    severity: "info",
    recommended: true,
  },
];

let serial = 0;

function finding(rule: string, location: Location, message: string, more: Partial<Finding> = {}): Finding {
  const definition = rules.find(({ id }) => id === rule);
  serial++;
  return {
    rule,
    severity: definition?.severity ?? "warning",
    category: definition?.category ?? "correctness",
    message,
    location,
    ...(definition?.helpUrl === undefined ? {} : { helpUrl: definition.helpUrl }),
    analyzer: rule.slice(0, rule.indexOf("/")),
    analyzerVersion: "1.2.3",
    fingerprint: serial.toString(16).padStart(32, "0"),
    identity: { text: "0123456789abcdef", before: ["internal"], after: [] },
    state: "new",
    ...more,
  };
}

const branches = "src/server/branches.ts";
const user = "app/models/user.py";
const legacy = "src/legacy/report.js";

const findings: readonly Finding[] = [
  finding(
    "structure/command-injection",
    at(branches, "`git log --format=%H ${request.query.branch}`"),
    "The shell command is built from `request.query.branch`, which comes from outside: @team, see [this](http://example.invalid) & pass a list",
    {
      inChange: true,
      related: [{ location: at(branches, "request: Request"), message: "the request enters here" }],
      suggestions: [
        {
          message: "Use execFile with a list of arguments",
          safety: "suggested",
          edits: [replace(branches, "{ exec }", "{ execFile }"), replace(branches, "exec(`git", "execFile(`git")],
        },
      ],
    },
  ),
  finding(
    "secrets/generic",
    at("config/production.env", "<script>alert(1)</script>"),
    "A token: <script>alert(1)</script> ]]> --> ${{ secrets.X }}",
    {
      inChange: false,
    },
  ),
  finding("eslint/no-eval", at("dist/app.min.js", "eval(input)"), "`eval` runs any text as code", {
    severity: "error",
    category: "security",
  }),
  finding(
    "ruff/S608",
    at(user, '"select * from users where name = \'" + name + "\'"'),
    "SQL is built by joining strings; `name` may hold\nanything\r\nat all",
  ),
  finding(
    "complexity/cognitive",
    { path: user, startLine: 6, startColumn: 1, endLine: 11, endColumn: 13 },
    "`sync` has a cognitive complexity of 24 (at most 15)",
    {
      data: { complexity: 24, function: "sync" },
    },
  ),
  finding("ruff/PLC2401", at(user, "検索"), "Argument `検索` is not ASCII"),
  finding("oxlint/eqeqeq", at(branches, "=="), "Expected `===` and instead saw `==`", {
    suggestions: [{ message: "Use `===`", safety: "safe", edits: [replace(branches, "==", "===")] }],
  }),
  ...Array.from({ length: 12 }, (_, i) =>
    finding("oxlint/no-var", at(legacy, `var value${i} `), "Unexpected var, use let or const instead.", {
      suggestions: [
        { message: "Use `let`", safety: "unsafe", edits: [replace(legacy, `var value${i} `, `let value${i} `)] },
      ],
    }),
  ),
  finding(
    "hygiene/invisible-character",
    { path: hostilePath, startLine: 1, startColumn: 7, endLine: 1, endColumn: 17 },
    "Invisible \u001b[2J\u001b[1;1Hcharacters \u202e in code | a,b:c 100%",
  ),
  finding(
    "workflows/unpinned-action",
    at(".github/workflows/ci.yml", "actions/checkout@v4"),
    "Pin actions/checkout to a commit, see #12",
    {
      inChange: false,
    },
  ),
  finding("oxlint/no-console", at(legacy, "console.log"), "Unexpected console statement", {
    state: "unchanged",
    severity: "info",
  }),
  finding(
    "dead-exports/unused",
    { path: "src/gone.ts", startLine: 3, startColumn: 1, endLine: 3, endColumn: 10 },
    "Nothing imports `gone`",
    {
      state: "fixed",
    },
  ),
  finding("oxlint/no-debugger", at(legacy, "input[2]"), "Unexpected debugger", {
    suppressed: { kind: "inline", reason: "kept for support", location: at(legacy, "console.log", 2) },
  }),
  finding("oxlint/no-undef", at(legacy, "input[3]"), "`input` is not defined", {
    state: "unchanged",
    suppressed: { kind: "baseline", reason: "accepted in the baseline" },
  }),
];

function analyzer(id: string, more: Partial<AnalyzerRun> = {}): AnalyzerRun {
  return {
    id,
    version: "1.2.3",
    kind: "file",
    status: "ran",
    required: true,
    files: 6,
    cachedFiles: 0,
    findings: findings.filter((item) => item.analyzer === id).length,
    durationMs: 120,
    skippedFiles: [],
    ...more,
  };
}

const active = findings.filter((item) => item.suppressed === undefined && item.state !== "fixed");
const severityCount = (severity: string): number => active.filter((item) => item.severity === severity).length;

export const run: CheckRun = {
  schemaVersion: 1,
  codeflowVersion: "0.1.0",
  id: "019a0000-0000-7000-8000-000000000001",
  startedAt: "2026-11-22T10:00:00.000Z",
  durationMs: 2345,
  root: "/home/someone/private checkout",
  repository: { head: "0123456789abcdef0123456789abcdef01234567", branch: "feature/branches" },
  scope: { kind: "all" },
  profile: "smart",
  verdict: {
    status: "failed",
    reasons: [
      {
        kind: "condition",
        message: "3 new errors, at most 0 allowed",
        condition: { metric: "findings", of: "new", where: { severity: "error" }, max: 0 },
        value: 3,
        findings: findings.slice(0, 3).map(({ fingerprint }) => fingerprint),
      },
      { kind: "incomplete", message: "semgrep timed out after 120 s" },
    ],
    conditions: [
      { condition: { metric: "findings", of: "new", where: { severity: "error" }, max: 0 }, value: 3, held: false },
      { condition: { metric: "findings", of: "new", where: { analyzer: "secrets" }, max: 0 }, value: 1, held: false },
      { condition: { metric: "duplication.percent", max: 5 }, value: 3.456, held: true },
      { condition: { metric: "coverage.change", min: 80 }, value: undefined, held: false },
    ],
  },
  summary: {
    files: 214,
    bySeverity: { error: severityCount("error"), warning: severityCount("warning"), info: severityCount("info") },
    new: active.filter(({ state }) => state === "new").length,
    unchanged: 1,
    fixed: 1,
    suppressed: 2,
  },
  findings,
  analyzers: [
    analyzer("complexity", { status: "cached", cachedFiles: 6, durationMs: 0 }),
    analyzer("dead-exports", { kind: "project" }),
    analyzer("eslint", { kind: "tool", required: false, durationMs: 1900 }),
    analyzer("hygiene", { status: "cached", cachedFiles: 6, durationMs: 0 }),
    analyzer("mypy", {
      kind: "tool",
      status: "skipped",
      required: false,
      reason: "mypy is not installed here",
      files: 1,
    }),
    analyzer("oxlint", { kind: "batch", cachedFiles: 2, durationMs: 640 }),
    analyzer("rubocop", {
      kind: "tool",
      status: "skipped",
      required: false,
      reason: "rubocop is not installed here",
      files: 0,
    }),
    analyzer("ruff", {
      skippedFiles: [{ path: "app/huge.py", reason: "larger than 2 MB" }],
    }),
    analyzer("secrets", { skippedFiles: [{ path: "data/blob.txt", reason: "larger than 2 MB" }] }),
    analyzer("semgrep", { kind: "tool", status: "failed", reason: "timed out after 120 s", durationMs: 120_000 }),
    analyzer("structure"),
    analyzer("workflows", { files: 1 }),
  ],
  rules: Object.fromEntries(rules.map((rule) => [rule.id, rule])),
  metrics: { "duplication.percent": 3.456, "complexity.maximum": 24 },
  notices: ["The history could not be written: the disk is full."],
};

export const context: ReportContext = {
  line: (path, line) => {
    const file = files.get(path);
    return file === undefined || line > file.lineCount ? undefined : file.line(line);
  },
  fileText: (path) => texts[path],
  color: false,
  width: 100,
  links: false,
};

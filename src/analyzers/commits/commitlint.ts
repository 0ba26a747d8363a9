/** The repository's commitlint configuration, read as data, and commitlint's own rules applied with it. */
import type { ConfigFile } from "../../model/analyzer.ts";
import type { Severity } from "../../model/finding.ts";

export const dataNames = [".commitlintrc", ".commitlintrc.json", ".commitlintrc.yaml", ".commitlintrc.yml"];
/** Programs; only one that says nothing but which shared rules it extends is understood, by its text. */
export const codeNames = [
  ".commitlintrc.js",
  ".commitlintrc.cjs",
  ".commitlintrc.mjs",
  ".commitlintrc.ts",
  "commitlint.config.js",
  "commitlint.config.cjs",
  "commitlint.config.mjs",
  "commitlint.config.ts",
];

type Rules = Readonly<Record<string, readonly unknown[]>>;

const always = "always";
const never = "never";
const types = ["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"];

/** What the widely used shared configurations ask for, from their documentation. */
const shared: Readonly<Record<string, Rules>> = {
  conventional: {
    "body-leading-blank": [1, always],
    "body-max-line-length": [2, always, 100],
    "footer-leading-blank": [1, always],
    "footer-max-line-length": [2, always, 100],
    "header-max-length": [2, always, 100],
    "header-trim": [2, always],
    "subject-case": [2, never, ["sentence-case", "start-case", "pascal-case", "upper-case"]],
    "subject-empty": [2, never],
    "subject-full-stop": [2, never, "."],
    "type-case": [2, always, "lower-case"],
    "type-empty": [2, never],
    "type-enum": [2, always, types],
  },
  angular: {
    "body-leading-blank": [1, always],
    "footer-leading-blank": [1, always],
    "header-max-length": [2, always, 72],
    "scope-case": [2, always, "lower-case"],
    "subject-case": [2, never, ["sentence-case", "start-case", "pascal-case", "upper-case"]],
    "subject-empty": [2, never],
    "subject-full-stop": [2, never, "."],
    "type-case": [2, always, "lower-case"],
    "type-empty": [2, never],
    "type-enum": [2, always, ["build", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"]],
  },
};

export interface CommitlintProblem {
  /** commitlint's name for it. */
  readonly rule: string;
  readonly message: string;
  readonly severity: Severity;
}

/** Undefined: the repository does not configure commitlint in a form that can be read without running it. */
export async function readRules(config: readonly ConfigFile[]): Promise<Rules | undefined> {
  const texts = new Map(config.map((file) => [file.path, file.text]));
  const text = dataNames.map((name) => texts.get(name)).find((content) => content !== undefined);
  if (text !== undefined) {
    const { parseYaml } = await import("../markdown/yaml.ts");
    // JSON is YAML.
    return rulesOf(parseYaml(text));
  }
  const manifest = texts.get("package.json");
  if (manifest !== undefined && manifest.includes('"commitlint"')) {
    const parsed = parseManifest(manifest);
    if (parsed !== undefined) return rulesOf(parsed);
  }
  const code = codeNames.map((name) => texts.get(name)).find((content) => content !== undefined);
  return code === undefined ? undefined : staticRules(code);
}

function parseManifest(text: string): unknown {
  try {
    return (JSON.parse(text) as { commitlint?: unknown }).commitlint;
  } catch {
    // Another analyzer says that package.json is broken.
    return undefined;
  }
}

function rulesOf(data: unknown): Rules | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { extends: bases, rules } = data as { extends?: unknown; rules?: unknown };
  const merged: Record<string, readonly unknown[]> = {};
  for (const base of Array.isArray(bases) ? bases : [bases]) {
    const name = typeof base === "string" ? sharedName(base) : undefined;
    if (name !== undefined) Object.assign(merged, shared[name]);
  }
  if (typeof rules === "object" && rules !== null) {
    for (const [rule, setting] of Object.entries(rules)) {
      if (Array.isArray(setting)) merged[rule] = setting;
      else if (typeof setting === "number") merged[rule] = [setting];
    }
  }
  return Object.keys(merged).length === 0 ? undefined : merged;
}

function sharedName(specifier: string): string | undefined {
  return /^(?:@commitlint\/config-|config-)?(conventional|angular)$/.exec(specifier)?.[1];
}

/** `export default { extends: ["@commitlint/config-conventional"] }` and nothing else. */
function staticRules(code: string): Rules | undefined {
  const bare = code.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/[^\n]*/gm, "");
  const match =
    /^\s*(?:["']use strict["'];?\s*)?(?:module\.exports\s*=|export\s+default)\s*\{\s*extends\s*:\s*\[?\s*["']([^"']+)["']\s*,?\s*\]?\s*,?\s*\}\s*;?\s*$/.exec(
      bare,
    );
  const name = match?.[1] === undefined ? undefined : sharedName(match[1]);
  return name === undefined ? undefined : shared[name];
}

export async function lintMessage(message: string, rules: Rules): Promise<CommitlintProblem[]> {
  const { default: lint } = await import("@commitlint/lint");
  let known = rules;
  for (;;) {
    try {
      const outcome = await lint(message, known as Parameters<typeof lint>[1]);
      return [...outcome.errors, ...outcome.warnings].map(({ name, message: text, level }) => ({
        rule: name,
        message: text,
        severity: level === 2 ? "error" : "warning",
      }));
    } catch (error) {
      // Rules of plugins are programs; without their names commitlint does the rest. So with settings in a wrong form.
      const text = error instanceof Error ? error.message : "";
      const left = Object.entries(known).filter(
        ([rule]) => !new RegExp(`\\b${rule}\\b`).test(text.split("\nSupported")[0] ?? ""),
      );
      if (left.length === Object.keys(known).length) throw error;
      known = Object.fromEntries(left);
    }
  }
}

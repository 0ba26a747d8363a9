/** Reads the repository's own rules, `.codeflow/rules/*.yml`, in ast-grep's rule format. */
import type { NapiConfig, Rule } from "@ast-grep/napi";
import type { ConfigFile } from "../../model/analyzer.ts";
import { Failure } from "../../model/failure.ts";
import { type Category, categories, type Severity, type SuggestionSafety } from "../../model/finding.ts";
import type { Language } from "../trees/languages.ts";
import type { Syntax } from "../trees/tree.ts";
import type { ReadyRule } from "./matching.ts";

/** Names that ast-grep's documentation gives the languages, in lower case. */
const languageNames: Readonly<Record<string, Language>> = {
  javascript: "javascript",
  js: "javascript",
  jsx: "javascript",
  typescript: "typescript",
  ts: "typescript",
  tsx: "tsx",
  css: "css",
  html: "html",
  bash: "bash",
  c: "c",
  cpp: "cpp",
  "c++": "cpp",
  cc: "cpp",
  csharp: "csharp",
  cs: "csharp",
  go: "go",
  golang: "go",
  java: "java",
  kotlin: "kotlin",
  kt: "kotlin",
  php: "php",
  python: "python",
  py: "python",
  ruby: "ruby",
  rb: "ruby",
  rust: "rust",
  rs: "rust",
};

const severityNames: Readonly<Record<string, Severity | "off">> = {
  error: "error",
  warning: "warning",
  info: "info",
  hint: "info",
  off: "off",
};

const knownKeys = [
  "id",
  "language",
  "rule",
  "message",
  "severity",
  "note",
  "fix",
  "constraints",
  "utils",
  "transform",
  "url",
  "files",
  "ignores",
  "metadata",
];

interface Problem {
  readonly path: string;
  readonly line: number;
  readonly reason: string;
}

/** Throws one Failure that names every bad rule with its file, line and reason. */
export async function readUserRules(config: readonly ConfigFile[], syntax: Syntax): Promise<ReadyRule[]> {
  const { parseAllDocuments, LineCounter, isMap } = await import("yaml");
  const { default: picomatch } = await import("picomatch");
  const rules: ReadyRule[] = [];
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const file of config) {
    const lineCounter = new LineCounter();
    const documents = parseAllDocuments(file.text, { lineCounter });
    for (const document of Array.isArray(documents) ? documents : []) {
      const lineOf = (key: string): number => {
        const pair = isMap(document.contents)
          ? document.contents.items.find((item) => String(item.key) === key)
          : undefined;
        const range = (pair?.key as { range?: readonly number[] } | undefined)?.range ?? document.contents?.range;
        return lineCounter.linePos(range?.[0] ?? document.range[0]).line;
      };
      const complain = (key: string, reason: string): void => {
        problems.push({ path: file.path, line: lineOf(key), reason });
      };
      if (document.errors.length > 0) {
        for (const error of document.errors) {
          const line = error.linePos?.[0].line ?? lineOf("");
          problems.push({ path: file.path, line, reason: error.message.split("\n", 1)[0] ?? error.message });
        }
        continue;
      }
      const value: unknown = document.toJS();
      if (value === null || value === undefined) continue;
      const rule = readRule(value, { complain, syntax, matcher: (globs) => picomatch([...globs], { dot: true }) });
      if (rule === undefined) continue;
      const where = `${file.path}:${lineOf("id")}`;
      const other = seen.get(rule.id);
      if (other === undefined) {
        seen.set(rule.id, where);
        rules.push(rule);
      } else complain("id", `the id ${rule.id.slice("patterns/".length)} is taken by ${other}`);
    }
  }
  if (problems.length > 0) {
    const lines = problems.map(({ path, line, reason }) => `${path}:${line}: ${reason}`);
    throw new Failure(
      "CF120",
      lines.length === 1 ? `Mistake in a rule: ${lines[0]}` : `${lines.length} mistakes in rules:\n${lines.join("\n")}`,
      { next: "The format is described at https://ast-grep.github.io/reference/yaml.html" },
    );
  }
  return rules;
}

interface Reading {
  readonly complain: (key: string, reason: string) => void;
  readonly syntax: Syntax;
  readonly matcher: (globs: readonly string[]) => (path: string) => boolean;
}

function readRule(value: unknown, { complain, syntax, matcher }: Reading): ReadyRule | undefined {
  if (!isRecord(value)) {
    complain("", "a rule is a mapping with id, language and rule");
    return undefined;
  }
  let refused = false;
  const refuse = (key: string, reason: string): undefined => {
    refused = true;
    complain(key, reason);
    return undefined;
  };
  for (const key of Object.keys(value)) {
    if (!knownKeys.includes(key)) refuse(key, `unknown key ${key}`);
  }
  const id = value["id"];
  if (typeof id !== "string" || !/^[\w./@-]+$/.test(id)) {
    refuse("id", "id must be a name of letters, digits, dots and hyphens");
  }
  const language = typeof value["language"] === "string" ? languageNames[value["language"].toLowerCase()] : undefined;
  if (language === undefined) {
    refuse("language", `language ${JSON.stringify(value["language"] ?? null)} is none of ${languageList()}`);
  }
  const severityName = value["severity"] ?? "hint";
  const severity = typeof severityName === "string" ? severityNames[severityName] : undefined;
  if (severity === undefined) refuse("severity", "severity must be error, warning, info, hint or off");
  for (const key of ["message", "note", "url"]) {
    if (value[key] !== undefined && typeof value[key] !== "string") refuse(key, `${key} must be a text`);
  }
  const metadata = isRecord(value["metadata"]) ? value["metadata"] : {};
  const category = metadata["category"] ?? "maintainability";
  if (!categories.includes(category as Category)) {
    refuse("metadata", `metadata.category must be one of ${categories.join(", ")}`);
  }
  const safety = metadata["fix-safety"] ?? "unsafe";
  if (safety !== "safe" && safety !== "unsafe" && safety !== "suggested") {
    refuse("metadata", "metadata.fix-safety must be safe, unsafe or suggested");
  }
  const globs: Partial<Record<"files" | "ignores", readonly string[]>> = {};
  for (const key of ["files", "ignores"] as const) {
    const list = value[key];
    if (list === undefined) continue;
    if (Array.isArray(list) && list.every((item) => typeof item === "string")) globs[key] = list;
    else refuse(key, `${key} must be a list of globs`);
  }
  const fix = value["fix"];
  if (fix !== undefined && typeof fix !== "string") {
    refuse("fix", "fix must be a text; expandStart and expandEnd are not supported");
  }
  if (!isRecord(value["rule"])) refuse("rule", "rule must be a mapping such as `pattern: …`");
  if (refused || language === undefined || severity === undefined) return undefined;

  const config: NapiConfig = { rule: value["rule"] as Rule };
  if (value["constraints"] !== undefined) config.constraints = value["constraints"] as Record<string, Rule>;
  if (value["utils"] !== undefined) config.utils = value["utils"] as Record<string, Rule>;
  if (value["transform"] !== undefined) config.transform = value["transform"];
  const engineName = syntax.engineName(language);
  if (engineName === undefined) return undefined;
  try {
    syntax.napi.parse(engineName, "").root().findAll(config);
  } catch (error) {
    return refuse("rule", explain(error));
  }
  if (severity === "off") return undefined;
  const message = (value["message"] as string | undefined) ?? (value["note"] as string | undefined) ?? String(id);
  const files = globs.files === undefined ? undefined : matcher(globs.files);
  const ignores = globs.ignores === undefined ? undefined : matcher(globs.ignores);
  return {
    id: `patterns/${id}`,
    language,
    config,
    message: message.trim(),
    keywords: [],
    severity,
    category: category as Category,
    ...(typeof value["url"] === "string" ? { helpUrl: value["url"] } : {}),
    ...(typeof fix === "string"
      ? { fix: { message: `Apply the fix of ${id}`, template: fix, safety: safety as SuggestionSafety } }
      : {}),
    ...(files === undefined && ignores === undefined
      ? {}
      : { accepts: (path: string) => (files?.(path) ?? true) && !(ignores?.(path) ?? false) }),
  };
}

/** The engine's message is a tree with the cause in its last line. */
function explain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .split("\n")
    .map((line) => line.replace(/^[\s|>-]+/, "").trim())
    .filter((line) => line !== "")
    .join(" ");
}

function languageList(): string {
  return [...new Set(Object.values(languageNames))].join(", ");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

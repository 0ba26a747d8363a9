/** Reads what other tools accept: ESLint and Oxlint suppressions, gitleaks reports, SARIF. */
import type { BaselineAllowance } from "../model/baseline.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { type Baseline, sortAllowances } from "./baseline-file.ts";

export const baselineSources = ["eslint", "oxlint", "gitleaks", "sarif"] as const;
export type BaselineSource = (typeof baselineSources)[number];

/**
 * None of these formats knows the code, only files, rules and numbers; so they become allowances, and `codeflow baseline
 * update` turns into entries what they accept.
 */
export interface ImportedBaseline {
  readonly baseline: Baseline;
  readonly diagnostics: readonly Diagnostic[];
}

/** Which tool wrote this file, by its name and shape; undefined when none of them. */
export function detectBaselineSource(fileName: string, text: string): BaselineSource | undefined {
  let value: unknown;
  try {
    value = JSON.parse(withoutBom(text));
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) {
    const isLeak = (item: unknown): boolean => isRecord(item) && "RuleID" in item && "File" in item;
    return value.every(isLeak) && (value.length > 0 || /gitleaks/i.test(fileName)) ? "gitleaks" : undefined;
  }
  if (!isRecord(value)) return undefined;
  if (Array.isArray(value["runs"])) return "sarif";
  const isCounts = Object.values(value).every(
    (rules) =>
      isRecord(rules) && Object.values(rules).every((entry) => isRecord(entry) && typeof entry["count"] === "number"),
  );
  if (!isCounts) return undefined;
  return /oxlint/i.test(fileName) ? "oxlint" : "eslint";
}

/** `file` names the imported file in diagnostics and as the allowances' source. */
export function importBaseline(source: BaselineSource, text: string, file: string): ImportedBaseline {
  const diagnostics: Diagnostic[] = [];
  const complain = (code: string, message: string, hint?: string): void => {
    diagnostics.push({
      file,
      line: 1,
      column: 1,
      severity: "error",
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  let value: unknown;
  try {
    value = JSON.parse(withoutBom(text));
  } catch (error) {
    complain("import-json", `not JSON: ${error instanceof Error ? error.message : String(error)}`);
    return { baseline: { entries: [], allowances: [] }, diagnostics };
  }
  const counts = new Map<string, BaselineAllowance>();
  const allow = (rule: string, path: string, count: number): void => {
    const clean = cleanPath(path);
    const key = `${rule}\0${clean}`;
    counts.set(key, { rule, path: clean, count: (counts.get(key)?.count ?? 0) + count, source: file });
  };
  const isRead = readers[source](value, allow, complain);
  if (!isRead) complain("import-shape", `this is not a file that ${names[source]} writes`, shapes[source]);
  return { baseline: { entries: [], allowances: sortAllowances([...counts.values()]) }, diagnostics };
}

type Allow = (rule: string, path: string, count: number) => void;
type Complain = (code: string, message: string, hint?: string) => void;

const names: Readonly<Record<BaselineSource, string>> = {
  eslint: "ESLint",
  oxlint: "Oxlint",
  gitleaks: "gitleaks",
  sarif: "a SARIF 2.1.0 tool",
};

const shapes: Readonly<Record<BaselineSource, string>> = {
  eslint: 'expected { "file.js": { "rule": { "count": 1 } } }',
  oxlint: 'expected { "file.js": { "rule": { "count": 1 } } }',
  gitleaks: "expected the JSON report of `gitleaks git` or `gitleaks dir`: a list of leaks",
  sarif: 'expected an object with "runs"',
};

const readers: Readonly<Record<BaselineSource, (value: unknown, allow: Allow, complain: Complain) => boolean>> = {
  eslint: (value, allow, complain) => readCounts("eslint", value, allow, complain),
  oxlint: (value, allow, complain) => readCounts("oxlint", value, allow, complain),
  gitleaks: readLeaks,
  sarif: readSarif,
};

function readCounts(analyzer: string, value: unknown, allow: Allow, complain: Complain): boolean {
  if (!isRecord(value)) return false;
  for (const [path, rules] of Object.entries(value)) {
    if (!isRecord(rules)) return false;
    for (const [rule, entry] of Object.entries(rules)) {
      const count = isRecord(entry) ? entry["count"] : undefined;
      if (typeof count === "number" && Number.isInteger(count) && count > 0) allow(`${analyzer}/${rule}`, path, count);
      else complain("import-count", `${path}: ${rule} has no count`);
    }
  }
  return true;
}

/** Accepts what gitleaks itself reports; our own secrets are accepted one by one, because a count cannot tell them apart. */
function readLeaks(value: unknown, allow: Allow, complain: Complain): boolean {
  if (!Array.isArray(value)) return false;
  for (const [index, leak] of value.entries()) {
    const { RuleID: rule, File: path } = isRecord(leak) ? leak : {};
    if (typeof rule === "string" && typeof path === "string" && rule !== "" && path !== "")
      allow(`gitleaks/${rule}`, path, 1);
    else complain("import-leak", `leak ${index + 1} names no rule or no file`);
  }
  return true;
}

function readSarif(value: unknown, allow: Allow, complain: Complain): boolean {
  if (!isRecord(value) || !Array.isArray(value["runs"])) return false;
  for (const run of value["runs"]) {
    const driver = pick(run, "tool", "driver");
    const tool = pick(driver, "name");
    const rules = pick(driver, "rules");
    const results = pick(run, "results");
    if (!Array.isArray(results)) continue;
    const analyzer = analyzerId(typeof tool === "string" ? tool : "sarif");
    for (const [index, result] of results.entries()) {
      if (!isAccepted(result)) continue;
      const ruleIndex = pick(result, "ruleIndex") ?? pick(result, "rule", "index");
      const ofIndex = Array.isArray(rules) && typeof ruleIndex === "number" ? pick(rules[ruleIndex], "id") : undefined;
      const rule = pick(result, "ruleId") ?? pick(result, "rule", "id") ?? ofIndex;
      const locations = pick(result, "locations");
      const first: unknown = Array.isArray(locations) ? locations[0] : undefined;
      const uri = pick(first, "physicalLocation", "artifactLocation", "uri");
      if (typeof rule !== "string" || typeof uri !== "string") {
        complain("import-result", `result ${index + 1} of ${analyzer} names no rule or no file`);
      } else allow(analyzer === "codeflow" ? rule : `${analyzer}/${rule}`, uri, 1);
    }
  }
  return true;
}

/** Results that say that nothing is wrong, or that a thing is gone, accept nothing. */
function isAccepted(result: unknown): boolean {
  const kind = pick(result, "kind");
  return pick(result, "baselineState") !== "absent" && (kind === undefined || kind === "fail" || kind === "open");
}

/** `ESLint` is `eslint`, `GitHub CodeQL` is `github-codeql`: as the importer of reports names analyzers. */
function analyzerId(tool: string): string {
  const id = tool
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return id === "" ? "sarif" : id;
}

function cleanPath(written: string): string {
  let path = written.replace(/^file:\/\//, "");
  try {
    if (/%[0-9a-f]{2}/i.test(path)) path = decodeURIComponent(path);
  } catch {
    // A file may really be called `100%25`: then it is meant literally.
    path = written;
  }
  return path.replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");
}

function pick(value: unknown, ...keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) {
    if (!isRecord(at)) return undefined;
    at = at[key];
  }
  return at;
}

function withoutBom(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON, strict or as lenient as its reader is known to be; without recursion, so depth does not matter. */
import { createScanner, type JSONScanner } from "jsonc-parser";
import type { RawFinding } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { isMeantToBreak, isTemplate } from "./leniency.ts";

/** The library declares these as ambient const enums, which a compiler that looks at one file at a time cannot read. */
const kinds = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  null: 7,
  true: 8,
  false: 9,
  string: 10,
  number: 11,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  space: 15,
  end: 17,
} as const;
const scanErrors: readonly (string | undefined)[] = [
  undefined,
  "the comment is never closed",
  "the string is never closed",
  "the number is incomplete",
  "invalid \\u escape",
  "invalid escape in a string",
  "control character in a string: write it as an escape",
];

/** Readers that accept comments and trailing commas. */
const lenient =
  /\.(?:jsonc|code-workspace)$|(?:^|\/)(?:[^/]*tsconfig[^/]*\.json|[^/]*jsconfig[^/]*\.json|\.eslintrc(?:\.json)?|\.jshintrc|\.swcrc|api-extractor[^/]*\.json|language-configuration\.json|babel\.config\.json|\.babelrc(?:\.json)?|tslint\.json|deno\.json|turbo\.json|nx\.json|project\.json|angular\.json|renovate\.json|\.renovaterc(?:\.json)?|typedoc\.json|wrangler\.json|biome\.json|\.oxlintrc\.json|\.oxfmtrc\.json|\.markdownlint\.json|pyrightconfig\.json|cspell\.json|\.cspell\.json|knip\.json|rush\.json|appsettings[^/]*\.json|launchSettings\.json|global\.json|bunfig\.json|_category_\.json|settings\.json|keybindings\.json|keymap\.json|[^/]*\.tmLanguage\.json|[^/]*-color-theme\.json)$|(?:^|\/)(?:\.vscode|\.devcontainer|\.zed|common\/config\/rush)\//i;
/** Readers that accept nothing but JSON. */
const strict =
  /(?:^|\/)(?:package|composer|bower|manifest|vercel|firebase|lerna|now|app)\.json$|\.(?:webmanifest|ipynb)$/i;
/** Keys that people repeat because they serve as comments. */
const commentKey = /^(?:\/|#|_?_?comment|_$|\$comment)/i;
const mostDuplicates = 20;

export function checkJson(file: SourceFile): RawFinding[] {
  const { text, path } = file;
  if (isMeantToBreak(path)) return [];
  const report = scan(text);
  const { error } = report;
  if (error !== undefined) {
    if (isTemplate(text) || isJsonLines(text)) return [];
    return [{ rule: "syntax/json", message: error.message, location: file.location(error.start, error.end) }];
  }
  if (lenient.test(path)) return duplicates(file, report);
  const isStrict = strict.test(path);
  const findings: RawFinding[] = [];
  if (report.comment !== undefined && isStrict) {
    findings.push({
      rule: "syntax/json",
      message: "comments are not allowed here: whatever reads this file accepts JSON only",
      location: file.location(report.comment, report.comment + 2),
    });
  }
  // Who writes comments knows that the reader is lenient.
  if (report.trailingComma !== undefined && (isStrict || report.comment === undefined)) {
    const { trailingComma: at } = report;
    findings.push({
      rule: isStrict ? "syntax/json" : "syntax/json-trailing-comma",
      message: "trailing comma: JSON does not allow it",
      location: file.location(at, at + 1),
      ...(file.isUtf8
        ? {
            suggestions: [{ message: "Remove the comma", safety: "safe" as const, edits: [file.edit(at, at + 1, "")] }],
          }
        : {}),
    });
  }
  return [...findings, ...duplicates(file, report)];
}

function duplicates(file: SourceFile, report: Report): RawFinding[] {
  return report.duplicates.map(({ key, start, end, first }) => ({
    rule: "syntax/json-duplicate-key",
    message: `the key ${shown(key)} is already in this object: most readers keep only the last value`,
    location: file.location(start, end),
    related: [{ location: file.location(first, first + (end - start)), message: "the first one" }],
  }));
}

function shown(key: string): string {
  return JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key);
}

/** One value a line, in a file that is only called `.json`. */
function isJsonLines(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.length > 1 && lines.every(isJson);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // The answer is in the failure.
    return false;
  }
}

interface Report {
  error?: { readonly message: string; readonly start: number; readonly end: number };
  /** Offsets of the first of each. */
  comment?: number;
  trailingComma?: number;
  readonly duplicates: { readonly key: string; readonly start: number; readonly end: number; readonly first: number }[];
}

/** What may come next: a value; an object's key; the colon; a comma or the closing bracket. */
type State = "value" | "key" | "colon" | "after";

/** Reads to the first error. */
function scan(text: string): Report {
  const report: Report = { duplicates: [] };
  const scanner = createScanner(text, false);
  /** The open objects (with the offsets of their keys) and arrays (undefined). */
  const stack: (Map<string, number> | undefined)[] = [];
  let state: State = "value";
  let comma: number | undefined;
  let started = false;
  for (;;) {
    const token: number = scanner.scan();
    const start = scanner.getTokenOffset();
    const end = start + scanner.getTokenLength();
    const fail = (message: string): Report => ({ ...report, error: { message, start, end: Math.max(end, start) } });
    if (token === kinds.space || token === kinds.lineBreak) continue;
    if (token === kinds.lineComment || token === kinds.blockComment) {
      const unclosed = problemOf(scanner);
      if (unclosed !== undefined) return fail(unclosed);
      report.comment ??= start;
      continue;
    }
    if (token === kinds.end) {
      if (stack.length > 0) return fail(`the file ends inside an ${stack.at(-1) === undefined ? "array" : "object"}`);
      return state === "value" ? fail(started ? "a value is missing" : "the file is empty: not JSON") : report;
    }
    started = true;
    const problem = problemOf(scanner);
    if (problem !== undefined) return fail(problem);
    const container = stack.at(-1);
    if (token === kinds.closeBrace || token === kinds.closeBracket) {
      const isObject = token === kinds.closeBrace;
      if (stack.length === 0 || (container !== undefined) !== isObject)
        return fail(`unexpected ${isObject ? "}" : "]"}`);
      const mayClose = state === "after" || (isObject ? state === "key" : state === "value");
      if (!mayClose) return fail("a value is missing");
      if (state !== "after" && comma !== undefined) report.trailingComma ??= comma;
      stack.pop();
      comma = undefined;
      state = "after";
    } else if (state === "after") {
      if (stack.length === 0) return fail("there is more after the end of the value");
      if (token !== kinds.comma) return fail(`expected a comma before ${shown(scanner.getTokenValue())}`);
      comma = start;
      state = container === undefined ? "value" : "key";
    } else if (state === "key") {
      if (token !== kinds.string || container === undefined) {
        return fail(`expected a key in double quotes instead of ${shown(scanner.getTokenValue())}`);
      }
      const key = scanner.getTokenValue();
      const first = container.get(key);
      if (first === undefined) container.set(key, start);
      else if (!commentKey.test(key) && report.duplicates.length < mostDuplicates) {
        report.duplicates.push({ key, start, end, first });
      }
      state = "colon";
    } else if (state === "colon") {
      if (token !== kinds.colon) return fail("expected a colon after the key");
      state = "value";
      comma = undefined;
    } else if (token === kinds.openBrace || token === kinds.openBracket) {
      const isObject = token === kinds.openBrace;
      stack.push(isObject ? new Map() : undefined);
      state = isObject ? "key" : "value";
      comma = undefined;
    } else if (isScalar(token)) {
      comma = undefined;
      state = "after";
    } else return fail(`unexpected ${shown(scanner.getTokenValue())}`);
  }
}

function isScalar(token: number): boolean {
  return (
    token === kinds.string ||
    token === kinds.number ||
    token === kinds.true ||
    token === kinds.false ||
    token === kinds.null
  );
}

function problemOf(scanner: JSONScanner): string | undefined {
  return scanErrors[scanner.getTokenError()];
}

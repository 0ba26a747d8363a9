/** Reads `codeflow-ignore RULE[, RULE…] -- reason [until=YYYY-MM-DD]` out of comments, whatever the language. */
import type { FindingIdentity, Location } from "../model/finding.ts";
import type { SourceFile } from "../model/source-file.ts";
import { identify } from "./identity.ts";

/**
 * `line`: behind code; `next-line`: alone on its line; `block`: `codeflow-ignore-start` to `codeflow-ignore-end`;
 * `file`: `codeflow-ignore-file`.
 */
export type DirectiveForm = "line" | "next-line" | "block" | "file";

/** One written suppression. Survives JSON. */
export interface Directive {
  readonly form: DirectiveForm;
  /** Rule ids or patterns with `*`. */
  readonly rules: readonly string[];
  /** Absent when none was written: then it suppresses nothing. */
  readonly reason?: string;
  /** As written, meant as an ISO date; it counts up to and including that day. */
  readonly until?: string;
  /** Of the words of the directive itself. */
  readonly location: Location;
  /** First and last line it covers (inclusive). */
  readonly firstLine: number;
  readonly lastLine: number;
  readonly identity: FindingIdentity;
}

const keyword = "codeflow-ignore";
const longestLine = 2_000;
/** Beyond any file, and still an integer after JSON. */
const endOfFile = Number.MAX_SAFE_INTEGER;

/** Comment openers by what closes them; the directive must follow one of them directly, so that prose does not count. */
const openers: readonly { readonly pattern: RegExp; readonly closer: RegExp; readonly kind: CommentKind }[] = [
  { pattern: /<!--+\s*$/, closer: /--+>/, kind: "markup" },
  { pattern: /<%--+\s*$/, closer: /--+%>/, kind: "markup" },
  { pattern: /<%#\s*$/, closer: /%>/, kind: "markup" },
  { pattern: /\{\{!(?:--)?\s*$/, closer: /(?:--)?\}\}/, kind: "markup" },
  { pattern: /\{#-?\s*$/, closer: /-?#\}/, kind: "markup" },
  { pattern: /\/\*+!?\s*$/, closer: /\*+\//, kind: "block" },
  { pattern: /\(\*+\s*$/, closer: /\*+\)/, kind: "block" },
  { pattern: /\{-+\s*$/, closer: /-+\}/, kind: "block" },
  { pattern: /\/\/+!?\s*$/, closer: /$/, kind: "slashes" },
  { pattern: /#+!?\s*$/, closer: /$/, kind: "hash" },
  { pattern: /(?:^|[^-])--+\s*$/, closer: /$/, kind: "dashes" },
  { pattern: /;+\s*$/, closer: /$/, kind: "semicolon" },
  { pattern: /%+\s*$/, closer: /$/, kind: "percent" },
  { pattern: /(?:^|[\s&@])rem\s+$/i, closer: /$/, kind: "rem" },
  // Inside a block comment, or a quote that starts a comment line (Visual Basic, Vim).
  { pattern: /^\s*\*+\s*$/, closer: /\*+\/|$/, kind: "block" },
  { pattern: /^\s*['"]\s*$/, closer: /$/, kind: "quote" },
];

type CommentKind = "markup" | "block" | "slashes" | "hash" | "dashes" | "semicolon" | "percent" | "rem" | "quote";

/** A line that holds nothing but a comment of that kind; the line that a directive is meant for comes after them. */
const commentLine: Readonly<Record<CommentKind, RegExp>> = {
  markup: /^\s*(?:<!--.*-->|<%--.*--%>|<%#.*%>|\{#.*#\}|\{\{!.*\}\})\s*$/,
  block: /^\s*(?:\/\/|\{?\/\*.*\*\/\}?\s*$|\(\*.*\*\)\s*$|\{-.*-\}\s*$|\*+\/\s*$)/,
  slashes: /^\s*(?:\/\/|\/\*.*\*\/\s*$)/,
  hash: /^\s*#/,
  dashes: /^\s*--/,
  semicolon: /^\s*;/,
  percent: /^\s*%/,
  rem: /^\s*@?rem\b/i,
  quote: /^\s*['"]/,
};

const markdown = /\.(?:md|markdown|mdx|mdown)$/i;

/** Cheap for files without directives. */
export function parseDirectives(file: SourceFile): Directive[] {
  const { text } = file;
  let at = text.indexOf(keyword);
  if (at === -1) return [];
  const directives: Directive[] = [];
  const openBlocks: Directive[] = [];
  for (; at !== -1; at = text.indexOf(keyword, at + keyword.length)) {
    const written = readDirective(file, at);
    if (written === undefined) continue;
    if (written.suffix === "end") {
      const index = openBlocks.findLastIndex(
        ({ rules }) => written.rules.length === 0 || rules.join() === written.rules.join(),
      );
      const [opened] = index === -1 ? [] : openBlocks.splice(index, 1);
      if (opened !== undefined) {
        directives[directives.indexOf(opened)] = { ...opened, lastLine: written.line };
      }
      continue;
    }
    const directive = createDirective(file, written);
    directives.push(directive);
    if (directive.form === "block") openBlocks.push(directive);
  }
  return directives;
}

interface Written {
  readonly suffix: "" | "start" | "end" | "file" | "next-line";
  readonly rules: readonly string[];
  readonly reason: string | undefined;
  readonly until: string | undefined;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly kind: CommentKind;
  /** Nothing but the comment on its line. */
  readonly isAlone: boolean;
}

function readDirective(file: SourceFile, at: number): Written | undefined {
  const { line, column } = file.position(at);
  const lineText = file.line(line);
  // Nobody writes a directive into a line of that length, and patterns are not to be tried on megabytes.
  if (lineText.length > longestLine) return undefined;
  const prefix = lineText.slice(0, column - 1);
  const opener = openers.find(({ pattern }) => pattern.test(prefix));
  if (opener === undefined) return undefined;
  // In Markdown `#` starts a heading and `//` is text.
  if (markdown.test(file.path) && opener.kind !== "markup" && !/\{\/\*\s*$/.test(prefix)) return undefined;
  const afterKeyword = lineText.slice(column - 1 + keyword.length);
  const suffix = /^-(start|end|file|next-line)(?![\w-])/.exec(afterKeyword)?.[1] as Written["suffix"] | undefined;
  const body = afterKeyword.slice(suffix === undefined ? 0 : suffix.length + 1);
  if (/^[\w-]/.test(body)) return undefined;
  const closed = opener.closer.exec(body);
  const words = body.slice(0, closed?.index ?? body.length).trimEnd();
  const rest = closed === null ? "" : body.slice(closed.index + closed[0].length);
  const code = prefix.replace(opener.pattern, "");
  if (isInString(code, lineText.slice(column - 1))) return undefined;
  const parsed = parseWords(words);
  if (parsed === undefined && suffix !== "end") return undefined;
  return {
    suffix: suffix ?? "",
    rules: parsed?.rules ?? [],
    reason: parsed?.reason,
    until: parsed?.until,
    line,
    start: at,
    end: at + keyword.length + (suffix === undefined ? 0 : suffix.length + 1) + words.length,
    kind: opener.kind,
    // `{/* … */}` is how JSX writes a comment.
    isAlone: /^[\s{]*$/.test(code) && /^[\s}]*$/.test(rest),
  };
}

/** A quote is open before the comment and closed behind the directive. */
function isInString(before: string, after: string): boolean {
  for (const quote of ['"', "'", "`"]) {
    let count = 0;
    for (let i = 0; i < before.length; i++) {
      if (before[i] === "\\") i++;
      else if (before[i] === quote) count++;
    }
    if (count % 2 === 1 && after.includes(quote)) return true;
  }
  return false;
}

function parseWords(
  words: string,
): { rules: readonly string[]; reason: string | undefined; until: string | undefined } | undefined {
  const until = /(?:^|\s)until=(\S*)/.exec(words);
  const rest = until === null ? words : words.slice(0, until.index) + words.slice(until.index + until[0].length);
  const separator = /(?:^|\s)(?:--+|[\u2013\u2014])(?=\s|$)/.exec(rest);
  const list = (separator === null ? rest : rest.slice(0, separator.index)).trim();
  const reason = separator === null ? "" : rest.slice(separator.index + separator[0].length).trim();
  const tokens = list === "" ? [] : list.split(/\s*,\s*|\s+/).filter((token) => token !== "");
  const first = tokens[0];
  if (first === undefined) {
    return separator === null && words !== ""
      ? undefined
      : { rules: [], reason: reason || undefined, until: until?.[1] };
  }
  let rules = tokens;
  if (separator === null && list.split(/\s*,\s*/).some((part) => /\s/.test(part))) {
    // Words without a separator: a forgotten `--` when it begins with a rule, prose when it does not.
    rules = tokens.slice(
      0,
      Math.max(
        0,
        tokens.findIndex((token) => !isRuleLike(token)),
      ),
    );
    if (rules.length === 0) return undefined;
  }
  return { rules, reason: reason || undefined, until: until?.[1] };
}

function isRuleLike(token: string): boolean {
  return /^[@\w*.-]+\/[@\w*./:-]+$/.test(token) || token === "*";
}

function createDirective(file: SourceFile, written: Written): Directive {
  const location = file.location(written.start, written.end);
  const form = formOf(written);
  const [firstLine, lastLine] = coverageOf(file, written, form);
  const anchor = file.text.slice(written.start, written.end);
  const { identity } = identify({ rule: "", message: "", location, anchor }, file);
  return {
    form,
    rules: written.rules,
    ...(written.reason === undefined ? {} : { reason: written.reason }),
    ...(written.until === undefined ? {} : { until: written.until }),
    location,
    firstLine,
    lastLine,
    identity,
  };
}

function formOf({ suffix, isAlone }: Written): DirectiveForm {
  if (suffix === "file") return "file";
  if (suffix === "start") return "block";
  return suffix === "next-line" || isAlone ? "next-line" : "line";
}

function coverageOf(file: SourceFile, written: Written, form: DirectiveForm): [number, number] {
  if (form === "file") return [1, endOfFile];
  // Until its end is found.
  if (form === "block") return [written.line, endOfFile];
  if (form === "line") return [written.line, written.line];
  const next = nextCodeLine(file, written);
  return [next, next];
}

/** The first line after the comment that is neither blank nor a comment of the same kind. */
function nextCodeLine(file: SourceFile, { line, kind, start }: Written): number {
  let next = line + 1;
  if (kind === "block" && !/\*+\/|\*+\)|-+\}/.test(file.line(line).slice(file.position(start).column))) {
    // Inside a comment over several lines: what follows its end is meant.
    while (next <= file.lineCount && !/\*+\/|\*+\)|-+\}/.test(file.line(next))) next++;
    next++;
  }
  const skipped = commentLine[kind];
  while (next <= file.lineCount) {
    const text = file.line(next).slice(0, longestLine);
    if (text.trim() !== "" && !skipped.test(text)) return next;
    next++;
  }
  return next;
}

/** Syntax of shell scripts by sh-syntax, mvdan's parser in WASM. */
import type { RawFinding } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { loadParser } from "./parser.ts";

/** Of sh-syntax's `LangVariant`. */
const variants = { bash: 1, posix: 2, bats: 8 } as const;
export type Dialect = keyof typeof variants;

interface SyntaxProblem {
  readonly message: string;
  /** Bytes. */
  readonly offset: number | undefined;
  readonly line: number;
  readonly column: number;
  /** Another shell would understand it. */
  readonly isOtherDialect: boolean;
}

/** Undefined: it parses. `unreadable`: the parser itself failed. */
export async function findSyntaxError(
  source: SourceFile,
  dialect: Dialect,
): Promise<RawFinding | "unreadable" | undefined> {
  const problem = await parseWith(source, dialect);
  if (problem === undefined || problem === "unreadable") return problem;
  // bash takes `((command) || (other))` for two subshells when it is no arithmetic; the parser does not try again.
  if (/arithmetic/.test(problem.message) && /(?<!\$)\(\(\s*[a-z!]/.test(source.line(problem.line))) return undefined;
  if (dialect !== "posix") return problem.isOtherDialect ? undefined : toFinding(source, problem, "shell/syntax");
  // What only another shell understands is a fault of the first line, not of the syntax.
  const asBash = await parseWith(source, "bash");
  if (asBash === undefined) return toFinding(source, problem, "shell/bashism");
  if (asBash === "unreadable") return asBash;
  return asBash.isOtherDialect ? undefined : toFinding(source, asBash, "shell/syntax");
}

async function parseWith(source: SourceFile, dialect: Dialect): Promise<SyntaxProblem | "unreadable" | undefined> {
  const parse = await loadParser();
  try {
    await parse(source.text, { variant: variants[dialect], filepath: "script", keepComments: false });
    return undefined;
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && error.name === "RuntimeError")) return "unreadable";
    return problemOf(error);
  }
}

function problemOf(error: unknown): SyntaxProblem {
  const { Text: text, Pos: position } = error as {
    Text?: string;
    Pos?: { Offset: number; Line: number; Col: number };
  };
  if (typeof text === "string" && position !== undefined) {
    return {
      message: text,
      offset: position.Offset,
      line: position.Line,
      column: position.Col,
      isOtherDialect: false,
    };
  }
  // The parser gives `?` for a column beyond what it counts (16,384).
  const match = /^script:(\d+):(\d+|\?): (.*)$/s.exec(error instanceof Error ? error.message : "");
  if (match === null) throw error;
  const message = match[3] ?? "";
  return {
    message,
    offset: undefined,
    line: Number(match[1]),
    column: match[2] === "?" ? 1 : Number(match[2]),
    isOtherDialect: /; tried parsing as |feature/.test(message),
  };
}

function toFinding(source: SourceFile, problem: SyntaxProblem, rule: string): RawFinding {
  const start =
    problem.offset === undefined
      ? source.offset(problem.line, problem.column)
      : source.offsetOfByte(problem.offset + source.bomLength);
  const message = problem.message.replace(/; tried parsing as \w+$/, "");
  const end = Math.min(source.text.length, start + 1);
  return {
    rule,
    message:
      rule === "shell/bashism"
        ? `${capitalise(message)}, and this is a \`#!/bin/sh\` script.`
        : `${capitalise(message)}.`,
    location: source.location(start, source.text[start] === "\n" ? start : end),
  };
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Parses GitHub's expression language and says what an expression refers to, with offsets. Pure; nothing is thrown at. */
import { Lexer, Parser } from "@actions/expressions";
import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from "@actions/expressions/ast";
import { ExpressionError as LibraryError } from "@actions/expressions/errors";
import { type Token, TokenType } from "@actions/expressions/lexer";

/** Sorted. `item` and `index` exist inside `foreach`. */
export const contextNames = ["env", "event", "index", "inputs", "item", "repo", "run", "secrets", "steps"] as const;
export type ContextName = (typeof contextNames)[number];

/** Function name (in lower case) to how it is written and how many arguments it takes. */
export const functionNames: ReadonlyMap<string, { readonly name: string; readonly isStatus?: boolean }> = new Map([
  ["always", { name: "always", isStatus: true }],
  ["cancelled", { name: "cancelled", isStatus: true }],
  ["case", { name: "case" }],
  ["contains", { name: "contains" }],
  ["endswith", { name: "endsWith" }],
  ["failure", { name: "failure", isStatus: true }],
  ["format", { name: "format" }],
  ["fromjson", { name: "fromJSON" }],
  ["hashfiles", { name: "hashFiles" }],
  ["join", { name: "join" }],
  ["startswith", { name: "startsWith" }],
  ["success", { name: "success", isStatus: true }],
  ["tojson", { name: "toJSON" }],
]);

/** A stretch of the expression's text. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** One step of `steps.build['outputs'].*`: a name or number known from the text, `*`, or what only evaluating tells. */
export interface ReferenceStep extends Span {
  readonly key: string | number | undefined;
  readonly isStar: boolean;
}

/** A context with what is asked of it: `event.pull_request.title`. */
export interface Reference extends Span {
  /** As written; contexts are case-insensitive. */
  readonly context: string;
  readonly path: readonly ReferenceStep[];
  /** Its text can become part of the result: not when it is only compared, searched or counted. */
  readonly reachesResult: boolean;
}

export interface ParsedExpression {
  readonly text: string;
  readonly root: Expr;
  readonly references: readonly Reference[];
  /** Functions called, as written. */
  readonly calls: readonly (Span & { readonly name: string })[];
  /** It asks for the state itself, so that no `success()` is implied. */
  readonly usesStatus: boolean;
}

export interface ExpressionFault extends Span {
  readonly kind: "syntax" | "empty" | "arguments" | "unknown-context" | "unknown-function" | "too-long" | "too-deep";
  readonly message: string;
  /** Of an unknown context or function. */
  readonly name?: string;
}

export type ParseResult =
  | { readonly expression: ParsedExpression; readonly faults: readonly [] }
  | { readonly expression: undefined; readonly faults: readonly [ExpressionFault, ...ExpressionFault[]] };

/** Of GitHub's own limits. */
const maxLength = 21_000;
/** A file of 10,000 steps has about as many; past that the oldest are parsed again. */
const maxRemembered = 20_000;

const remembered = new Map<string, ParseResult>();

/** Every unknown context and function at once; of broken syntax the first place. */
export function parseExpression(text: string): ParseResult {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const result = parse(text);
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(text, result);
  return result;
}

function parse(text: string): ParseResult {
  const whole = { offset: 0, length: text.length };
  const refuse = (fault: ExpressionFault): ParseResult => ({ expression: undefined, faults: [fault] });
  if (text.trim() === "") return refuse({ ...whole, kind: "empty", message: "there is no expression here" });
  if (text.length > maxLength) {
    return refuse({ ...whole, kind: "too-long", message: `the expression is longer than ${maxLength} characters` });
  }
  let tokens: Token[];
  try {
    tokens = new Lexer(text).lex().tokens;
  } catch (error) {
    return refuse(lexerFault(error as Error, text));
  }
  const offsets = offsetsOf(tokens, text);
  const spanOf = (token: Token): Span => ({ offset: offsets.get(token) ?? 0, length: token.lexeme.length });
  // The lexer undoubles only the first '' of a text; GitHub's runner all of them.
  for (const token of tokens) {
    if (token.type === TokenType.STRING) token.value = token.lexeme.slice(1, -1).replaceAll("''", "'");
  }
  // The parser stops at the first unknown name. Told that it knows all of them it goes on, and all are looked at below.
  const names = [...new Set(tokens.filter(({ type }) => type === TokenType.IDENTIFIER).map(({ lexeme }) => lexeme))];
  let root: Expr;
  try {
    root = new Parser(
      tokens,
      names,
      names.map((name) => {
        const [minArgs, maxArgs] = argumentCounts(name.toLowerCase());
        return { name, description: "", minArgs, maxArgs };
      }),
    ).parse();
  } catch (error) {
    if (error instanceof LibraryError) return refuse(parserFault(error, spanOf(tokenOf(error)), text));
    if (error instanceof RangeError) {
      return refuse({ ...whole, kind: "too-deep", message: "the expression is nested too deeply" });
    }
    throw error;
  }
  const found: Found = { references: [], calls: [] };
  look(root, found, spanOf, true);
  const faults = [...found.references.flatMap(contextFault), ...found.calls.flatMap(functionFault)].sort(
    (a, b) => a.offset - b.offset,
  );
  const [first, ...others] = faults;
  if (first !== undefined) return { expression: undefined, faults: [first, ...others] };
  return {
    expression: {
      text,
      root,
      references: found.references,
      calls: found.calls,
      usesStatus: found.calls.some(({ name }) => functionNames.get(name.toLowerCase())?.isStatus === true),
    },
    faults: [],
  };
}

/** Of our own functions; the library counts for its own, and what is unknown is refused whatever it is given. */
function argumentCounts(lowerName: string): readonly [number, number] {
  if (functionNames.get(lowerName)?.isStatus === true) return [0, 0];
  return lowerName === "hashfiles" ? [1, 255] : [0, Number.MAX_SAFE_INTEGER];
}

/** Tokens say line and column, wrong after a line break inside a text; between two tokens there is only white space. */
function offsetsOf(tokens: readonly Token[], text: string): ReadonlyMap<Token, number> {
  const offsets = new Map<Token, number>();
  let at = 0;
  for (const token of tokens) {
    if (token.type === TokenType.EOF) {
      offsets.set(token, text.length);
      continue;
    }
    at = text.indexOf(token.lexeme, at);
    offsets.set(token, at);
    at += token.lexeme.length;
  }
  return offsets;
}

interface Found {
  readonly references: Reference[];
  readonly calls: (Span & { name: string })[];
}

function look(node: Expr, found: Found, spanOf: (token: Token) => Span, reachesResult: boolean): void {
  const visit = (each: Expr, reaches: boolean): void => look(each, found, spanOf, reaches);
  if (node instanceof Unary) visit(node.expr, false);
  else if (node instanceof Binary) {
    visit(node.left, false);
    visit(node.right, false);
  } else if (node instanceof Logical) {
    // Of `a && b` only b, or what counts as false and says nothing; of `a || b` either.
    const isOr = node.operator.type === TokenType.OR;
    for (const [index, arg] of node.args.entries())
      visit(arg, reachesResult && (isOr || index === node.args.length - 1));
  } else if (node instanceof Grouping) visit(node.group, reachesResult);
  else if (node instanceof FunctionCall) {
    found.calls.push({ ...spanOf(node.functionName), name: node.functionName.lexeme });
    const passes = !/^(contains|startsWith|endsWith|hashFiles)$/i.test(node.functionName.lexeme);
    for (const arg of node.args) visit(arg, reachesResult && passes);
  } else if (node instanceof ContextAccess) {
    found.references.push({ ...spanOf(node.name), context: node.name.lexeme, path: [], reachesResult });
  } else if (node instanceof IndexAccess) {
    const indexes: Expr[] = [];
    let base: Expr = node;
    while (base instanceof IndexAccess) {
      indexes.unshift(base.index);
      base = base.expr;
    }
    for (const index of indexes) if (!(index instanceof Literal) && !(index instanceof Star)) visit(index, false);
    if (!(base instanceof ContextAccess)) {
      visit(base, reachesResult);
      return;
    }
    const start = spanOf(base.name);
    const path = indexes.map((index): ReferenceStep => {
      if (!(index instanceof Literal)) return { ...start, key: undefined, isStar: index instanceof Star };
      const value = "value" in index.literal ? index.literal.value : undefined;
      const key = typeof value === "string" || typeof value === "number" ? value : undefined;
      return { ...spanOf(index.token), key, isStar: false };
    });
    const last = indexes.at(-1);
    // A name in brackets is closed by one.
    const closing = last instanceof Literal && last.token.type !== TokenType.IDENTIFIER ? 1 : 0;
    const end = path.reduce((furthest, { offset, length }) => Math.max(furthest, offset + length), 0) + closing;
    found.references.push({
      offset: start.offset,
      length: Math.max(end, start.offset + start.length) - start.offset,
      context: base.name.lexeme,
      path,
      reachesResult,
    });
  }
}

function contextFault({ context, offset }: Reference): ExpressionFault[] {
  if ((contextNames as readonly string[]).includes(context.toLowerCase())) return [];
  const message =
    context.toLowerCase() === "github"
      ? `there is no context "github" here; the event is in "event", the repository in "repo"`
      : `there is no context "${context}"`;
  return [{ kind: "unknown-context", offset, length: context.length, message, name: context }];
}

/** By our own list: the library looks names up in an object literal, where `constructor` is found too. */
function functionFault({ name, offset, length }: Span & { readonly name: string }): ExpressionFault[] {
  if (functionNames.has(name.toLowerCase())) return [];
  return [{ kind: "unknown-function", offset, length, message: `there is no function "${name}"`, name }];
}

function lexerFault(error: Error, text: string): ExpressionFault {
  // The only thing it says of the place.
  const [, symbol = "", position = "1"] =
    /^Unexpected symbol: '([^]*?)'\. Located at position (\d+)/.exec(error.message) ?? [];
  const offset = Math.min(Number(position) - 1, text.length);
  const length = Math.max(1, symbol.length);
  const message = symbol.startsWith("'")
    ? "this text is not closed: a ' is missing"
    : symbol.startsWith('"')
      ? "texts are written in single quotes"
      : symbol === "=" || symbol === "&" || symbol === "|"
        ? `"${symbol}" is no operator; "${symbol}${symbol}" is`
        : `"${symbol}" is nothing that an expression knows`;
  return { kind: "syntax", offset, length, message };
}

/** Private by its type only, and the one thing that says where. */
function tokenOf(error: LibraryError): Token {
  return error["tok"];
}

function parserFault(error: LibraryError, span: Span, text: string): ExpressionFault {
  const [what = ""] = error.message.split(": ");
  const token = tokenOf(error).lexeme;
  if (what.startsWith("Exceeded max expression depth")) {
    return { ...span, kind: "too-deep", message: "the expression is nested deeper than 50 levels" };
  }
  if (/parameters supplied/.test(what)) {
    const name = functionNames.get(token.toLowerCase())?.name ?? token;
    const reason = what.startsWith("Too few")
      ? "is given too few arguments"
      : what.startsWith("Too many")
        ? "is given too many arguments"
        : "takes pairs of condition and value, and one value for the rest";
    return { ...span, kind: "arguments", message: `${name}() ${reason}` };
  }
  const atEnd = token === "" || what.startsWith("Unexpected end");
  if (atEnd) {
    const offset = Math.max(0, text.trimEnd().length - 1);
    return { kind: "syntax", offset, length: 1, message: "the expression ends too early" };
  }
  return { ...span, length: Math.max(1, span.length), kind: "syntax", message: `"${token}" is not expected here` };
}

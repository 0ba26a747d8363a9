/** Evaluates GitHub's expression language, and texts that hold `${{ … }}`, by GitHub's published evaluator. Pure. */
import { data, Evaluator } from "@actions/expressions";
import type { TemplateValue } from "../model/workflow.ts";
import { fromData, rootOf, toData } from "./expression-data.ts";
import { type ContextName, type ExpressionFault, parseExpression } from "./expression-syntax.ts";

export type Contexts = { readonly [name in ContextName]?: unknown };

/** What the one who evaluates knows. A function that is not given and called fails the evaluation. */
export interface ExpressionFunctions {
  readonly success?: () => boolean;
  readonly failure?: () => boolean;
  readonly always?: () => boolean;
  readonly cancelled?: () => boolean;
  /** Of the files that match, all in one; empty when none does. */
  readonly hashFiles?: (...patterns: string[]) => string;
}

/** An expression that cannot be read or evaluated. The message is for people. */
export class ExpressionError extends Error {
  readonly expression: string;
  constructor(expression: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ExpressionError";
    this.expression = expression;
  }
}

/** `text` is without braces. Values keep their types; maps and lists of the contexts come out as the same objects. */
export function evaluateExpression(text: string, contexts: Contexts, functions: ExpressionFunctions = {}): unknown {
  return fromData(evaluate(text, contexts, functions));
}

/** `if:` as GitHub reads it: `success()` is implied unless the expression asks for the state itself. */
export function evaluateCondition(text: string, contexts: Contexts, functions: ExpressionFunctions): boolean {
  const { expression, faults } = parseExpression(text);
  if (expression === undefined) throw new ExpressionError(text, faultText(faults[0], text));
  if (!expression.usesStatus && functions.success?.() === false) return false;
  return isTruthy(evaluateExpression(text, contexts, functions));
}

/** False are null, false, 0, NaN and the empty text; every map and list is true. */
export function isTruthy(value: unknown): boolean {
  return !(value === null || value === undefined || value === false || value === 0 || value === "" || value !== value);
}

/** JSON whose texts may hold expressions; a text that is a single one keeps the expression's type. Keys stay as they are. */
export function evaluateTemplate(
  value: TemplateValue,
  contexts: Contexts,
  functions: ExpressionFunctions = {},
): unknown {
  if (typeof value === "string") {
    if (!value.includes("${{")) return value;
    const parts = split(value);
    const single = singleExpression(parts);
    if (single === undefined) return join(parts, contexts, functions);
    const result = evaluate(single, contexts, functions);
    // A block text ends with a line break that nobody wrote on purpose: it stays with texts only.
    if (result instanceof data.StringData && parts.length > 1) return join(parts, contexts, functions);
    return fromData(result);
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return (value as readonly TemplateValue[]).map((each) => evaluateTemplate(each, contexts, functions));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, evaluateTemplate(each, contexts, functions)]),
  );
}

/** Always a text, as GitHub writes values into texts: null is empty, a map "Object", a list "Array". */
export function evaluateText(text: string, contexts: Contexts, functions: ExpressionFunctions = {}): string {
  return text.includes("${{") ? join(split(text), contexts, functions) : text;
}

export interface TemplatePart {
  readonly kind: "text" | "expression";
  /** Of an expression what is between the braces. */
  readonly text: string;
  /** Where `text` begins in the template. */
  readonly offset: number;
}

export interface SplitTemplate {
  readonly parts: readonly TemplatePart[];
  /** Offset of a `${{` that nothing closes. */
  readonly unclosed?: number;
}

/** `}}` inside a quoted text closes nothing; a doubled '' inside one turns the quoting off and on again. */
export function splitTemplate(template: string): SplitTemplate {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (;;) {
    const open = template.indexOf("${{", at);
    if (open === -1) break;
    let isQuoted = false;
    let close = open + 3;
    while (close < template.length) {
      const character = template[close];
      if (character === "'") isQuoted = !isQuoted;
      else if (character === "}" && !isQuoted && template[close + 1] === "}") break;
      close++;
    }
    if (close >= template.length) return { parts, unclosed: open };
    if (open > at) parts.push({ kind: "text", text: template.slice(at, open), offset: at });
    parts.push({ kind: "expression", text: template.slice(open + 3, close), offset: open + 3 });
    at = close + 2;
  }
  if (at < template.length) parts.push({ kind: "text", text: template.slice(at), offset: at });
  return { parts };
}

/** The expression, when there is nothing else but line breaks of a block text. */
export function singleExpression(parts: readonly TemplatePart[]): string | undefined {
  const expressions = parts.filter(({ kind }) => kind === "expression");
  if (expressions.length !== 1 || parts.some(({ kind, text }) => kind === "text" && /[^\r\n]/.test(text))) {
    return undefined;
  }
  return expressions[0]?.text;
}

/** One line: the fault, and where it is. */
export function faultText(fault: ExpressionFault, text: string): string {
  return `${fault.message} (in ${text.trim()})`;
}

const remembered = new Map<string, SplitTemplate>();

function split(text: string): readonly TemplatePart[] {
  let known = remembered.get(text);
  if (known === undefined) {
    known = splitTemplate(text);
    if (remembered.size >= 20_000) remembered.clear();
    // What a long script is made of is found again faster than it is kept.
    if (text.length < 10_000) remembered.set(text, known);
  }
  if (known.unclosed !== undefined) throw new ExpressionError(text, "an expression is not closed: }} is missing");
  return known.parts;
}

function join(parts: readonly TemplatePart[], contexts: Contexts, functions: ExpressionFunctions): string {
  return parts
    .map(({ kind, text }) => (kind === "text" ? text : evaluate(text, contexts, functions).coerceString()))
    .join("");
}

type Data = ReturnType<typeof toData>;

function evaluate(text: string, contexts: Contexts, functions: ExpressionFunctions): Data {
  const { expression, faults } = parseExpression(text);
  if (expression === undefined) throw new ExpressionError(text, faultText(faults[0], text));
  const available = expression.calls.length === 0 ? undefined : definitions(text, functions);
  try {
    return new Evaluator(expression.root, rootOf(contexts), available).evaluate();
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    // The evaluator is recursive and spreads long lists: too much of either ends in a RangeError.
    throw new ExpressionError(text, `${(error as Error).message} (in ${text.trim()})`, error);
  }
}

type Definitions = NonNullable<ConstructorParameters<typeof Evaluator>[2]>;

function definitions(text: string, functions: ExpressionFunctions): Definitions {
  const define = (name: string, call: (...given: Data[]) => Data): [string, { call: typeof call } & Definition] => [
    name.toLowerCase(),
    { name, description: "", minArgs: 0, maxArgs: 255, call },
  ];
  const missing = (name: string): never => {
    throw new ExpressionError(text, `${name}() cannot be asked here`);
  };
  return new Map([
    ...(["success", "failure", "always", "cancelled"] as const).map((name) =>
      define(name, () => toData(functions[name] === undefined ? missing(name) : functions[name]())),
    ),
    define("hashFiles", (...patterns) =>
      toData(
        functions.hashFiles === undefined
          ? missing("hashFiles")
          : functions.hashFiles(...patterns.map((pattern) => pattern.coerceString())),
      ),
    ),
    // The library's own spreads lists into arguments and loses keys like `constructor`.
    define("fromJSON", (...given) => {
      const json = given[0]?.coerceString() ?? "";
      try {
        return toData(JSON.parse(json) as unknown);
      } catch (error) {
        throw new ExpressionError(text, `fromJSON() is given what is no JSON: ${excerpt(json)}`, error);
      }
    }),
  ]);
}

type Definition = Definitions extends Map<string, infer Each> ? Omit<Each, "call"> : never;

function excerpt(text: string): string {
  return text.trim() === "" ? "nothing" : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

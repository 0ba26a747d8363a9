/**
 * Measures functions: cognitive complexity by SonarSource's published definition (a white paper, "Cognitive Complexity,
 * a new way of measuring understandability"), McCabe's cyclomatic complexity, length, nesting, parameters.
 *
 * Where the definition leaves room: a function with a name is a unit of its own and starts at nesting 0, wherever it
 * stands; a function without one is part of the function around it, one level deeper. Recursion counts when a function
 * calls itself by its own name.
 */
import type { SgNode } from "@ast-grep/napi";
import type { Language } from "../trees/languages.ts";
import { type Grammar, grammars, nodeRule, type Role, rolesOf } from "./grammars.ts";

export interface FunctionMeasures {
  readonly name: string;
  /** UTF-16 offsets of the signature's first line. */
  readonly start: number;
  readonly end: number;
  readonly cognitive: number;
  /** Parts of `cognitive`: what nesting adds, the branches and jumps themselves, sequences of logical operators. */
  readonly nestingCost: number;
  readonly branchCost: number;
  readonly logicCost: number;
  readonly cyclomatic: number;
  readonly lines: number;
  readonly nesting: number;
  readonly parameters: number;
}

interface Span {
  readonly role: Role;
  readonly start: number;
  readonly end: number;
  readonly node: SgNode;
  readonly kind: string;
}

/** A function being measured; `outer` holds what is measured around it. */
interface Unit {
  readonly name: string;
  readonly span: Span;
  readonly startLine: number;
  readonly endLine: number;
  nestingCost: number;
  branchCost: number;
  logicCost: number;
  cyclomatic: number;
  deepest: number;
  readonly ends: Open[];
}

/** Something that contents are nested in. */
interface Open {
  readonly end: number;
  readonly depth: number;
}

interface Logical {
  readonly start: number;
  readonly end: number;
  readonly operator: string;
}

const prepared = new Map<Language, { grammar: Grammar; roles: ReadonlyMap<string, Role>; rule: object }>();

/** Functions of a tree in source order; `text` is what the tree was made from. */
export function measureFunctions(root: SgNode, language: Language, text: string): FunctionMeasures[] {
  const setup = prepare(language);
  if (setup === undefined) return [];
  const spans: Span[] = [];
  for (const node of root.findAll({ rule: setup.rule })) {
    const kind = node.kind() as string;
    const role = setup.roles.get(kind);
    if (role === undefined) continue;
    const range = node.range();
    spans.push({ role, start: range.start.index, end: range.end.index, node, kind });
  }
  // The engine answers in the order of the tree; nesting is rebuilt from the ranges alone.
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const measures: FunctionMeasures[] = [];
  const units: Unit[] = [];
  const logicals: Logical[] = [];
  for (const span of spans) {
    while (units.length > 0 && (units.at(-1) as Unit).span.end <= span.start) close(units, measures, text);
    if (span.role === "function" || span.role === "lambda") {
      const name = nameOf(span, setup.grammar, text);
      if (name !== undefined || units.length === 0) {
        units.push(open(span, name ?? callSite(span, text)));
        logicals.length = 0;
        continue;
      }
    }
    const unit = units.at(-1);
    if (unit !== undefined) count(span, unit, { text, logicals, grammar: setup.grammar });
  }
  while (units.length > 0) close(units, measures, text);
  return measures.sort((a, b) => a.start - b.start);
}

function prepare(language: Language) {
  const grammar = grammars[language];
  if (grammar === undefined) return undefined;
  let setup = prepared.get(language);
  if (setup === undefined) {
    setup = { grammar, roles: rolesOf(grammar), rule: nodeRule(grammar) };
    prepared.set(language, setup);
  }
  return setup;
}

function open(span: Span, name: string): Unit {
  const range = span.node.range();
  return {
    name,
    span,
    startLine: range.start.line,
    endLine: range.end.line,
    nestingCost: 0,
    branchCost: 0,
    logicCost: 0,
    cyclomatic: 1,
    deepest: 0,
    ends: [],
  };
}

function close(units: Unit[], measures: FunctionMeasures[], text: string): void {
  const unit = units.pop() as Unit;
  const recursion = callsItself(unit, text) ? 1 : 0;
  const { start } = unit.span;
  measures.push({
    name: unit.name,
    start,
    end: signatureEnd(text, start, unit.span.end),
    cognitive: unit.nestingCost + unit.branchCost + unit.logicCost + recursion,
    nestingCost: unit.nestingCost,
    branchCost: unit.branchCost + recursion,
    logicCost: unit.logicCost,
    cyclomatic: unit.cyclomatic,
    lines: unit.endLine - unit.startLine + 1,
    nesting: unit.deepest,
    parameters: parametersOf(unit.span.node),
  });
}

interface Counting {
  readonly text: string;
  readonly logicals: Logical[];
  readonly grammar: Grammar;
}

function count(span: Span, unit: Unit, { text, logicals, grammar }: Counting): void {
  while (unit.ends.length > 0 && (unit.ends.at(-1) as Open).end <= span.start) unit.ends.pop();
  const depth = unit.ends.at(-1)?.depth ?? 0;
  const nest = (): void => {
    unit.ends.push({ end: span.end, depth: depth + 1 });
    if (depth + 1 > unit.deepest) unit.deepest = depth + 1;
  };
  switch (span.role) {
    case "if": {
      // `else if` stands inside the `if` before it, which has nested its contents already.
      if (followsElse(text, span.start)) unit.branchCost++;
      else {
        unit.branchCost++;
        unit.nestingCost += depth;
        nest();
      }
      unit.cyclomatic++;
      if (hasPlainElse(span, grammar, text)) unit.branchCost++;
      break;
    }
    case "elseIf":
      unit.branchCost++;
      unit.cyclomatic++;
      break;
    case "else":
      if (!/^else\s+if\b/.test(text.slice(span.start, span.start + 40))) unit.branchCost++;
      break;
    case "loop":
    case "catch":
    case "ternary":
      unit.branchCost++;
      unit.nestingCost += depth;
      unit.cyclomatic++;
      nest();
      break;
    case "switch":
      unit.branchCost++;
      unit.nestingCost += depth;
      nest();
      break;
    case "case":
      if (!/^(?:default|else|_\b|case _\b)/.test(text.slice(span.start, span.start + 12))) unit.cyclomatic++;
      break;
    case "lambda":
      nest();
      break;
    case "jump":
      unit.branchCost++;
      break;
    case "logical":
      unit.cyclomatic++;
      if (isNewSequence(span, logicals, text)) unit.logicCost++;
      break;
    case "function":
      break;
  }
}

/** Where no node stands for `else`: whether this `if` has one that is not an `else if`. */
function hasPlainElse(span: Span, grammar: Grammar, text: string): boolean {
  if (grammar.alternative === true) {
    const alternative = span.node.field("alternative");
    return alternative !== null && alternative.kind() !== span.kind;
  }
  if (span.kind !== "if_expression" || grammar.kinds.else !== undefined) return false;
  const children = span.node.children();
  const at = children.findIndex((child) => child.kind() === "else");
  const after = children[at + 1];
  if (at === -1 || after === undefined) return false;
  const { index } = after.range().start;
  return !/^if\b/.test(text.slice(index, index + 3));
}

function followsElse(text: string, start: number): boolean {
  return /\belse\s*$/.test(text.slice(Math.max(0, start - 24), start));
}

/**
 * A sequence of equal operators costs 1: `a && b && c`. An operand of the same operator continues the sequence; it
 * stands at the beginning or after an operator, brackets aside; after `!` it is another sequence.
 */
function isNewSequence(span: Span, logicals: Logical[], text: string): boolean {
  const operator = operatorOf(span);
  while (logicals.length > 0 && (logicals.at(-1) as Logical).end <= span.start) logicals.pop();
  const outer = logicals.at(-1);
  logicals.push({ start: span.start, end: span.end, operator });
  if (outer === undefined || outer.operator !== operator) return true;
  const before = text.slice(outer.start, span.start).replace(/[(\s]+$/, "");
  return before !== "" && !/(?:&&|\|\||\band|\bor)$/.test(before);
}

function operatorOf(span: Span): string {
  if (span.kind === "conjunction_expression") return "&&";
  if (span.kind === "disjunction_expression") return "||";
  const operator = span.node.field("operator")?.text() ?? "";
  return operator === "and" ? "&&" : operator === "or" ? "||" : operator;
}

function nameOf({ node, kind }: Span, grammar: Grammar, text: string): string | undefined {
  if (grammar.assignable?.includes(kind) === true) {
    const holder = node.parent();
    switch (holder?.kind()) {
      case "variable_declarator":
      case "public_field_definition":
      case "field_definition":
      case "pair":
      case "assignment_expression": {
        const name = holder.field("name") ?? holder.field("key") ?? holder.field("property") ?? holder.field("left");
        return name === null ? undefined : oneLine(name.text());
      }
      default:
        return node.field("name")?.text();
    }
  }
  const name = node.field("name")?.text();
  if (name !== undefined) return oneLine(name);
  if (kind === "function_definition") {
    const declarator = functionDeclarator(node)?.field("declarator");
    if (declarator !== null && declarator !== undefined) return oneLine(declarator.text());
  }
  if (kind === "function_declaration") {
    const found = node.children().find((child) => child.kind() === "simple_identifier");
    if (found !== undefined) return found.text();
  }
  if (kind.endsWith("constructor") || kind === "constructor_declaration") return "constructor";
  return undefined;

  function oneLine(value: string): string {
    return text === "" ? value : value.replaceAll(/\s+/g, " ").slice(0, 80);
  }
}

/** C and C++: the name and the parameters are at the heart of a declarator such as `*(*f)(int)`. */
function functionDeclarator(node: SgNode): SgNode | null {
  const declarator = node.field("declarator");
  if (declarator === null || declarator.kind() === "function_declarator") return declarator;
  return declarator.find({ rule: { kind: "function_declarator" } });
}

/** What a function without a name is called by: the text before it, such as `app.get("/users"`. */
function callSite({ start }: Span, text: string): string {
  const before = text.slice(Math.max(0, start - 200), start).trimEnd();
  const line = before.slice(before.lastIndexOf("\n") + 1).trim();
  const head = line.replace(/[\s,(=>]+$/, "").slice(-80);
  return head === "" ? "(anonymous)" : head;
}

function signatureEnd(text: string, start: number, end: number): number {
  const newline = text.indexOf("\n", start);
  const lineEnd = newline === -1 || newline > end ? end : newline;
  return text[lineEnd - 1] === "\r" ? lineEnd - 1 : lineEnd;
}

function callsItself({ name, span }: Unit, text: string): boolean {
  const plain = /[\w$?!]+$/.exec(name)?.[0];
  if (plain === undefined || plain.length < 2) return false;
  const body = span.node.field("body");
  const from = body === null ? text.indexOf("{", span.start) : body.range().start.index;
  if (from === -1 || from > span.end) return false;
  let at = text.indexOf(plain, from);
  while (at !== -1 && at < span.end) {
    const before = text.slice(Math.max(0, at - 6), at);
    const after = text.slice(at + plain.length, at + plain.length + 1);
    if (after === "(" && (/(?:^|[^\w$.>:"'`])$/.test(before) || /(?:this|self)\.$|this->$/.test(before))) {
      // A declaration of the same name inside is no call.
      if (!/(?:def|func|fn|fun|function|new) $/.test(text.slice(Math.max(0, at - 9), at))) return true;
    }
    at = text.indexOf(plain, at + plain.length);
  }
  return false;
}

function parametersOf(node: SgNode): number {
  let list = node.field("parameters");
  if (list === null) {
    list = functionDeclarator(node)?.field("parameters") ?? null;
    list ??= node.children().find((child) => child.kind() === "function_value_parameters") ?? null;
  }
  if (list === null) return node.field("parameter") === null ? 0 : 1;
  const parameters = list.children().filter((child) => {
    if (!child.isNamed()) return false;
    const kind = child.kind() as string;
    // Kotlin lists default values beside their parameters.
    if (list.kind() === "function_value_parameters") return kind === "parameter";
    return (
      !kind.includes("comment") &&
      !/^(?:attribute_item|self_parameter|receiver|parameter_modifiers|keyword_separator|positional_separator)$/.test(
        kind,
      )
    );
  });
  const first = parameters[0]?.text();
  const bound = first === "self" || first === "cls" || first === "void" ? 1 : 0;
  return parameters.length - bound;
}

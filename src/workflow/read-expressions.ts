/** Checks expressions where they are written: syntax, names, and whether what they read is there by then. Pure. */
import type { ContextName, Reference } from "./expression-syntax.ts";
import { contextNames, functionNames, parseExpression } from "./expression-syntax.ts";
import { evaluateExpression, isTruthy, singleExpression, splitTemplate } from "./expressions.ts";
import type { TreeEntry, TreeNode, TreeScalar } from "./positioned-tree.ts";
import { describe, didYouMean, type Reader } from "./reader.ts";

/** What an expression may read where it stands. */
export interface Scope {
  readonly contexts: ReadonlySet<ContextName>;
  /** In words, for messages: `a trigger's condition`. */
  readonly where: string;
  /** Looks at one reference once the whole file is read. */
  readonly judge?: (reference: Reference, complain: Complain) => void;
}

export type Complain = (code: Parameters<Reader["error"]>[0], message: string, hint?: string, part?: number) => void;

/** A condition, with or without braces; the braces are taken off. */
export function readCondition(entry: TreeEntry | undefined, scope: Scope, reader: Reader): string | undefined {
  if (entry === undefined) return undefined;
  const { key, value } = entry;
  if (value.kind === "scalar" && (typeof value.value === "boolean" || typeof value.value === "number")) {
    return String(value.value);
  }
  if (value.kind !== "scalar" || typeof value.value !== "string" || value.value.trim() === "") {
    reader.error("wrong-type", value.place, `${key}: expected an expression, found ${describe(value)}`);
    return undefined;
  }
  const text = value.value;
  if (!text.includes("${{")) {
    checkExpression(text, 0, value, scope, reader);
    return text.trim();
  }
  const { parts, unclosed } = splitTemplate(text);
  if (unclosed !== undefined) {
    reader.error("expression-syntax", value.placeOf(unclosed, 3), "this expression is not closed: }} is missing");
    return undefined;
  }
  const [part, ...rest] = parts.filter((each) => each.kind === "expression" || each.text.trim() !== "");
  if (part?.kind !== "expression" || rest.length > 0) {
    reader.error(
      "mixed-condition",
      value.place,
      `${key}: text around ${"${{ }}"} makes this a text, which is always true`,
      "leave the braces out, or put all of it into one pair",
    );
    for (const each of parts)
      if (each.kind === "expression") checkExpression(each.text, each.offset, value, scope, reader);
    return undefined;
  }
  checkExpression(part.text, part.offset, value, scope, reader);
  return part.text.trim();
}

/** Every text in it may hold expressions. */
export function checkTemplates(node: TreeNode, scope: Scope, reader: Reader): void {
  if (node.kind === "list") for (const item of node.items) checkTemplates(item, scope, reader);
  else if (node.kind === "map") for (const { value } of node.entries) checkTemplates(value, scope, reader);
  else if (typeof node.value === "string" && node.value.includes("${{")) checkTemplate(node, node.value, scope, reader);
}

function checkTemplate(node: TreeScalar, text: string, scope: Scope, reader: Reader): void {
  const { parts, unclosed } = splitTemplate(text);
  if (unclosed !== undefined) {
    reader.error("expression-syntax", node.placeOf(unclosed, 3), "this expression is not closed: }} is missing");
  }
  for (const part of parts)
    if (part.kind === "expression") checkExpression(part.text, part.offset, node, scope, reader);
}

function checkExpression(text: string, offset: number, node: TreeScalar, scope: Scope, reader: Reader): void {
  const { expression, faults } = parseExpression(text);
  for (const { kind, message, offset: at, length, name = "" } of faults) {
    const place = node.placeOf(offset + at, length);
    if (kind === "unknown-context") {
      reader.error(
        "unknown-context",
        place,
        message,
        name.toLowerCase() === "github" ? undefined : (didYouMean(name, scope.contexts) ?? quoteHint(name)),
      );
    } else if (kind === "unknown-function") {
      reader.error(
        "unknown-function",
        place,
        message,
        didYouMean(
          name,
          [...functionNames.values()].map((each) => each.name),
        ),
      );
    } else if (kind === "arguments") {
      reader.error("expression-arguments", place, message);
    } else {
      reader.error("expression-syntax", place, message);
    }
  }
  for (const reference of expression?.references ?? []) {
    const context = contextNames.find((each) => each === reference.context.toLowerCase());
    if (context === undefined) continue;
    const complain: Complain = (code, message, hint, part) => {
      const span = part === undefined ? reference : (reference.path[part] ?? reference);
      reader.error(code, node.placeOf(offset + span.offset, span.length), message, hint);
    };
    if (!scope.contexts.has(context)) {
      const why =
        context === "item" || context === "index"
          ? "it has a value inside foreach only"
          : `here are ${[...scope.contexts].join(", ")}`;
      complain("context-not-here", `"${context}" cannot be read in ${scope.where}`, why);
    } else scope.judge?.(reference, complain);
  }
}

function quoteHint(name: string): string {
  return `a text is written in single quotes: '${name}'`;
}

/** Known from the text alone to be false. */
export function isNever(condition: string): boolean {
  const { expression } = parseExpression(condition);
  if (expression === undefined || expression.references.length > 0 || expression.calls.length > 0) return false;
  return !isTruthy(evaluateExpression(condition, {}));
}

/** Nothing but one expression. */
export function isSingleExpression(text: string): boolean {
  const { parts, unclosed } = splitTemplate(text);
  return unclosed === undefined && singleExpression(parts) !== undefined;
}

/** Reads YAML and remembers where every key and value is written. Imports the parser when called. */
import type { Document, Node, Pair } from "yaml";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Range } from "../model/finding.ts";

export type YamlPath = readonly PropertyKey[];

export interface PositionedYaml {
  /** Plain data; undefined for an empty document. */
  readonly value: unknown;
  /** Where the value at a path is written, or its key; for a path that is not there, the nearest thing around it. */
  range(path: YamlPath, part: "key" | "value"): Range;
}

export type YamlResult =
  | { readonly document: PositionedYaml; readonly diagnostics: readonly Diagnostic[] }
  | { readonly document: undefined; readonly diagnostics: readonly Diagnostic[] };

/** A file by hand is a few kB; beyond this somebody wants to keep us busy. */
const maxYamlLength = 1_000_000;
/** Of a broken file the first mistakes are true, the rest usually follow from them. */
const maxSyntaxErrors = 20;
/** Values that aliases may expand to. A map of aliases of aliases grows exponentially. */
const maxAliases = 100;

/** Where the parser speaks to programmers. */
const ownWords: Partial<Record<string, string>> = {
  DUPLICATE_KEY: "this key is written twice",
  MULTIPLE_DOCS: "a second document begins here; the file may hold one",
};

export async function readYaml(text: string, file: string): Promise<YamlResult> {
  const whole = { file, line: 1, column: 1, severity: "error" } as const;
  const refuse = (message: string, code: string): YamlResult => ({
    document: undefined,
    diagnostics: [{ ...whole, code, message }],
  });
  const tooDeep = (): YamlResult => refuse("the file is nested too deeply", "yaml-too-deep");
  if (text.length > maxYamlLength)
    return refuse(`the file is larger than ${maxYamlLength} characters`, "file-too-large");

  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } = await import("yaml");
  const counter = new LineCounter();
  let parsed: Document.Parsed;
  try {
    parsed = parseDocument(text, { lineCounter: counter, prettyErrors: false, schema: "core" });
  } catch (error) {
    // The parser is recursive: thousands of nested brackets exhaust the stack.
    if (error instanceof RangeError) return tooDeep();
    throw error;
  }

  if (parsed.errors.some(({ message }) => /call stack/i.test(message))) return tooDeep();

  const rangeOf = (start: number, end: number): Range => {
    const from = counter.linePos(start);
    const to = counter.linePos(Math.max(start, end));
    return { startLine: from.line, startColumn: from.col, endLine: to.line, endColumn: to.col };
  };
  const nodeRange = (node: Node | null | undefined): Range | undefined =>
    node?.range ? rangeOf(node.range[0], node.range[1]) : undefined;

  const diagnostics: Diagnostic[] = [];
  for (const problem of [...parsed.errors, ...parsed.warnings]) {
    if (diagnostics.length >= maxSyntaxErrors) break;
    diagnostics.push({
      file,
      ...asPosition(rangeOf(problem.pos[0], problem.pos[1])),
      severity: problem.name === "YAMLWarning" ? "warning" : "error",
      code: problem.code === "DUPLICATE_KEY" ? "duplicate-key" : "yaml-syntax",
      message: ownWords[problem.code] ?? lowerFirst(problem.message),
    });
  }
  visit(parsed, {
    Alias(_, alias) {
      if (diagnostics.length >= maxSyntaxErrors || alias.resolve(parsed) !== undefined) return;
      const at = nodeRange(alias);
      diagnostics.push({
        file,
        ...(at === undefined ? { line: 1, column: 1 } : asPosition(at)),
        severity: "error",
        code: "yaml-syntax",
        message: `there is no anchor &${alias.source} before this`,
      });
    },
  });
  if (diagnostics.some(({ severity }) => severity === "error")) return { document: undefined, diagnostics };

  let value: unknown;
  try {
    value = parsed.toJS({ maxAliasCount: maxAliases }) ?? undefined;
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) {
      return refuse(`the file's aliases expand to more than ${maxAliases} values`, "yaml-aliases");
    }
    throw error;
  }

  /** The pair or item at the end of the path, and how much of the path exists. */
  const find = (path: YamlPath): { pair?: Pair; node: Node | null | undefined; complete: boolean } => {
    let node: Node | null | undefined = parsed.contents;
    let pair: Pair | undefined;
    for (const step of path) {
      const target: Node | null | undefined = isAlias(node) ? node.resolve(parsed) : node;
      if (isMap(target)) {
        const next = target.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
        if (next === undefined) return { ...(pair === undefined ? {} : { pair }), node, complete: false };
        pair = next;
        node = next.value as Node | null;
      } else if (isSeq(target) && target.items[Number(step)] !== undefined) {
        node = target.items[Number(step)] as Node;
        pair = undefined;
      } else {
        return { ...(pair === undefined ? {} : { pair }), node, complete: false };
      }
    }
    return { ...(pair === undefined ? {} : { pair }), node, complete: true };
  };

  return {
    diagnostics,
    document: {
      value,
      range(path, part) {
        const { pair, node, complete } = find(path);
        const key = nodeRange(pair?.key as Node | undefined);
        const own = nodeRange(node);
        // What is missing is pointed at by the key above it: the whole block would colour half the file.
        const wanted = part === "key" || !complete ? (key ?? own) : (own ?? key);
        return firstLineOf(wanted ?? rangeOf(0, 0), text, counter.lineStarts);
      },
    },
  };
}

export function asPosition(range: Range): Pick<Diagnostic, "line" | "column" | "endLine" | "endColumn"> {
  return { line: range.startLine, column: range.startColumn, endLine: range.endLine, endColumn: range.endColumn };
}

/** A block is underlined on its first line only. */
function firstLineOf(range: Range, text: string, lineStarts: readonly number[]): Range {
  if (range.endLine === range.startLine) return range;
  const start = lineStarts[range.startLine - 1] ?? 0;
  const end = lineStarts[range.startLine] ?? text.length;
  const line = text.slice(start, end).replace(/\s+$/, "");
  return { ...range, endLine: range.startLine, endColumn: Math.max(range.startColumn, line.length) + 1 };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

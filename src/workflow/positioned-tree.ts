/** Reads YAML into a tree whose every key and value knows its place, also inside quoted and block texts. Pure. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, Scalar } from "yaml";
import type { Place } from "../model/workflow.ts";

interface TreeBase {
  /** Its first line only: a whole block would colour half the file. */
  readonly place: Place;
}

export interface TreeScalar extends TreeBase {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** Of a part of a text. */
  placeOf(offset: number, length: number): Place;
}

export interface TreeEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: TreeNode;
}

export interface TreeMap extends TreeBase {
  readonly kind: "map";
  readonly entries: readonly TreeEntry[];
}

export interface TreeList extends TreeBase {
  readonly kind: "list";
  readonly items: readonly TreeNode[];
}

export type TreeNode = TreeScalar | TreeMap | TreeList;

export interface TreeProblem {
  readonly code: "file-too-large" | "yaml-syntax" | "yaml-warning" | "duplicate-key" | "yaml-too-deep" | "yaml-aliases";
  readonly message: string;
  readonly place: Place;
}

/** Some 20,000 steps; beyond that somebody wants to keep us busy. */
const maxLength = 4_000_000;
/** Of a broken file the first mistakes are true, the rest usually follow from them. */
const maxProblems = 20;
/** Values that come in through aliases. A map of aliases of aliases grows exponentially. */
const maxAliased = 20_000;
const maxDepth = 60;

export const fileStart: Place = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/** Where the parser speaks to programmers. */
const ownWords: Partial<Record<string, string>> = {
  DUPLICATE_KEY: "this key is written twice",
  MULTIPLE_DOCS: "a second document begins here; the file may hold one",
};

/** `tree` is undefined for a broken and for an empty file. */
export function readTree(text: string): {
  readonly tree: TreeNode | undefined;
  readonly problems: readonly TreeProblem[];
} {
  const refuse = (code: TreeProblem["code"], message: string, place = fileStart) => ({
    tree: undefined,
    problems: [{ code, message, place }],
  });
  if (text.length > maxLength) return refuse("file-too-large", `the file is larger than ${maxLength} characters`);
  let document: Document.Parsed;
  try {
    // YAML 1.2: `on` and `yes` are texts. Merge keys are ours: `merge` is part of 1.1 only.
    document = parseDocument(text, { prettyErrors: false, schema: "core", merge: false });
  } catch (error) {
    // The parser is recursive: thousands of nested brackets exhaust the stack.
    if (error instanceof RangeError) return refuse("yaml-too-deep", "the file is nested too deeply");
    throw error;
  }
  if (document.errors.some(({ message }) => /call stack/i.test(message))) {
    return refuse("yaml-too-deep", "the file is nested too deeply");
  }
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const placeAt = (start: number, end: number): Place => firstLine(start, end, text, lineStarts);
  const problems: TreeProblem[] = [
    ...document.errors.map((error) => ({ error, isError: true })),
    ...document.warnings.map((error) => ({ error, isError: false })),
  ]
    .slice(0, maxProblems)
    .map(({ error, isError }) => ({
      code: error.code === "DUPLICATE_KEY" ? "duplicate-key" : isError ? "yaml-syntax" : "yaml-warning",
      message: ownWords[error.code] ?? error.message.charAt(0).toLowerCase() + error.message.slice(1),
      place: placeAt(error.pos[0], error.pos[1]),
    }));
  if (document.errors.length > 0 || document.contents === null) return { tree: undefined, problems };
  try {
    return { tree: new TreeBuilder(document, text, placeAt).build(document.contents), problems };
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.code, error.message, error.place);
    throw error;
  }
}

class Refusal extends Error {
  readonly code: TreeProblem["code"];
  readonly place: Place;
  constructor(code: TreeProblem["code"], message: string, place: Place) {
    super(message);
    this.code = code;
    this.place = place;
  }
}

class TreeBuilder {
  readonly #document: Document.Parsed;
  readonly #text: string;
  readonly #placeAt: (start: number, end: number) => Place;
  readonly #open = new Set<Node>();
  #aliased = 0;
  #inAlias = 0;

  constructor(document: Document.Parsed, text: string, placeAt: (start: number, end: number) => Place) {
    this.#document = document;
    this.#text = text;
    this.#placeAt = placeAt;
  }

  build(node: Node | null | undefined, around: Place = fileStart): TreeNode {
    if (node === null || node === undefined)
      return { kind: "scalar", value: null, place: around, placeOf: () => around };
    const place = node.range ? this.#placeAt(node.range[0], node.range[1]) : around;
    if (this.#inAlias > 0 && ++this.#aliased > maxAliased) {
      throw new Refusal("yaml-aliases", `the file's aliases expand to more than ${maxAliased} values`, place);
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined) {
        throw new Refusal("yaml-syntax", `there is no anchor &${node.source} before this`, place);
      }
      if (this.#open.has(target)) throw new Refusal("yaml-aliases", `*${node.source} is inside itself`, place);
      this.#inAlias++;
      const built = this.build(target, place);
      this.#inAlias--;
      return built;
    }
    if (isScalar(node)) return this.#scalar(node, place);
    if (this.#open.size >= maxDepth) throw new Refusal("yaml-too-deep", "the file is nested too deeply", place);
    this.#open.add(node);
    let built: TreeNode;
    if (isSeq(node)) {
      built = { kind: "list", place, items: node.items.map((item) => this.build(item as Node, place)) };
    } else if (isMap(node)) {
      built = { kind: "map", place, entries: this.#entries(node.items as readonly Pair[], place) };
    } else {
      built = { kind: "scalar", value: null, place, placeOf: () => place };
    }
    this.#open.delete(node);
    return built;
  }

  #entries(pairs: readonly Pair[], place: Place): TreeEntry[] {
    const own: TreeEntry[] = [];
    const merged: TreeEntry[] = [];
    for (const { key, value } of pairs) {
      const keyNode = isAlias(key) ? key.resolve(this.#document) : key;
      const keyPlace = key?.range ? this.#placeAt(key.range[0], key.range[1]) : place;
      const name = isScalar(keyNode) ? String(keyNode.value) : String(keyNode);
      const built = this.build(value, keyPlace);
      if (name === "<<" && isScalar(keyNode) && keyNode.type === Scalar.PLAIN) merged.push(...mergeInto(built));
      else own.push({ key: name, keyPlace, value: built });
    }
    const known = new Set(own.map(({ key }) => key));
    for (const entry of merged) {
      if (known.has(entry.key)) continue;
      known.add(entry.key);
      own.push(entry);
    }
    return own;
  }

  #scalar(node: Scalar, place: Place): TreeScalar {
    const { value: given } = node;
    const value =
      typeof given === "string" || typeof given === "number" || typeof given === "boolean"
        ? given
        : given === null
          ? null
          : String(given);
    const [start, end] = node.range ?? [0, 0];
    let offsets: Uint32Array | undefined;
    return {
      kind: "scalar",
      value,
      place,
      placeOf: (offset, length) => {
        if (typeof value !== "string") return place;
        offsets ??= align(this.#text.slice(start, end), value, node.type);
        const from = start + (offsets[Math.min(offset, value.length)] ?? 0);
        const last = start + (offsets[Math.min(offset + Math.max(length, 1) - 1, value.length)] ?? 0);
        return this.#placeAt(from, last + 1);
      },
    };
  }
}

type Pair = { readonly key: Node | null; readonly value: Node | null };

function mergeInto(value: TreeNode): readonly TreeEntry[] {
  if (value.kind === "map") return value.entries;
  return value.kind === "list" ? value.items.flatMap(mergeInto) : [];
}

/** For each character of the value where it is written: line folding, indentation and escapes are what lies between. */
function align(raw: string, value: string, type: Scalar["type"]): Uint32Array {
  const offsets = new Uint32Array(value.length + 1);
  const isDouble = type === Scalar.QUOTE_DOUBLE;
  const isSingle = type === Scalar.QUOTE_SINGLE;
  let at = isDouble || isSingle ? 1 : 0;
  // The first line of a block text is its header.
  if (type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED) at = raw.indexOf("\n") + 1;
  for (let index = 0; index < value.length; index++) {
    const character = value.charAt(index);
    const isSpace = /\s/.test(character);
    if (isDouble) {
      // A backslash at a line's end joins it with the next one.
      let joined: RegExpExecArray | null;
      while ((joined = /^\\\r?\n\s*/.exec(raw.slice(at, at + 200))) !== null) at += joined[0].length;
    }
    if (!isSpace) while (at < raw.length && raw[at] !== character && /\s/.test(raw.charAt(at))) at++;
    offsets[index] = Math.min(at, raw.length);
    if (isDouble && raw[at] === "\\") at += { x: 4, u: 6, U: 10 }[raw.charAt(at + 1)] ?? 2;
    else if (isSingle && character === "'") at += 2;
    else if (!isSpace || /\s/.test(raw.charAt(at))) at++;
  }
  offsets[value.length] = Math.min(at, raw.length);
  return offsets;
}

/** In broken files the parser's offsets may lie behind the end. */
function firstLine(start: number, end: number, text: string, lineStarts: readonly number[]): Place {
  const from = Math.min(start, text.length);
  let low = 0;
  for (let high = lineStarts.length - 1; low < high;) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= from) low = middle;
    else high = middle - 1;
  }
  const lineStart = lineStarts[low] ?? 0;
  const lineLength = text.slice(lineStart, lineStarts[low + 1] ?? text.length).replace(/\s+$/, "").length;
  const column = from - lineStart + 1;
  const endColumn = Math.max(column, Math.min(Math.max(end, from), lineStart + lineLength) - lineStart + 1);
  return { line: low + 1, column, endLine: low + 1, endColumn };
}

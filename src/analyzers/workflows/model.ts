/** A workflow or action file as the rules need it: triggers, jobs, steps, each with its place in the source. */
// Static on purpose: in the bundle a dynamic import of this CommonJS package has no named exports. This file is lazy.
import * as yaml from "yaml";
import type { Document, Pair, Scalar, YAMLMap } from "yaml";
import type { SourceFile } from "../../model/source-file.ts";

/** A scalar with its value and the offsets of its source text, quotes and block indicators included. */
export interface Text {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** Literal block (`|`): a final line end belongs to the value. */
  readonly isLiteral: boolean;
  readonly isPlain: boolean;
}

export interface Entry {
  readonly key: Text;
  readonly value: Node;
}

/** A mapping, a sequence or a scalar; missing values are empty mappings. */
export interface Node {
  readonly text: Text | undefined;
  readonly entries: readonly Entry[];
  readonly items: readonly Node[];
  readonly start: number;
  readonly end: number;
}

export interface Step {
  readonly node: Node;
  readonly run: Text | undefined;
  readonly uses: Text | undefined;
  readonly shell: string | undefined;
  readonly with: readonly Entry[];
  readonly env: readonly Entry[];
}

export interface Job {
  readonly id: string;
  readonly node: Node;
  readonly steps: readonly Step[];
  readonly env: readonly Entry[];
  readonly hasEnvironment: boolean;
  readonly condition: string;
  /** The job's own permissions, else the workflow's. */
  readonly permissions: Node | undefined;
}

export interface Workflow {
  readonly kind: "workflow" | "action";
  readonly root: Node;
  readonly triggers: ReadonlySet<string>;
  readonly env: readonly Entry[];
  readonly jobs: readonly Job[];
}

const nothing: Node = { text: undefined, entries: [], items: [], start: 0, end: 0 };

/** Undefined when it is no mapping at all or not YAML; the language service says what is wrong with it then. */
export function parseWorkflow(source: SourceFile, kind: "workflow" | "action"): Workflow | undefined {
  const document: Document = yaml.parseDocument(source.text, { uniqueKeys: false, strict: false, logLevel: "silent" });
  const root = convert(document, document.contents, 0);
  if (root.entries.length === 0) return undefined;
  if (kind === "action") {
    const runs = child(root, "runs") ?? nothing;
    const job: Job = {
      id: "runs",
      node: runs,
      steps: steps(child(runs, "steps")),
      env: [],
      hasEnvironment: false,
      condition: "",
      permissions: undefined,
    };
    return { kind, root, triggers: new Set(), env: [], jobs: [job] };
  }
  const on = child(root, "on") ?? nothing;
  const triggers = new Set([
    ...(on.text === undefined ? [] : [on.text.value]),
    ...on.items.flatMap((item) => (item.text === undefined ? [] : [item.text.value])),
    ...on.entries.map(({ key }) => key.value),
  ]);
  const permissions = child(root, "permissions");
  const jobs = (child(root, "jobs") ?? nothing).entries.map(({ key, value }): Job => ({
    id: key.value,
    node: value,
    steps: steps(child(value, "steps")),
    env: child(value, "env")?.entries ?? [],
    hasEnvironment: child(value, "environment") !== undefined,
    condition: child(value, "if")?.text?.value ?? "",
    permissions: child(value, "permissions") ?? permissions,
  }));
  return { kind, root, triggers, env: child(root, "env")?.entries ?? [], jobs };
}

export function child(node: Node, key: string): Node | undefined {
  return node.entries.find((entry) => entry.key.value === key)?.value;
}

export function entryOf(entries: readonly Entry[], key: string): Entry | undefined {
  return entries.find((entry) => entry.key.value === key);
}

/** Every scalar below a node, in order. */
export function* texts(node: Node): Generator<Text> {
  if (node.text !== undefined) yield node.text;
  for (const entry of node.entries) yield* texts(entry.value);
  for (const item of node.items) yield* texts(item);
}

function steps(node: Node | undefined): Step[] {
  return (node?.items ?? []).map((item) => ({
    node: item,
    run: child(item, "run")?.text,
    uses: child(item, "uses")?.text,
    shell: child(item, "shell")?.text?.value,
    with: child(item, "with")?.entries ?? [],
    env: child(item, "env")?.entries ?? [],
  }));
}

function convert(document: Document, value: unknown, aliases: number): Node {
  let node = value;
  let followed = aliases;
  if (yaml.isAlias(node)) {
    // Aliases of aliases can grow without bound ("billion laughs").
    if (++followed > 3) return nothing;
    node = node.resolve(document);
  }
  if (yaml.isMap(node)) {
    const map = node as YAMLMap;
    const entries = (map.items as Pair[]).flatMap((pair): Entry[] => {
      if (!yaml.isScalar(pair.key)) return [];
      return [{ key: textOf(pair.key), value: convert(document, pair.value, followed) }];
    });
    return { text: undefined, entries, items: [], ...span(map.range) };
  }
  if (yaml.isSeq(node)) {
    const items = node.items.map((item) => convert(document, item, followed));
    return { text: undefined, entries: [], items, ...span(node.range) };
  }
  if (yaml.isScalar(node)) {
    const text = textOf(node);
    return { text, entries: [], items: [], start: text.start, end: text.end };
  }
  return nothing;
}

function textOf(scalar: Scalar): Text {
  const value = typeof scalar.value === "string" ? scalar.value : (scalar.source ?? String(scalar.value ?? ""));
  return {
    value,
    ...span(scalar.range),
    isLiteral: scalar.type === yaml.Scalar.BLOCK_LITERAL,
    isPlain: scalar.type === yaml.Scalar.PLAIN,
  };
}

function span(range: readonly [number, number, number] | null | undefined): { start: number; end: number } {
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

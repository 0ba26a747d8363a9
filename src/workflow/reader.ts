/** Collects what is wrong with a file while its tree is read: every reading function goes on after a mistake. Pure. */
import { closest } from "../model/closest.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Place } from "../model/workflow.ts";
import type { DiagnosticCode } from "./diagnostic-codes.ts";
import type { TreeEntry, TreeMap, TreeNode, TreeScalar } from "./positioned-tree.ts";

export class Reader {
  readonly file: string;
  readonly diagnostics: Diagnostic[] = [];

  constructor(file: string) {
    this.file = file;
  }

  error(code: DiagnosticCode, place: Place, message: string, hint?: string): void {
    this.#add("error", code, place, message, hint);
  }

  warn(code: DiagnosticCode, place: Place, message: string, hint?: string): void {
    this.#add("warning", code, place, message, hint);
  }

  #add(severity: "error" | "warning", code: DiagnosticCode, place: Place, message: string, hint?: string): void {
    const { line, column, endLine, endColumn } = place;
    this.diagnostics.push({
      file: this.file,
      line,
      column,
      endLine,
      endColumn,
      severity,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Entries by key; unknown keys are complained about. Undefined when it is no map. */
  map(node: TreeNode, what: string, known: readonly string[]): ReadonlyMap<string, TreeEntry> | undefined {
    const entries = this.anyMap(node, what);
    if (entries === undefined) return undefined;
    for (const { key, keyPlace } of entries) {
      if (!known.includes(key)) {
        this.error("unknown-key", keyPlace, `unknown key "${key}" in ${what}`, keyHint(key, known));
      }
    }
    return new Map(entries.map((entry) => [entry.key, entry]));
  }

  anyMap(node: TreeNode, what: string): TreeMap["entries"] | undefined {
    if (node.kind === "map") return node.entries;
    this.error("wrong-type", node.place, `${what}: expected a map of keys, found ${describe(node)}`);
    return undefined;
  }

  text(entry: TreeEntry | undefined): string | undefined {
    if (entry === undefined) return undefined;
    const { value } = entry;
    if (value.kind === "scalar" && typeof value.value === "string" && value.value.trim() !== "") return value.value;
    const hint = value.kind === "scalar" && typeof value.value === "number" ? "put it in quotes" : undefined;
    this.error("wrong-type", value.place, `${entry.key}: expected a text, found ${describe(value)}`, hint);
    return undefined;
  }

  /** Numbers and booleans are texts too: what `env:` takes. */
  scalarText(entry: TreeEntry): string | undefined {
    const { value } = entry;
    if (value.kind === "scalar") return value.value === null ? "" : String(value.value);
    this.error("wrong-type", value.place, `${entry.key}: expected a text, found ${describe(value)}`);
    return undefined;
  }

  /** One text or a list of them. */
  texts(entry: TreeEntry | undefined, mayBeEmpty = false): readonly TextItem[] | undefined {
    if (entry === undefined) return undefined;
    const items = entry.value.kind === "list" ? entry.value.items : [entry.value];
    if (items.length === 0 && !mayBeEmpty) {
      this.error("invalid-value", entry.value.place, `${entry.key}: expected at least one, found an empty list`);
    }
    return items.flatMap((item) => {
      if (item.kind === "scalar" && typeof item.value === "string" && item.value !== "") {
        return [{ text: item.value, place: item.place, node: item }];
      }
      if (item.kind === "scalar" && typeof item.value === "number") {
        return [{ text: String(item.value), place: item.place, node: item }];
      }
      this.error("wrong-type", item.place, `${entry.key}: expected a text, found ${describe(item)}`);
      return [];
    });
  }

  boolean(entry: TreeEntry | undefined): boolean | undefined {
    if (entry === undefined) return undefined;
    const { value } = entry;
    if (value.kind === "scalar" && typeof value.value === "boolean") return value.value;
    this.error(
      "wrong-type",
      value.place,
      `${entry.key}: expected true or false, found ${describe(value)}`,
      booleanHint(value),
    );
    return undefined;
  }

  whole(entry: TreeEntry | undefined, from: number, to: number): number | undefined {
    if (entry === undefined) return undefined;
    const { value } = entry;
    if (value.kind === "scalar" && typeof value.value === "number" && Number.isInteger(value.value)) {
      if (value.value >= from && value.value <= to) return value.value;
      this.error(
        "invalid-value",
        value.place,
        `${entry.key}: expected a number from ${from} to ${to}, found ${value.value}`,
      );
    } else {
      this.error("wrong-type", value.place, `${entry.key}: expected a whole number, found ${describe(value)}`);
    }
    return undefined;
  }

  /** Seconds: a number of them, or `90s`, `5m`, `1.5h`, `2d`. */
  duration(entry: TreeEntry | undefined): number | undefined {
    if (entry === undefined) return undefined;
    const { value } = entry;
    const seconds = value.kind === "scalar" ? durationSeconds(value.value) : undefined;
    if (seconds === undefined) {
      this.error(
        "wrong-type",
        value.place,
        `${entry.key}: expected seconds or a duration such as "90s", "5m" or "1h", found ${describe(value)}`,
      );
    }
    return seconds;
  }

  oneOf<Name extends string>(entry: TreeEntry | undefined, names: readonly Name[]): Name | undefined {
    if (entry === undefined) return undefined;
    const { value } = entry;
    const given = value.kind === "scalar" ? value.value : undefined;
    const found = names.find((name) => name === given);
    if (found === undefined) {
      this.error(
        "invalid-value",
        value.place,
        `${entry.key}: expected ${orList(names)}, found ${describe(value)}`,
        typeof given === "string" ? didYouMean(given, names) : undefined,
      );
    }
    return found;
  }
}

export interface TextItem {
  readonly text: string;
  readonly place: Place;
  readonly node: TreeScalar;
}

const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

export function durationSeconds(value: unknown): number | undefined {
  if (typeof value === "number") return value > 0 && Number.isFinite(value) ? value : undefined;
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(value) : null;
  if (match === null) return undefined;
  const seconds = Number(match[1]) * unitSeconds[match[2] as keyof typeof unitSeconds];
  return seconds > 0 ? seconds : undefined;
}

export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const near = closest(name, known);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

function keyHint(key: string, known: readonly string[]): string | undefined {
  // Programs that write YAML 1.1 turn `on` into true.
  if (key === "true" && known.includes("on")) return 'did you mean "on"?';
  if (key === "jobs") return "there are no jobs here: steps stand at the top, with parallel and needs between them";
  if (key === "timeout-minutes") return 'did you mean "timeout"? It takes "5m"';
  return didYouMean(key, known) ?? (known.length === 0 ? undefined : `known keys: ${known.join(", ")}`);
}

function booleanHint(node: TreeScalar | TreeNode): string | undefined {
  if (node.kind !== "scalar" || typeof node.value !== "string") return undefined;
  const word = node.value.toLowerCase();
  if (word === "yes" || word === "on" || word === "true") return "write true";
  return word === "no" || word === "off" || word === "false" ? "write false" : undefined;
}

export function describe(node: TreeNode): string {
  if (node.kind === "list") return "a list";
  if (node.kind === "map") return "a map of keys";
  return describeValue(node.value);
}

export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map of keys";
  if (typeof value === "string") {
    if (value.trim() === "") return "an empty text";
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  return String(value);
}

export function orList(values: readonly string[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

/** Turns what a schema refuses into diagnostics at the place in the file, in the user's words, with a hint. */
import type { z } from "zod";
import type { Diagnostic } from "../model/diagnostic.ts";
import { closest } from "../model/closest.ts";
import { asPosition, type PositionedYaml, type YamlPath } from "./positioned-yaml.ts";

type Issue = z.core.$ZodIssue;

/** The part of a JSON Schema that is needed to know which keys are allowed where. */
export interface KeySchema {
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly items?: KeySchema | boolean;
  readonly additionalProperties?: KeySchema | boolean;
  readonly anyOf?: readonly KeySchema[];
}

export function explainIssues(
  issues: readonly Issue[],
  /** Path of the validated value in the document. */
  base: YamlPath,
  /** The validated value. */
  input: unknown,
  document: PositionedYaml,
  file: string,
  schema: KeySchema,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const add = (path: YamlPath, part: "key" | "value", code: string, message: string, hint?: string): void => {
    diagnostics.push({
      file,
      ...asPosition(document.range([...base, ...path], part)),
      severity: "error",
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  for (const issue of issues.flatMap((each) => flatten(each, input))) {
    const { path } = issue;
    const value = valueAt(input, path);
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(schema, path);
      for (const key of issue.keys) {
        const near = closest(key, known);
        const where = path.length === 0 ? "" : ` in ${printPath(path)}`;
        add(
          [...path, key],
          "key",
          "unknown-key",
          `unknown key "${key}"${where}`,
          near === undefined
            ? known.length === 0
              ? undefined
              : `known keys: ${known.join(", ")}`
            : `did you mean "${near}"?`,
        );
      }
    } else if (issue.code === "invalid_key") {
      const reason = issue.issues[0]?.message ?? issue.message;
      add(path, "key", "invalid-key", `"${String(path.at(-1))}": ${reason}`);
    } else if (
      value === undefined &&
      (issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_union")
    ) {
      add(
        path,
        "value",
        "missing-key",
        `"${String(path.at(-1) ?? "")}" is missing${path.length > 1 ? ` in ${printPath(path.slice(0, -1))}` : ""}`,
      );
    } else if (issue.code === "invalid_value") {
      const options = issue.values.map(String);
      const near = typeof value === "string" ? closest(value, options) : undefined;
      const hint =
        value === false && options.includes("off")
          ? 'write "off"'
          : near === undefined
            ? undefined
            : `did you mean "${near}"?`;
      add(path, "value", "invalid-value", `expected ${orList(options)}, found ${describe(value)}`, hint);
    } else if (issue.code === "invalid_type") {
      add(path, "value", "wrong-type", `expected ${typeName(issue.expected)}, found ${describe(value)}`);
    } else if (issue.code === "invalid_union") {
      const expected = [
        ...new Set(
          issue.errors.flat().map((each) => (each.code === "invalid_type" ? typeName(each.expected) : undefined)),
        ),
      ];
      const names = expected.filter((name) => name !== undefined);
      add(
        path,
        "value",
        "wrong-type",
        `expected ${names.length === 0 ? "another value" : orList(names)}, found ${describe(value)}`,
      );
    } else {
      // The library's own wording opens with "Too small: "; messages of our schemas do not.
      add(path, "value", "invalid-value", issue.message.replace(/^(Too small|Too big|Invalid \w+): /, ""));
    }
  }
  return diagnostics;
}

/** Of a choice between shapes, the mistakes of the shape that was meant: the one whose outer type fits. */
function flatten(issue: Issue, input: unknown): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const value = valueAt(input, issue.path);
  const missesWhole = ({ code, path }: Issue): boolean =>
    path.length === 0 && (code === "invalid_type" || (code === "invalid_value" && typeof value === "object"));
  const meant = issue.errors
    .filter((errors) => errors.length > 0 && !errors.some(missesWhole))
    .sort((a, b) => a.length - b.length)[0];
  if (meant === undefined) return [issue];
  return meant.flatMap((each) => flatten({ ...each, path: [...issue.path, ...each.path] }, input));
}

function valueAt(input: unknown, path: YamlPath): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function keysAt(schema: KeySchema, path: YamlPath): string[] {
  let current: readonly KeySchema[] = [schema];
  for (const step of path) {
    current = current.flatMap(alternatives).flatMap((each) => {
      const next =
        typeof step === "number"
          ? each.items
          : each.properties !== undefined && Object.hasOwn(each.properties, step)
            ? each.properties[String(step)]
            : each.additionalProperties;
      return typeof next === "object" ? [next] : [];
    });
  }
  return [...new Set(current.flatMap(alternatives).flatMap((each) => Object.keys(each.properties ?? {})))];
}

function alternatives(schema: KeySchema): KeySchema[] {
  return [schema, ...(schema.anyOf ?? []).flatMap(alternatives)];
}

/** `ignore[2].paths` */
function printPath(path: YamlPath): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`))
    .join("");
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    array: "a list",
    boolean: "true or false",
    int: "a whole number",
    number: "a number",
    object: "a map of keys",
    record: "a map of keys",
    string: "a text",
  };
  return names[expected] ?? expected;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map of keys";
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return String(value);
}

function orList(values: readonly string[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

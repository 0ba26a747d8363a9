/** Checks what a step hands to its action against the action's own schema; what only a run will know counts as right. */
import type { TemplateValue } from "../model/workflow.ts";
import { propertyNames, type ActionFacts } from "./catalog.ts";
import type { TreeEntry, TreeNode } from "./positioned-tree.ts";
import { describeValue, didYouMean, orList, type Reader } from "./reader.ts";
import { isSingleExpression } from "./read-expressions.ts";
import type { Place } from "../model/workflow.ts";

/** The part of zod's issues that is looked into. */
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly expected?: string;
  readonly errors?: readonly (readonly Issue[])[];
}

export function checkInputs(
  action: ActionFacts,
  given: Readonly<Record<string, TemplateValue>>,
  entry: TreeEntry | undefined,
  usesPlace: Place,
  reader: Reader,
): void {
  const result = action.inputs.safeParse(given);
  if (result.success) return;
  const known = propertyNames(action.inputs) ?? [];
  for (const issue of result.error.issues.flatMap((each) => flatten(each as Issue, given))) {
    const value = valueAt(given, issue.path);
    if (passesTemplate(given, issue.path, issue)) continue;
    const name = printPath(issue.path);
    const place = placeOf(entry, issue.path) ?? usesPlace;
    if (issue.code === "unrecognized_keys") {
      const names = issue.path.length === 0 ? known : [];
      for (const key of issue.keys ?? []) {
        reader.error(
          "wrong-input",
          placeOf(entry, [...issue.path, key], true) ?? usesPlace,
          `${action.id} has no input "${name === "" ? key : `${name}.${key}`}"`,
          didYouMean(key, names) ?? (names.length === 0 ? undefined : `its inputs: ${names.join(", ")}`),
        );
      }
    } else if (value === undefined && issue.code !== "custom") {
      reader.error(
        "wrong-input",
        placeOf(entry, issue.path.slice(0, -1), true) ?? usesPlace,
        `${action.id} needs the input "${name}"`,
      );
    } else if (issue.code === "invalid_value") {
      const options = (issue.values ?? []).map(String);
      reader.error(
        "wrong-input",
        place,
        `${name}: expected ${orList(options)}, found ${describeValue(value)}`,
        typeof value === "string" ? didYouMean(value, options) : undefined,
      );
    } else if (issue.code === "invalid_type" || issue.code === "invalid_union") {
      const expected = issue.code === "invalid_union" ? expectedOf(issue) : typeName(issue.expected ?? "");
      reader.error("wrong-input", place, `${name}: expected ${expected}, found ${describeValue(value)}`);
    } else {
      reader.error("wrong-input", place, `${name}: ${issue.message.replace(/^(Too small|Too big|Invalid \w+): /, "")}`);
    }
  }
}

/** A template stands for whatever is right, unless it is certainly a text where none may be. */
function passesTemplate(given: unknown, path: readonly PropertyKey[], issue: Issue): boolean {
  let value = given;
  for (const step of [...path, undefined]) {
    if (typeof value === "string") {
      return value.includes("${{") && (isSingleExpression(value) || issue.code !== "invalid_type");
    }
    if (step === undefined || typeof value !== "object" || value === null) break;
    value = Object.hasOwn(value, step) ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return issue.code === "invalid_union" && holdsTemplate(value);
}

function holdsTemplate(value: unknown): boolean {
  if (typeof value === "string") return value.includes("${{");
  return typeof value === "object" && value !== null && Object.values(value).some(holdsTemplate);
}

/** Of a choice between shapes, the mistakes of the shape that was meant: the one whose outer type fits. */
function flatten(issue: Issue, input: unknown): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = (issue.errors ?? [])
    .filter(
      (errors) =>
        errors.length > 0 &&
        !errors.some(({ path, code }) => path.length === 0 && (code === "invalid_type" || code === "invalid_value")),
    )
    .sort((a, b) => a.length - b.length)[0];
  if (meant === undefined) return [issue];
  return meant.flatMap((each) => flatten({ ...each, path: [...issue.path, ...each.path] }, input));
}

function expectedOf(issue: Issue): string {
  const names = (issue.errors ?? []).flat().flatMap(({ path, code, expected, values }) => {
    if (path.length > 0) return [];
    if (code === "invalid_type") return [typeName(expected ?? "")];
    return code === "invalid_value" ? (values ?? []).map(String) : [];
  });
  return names.length === 0 ? "another value" : orList([...new Set(names)]);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** As far as the path is written. */
function placeOf(entry: TreeEntry | undefined, path: readonly PropertyKey[], ofKey = false): Place | undefined {
  let node: TreeNode | undefined = entry?.value;
  let place = entry?.keyPlace;
  for (const [index, step] of path.entries()) {
    if (node?.kind === "map") {
      const found: TreeEntry | undefined = node.entries.find(({ key }) => key === step);
      if (found === undefined) return place;
      place = ofKey && index === path.length - 1 ? found.keyPlace : found.value.place;
      node = found.value;
    } else if (node?.kind === "list" && typeof step === "number") {
      node = node.items[step];
      place = node?.place ?? place;
    } else return place;
  }
  return place;
}

function printPath(path: readonly PropertyKey[]): string {
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

/** Types the values that a workflow is given: from a command line (texts), the API, or a calling step. Pure. */
import { closest } from "../model/closest.ts";
import type { WorkflowInput } from "../model/workflow.ts";
import type { DiagnosticCode } from "./diagnostic-codes.ts";
import { describeValue, orList } from "./reader.ts";

export interface InputProblem {
  readonly code: Extract<DiagnosticCode, "input-given-wrong" | "input-missing" | "input-unknown">;
  readonly input: string;
  readonly message: string;
  readonly hint?: string;
}

export type InputValues = Readonly<Record<string, string | number | boolean>>;

/** `pending`: names that will be given later; they are neither missing nor defaulted. */
export function typeInputs(
  definitions: Readonly<Record<string, WorkflowInput>>,
  given: Readonly<Record<string, unknown>>,
  pending: ReadonlySet<string> = new Set(),
): { readonly inputs: InputValues; readonly problems: readonly InputProblem[] } {
  const problems: InputProblem[] = [];
  const values: [string, string | number | boolean][] = [];
  for (const name of [...Object.keys(given), ...pending]) {
    if (Object.hasOwn(definitions, name)) continue;
    const near = closest(name, Object.keys(definitions));
    problems.push({
      code: "input-unknown",
      input: name,
      message: `the workflow declares no input "${name}"`,
      ...(near === undefined ? {} : { hint: `did you mean "${near}"?` }),
    });
  }
  for (const [name, definition] of Object.entries(definitions)) {
    if (pending.has(name)) continue;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) {
      if (definition.default !== undefined) values.push([name, definition.default]);
      else if (definition.required) {
        problems.push({ code: "input-missing", input: name, message: `the input "${name}" is required and not given` });
      } else values.push([name, emptyValue(definition)]);
      continue;
    }
    const typed = typeValue(value, definition);
    if (typed === undefined) {
      problems.push({
        code: "input-given-wrong",
        input: name,
        message: `the input "${name}": expected ${expected(definition)}, found ${describeValue(value)}`,
      });
    } else values.push([name, typed]);
  }
  return { inputs: Object.fromEntries(values), problems };
}

/** What GitHub's own inputs are when nobody gave them. */
function emptyValue({ type }: WorkflowInput): string | number | boolean {
  if (type === "boolean") return false;
  return type === "number" ? 0 : "";
}

function typeValue(value: unknown, { type, options }: WorkflowInput): string | number | boolean | undefined {
  if (type === "boolean") {
    if (typeof value === "boolean") return value;
    return value === "true" ? true : value === "false" ? false : undefined;
  }
  if (type === "number") {
    if (typeof value === "number") return value;
    return typeof value === "string" && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim())
      ? Number(value)
      : undefined;
  }
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return undefined;
  const text = String(value);
  return type === "string" || options?.includes(text) === true ? text : undefined;
}

function expected({ type, options = [] }: WorkflowInput): string {
  if (type === "choice") return orList(options);
  return type === "boolean" ? "true or false" : type === "number" ? "a number" : "a text";
}

/** What expressions of a run see. */
import type { Plan } from "../model/workflow.ts";
import type { StepOutputs, StepRecord } from "../model/workflow-run.ts";
import type { Contexts } from "../workflow/expressions.ts";

/** GitHub's words. `outcome` is before `continue-on-error`, `conclusion` after it. */
export interface StepFacts {
  readonly outputs: StepOutputs;
  readonly outcome: "success" | "failure" | "skipped" | "cancelled";
  readonly conclusion: "success" | "failure" | "skipped" | "cancelled";
}

/** Steps that an expression can ask for. The instances of a `foreach` over a `parallel` have one each. */
export interface Scope {
  readonly steps: Record<string, StepFacts>;
  readonly item?: unknown;
  readonly index?: number;
}

const words = { succeeded: "success", failed: "failure", skipped: "skipped", cancelled: "cancelled" } as const;

/** Of a finished step. */
export function factsOf(record: StepRecord): StepFacts {
  const outcome = words[record.status as keyof typeof words];
  return { outputs: record.outputs ?? {}, outcome, conclusion: record.continued ? "success" : outcome };
}

export function baseContexts(plan: Plan, runId: string, repo: Readonly<Record<string, unknown>>): Contexts {
  const { event, workflow, inputs } = plan;
  return {
    event: {
      ...event.payload,
      name: event.name,
      ...(event.action === undefined ? {} : { action: event.action }),
      ...(event.actor === undefined ? {} : { actor: event.actor }),
      ...(event.command === undefined ? {} : { command: event.command }),
    },
    inputs,
    repo,
    run: { id: runId, workflow: workflow.name },
  };
}

/** What a caller's steps hand to a called workflow, in the types that it declares. Throws a sentence. */
export function typedInputs(plan: Plan, given: Readonly<Record<string, unknown>>): Plan["inputs"] {
  const inputs: Record<string, string | number | boolean> = { ...plan.inputs };
  for (const [name, value] of Object.entries(given)) {
    const type = plan.workflow.inputs[name]?.type;
    if (type === undefined) throw new Error(`the workflow ${plan.workflow.name} has no input ${name}`);
    inputs[name] = typed(name, type, value);
  }
  for (const [name, input] of Object.entries(plan.workflow.inputs)) {
    const value = (inputs[name] ??= input.default ?? (input.required ? "" : defaults[input.type]));
    if (input.required && value === "") throw new Error(`input ${name} is required`);
    if (input.type === "choice" && input.options?.includes(String(value)) === false) {
      throw new Error(`input ${name} must be one of ${input.options.join(", ")}`);
    }
  }
  return inputs;
}

const defaults = { string: "", choice: "", number: 0, boolean: false } as const;

function typed(name: string, type: "string" | "number" | "boolean" | "choice", value: unknown) {
  if (type === "boolean") {
    if (value === true || value === "true") return true;
    if (value === false || value === "false" || value === "" || value === null) return false;
    throw new Error(`input ${name} must be true or false`);
  }
  if (type === "number") {
    const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
    if (!Number.isFinite(number)) throw new Error(`input ${name} must be a number`);
    return number;
  }
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What expressions of a run see. */
import type { Plan } from "../model/workflow.ts";
import type { StepOutputs, StepRecord } from "../model/workflow-run.ts";
import { eventContext } from "../workflow/event-context.ts";
import type { Contexts } from "../workflow/expressions.ts";
import { typeInputs } from "../workflow/inputs.ts";

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
    event: eventContext(event),
    inputs,
    repo,
    run: { id: runId, workflow: workflow.name },
  };
}

/** What a caller's steps hand to a called workflow, in the types that it declares. Throws a sentence. */
export function typedInputs(plan: Plan, given: Readonly<Record<string, unknown>>): Plan["inputs"] {
  const { inputs, problems } = typeInputs(plan.workflow.inputs, { ...plan.inputs, ...given });
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("; "));
  return inputs;
}

/** The concurrency group of a run, once everything that its name asks for is known. Pure. */
import type { Plan, Workflow } from "../model/workflow.ts";
import { type Contexts, evaluateExpression, evaluateText, isTruthy } from "./expressions.ts";

/** Throws a sentence. */
export function evaluateConcurrency(
  { group, cancelInProgress }: NonNullable<Workflow["concurrency"]>,
  contexts: Contexts,
): NonNullable<Plan["concurrency"]> {
  return {
    group: evaluateText(group, contexts),
    cancelInProgress:
      typeof cancelInProgress === "boolean"
        ? cancelInProgress
        : isTruthy(evaluateExpression(cancelInProgress, contexts)),
  };
}

/** Which steps of a finished run are to run again. Pure. */
import type { Plan, PlannedStep } from "../model/workflow.ts";
import type { StepRecord } from "../model/workflow-run.ts";

/**
 * Paths of steps to take back: those that did not succeed, or `from` with everything in it; and whatever waited for them.
 * Undefined when there is no step `from` (an id, or a path like `both/left`).
 */
export function stepsToRepeat(plan: Plan, records: readonly StepRecord[], from?: string): string[] | undefined {
  const byPath = new Map(records.map((record) => [record.path, record]));
  const again = new Set<string>();
  let isFound = from === undefined;

  const within = (path: string): void => {
    for (const { path: other } of records) {
      if (other === path || other.startsWith(`${path}/`) || other.startsWith(`${path}[`)) again.add(other);
    }
  };
  /** A step whose own end counts for nothing: with all that it consists of, where it consists of anything. */
  const whole = ({ step }: PlannedStep, path: string): void => {
    if (step.kind === "parallel" || step.foreach !== undefined) within(path);
    else again.add(path);
  };
  const list = (steps: readonly PlannedStep[], prefix: string): boolean => {
    const repeated = new Set<string>();
    // Steps may stand before those that they need: gone through until nothing is added.
    for (let before = -1; before < repeated.size;) {
      before = repeated.size;
      round(steps, prefix, repeated);
    }
    return repeated.size > 0;
  };
  const round = (steps: readonly PlannedStep[], prefix: string, repeated: Set<string>): void => {
    for (const planned of steps) {
      if (repeated.has(planned.id)) continue;
      const path = prefix + planned.id;
      if (planned.waitsFor.some((id) => repeated.has(id))) {
        whole(planned, path);
        repeated.add(planned.id);
        if (from === path) isFound = true;
      } else if (one(planned, path)) {
        again.add(path);
        repeated.add(planned.id);
      }
    }
  };
  const one = (planned: PlannedStep, path: string): boolean => {
    const { step, id, children } = planned;
    if (from !== undefined && (from === path || from === id)) {
      isFound = true;
      whole(planned, path);
      return true;
    }
    const isOver = byPath.get(path)?.status === "succeeded" || byPath.get(path)?.continued === true;
    if (step.foreach !== undefined) {
      if (from !== undefined || isOver) return false;
      for (const { path: other, status } of records) {
        if (other.startsWith(`${path}[`) && status !== "succeeded") again.add(other);
      }
      return true;
    }
    if (children !== undefined && (from !== undefined || !isOver))
      return list(children, `${path}/`) || from === undefined;
    // A step that was not needed is asked again: what it depended on may be different now.
    return from === undefined && !isOver;
  };
  list(plan.steps, "");
  return isFound ? [...again].filter((path) => byPath.has(path)) : undefined;
}

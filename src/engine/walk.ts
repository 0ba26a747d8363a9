/** Walks a list of planned steps in the order that their needs give. */
import type { PlannedStep } from "../model/workflow.ts";

/** How a step ended, as far as the steps behind it care. */
export type StepEnd = "succeeded" | "failed" | "skipped" | "cancelled" | "waiting";

/** A step of a list, or an item of a `foreach`: those wait for nobody. */
type Walked = Pick<PlannedStep, "id" | "waitsFor" | "hasNeeds">;

/** What is known of the steps before one. */
export interface Before {
  /** Some step that this one waits for, directly or through others, failed. */
  readonly hasFailed: boolean;
  /** A step that was written in its `needs` was skipped or cancelled: its id. */
  readonly missing: string | undefined;
}

/**
 * Runs every step of a list once, at most `maxParallel` at a time. A step that waits holds back those that wait for it;
 * the others go on, and while any of them does it can be run again. Rejects with the first error that is not a step's
 * own, once no step is running any more. `onAgain` is handed what runs a step again: false unless it waits.
 */
export function walk<Step extends Walked>(
  steps: readonly Step[],
  maxParallel: number,
  run: (step: Step, before: Before) => Promise<StepEnd>,
  onAgain?: (again: (id: string) => boolean) => void,
): Promise<readonly StepEnd[]> {
  return new Promise((resolve, reject) => {
    const indexes = new Map(steps.map(({ id }, index) => [id, index]));
    const followers: number[][] = steps.map(() => []);
    const open: number[] = [];
    const ends: (StepEnd | undefined)[] = steps.map(() => undefined);
    const failed: boolean[] = steps.map(() => false);
    const ready: number[] = [];
    for (const [index, { waitsFor }] of steps.entries()) {
      const known = waitsFor.flatMap((id) => indexes.get(id) ?? []);
      open.push(known.length);
      for (const before of known) followers[before]?.push(index);
      if (known.length === 0) ready.push(index);
    }
    let next = 0;
    let active = 0;
    let isOver = false;
    let fault: { readonly error: unknown } | undefined;

    const before = ({ waitsFor, hasNeeds }: Walked): Before => {
      let hasFailed = false;
      let missing: string | undefined;
      for (const id of waitsFor) {
        const index = indexes.get(id) ?? -1;
        hasFailed ||= failed[index] === true;
        if (hasNeeds && (ends[index] === "skipped" || ends[index] === "cancelled")) missing ??= id;
      }
      return { hasFailed, missing };
    };
    const start = (index: number, step: Step): void => {
      active++;
      const known = before(step);
      void settle(index, known, run(step, known));
    };
    const settle = async (index: number, known: Before, running: Promise<StepEnd>): Promise<void> => {
      try {
        const end = await running;
        ends[index] = end;
        failed[index] = end === "failed" || known.hasFailed;
        if (end !== "waiting") {
          for (const follower of followers[index] ?? []) {
            open[follower] = (open[follower] ?? 0) - 1;
            if (open[follower] === 0) ready.push(follower);
          }
        }
      } catch (error) {
        fault ??= { error };
      }
      active--;
      pump();
    };
    const canStart = (): boolean => fault === undefined && active < maxParallel && next < ready.length;
    const pump = (): void => {
      while (canStart()) {
        const index = ready[next++] ?? 0;
        const step = steps[index];
        if (step !== undefined) start(index, step);
      }
      if (active > 0) return;
      isOver ||= fault !== undefined || next === ready.length;
      if (fault !== undefined) reject(fault.error);
      // Steps that were not reached stand behind one that waits.
      else if (next === ready.length) resolve(ends.map((end) => end ?? "waiting"));
    };
    onAgain?.((id) => {
      const index = indexes.get(id);
      if (isOver || index === undefined || ends[index] !== "waiting") return false;
      ends[index] = undefined;
      ready.push(index);
      pump();
      return true;
    });
    pump();
  });
}

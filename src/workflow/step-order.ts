/** Which steps have ended before which: lists, `needs`, and steps inside `parallel`. Pure. */

export interface StepList {
  /** `parallel` starts its steps together; others wait for the one before. */
  readonly isParallel: boolean;
  readonly steps: readonly OrderedStep[];
  /** The step that this list is inside of. */
  readonly parent: OrderedStep | undefined;
}

export interface OrderedStep {
  readonly id: string;
  readonly needs: readonly string[] | undefined;
  readonly list: StepList;
  readonly index: number;
}

/** Ids of the same list that must have ended before; what is not there is left out. */
export function waitsFor(step: OrderedStep, byId: (id: string) => OrderedStep | undefined): string[] {
  if (step.needs !== undefined) {
    return [...new Set(step.needs)].filter((id) => byId(id)?.list === step.list && id !== step.id);
  }
  const before = step.list.isParallel ? undefined : step.list.steps[step.index - 1];
  return before === undefined ? [] : [before.id];
}

export class StepOrder {
  readonly #byId: (id: string) => OrderedStep | undefined;
  /** Per step all steps of its list before it, once a question needed them. */
  readonly #reached = new Map<OrderedStep, ReadonlySet<string>>();
  /** Per list: for each index, how far back the plain chain without `needs` goes. */
  readonly #chains = new Map<StepList, readonly number[]>();

  constructor(byId: (id: string) => OrderedStep | undefined) {
    this.#byId = byId;
  }

  /** Whether `before` has certainly ended, or been skipped, when `step` starts. */
  isBefore(before: OrderedStep, step: OrderedStep): boolean {
    // Up to the list that both are in, itself or in something around it.
    for (let own: OrderedStep | undefined = step; own !== undefined; own = own.list.parent) {
      for (let other: OrderedStep | undefined = before; other !== undefined; other = other.list.parent) {
        if (own.list === other.list) return own !== other && this.#isBeforeInList(other, own);
      }
    }
    return false;
  }

  isInside(step: OrderedStep, around: OrderedStep): boolean {
    for (let own: OrderedStep | undefined = step; own !== undefined; own = own.list.parent)
      if (own === around) return true;
    return false;
  }

  #isBeforeInList(before: OrderedStep, step: OrderedStep): boolean {
    const chainStart = this.#chain(step.list)[step.index] ?? step.index;
    if (before.index < step.index && before.index >= chainStart) return true;
    let reached = this.#reached.get(step);
    if (reached === undefined) {
      const found = new Set<string>();
      const open = waitsFor(step, this.#byId);
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        if (found.has(id)) continue;
        found.add(id);
        const next = this.#byId(id);
        if (next !== undefined) open.push(...waitsFor(next, this.#byId));
      }
      reached = found;
      this.#reached.set(step, found);
    }
    return reached.has(before.id);
  }

  #chain(list: StepList): readonly number[] {
    let chain = this.#chains.get(list);
    if (chain === undefined) {
      let start = 0;
      chain = list.steps.map(({ needs }, index) => {
        if (list.isParallel || needs !== undefined) start = index;
        return start;
      });
      this.#chains.set(list, chain);
    }
    return chain;
  }
}

/** Steps of one list that wait for each other in a circle, one circle at a time; each step is in one at most. */
export function findCycles(list: StepList, byId: (id: string) => OrderedStep | undefined): OrderedStep[][] {
  const cycles: OrderedStep[][] = [];
  const state = new Map<string, "open" | "done">();
  for (const start of list.steps) {
    if (state.has(start.id)) continue;
    // By hand: a chain of 10,000 steps is deeper than the stack.
    const path: { step: OrderedStep; waits: string[] }[] = [];
    const enter = (step: OrderedStep): void => {
      state.set(step.id, "open");
      path.push({ step, waits: waitsFor(step, byId) });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const id = top.waits.pop();
      if (id === undefined) {
        state.set(top.step.id, "done");
        path.pop();
        continue;
      }
      const next = byId(id);
      if (next === undefined || state.get(id) === "done") continue;
      if (state.get(id) === "open") {
        cycles.push(path.slice(path.findIndex(({ step }) => step.id === id)).map(({ step }) => step));
      } else enter(next);
    }
  }
  return cycles;
}

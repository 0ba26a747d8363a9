/** Ends work that takes too long or is no longer wanted, also work that does not listen. */

/** Why a step's signal was aborted. */
export class StepTimeout extends Error {
  constructor(seconds: number) {
    super(`it took longer than ${seconds} s`);
    this.name = "StepTimeout";
  }
}
export class RunCancelled extends Error {
  readonly by: string;
  constructor(by: string) {
    super(`cancelled by ${by}`);
    this.name = "RunCancelled";
    this.by = by;
  }
}
/** The process must let go of the run at once: the lease is lost, or nothing can be stored. */
export class RunLost extends Error {
  constructor(cause: unknown) {
    super("the run was let go", { cause });
    this.name = "RunLost";
  }
}

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/**
 * Work under a time limit and the controller's abortion. Work that ends after an abortion counts as it ended; work that
 * does not end within `graceMs` of it is left behind; without one it is waited for.
 */
export async function withLimits<Result>(
  work: () => Promise<Result>,
  controller: AbortController,
  limits: { readonly timeoutSeconds: number | undefined; readonly graceMs: number | undefined; readonly sleep: Sleep },
): Promise<Result> {
  const over = new AbortController();
  const quiet = (): void => undefined;
  const { timeoutSeconds, graceMs, sleep } = limits;
  if (timeoutSeconds !== undefined) {
    sleep(timeoutSeconds * 1000, over.signal).then(() => controller.abort(new StepTimeout(timeoutSeconds)), quiet);
  }
  try {
    return await new Promise<Result>((resolve, reject) => {
      const onAbort = (): void => {
        if (graceMs === undefined) return;
        sleep(graceMs, over.signal).then(() => reject(controller.signal.reason as Error), quiet);
      };
      if (controller.signal.aborted) onAbort();
      else controller.signal.addEventListener("abort", onAbort, { once: true });
      work().then(resolve, reject);
    });
  } finally {
    over.abort(isOver);
  }
}

/** One for all: making an error for each step costs more than the rest of this. */
const isOver = new Error("the step is over");

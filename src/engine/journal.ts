/**
 * What happens in a run on its way into the store. What is told in one turn of the event loop is written together: a
 * thousand steps that begin at once are one transaction.
 */
import type {
  RunBatch,
  RunOwner,
  RunStore,
  StepLog,
  StepProcess,
  StepRecord,
  StepWait,
} from "../model/workflow-run.ts";

export interface Journal {
  step(record: StepRecord): void;
  wait(wait: StepWait): void;
  log(log: StepLog): void;
  process(process: StepProcess): void;
  /** Resolves when everything told so far is stored; rejects when it cannot be. */
  flush(): Promise<void>;
}

/** `onFailure` is told once; after that nothing is written any more. */
export function createJournal(
  store: Pick<RunStore, "record">,
  run: string,
  owner: RunOwner,
  onFailure: (error: unknown) => void,
): Journal {
  let steps = new Map<string, StepRecord>();
  let waits: StepWait[] = [];
  let logs: StepLog[] = [];
  let processes: StepProcess[] = [];
  /** The write that will take what is pending now. */
  let next: Promise<void> | undefined;
  let current: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;

  const schedule = (): Promise<void> => {
    next ??= (async () => {
      await Promise.all([current, new Promise((resolve) => setImmediate(resolve))]);
      const batch: RunBatch = {
        steps: [...steps.values()],
        waits,
        logs,
        ...(processes.length === 0 ? {} : { processes }),
      };
      steps = new Map();
      waits = [];
      logs = [];
      processes = [];
      current = next ?? current;
      next = undefined;
      if (failure !== undefined) throw failure.error;
      try {
        await store.record(run, owner, batch);
      } catch (error) {
        failure ??= { error };
        onFailure(error);
        throw error;
      }
    })();
    // Whoever waits is told; that nobody waits must not end the process.
    next.catch(() => undefined);
    return next;
  };
  const isEmpty = (): boolean => steps.size === 0 && waits.length === 0 && logs.length === 0 && processes.length === 0;

  return {
    step(record) {
      steps.set(record.path, record);
      void schedule();
    },
    wait(wait) {
      waits.push(wait);
      void schedule();
    },
    log(log) {
      logs.push(log);
      void schedule();
    },
    process(process) {
      processes.push(process);
      void schedule();
    },
    flush: () => (next !== undefined ? next : isEmpty() ? current : schedule()),
  };
}

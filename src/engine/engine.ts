/** Runs workflows: claims a run in the store, walks its plan, and gives it back finished, waiting, or to be resumed. */
import type { Plan } from "../model/workflow.ts";
import { isFinished, type RunEnd, type RunRecord, type StepProcess } from "../model/workflow-run.ts";
import { evaluateTemplate } from "../workflow/expressions.ts";
import { RunCancelled, RunLost, StepTimeout } from "./limits.ts";
import { type EngineOptions, type RunCalled, type RunSettings, Session } from "./session.ts";
import { runSteps } from "./steps.ts";
import { waitsSomewhere, wakeDue } from "./waiting.ts";

export type { EngineOptions, RunSettings } from "./session.ts";

/** `held`: another process runs it. */
export type RunOutcome =
  | { readonly kind: "ended"; readonly record: RunRecord }
  | { readonly kind: "held"; readonly by: string }
  | { readonly kind: "absent" };

export interface Engine {
  /** Queues a run and returns its id. */
  create(plan: Plan, id?: string): Promise<string>;
  /**
   * Runs a queued run, or goes on with one that was left or has waited. Waits its turn within a concurrency group. Rejects
   * with a Failure when nothing can be stored or another process took the run; it can be resumed then.
   */
  run(id: string, settings: RunSettings): Promise<RunOutcome>;
}

const defaultLeaseMs = 30_000;
/** How soon a request to cancel from another process is seen. */
const heartbeatMs = 1_000;
const groupPollMs = 500;

export function createEngine(options: EngineOptions): Engine {
  const leaseMs = options.leaseMs ?? defaultLeaseMs;
  return {
    async create(plan, id = options.newId()) {
      await options.store.create({ id, plan }, options.owner);
      return id;
    },
    run: (id, settings) => execute(options, leaseMs, id, settings),
  };
}

async function execute(
  options: EngineOptions,
  leaseMs: number,
  id: string,
  settings: RunSettings,
  /** Of a called run: who called it, and what ends the step that did. */
  caller?: { readonly parent: Session; readonly signal: AbortSignal },
): Promise<RunOutcome> {
  const { store, owner } = options;
  const parent = caller?.parent;
  const stoppedBy = caller === undefined ? (settings.cancelledBy ?? "its caller") : "its caller";
  const stop = caller?.signal ?? settings.signal ?? new AbortController().signal;
  let claim = await store.claim(id, owner, leaseMs);
  for (let told = ""; claim.kind === "behind"; claim = await store.claim(id, owner, leaseMs)) {
    if (claim.run !== told) {
      settings.onEvent?.({ type: "run-blocked", run: id, at: options.clock.now().toISOString(), by: claim.run });
    }
    told = claim.run;
    if (parent?.lost !== undefined) throw parent.lost;
    if (stop.aborted)
      await store.requestCancel(id, parent?.cancelled === undefined ? stoppedBy : byOf(parent.cancelled), owner);
    else await options.sleep(groupPollMs, stop).catch(() => undefined);
  }
  if (claim.kind === "held" || claim.kind === "absent") return claim;
  if (claim.kind === "finished") return { kind: "ended", record: claim.record };

  const { run } = claim;
  const runCalled: RunCalled = async (called, calling, signal) => {
    const outcome = await execute(options, leaseMs, called, settings, { parent: calling, signal });
    if (outcome.kind === "ended") return outcome.record;
    throw new Error(outcome.kind === "held" ? `${called} is run by another process` : `there is no run ${called}`);
  };
  let session: Session;
  try {
    session = new Session(options, settings, run, runCalled, parent);
  } catch (error) {
    // The environment of the workflow cannot be evaluated.
    const end: RunEnd = { status: "failed", error: `env: ${(error as Error).message}` };
    await store.release(id, owner, end);
    return { kind: "ended", record: { ...run.record, ...end } };
  }
  if (session.record.cancelRequested !== undefined) {
    session.cancel(new RunCancelled(session.record.cancelRequested.by));
  }
  if (parent?.cancelled !== undefined) session.cancel(parent.cancelled);
  const onAbort = (): void => {
    // A caller that lost its run lets go of this one by itself.
    const reason: unknown = stop.reason;
    if (!(reason instanceof RunLost)) {
      session.cancel(reason instanceof RunCancelled ? reason : new RunCancelled(stoppedBy));
    }
  };
  if (stop.aborted) onAbort();
  stop.addEventListener("abort", onAbort);
  parent?.children.add(session);
  const over = new AbortController();
  const beating = heartbeat(session, leaseMs, over.signal, parent === undefined);
  const limit = session.plan.workflow.timeoutSeconds;
  if (limit !== undefined) {
    // What processes that had it before have used of it is gone.
    options.sleep(Math.max(0, limit * 1000 - run.record.usedMs), over.signal).then(
      () => session.cancel(new StepTimeout(limit)),
      () => undefined,
    );
  }
  session.emit({
    type: "run-started",
    record: session.record,
    plan: session.plan,
    isResumed: run.steps.length > 0,
  });
  try {
    await endLeft(session, run.processes);
    return { kind: "ended", record: await walkThrough(session) };
  } catch (error) {
    // Everything that this process began has ended; what is not finished can be resumed at once.
    if (session.lost === undefined) await store.release(id, owner, { status: "queued" });
    throw session.lost?.cause ?? error;
  } finally {
    over.abort();
    stop.removeEventListener("abort", onAbort);
    parent?.children.delete(session);
    await beating;
  }
}

/** What a killed process left running must not meet its own repetition. */
async function endLeft(session: Session, left: readonly StepProcess[]): Promise<void> {
  if (left.length === 0) return;
  const { processes, store } = session.options;
  const ends = await Promise.all(
    left.map(async (one) => ({ one, end: await processes.end(one, `CODEFLOW_RUN_ID=${one.run}`) })),
  );
  for (const { one, end } of ends) {
    if (one.run !== session.record.id || end === "gone") continue;
    const what =
      end === "ended"
        ? `what the process before this one left running was ended (process group ${one.pid})`
        : `what another machine began may still run there (${one.machine}, process ${one.pid})`;
    session.log(one.step, "warn", what);
  }
  await store.forget(left);
}

function byOf(reason: RunCancelled | StepTimeout): string {
  return reason instanceof RunCancelled ? reason.by : "its caller";
}

async function walkThrough(session: Session): Promise<RunRecord> {
  const { options, record, plan } = session;
  let ends = await runSteps(session, plan.steps, session.scope);
  await session.journal.flush();
  for (let known = ""; ends.includes("waiting") && session.lost === undefined; await session.journal.flush()) {
    // Decided while the last of the others ended: this process goes on. A called run leaves that to its caller's. What is
    // cancelled waits for nothing.
    const due = record.parent === undefined ? await wakeDue(session) : [];
    const now = session.cancelled === undefined ? JSON.stringify(due) : "cancelled";
    if (now === "[]" || now === known) break;
    known = now;
    ends = await runSteps(session, plan.steps, session.scope);
  }
  if (session.lost !== undefined) throw session.lost;
  let end: RunEnd;
  if (ends.includes("waiting") && session.cancelled === undefined) end = { status: "waiting" };
  else {
    const isTimeout = session.cancelled instanceof StepTimeout;
    const failed = [...session.steps.values()].find(
      ({ status, continued, path }) => status === "failed" && !continued && !/[[/]/.test(path),
    );
    if (session.cancelled !== undefined) {
      end = { status: isTimeout ? "failed" : "cancelled", error: session.cancelled.message };
    } else if (failed !== undefined) {
      end = { status: "failed", error: `${failed.name}: ${failed.error ?? "failed"}` };
    } else end = { status: "succeeded" };
    end = withOutputs(session, end);
  }
  await options.store.release(record.id, options.owner, end);
  const { status, error, outputs } = end;
  session.emit({
    type: "run-finished",
    status,
    ...(error === undefined ? {} : { error }),
    ...(outputs === undefined ? {} : { outputs }),
  });
  return { ...record, ...end, ...(isFinished(status) ? { finishedAt: session.now() } : {}) };
}

/** A run's outputs are evaluated however it ended; only a succeeded one fails over them. */
function withOutputs(session: Session, end: RunEnd): RunEnd {
  const { outputs: templates } = session.plan.workflow;
  if (Object.keys(templates).length === 0) return end;
  try {
    const contexts = { ...session.contexts, steps: session.scope.steps };
    const outputs = JSON.parse(JSON.stringify(evaluateTemplate(templates, contexts))) as Record<string, unknown>;
    return { ...end, outputs: session.redactor.value(outputs) };
  } catch (error) {
    return end.status === "succeeded" ? { status: "failed", error: `its outputs: ${(error as Error).message}` } : end;
  }
}

/** Keeps the lease, and hears of requests to cancel and, for all called runs too, of decisions from elsewhere. */
async function heartbeat(session: Session, leaseMs: number, signal: AbortSignal, isRoot: boolean): Promise<void> {
  const { store, owner, sleep } = session.options;
  const interval = Math.min(heartbeatMs, leaseMs / 3);
  while (!signal.aborted && session.lost === undefined) {
    try {
      await sleep(interval, signal);
    } catch {
      // The run is over.
      return;
    }
    try {
      const { isHeld, cancelRequested } = await store.renew(session.record.id, owner, leaseMs);
      if (signal.aborted) return;
      if (!isHeld) session.lose(new Error("another process has the run"));
      if (cancelRequested !== undefined) session.cancel(new RunCancelled(cancelRequested.by));
      if (isRoot && waitsSomewhere(session)) await wakeDue(session);
    } catch (error) {
      session.lose(error);
    }
  }
}

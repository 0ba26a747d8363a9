/** The life of one step: whether it runs, its instances and attempts, what becomes of it. */
import { Failure } from "../model/failure.ts";
import { StepFailed, Suspension } from "../model/action.ts";
import type { PlannedStep, Template } from "../model/workflow.ts";
import { isFinished, type StepOutputs, type StepRecord, type StepWait } from "../model/workflow-run.ts";
import {
  type Contexts,
  evaluateCondition,
  evaluateTemplate,
  evaluateText,
  type ExpressionFunctions,
  isTruthy,
} from "../workflow/expressions.ts";
import { retryDelayMs } from "./backoff.ts";
import { type LeafResult, runLeaf, WaitingRun } from "./leaf.ts";
import { StepTimeout, withLimits } from "./limits.ts";
import { factsOf, type Scope } from "./run-context.ts";
import type { Session } from "./session.ts";
import { resolveWait } from "./waiting.ts";
import { type Before, type StepEnd, walk } from "./walk.ts";

/** Runs the steps of a list; `prefix` is the path of what they stand in, with its slash. */
export function runSteps(
  session: Session,
  steps: readonly PlannedStep[],
  scope: Scope,
  prefix = "",
  maxParallel = Number.POSITIVE_INFINITY,
): Promise<readonly StepEnd[]> {
  return walkAwake(session, prefix, steps, maxParallel, (planned, before) =>
    runStep(session, planned, before, scope, prefix),
  );
}

/** What of it waits is run again while others of it go on, once its waiting is over. */
async function walkAwake<Step extends Parameters<typeof walk>[0][number]>(
  session: Session,
  prefix: string,
  steps: readonly Step[],
  maxParallel: number,
  run: (step: Step, before: Before) => Promise<StepEnd>,
): Promise<readonly StepEnd[]> {
  let leave: (() => void) | undefined;
  try {
    return await walk(steps, maxParallel, run, (again) => (leave = session.enter(prefix, again)));
  } finally {
    leave?.();
  }
}

async function runStep(
  session: Session,
  planned: PlannedStep,
  before: Before,
  scope: Scope,
  prefix: string,
): Promise<StepEnd> {
  if (session.lost !== undefined) throw session.lost;
  const { step } = planned;
  const life = createLife(session, planned, scope, prefix + planned.id, before);
  const known = session.steps.get(life.path);
  if (known !== undefined && isFinished(known.status)) {
    publish(session, planned, scope, prefix);
    return endOf(known);
  }
  if (known === undefined || known.status === "queued") {
    const verdict = life.decide();
    if (verdict !== undefined) return verdict;
  }
  return step.foreach === undefined ? runOnce(life) : runEach(life, step.foreach);
}

type Life = ReturnType<typeof createLife>;

/** One step (or one instance of it) with what it needs to be told, stored and evaluated. */
function createLife(
  session: Session,
  planned: PlannedStep,
  scope: Scope,
  path: string,
  before: Before,
  isEach = false,
) {
  const { step } = planned;
  const contexts: Contexts = {
    ...session.contexts,
    steps: scope.steps,
    ...(scope.index === undefined ? {} : { item: scope.item, index: scope.index }),
  };
  const functions: ExpressionFunctions = {
    success: () => session.cancelled === undefined && !before.hasFailed && before.missing === undefined,
    failure: () => session.cancelled === undefined && before.hasFailed,
    always: () => true,
    cancelled: () => session.cancelled !== undefined,
  };
  const life = {
    session,
    planned,
    step,
    scope,
    path,
    before,
    contexts,
    functions,
    /** An instance of a `foreach`: its `foreach` stands for it before the others. */
    isEach,
    record: (): StepRecord | undefined => session.steps.get(path),
    template: (text: Template): unknown => evaluateTemplate(text, contexts, functions),

    /** Stores that it begins, and resolves once that is stored: what is not known to have begun has no effects. */
    async begin(kind: StepRecord["kind"], isNewTry: boolean): Promise<StepRecord> {
      const known = life.record();
      const record: StepRecord = {
        path,
        position: known?.position ?? session.nextPosition(),
        kind,
        name: nameOf(life),
        status: "running",
        continued: false,
        attempt: (known?.attempt ?? 0) + 1,
        tries: (known?.tries ?? 0) + (isNewTry || known === undefined ? 1 : 0),
        startedAt: session.now(),
        ...(known?.items === undefined ? {} : { items: known.items }),
      };
      session.put(record);
      session.emit({ type: "step-started", step: record });
      await session.journal.flush();
      return record;
    },

    finish(end: Exclude<StepEnd, "waiting">, details: { outputs?: StepOutputs; error?: string } = {}): StepEnd {
      const known = life.record();
      const error = details.error === undefined ? undefined : session.redactor.text(details.error);
      const continued = end === "failed" && !isEach && continues(life);
      const outputs = details.outputs === undefined ? undefined : session.redactor.value(details.outputs);
      const record: StepRecord = {
        path,
        position: known?.position ?? session.nextPosition(),
        kind: known?.kind ?? (step.foreach !== undefined && !isEach ? "foreach" : step.kind),
        name: known?.name ?? nameOf(life),
        status: end,
        continued,
        attempt: known?.attempt ?? 0,
        tries: known?.tries ?? 0,
        ...(known?.startedAt === undefined ? {} : { startedAt: known.startedAt }),
        finishedAt: session.now(),
        ...(known?.items === undefined ? {} : { items: known.items }),
        ...(outputs === undefined ? {} : { outputs }),
        ...(error === undefined ? {} : { error }),
      };
      session.put(record);
      if (!isEach) scope.steps[planned.id] = factsOf(record);
      session.emit({ type: "step-finished", step: record });
      return endOf(record);
    },

    wait(wait: StepWait): StepEnd {
      if (session.cancelled !== undefined) return life.finish("cancelled", { error: session.whyCancelled() });
      const known = life.record();
      if (known === undefined) throw new Error(`${path} waits and never began`);
      const record: StepRecord = { ...known, status: "waiting" };
      session.put(record);
      session.wait(wait);
      session.emit({ type: "step-waiting", step: record, wait });
      return "waiting";
    },

    /** Undefined when it is to run. */
    decide(): StepEnd | undefined {
      let runs: boolean;
      try {
        runs =
          planned.decision !== "skipped" &&
          (step.if === undefined ? functions.success?.() === true : evaluateCondition(step.if, contexts, functions));
      } catch (error) {
        return life.finish("failed", { error: `its condition: ${(error as Error).message}` });
      }
      if (runs) return undefined;
      if (session.cancelled !== undefined) return life.finish("cancelled", { error: session.whyCancelled() });
      return life.finish("skipped", { error: whySkipped(life) });
    },
  };
  return life;
}

function nameOf({ step, contexts, functions, planned, session, scope }: Life): string {
  if (step.name === undefined) return scope.index === undefined ? planned.id : `${planned.id} ${scope.index + 1}`;
  try {
    return session.redactor.text(evaluateText(step.name, contexts, functions));
  } catch {
    // A name that cannot be told is no reason to fail: it is shown as it is written.
    return step.name;
  }
}

function whySkipped({ step, before, functions }: Life): string {
  if (before.missing !== undefined && functions.success?.() === false) return `${before.missing} was skipped`;
  if (before.hasFailed) return "an earlier step failed";
  return step.if === undefined ? "not needed" : `not the case: ${step.if}`;
}

function continues({ step, contexts, functions }: Life): boolean {
  const { continueOnError } = step;
  if (typeof continueOnError === "boolean") return continueOnError;
  try {
    return isTruthy(evaluateTemplate(`\${{ ${continueOnError} }}`, contexts, functions));
  } catch {
    // A condition that cannot be read excuses nothing.
    return false;
  }
}

function endOf(record: StepRecord): StepEnd {
  return record.continued ? "succeeded" : (record.status as StepEnd);
}

/** A step that was finished before this process had the run: what later expressions ask of it. */
function publish(session: Session, planned: PlannedStep, scope: Scope, prefix: string): void {
  const record = session.steps.get(prefix + planned.id);
  if (record === undefined || !isFinished(record.status)) return;
  scope.steps[planned.id] = factsOf(record);
  if (planned.step.foreach !== undefined) return;
  for (const child of planned.children ?? []) publish(session, child, scope, `${prefix}${planned.id}/`);
}

async function runEach(life: Life, { items: template, maxParallel }: { items: Template; maxParallel: number }) {
  const { session, planned, path, scope } = life;
  let items = life.record()?.items;
  if (items === undefined) {
    try {
      const value = life.template(template);
      if (!Array.isArray(value)) throw new Error(`${template} is no list`);
      items = value;
    } catch (error) {
      await life.begin("foreach", true);
      return life.finish("failed", { error: `its items: ${(error as Error).message}` });
    }
    const record = await life.begin("foreach", true);
    session.put({ ...record, items });
  }
  const list = items.map((item, index) => ({ id: String(index), item, index, waitsFor: [], hasNeeds: false }));
  const ends = await walkAwake(session, `${path}[`, list, maxParallel, async ({ item, index }) => {
    if (session.lost !== undefined) throw session.lost;
    // Only the steps of a `parallel` within see one another: only they need a scope of their own.
    const steps = planned.children === undefined ? scope.steps : { ...scope.steps };
    const each = createLife(session, planned, { steps, item, index }, `${path}[${index}]`, life.before, true);
    const known = each.record();
    if (known !== undefined && isFinished(known.status)) return endOf(known);
    if (session.cancelled !== undefined && known === undefined) {
      return each.finish("cancelled", { error: session.cancelled.message });
    }
    return runOnce(each);
  });
  if (ends.includes("waiting")) return "waiting";
  const outputs = items.map((_, index) => (session.steps.get(`${path}[${index}]`)?.outputs ?? {}) as object);
  const failures = ends.filter((end) => end === "failed").length;
  const end = failures > 0 ? "failed" : ends.includes("cancelled") ? "cancelled" : "succeeded";
  return life.finish(end, {
    outputs: outputs as readonly Record<string, unknown>[],
    ...(failures > 0 ? { error: `${failures} of ${items.length} failed` } : {}),
  });
}

async function runOnce(life: Life): Promise<StepEnd> {
  const { session, planned, step, path, scope } = life;
  const known = life.record();
  if (step.kind === "parallel") {
    if (known?.status !== "running") await life.begin("parallel", true);
    const ends = await runSteps(session, planned.children ?? [], scope, `${path}/`, step.maxParallel);
    if (ends.includes("waiting")) return "waiting";
    const failures = ends.filter((end) => end === "failed").length;
    if (failures > 0) return life.finish("failed", { error: `${failures} of ${ends.length} failed` });
    return complete(life, ends.includes("cancelled") ? "cancelled" : "succeeded", {});
  }
  if (known?.status === "waiting") {
    const wait = session.waits.get(path);
    if (wait !== undefined && wait.kind !== "run") {
      const resolved = resolveWait(wait, session);
      if (resolved === undefined) {
        session.emit({ type: "step-waiting", step: known, wait });
        return "waiting";
      }
      if (resolved.kind === "failed") return life.finish("failed", resolved);
      if (resolved.kind === "cancelled") return life.finish("cancelled", { error: resolved.error });
      return complete(life, "succeeded", resolved.outputs);
    }
  }
  return attempts(life);
}

/** Tries it until it succeeds or its retry policy is used up. */
async function attempts(life: Life): Promise<StepEnd> {
  const { session, step, path } = life;
  const known = life.record();
  // Begun and not finished: the process ended in between. That is a repetition, not another try.
  let isNewTry = known?.status !== "running" && known?.status !== "waiting";
  for (let failures = 1; ; failures++) {
    const record = await life.begin(step.kind, isNewTry);
    isNewTry = true;
    const controller = session.begin();
    let result: LeafResult;
    try {
      result = await withLimits(() => runLeaf(life, record, controller.signal), controller, {
        timeoutSeconds: step.timeoutSeconds,
        // A called run ends its own steps, and what cleans up after them is waited for.
        graceMs: callsRuns(life) ? undefined : session.graceMs,
        sleep: session.options.sleep,
      });
    } catch (error) {
      if (session.lost !== undefined) throw session.lost;
      if (error instanceof WaitingRun) {
        return life.wait({ run: session.record.id, step: path, kind: "run", child: error.child });
      }
      const reason: unknown = controller.signal.aborted ? controller.signal.reason : undefined;
      if (session.cancelled !== undefined && (reason === session.cancelled || error === session.cancelled)) {
        return life.finish("cancelled", { error: session.whyCancelled() });
      }
      const message = reason instanceof Error ? reason.message : sentenceOf(error);
      if (error instanceof StepFailed && !(reason instanceof StepTimeout))
        return life.finish("failed", { error: message, outputs: jsonOf(error.outputs) });
      const policy = step.retry;
      if (policy === undefined || failures >= policy.attempts || session.cancelled !== undefined) {
        return life.finish("failed", { error: message });
      }
      const delayMs = retryDelayMs(policy, failures, session.options.random);
      const shown = session.redactor.text(message);
      session.log(path, "warn", `attempt ${record.attempt} failed: ${shown}; the next in ${delayMs} ms`);
      session.emit({ type: "step-retrying", step: record, error: shown, delayMs });
      if (!(await pause(session, delayMs))) {
        if (session.lost !== undefined) throw session.lost;
        return life.finish("cancelled", { error: session.whyCancelled() });
      }
      continue;
    } finally {
      session.end(controller);
    }
    if (session.lost !== undefined) throw session.lost;
    if (result instanceof Suspension) return life.wait(waitOf(session.record.id, path, result));
    return complete(life, "succeeded", result);
  }
}

function callsRuns({ step, planned }: Life): boolean {
  return step.kind === "workflow" || planned.needs.includes("workflows");
}

/** False when the run ended meanwhile. */
async function pause(session: Session, ms: number): Promise<boolean> {
  const controller = session.begin();
  try {
    await session.options.sleep(ms, controller.signal);
    return true;
  } catch (error) {
    if (controller.signal.aborted) return false;
    throw error;
  } finally {
    session.end(controller);
  }
}

/** With the step's own `outputs:` on top. They may ask for what the step itself gave. */
function complete(life: Life, end: "succeeded" | "cancelled", given: Readonly<Record<string, unknown>>): StepEnd {
  const { step, scope, planned, isEach } = life;
  const names = Object.entries(step.outputs);
  if (names.length === 0 || end === "cancelled") return life.finish(end, { outputs: given });
  const own = { outputs: given, outcome: "success", conclusion: "success" } as const;
  const steps = isEach ? { ...scope.steps, [planned.id]: own } : scope.steps;
  if (!isEach) scope.steps[planned.id] = own;
  try {
    const contexts = { ...life.contexts, steps };
    const added = names.map(([name, text]) => [name, evaluateTemplate(text, contexts, life.functions)]);
    return life.finish(end, { outputs: jsonOf({ ...given, ...Object.fromEntries(added) }) });
  } catch (error) {
    return life.finish("failed", { error: `its outputs: ${(error as Error).message}`, outputs: given });
  }
}

function waitOf(run: string, step: string, { reason }: Suspension): StepWait {
  if (reason.kind === "delay") return { run, step, kind: "delay", until: reason.until };
  const { prompt, approvers, expires } = reason;
  return { run, step, kind: "approval", prompt, approvers, ...(expires === undefined ? {} : { until: expires }) };
}

/** What a resumed run would read back. */
function jsonOf(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value ?? {})) as Record<string, unknown>;
}

function sentenceOf(error: unknown): string {
  if (error instanceof Failure) return error.why === undefined ? error.message : `${error.message}: ${error.why}`;
  return error instanceof Error ? error.message : String(error);
}

export type StepLife = Life;

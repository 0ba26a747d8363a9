/** The use cases behind `codeflow run` and `codeflow runs`: plan, run, resume, retry, cancel, decide, list, show. */
import type { TriggerEvent } from "../model/event.ts";
import type { Plan } from "../model/workflow.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import {
  isFinished,
  type RunRecord,
  type RunStatus,
  type RunStore,
  type StepLog,
  type StepRecord,
  type StepWait,
  type WorkflowEvent,
} from "../model/workflow-run.ts";
import { removeLeftFolders } from "./check/temporary-folder.ts";
import { composeEngine, openRunStore } from "./compose.ts";
import { findPlace, type Place } from "./place.ts";
import { eventOf, type EventRequest } from "./workflows/event.ts";
import { planFile } from "./workflows/plan-file.ts";
import { loadAction } from "./workflows.ts";
import { availablePorts, openPorts } from "./workflows/ports.ts";
import { refuseStrangersWorkflows } from "./workflows/strangers-workflows.ts";
import type { World } from "./world.ts";

export interface RunRequest {
  /** Name or path. */
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly event: EventRequest;
}

export interface FinishedRun {
  readonly record: RunRecord;
  readonly steps: readonly StepRecord[];
  readonly waits: readonly StepWait[];
  /** Markdown that steps gave, in order; then that of called runs. */
  readonly summary: string;
}

type OnEvent = (event: WorkflowEvent) => void;

/** What would run, and with what. */
export async function planRun(request: RunRequest, world: World): Promise<Plan> {
  return planAt(request, await findPlace(world), world);
}

async function planAt(request: RunRequest, place: Place, world: World): Promise<Plan> {
  const event = eventOf(request.event, world);
  const { workflow, inputs } = request;
  return planTrusted(workflow, inputs, event, place, world);
}

async function planTrusted(
  workflow: string,
  inputs: Readonly<Record<string, unknown>>,
  event: TriggerEvent,
  place: Place,
  world: World,
): Promise<Plan> {
  const ports = await availablePorts(place, event, world);
  const plan = await planFile({ workflow, inputs, event, availablePorts: ports }, world);
  await refuseStrangersWorkflows(plan, event, place, world);
  return plan;
}

export async function startRun(
  request: RunRequest,
  world: World,
  version: string,
  onEvent?: OnEvent,
): Promise<FinishedRun> {
  const place = await findPlace(world);
  const plan = await planAt(request, place, world);
  return withStore(place, world, async (store) => {
    const engine = await composeEngine(store, world, loadAction);
    return goOn(store, await engine.create(plan), place, world, version, onEvent);
  });
}

/** Goes on with a run that was left, interrupted or has waited. */
export async function resumeRun(id: string, world: World, version: string, onEvent?: OnEvent): Promise<FinishedRun> {
  const place = await findPlace(world);
  return withStore(place, world, async (store) =>
    goOn(store, (await findRun(store, id)).root, place, world, version, onEvent),
  );
}

/** The same after a decision; undefined when another process has the run and goes on with it. */
export async function resumeDecided(
  id: string,
  world: World,
  version: string,
  onEvent?: OnEvent,
): Promise<FinishedRun | undefined> {
  try {
    return await resumeRun(id, world, version, onEvent);
  } catch (error) {
    if (error instanceof Failure && error.code === "CF542") return undefined;
    throw error;
  }
}

/** Runs again what did not succeed, or everything from a step on. */
export async function retryRun(
  id: string,
  fromStep: string | undefined,
  world: World,
  version: string,
  onEvent?: OnEvent,
): Promise<FinishedRun> {
  const place = await findPlace(world);
  return withStore(place, world, async (store) => {
    const record = await findRun(store, id);
    if (record.parent !== undefined) {
      throw new Failure("CF535", "a called run is not retried by itself", {
        next: `codeflow runs retry ${record.root} --from-step ${record.parent.step}`,
      });
    }
    if (!isFinished(record.status)) {
      throw new Failure("CF536", `the run is ${record.status}`, { next: `codeflow run --resume ${record.id}` });
    }
    const plan = (await store.run(record.id))?.plan;
    const { stepsToRepeat } = await import("../engine/repeat.ts");
    const steps = plan === undefined ? undefined : stepsToRepeat(plan, await store.steps(record.id), fromStep);
    if (steps === undefined) throw new Failure("CF537", `the run has no step ${fromStep ?? ""}`);
    if (steps.length === 0 && record.status === "succeeded") {
      throw new Failure("CF538", "every step of the run succeeded", {
        next: `codeflow runs retry ${record.id} --from-step STEP runs one again, and what depends on it`,
      });
    }
    await store.reopen(record.id, steps);
    return goOn(store, record.id, place, world, version, onEvent);
  });
}

/** A run that no process runs is cancelled at once; another one is asked to end. */
export async function cancelRun(id: string, by: string, world: World): Promise<RunRecord> {
  return withStore(await findPlace(world), world, async (store) => {
    const { root } = await findRun(store, id);
    const [{ processOwner }, { endProcessGroup }] = await Promise.all([
      import("../system/process-owner.ts"),
      import("../system/process-group.ts"),
    ]);
    await store.requestCancel(root, by, processOwner());
    // Of a run that no process had: what its last one left running is nobody's.
    const left = await store.left();
    for (const one of left) await endProcessGroup(one, `CODEFLOW_RUN_ID=${one.run}`);
    await store.forget(left);
    return findRun(store, root);
  });
}

export interface DecisionRequest {
  /** Needed where more than one step waits. */
  readonly step?: string;
  readonly approved: boolean;
  readonly by: string;
  readonly comment?: string;
}

/**
 * Decides what a step waits for; a process that has the run, as other steps of it still run, sees that by itself, else it
 * goes on when somebody resumes it. Returns the step's path and its run.
 */
export async function decideRun(
  id: string,
  { step, approved, by, comment }: DecisionRequest,
  world: World,
): Promise<{ readonly run: string; readonly root: string; readonly step: string }> {
  return withStore(await findPlace(world), world, async (store) => {
    const record = await findRun(store, id);
    const open = (await waitsOf(store, record.id)).filter(
      (wait) => wait.kind === "approval" && (step === undefined || wait.step === step),
    );
    const [wait, second] = open;
    if (wait === undefined) {
      throw new Failure("CF539", `nothing of this run waits for a decision${step === undefined ? "" : ` at ${step}`}`, {
        next: `codeflow runs show ${record.id}`,
      });
    }
    if (second !== undefined) {
      throw new Failure("CF540", "more than one step waits for a decision", {
        next: `name one with --step: ${open.map((each) => each.step).join(", ")}`,
      });
    }
    const { approvers = [] } = wait;
    if (approvers.length > 0 && !approvers.includes(by)) {
      throw new Failure("CF541", `${by} may not decide this`, { why: `${approvers.join(", ")} may` });
    }
    const at = world.clock.now().toISOString();
    await store.decide(wait.run, wait.step, { approved, by, at, ...(comment === undefined ? {} : { comment }) });
    return { run: wait.run, root: record.root, step: wait.step };
  });
}

export async function listRuns(
  options: { readonly limit: number; readonly status?: RunStatus; readonly workflow?: string },
  world: World,
): Promise<readonly RunRecord[]> {
  return withStore(await findPlace(world), world, (store) => store.runs(options));
}

export interface ShownRun extends FinishedRun {
  readonly plan: Plan;
  readonly logs: readonly StepLog[];
  /** Runs that its steps called. */
  readonly children: readonly string[];
}

export async function showRun(id: string, step: string | undefined, world: World): Promise<ShownRun> {
  return withStore(await findPlace(world), world, async (store) => {
    const { id: whole } = await findRun(store, id);
    const found = await store.run(whole);
    if (found === undefined) throw noRun(id);
    const logs = await store.logs(whole, step === undefined ? {} : { step });
    return {
      ...found,
      steps: await store.steps(whole),
      waits: await waitsOf(store, whole),
      summary: await summaryOf(store, whole),
      logs,
    };
  });
}

async function goOn(
  store: RunStore,
  id: string,
  place: Place,
  world: World,
  version: string,
  onEvent: OnEvent | undefined,
): Promise<FinishedRun> {
  const plan = (await store.run(id))?.plan;
  if (plan === undefined) throw noRun(id);
  removeLeftFolders();
  const engine = await composeEngine(store, world, loadAction);
  const local = await openPorts(place, plan.event, plan.needs, world, version);
  try {
    const { repository } = local;
    const outcome = await engine.run(id, {
      ports: local.ports,
      root: place.root,
      repo: {
        ...plan.event.repository,
        branch: repository?.branch ?? null,
        head: repository?.head ?? null,
        "default-branch": repository?.defaultBranch ?? null,
      },
      secrets: definedOf(world.env),
      isTrusted: !local.isStranger,
      signal: world.signal,
      cancelledBy: "Ctrl-C",
      planCall: async (workflow, inputs) => planTrusted(workflow, inputs, plan.event, place, world),
      ...(onEvent === undefined ? {} : { onEvent }),
    });
    if (outcome.kind === "absent") throw noRun(id);
    if (outcome.kind === "held") {
      throw new Failure("CF542", "another process runs this run", { why: outcome.by, exitCode: exitCodes.incomplete });
    }
    return {
      record: outcome.record,
      steps: await store.steps(id),
      waits: await waitsOf(store, id),
      summary: await summaryOf(store, id),
    };
  } finally {
    await local.close();
  }
}

/** Names that a workflow does not declare as its secrets are not shown to it. */
function definedOf(env: World["env"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ""),
  );
}

async function summaryOf(store: RunStore, id: string): Promise<string> {
  const own = (await store.logs(id)).filter(({ level }) => level === "summary");
  const called = await Promise.all(
    ((await store.run(id))?.children ?? []).map(async (child) => summaryOf(store, child)),
  );
  return [...own.map(({ text }) => text), ...called.filter((text) => text !== "")].join("\n\n");
}

/** Of a run and the runs that wait for its called runs: what is still undecided. */
async function waitsOf(store: RunStore, id: string): Promise<StepWait[]> {
  const waiting = new Set((await store.steps(id)).filter(({ status }) => status === "waiting").map(({ path }) => path));
  const waits: StepWait[] = [];
  for (const wait of await store.waits(id)) {
    if (!waiting.has(wait.step) || wait.decision !== undefined) continue;
    if (wait.kind === "run" && wait.child !== undefined) waits.push(...(await waitsOf(store, wait.child)));
    else waits.push(wait);
  }
  return waits;
}

/** By its id, the beginning of it, or `last`. */
async function findRun(store: RunStore, id: string): Promise<RunRecord> {
  const found =
    id === "last" ? await store.runs({ limit: 1 }) : await store.runs({ limit: 2, idPrefix: id, withCalled: true });
  const [first, second] = found;
  if (first === undefined) throw noRun(id);
  // Called runs begin as their caller does: the beginning of an id means the caller.
  if (second !== undefined && first.id !== id) {
    const callers = found.filter(({ parent }) => parent === undefined);
    if (callers.length !== 1 || callers[0] === undefined)
      throw new Failure("CF544", `${id} begins more than one run's id`);
    return callers[0];
  }
  return first;
}

function noRun(id: string): Failure {
  return new Failure("CF543", `there is no run ${id}`, { next: "codeflow runs lists them" });
}

async function withStore<Result>(
  place: Place,
  world: World,
  work: (store: RunStore) => Promise<Result>,
): Promise<Result> {
  const store = await openRunStore(place.dataDirectory, world);
  for (const notice of store.notices) world.log.warn(notice);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

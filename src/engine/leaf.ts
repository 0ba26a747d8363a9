/** What a step does itself: an action, a script, a called workflow. */
import { type ActionContext, type ActionNeed, StepFailed, Suspension } from "../model/action.ts";
import { Failure } from "../model/failure.ts";
import type { Exec } from "../model/system.ts";
import type { ActionStep, CallStep, Plan, RunStep } from "../model/workflow.ts";
import type { RunRecord, StepRecord } from "../model/workflow-run.ts";
import { evaluateConcurrency } from "../workflow/concurrency.ts";
import { eventContext } from "../workflow/event-context.ts";
import { evaluateTemplate, evaluateText } from "../workflow/expressions.ts";
import { childId } from "./child-id.ts";
import { typedInputs } from "./run-context.ts";
import { runScript } from "./script.ts";
import { evaluateEnv } from "./session.ts";
import type { StepLife } from "./steps.ts";

export type LeafResult = Readonly<Record<string, unknown>> | Suspension;

/** The called run waits, and so does whoever called it. */
export class WaitingRun extends Error {
  readonly child: string;
  constructor(child: string) {
    super("the called run waits");
    this.child = child;
  }
}

const maxOutputBytes = 1_048_576;

/** A mistake of the workflow's that no repetition mends fails with StepFailed; anything else may be tried again. */
export async function runLeaf(life: StepLife, record: StepRecord, signal: AbortSignal): Promise<LeafResult> {
  const { step } = life;
  if (step.kind === "action") return runAction(life, step, record, signal);
  if (step.kind === "run") return runShell(life, step, signal);
  if (step.kind === "workflow") return callWorkflow(life, step, record, signal);
  throw new Error(`${life.path} is nothing that runs by itself`);
}

async function runAction(
  life: StepLife,
  step: ActionStep,
  record: StepRecord,
  signal: AbortSignal,
): Promise<LeafResult> {
  const { session } = life;
  const action = await session.options.action(step.uses);
  if (action === undefined) throw new StepFailed(`there is no action ${step.uses}`);
  const parsed = action.inputs.safeParse(evaluate(() => evaluateTemplate(step.with, life.contexts, life.functions)));
  if (!parsed.success) throw new StepFailed(`its inputs do not fit: ${issuesOf(parsed.error.issues)}`);
  const said: string[] = [];
  const context = contextOf(life, record, signal, action.needs, said);
  const result: unknown = await action.run(context, parsed.data);
  if (result instanceof Suspension) return result;
  const outputs = action.outputs.safeParse(result);
  if (!outputs.success) {
    throw new StepFailed(`${step.uses} gave outputs that are not its own: ${issuesOf(outputs.error.issues)}`);
  }
  // What it said for people is an output of every action, so that a later step can send it on.
  const json = JSON.stringify({
    ...(said.length === 0 ? {} : { summary: said.join("\n\n") }),
    ...(outputs.data as object),
  });
  if (json.length > maxOutputBytes) throw new StepFailed("its outputs are larger than 1 MiB");
  return JSON.parse(json) as Record<string, unknown>;
}

function contextOf(
  life: StepLife,
  record: StepRecord,
  signal: AbortSignal,
  needs: readonly ActionNeed[],
  said: string[],
): ActionContext<ActionNeed> {
  const { session, path } = life;
  const { settings, options, plan } = session;
  const ports: Record<string, unknown> = {};
  for (const need of needs) {
    const port = need === "workflows" ? callerOf(life, record, signal) : settings.ports[need];
    if (port === undefined) throw new StepFailed(`it needs ${need}, which is not there`);
    ports[need] = port;
  }
  const env = stepEnv(life);
  return {
    ...ports,
    step: {
      runId: session.record.id,
      workflow: plan.workflow.name,
      id: life.planned.id,
      attempt: record.attempt,
      key: `${session.record.id}/${path}`,
    },
    event: plan.event,
    env,
    exec: execOf(life, env, signal),
    clock: options.clock,
    signal,
    log: {
      info: (message: string) => session.log(path, "info", message),
      warn: (message: string) => session.log(path, "warn", message),
      error: (message: string) => session.log(path, "error", message),
    },
    summarize: (markdown: string) => {
      said.push(markdown);
      session.log(path, "summary", markdown);
    },
    // The needs decide which ports are there; the compiler knows them only where the action is defined.
  } as unknown as ActionContext<ActionNeed>;
}

/** The environment that the workflow declares. */
function stepEnv(life: StepLife): Readonly<Record<string, string>> {
  const { session, step, contexts } = life;
  const declared = session.contexts.env as Readonly<Record<string, string>>;
  const own = Object.keys(step.env).length === 0 ? {} : evaluate(() => evaluateEnv(step.env, contexts));
  return { ...declared, ...own };
}

function execOf({ session, path }: StepLife, env: Readonly<Record<string, string>>, signal: AbortSignal): Exec {
  const { options, settings } = session;
  return async (request) => {
    if (!settings.isTrusted) {
      throw new Failure("CF620", `${request.command} is not run`, {
        why: "nothing may be executed for an event of a stranger's",
        exitCode: 3,
      });
    }
    return session.exec(path, { signal, ...request, env: { ...options.environment, ...env, ...request.env } });
  };
}

async function runShell(life: StepLife, step: RunStep, signal: AbortSignal): Promise<LeafResult> {
  const { session, contexts, functions, path } = life;
  if (!session.settings.isTrusted) {
    throw new StepFailed("run: is refused: nothing may be executed for an event of a stranger's");
  }
  const env = stepEnv(life);
  const { script, directory } = evaluate(() => ({
    script: evaluateText(step.run, contexts, functions),
    directory:
      step.workingDirectory === undefined ? undefined : evaluateText(step.workingDirectory, contexts, functions),
  }));
  return runScript({
    shell: step.shell,
    script,
    root: session.settings.root,
    workingDirectory: directory,
    env: { ...session.options.environment, ...env },
    exec: (request) => session.exec(path, request),
    makeFolder: session.options.makeFolder,
    signal,
    onLine: (line) => session.log(path, "output", line),
  });
}

async function callWorkflow(
  life: StepLife,
  step: CallStep,
  record: StepRecord,
  signal: AbortSignal,
): Promise<LeafResult> {
  const { called } = life.planned;
  if (called === undefined) throw new StepFailed(`${step.workflow} was not planned`);
  const inputs = evaluate(() => {
    const given = evaluateTemplate(step.with, life.contexts, life.functions) as Record<string, unknown>;
    return typedInputs(called, given);
  });
  const id = childId(life.session.record.id, life.path, record.tries, 0);
  const child = await runChild(
    life,
    evaluate(() => inGroup({ ...called, inputs })),
    id,
    signal,
  );
  return child.outputs ?? {};
}

/** Calls above a run; GitHub allows as many for reusable workflows. */
const maxDepth = 10;

async function runChild(life: StepLife, plan: Plan, id: string, signal: AbortSignal): Promise<RunRecord> {
  const { session } = life;
  if (session.record.depth >= maxDepth) throw new StepFailed(`workflows call one another more than ${maxDepth} deep`);
  const group = plan.concurrency?.group;
  if (group !== undefined && session.groups.has(group)) {
    throw new StepFailed(`${plan.workflow.name} would wait for its own caller: both are in the group ${group}`);
  }
  const { store, owner } = session.options;
  await store.create({ id, plan, parent: { run: session.record.id, step: life.path } }, owner);
  const ended = await session.runCalled(id, session, signal);
  if (ended.status === "waiting") throw new WaitingRun(id);
  if (ended.status === "succeeded") return ended;
  if (ended.status === "cancelled" && session.cancelled !== undefined) throw session.cancelled;
  const why = ended.error === undefined ? "" : `: ${ended.error}`;
  throw new StepFailed(
    `the workflow ${plan.workflow.name} ${ended.status === "failed" ? "failed" : "was cancelled"}${why}`,
    {
      ...ended.outputs,
    },
  );
}

/** The group that a called run is in, where its name had to wait for the inputs. */
function inGroup({ concurrencyOf, ...plan }: Plan): Plan {
  if (concurrencyOf === undefined) return plan;
  const repo = plan.event.repository ?? null;
  const contexts = { event: eventContext(plan.event), inputs: plan.inputs, repo };
  return { ...plan, concurrency: evaluateConcurrency(concurrencyOf, contexts) };
}

function callerOf(life: StepLife, record: StepRecord, signal: AbortSignal) {
  let calls = 0;
  return {
    async call(workflow: string, inputs: Readonly<Record<string, unknown>>) {
      const { planCall } = life.session.settings;
      if (planCall === undefined) throw new StepFailed("workflows cannot be called here");
      const plan = await planCall(workflow, inputs);
      const id = childId(life.session.record.id, life.path, record.tries, ++calls);
      const child = await runChild(life, plan, id, signal);
      return { runId: id, outputs: child.outputs ?? {} };
    },
  };
}

/** What cannot be evaluated now cannot be evaluated again either. */
function evaluate<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new StepFailed((error as Error).message);
  }
}

function issuesOf(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`))
    .join("; ");
}

/** Small workflows and a machine whose time passes only when it is told to. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type ActionDefinition, defineAction, StepFailed, Suspension } from "../../../src/model/action.ts";
import type { ExecRequest } from "../../../src/model/system.ts";
import type { Plan, PlannedStep, WorkflowStep } from "../../../src/model/workflow.ts";
import type { RunStore, StepRecord, WorkflowEvent } from "../../../src/model/workflow-run.ts";
import { createEngine, type Engine, type RunSettings } from "../../../src/engine/engine.ts";
import { owner } from "../../contract/run-store.ts";
import { memoryRuns } from "../../contract/fakes/memory-runs.ts";

const place = { line: 1, column: 1, endLine: 1, endColumn: 1 };

type StepOptions = Partial<Omit<WorkflowStep, "kind">> & {
  readonly with?: Record<string, unknown>;
  readonly waitsFor?: readonly string[];
};

function planned(step: WorkflowStep, options: StepOptions, more: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id: step.id,
    step,
    waitsFor: options.waitsFor ?? options.needs ?? ["<before>"],
    hasNeeds: options.needs !== undefined,
    decision: "depends",
    effects: "none",
    needs: [],
    ...more,
  };
}

const base = (id: string) => ({ id, hasOwnId: true, continueOnError: false, env: {}, outputs: {}, place });

export function action(id: string, uses: string, options: StepOptions = {}): PlannedStep {
  const { waitsFor: _waitsFor, ...rest } = options;
  const step = { ...base(id), with: {}, ...rest, kind: "action", uses } as WorkflowStep;
  return planned(step, options);
}

export function script(id: string, run: string, options: StepOptions = {}): PlannedStep {
  const { waitsFor: _waitsFor, ...rest } = options;
  return planned({ ...base(id), ...rest, kind: "run", run, shell: "bash" } as WorkflowStep, options);
}

export function parallel(id: string, children: readonly PlannedStep[], maxParallel = 99, options: StepOptions = {}) {
  const apart = children.map((child) => ({ ...child, waitsFor: child.waitsFor.filter((one) => one !== "<before>") }));
  const { waitsFor: _waitsFor, ...rest } = options;
  const step = { ...base(id), ...rest, kind: "parallel", steps: [], maxParallel } as WorkflowStep;
  return planned(step, options, { children: apart });
}

export function call(id: string, called: Plan, options: StepOptions = {}): PlannedStep {
  const { waitsFor: _waitsFor, ...rest } = options;
  const step = { ...base(id), with: {}, ...rest, kind: "workflow", workflow: called.workflow.id } as WorkflowStep;
  return planned(step, options, { called });
}

/** Steps wait for the one before them unless they say what they need. */
export function plan(
  steps: readonly PlannedStep[],
  more: Partial<Plan> = {},
  workflow: Partial<Plan["workflow"]> = {},
) {
  const linked = steps.map((step, index) => ({
    ...step,
    waitsFor: step.waitsFor.flatMap((id) => (id === "<before>" ? (steps[index - 1]?.id ?? []) : id)),
  }));
  return {
    workflow: {
      id: "test",
      name: "Test",
      path: "test.yml",
      source: "repository",
      inputs: {},
      secrets: [],
      permissions: {},
      outputs: {},
      ...workflow,
    },
    event: { name: "manual", payload: {} },
    inputs: {},
    env: {},
    steps: linked,
    needs: [],
    ...more,
  } satisfies Plan as Plan;
}

export interface TestWorld {
  readonly engine: Engine;
  readonly store: RunStore;
  readonly events: WorkflowEvent[];
  /** Messages that steps sent outside, in order. */
  readonly sent: string[];
  readonly execs: ExecRequest[];
  /** Process ids of groups that were ended. */
  readonly ended: number[];
  readonly actions: Map<string, ActionDefinition>;
  /** Moves time, letting go of what sleeps until then. */
  pass(ms: number): Promise<void>;
  /** Runs a plan to its end or to where it waits. */
  run(plan: Plan, settings?: Partial<RunSettings>): Promise<Ended>;
  resume(id: string, settings?: Partial<RunSettings>): Promise<Ended>;
  /** Another process over the same store. */
  another(id: string, dead?: readonly string[]): TestWorld;
}

export interface Ended {
  readonly id: string;
  readonly status: string;
  readonly error: string | undefined;
  readonly outputs: unknown;
  /** `path status`, in the order in which they were begun. */
  readonly steps: readonly string[];
  readonly records: readonly StepRecord[];
}

/** Lets everything that is ready to go on do so. */
export async function settle(rounds = 20): Promise<void> {
  for (let i = 0; i < rounds; i++) await new Promise((resolve) => setImmediate(resolve));
}

export function createWorld(
  given: { store?: RunStore; time?: { now: number }; id?: string; dead?: readonly string[] } = {},
) {
  const time = given.time ?? { now: Date.parse("2026-03-20T10:00:00Z") };
  const clock = { now: () => new Date(time.now), monotonic: () => time.now };
  const store = given.store ?? memoryRuns(clock);
  const events: WorkflowEvent[] = [];
  const sent: string[] = [];
  const execs: ExecRequest[] = [];
  const ended: number[] = [];
  const sleepers = new Set<{ at: number; wake: () => void }>();
  const actions = new Map(builtIn(sent).map((each) => [each.id, each]));
  let ids = 0;
  const engine = createEngine({
    store,
    owner: owner(given.id ?? "here", given.dead),
    clock,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: time.now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
    exec: async (request) => {
      execs.push(request);
      return { exitCode: 0, timedOut: false, stdout: Buffer.from(""), stderr: Buffer.from("") };
    },
    processes: {
      mark: (pid) => ({ machine: "here", pid, start: "1" }),
      end: async ({ pid }) => {
        ended.push(pid);
        return "ended";
      },
    },
    environment: { PATH: "/bin", HOME: "/home/me" },
    makeFolder: () => mkdtempSync(join(tmpdir(), "codeflow-step-")),
    action: async (id) => actions.get(id),
    newId: () => `0197a000-0000-7000-8000-${String(ids++).padStart(12, "0")}`,
    leaseMs: 60_000,
  });
  const settings = (more: Partial<RunSettings> = {}): RunSettings => ({
    ports: {},
    root: "/",
    repo: { branch: "main" },
    secrets: {},
    isTrusted: true,
    onEvent: (event) => events.push(event),
    ...more,
  });
  const resume = async (id: string, more: Partial<RunSettings> = {}): Promise<Ended> => {
    const outcome = await engine.run(id, settings(more));
    if (outcome.kind !== "ended") throw new Error(outcome.kind);
    const records = await store.steps(id);
    const { status, error, outputs } = outcome.record;
    return { id, status, error, outputs, records, steps: records.map((step) => `${step.path} ${step.status}`) };
  };
  const world: TestWorld = {
    engine,
    store,
    events,
    sent,
    execs,
    ended,
    actions,
    async pass(ms) {
      time.now += ms;
      for (const sleeper of sleepers) {
        if (sleeper.at > time.now) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await settle();
    },
    run: async (given, more) => resume(await engine.create(given), more),
    resume,
    another: (id, dead = []) => createWorld({ store, time, id, dead }),
  };
  return world;
}

function builtIn(sent: string[]): ActionDefinition[] {
  const failures = new Map<string, number>();
  return [
    defineAction({
      id: "test.echo",
      summary: "Gives back what it is given.",
      inputs: z.record(z.string(), z.unknown()),
      outputs: z.record(z.string(), z.unknown()),
      needs: [],
      effects: "none",
      run: async (_context, inputs) => inputs,
    }),
    defineAction({
      id: "test.send",
      summary: "Sends a message.",
      inputs: z.strictObject({ text: z.string() }),
      outputs: z.object({ sent: z.number() }),
      needs: [],
      effects: "outside",
      run: async (context, { text }) => {
        context.log.info(`sending ${text}`);
        sent.push(text);
        return { sent: sent.length };
      },
    }),
    defineAction({
      id: "test.fail",
      summary: "Fails some times.",
      inputs: z.strictObject({ times: z.number().default(999), verdict: z.boolean().default(false) }),
      outputs: z.object({}),
      needs: [],
      effects: "none",
      run: async (context, { times, verdict }) => {
        const so = failures.get(context.step.key) ?? 0;
        failures.set(context.step.key, so + 1);
        if (verdict) throw new StepFailed("refused", { reason: "rule" });
        if (so < times) throw new Error(`broken ${so + 1}`);
        return {};
      },
    }),
    defineAction({
      id: "test.hang",
      summary: "Never ends by itself.",
      inputs: z.strictObject({ deaf: z.boolean().default(false) }),
      outputs: z.object({}),
      needs: [],
      effects: "none",
      run: (context, { deaf }) =>
        new Promise((_resolve, reject) => {
          if (!deaf) context.signal.addEventListener("abort", () => reject(context.signal.reason as Error));
        }),
    }),
    defineAction({
      id: "test.wait",
      summary: "Waits for a time.",
      inputs: z.strictObject({ until: z.string() }),
      outputs: z.object({}),
      needs: [],
      effects: "none",
      run: async (_context, { until }) => new Suspension({ kind: "delay", until }),
    }),
    defineAction({
      id: "test.ask",
      summary: "Waits for a decision.",
      inputs: z.strictObject({ expires: z.string().optional() }),
      outputs: z.object({}),
      needs: [],
      effects: "none",
      run: async (_context, { expires }) =>
        new Suspension({
          kind: "approval",
          prompt: "Sure?",
          approvers: [],
          ...(expires === undefined ? {} : { expires }),
        }),
    }),
  ];
}

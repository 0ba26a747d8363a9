/** One run in the hands of this process: what is known of its steps, and everything that it tells. */
import type { ActionDefinition, ActionPorts } from "../model/action.ts";
import type { Clock, Exec, ExecRequest, ExecResult, ProcessMark } from "../model/system.ts";
import type { Plan } from "../model/workflow.ts";
import type {
  ClaimedRun,
  RunOwner,
  RunRecord,
  RunStore,
  StepLogLevel,
  StepRecord,
  StepWait,
  WorkflowEvent,
} from "../model/workflow-run.ts";
import { type Contexts, evaluateText } from "../workflow/expressions.ts";
import { createJournal, type Journal } from "./journal.ts";
import { RunCancelled, RunLost, type Sleep, StepTimeout } from "./limits.ts";
import { createRedactor, type Redactor } from "./redact.ts";
import { baseContexts, type Scope } from "./run-context.ts";

export interface EngineOptions {
  readonly store: RunStore;
  readonly owner: RunOwner;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Rejects when aborted. */
  readonly sleep: Sleep;
  readonly exec: Exec;
  /** All that a step sees of the process's environment: nothing that may be a secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** The catalog. */
  readonly action: (id: string) => Promise<ActionDefinition | undefined>;
  /** Makes an empty folder for a step, which removes it; a killed process does not. */
  readonly makeFolder: () => string;
  /** Makes a run's id: a UUIDv7. */
  readonly newId: () => string;
  readonly processes: ProcessTools;
  /** Without a sign of life for so long a run is anybody's. */
  readonly leaseMs?: number;
  /** Time that a step is given to end after it was told to. */
  readonly graceMs?: number;
}

/** Knows programs again that a process before this one began. */
export interface ProcessTools {
  /** Undefined where they cannot be told apart. */
  mark(pid: number): ProcessMark | undefined;
  /** Ends a program and what it began. `tag`: `NAME=value` in their environment. */
  end(mark: ProcessMark, tag: string): Promise<"ended" | "gone" | "elsewhere">;
}

/** What a run works on and may do. Called runs get the same. */
export interface RunSettings {
  readonly ports: Partial<ActionPorts>;
  /** Absolute root of the checkout. */
  readonly root: string;
  /** What `repo` is in expressions. */
  readonly repo: Readonly<Record<string, unknown>>;
  /** Values by name; a workflow sees those that it declares, and none of them unless it is trusted. */
  readonly secrets: Readonly<Record<string, string>>;
  /** False: nothing is executed, neither by `run:` nor by actions. */
  readonly isTrusted: boolean;
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal;
  /** Of whoever aborts the signal. */
  readonly cancelledBy?: string;
  readonly onEvent?: (event: WorkflowEvent) => void;
  /** Plans a workflow that an action calls by name. */
  readonly planCall?: (workflow: string, inputs: Readonly<Record<string, unknown>>) => Promise<Plan>;
}

/**
 * Runs a run that a step of this one called: the engine itself, as steps call runs and runs are made of steps. `signal`
 * ends it with the step.
 */
export type RunCalled = (id: string, caller: Session, signal: AbortSignal) => Promise<RunRecord>;

const maxLogBytes = 1_048_576;
/** What a line's row and index take in the store beside its text: a flood of empty lines is not kept for free. */
const lineOverhead = 100;
const maxLineLength = 8_192;
/** Actions of other people's are told to end twice as long as programs are. */
const defaultGraceMs = 5_000;

export class Session {
  readonly options: EngineOptions;
  readonly settings: RunSettings;
  readonly runCalled: RunCalled;
  readonly record: RunRecord;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly redactor: Redactor;
  readonly contexts: Contexts;
  readonly graceMs: number;
  /** Concurrency groups of this run and of those that called it: to wait for one of them would never end. */
  readonly groups: ReadonlySet<string>;
  readonly steps = new Map<string, StepRecord>();
  /** By step; also of those that wait no longer. */
  readonly waits: Map<string, StepWait>;
  readonly scope: Scope = { steps: {} };
  /** Called runs that go on. */
  readonly children = new Set<Session>();
  /** Why the run ends early; a timeout of the run makes it fail. */
  cancelled: RunCancelled | StepTimeout | undefined;
  lost: RunLost | undefined;
  readonly #live = new Set<AbortController>();
  readonly #waiting = new Set<string>();
  readonly #lists = new Set<StepList>();
  readonly #logged = new Map<string, number>();
  #sequence: number;
  #position: number;

  constructor(
    options: EngineOptions,
    settings: RunSettings,
    claimed: ClaimedRun,
    runCalled: RunCalled,
    caller: Session | undefined,
  ) {
    this.options = options;
    this.settings = settings;
    this.runCalled = runCalled;
    this.record = claimed.record;
    this.plan = claimed.plan;
    const { group } = claimed.record;
    this.groups = new Set([...(caller?.groups ?? []), ...(group === undefined ? [] : [group])]);
    this.graceMs = options.graceMs ?? defaultGraceMs;
    for (const step of claimed.steps) this.#keep(step);
    this.waits = new Map(claimed.waits.map((wait) => [wait.step, wait]));
    this.#sequence = claimed.lastSequence;
    this.#position = claimed.steps.reduce((last, { position }) => Math.max(last, position + 1), 0);
    const secrets = Object.fromEntries(
      this.plan.workflow.secrets.flatMap((name) => {
        const value = settings.secrets[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    this.redactor = createRedactor(Object.values(secrets));
    // A stranger's checkout may bring the workflow file that declares them: as on GitHub, a fork's run is given none.
    const shown = settings.isTrusted ? secrets : {};
    this.journal = createJournal(options.store, this.record.id, options.owner, (error) => this.lose(error));
    const base: Contexts = { ...baseContexts(this.plan, this.record.id, settings.repo), secrets: shown };
    this.contexts = { ...base, env: evaluateEnv(this.plan.env, base) };
  }

  whyCancelled(): string {
    return this.cancelled?.message ?? "";
  }

  now(): string {
    return this.options.clock.now().toISOString();
  }

  emit(event: WorkflowEventBody): void {
    this.settings.onEvent?.({ run: this.record.id, at: this.now(), ...event } as WorkflowEvent);
  }

  /** Stores a step as it is now. */
  put(step: StepRecord): void {
    this.#keep(step);
    this.journal.step(step);
  }

  #keep(step: StepRecord): void {
    this.steps.set(step.path, step);
    if (step.status === "waiting") this.#waiting.add(step.path);
    else this.#waiting.delete(step.path);
  }

  /** Some step waits in the store. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Stores what a step waits for. */
  wait(wait: StepWait): void {
    this.waits.set(wait.step, wait);
    this.journal.wait(wait);
  }

  /** A list of steps is gone through now; the result says that it no longer is. */
  enter(prefix: string, again: StepList["again"]): () => void {
    const list = { prefix, again };
    this.#lists.add(list);
    return () => this.#lists.delete(list);
  }

  /** Has a waiting step looked at again: by the innermost list that is gone through now and has it as one that waits. */
  wake(path: string): void {
    for (const { prefix, again } of this.#lists) {
      if (path.startsWith(prefix) && again(path.slice(prefix.length).replace(/[/[\]].*$/s, ""))) return;
    }
  }

  nextPosition(): number {
    return this.#position++;
  }

  log(step: string, level: StepLogLevel, message: string): void {
    const size = this.#logged.get(step) ?? 0;
    if (size > maxLogBytes) return;
    let text = this.redactor.text(message);
    if (level !== "summary" && text.length > maxLineLength) text = `${text.slice(0, maxLineLength)}…`;
    const next = size + text.length + lineOverhead;
    this.#logged.set(step, next);
    if (next > maxLogBytes) text = "the rest of this log is not kept: it takes more than 1 MiB";
    const log = { sequence: ++this.#sequence, step, at: this.now(), level, text };
    this.journal.log(log);
    if (level === "summary") this.emit({ type: "summary", step, markdown: text });
    else this.emit({ type: "step-log", log });
  }

  /** Runs a program of a step: known to the store before it begins, so that one that outlives this process can be ended. */
  async exec(step: string, request: ExecRequest): Promise<ExecResult> {
    const { exec, processes } = this.options;
    const run = this.record.id;
    return exec({
      ...request,
      env: { ...request.env, CODEFLOW_RUN_ID: run, CODEFLOW_STEP: step },
      onStart: async (pid) => {
        const mark = processes.mark(pid);
        if (mark === undefined) return;
        this.journal.process({ run, step, ...mark });
        await this.journal.flush();
      },
    });
  }

  /** For one step: aborted when the run is cancelled (unless it began after that, to clean up) or lost. */
  begin(): AbortController {
    const controller = new AbortController();
    this.#live.add(controller);
    return controller;
  }

  end(controller: AbortController): void {
    this.#live.delete(controller);
  }

  cancel(reason: RunCancelled | StepTimeout): void {
    if (this.cancelled !== undefined || this.lost !== undefined) return;
    this.cancelled = reason;
    for (const controller of this.#live) controller.abort(reason);
    for (const child of this.children) child.cancel(reason);
    for (const path of this.#waiting) this.wake(path);
  }

  lose(cause: unknown): void {
    if (this.lost !== undefined) return;
    this.lost = new RunLost(cause);
    for (const controller of this.#live) controller.abort(this.lost);
    for (const child of this.children) child.lose(cause);
  }
}

/** `again` runs a step of the list again; false unless it waits. */
interface StepList {
  readonly prefix: string;
  readonly again: (id: string) => boolean;
}

type WithoutStamp<Event> = Event extends WorkflowEvent ? Omit<Event, "run" | "at"> : never;
type WorkflowEventBody = WithoutStamp<WorkflowEvent>;

export function evaluateEnv(
  templates: Readonly<Record<string, string>>,
  contexts: Contexts,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(templates).map(([name, text]) => [name, evaluateText(text, contexts)]));
}

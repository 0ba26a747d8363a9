/** One execution of a plan: its states, what it tells while it goes on, and the port that keeps it step by step. */
import type { ProcessMark } from "./system.ts";
import type { Plan } from "./workflow.ts";

/** `waiting`: for a time or a decision, and no worker waits with it. `queued` after having run: it was told to go on. */
export const runStatuses = ["queued", "running", "waiting", "succeeded", "failed", "cancelled"] as const;
export type RunStatus = (typeof runStatuses)[number];

/** `queued` is written only for a step that was run before and is to run again. */
export const stepStatuses = ["queued", "running", "waiting", "succeeded", "failed", "skipped", "cancelled"] as const;
export type StepStatus = (typeof stepStatuses)[number];

export function isFinished(status: RunStatus | StepStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "skipped" || status === "cancelled";
}

/** `output` is what a script printed; `summary` Markdown for the run's summary. */
export type StepLogLevel = "info" | "warn" | "error" | "output" | "summary";

export interface StepLog {
  /** Counts up within its run, with gaps. */
  readonly sequence: number;
  readonly step: string;
  readonly at: string;
  readonly level: StepLogLevel;
  readonly text: string;
}

export type StepOutputs = Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];

/** What is stored of one step of one run. */
export interface StepRecord {
  /** `build`; `each[2]` of a `foreach`; `both/left` within a `parallel`. Unique in its run. */
  readonly path: string;
  /** Counts up within its run, in the order in which steps are first begun or passed over. */
  readonly position: number;
  /** `foreach` stands above the steps that it makes. */
  readonly kind: "action" | "run" | "parallel" | "workflow" | "foreach";
  readonly name: string;
  readonly status: StepStatus;
  /** It failed, and the run goes on as if it had not (`continue-on-error`). */
  readonly continued: boolean;
  /** How often it was begun, a repetition after a crash among them. 0: never. */
  readonly attempt: number;
  /** How often it was deliberately tried: once, again by its retry policy, again by a person. Not by a crash. */
  readonly tries: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Redacted. Of a `foreach` a list with one entry an item. */
  readonly outputs?: StepOutputs;
  /** Of a `foreach`: decided once, so that a resumed run goes through the same ones. */
  readonly items?: readonly unknown[];
  /** Why it failed, was skipped or cancelled. */
  readonly error?: string;
}

export interface RunRecord {
  /** UUIDv7. */
  readonly id: string;
  /** Workflow's id, name and path, as in its plan. */
  readonly workflow: string;
  readonly name: string;
  readonly path: string;
  /** Name of the event. */
  readonly trigger: string;
  readonly status: RunStatus;
  /** The run and step that called this one; `root` is the run that nobody called. */
  readonly parent?: { readonly run: string; readonly step: string };
  readonly root: string;
  /** Calls above it. */
  readonly depth: number;
  readonly group?: string;
  readonly createdAt: string;
  /** How long processes have had it in their hands, in milliseconds, up to the last sign of life; waiting does not count. */
  readonly usedMs: number;
  readonly finishedAt?: string;
  readonly error?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly cancelRequested?: CancelRequest;
}

export interface CancelRequest {
  readonly at: string;
  /** `a newer run of the group release`, `octocat`. */
  readonly by: string;
}

/** What a waiting step waits for. */
export interface StepWait {
  readonly run: string;
  readonly step: string;
  /** `run`: a called run that waits itself. */
  readonly kind: "delay" | "approval" | "run";
  /** Of a delay; of an approval when it counts as refused. */
  readonly until?: string;
  readonly prompt?: string;
  readonly approvers?: readonly string[];
  /** Of `run`. */
  readonly child?: string;
  readonly decision?: Decision;
}

export interface Decision {
  readonly approved: boolean;
  readonly by: string;
  readonly comment?: string;
  readonly at: string;
}

/** A program that a step began. */
export interface StepProcess extends ProcessMark {
  readonly run: string;
  readonly step: string;
}

export interface NewRun {
  readonly id: string;
  readonly plan: Plan;
  readonly parent?: { readonly run: string; readonly step: string };
}

/** Everything needed to go on with a run. */
export interface ClaimedRun {
  readonly record: RunRecord;
  readonly plan: Plan;
  /** By position. */
  readonly steps: readonly StepRecord[];
  readonly waits: readonly StepWait[];
  /** Of its newest log line; 0 without any. */
  readonly lastSequence: number;
  /** Programs that may have been left running: of its own unfinished steps, and of whatever `left` says. */
  readonly processes: readonly StepProcess[];
}

export type Claim =
  | { readonly kind: "claimed"; readonly run: ClaimedRun }
  /** Another process runs it. */
  | { readonly kind: "held"; readonly by: string }
  /** Another run of its concurrency group is not over. */
  | { readonly kind: "behind"; readonly run: string }
  | { readonly kind: "finished"; readonly record: RunRecord }
  | { readonly kind: "absent" };

/** A process that runs runs: unique, and it can be told whether it still lives. */
export interface RunOwner {
  readonly id: string;
  /** False only when it is certain that it is gone: its lease then counts no more. */
  isAlive(owner: string): boolean;
}

/**
 * Keeps runs. Every method may throw a Failure: CF602 (locked, full, read-only…), CF603 (written by a newer CodeFlow).
 * Runs of a broken file are gone; `notices` says so.
 */
export interface RunStore {
  /** What happened on opening that a person should know. */
  readonly notices: readonly string[];
  /**
   * Queues a run. Idempotent by id. Within a concurrency group, called runs too, the newest waits alone: runs still queued
   * are cancelled, and with cancel-in-progress those that go on are asked to end. `owner` can tell which of them only a dead
   * process had: they are cancelled at once.
   */
  create(run: NewRun, owner?: RunOwner): Promise<void>;
  /** Makes this process the only one that runs it, for `leaseMs` unless renewed; the run is `running` from then on. */
  claim(id: string, owner: RunOwner, leaseMs: number): Promise<Claim>;
  /** Prolongs the lease. `isHeld` is false when another process has the run now: nothing more may be written. */
  renew(
    id: string,
    owner: RunOwner,
    leaseMs: number,
  ): Promise<{ readonly isHeld: boolean; readonly cancelRequested?: CancelRequest }>;
  /** Writes steps (whole records, by path), waits and log lines, all or nothing. Throws CF610 when the lease is lost. */
  record(id: string, owner: RunOwner, batch: RunBatch): Promise<void>;
  /** Gives the run back, finished, `waiting`, or `queued` to be resumed. CF610 when the lease is lost. */
  release(id: string, owner: RunOwner, end: RunEnd): Promise<void>;
  /**
   * Asks whoever runs it to end; a run that nobody runs, or only a process that `owner` knows to be dead, is cancelled at
   * once. Returns its status then, undefined when absent.
   */
  requestCancel(id: string, by: string, owner?: RunOwner): Promise<RunStatus | undefined>;
  /** The first decision counts; false when nothing waits there for one, or it was decided before. */
  decide(id: string, step: string, decision: Decision): Promise<boolean>;
  /** Takes back the ends of these steps (paths) of a finished run and queues it, with all of its time; false when it is not finished. */
  reopen(id: string, steps: readonly string[]): Promise<boolean>;
  /** With its called runs' ids, oldest first. */
  run(
    id: string,
  ): Promise<{ readonly record: RunRecord; readonly plan: Plan; readonly children: readonly string[] } | undefined>;
  /** Programs of runs that were cancelled while no process had them: they may run on. */
  left(): Promise<readonly StepProcess[]>;
  /** They are known to have ended. */
  forget(processes: readonly StepProcess[]): Promise<void>;
  steps(id: string): Promise<readonly StepRecord[]>;
  waits(id: string): Promise<readonly StepWait[]>;
  logs(id: string, options?: { readonly step?: string; readonly after?: number }): Promise<readonly StepLog[]>;
  /** Newest first; called runs only when asked for. `idPrefix`: the beginning of an id. */
  runs(options: {
    readonly limit: number;
    readonly status?: RunStatus;
    readonly workflow?: string;
    readonly idPrefix?: string;
    readonly withCalled?: boolean;
  }): Promise<readonly RunRecord[]>;
  /**
   * Waiting steps of a run that nobody called, and of those that it called, whose waiting is over: the time has come, it was
   * decided, the called run has ended.
   */
  due(root: string): Promise<readonly { readonly run: string; readonly step: string }[]>;
  /** Runs that nobody called and that can go on now: queued, left by a dead process, or done waiting. Oldest first. */
  resumable(owner: RunOwner): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface RunBatch {
  readonly steps: readonly StepRecord[];
  readonly waits: readonly StepWait[];
  readonly logs: readonly StepLog[];
  /** Programs that steps begin. */
  readonly processes?: readonly StepProcess[];
}

export interface RunEnd {
  readonly status: Exclude<RunStatus, "running">;
  readonly error?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What is told while a run goes on. `run` is the run that it is about, which may be a called one. */
export type WorkflowEvent = { readonly run: string; readonly at: string } & (
  | { readonly type: "run-started"; readonly record: RunRecord; readonly plan: Plan; readonly isResumed: boolean }
  /** Another run of its group, or another process, is not done. */
  | { readonly type: "run-blocked"; readonly by: string }
  | {
      readonly type: "run-finished";
      readonly status: RunStatus;
      readonly error?: string;
      readonly outputs?: Readonly<Record<string, unknown>>;
    }
  | { readonly type: "step-started"; readonly step: StepRecord }
  | { readonly type: "step-log"; readonly log: StepLog }
  /** The attempt failed; the next begins after `delayMs`. */
  | { readonly type: "step-retrying"; readonly step: StepRecord; readonly error: string; readonly delayMs: number }
  | { readonly type: "step-waiting"; readonly step: StepRecord; readonly wait: StepWait }
  | { readonly type: "step-finished"; readonly step: StepRecord }
  | { readonly type: "summary"; readonly step: string; readonly markdown: string }
);

/** The contract of a workflow action: what one step's `uses:` does. One file in `src/actions` fulfils it once. */
import type { AcceptedFinding } from "./acceptance.ts";
import type { Change } from "./change.ts";
import type { CheckRun } from "./check-run.ts";
import type { CodeHost, HostPullRequest } from "./code-host.ts";
import type { CommandPolicy } from "./command-policy.ts";
import type { TriggerEvent } from "./event.ts";
import type { Notifier } from "./notifier.ts";
import type { Profile } from "./analyzer.ts";
import type { PlatformReport } from "./platform.ts";
import type { VerdictStatus } from "./gate.ts";
import type { HistoryStore } from "./store.ts";
import type { Clock, Exec, Http } from "./system.ts";
import type { Tracker } from "./tracker.ts";

/** What fits is zod 4; `model` names only what the engine and the generators call. */
export interface InputSchema<T = unknown> {
  parse(value: unknown): T;
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
        };
      };
}

/** The ports that an action can ask for in `needs`, by name. The planner refuses a workflow whose needs cannot be met. */
export interface ActionPorts {
  /** A checkout on disk. */
  readonly repo: Repository;
  /** The repository on its code host. */
  readonly host: CodeHost;
  /** The pull request that the event is about (or the one named by `--pr`); implies a code host. */
  readonly pullRequest: PullRequestPort;
  /** Where issues are kept. */
  readonly tracker: Tracker;
  readonly notifier: Notifier;
  /** `codeflow check` as a use case over the checkout. */
  readonly check: CheckPort;
  /** Says a check on the pull request. */
  readonly publisher: PublisherPort;
  /** Who may command in comments. */
  readonly commands: CommandPort;
  /** Past checks and metrics. */
  readonly history: HistoryStore;
  /** Requests to the outside with timeout and retry. */
  readonly http: Http;
  /** `codeflow detect` as a use case over the checkout. */
  readonly platforms: PlatformPort;
  /** Starts another workflow and waits for it. */
  readonly workflows: WorkflowCaller;
}
export type ActionNeed = keyof ActionPorts;

/**
 * What repeating an unfinished step does after a crash. `none`: reads only. `workspace`: writes files of the checkout;
 * writing them again is the same. `outside`: speaks to the outside, through idempotent verbs only.
 */
export type ActionEffects = "none" | "workspace" | "outside";

/** What every action is given, beside the ports it asked for. */
export interface ActionBase {
  /** The run, and the step within it; `key` is the same whenever this very step is repeated: for idempotent verbs. */
  readonly step: {
    readonly runId: string;
    readonly workflow: string;
    readonly id: string;
    readonly attempt: number;
    readonly key: string;
  };
  readonly event: TriggerEvent;
  /** The step's environment as the workflow declares it; never the process's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs a program; the environment is what the step may see. Refused (Failure) where nothing may be executed. */
  readonly exec: Exec;
  readonly clock: Clock;
  /** Ends the step: a timeout, a cancelled run. Handed to every exec and request that takes one. */
  readonly signal: AbortSignal;
  /** Lines of this step's stored log; redacted. */
  readonly log: { info(message: string): void; warn(message: string): void; error(message: string): void };
  /** Adds Markdown to the run's summary; later steps read all that a step said as its output `summary`. */
  summarize(markdown: string): void;
}

export type ActionContext<Need extends ActionNeed = never> = ActionBase & Pick<ActionPorts, Need>;

/** Returned instead of outputs: the step waits in the store, no worker waits with it. */
export class Suspension {
  readonly reason: SuspensionReason;
  constructor(reason: SuspensionReason) {
    this.reason = reason;
  }
}
export type SuspensionReason =
  /** ISO time in UTC. */
  | { readonly kind: "delay"; readonly until: string }
  | {
      readonly kind: "approval";
      readonly prompt: string;
      /** Logins or roles that may decide; empty: whoever may run workflows. */
      readonly approvers: readonly string[];
      /** ISO time after which it counts as refused. */
      readonly expires?: string;
    };

/** Fails the step with a verdict-like reason instead of a fault: retried never, shown without a stack. */
export class StepFailed extends Error {
  /** Kept as the step's outputs, for steps that look at why. */
  readonly outputs: Readonly<Record<string, unknown>>;
  constructor(message: string, outputs: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "StepFailed";
    this.outputs = outputs;
  }
}

export interface ActionDefinition {
  /** `family.verb-noun`; equals folder and file. */
  readonly id: string;
  /** One sentence. */
  readonly summary: string;
  /** Markdown for the reference: behaviour, limits, an example of `with:`. */
  readonly description?: string;
  /** A strict zod object; every property with `.describe()`. */
  readonly inputs: InputSchema<any>;
  /** A zod object; outputs must survive JSON. */
  readonly outputs: InputSchema<any>;
  readonly needs: readonly ActionNeed[];
  readonly effects: ActionEffects;
  run(context: ActionContext<ActionNeed>, inputs: any): Promise<unknown>;
}

/** Keeps an action's inputs, outputs and ports typed; what comes out is what the catalog lists. */
export function defineAction<
  Inputs extends InputSchema<any>,
  Outputs extends InputSchema<any>,
  const Need extends ActionNeed = never,
>(action: {
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly inputs: Inputs;
  readonly outputs: Outputs;
  readonly needs: readonly Need[];
  readonly effects: ActionEffects;
  run(
    context: ActionContext<Need>,
    inputs: ReturnType<Inputs["parse"]>,
  ): Promise<ReturnType<Outputs["parse"]> | Suspension>;
}): ActionDefinition {
  return action as ActionDefinition;
}

/** A line of `src/actions/index.ts`: an action's code loads when a workflow uses it. */
export interface ActionEntry {
  readonly id: string;
  readonly load: () => Promise<ActionDefinition>;
}

/** A checkout, with paths kept inside it: every path is relative to the root, with `/`; escaping it is a Failure. */
export interface Repository {
  /** Absolute. */
  readonly root: string;
  /** Branch that is checked out; undefined when detached. */
  readonly branch: string | undefined;
  /** Commit that is checked out; undefined before the first commit. */
  readonly head: string | undefined;
  readonly defaultBranch: string | undefined;
  /** Tracked and untracked files that are not ignored, sorted. */
  files(): Promise<
    readonly { readonly path: string; readonly size?: number; readonly mode: string; readonly blob: string }[]
  >;
  /** Undefined when absent. A symlink that leads out of the tree is a Failure. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** UTF-8, BOM removed. */
  readText(path: string): Promise<string | undefined>;
  /** Whole or not at all; makes folders. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  /** Runs git without a shell, prompts or hooks of the repository; a failing command is a Failure with its stderr. */
  git(args: readonly string[], options?: { readonly input?: string; readonly timeoutMs?: number }): Promise<string>;
  /** The change under review: of the event's pull request, else against the merge-base with the default branch. */
  change(): Promise<Change>;
}

/** The pull request that a run is about, in short verbs; all sending ones are idempotent. */
export interface PullRequestPort {
  readonly number: number;
  /** As it is now; asked once a run unless refreshed. */
  get(options?: { readonly refresh?: boolean }): Promise<HostPullRequest>;
  /** Of the whole pull request: merge-base to head. */
  change(): Promise<Change>;
}

export interface CheckPort {
  run(request: {
    readonly scope?: "all" | "changed" | "staged";
    /** Of `changed`: a branch or commit; the change's own base otherwise. */
    readonly base?: string;
    readonly paths?: readonly string[];
    readonly profile?: Profile;
    readonly only?: readonly string[];
    readonly skip?: readonly string[];
    /** Gate conditions as `codeflow check --gate` takes them; the configured ones otherwise. */
    readonly gate?: readonly string[];
    /** Apply fixes of this safety and better. */
    readonly fix?: "safe" | "unsafe";
    /** With `fix`: of these rules only. */
    readonly fixRules?: readonly string[];
    /** Look at everything again: nothing that an earlier run found out is taken for granted. */
    readonly fresh?: boolean;
    /** Do not run the repository's own tools. */
    readonly noExec?: boolean;
    /** Report files to bring in. */
    readonly imports?: readonly string[];
  }): Promise<{ readonly run: CheckRun; readonly exitCode: number; readonly fixedFiles: readonly string[] }>;
  /** Renders a check in a report format; `limit` findings at most where people read. */
  render(run: CheckRun, format: string, options?: { readonly limit?: number }): Promise<string>;
}

export interface PublisherPort {
  /**
   * `run`: one that the check port gave in this very step. Comments, check run and status of the pull request are
   * brought to what it says; publishing it again changes nothing.
   */
  publish(
    run: CheckRun,
    options: {
      /** Summary and comments at the lines. */
      readonly comment: boolean;
      /** Name of the check run; none without. */
      readonly checkName?: string;
      /** Context of the commit status; none without. */
      readonly statusContext?: string;
      /** Comments at lines at most, older ones counted. */
      readonly attention?: number;
      /** Findings that somebody accepts just now; what was accepted before is found on the pull request. */
      readonly accepting?: readonly AcceptedFinding[];
    },
  ): Promise<
    | {
        readonly status: "published";
        /** Over all pushes. */
        readonly verdict: VerdictStatus;
        readonly new: number;
        readonly inline: number;
        readonly folded: number;
        readonly resolved: number;
        readonly carried: number;
        /** Still there, and accepted by people for this pull request. */
        readonly accepted: number;
        /** What the token had no right to, and which right it is. */
        readonly withheld?: readonly string[];
      }
    /** The pull request moved on or is closed: nothing was said. */
    | { readonly status: "stale"; readonly reason: string }
  >;
}

export interface CommandPort {
  /** As the base branch of the event's pull request says; of an issue the default branch. */
  policy(): Promise<CommandPolicy>;
}

export interface PlatformPort {
  detect(): Promise<PlatformReport>;
}

export interface WorkflowCaller {
  /** By name or path. Fails (StepFailed) when the called run fails; depth is limited. */
  call(
    workflow: string,
    inputs: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly runId: string; readonly outputs: Readonly<Record<string, unknown>> }>;
}

/** Workflows: a checked definition, as read from YAML, and the immutable plan of one run. Both survive JSON. */
import type { ActionEffects, ActionNeed } from "./action.ts";
import type { EventName, TriggerEvent } from "./event.ts";

/** Where something stands in its file: 1-based, columns in UTF-16 code units, end exclusive. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Text that may hold `${{ … }}`; one that is nothing but a single expression keeps the expression's type. */
export type Template = string;
/** JSON whose texts are templates. */
export type TemplateValue =
  | Template
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | { readonly [key: string]: TemplateValue };
/** Without the braces. */
export type Expression = string;

export interface WorkflowInput {
  readonly description?: string;
  readonly type: "string" | "number" | "boolean" | "choice";
  readonly required: boolean;
  readonly default?: string | number | boolean;
  /** Of `choice`. */
  readonly options?: readonly string[];
}

/** One entry of `on:`. Every filter that is there must let the event through. */
export interface TriggerDefinition {
  readonly event: EventName;
  /** `types:`; the event's usual ones when absent (GitHub's defaults). */
  readonly types?: readonly string[];
  readonly branches?: readonly string[];
  readonly branchesIgnore?: readonly string[];
  readonly tags?: readonly string[];
  readonly tagsIgnore?: readonly string[];
  readonly paths?: readonly string[];
  readonly pathsIgnore?: readonly string[];
  /** Any of them is on the pull request or issue (or is the one that was put on). */
  readonly labels?: readonly string[];
  readonly actors?: readonly string[];
  readonly actorsIgnore?: readonly string[];
  readonly authorAssociations?: readonly string[];
  /** Slash commands: `fix` for `/codeflow fix`. */
  readonly commands?: readonly string[];
  /** Of `schedule`: five fields. */
  readonly cron?: string;
  /** IANA name; UTC when absent. */
  readonly timezone?: string;
  readonly if?: Expression;
  readonly place: Place;
}

export interface RetryPolicy {
  /** Attempts in all, the first among them. */
  readonly attempts: number;
  readonly delaySeconds: number;
  /** Each further delay is this many times longer; with full jitter. */
  readonly factor: number;
  readonly maxDelaySeconds: number;
}

interface StepBase {
  /** Unique in the file; `step-3` where the file names none. */
  readonly id: string;
  readonly hasOwnId: boolean;
  readonly name?: Template;
  readonly if?: Expression;
  /** Absent: waits for the step before it. */
  readonly needs?: readonly string[];
  readonly foreach?: { readonly items: Template; readonly maxParallel: number };
  readonly continueOnError: boolean | Expression;
  readonly timeoutSeconds?: number;
  readonly retry?: RetryPolicy;
  readonly env: Readonly<Record<string, Template>>;
  /** On top of what the step itself gives; of `parallel` the only ones. */
  readonly outputs: Readonly<Record<string, Template>>;
  readonly place: Place;
}

export interface ActionStep extends StepBase {
  readonly kind: "action";
  /** Action id. */
  readonly uses: string;
  readonly with: Readonly<Record<string, TemplateValue>>;
}

export interface RunStep extends StepBase {
  readonly kind: "run";
  readonly run: Template;
  readonly shell: "bash" | "sh" | "pwsh" | "python" | "node";
  /** Relative to the checkout's root. */
  readonly workingDirectory?: Template;
}

export interface ParallelStep extends StepBase {
  readonly kind: "parallel";
  readonly steps: readonly WorkflowStep[];
  readonly maxParallel: number;
}

export interface CallStep extends StepBase {
  readonly kind: "workflow";
  /** Name or path; static, so that planning sees the whole. */
  readonly workflow: string;
  readonly with: Readonly<Record<string, TemplateValue>>;
}

export type WorkflowStep = ActionStep | RunStep | ParallelStep | CallStep;

/** `shipped` with CodeFlow, of the `repository` (`.codeflow/workflows`), or a file `given` by path. */
export type WorkflowSource = "shipped" | "repository" | "given";

export interface Workflow {
  /** File's base name without extension. */
  readonly id: string;
  readonly name: string;
  /** As the person would name it. */
  readonly path: string;
  readonly source: WorkflowSource;
  readonly description?: string;
  readonly on: readonly TriggerDefinition[];
  readonly inputs: Readonly<Record<string, WorkflowInput>>;
  readonly env: Readonly<Record<string, Template>>;
  /** Names of secrets that it may read; nothing else is in `secrets`. */
  readonly secrets: readonly string[];
  readonly permissions: Readonly<Record<string, "read" | "write" | "none">>;
  readonly concurrency?: { readonly group: Template; readonly cancelInProgress: boolean | Expression };
  readonly outputs: Readonly<Record<string, Template>>;
  /** Of the whole run. */
  readonly timeoutSeconds?: number;
  readonly steps: readonly WorkflowStep[];
}

/** A step as it will run. Steps of a `parallel` are `children`; a called workflow's steps are in `called`. */
export interface PlannedStep {
  readonly id: string;
  readonly step: WorkflowStep;
  /** Ids of the same list that must have ended before. */
  readonly waitsFor: readonly string[];
  /** `needs:` was written: a needed step that was skipped skips this one, as GitHub's jobs do. */
  readonly hasNeeds: boolean;
  /** What is known before anything runs: `if` looks at the event and inputs only, or at what steps will say. */
  readonly decision: "runs" | "skipped" | "depends";
  readonly effects: ActionEffects;
  /** Ports it asks for. */
  readonly needs: readonly ActionNeed[];
  readonly children?: readonly PlannedStep[];
  readonly called?: Plan;
}

/** Pure function of definition, event, inputs and what is available; kept with the run, so that resuming needs no file. */
export interface Plan {
  readonly workflow: Pick<
    Workflow,
    "id" | "name" | "path" | "source" | "inputs" | "secrets" | "permissions" | "outputs"
  > & {
    readonly timeoutSeconds?: number;
  };
  readonly event: TriggerEvent;
  /** With defaults, typed. Of a called workflow without those that only its caller's steps will give. */
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  readonly env: Readonly<Record<string, Template>>;
  readonly concurrency?: { readonly group: string; readonly cancelInProgress: boolean };
  /** Instead of it, of a called workflow whose group asks for inputs that only its caller's steps will give. */
  readonly concurrencyOf?: NonNullable<Workflow["concurrency"]>;
  readonly steps: readonly PlannedStep[];
  /** Every port that some step asks for, sorted. */
  readonly needs: readonly ActionNeed[];
}

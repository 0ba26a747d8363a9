/** What arrived: the thing that may start a workflow, whatever door it came through. */

/** Sorted. `codeflow` is for our own: `run_finished`, `gate_failed`, `finding_new`. */
export const eventNames = [
  "check_suite",
  "codeflow",
  "issue_comment",
  "issues",
  "label",
  "manual",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "push",
  "schedule",
  "tag",
] as const;
export type EventName = (typeof eventNames)[number];

/** A comment's first line `/codeflow ignore RULE reason…`, already split; arguments are not yet checked. */
export interface SlashCommand {
  readonly name: string;
  readonly arguments: readonly string[];
  /** Everything behind the name, as written. */
  readonly text: string;
}

/** Data from outside, normalised; nothing in it is trusted. Survives JSON. */
export interface TriggerEvent {
  readonly name: EventName;
  /** `opened`, `created`, … where the event has one. */
  readonly action?: string;
  /** GitHub's login of whoever caused it. */
  readonly actor?: string;
  /** True for bots: they never start a comment command. */
  readonly isBot?: boolean;
  /** `OWNER`, `MEMBER`, `COLLABORATOR`, `CONTRIBUTOR`, `NONE`, … of the author of what the event is about. */
  readonly authorAssociation?: string;
  readonly repository?: { readonly owner: string; readonly name: string; readonly defaultBranch?: string };
  /** Branch that the event is about: of a pull request its base branch, of a push the pushed branch; of a tag its name. */
  readonly branch?: string;
  readonly tag?: string;
  /** Commit at which the checkout should be. */
  readonly sha?: string;
  readonly pullRequest?: {
    readonly number: number;
    readonly headBranch?: string;
    readonly headSha?: string;
    readonly baseSha?: string;
    /** The head lives in another repository: its code and configuration are a stranger's. */
    readonly isFork?: boolean;
    readonly isDraft?: boolean;
  };
  /** Issue that the event is about, when it is no pull request. */
  readonly issue?: { readonly number: number };
  /** Labels of the pull request or issue. */
  readonly labels?: readonly string[];
  /** Paths touched, when the event says so (push); otherwise a trigger's path filter asks for the change. */
  readonly paths?: readonly string[];
  readonly command?: SlashCommand;
  /** ISO time that a schedule was due. */
  readonly scheduledFor?: string;
  /** As delivered; what `${{ event.… }}` reads, with `event.name`, `event.actor` and `event.command` on top. */
  readonly payload: Readonly<Record<string, unknown>>;
}

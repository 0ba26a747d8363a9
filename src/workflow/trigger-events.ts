/** What each event can be filtered by, its types, and which of them count when a workflow names none. Data. */
import type { EventName } from "../model/event.ts";

export type FilterKey =
  | "types"
  | "branches"
  | "branches-ignore"
  | "tags"
  | "tags-ignore"
  | "paths"
  | "paths-ignore"
  | "labels"
  | "actors"
  | "actors-ignore"
  | "author-association"
  | "commands"
  | "if";

export interface EventFacts {
  readonly summary: string;
  readonly types: readonly string[];
  /** Of `types` when a workflow names none; all when absent. */
  readonly usualTypes?: readonly string[];
  readonly filters: readonly FilterKey[];
}

const branches = ["branches", "branches-ignore"] as const;
const tags = ["tags", "tags-ignore"] as const;
const paths = ["paths", "paths-ignore"] as const;
const actors = ["actors", "actors-ignore"] as const;

export const triggerEvents: Readonly<Record<EventName, EventFacts>> = {
  check_suite: {
    summary: "a group of checks on a commit ended or was asked for",
    types: ["completed", "requested", "rerequested"],
    usualTypes: ["completed"],
    filters: ["types", ...branches, ...actors, "if"],
  },
  codeflow: {
    summary: "something of CodeFlow's own happened",
    types: ["finding_new", "gate_failed", "run_finished"],
    filters: ["types", ...branches, "if"],
  },
  issue_comment: {
    summary: "a comment on an issue or in a pull request's conversation",
    types: ["created", "deleted", "edited"],
    usualTypes: ["created"],
    filters: ["types", ...branches, ...paths, "labels", ...actors, "author-association", "commands", "if"],
  },
  issues: {
    summary: "something happened to an issue",
    types: [
      "assigned",
      "closed",
      "deleted",
      "demilestoned",
      "edited",
      "labeled",
      "locked",
      "milestoned",
      "opened",
      "pinned",
      "reopened",
      "transferred",
      "typed",
      "unassigned",
      "unlabeled",
      "unlocked",
      "unpinned",
      "untyped",
    ],
    filters: ["types", "labels", ...actors, "author-association", "if"],
  },
  label: {
    summary: "a label of the repository was made, changed or removed",
    types: ["created", "deleted", "edited"],
    filters: ["types", "labels", ...actors, "if"],
  },
  manual: {
    summary: "somebody started it: `codeflow run`, the API, or GitHub's workflow_dispatch",
    types: [],
    filters: [...branches, ...actors, "if"],
  },
  pull_request: {
    summary: "something happened to a pull request",
    types: [
      "assigned",
      "auto_merge_disabled",
      "auto_merge_enabled",
      "closed",
      "converted_to_draft",
      "demilestoned",
      "dequeued",
      "edited",
      "enqueued",
      "labeled",
      "locked",
      "milestoned",
      "opened",
      "ready_for_review",
      "reopened",
      "review_request_removed",
      "review_requested",
      "synchronize",
      "unassigned",
      "unlabeled",
      "unlocked",
    ],
    usualTypes: ["opened", "reopened", "synchronize"],
    filters: ["types", ...branches, ...paths, "labels", ...actors, "author-association", "if"],
  },
  pull_request_review: {
    summary: "somebody reviewed a pull request",
    types: ["dismissed", "edited", "submitted"],
    filters: ["types", ...branches, ...paths, "labels", ...actors, "author-association", "if"],
  },
  pull_request_review_comment: {
    summary: "a comment on a line of a pull request",
    types: ["created", "deleted", "edited"],
    usualTypes: ["created"],
    filters: ["types", ...branches, ...paths, "labels", ...actors, "author-association", "commands", "if"],
  },
  push: {
    summary: "commits or tags were pushed",
    types: [],
    filters: [...branches, ...tags, ...paths, ...actors, "if"],
  },
  schedule: { summary: "a time of a cron expression came", types: [], filters: ["if"] },
  tag: {
    summary: "a tag was made or removed",
    types: ["created", "deleted"],
    usualTypes: ["created"],
    filters: ["types", ...tags, ...actors, "if"],
  },
};

/** Other words for events: GitHub's, and one for two at once. */
export const eventAliases: Readonly<
  Record<string, readonly { readonly event: EventName; readonly types?: readonly string[] }[]>
> = {
  assignment: [
    { event: "issues", types: ["assigned"] },
    { event: "pull_request", types: ["assigned"] },
  ],
  workflow_dispatch: [{ event: "manual" }],
};

/** GitHub's words for what the author of something is to the repository. */
export const authorAssociations = [
  "COLLABORATOR",
  "CONTRIBUTOR",
  "FIRST_TIMER",
  "FIRST_TIME_CONTRIBUTOR",
  "MANNEQUIN",
  "MEMBER",
  "NONE",
  "OWNER",
] as const;

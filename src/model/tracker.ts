/** The port of issue trackers: GitHub Issues, Linear. All sending verbs are idempotent. */

export const priorities = ["urgent", "high", "medium", "low", "none"] as const;
export type Priority = (typeof priorities)[number];

export interface TrackerIssue {
  /** The tracker's own: `42`, `ENG-42`. */
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  /** Closed because it was done, or because a person does not want it done. */
  readonly closedAs?: "completed" | "not-planned" | "duplicate";
  readonly author: string;
  readonly isBot: boolean;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly priority: Priority;
  /** ISO times. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly comments: number;
  readonly milestone?: string;
  /** Of ours: the key of its draft, where the tracker tells it beside the body. */
  readonly key?: string;
  /** Trackers that keep pull requests among issues say so. */
  readonly isPullRequest?: boolean;
}

export interface TrackerComment {
  readonly id: string;
  readonly author: string;
  readonly isBot: boolean;
  readonly body: string;
  readonly createdAt: string;
  readonly url: string;
}

/** Something on the code host that an issue belongs to. */
export interface IssueLink {
  readonly title: string;
  readonly url: string;
}

export interface IssueDraft {
  /** Kept in a hidden marker or whatever the tracker offers; `ensureIssue` finds the issue again by it. */
  readonly key: string;
  /** What the ledger says that the tracker calls it: looked at first, and believed only when the issue is ours. */
  readonly knownId?: string;
  readonly title: string;
  /** Markdown; cut at the tracker's limit with a note. What people write below the end marker is kept. */
  readonly body: string;
  readonly labels?: readonly string[];
  readonly assignees?: readonly string[];
  readonly priority?: Priority;
  /** Put where the tracker has a place for links beside the text; they stay when a later draft has others. */
  readonly links?: readonly IssueLink[];
}

/** Begins the line of an issue's text that says where its findings were seen. */
export const seenWord = "Last seen:";

/**
 * An issue's text without what every commit changes though nothing else did: the commit in links to lines, and where it
 * was seen. Texts that differ in nothing else are not worth an update.
 */
export function withoutSightings(text: string): string {
  return text
    .replace(/\/blob\/[0-9a-f]{40,64}\//g, "/blob/")
    .split("\n")
    .filter((line) => !line.startsWith(seenWord))
    .join("\n");
}

export interface Tracker {
  /** `github`, `linear`, … */
  readonly id: string;
  /** The repository, team or project within it. */
  readonly project: string;
  /**
   * Creates the issue with this key, or brings title, body, labels (ours added, people's kept) and the priority (unless a
   * person gave it another one) up to date; a body that differs in its sightings only is left. A closed one:
   * reopened when we closed it or it was closed as completed; a person's "not planned" or "duplicate" is respected and
   * answered with `declined`.
   */
  ensureIssue(draft: IssueDraft): Promise<{
    readonly issue: TrackerIssue;
    readonly outcome: "created" | "updated" | "unchanged" | "reopened" | "declined";
  }>;
  /** Closes with an optional last comment; closing a closed one changes nothing. */
  closeIssue(
    id: string,
    options?: { readonly as?: "completed" | "not-planned"; readonly comment?: string; readonly key?: string },
  ): Promise<{ readonly outcome: "closed" | "unchanged" }>;
  issue(id: string): Promise<TrackerIssue | undefined>;
  /** By the hidden marker. */
  findIssue(key: string): Promise<TrackerIssue | undefined>;
  /** Oldest update first. Pull requests are left out. */
  issues(filter: {
    readonly state?: "open" | "closed" | "all";
    readonly labels?: readonly string[];
    /** ISO time: updated before, updated since. */
    readonly updatedBefore?: string;
    readonly updatedSince?: string;
    readonly limit?: number;
  }): Promise<readonly TrackerIssue[]>;
  comments(id: string): Promise<readonly TrackerComment[]>;
  /** One comment per key on an issue: created, updated in place, or left as it is. */
  ensureComment(
    id: string,
    key: string,
    body: string,
  ): Promise<{ readonly comment: TrackerComment; readonly outcome: "created" | "updated" | "unchanged" }>;
  addLabels(id: string, labels: readonly string[]): Promise<void>;
  removeLabels(id: string, labels: readonly string[]): Promise<void>;
  /** Adds; unknown people are answered, not thrown. */
  assign(id: string, people: readonly string[]): Promise<{ readonly unknown: readonly string[] }>;
}

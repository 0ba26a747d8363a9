/** The port of the code host: one repository on GitHub, seen through the verbs we need. All sending verbs are idempotent. */
import type { ChangedFile } from "./change.ts";

export interface HostUser {
  readonly login: string;
  readonly isBot: boolean;
}

export type HostPermission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

export interface HostRepository {
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  readonly url: string;
  readonly cloneUrl: string;
}

export interface HostPullRequest {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly isMerged: boolean;
  readonly isDraft: boolean;
  readonly author: HostUser;
  readonly authorAssociation: string;
  readonly head: { readonly branch: string; readonly sha: string; readonly repository: string | undefined };
  readonly base: { readonly branch: string; readonly sha: string };
  /** The head lives in another repository. */
  readonly isFork: boolean;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly requestedReviewers: readonly string[];
  readonly requestedTeams: readonly string[];
  /** Undefined while the host is still finding out. */
  readonly isMergeable: boolean | undefined;
  /** The host's word: `clean`, `blocked`, `behind`, `dirty`, `unstable`, `unknown`, … */
  readonly mergeState: string;
  readonly hasAutoMerge: boolean;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly mergedAt?: string;
  readonly mergeCommit?: string;
  readonly url: string;
}

export interface HostComment {
  readonly id: number;
  readonly author: HostUser;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly url: string;
  readonly authorAssociation: string;
}

export interface ThreadComment extends HostComment {
  /** GraphQL id, for minimising. */
  readonly nodeId: string;
}

/** A conversation at a place of the diff (or at a file). */
export interface ReviewThread {
  /** GraphQL id, for resolving. */
  readonly id: string;
  readonly path: string;
  /** Undefined when outdated, or about the whole file. */
  readonly line: number | undefined;
  readonly startLine: number | undefined;
  readonly side: "LEFT" | "RIGHT";
  readonly isFileLevel: boolean;
  readonly isResolved: boolean;
  /** Login of who resolved it. */
  readonly resolvedBy?: string;
  readonly isOutdated: boolean;
  /** Oldest first; the first one opened it. */
  readonly comments: readonly ThreadComment[];
}

export interface ReviewCommentDraft {
  readonly path: string;
  /** Last line; undefined for a comment on the whole file. */
  readonly line?: number;
  /** First line of a range. */
  readonly startLine?: number;
  readonly side?: "LEFT" | "RIGHT";
  readonly body: string;
}

export interface HostReview {
  readonly id: number;
  readonly author: HostUser;
  readonly state: "approved" | "changes_requested" | "commented" | "dismissed" | "pending";
  readonly body: string;
  readonly commit: string;
  readonly submittedAt: string;
}

export type CheckConclusion =
  | "success"
  | "failure"
  | "neutral"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "action_required";

export interface CheckAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Only where start and end line are the same: the host refuses them otherwise. */
  readonly startColumn?: number;
  readonly endColumn?: number;
  readonly level: "failure" | "warning" | "notice";
  readonly title?: string;
  readonly message: string;
}

export interface CheckRunDraft {
  readonly name: string;
  /** Ours: the same check run is found again by name, commit and this. */
  readonly externalId: string;
  readonly sha: string;
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion?: CheckConclusion;
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  readonly detailsUrl?: string;
  /** Any number: sent in batches of what the host takes. */
  readonly annotations?: readonly CheckAnnotation[];
}

/** Of one commit: check runs and statuses, as one list. */
export interface CommitCheck {
  readonly name: string;
  readonly kind: "check" | "status";
  readonly state: "pending" | "success" | "failure" | "neutral";
  readonly url?: string;
  readonly externalId?: string;
  readonly id?: number;
}

export interface HostRelease {
  readonly id: number;
  readonly tag: string;
  readonly name: string;
  readonly body: string;
  readonly isDraft: boolean;
  readonly isPrerelease: boolean;
  readonly target: string;
  readonly createdAt: string;
  readonly publishedAt?: string;
  readonly url: string;
}

export interface HostBranch {
  readonly name: string;
  readonly sha: string;
  readonly isProtected: boolean;
}

export interface HostWorkflowRun {
  readonly id: number;
  readonly name: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly status: string;
  readonly conclusion: string | undefined;
  readonly createdAt: string;
  readonly url: string;
}

export interface HostJob {
  readonly id: number;
  readonly name: string;
  readonly conclusion: string | undefined;
  readonly steps: readonly {
    readonly name: string;
    readonly conclusion: string | undefined;
    readonly number: number;
  }[];
  readonly url: string;
}

export type ReactionContent = "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";

/**
 * Bound to one repository. Every verb throws a Failure when the host cannot be reached or refuses after retries: CF7xx,
 * with what was asked, the host's answer and what to do. Reading something absent answers `undefined`.
 */
export interface CodeHost {
  /** `github`. */
  readonly id: string;
  /** `owner/name`. */
  readonly slug: string;
  repository(): Promise<HostRepository>;
  /** Whose token it is: what we wrote is found by it. */
  viewer(): Promise<HostUser>;
  /** Asked through the API, never believed from a payload. */
  permissionOf(login: string): Promise<HostPermission>;

  pullRequest(number: number): Promise<HostPullRequest | undefined>;
  /** Newest update first. */
  pullRequests(filter: {
    readonly state?: "open" | "closed" | "all";
    readonly base?: string;
    /** `branch` or `owner:branch`. */
    readonly head?: string;
    readonly limit?: number;
  }): Promise<readonly HostPullRequest[]>;
  /** Merged pull requests that these commits came from, each once. */
  pullRequestsOf(commits: readonly string[]): Promise<readonly HostPullRequest[]>;
  /** Files with hunks; a file whose patch the host withholds has none. At most 3,000: `isWhole` says whether that is all. */
  changedFiles(number: number): Promise<{ readonly files: readonly ChangedFile[]; readonly isWhole: boolean }>;
  commits(
    number: number,
  ): Promise<readonly { readonly sha: string; readonly message: string; readonly author: string }[]>;
  /** The account that the commit's author address belongs to; undefined when there is none, or no such commit. */
  commitAuthor(sha: string): Promise<HostUser | undefined>;
  updatePullRequest(
    number: number,
    change: {
      readonly title?: string;
      readonly body?: string;
      readonly state?: "open" | "closed";
      readonly isDraft?: boolean;
    },
  ): Promise<HostPullRequest>;
  /** The open pull request of this head and base: made, or title and body brought up to date. */
  ensurePullRequest(draft: {
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
    readonly isDraft?: boolean;
  }): Promise<{ readonly pullRequest: HostPullRequest; readonly outcome: "created" | "updated" | "unchanged" }>;
  /** Only while the head is still at `sha`; merging a merged one changes nothing. */
  mergePullRequest(
    number: number,
    options: { readonly sha: string; readonly method: "merge" | "squash" | "rebase"; readonly title?: string },
  ): Promise<{ readonly outcome: "merged" | "unchanged" }>;
  enableAutoMerge(
    number: number,
    method: "merge" | "squash" | "rebase",
  ): Promise<{ readonly outcome: "enabled" | "unchanged" }>;
  /** People who cannot review are answered, not thrown. */
  requestReviewers(
    number: number,
    reviewers: { readonly users: readonly string[]; readonly teams: readonly string[] },
  ): Promise<{ readonly requested: readonly string[]; readonly refused: readonly string[] }>;

  /** Of a pull request or an issue, oldest first. */
  comments(number: number): Promise<readonly HostComment[]>;
  /** The comment of ours with this key (a hidden marker in its body): made, edited, or left as it is. */
  ensureComment(
    number: number,
    key: string,
    body: string,
  ): Promise<{ readonly comment: HostComment; readonly outcome: "created" | "updated" | "unchanged" }>;
  /** Only a comment that we wrote; anybody else's is a Failure. */
  deleteComment(id: number): Promise<void>;
  react(
    target: { readonly kind: "issue" | "comment" | "review-comment"; readonly id: number },
    content: ReactionContent,
  ): Promise<void>;

  reviews(number: number): Promise<readonly HostReview[]>;
  reviewThreads(number: number): Promise<readonly ReviewThread[]>;
  /**
   * One review with its inline comments; the host refuses all of them when one line lies outside the diff, so positions
   * are checked before. `key` is hidden in the body: a repeated call finds the review and does not post again.
   */
  createReview(
    number: number,
    review: {
      readonly key: string;
      readonly commit: string;
      readonly event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT";
      readonly body: string;
      readonly comments: readonly ReviewCommentDraft[];
    },
  ): Promise<{ readonly id: number; readonly outcome: "created" | "unchanged" }>;
  /** A single comment on a whole file or a line, outside of a review; found again by its key. */
  ensureReviewComment(
    number: number,
    key: string,
    comment: ReviewCommentDraft & { readonly commit: string },
  ): Promise<{ readonly id: number; readonly outcome: "created" | "updated" | "unchanged" }>;
  updateReviewComment(id: number, body: string): Promise<void>;
  /** One answer per key in a thread. `commentId`: the thread's first comment. */
  ensureReply(
    number: number,
    commentId: number,
    key: string,
    body: string,
  ): Promise<{ readonly id: number; readonly outcome: "created" | "updated" | "unchanged" }>;
  resolveThread(threadId: string): Promise<{ readonly outcome: "resolved" | "unchanged" }>;
  unresolveThread(threadId: string): Promise<{ readonly outcome: "unresolved" | "unchanged" }>;
  minimizeComment(nodeId: string, reason: "OUTDATED" | "RESOLVED" | "DUPLICATE" | "OFF_TOPIC"): Promise<void>;

  /** The repository's labels. */
  labels(): Promise<readonly { readonly name: string; readonly color: string; readonly description: string }[]>;
  ensureLabel(label: { readonly name: string; readonly color?: string; readonly description?: string }): Promise<void>;
  /** Of a pull request or an issue; missing labels are made. */
  addLabels(number: number, labels: readonly string[]): Promise<void>;
  removeLabels(number: number, labels: readonly string[]): Promise<void>;
  assign(number: number, logins: readonly string[]): Promise<{ readonly unknown: readonly string[] }>;

  setStatus(
    sha: string,
    status: {
      readonly context: string;
      readonly state: "pending" | "success" | "failure" | "error";
      /** At most 140 characters; cut when longer. */
      readonly description: string;
      readonly url?: string;
    },
  ): Promise<{ readonly outcome: "set" | "unchanged" }>;
  ensureCheckRun(draft: CheckRunDraft): Promise<{ readonly id: number; readonly url: string }>;
  checksOf(sha: string): Promise<readonly CommitCheck[]>;
  /**
   * SARIF text; packed and sent as code scanning wants it. Waits a little for its being processed; what code scanning
   * finds wrong with it is a Failure.
   */
  uploadSarif(upload: {
    readonly sarif: string;
    readonly sha: string;
    readonly ref: string;
  }): Promise<{ readonly id: string; readonly state: "complete" | "pending" }>;

  branches(): Promise<readonly HostBranch[]>;
  /** Only while it is still at `sha`, never protected ones or the default branch; an absent one changes nothing. */
  deleteBranch(
    name: string,
    sha: string,
  ): Promise<{ readonly outcome: "deleted" | "unchanged" | "refused"; readonly reason?: string }>;
  tags(): Promise<readonly { readonly name: string; readonly sha: string }[]>;
  ensureTag(name: string, sha: string): Promise<{ readonly outcome: "created" | "unchanged" }>;
  /** Newest first, drafts among them. */
  releases(): Promise<readonly HostRelease[]>;
  /** The release of this tag: made, or brought up to date; a published one is never turned back into a draft. */
  ensureRelease(draft: {
    readonly tag: string;
    readonly name: string;
    readonly body: string;
    readonly target: string;
    readonly isDraft: boolean;
    readonly isPrerelease?: boolean;
    /** Tag of a draft that becomes this one where there is no release of `tag` yet. */
    readonly replaces?: string;
  }): Promise<{ readonly release: HostRelease; readonly outcome: "created" | "updated" | "unchanged" }>;

  /** A file at a ref, undefined when absent: what is trusted is read from the base branch with it. */
  readFile(path: string, ref: string): Promise<Uint8Array | undefined>;

  workflowRuns(filter: {
    readonly branch?: string;
    readonly sha?: string;
    readonly status?: string;
    readonly limit?: number;
  }): Promise<readonly HostWorkflowRun[]>;
  jobs(runId: number): Promise<readonly HostJob[]>;
  /** The log of a job as text, its end kept when longer than `maxBytes`. */
  jobLog(jobId: number, maxBytes: number): Promise<string>;

  /** Requests made so far and what is left of the host's allowance. */
  usage(): { readonly requests: number; readonly notModified: number; readonly remaining: number | undefined };
}

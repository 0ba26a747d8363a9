/** The nouns of the local GitHub: what it remembers about people, repositories, pull requests and what was said on them. */

export type UserType = "User" | "Bot" | "Organization";

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: UserType;
  readonly name: string;
  readonly email: string;
}

/** The permission groups of GitHub Apps and fine-grained tokens that the routes ask for. */
export type Scope =
  | "actions"
  | "checks"
  | "contents"
  | "issues"
  | "metadata"
  | "pull_requests"
  | "security_events"
  | "statuses";

export type Level = "none" | "read" | "write";

export type Role = "none" | "read" | "triage" | "write" | "maintain" | "admin";

export interface Token {
  readonly value: string;
  readonly login: string;
  /** An installation token acts by its permissions alone; a personal one also by its user's role. */
  readonly kind: "personal" | "installation";
  /** Absent: a classic personal token, which may do all that its user may do. */
  readonly permissions?: Readonly<Partial<Record<Scope, Level>>>;
  /** Full names that the token reaches; absent: all of its user's. */
  readonly repositories?: readonly string[];
  readonly appSlug?: string;
}

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Milestone {
  readonly id: number;
  readonly number: number;
  title: string;
  state: "open" | "closed";
  readonly creator: User;
  readonly createdAt: Date;
}

export const reactionContents = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;
export type ReactionContent = (typeof reactionContents)[number];

export interface Reaction {
  readonly id: number;
  readonly user: User;
  readonly content: ReactionContent;
  readonly createdAt: Date;
}

/** What issues, comments and review comments have in common. */
export interface Remark {
  readonly id: number;
  readonly author: User;
  readonly appSlug?: string;
  body: string;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly reactions: Reaction[];
  minimizedReason?: string;
}

export interface Issue extends Remark {
  readonly number: number;
  title: string;
  state: "open" | "closed";
  stateReason: "completed" | "reopened" | "not_planned" | "duplicate" | null;
  locked: boolean;
  lockReason: "off-topic" | "too heated" | "resolved" | "spam" | null;
  labels: string[];
  assignees: User[];
  milestone: Milestone | null;
  closedAt: Date | null;
  closedBy: User | null;
  readonly pull?: Pull;
}

export type MergeMethod = "merge" | "squash" | "rebase";

export interface Pull {
  readonly id: number;
  baseRef: string;
  /** The tip of the base branch when the pull request was last opened or pushed to, not its tip of now. */
  baseSha: string;
  /** Where the diff starts; recomputed when `baseSha` is. */
  mergeBase: string;
  readonly headRepository: Repository;
  readonly headRef: string;
  headSha: string;
  draft: boolean;
  mergedAt: Date | null;
  mergedBy: User | null;
  mergeCommitSha: string | null;
  /** Null until somebody asks, when the server is told to compute it lazily as GitHub does. */
  mergeable: boolean | null;
  autoMerge: { readonly by: User; readonly method: MergeMethod } | null;
  requestedReviewers: User[];
  readonly maintainerCanModify: boolean;
}

/** An issue that is a pull request. */
export type PullIssue = Issue & { readonly pull: Pull };

export interface IssueComment extends Remark {
  readonly issue: Issue;
}

export type ReviewState = "PENDING" | "COMMENTED" | "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED";

export interface Review extends Remark {
  readonly issue: PullIssue;
  readonly commitId: string;
  state: ReviewState;
  submittedAt: Date | null;
}

export type Side = "LEFT" | "RIGHT";

/** Where a thread hangs. `line` is null on a comment about the whole file. */
export interface Anchor {
  readonly path: string;
  readonly subjectType: "line" | "file";
  readonly side: Side;
  readonly line: number | null;
  readonly startLine: number | null;
  readonly startSide: Side | null;
}

export interface ReviewThread {
  readonly id: number;
  readonly issue: PullIssue;
  /** As the author wrote it, in the commit below; never changes. */
  readonly original: Anchor;
  readonly originalCommitId: string;
  readonly originalMergeBase: string;
  readonly originalPosition: number | null;
  readonly diffHunk: string;
  /** The same place in the present diff; line null (or undefined file) where it is outdated. */
  line: number | null;
  startLine: number | null;
  position: number | null;
  commitId: string;
  outdated: boolean;
  resolvedBy: User | null;
  readonly comments: ReviewComment[];
}

export interface ReviewComment extends Remark {
  readonly thread: ReviewThread;
  readonly review: Review;
  readonly inReplyTo: number | null;
}

export type CheckConclusion =
  | "action_required"
  | "cancelled"
  | "failure"
  | "neutral"
  | "skipped"
  | "stale"
  | "success"
  | "timed_out";

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly title: string | null;
  readonly message: string;
  readonly raw_details: string | null;
}

export interface CheckSuite {
  readonly id: number;
  readonly headSha: string;
  readonly appSlug: string;
  readonly createdAt: Date;
}

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly headSha: string;
  name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: CheckConclusion | null;
  externalId: string;
  detailsUrl: string | null;
  startedAt: Date;
  completedAt: Date | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: CheckAnnotation[];
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: User;
  readonly createdAt: Date;
}

export interface Release {
  readonly id: number;
  tagName: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  readonly author: User;
  readonly createdAt: Date;
  publishedAt: Date | null;
}

export interface WorkflowRun {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly event: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly headRepository: Repository;
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion: CheckConclusion | null;
  readonly actor: User;
  readonly createdAt: Date;
  readonly jobs: readonly WorkflowJob[];
}

export interface WorkflowJob {
  readonly id: number;
  readonly name: string;
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion: CheckConclusion | null;
  readonly steps: readonly { readonly name: string; readonly conclusion: CheckConclusion | null }[];
  readonly log: string;
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly run: WorkflowRun;
  readonly zip: Uint8Array;
  readonly expired: boolean;
  readonly createdAt: Date;
}

export interface SarifUpload {
  readonly id: string;
  readonly ref: string;
  readonly commitSha: string;
  readonly sarif: unknown;
  /** How often somebody asked what became of it: the first answer is that it is being processed. */
  looks: number;
  readonly errors: readonly string[];
  readonly createdAt: Date;
}

export interface Repository {
  readonly id: number;
  readonly owner: User;
  readonly name: string;
  readonly private: boolean;
  readonly description: string | null;
  defaultBranch: string;
  readonly parent: Repository | null;
  readonly createdAt: Date;
  pushedAt: Date;
  /** The bare repository on disk. */
  readonly gitDir: string;
  /** Branches and tags as they were last seen, to notice what a push moved. */
  refs: Map<string, string>;
  readonly collaborators: Map<string, Role>;
  /** Names of required checks by protected branch. */
  readonly protections: Map<string, readonly string[]>;
  readonly labels: Label[];
  readonly milestones: Milestone[];
  readonly issues: Map<number, Issue>;
  readonly comments: Map<number, IssueComment>;
  readonly reviews: Map<number, Review>;
  readonly threads: Map<number, ReviewThread>;
  readonly checkSuites: CheckSuite[];
  readonly checkRuns: Map<number, CheckRun>;
  readonly statuses: CommitStatus[];
  readonly releases: Map<number, Release>;
  readonly workflowRuns: Map<number, WorkflowRun>;
  readonly artifacts: Map<number, Artifact>;
  readonly sarifs: Map<string, SarifUpload>;
}

/** Something that happened, in the words of webhooks; `about` carries the thing it happened to. */
export type Happening =
  | { readonly event: "push"; readonly ref: string; readonly before: string; readonly after: string }
  | { readonly event: "pull_request"; readonly action: string; readonly issue: PullIssue; readonly before?: string }
  | { readonly event: "issues"; readonly action: string; readonly issue: Issue }
  | { readonly event: "issue_comment"; readonly action: string; readonly comment: IssueComment }
  | { readonly event: "pull_request_review"; readonly action: string; readonly review: Review }
  | { readonly event: "pull_request_review_comment"; readonly action: string; readonly comment: ReviewComment }
  | { readonly event: "pull_request_review_thread"; readonly action: string; readonly thread: ReviewThread }
  | { readonly event: "check_run"; readonly action: string; readonly run: CheckRun }
  | { readonly event: "check_suite"; readonly action: string; readonly suite: CheckSuite }
  | { readonly event: "workflow_run"; readonly action: string; readonly run: WorkflowRun };

/** Limits that tests may lower, so that a limit can be met without a thousand files. */
export interface Limits {
  readonly bodyCharacters: number;
  readonly annotationsPerRequest: number;
  readonly diffFiles: number;
  readonly diffLines: number;
  readonly compareFiles: number;
  readonly pullFiles: number;
  readonly filePatchBytes: number;
  readonly sarifRuns: number;
  readonly sarifResults: number;
}

export interface World {
  /** Known once the server listens. */
  url: string;
  readonly folder: string;
  readonly limits: Limits;
  /** GitHub answers `mergeable: null` to the first who asks; so does this server, when told. */
  readonly lazyMergeability: boolean;
  now(): Date;
  nextId(): number;
  happened(repository: Repository, actor: User, happening: Happening): void;
  readonly users: Map<string, User>;
  readonly tokens: Map<string, Token>;
  readonly repositories: Map<string, Repository>;
}

export function isPullIssue(issue: Issue | undefined): issue is PullIssue {
  return issue?.pull !== undefined;
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

export function repositoryByName(world: World, name: string): Repository | undefined {
  return world.repositories.get(name.toLowerCase());
}

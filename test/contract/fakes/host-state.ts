/** What the in-memory code host is told at first (`CodeHostSeed`, JSON) and what it remembers (`HostState`, JSON). */
import type {
  CheckRunDraft,
  CommitCheck,
  HostComment,
  HostJob,
  HostPermission,
  HostPullRequest,
  HostRelease,
  HostReview,
  HostUser,
  HostWorkflowRun,
  ReviewThread,
  ThreadComment,
} from "../../../src/model/code-host.ts";
import { type FakeCommit, FakeHistory } from "./host-history.ts";

/** Everything is optional; JSON, as `host:` of an action case holds it. */
export interface CodeHostSeed {
  /** `octo/demo` unless said. */
  readonly slug?: string;
  readonly defaultBranch?: string;
  readonly isPrivate?: boolean;
  readonly isArchived?: boolean;
  /** Whose token it is; `codeflow[bot]` unless said. */
  readonly viewer?: string;
  /** People (and bots: names that end in `[bot]`) and what they may do. Whoever is not named is unknown. */
  readonly people?: Readonly<Record<string, HostPermission>>;
  /** Slugs of teams that may review. */
  readonly teams?: readonly string[];
  readonly commits?: readonly FakeCommit[];
  /** Branch to commit. Branches of pull requests without a commit are made. */
  readonly branches?: Readonly<Record<string, string>>;
  readonly protected?: readonly string[];
  /** Checks that must succeed before anything is merged into a protected branch. */
  readonly requiredChecks?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly labels?: readonly { readonly name: string; readonly color?: string; readonly description?: string }[];
  readonly pullRequests?: readonly PullRequestSeed[];
  readonly issues?: readonly IssueSeed[];
  readonly comments?: readonly CommentSeed[];
  readonly reviews?: readonly {
    readonly on: number;
    readonly author: string;
    readonly state: HostReview["state"];
    readonly body?: string;
    readonly commit?: string;
    readonly at?: string;
  }[];
  readonly threads?: readonly ThreadSeed[];
  /** Of other tools: `sha` is the head of the pull request `on` unless said. */
  readonly checks?: readonly (Omit<CommitCheck, "id"> & { readonly sha?: string; readonly on?: number })[];
  readonly releases?: readonly (Partial<HostRelease> & { readonly tag: string })[];
  readonly workflowRuns?: readonly (Partial<HostWorkflowRun> & {
    readonly jobs?: readonly (Partial<HostJob> & { readonly log?: string })[];
  })[];
}

export interface PullRequestSeed extends Partial<Omit<HostPullRequest, "author" | "head" | "base">> {
  readonly number: number;
  readonly author?: string;
  /** Branch names; the commits are the branches'. */
  readonly head?: string;
  readonly base?: string;
  /** Of a closed one whose branch is gone. */
  readonly headSha?: string;
}

export interface IssueSeed {
  readonly number: number;
  readonly title?: string;
  readonly body?: string;
  readonly author?: string;
  readonly labels?: readonly string[];
  readonly assignees?: readonly string[];
}

export interface CommentSeed {
  readonly on: number;
  readonly id?: number;
  readonly author: string;
  readonly body: string;
  readonly association?: string;
  readonly at?: string;
}

export interface ThreadSeed {
  readonly on: number;
  readonly id?: string;
  readonly path: string;
  readonly line?: number;
  readonly isResolved?: boolean;
  readonly isOutdated?: boolean;
  readonly comments: readonly Omit<CommentSeed, "on">[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface FakePullRequest extends Mutable<
  Omit<HostPullRequest, "head" | "base" | "isMergeable" | "mergeState">
> {
  head: Mutable<HostPullRequest["head"]>;
  base: Mutable<HostPullRequest["base"]>;
  /** What the seed says, where the computed answer is not wanted. */
  isMergeable?: boolean | undefined;
  mergeState?: string;
}
export type FakeComment = Mutable<HostComment> & { on: number; reactions: string[] };
export type FakeThreadComment = Mutable<ThreadComment> & { reactions: string[]; minimized?: string };
export interface FakeThread extends Mutable<Omit<ReviewThread, "comments">> {
  on: number;
  /** Commit that `line` speaks of. */
  commit: string;
  comments: FakeThreadComment[];
}
export type FakeReview = Mutable<HostReview> & { on: number };
export type FakeCheckRun = CheckRunDraft & { id: number; annotations: NonNullable<CheckRunDraft["annotations"]> };
export type FakeIssue = Required<Mutable<IssueSeed>> & { reactions: string[]; labels: string[]; assignees: string[] };

/** Plain data; `expect.host` of a case is a subset of it. */
export interface HostState {
  pullRequests: FakePullRequest[];
  issues: FakeIssue[];
  comments: FakeComment[];
  reviews: FakeReview[];
  threads: FakeThread[];
  labels: { name: string; color: string; description: string }[];
  statuses: { sha: string; context: string; state: string; description: string; url?: string }[];
  checkRuns: FakeCheckRun[];
  /** Of other tools. */
  checks: (Omit<CommitCheck, "id"> & { sha: string })[];
  branches: Record<string, string>;
  tags: Record<string, string>;
  releases: Mutable<HostRelease>[];
  sarif: { id: string; sha: string; ref: string; sarif: string }[];
  workflowRuns: (HostWorkflowRun & { jobs: (HostJob & { log: string })[] })[];
  /** What changed something, in order: `ensureComment #7 created`. What changed nothing is not in it. */
  writes: string[];
}

/** One second further with every asking, so that orders are certain. */
export class FakeTime {
  #now: number;
  constructor(start: string) {
    this.#now = Date.parse(start);
  }
  next(): string {
    this.#now += 1_000;
    return new Date(this.#now).toISOString();
  }
}

export class FakeHostWorld {
  readonly history = new FakeHistory();
  readonly time: FakeTime;
  readonly slug: string;
  readonly defaultBranch: string;
  readonly viewer: string;
  readonly people: Record<string, HostPermission>;
  readonly teams: string[];
  readonly protected: string[];
  requiredChecks: string[];
  readonly state: HostState;
  #lastId = 1_000;

  constructor(seed: CodeHostSeed, now = "2026-01-01T00:00:00.000Z") {
    this.time = new FakeTime(now);
    this.slug = seed.slug ?? "octo/demo";
    this.defaultBranch = seed.defaultBranch ?? "main";
    this.viewer = seed.viewer ?? "codeflow[bot]";
    this.people = { [this.viewer]: "write", ...seed.people };
    this.teams = [...(seed.teams ?? [])];
    this.protected = [...(seed.protected ?? [])];
    this.requiredChecks = [...(seed.requiredChecks ?? [])];
    for (const commit of seed.commits ?? []) this.history.add(commit);
    const branches = { ...seed.branches };
    this.state = {
      pullRequests: [],
      issues: [],
      comments: [],
      reviews: [],
      threads: [],
      labels: [],
      statuses: [],
      checkRuns: [],
      checks: [],
      branches,
      tags: { ...seed.tags },
      releases: [],
      sarif: [],
      workflowRuns: [],
      writes: [],
    };
    branches[this.defaultBranch] ??= this.commit(undefined, {}, "First", "octocat");
    this.#fill(seed);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** A commit on top of another; null deletes a file. */
  commit(
    parent: string | undefined,
    files: Readonly<Record<string, string | null>>,
    message: string,
    author: string,
  ): string {
    const tree: Record<string, string> = { ...(parent === undefined ? {} : this.history.files(parent)) };
    for (const [path, text] of Object.entries(files)) {
      if (text === null) delete tree[path];
      else tree[path] = text;
    }
    const parents = parent === undefined ? [] : [parent];
    return this.history.add({ parents, message, author, date: this.time.next(), files: tree }).sha;
  }

  user(login: string): HostUser {
    return { login, isBot: login.endsWith("[bot]") };
  }

  associationOf(login: string): string {
    const permission = this.people[login] ?? "none";
    if (permission === "none" || permission === "read") return "NONE";
    return permission === "admin" ? "OWNER" : "COLLABORATOR";
  }

  url(path: string): string {
    return `https://github.example/${this.slug}/${path}`;
  }

  comment(from: CommentSeed): FakeComment {
    const id = from.id ?? this.nextId();
    const at = from.at ?? this.time.next();
    return {
      on: from.on,
      id,
      author: this.user(from.author),
      body: from.body,
      createdAt: at,
      updatedAt: at,
      url: this.url(`issues/${from.on}#issuecomment-${id}`),
      authorAssociation: from.association ?? this.associationOf(from.author),
      reactions: [],
    };
  }

  threadComment(from: CommentSeed): FakeThreadComment {
    const { on: _on, ...comment } = this.comment(from);
    return { ...comment, nodeId: `PRRC_${comment.id}`, url: this.url(`pull/${from.on}#discussion_r${comment.id}`) };
  }

  pullRequest(from: PullRequestSeed): FakePullRequest {
    const at = this.time.next();
    const { number, author = "octocat", head = `topic-${number}`, base = this.defaultBranch, headSha, ...rest } = from;
    const { branches } = this.state;
    const baseSha = (branches[base] ??= this.commit(undefined, {}, "First", author));
    const isOpen = (rest.state ?? "open") === "open";
    const sha = headSha ?? branches[head] ?? this.commit(baseSha, {}, rest.title ?? "Change", author);
    if (isOpen) branches[head] ??= sha;
    return {
      number,
      title: `Pull request ${number}`,
      body: "",
      state: "open",
      isMerged: false,
      isDraft: false,
      author: this.user(author),
      authorAssociation: this.associationOf(author),
      head: {
        branch: head,
        sha,
        repository: from.isFork === true ? `${author}/${this.slug.split("/")[1]}` : this.slug,
      },
      base: { branch: base, sha: baseSha },
      isFork: false,
      hasAutoMerge: false,
      additions: 0,
      deletions: 0,
      changedFiles: 0,
      createdAt: at,
      updatedAt: at,
      url: this.url(`pull/${number}`),
      ...rest,
      labels: [...(rest.labels ?? [])],
      assignees: [...(rest.assignees ?? [])],
      requestedReviewers: [...(rest.requestedReviewers ?? [])],
      requestedTeams: [...(rest.requestedTeams ?? [])],
    };
  }

  #fill(seed: CodeHostSeed): void {
    const { state } = this;
    for (const pull of seed.pullRequests ?? []) state.pullRequests.push(this.pullRequest(pull));
    for (const issue of seed.issues ?? []) {
      const { labels = [], assignees = [], ...rest } = issue;
      const base = { title: `Issue ${issue.number}`, body: "", author: "octocat", ...rest };
      state.issues.push({ ...base, labels: [...labels], assignees: [...assignees], reactions: [] });
    }
    for (const comment of seed.comments ?? []) state.comments.push(this.comment(comment));
    for (const { name, color = "ededed", description = "" } of seed.labels ?? []) {
      state.labels.push({ name, color, description });
    }
    for (const name of [...state.pullRequests, ...state.issues].flatMap(({ labels }) => labels)) this.ensureLabel(name);
    for (const { on, author, state: said, body = "", commit, at } of seed.reviews ?? []) {
      const submittedAt = at ?? this.time.next();
      const sha = commit ?? this.headOf(on);
      const review = { id: this.nextId(), author: this.user(author), state: said, body, commit: sha, submittedAt };
      state.reviews.push({ on, ...review });
    }
    for (const thread of seed.threads ?? []) state.threads.push(this.thread(thread));
    for (const { on, sha, ...check } of seed.checks ?? []) {
      state.checks.push({ ...check, sha: sha ?? (on === undefined ? "" : this.headOf(on)) });
    }
    for (const release of seed.releases ?? []) state.releases.push(this.release(release));
    for (const run of seed.workflowRuns ?? []) state.workflowRuns.push(this.workflowRun(run));
  }

  headOf(number: number): string {
    return this.state.pullRequests.find((pull) => pull.number === number)?.head.sha ?? "";
  }

  ensureLabel(name: string): void {
    if (this.state.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) return;
    this.state.labels.push({ name, color: "ededed", description: "" });
  }

  thread(from: ThreadSeed): FakeThread {
    return {
      on: from.on,
      id: from.id ?? `PRRT_${this.nextId()}`,
      path: from.path,
      line: from.isOutdated === true ? undefined : from.line,
      startLine: undefined,
      side: "RIGHT",
      isFileLevel: from.line === undefined,
      isResolved: from.isResolved ?? false,
      isOutdated: from.isOutdated ?? false,
      commit: this.headOf(from.on),
      comments: from.comments.map((comment) => this.threadComment({ on: from.on, ...comment })),
    };
  }

  release(from: Partial<HostRelease> & { readonly tag: string }): Mutable<HostRelease> {
    const isDraft = from.isDraft ?? false;
    const at = from.createdAt ?? this.time.next();
    return {
      id: this.nextId(),
      name: from.tag,
      body: "",
      isDraft,
      isPrerelease: false,
      target: this.defaultBranch,
      createdAt: at,
      ...(isDraft ? {} : { publishedAt: at }),
      url: this.url(`releases/tag/${encodeURIComponent(from.tag)}`),
      ...from,
    };
  }

  workflowRun(from: NonNullable<CodeHostSeed["workflowRuns"]>[number]): HostState["workflowRuns"][number] {
    const { jobs = [], ...rest } = from;
    const id = from.id ?? this.nextId();
    return {
      name: "CI",
      headBranch: this.defaultBranch,
      headSha: this.state.branches[this.defaultBranch] ?? "",
      status: "completed",
      conclusion: "success",
      createdAt: this.time.next(),
      url: this.url(`actions/runs/${id}`),
      ...rest,
      id,
      jobs: jobs.map((job) => {
        const jobId = job.id ?? this.nextId();
        const url = this.url(`actions/runs/${id}/job/${jobId}`);
        return { name: "build", conclusion: "success", steps: [], url, log: "", ...job, id: jobId };
      }),
    };
  }
}

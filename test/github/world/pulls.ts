/** The life of a pull request: opened, pushed to, made mergeable or not, merged, closed. */
import { pullChanges, refreshThread } from "./anchors.ts";
import { commitTree, mergedTree, rebased } from "./commits.ts";
import { git, type GitIdentity, isAncestor, listCommits, listRefs, mergeBaseOf, noCommit } from "./git.ts";
import { newIssue } from "./issues.ts";
import { Refusal, unprocessable, validationFailed } from "./refusal.ts";
import {
  fullName,
  isPullIssue,
  type MergeMethod,
  type PullIssue,
  type Repository,
  type User,
  type World,
} from "./state.ts";

export interface NewPull {
  readonly author: User;
  readonly title: string;
  readonly body: string;
  readonly headRepository: Repository;
  readonly headRef: string;
  readonly baseRef: string;
  readonly draft: boolean;
  readonly maintainerCanModify?: boolean;
  readonly appSlug?: string;
}

export function openPull(world: World, repository: Repository, wanted: NewPull): PullIssue {
  const headSha = wanted.headRepository.refs.get(`refs/heads/${wanted.headRef}`);
  const baseSha = repository.refs.get(`refs/heads/${wanted.baseRef}`);
  const invalid = (field: string) => validationFailed({ resource: "PullRequest", field, code: "invalid" });
  if (headSha === undefined) throw invalid("head");
  if (baseSha === undefined) throw invalid("base");
  const label = `${wanted.headRepository.owner.login}:${wanted.headRef}`;
  const twin = [...repository.issues.values()].find(
    (issue) =>
      isPullIssue(issue) &&
      issue.state === "open" &&
      issue.pull.headRef === wanted.headRef &&
      issue.pull.headRepository === wanted.headRepository &&
      issue.pull.baseRef === wanted.baseRef,
  );
  if (twin !== undefined) {
    const message = `A pull request already exists for ${label}.`;
    throw validationFailed({ resource: "PullRequest", code: "custom", message });
  }
  bringHead(repository, wanted.headRepository, headSha);
  const mergeBase = mergeBaseOf(repository.gitDir, baseSha, headSha);
  if (mergeBase === undefined || isAncestor(repository.gitDir, headSha, baseSha)) {
    const message =
      mergeBase === undefined
        ? `The ${wanted.headRef} branch has no history in common with ${wanted.baseRef}`
        : `No commits between ${wanted.baseRef} and ${label}`;
    throw validationFailed({ resource: "PullRequest", code: "custom", message });
  }
  const issue = newIssue(world, repository, {
    author: wanted.author,
    title: wanted.title,
    body: wanted.body,
    ...(wanted.appSlug === undefined ? {} : { appSlug: wanted.appSlug }),
    pull: {
      id: world.nextId(),
      baseRef: wanted.baseRef,
      baseSha,
      mergeBase,
      headRepository: wanted.headRepository,
      headRef: wanted.headRef,
      headSha,
      draft: wanted.draft,
      mergedAt: null,
      mergedBy: null,
      mergeCommitSha: null,
      mergeable: null,
      autoMerge: null,
      requestedReviewers: [],
      maintainerCanModify: wanted.maintainerCanModify ?? true,
    },
  });
  if (!isPullIssue(issue)) throw new Error("a pull request was made without its pull part");
  writePullRefs(world, repository, issue);
  world.happened(repository, wanted.author, { event: "pull_request", action: "opened", issue });
  return issue;
}

/** The base repository holds the objects of a fork's head too, as on GitHub. */
function bringHead(repository: Repository, from: Repository, sha: string): void {
  if (from === repository) return;
  git(repository.gitDir, ["fetch", "--quiet", "--no-tags", from.gitDir, sha]);
}

function writePullRefs(world: World, repository: Repository, issue: PullIssue): void {
  git(repository.gitDir, ["update-ref", `refs/pull/${issue.number}/head`, issue.pull.headSha]);
  issue.pull.mergeable = null;
  if (!world.lazyMergeability) computeMergeability(world, repository, issue);
}

/** A test merge into the base branch of now; `refs/pull/N/merge` stays where it was when there is a conflict. */
export function computeMergeability(world: World, repository: Repository, issue: PullIssue): void {
  const { pull } = issue;
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  const tree = mergedTree(repository.gitDir, base, pull.headSha);
  pull.mergeable = tree !== undefined;
  if (tree === undefined) return;
  const message = `Merge ${pull.headSha} into ${base}`;
  const identity = { name: "GitHub", email: "noreply@github.com", date: world.now() };
  pull.mergeCommitSha = commitTree(repository.gitDir, { tree, parents: [base, pull.headSha], message, identity });
  git(repository.gitDir, ["update-ref", `refs/pull/${issue.number}/merge`, pull.mergeCommitSha]);
}

/** Looks at what a push (or anything else that moved refs) did, and carries it into the pull requests. */
export function refsMoved(world: World, repository: Repository, actor: User): void {
  const before = repository.refs;
  const after = listRefs(repository.gitDir);
  repository.refs = after;
  const names = new Set([...before.keys(), ...after.keys()]);
  for (const name of names) {
    const [old, now] = [before.get(name) ?? noCommit, after.get(name) ?? noCommit];
    if (old === now) continue;
    repository.pushedAt = world.now();
    world.happened(repository, actor, { event: "push", ref: name, before: old, after: now });
    if (name.startsWith("refs/heads/")) branchMoved(world, repository, actor, name.slice("refs/heads/".length));
  }
}

function branchMoved(world: World, moved: Repository, actor: User, branch: string): void {
  for (const repository of world.repositories.values()) {
    for (const issue of repository.issues.values()) {
      if (!isPullIssue(issue) || issue.state === "closed") continue;
      const { pull } = issue;
      if (pull.headRepository === moved && pull.headRef === branch) headMoved(world, repository, issue, actor);
      if (repository === moved && pull.baseRef === branch) baseMoved(world, repository, issue, actor);
    }
  }
}

function headMoved(world: World, repository: Repository, issue: PullIssue, actor: User): void {
  const { pull } = issue;
  const sha = pull.headRepository.refs.get(`refs/heads/${pull.headRef}`);
  if (sha === undefined) {
    closePull(world, repository, issue, actor);
    return;
  }
  const before = pull.headSha;
  bringHead(repository, pull.headRepository, sha);
  pull.headSha = sha;
  rebasePull(world, repository, issue);
  world.happened(repository, actor, { event: "pull_request", action: "synchronize", issue, before });
}

/** Takes up the present base branch, and re-reads everything that depends on the diff. */
export function rebasePull(world: World, repository: Repository, issue: PullIssue): void {
  const { pull } = issue;
  pull.baseSha = repository.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  pull.mergeBase = mergeBaseOf(repository.gitDir, pull.baseSha, pull.headSha) ?? pull.mergeBase;
  issue.updatedAt = world.now();
  writePullRefs(world, repository, issue);
  for (const thread of repository.threads.values()) if (thread.issue === issue) refreshThread(repository, thread);
}

function baseMoved(world: World, repository: Repository, issue: PullIssue, actor: User): void {
  const base = repository.refs.get(`refs/heads/${issue.pull.baseRef}`);
  if (base !== undefined && isAncestor(repository.gitDir, issue.pull.headSha, base)) {
    markMerged(world, repository, issue, actor, base);
    return;
  }
  issue.pull.mergeable = null;
  if (base !== undefined && !world.lazyMergeability) computeMergeability(world, repository, issue);
}

function markMerged(world: World, repository: Repository, issue: PullIssue, by: User, sha: string): void {
  if (issue.pull.mergedAt !== null) return;
  issue.pull.mergedAt = world.now();
  issue.pull.mergedBy = by;
  issue.pull.mergeCommitSha = sha;
  issue.pull.autoMerge = null;
  closePull(world, repository, issue, by);
}

export function closePull(world: World, repository: Repository, issue: PullIssue, by: User): void {
  issue.state = "closed";
  issue.closedAt = world.now();
  issue.closedBy = by;
  issue.updatedAt = world.now();
  world.happened(repository, by, { event: "pull_request", action: "closed", issue });
}

export function reopenPull(world: World, repository: Repository, issue: PullIssue, by: User): void {
  if (issue.pull.mergedAt !== null) {
    const message = "Pull request cannot be reopened: it was merged";
    throw validationFailed({ resource: "PullRequest", field: "state", code: "invalid", message });
  }
  const sha = issue.pull.headRepository.refs.get(`refs/heads/${issue.pull.headRef}`);
  if (sha === undefined) {
    const message = `state cannot be changed. The ${issue.pull.headRef} branch has been deleted.`;
    throw validationFailed({ resource: "PullRequest", field: "state", code: "invalid", message });
  }
  issue.state = "open";
  issue.closedAt = null;
  issue.closedBy = null;
  bringHead(repository, issue.pull.headRepository, sha);
  issue.pull.headSha = sha;
  rebasePull(world, repository, issue);
  world.happened(repository, by, { event: "pull_request", action: "reopened", issue });
}

export interface MergeRequest {
  readonly by: User;
  readonly method: MergeMethod;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  /** Refused unless the head is still here. */
  readonly sha?: string | undefined;
}

export function mergePull(world: World, repository: Repository, issue: PullIssue, request: MergeRequest): string {
  const { pull } = issue;
  if (request.sha !== undefined && request.sha !== pull.headSha) {
    throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
  }
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`);
  if (issue.state === "closed" || base === undefined) throw new Refusal(405, "Pull Request is not mergeable");
  if (pull.draft) throw new Refusal(405, "Pull Request is still a draft");
  const identity = { name: request.by.name, email: request.by.email, date: world.now() };
  const sha = mergeCommit(repository, issue, base, request, identity);
  if (sha === undefined) throw new Refusal(405, "Pull Request is not mergeable");
  git(repository.gitDir, ["update-ref", `refs/heads/${pull.baseRef}`, sha, base]);
  markMerged(world, repository, issue, request.by, sha);
  refsMoved(world, repository, request.by);
  return sha;
}

function mergeCommit(
  repository: Repository,
  issue: PullIssue,
  base: string,
  request: MergeRequest,
  identity: GitIdentity,
): string | undefined {
  const { gitDir } = repository;
  const { pull } = issue;
  if (request.method === "rebase") return rebased(gitDir, pull.headSha, base, identity);
  const tree = mergedTree(gitDir, base, pull.headSha);
  if (tree === undefined) return undefined;
  const squash = request.method === "squash";
  const from = `${pull.headRepository.owner.login}/${pull.headRef}`;
  const subject =
    request.title ??
    (squash ? `${issue.title} (#${issue.number})` : `Merge pull request #${issue.number} from ${from}`);
  const message = `${subject}\n\n${request.message ?? (squash ? issue.body : issue.title)}`;
  return commitTree(gitDir, { tree, parents: squash ? [base] : [base, pull.headSha], message, identity });
}

/** Oldest first, as the API lists them. */
export function pullCommits(repository: Repository, issue: PullIssue): ReturnType<typeof listCommits> {
  return listCommits(repository.gitDir, [
    "--reverse",
    "--topo-order",
    `${issue.pull.mergeBase}..${issue.pull.headSha}`,
  ]);
}

/** Commits that a review may name: those of the pull request, pushed over or not. */
export function requirePullCommit(repository: Repository, issue: PullIssue, sha: string): void {
  if (sha === issue.pull.headSha) return;
  const known = listCommits(repository.gitDir, [`${issue.pull.mergeBase}..${issue.pull.headSha}`]);
  if (!known.some((commit) => commit.sha === sha)) throw unprocessable("Commit is not part of the pull request");
}

export interface DiffTooLarge {
  readonly unit: "files" | "lines";
  readonly limit: number;
}

export function diffTooLarge(world: World, repository: Repository, issue: PullIssue): DiffTooLarge | undefined {
  const changes = pullChanges(repository, issue);
  if (changes.length > world.limits.diffFiles) return { unit: "files", limit: world.limits.diffFiles };
  let lines = 0;
  for (const change of changes) for (const hunk of change.hunks) lines += hunk.lines.length + 1;
  return lines > world.limits.diffLines ? { unit: "lines", limit: world.limits.diffLines } : undefined;
}

export function findPull(repository: Repository, number: number): PullIssue | undefined {
  const issue = repository.issues.get(number);
  return isPullIssue(issue) ? issue : undefined;
}

export function pullsOf(repository: Repository): PullIssue[] {
  return [...repository.issues.values()].filter((issue) => isPullIssue(issue));
}

export function headLabel(issue: PullIssue): string {
  return `${issue.pull.headRepository.owner.login}:${issue.pull.headRef}`;
}

export function isFromFork(repository: Repository, issue: PullIssue): boolean {
  return fullName(issue.pull.headRepository) !== fullName(repository);
}

/** Pull requests, their files, reviews and review comments as the API shows them. */
import type { RestEndpointMethodTypes as Rest } from "@octokit/rest";
import { pullChanges } from "../world/anchors.ts";
import type { FileChange } from "../world/diff.ts";
import { timestamp } from "../world/git.ts";
import { nodeId } from "../world/ids.ts";
import { commentsOf } from "../world/issues.ts";
import { headLabel, pullCommits } from "../world/pulls.ts";
import { mergeableState } from "../world/protection.ts";
import { associationOf } from "../world/repositories.ts";
import { reviewCommentsOf } from "../world/reviews.ts";
import type { PullIssue, Repository, Review, ReviewComment, World } from "../world/state.ts";
import { labelsOf } from "./issues.ts";
import { issuePage, repositoryApi, repositoryPage } from "./links.ts";
import { milestoneShape, nullableUser, reactionCounts, userShape } from "./people.ts";
import { repositoryShape } from "./repository.ts";

type PullShape = Rest["pulls"]["get"]["response"]["data"];
/** A label without a description says null, which Octokit's type of this list alone forgets. */
type SimplePullShape = Omit<Rest["pulls"]["list"]["response"]["data"][number], "labels">;
type FileShape = Rest["pulls"]["listFiles"]["response"]["data"][number];
type ReviewShape = Rest["pulls"]["getReview"]["response"]["data"];
type ReviewCommentShape = Rest["pulls"]["getReviewComment"]["response"]["data"];

const methods = { merge: "merge", squash: "squash", rebase: "rebase" } as const;

function simplePull(world: World, repository: Repository, issue: PullIssue) {
  const { pull } = issue;
  const api = repositoryApi(world, repository, `/pulls/${issue.number}`);
  const issueApi = repositoryApi(world, repository, `/issues/${issue.number}`);
  const page = issuePage(world, repository, issue);
  const statuses = repositoryApi(world, repository, `/statuses/${pull.headSha}`);
  const date = (at: Date | null): string | null => (at === null ? null : timestamp(at));
  return {
    url: api,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueApi,
    commits_url: `${api}/commits`,
    review_comments_url: `${api}/comments`,
    review_comment_url: repositoryApi(world, repository, "/pulls/comments{/number}"),
    comments_url: `${issueApi}/comments`,
    statuses_url: statuses,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    active_lock_reason: issue.lockReason,
    title: issue.title,
    user: userShape(world, issue.author),
    body: issue.body === "" ? null : issue.body,
    labels: labelsOf(world, repository, issue),
    milestone: issue.milestone === null ? null : milestoneShape(world, repository, issue.milestone),
    created_at: timestamp(issue.createdAt),
    updated_at: timestamp(issue.updatedAt),
    closed_at: date(issue.closedAt),
    merged_at: date(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    assignee: nullableUser(world, issue.assignees[0] ?? null),
    assignees: issue.assignees.map((user) => userShape(world, user)),
    requested_reviewers: pull.requestedReviewers.map((user) => userShape(world, user)),
    requested_teams: [],
    head: {
      label: headLabel(issue),
      ref: pull.headRef,
      sha: pull.headSha,
      user: userShape(world, pull.headRepository.owner),
      repo: repositoryShape(world, pull.headRepository),
    },
    base: {
      label: `${repository.owner.login}:${pull.baseRef}`,
      ref: pull.baseRef,
      sha: pull.baseSha,
      user: userShape(world, repository.owner),
      repo: repositoryShape(world, repository),
    },
    _links: {
      self: { href: api },
      html: { href: page },
      issue: { href: issueApi },
      comments: { href: `${issueApi}/comments` },
      review_comments: { href: `${api}/comments` },
      review_comment: { href: repositoryApi(world, repository, "/pulls/comments{/number}") },
      commits: { href: `${api}/commits` },
      statuses: { href: statuses },
    },
    author_association: associationOf(repository, issue.author),
    auto_merge:
      pull.autoMerge === null
        ? null
        : {
            enabled_by: userShape(world, pull.autoMerge.by),
            merge_method: methods[pull.autoMerge.method],
            commit_title: issue.title,
            commit_message: issue.body,
          },
    draft: pull.draft,
  };
}

export function simplePullShape(world: World, repository: Repository, issue: PullIssue): SimplePullShape {
  return simplePull(world, repository, issue);
}

export function pullShape(world: World, repository: Repository, issue: PullIssue): PullShape {
  const { pull } = issue;
  const changes = pullChanges(repository, issue);
  return {
    ...simplePull(world, repository, issue),
    merged: pull.mergedAt !== null,
    mergeable: issue.state === "closed" ? null : pull.mergeable,
    rebaseable: issue.state === "closed" ? null : pull.mergeable,
    mergeable_state: mergeableState(repository, issue),
    merged_by: nullableUser(world, pull.mergedBy),
    comments: commentsOf(repository, issue).length,
    review_comments: reviewCommentsOf(repository, issue).length,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: pullCommits(repository, issue).length,
    additions: changes.reduce((sum, change) => sum + change.additions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    changed_files: changes.length,
  };
}

export function fileShape(world: World, repository: Repository, sha: string, change: FileChange): FileShape {
  const path = change.path.split("/").map(encodeURIComponent).join("/");
  const shown = change.patch !== "" && Buffer.byteLength(change.patch) <= world.limits.filePatchBytes;
  return {
    sha: change.blob,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: repositoryPage(world, repository, `/blob/${sha}/${path}`),
    raw_url: repositoryPage(world, repository, `/raw/${sha}/${path}`),
    contents_url: repositoryApi(world, repository, `/contents/${path}?ref=${sha}`),
    ...(shown ? { patch: change.patch } : {}),
    ...(change.previousPath === undefined ? {} : { previous_filename: change.previousPath }),
  };
}

export function reviewShape(world: World, repository: Repository, review: Review): ReviewShape {
  const html = `${issuePage(world, repository, review.issue)}#pullrequestreview-${review.id}`;
  const pullUrl = repositoryApi(world, repository, `/pulls/${review.issue.number}`);
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: userShape(world, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    ...(review.submittedAt === null ? {} : { submitted_at: timestamp(review.submittedAt) }),
    commit_id: review.commitId,
    author_association: associationOf(repository, review.author),
  };
}

/**
 * GitHub says null for the line and position of an outdated comment where Octokit's types promise a number; we say what
 * GitHub says.
 */
export function reviewCommentShape(world: World, repository: Repository, comment: ReviewComment): ReviewCommentShape {
  const { thread } = comment;
  const url = repositoryApi(world, repository, `/pulls/comments/${comment.id}`);
  const html = `${issuePage(world, repository, thread.issue)}#discussion_r${comment.id}`;
  const pullUrl = repositoryApi(world, repository, `/pulls/${thread.issue.number}`);
  const nullable = {
    line: thread.line,
    original_line: thread.original.line,
    position: thread.position,
    original_position: thread.originalPosition,
  } as { line: number; original_line: number; position: number; original_position: number };
  return {
    url,
    pull_request_review_id: comment.review.id,
    id: comment.id,
    node_id: nodeId("PRRC", comment.id),
    diff_hunk: thread.diffHunk,
    path: thread.original.path,
    commit_id: thread.commitId,
    original_commit_id: thread.originalCommitId,
    user: userShape(world, comment.author),
    body: comment.body,
    created_at: timestamp(comment.createdAt),
    updated_at: timestamp(comment.updatedAt),
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(repository, comment.author),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl } },
    start_line: thread.startLine,
    original_start_line: thread.original.startLine,
    start_side: thread.original.startSide,
    side: thread.original.side,
    ...nullable,
    subject_type: thread.original.subjectType,
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
    reactions: reactionCounts(url, comment.reactions),
  };
}

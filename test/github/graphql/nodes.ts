/** The objects behind GraphQL's types: plain values and functions that graphql-js calls field by field. */
import { GraphQLError } from "graphql";
import type { Viewer } from "../http/call.ts";
import { checkNeed } from "../http/router.ts";
import { issuePage } from "../shapes/links.ts";
import { timestamp } from "../world/git.ts";
import { nodeId } from "../world/ids.ts";
import { commentsOf } from "../world/issues.ts";
import { isFromFork } from "../world/pulls.ts";
import { associationOf, roleOf } from "../world/repositories.ts";
import { Refusal } from "../world/refusal.ts";
import { reviewsOf, threadsOf } from "../world/reviews.ts";
import {
  fullName,
  type IssueComment,
  type PullIssue,
  type Remark,
  type Repository,
  type Review,
  type ReviewComment,
  type ReviewThread,
  type User,
  type World,
} from "../world/state.ts";

export interface Scene {
  readonly world: World;
  readonly viewer: Viewer;
}

/** GitHub puts the kind of an error beside its message. */
export function graphqlFault(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

interface Paging {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

const cursorOf = (index: number): string => Buffer.from(`cursor:v2:${index}`).toString("base64");
const indexOf = (cursor: string): number => Number(Buffer.from(cursor, "base64").toString().split(":").at(-1));

const maxPage = 100;

/** GitHub refuses connections without bounds and pages of more than a hundred. */
function connection<T>(name: string, items: readonly T[], paging: Paging, node: (item: T) => unknown): unknown {
  const size = paging.first ?? paging.last;
  if (typeof size !== "number") {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    throw graphqlFault("MISSING_PAGINATION_BOUNDARIES", message);
  }
  if (size > maxPage) {
    const message = `Requesting ${size} records on the \`${name}\` connection exceeds the \`first\` limit of ${maxPage} records.`;
    throw graphqlFault("EXCESSIVE_PAGINATION", message);
  }
  const from = typeof paging.after === "string" ? indexOf(paging.after) + 1 : 0;
  const to = typeof paging.before === "string" ? indexOf(paging.before) : items.length;
  const start = typeof paging.first === "number" ? from : Math.max(from, to - size);
  const end = typeof paging.first === "number" ? Math.min(to, from + size) : to;
  return {
    totalCount: items.length,
    nodes: items.slice(start, end).map((item) => node(item)),
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: start < end ? cursorOf(start) : null,
      endCursor: start < end ? cursorOf(end - 1) : null,
    },
  };
}

/** A bot's login has no "[bot]" here, unlike in REST. */
export function actorNode(scene: Scene, user: User): unknown {
  const kind = user.type === "Bot" ? "BOT" : user.type === "Organization" ? "O" : "U";
  const login = user.type === "Bot" ? user.login.replace(/\[bot\]$/, "") : user.login;
  return {
    __typename: user.type,
    id: nodeId(kind, user.id),
    databaseId: user.id,
    login,
    name: user.name,
    url: `${scene.world.url}/${user.type === "Bot" ? "apps/" : ""}${login}`,
  };
}

/** Only here is a bot a User, and its login whole: what GITHUB_TOKEN asks to learn who it is. */
export function viewerNode(scene: Scene, user: User): unknown {
  return { ...(actorNode(scene, user) as object), __typename: "User", login: user.login };
}

function remarkFields(scene: Scene, repository: Repository, remark: Remark) {
  return {
    databaseId: remark.id,
    fullDatabaseId: String(remark.id),
    author: actorNode(scene, remark.author),
    authorAssociation: associationOf(repository, remark.author),
    body: remark.body,
    bodyText: remark.body,
    isMinimized: remark.minimizedReason !== undefined,
    minimizedReason: remark.minimizedReason ?? null,
    viewerCanMinimize: may(scene, repository),
    viewerDidAuthor: remark.author === scene.viewer.user,
    createdAt: timestamp(remark.createdAt),
    updatedAt: timestamp(remark.updatedAt),
  };
}

/** Whether the viewer may resolve threads and hide comments. */
function may(scene: Scene, repository: Repository): boolean {
  try {
    checkNeed(repository, scene.viewer, { scopes: ["pull_requests"], level: "triage" });
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

export function issueCommentNode(scene: Scene, repository: Repository, comment: IssueComment): unknown {
  return {
    __typename: "IssueComment",
    id: nodeId("IC", comment.id),
    ...remarkFields(scene, repository, comment),
    url: `${issuePage(scene.world, repository, comment.issue)}#issuecomment-${comment.id}`,
  };
}

function reviewNode(scene: Scene, repository: Repository, review: Review): unknown {
  return {
    __typename: "PullRequestReview",
    id: nodeId("PRR", review.id),
    ...remarkFields(scene, repository, review),
    state: review.state,
    submittedAt: review.submittedAt === null ? null : timestamp(review.submittedAt),
    url: `${issuePage(scene.world, repository, review.issue)}#pullrequestreview-${review.id}`,
  };
}

export function reviewCommentNode(scene: Scene, repository: Repository, comment: ReviewComment): unknown {
  const { thread } = comment;
  const first = thread.comments[0];
  return {
    __typename: "PullRequestReviewComment",
    id: nodeId("PRRC", comment.id),
    ...remarkFields(scene, repository, comment),
    path: thread.original.path,
    diffHunk: thread.diffHunk,
    line: thread.line,
    originalLine: thread.original.line,
    startLine: thread.startLine,
    originalStartLine: thread.original.startLine,
    subjectType: thread.original.subjectType.toUpperCase(),
    outdated: thread.outdated,
    replyTo: () =>
      comment.inReplyTo === null || first === undefined ? null : reviewCommentNode(scene, repository, first),
    pullRequestReview: () => reviewNode(scene, repository, comment.review),
    commit: { oid: thread.commitId },
    originalCommit: { oid: thread.originalCommitId },
    url: `${issuePage(scene.world, repository, thread.issue)}#discussion_r${comment.id}`,
  };
}

export function threadNode(scene: Scene, repository: Repository, thread: ReviewThread): unknown {
  const resolved = thread.resolvedBy !== null;
  const mayResolve = may(scene, repository) || thread.issue.author === scene.viewer.user;
  return {
    __typename: "PullRequestReviewThread",
    id: nodeId("PRRT", thread.id),
    isResolved: resolved,
    isOutdated: thread.outdated,
    isCollapsed: resolved || thread.outdated,
    path: thread.original.path,
    line: thread.line,
    startLine: thread.startLine,
    originalLine: thread.original.line,
    originalStartLine: thread.original.startLine,
    diffSide: thread.original.side,
    startDiffSide: thread.original.startSide,
    subjectType: thread.original.subjectType.toUpperCase(),
    // The schema says User: GitHub shows a bot that resolved a thread as one, too.
    resolvedBy: thread.resolvedBy === null ? null : actorNode(scene, thread.resolvedBy),
    viewerCanResolve: mayResolve && !resolved,
    viewerCanUnresolve: mayResolve && resolved,
    viewerCanReply: scene.viewer.user !== undefined,
    pullRequest: () => pullNode(scene, repository, thread.issue),
    comments: (paging: Paging) =>
      connection("comments", thread.comments, paging, (comment) => reviewCommentNode(scene, repository, comment)),
  };
}

export function pullNode(scene: Scene, repository: Repository, issue: PullIssue): unknown {
  const { pull } = issue;
  const shownThreads = (): ReviewThread[] =>
    threadsOf(repository, issue).filter((thread) =>
      thread.comments.some((each) => each.review.state !== "PENDING" || each.author === scene.viewer.user),
    );
  return {
    __typename: "PullRequest",
    id: nodeId("PR", pull.id),
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    number: issue.number,
    title: issue.title,
    body: issue.body,
    author: actorNode(scene, issue.author),
    state: pull.mergedAt === null ? issue.state.toUpperCase() : "MERGED",
    isDraft: pull.draft,
    isCrossRepository: isFromFork(repository, issue),
    merged: pull.mergedAt !== null,
    mergeable: pull.mergeable === null ? "UNKNOWN" : pull.mergeable ? "MERGEABLE" : "CONFLICTING",
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    autoMergeRequest:
      pull.autoMerge === null
        ? null
        : {
            enabledAt: timestamp(issue.updatedAt),
            enabledBy: actorNode(scene, pull.autoMerge.by),
            mergeMethod: pull.autoMerge.method.toUpperCase(),
          },
    url: issuePage(scene.world, repository, issue),
    comments: (paging: Paging) =>
      connection("comments", commentsOf(repository, issue), paging, (each) =>
        issueCommentNode(scene, repository, each),
      ),
    reviews: (paging: Paging) =>
      connection("reviews", reviewsOf(repository, issue), paging, (each) => reviewNode(scene, repository, each)),
    reviewThreads: (paging: Paging) =>
      connection("reviewThreads", shownThreads(), paging, (each) => threadNode(scene, repository, each)),
  };
}

export function repositoryNode(scene: Scene, repository: Repository): unknown {
  const role = roleOf(repository, scene.viewer.user);
  return {
    __typename: "Repository",
    id: nodeId("R", repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(repository),
    isPrivate: repository.private,
    viewerPermission: role === "none" ? null : role.toUpperCase(),
    pullRequest: ({ number }: { readonly number: number }) => {
      const issue = repository.issues.get(number);
      if (issue?.pull === undefined) {
        throw graphqlFault("NOT_FOUND", `Could not resolve to a PullRequest with the number of ${number}.`);
      }
      return pullNode(scene, repository, issue as PullIssue);
    },
  };
}

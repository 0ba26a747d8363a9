/** `/graphql`: parses and validates by the schema, then reads or changes the same world as REST does. */
import { type GraphQLError, graphqlSync } from "graphql";
import * as z from "zod";
import type { Reply, Viewer } from "../http/call.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import { checkNeed, isVisible } from "../http/router.ts";
import { timestamp } from "../world/git.ts";
import { parseNodeId } from "../world/ids.ts";
import { pullsOf } from "../world/pulls.ts";
import { mergeableState } from "../world/protection.ts";
import { notFound, Refusal } from "../world/refusal.ts";
import { findReviewComment, replyToComment, resolveThread } from "../world/reviews.ts";
import {
  type MergeMethod,
  type PullIssue,
  type Remark,
  type Repository,
  repositoryByName,
  type ReviewThread,
  type World,
} from "../world/state.ts";
import {
  actorNode,
  graphqlFault,
  issueCommentNode,
  pullNode,
  repositoryNode,
  reviewCommentNode,
  type Scene,
  threadNode,
  viewerNode,
} from "./nodes.ts";
import { schema } from "./schema.ts";

const Request = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

export function answerGraphql(world: World, viewer: Viewer, body: unknown, limits: RateLimits, who: string): Reply {
  if (viewer.user === undefined) throw new Refusal(403, "API rate limit exceeded for 127.0.0.1.");
  const request = Request.safeParse(body);
  if (!request.success) throw new Refusal(400, "A query attribute must be specified and must be a string.");
  const { query, variables, operationName } = request.data;
  const scene = { world, viewer };
  const result = graphqlSync({
    schema,
    source: query,
    rootValue: { ...queries(scene, limits, who), ...mutations(scene) },
    ...(variables === null || variables === undefined ? {} : { variableValues: variables }),
    ...(typeof operationName === "string" ? { operationName } : {}),
  });
  const errors = result.errors?.map((error) => errorShape(error));
  return {
    status: 200,
    json: { ...(result.data === undefined ? {} : { data: result.data }), ...(errors && { errors }) },
  };
}

/** GitHub's errors have their type at the top, and faults of validation have a code among the extensions. */
function errorShape(error: GraphQLError): unknown {
  const cause = error.originalError;
  const fromRefusal = cause instanceof Refusal ? refusalType(cause) : undefined;
  if (cause !== undefined && cause !== null && fromRefusal === undefined && error.extensions["type"] === undefined) {
    throw cause;
  }
  const type = fromRefusal ?? error.extensions["type"];
  const details = cause instanceof Refusal ? (cause.body["errors"] as unknown[] | undefined) : undefined;
  return {
    ...(type === undefined ? { extensions: { code: "undefinedField" } } : { type }),
    ...(error.path === undefined ? {} : { path: error.path }),
    locations: error.locations,
    message: typeof details?.[0] === "string" ? details[0] : error.message,
  };
}

function refusalType(refusal: Refusal): string {
  if (refusal.status === 404) return "NOT_FOUND";
  return refusal.status === 422 ? "UNPROCESSABLE" : "FORBIDDEN";
}

type Found =
  | { readonly kind: "pull"; readonly repository: Repository; readonly issue: PullIssue }
  | { readonly kind: "thread"; readonly repository: Repository; readonly thread: ReviewThread }
  | {
      readonly kind: "comment";
      readonly repository: Repository;
      readonly remark: Remark;
      readonly node: () => unknown;
    };

function find(scene: Scene, id: string): Found {
  const parsed = parseNodeId(id);
  for (const repository of scene.world.repositories.values()) {
    if (parsed === undefined || !isVisible(repository, scene.viewer)) continue;
    if (parsed.kind === "PR") {
      const issue = pullsOf(repository).find((each) => each.pull.id === parsed.id);
      if (issue !== undefined) return { kind: "pull", repository, issue };
    }
    if (parsed.kind === "PRRT") {
      const thread = repository.threads.get(parsed.id);
      if (thread !== undefined) return { kind: "thread", repository, thread };
    }
    if (parsed.kind === "IC") {
      const comment = repository.comments.get(parsed.id);
      const node = (): unknown => comment && issueCommentNode(scene, repository, comment);
      if (comment !== undefined) return { kind: "comment", repository, remark: comment, node };
    }
    if (parsed.kind === "PRRC") {
      const comment = findReviewComment(repository, parsed.id);
      const node = (): unknown => comment && reviewCommentNode(scene, repository, comment);
      if (comment !== undefined) return { kind: "comment", repository, remark: comment, node };
    }
  }
  throw graphqlFault("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

function findPull(scene: Scene, id: string): Extract<Found, { kind: "pull" }> {
  const found = find(scene, id);
  if (found.kind === "pull") return found;
  throw graphqlFault("NOT_FOUND", `Could not resolve to PullRequest node with the global id of '${id}'.`);
}

function findThread(scene: Scene, id: string): Extract<Found, { kind: "thread" }> {
  const found = find(scene, id);
  if (found.kind === "thread") return found;
  throw graphqlFault("NOT_FOUND", `Could not resolve to PullRequestReviewThread node with the global id of '${id}'.`);
}

function nodeOf(scene: Scene, found: Found): unknown {
  switch (found.kind) {
    case "pull":
      return pullNode(scene, found.repository, found.issue);
    case "thread":
      return threadNode(scene, found.repository, found.thread);
    case "comment":
      return found.node();
  }
}

function queries(scene: Scene, limits: RateLimits, who: string) {
  return {
    viewer: () => scene.viewer.user && viewerNode(scene, scene.viewer.user),
    node: ({ id }: { id: string }) => nodeOf(scene, find(scene, id)),
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => nodeOf(scene, find(scene, id))),
    rateLimit: () => {
      const { limit, remaining, used, reset } = limits.state(who, "graphql");
      return { cost: 1, limit, remaining, used, resetAt: timestamp(new Date(reset * 1000)) };
    },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const repository = repositoryByName(scene.world, `${owner}/${name}`);
      if (repository !== undefined && isVisible(repository, scene.viewer)) return repositoryNode(scene, repository);
      throw graphqlFault("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    },
  };
}

interface Input<T> {
  readonly input: T & { readonly clientMutationId?: string | null };
}

function mutations(scene: Scene) {
  const { world, viewer } = scene;
  const user = () => {
    if (viewer.user === undefined) throw notFound();
    return viewer.user;
  };
  const allow = (repository: Repository, level: "open" | "triage" | "write"): void =>
    checkNeed(repository, viewer, { scopes: ["pull_requests"], level });

  const setResolved = (threadId: string, resolved: boolean, clientMutationId: string | null | undefined) => {
    const { repository, thread } = findThread(scene, threadId);
    // The author of the pull request may resolve too, without any role.
    allow(repository, thread.issue.author === viewer.user ? "open" : "triage");
    // Of apps, GitHub asks for contents as well: https://github.com/github/gh-aw/issues/35726.
    if (viewer.token?.kind === "installation") checkNeed(repository, viewer, { scopes: ["contents"], level: "write" });
    resolveThread(world, repository, thread, resolved ? user() : null);
    return { clientMutationId, thread: threadNode(scene, repository, thread) };
  };

  const setMinimized = (subjectId: string, reason: string | undefined) => {
    const found = find(scene, subjectId);
    if (found.kind !== "comment") throw graphqlFault("NOT_FOUND", `'${subjectId}' cannot be minimized`);
    allow(found.repository, "triage");
    if (reason === undefined) delete found.remark.minimizedReason;
    else found.remark.minimizedReason = reason.toLowerCase().replace("_", "-");
    return found.node();
  };

  const setDraft = (pullRequestId: string, draft: boolean) => {
    const { repository, issue } = findPull(scene, pullRequestId);
    allow(repository, issue.author === viewer.user ? "open" : "write");
    if (issue.pull.draft !== draft) {
      issue.pull.draft = draft;
      const action = draft ? "converted_to_draft" : "ready_for_review";
      world.happened(repository, user(), { event: "pull_request", action, issue });
    }
    return { pullRequest: pullNode(scene, repository, issue) };
  };

  return {
    resolveReviewThread: ({ input }: Input<{ threadId: string }>) =>
      setResolved(input.threadId, true, input.clientMutationId),
    unresolveReviewThread: ({ input }: Input<{ threadId: string }>) =>
      setResolved(input.threadId, false, input.clientMutationId),
    addPullRequestReviewThreadReply: ({ input }: Input<{ pullRequestReviewThreadId: string; body: string }>) => {
      const { repository, thread } = findThread(scene, input.pullRequestReviewThreadId);
      allow(repository, "open");
      const [first] = thread.comments;
      if (first === undefined) throw notFound();
      const slug = viewer.token?.appSlug;
      const said = { author: user(), body: input.body, ...(slug === undefined ? {} : { appSlug: slug }) };
      return { comment: reviewCommentNode(scene, repository, replyToComment(world, repository, first, said)) };
    },
    minimizeComment: ({ input }: Input<{ subjectId: string; classifier: string }>) => ({
      minimizedComment: setMinimized(input.subjectId, input.classifier),
    }),
    unminimizeComment: ({ input }: Input<{ subjectId: string }>) => ({
      unminimizedComment: setMinimized(input.subjectId, undefined),
    }),
    enablePullRequestAutoMerge: ({ input }: Input<{ pullRequestId: string; mergeMethod: string }>) => {
      const { repository, issue } = findPull(scene, input.pullRequestId);
      allow(repository, "write");
      // What could be merged at once is to be merged, not to be waited for.
      if (mergeableState(repository, issue) === "clean") {
        throw graphqlFault("UNPROCESSABLE", "Pull request Pull request is in clean status");
      }
      if (issue.state === "closed")
        throw graphqlFault("UNPROCESSABLE", "Can't enable auto-merge for this pull request");
      issue.pull.autoMerge = { by: user(), method: input.mergeMethod.toLowerCase() as MergeMethod };
      world.happened(repository, user(), { event: "pull_request", action: "auto_merge_enabled", issue });
      return { actor: actorNode(scene, user()), pullRequest: pullNode(scene, repository, issue) };
    },
    disablePullRequestAutoMerge: ({ input }: Input<{ pullRequestId: string }>) => {
      const { repository, issue } = findPull(scene, input.pullRequestId);
      allow(repository, "write");
      if (issue.pull.autoMerge === null) {
        throw graphqlFault("UNPROCESSABLE", "Can't disable auto-merge for this pull request");
      }
      issue.pull.autoMerge = null;
      world.happened(repository, user(), { event: "pull_request", action: "auto_merge_disabled", issue });
      return { actor: actorNode(scene, user()), pullRequest: pullNode(scene, repository, issue) };
    },
    convertPullRequestToDraft: ({ input }: Input<{ pullRequestId: string }>) => setDraft(input.pullRequestId, true),
    markPullRequestReadyForReview: ({ input }: Input<{ pullRequestId: string }>) =>
      setDraft(input.pullRequestId, false),
  };
}

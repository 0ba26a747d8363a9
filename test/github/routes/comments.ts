/** Comments on issues and pull requests, and reactions to anything that was said. */
import * as z from "zod";
import { created, noContent, ok, type Reply, type RepositoryCall } from "../http/call.ts";
import { checkAuthor, type Route, repositoryRoute } from "../http/router.ts";
import { commentShape } from "../shapes/issues.ts";
import { reactionShape } from "../shapes/people.ts";
import { addComment, commentsOf, editRemark } from "../world/issues.ts";
import { notFound } from "../world/refusal.ts";
import { findReviewComment } from "../world/reviews.ts";
import { type IssueComment, reactionContents, type Remark } from "../world/state.ts";
import { checkUnlocked } from "./issues.ts";

const Body = z.object({ body: z.string() });
const NewReaction = z.object({ content: z.enum(reactionContents) });

function comment(call: RepositoryCall): IssueComment {
  const found = call.repository.comments.get(call.number("id"));
  if (found === undefined) throw notFound();
  return found;
}

function sinceFilter(call: RepositoryCall, comments: readonly IssueComment[]): IssueComment[] {
  const since = call.query.get("since");
  const shown = comments.filter((each) => since === null || each.updatedAt >= new Date(since));
  const newest = call.query.get("direction") === "desc";
  return newest ? shown.reverse() : shown;
}

/** The same reaction of the same person is given once: the second time answers 200 with the first. */
function react(call: RepositoryCall, remark: Remark): Reply {
  const { content } = call.read(NewReaction);
  const known = remark.reactions.find((each) => each.user === call.user && each.content === content);
  if (known !== undefined) return ok(reactionShape(call.world, known));
  const reaction = { id: call.world.nextId(), user: call.user, content, createdAt: call.world.now() };
  remark.reactions.push(reaction);
  return created(reactionShape(call.world, reaction));
}

function unreact(call: RepositoryCall, remark: Remark): Reply {
  const index = remark.reactions.findIndex((each) => each.id === call.number("reaction"));
  const reaction = remark.reactions[index];
  if (reaction === undefined) throw notFound();
  checkAuthor(call, reaction.user);
  remark.reactions.splice(index, 1);
  return noContent;
}

function listReactions(call: RepositoryCall, remark: Remark): Reply {
  const content = call.query.get("content");
  const shown = remark.reactions.filter((each) => content === null || each.content === content);
  return call.page(shown, (each) => reactionShape(call.world, each));
}

function reactionRoutes(pattern: string, find: (call: RepositoryCall) => Remark): Route[] {
  const scopes = "issues|pull_requests";
  return [
    repositoryRoute("GET", `${pattern}/reactions`, `${scopes}:read`, (call) => listReactions(call, find(call))),
    repositoryRoute("POST", `${pattern}/reactions`, `${scopes}:open`, (call) => react(call, find(call))),
    repositoryRoute("DELETE", `${pattern}/reactions/:reaction`, `${scopes}:open`, (call) => unreact(call, find(call))),
  ];
}

export const commentRoutes: readonly Route[] = [
  repositoryRoute("GET", "/issues/comments", "issues|pull_requests:read", (call) =>
    call.page(sinceFilter(call, [...call.repository.comments.values()]), (each) =>
      commentShape(call.world, call.repository, each),
    ),
  ),

  repositoryRoute("GET", "/issues/comments/:id", "issues|pull_requests:read", (call) =>
    ok(commentShape(call.world, call.repository, comment(call))),
  ),

  repositoryRoute("PATCH", "/issues/comments/:id", "issues|pull_requests:open", (call) => {
    const found = comment(call);
    checkAuthor(call, found.author);
    editRemark(call.world, "IssueComment", found, call.read(Body).body);
    call.world.happened(call.repository, call.user, { event: "issue_comment", action: "edited", comment: found });
    return ok(commentShape(call.world, call.repository, found));
  }),

  repositoryRoute("DELETE", "/issues/comments/:id", "issues|pull_requests:open", (call) => {
    const found = comment(call);
    checkAuthor(call, found.author);
    call.repository.comments.delete(found.id);
    call.world.happened(call.repository, call.user, { event: "issue_comment", action: "deleted", comment: found });
    return noContent;
  }),

  repositoryRoute("GET", "/issues/:number/comments", "issues|pull_requests:read", (call) =>
    call.page(sinceFilter(call, commentsOf(call.repository, call.issue())), (each) =>
      commentShape(call.world, call.repository, each),
    ),
  ),

  repositoryRoute("POST", "/issues/:number/comments", "issues|pull_requests:open", (call) => {
    const issue = call.issue();
    checkUnlocked(call, issue);
    const said = { ...call.speaker, body: call.read(Body).body };
    return created(commentShape(call.world, call.repository, addComment(call.world, call.repository, issue, said)));
  }),

  ...reactionRoutes("/issues/:number", (call) => call.issue()),
  ...reactionRoutes("/issues/comments/:id", comment),
  ...reactionRoutes("/pulls/comments/:id", (call) => {
    const found = findReviewComment(call.repository, call.number("id"));
    if (found === undefined) throw notFound();
    return found;
  }),
];

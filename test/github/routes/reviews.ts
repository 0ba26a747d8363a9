/** Reviews with their comments, and the comments by themselves. */
import * as z from "zod";
import { created, noContent, ok, type RepositoryCall } from "../http/call.ts";
import { checkAuthor, type Route, repositoryRoute } from "../http/router.ts";
import { reviewCommentShape, reviewShape } from "../shapes/pulls.ts";
import { checkBody, editRemark } from "../world/issues.ts";
import { findPull } from "../world/pulls.ts";
import { notFound, Refusal } from "../world/refusal.ts";
import {
  commentsOfReview,
  createReview,
  createReviewComment,
  deleteReviewComment,
  dismissReview,
  findReviewComment,
  replyToComment,
  reviewCommentsOf,
  reviewsOf,
  submitReview,
} from "../world/reviews.ts";
import type { PullIssue, Review, ReviewComment } from "../world/state.ts";
import { checkUnlocked } from "./issues.ts";

const Side = z.enum(["LEFT", "RIGHT"]);
const Event = z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]);
/** Strict, as GitHub's is: a review's batch knows no `subject_type`, so comments on whole files go one by one. */
const BatchComment = z.strictObject({
  path: z.string(),
  body: z.string(),
  position: z.number().int().optional(),
  line: z.number().int().optional(),
  side: Side.optional(),
  start_line: z.number().int().nullish(),
  start_side: Side.nullish(),
});
const NewReview = z.object({
  commit_id: z.string().optional(),
  body: z.string().nullish(),
  event: Event.optional(),
  comments: z.array(BatchComment).optional(),
});
const Submit = z.object({ body: z.string().optional(), event: Event });
const Body = z.object({ body: z.string() });
const NewComment = z.object({
  body: z.string(),
  commit_id: z.string().optional(),
  path: z.string().optional(),
  position: z.number().int().optional(),
  line: z.number().int().nullish(),
  side: Side.optional(),
  start_line: z.number().int().nullish(),
  start_side: Side.nullish(),
  in_reply_to: z.number().int().optional(),
  subject_type: z.enum(["line", "file"]).optional(),
});

function openPullOf(call: RepositoryCall): PullIssue {
  const issue = call.pull();
  checkUnlocked(call, issue);
  return issue;
}

/** Pending reviews are seen by their authors alone. */
function isShown(call: RepositoryCall, review: Review): boolean {
  return review.state !== "PENDING" || review.author === call.viewer.user;
}

function reviewOf(call: RepositoryCall): Review {
  const review = call.repository.reviews.get(call.number("review"));
  if (review === undefined || review.issue !== call.pull() || !isShown(call, review)) throw notFound();
  return review;
}

function commentOf(call: RepositoryCall): ReviewComment {
  const comment = findReviewComment(call.repository, call.number("id"));
  if (comment === undefined) throw notFound();
  return comment;
}

function shapeOf(call: RepositoryCall): (comment: ReviewComment) => unknown {
  return (comment) => reviewCommentShape(call.world, call.repository, comment);
}

function sorted(call: RepositoryCall, comments: readonly ReviewComment[]): ReviewComment[] {
  const since = call.query.get("since");
  const shown = comments.filter((comment) => since === null || comment.updatedAt >= new Date(since));
  return call.query.get("direction") === "desc" ? shown.reverse() : shown;
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Refusal(422, `Invalid request.\n\n"${name}" wasn't supplied.`);
  return value;
}

export const reviewRoutes: readonly Route[] = [
  repositoryRoute("GET", "/pulls/:number/reviews", "pull_requests:read", (call) =>
    call.page(
      reviewsOf(call.repository, call.pull()).filter((review) => isShown(call, review)),
      (review) => reviewShape(call.world, call.repository, review),
    ),
  ),

  repositoryRoute("POST", "/pulls/:number/reviews", "pull_requests:open", (call) => {
    const input = call.read(NewReview);
    const review = createReview(call.world, call.repository, openPullOf(call), {
      ...call.speaker,
      body: input.body ?? "",
      commitId: input.commit_id,
      event: input.event,
      comments: (input.comments ?? []).map((comment) => ({
        path: comment.path,
        body: comment.body,
        position: comment.position,
        line: comment.line,
        side: comment.side,
        startLine: comment.start_line,
        startSide: comment.start_side,
      })),
    });
    return ok(reviewShape(call.world, call.repository, review));
  }),

  repositoryRoute("GET", "/pulls/:number/reviews/:review", "pull_requests:read", (call) =>
    ok(reviewShape(call.world, call.repository, reviewOf(call))),
  ),

  repositoryRoute("PUT", "/pulls/:number/reviews/:review", "pull_requests:open", (call) => {
    const review = reviewOf(call);
    checkAuthor(call, review.author);
    const { body } = call.read(Body);
    checkBody(call.world, "PullRequestReview", body);
    review.body = body;
    review.updatedAt = call.world.now();
    return ok(reviewShape(call.world, call.repository, review));
  }),

  repositoryRoute("DELETE", "/pulls/:number/reviews/:review", "pull_requests:open", (call) => {
    const review = reviewOf(call);
    if (review.state !== "PENDING") throw new Refusal(422, "Can not delete a non-pending pull request review");
    for (const comment of commentsOfReview(call.repository, review)) {
      deleteReviewComment(call.world, call.repository, comment, call.user);
    }
    call.repository.reviews.delete(review.id);
    return ok(reviewShape(call.world, call.repository, review));
  }),

  repositoryRoute("GET", "/pulls/:number/reviews/:review/comments", "pull_requests:read", (call) =>
    call.page(commentsOfReview(call.repository, reviewOf(call)), shapeOf(call)),
  ),

  repositoryRoute("POST", "/pulls/:number/reviews/:review/events", "pull_requests:open", (call) => {
    const review = reviewOf(call);
    const input = call.read(Submit);
    submitReview(call.world, call.repository, review, input.event, input.body);
    return ok(reviewShape(call.world, call.repository, review));
  }),

  repositoryRoute("PUT", "/pulls/:number/reviews/:review/dismissals", "pull_requests:write", (call) => {
    const review = reviewOf(call);
    call.read(z.object({ message: z.string() }));
    dismissReview(call.world, call.repository, review, call.user);
    return ok(reviewShape(call.world, call.repository, review));
  }),

  repositoryRoute("GET", "/pulls/comments", "pull_requests:read", (call) =>
    call.page(sorted(call, reviewCommentsOf(call.repository)), shapeOf(call)),
  ),

  repositoryRoute("GET", "/pulls/comments/:id", "pull_requests:read", (call) => ok(shapeOf(call)(commentOf(call)))),

  repositoryRoute("PATCH", "/pulls/comments/:id", "pull_requests:open", (call) => {
    const comment = commentOf(call);
    checkAuthor(call, comment.author);
    editRemark(call.world, "PullRequestReviewComment", comment, call.read(Body).body);
    call.world.happened(call.repository, call.user, {
      event: "pull_request_review_comment",
      action: "edited",
      comment,
    });
    return ok(shapeOf(call)(comment));
  }),

  repositoryRoute("DELETE", "/pulls/comments/:id", "pull_requests:open", (call) => {
    const comment = commentOf(call);
    checkAuthor(call, comment.author);
    deleteReviewComment(call.world, call.repository, comment, call.user);
    return noContent;
  }),

  repositoryRoute("GET", "/pulls/:number/comments", "pull_requests:read", (call) =>
    call.page(sorted(call, reviewCommentsOf(call.repository, call.pull())), shapeOf(call)),
  ),

  repositoryRoute("POST", "/pulls/:number/comments", "pull_requests:open", (call) => {
    const input = call.read(NewComment);
    const issue = openPullOf(call);
    if (input.in_reply_to !== undefined) {
      const comment = findReviewComment(call.repository, input.in_reply_to);
      if (comment === undefined || comment.thread.issue !== issue) throw notFound();
      const said = { ...call.speaker, body: input.body };
      return created(shapeOf(call)(replyToComment(call.world, call.repository, comment, said)));
    }
    const comment = createReviewComment(call.world, call.repository, issue, {
      ...call.speaker,
      body: input.body,
      commitId: required(input.commit_id, "commit_id"),
      path: required(input.path, "path"),
      position: input.position,
      line: input.line,
      side: input.side,
      startLine: input.start_line,
      startSide: input.start_side,
      subjectType: input.subject_type,
    });
    return created(shapeOf(call)(comment));
  }),

  repositoryRoute("POST", "/pulls/:number/comments/:id/replies", "pull_requests:open", (call) => {
    const comment = commentOf(call);
    if (findPull(call.repository, call.number("number")) !== comment.thread.issue) throw notFound();
    checkUnlocked(call, comment.thread.issue);
    const said = { ...call.speaker, body: call.read(Body).body };
    return created(shapeOf(call)(replyToComment(call.world, call.repository, comment, said)));
  }),
];

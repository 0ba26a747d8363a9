/** Reviews and their threads: a review is posted whole or not at all. */
import { type AnchorProblem, type AnchorRequest, type PlacedAnchor, placeAnchor, refreshThread } from "./anchors.ts";
import { diffTrees, type FileChange } from "./diff.ts";
import { mergeBaseOf } from "./git.ts";
import { checkBody, newRemark } from "./issues.ts";
import { requirePullCommit } from "./pulls.ts";
import { type FieldError, Refusal, unprocessable, validationFailed } from "./refusal.ts";
import type { PullIssue, Repository, Review, ReviewComment, ReviewState, ReviewThread, User, World } from "./state.ts";

export interface Speaker {
  readonly author: User;
  readonly appSlug?: string;
}

export interface NewReview extends Speaker {
  readonly body: string;
  readonly commitId?: string | undefined;
  /** Absent: the review stays pending until it is submitted. */
  readonly event?: "APPROVE" | "REQUEST_CHANGES" | "COMMENT" | undefined;
  readonly comments: readonly (AnchorRequest & { readonly body: string })[];
}

const submittedStates = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

export function createReview(world: World, repository: Repository, issue: PullIssue, wanted: NewReview): Review {
  checkBody(world, "PullRequestReview", wanted.body);
  for (const comment of wanted.comments) checkBody(world, "PullRequestReviewComment", comment.body);
  const commitId = wanted.commitId ?? issue.pull.headSha;
  requirePullCommit(repository, issue, commitId);
  if (pendingReview(repository, issue, wanted.author) !== undefined) {
    throw unprocessable("User can only have one pending review per pull request");
  }
  checkSubmission(issue, wanted.author, wanted.event, wanted.body, wanted.comments.length);
  const changes = changesAt(repository, issue, commitId);
  // All are looked at before any is kept: one line outside the diff refuses the whole batch.
  const placed = wanted.comments.map((comment) => ({ comment, place: placeAnchor(changes, comment) }));
  const problems = placed.flatMap(({ place }) => (typeof place === "string" ? [reviewComplaint(place)] : []));
  if (problems.length > 0) throw unprocessable(...new Set(problems));

  const review = addReview(world, repository, issue, wanted, wanted.body, commitId);
  for (const { comment, place } of placed) {
    if (typeof place !== "string") addThread(world, repository, review, place, { ...wanted, body: comment.body });
  }
  if (wanted.event !== undefined) submitted(world, repository, review, submittedStates[wanted.event], wanted.author);
  return review;
}

function checkSubmission(
  issue: PullIssue,
  author: User,
  event: NewReview["event"],
  body: string,
  comments: number,
): void {
  if (event === "APPROVE" && issue.author === author) throw unprocessable("Can not approve your own pull request");
  if (event === "REQUEST_CHANGES" && issue.author === author) {
    throw unprocessable("Can not request changes on your own pull request");
  }
  const blank = body.trim() === "" && (event === "REQUEST_CHANGES" || (event === "COMMENT" && comments === 0));
  if (blank) throw unprocessable("Could not submit review: the body can't be blank");
}

function changesAt(repository: Repository, issue: PullIssue, commitId: string): readonly FileChange[] {
  return diffTrees(repository.gitDir, mergeBaseAt(repository, issue, commitId), commitId);
}

function mergeBaseAt(repository: Repository, issue: PullIssue, commitId: string): string {
  if (commitId === issue.pull.headSha) return issue.pull.mergeBase;
  return mergeBaseOf(repository.gitDir, issue.pull.mergeBase, commitId) ?? issue.pull.mergeBase;
}

function reviewComplaint(problem: AnchorProblem): string {
  switch (problem) {
    case "path":
      return "Path could not be resolved";
    case "line":
      return "Line could not be resolved";
    case "start-line":
      return "Start line could not be resolved";
    case "start-order":
      return "Start line must precede the end line";
    case "hunk":
      return "Start line must be part of the same hunk as the line";
  }
}

function commentComplaints(problem: AnchorProblem): FieldError[] {
  const error = (field: string, message: string): FieldError => ({
    resource: "PullRequestReviewComment",
    code: "custom",
    field: `pull_request_review_thread.${field}`,
    message: `pull_request_review_thread.${field} ${message}`,
  });
  switch (problem) {
    case "path":
      return [error("path", "is invalid"), error("diff_hunk", "can't be blank")];
    case "line":
      return [error("line", "must be part of the diff"), error("diff_hunk", "can't be blank")];
    case "start-line":
      return [error("start_line", "must be part of the diff")];
    case "start-order":
      return [error("start_line", "must precede the end line.")];
    case "hunk":
      return [error("start_line", "must be part of the same hunk as the line.")];
  }
}

function addReview(
  world: World,
  repository: Repository,
  issue: PullIssue,
  speaker: Speaker,
  body: string,
  commitId: string,
): Review {
  const remark = newRemark(world, speaker.author, body, speaker.appSlug);
  const review: Review = { ...remark, issue, commitId, state: "PENDING", submittedAt: null };
  repository.reviews.set(review.id, review);
  return review;
}

function addThread(
  world: World,
  repository: Repository,
  review: Review,
  place: PlacedAnchor,
  said: Speaker & { readonly body: string },
): ReviewComment {
  const thread: ReviewThread = {
    id: world.nextId(),
    issue: review.issue,
    original: place.anchor,
    originalCommitId: review.commitId,
    originalMergeBase: mergeBaseAt(repository, review.issue, review.commitId),
    originalPosition: place.position,
    diffHunk: place.diffHunk,
    line: place.anchor.line,
    startLine: place.anchor.startLine,
    position: place.position,
    commitId: review.commitId,
    outdated: false,
    resolvedBy: null,
    comments: [],
  };
  repository.threads.set(thread.id, thread);
  if (review.commitId !== review.issue.pull.headSha) refreshThread(repository, thread);
  return addToThread(world, thread, review, said, null);
}

function addToThread(
  world: World,
  thread: ReviewThread,
  review: Review,
  said: Speaker & { readonly body: string },
  inReplyTo: number | null,
): ReviewComment {
  const comment: ReviewComment = {
    ...newRemark(world, said.author, said.body, said.appSlug),
    thread,
    review,
    inReplyTo,
  };
  thread.comments.push(comment);
  return comment;
}

function submitted(world: World, repository: Repository, review: Review, state: ReviewState, by: User): void {
  review.state = state;
  review.submittedAt = world.now();
  review.issue.updatedAt = world.now();
  world.happened(repository, by, { event: "pull_request_review", action: "submitted", review });
  for (const comment of commentsOfReview(repository, review)) {
    world.happened(repository, by, { event: "pull_request_review_comment", action: "created", comment });
  }
}

export function submitReview(
  world: World,
  repository: Repository,
  review: Review,
  event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT",
  body: string | undefined,
): void {
  if (review.state !== "PENDING") throw unprocessable("Can not submit a review that is not pending");
  const text = body ?? review.body;
  checkBody(world, "PullRequestReview", text);
  checkSubmission(review.issue, review.author, event, text, commentsOfReview(repository, review).length);
  review.body = text;
  submitted(world, repository, review, submittedStates[event], review.author);
}

export function dismissReview(world: World, repository: Repository, review: Review, by: User): void {
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED") {
    throw unprocessable(`Can not dismiss a ${review.state.toLowerCase()} pull request review`);
  }
  review.state = "DISMISSED";
  world.happened(repository, by, { event: "pull_request_review", action: "dismissed", review });
}

export interface NewReviewComment extends Speaker, AnchorRequest {
  readonly body: string;
  readonly commitId: string;
}

/** A single comment is a review of its own, submitted at once. */
export function createReviewComment(
  world: World,
  repository: Repository,
  issue: PullIssue,
  wanted: NewReviewComment,
): ReviewComment {
  checkBody(world, "PullRequestReviewComment", wanted.body);
  requirePullCommit(repository, issue, wanted.commitId);
  const place = placeAnchor(changesAt(repository, issue, wanted.commitId), wanted);
  if (typeof place === "string") throw validationFailed(...commentComplaints(place));
  if (pendingReview(repository, issue, wanted.author) !== undefined) {
    throw validationFailed({
      resource: "PullRequestReview",
      code: "custom",
      field: "user_id",
      message: "user_id can only have one pending review per pull request",
    });
  }
  const review = addReview(world, repository, issue, wanted, "", wanted.commitId);
  const comment = addThread(world, repository, review, place, wanted);
  submitted(world, repository, review, "COMMENTED", wanted.author);
  return comment;
}

export function replyToComment(
  world: World,
  repository: Repository,
  comment: ReviewComment,
  said: Speaker & { readonly body: string },
): ReviewComment {
  // The API knows no replies to replies: it wants the first comment of the thread.
  if (comment.inReplyTo !== null) {
    const field = "in_reply_to_id";
    throw new Refusal(422, "Validation Failed", [{ resource: "PullRequestReviewComment", field, code: "invalid" }]);
  }
  checkBody(world, "PullRequestReviewComment", said.body);
  const { thread } = comment;
  const review = addReview(world, repository, thread.issue, said, "", thread.originalCommitId);
  const reply = addToThread(world, thread, review, said, thread.comments[0]?.id ?? comment.id);
  submitted(world, repository, review, "COMMENTED", said.author);
  return reply;
}

function pendingReview(repository: Repository, issue: PullIssue, author: User): Review | undefined {
  return reviewsOf(repository, issue).find((review) => review.state === "PENDING" && review.author === author);
}

export function reviewsOf(repository: Repository, issue: PullIssue): Review[] {
  return [...repository.reviews.values()].filter((review) => review.issue === issue);
}

export function threadsOf(repository: Repository, issue: PullIssue): ReviewThread[] {
  return [...repository.threads.values()].filter((thread) => thread.issue === issue && thread.comments.length > 0);
}

/** In the order in which they were made; those of pending reviews are their authors' alone and not listed. */
export function reviewCommentsOf(repository: Repository, issue?: PullIssue): ReviewComment[] {
  return [...repository.threads.values()]
    .filter((thread) => issue === undefined || thread.issue === issue)
    .flatMap((thread) => thread.comments)
    .filter((comment) => comment.review.state !== "PENDING")
    .sort((a, b) => a.id - b.id);
}

export function commentsOfReview(repository: Repository, review: Review): ReviewComment[] {
  return [...repository.threads.values()]
    .flatMap((thread) => thread.comments)
    .filter((comment) => comment.review === review)
    .sort((a, b) => a.id - b.id);
}

export function findReviewComment(repository: Repository, id: number): ReviewComment | undefined {
  for (const thread of repository.threads.values()) {
    const comment = thread.comments.find((each) => each.id === id);
    if (comment !== undefined) return comment;
  }
  return undefined;
}

/** A thread without comments is gone, and so is a review that had nothing else to say. */
export function deleteReviewComment(world: World, repository: Repository, comment: ReviewComment, by: User): void {
  const { thread, review } = comment;
  thread.comments.splice(thread.comments.indexOf(comment), 1);
  if (thread.comments.length === 0) repository.threads.delete(thread.id);
  if (review.body === "" && review.state === "COMMENTED" && commentsOfReview(repository, review).length === 0) {
    repository.reviews.delete(review.id);
  }
  world.happened(repository, by, { event: "pull_request_review_comment", action: "deleted", comment });
}

export function resolveThread(world: World, repository: Repository, thread: ReviewThread, by: User | null): void {
  const before = thread.resolvedBy;
  thread.resolvedBy = by;
  const actor = by ?? before;
  if ((before === null) === (by === null) || actor === null) return;
  const action = by === null ? "unresolved" : "resolved";
  world.happened(repository, actor, { event: "pull_request_review_thread", action, thread });
}

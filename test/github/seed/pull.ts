/** A pull request in the hands of a test: what people say and do on it, and how it looks to a reader. */
import { addComment, commentsOf, editRemark } from "../world/issues.ts";
import { closePull, findPull, mergePull, reopenPull } from "../world/pulls.ts";
import {
  createReview,
  createReviewComment,
  deleteReviewComment,
  findReviewComment,
  replyToComment,
  resolveThread,
  reviewCommentsOf,
  reviewsOf,
  threadsOf,
} from "../world/reviews.ts";
import type {
  CheckAnnotation,
  IssueComment,
  PullIssue,
  Repository,
  ReviewComment,
  ReviewThread,
  Side,
  User,
  World,
} from "../world/state.ts";

export interface Said {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly minimized: string | undefined;
  readonly reactions: readonly string[];
}

export interface ThreadView {
  readonly id: number;
  readonly path: string;
  readonly line: number | null;
  readonly startLine: number | null;
  readonly side: Side;
  readonly subjectType: "line" | "file";
  readonly resolvedBy: string | undefined;
  readonly outdated: boolean;
  readonly comments: readonly Said[];
}

/** All that a person sees on the page, for one assertion. */
export interface PullView {
  readonly state: "open" | "closed" | "merged";
  readonly title: string;
  readonly body: string;
  readonly headSha: string;
  readonly labels: readonly string[];
  readonly comments: readonly Said[];
  readonly threads: readonly ThreadView[];
  readonly reviews: readonly {
    readonly id: number;
    readonly author: string;
    readonly state: string;
    readonly body: string;
  }[];
  /** Of the head commit. */
  readonly checks: readonly {
    readonly name: string;
    readonly status: string;
    readonly conclusion: string | null;
    readonly title: string | null;
    readonly summary: string | null;
    readonly annotations: readonly CheckAnnotation[];
  }[];
  readonly statuses: readonly {
    readonly context: string;
    readonly state: string;
    readonly description: string | null;
  }[];
}

export interface SeededPull {
  readonly number: number;
  readonly state: PullIssue;
  headSha(): string;
  baseSha(): string;
  comment(as: string, body: string): IssueComment;
  editComment(id: number, body: string): void;
  deleteComment(id: number): void;
  react(as: string, id: number, content: IssueComment["reactions"][number]["content"]): void;
  /** A person's own review comment on a line of the present diff. */
  commentOnLine(
    as: string,
    at: { readonly path: string; readonly line: number; readonly side?: Side; readonly body: string },
  ): ReviewComment;
  review(as: string, event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT", body?: string): void;
  /** Answers in the thread of any of its comments. */
  reply(as: string, commentId: number, body: string): ReviewComment;
  /** Takes the id of a thread or of a comment in it. */
  resolve(as: string, threadOrCommentId: number): void;
  unresolve(as: string, threadOrCommentId: number): void;
  close(as?: string): void;
  reopen(as?: string): void;
  merge(as?: string, method?: "merge" | "squash" | "rebase"): string;
  setDraft(draft: boolean, as?: string): void;
  label(...names: readonly string[]): void;
  view(): PullView;
}

export function createSeededPull(
  world: World,
  repository: Repository,
  number: number,
  person: (login?: string) => User,
): SeededPull {
  const found = findPull(repository, number);
  if (found === undefined) throw new Error(`there is no pull request ${number}`);
  const issue = found;
  const someone = (login: string | undefined): User => (login === undefined ? repository.owner : person(login));
  const remark = (id: number): IssueComment | ReviewComment => {
    const hit = repository.comments.get(id) ?? findReviewComment(repository, id);
    if (hit === undefined) throw new Error(`there is no comment ${id}`);
    return hit;
  };
  const thread = (id: number): ReviewThread => {
    const hit = repository.threads.get(id) ?? findReviewComment(repository, id)?.thread;
    if (hit === undefined) throw new Error(`there is no thread ${id}`);
    return hit;
  };

  return {
    number,
    state: issue,
    headSha: () => issue.pull.headSha,
    baseSha: () => issue.pull.baseSha,
    comment: (as, body) => addComment(world, repository, issue, { author: person(as), body }),
    editComment(id, body) {
      const hit = remark(id);
      editRemark(world, "IssueComment", hit, body);
      const comment = repository.comments.get(id);
      if (comment === undefined) return;
      world.happened(repository, comment.author, { event: "issue_comment", action: "edited", comment });
    },
    deleteComment(id) {
      const hit = remark(id);
      if ("thread" in hit) deleteReviewComment(world, repository, hit, hit.author);
      else repository.comments.delete(id);
    },
    react(as, id, content) {
      remark(id).reactions.push({ id: world.nextId(), user: person(as), content, createdAt: world.now() });
    },
    commentOnLine: (as, at) =>
      createReviewComment(world, repository, issue, { author: person(as), commitId: issue.pull.headSha, ...at }),
    review(as, event, body) {
      createReview(world, repository, issue, { author: person(as), body: body ?? "", event, comments: [] });
    },
    reply(as, commentId, body) {
      const first = thread(commentId).comments[0];
      if (first === undefined) throw new Error(`the thread of ${commentId} is empty`);
      return replyToComment(world, repository, first, { author: person(as), body });
    },
    resolve: (as, id) => resolveThread(world, repository, thread(id), person(as)),
    unresolve: (as, id) => {
      person(as);
      resolveThread(world, repository, thread(id), null);
    },
    close: (as) => closePull(world, repository, issue, someone(as)),
    reopen: (as) => reopenPull(world, repository, issue, someone(as)),
    merge: (as, method) => mergePull(world, repository, issue, { by: someone(as), method: method ?? "merge" }),
    setDraft(draft, as) {
      issue.pull.draft = draft;
      const action = draft ? "converted_to_draft" : "ready_for_review";
      world.happened(repository, someone(as), { event: "pull_request", action, issue });
    },
    label(...names) {
      for (const name of names) if (!issue.labels.includes(name)) issue.labels.push(name);
      world.happened(repository, repository.owner, { event: "pull_request", action: "labeled", issue });
    },
    view: () => viewOf(repository, issue),
  };
}

function said(remark: IssueComment | ReviewComment): Said {
  return {
    id: remark.id,
    author: remark.author.login,
    body: remark.body,
    minimized: remark.minimizedReason,
    reactions: remark.reactions.map((reaction) => `${reaction.user.login}:${reaction.content}`),
  };
}

function viewOf(repository: Repository, issue: PullIssue): PullView {
  const listed = new Set(reviewCommentsOf(repository, issue));
  return {
    state: issue.pull.mergedAt === null ? issue.state : "merged",
    title: issue.title,
    body: issue.body,
    headSha: issue.pull.headSha,
    labels: [...issue.labels],
    comments: commentsOf(repository, issue).map((comment) => said(comment)),
    threads: threadsOf(repository, issue).map((thread) => ({
      id: thread.id,
      path: thread.original.path,
      line: thread.line,
      startLine: thread.startLine,
      side: thread.original.side,
      subjectType: thread.original.subjectType,
      resolvedBy: thread.resolvedBy?.login,
      outdated: thread.outdated,
      comments: thread.comments.filter((comment) => listed.has(comment)).map((comment) => said(comment)),
    })),
    reviews: reviewsOf(repository, issue).map((review) => ({
      id: review.id,
      author: review.author.login,
      state: review.state,
      body: review.body,
    })),
    checks: [...repository.checkRuns.values()]
      .filter((run) => run.headSha === issue.pull.headSha)
      .map((run) => ({
        name: run.name,
        status: run.status,
        conclusion: run.conclusion,
        title: run.title,
        summary: run.summary,
        annotations: [...run.annotations],
      })),
    statuses: repository.statuses
      .filter((status) => status.sha === issue.pull.headSha)
      .map((status) => ({ context: status.context, state: status.state, description: status.description })),
  };
}

/** Reviews with inline comments, and single comments in the diff: each found again by its key. */
import * as z from "zod";
import type { CodeHost, HostUser, ReviewCommentDraft } from "../../model/code-host.ts";
import {
  bodyLimit,
  cutMarkdown,
  hasMarker,
  keepMarker,
  type MarkerKind,
  markerOf,
  withMarker,
} from "../../model/marker.ts";
import { type Client, required } from "./client.ts";
import { refused } from "./failures.ts";
import { isSameText, userOf, UserShape } from "./shapes.ts";

type ReviewVerbs = Pick<
  CodeHost,
  "reviews" | "createReview" | "ensureReviewComment" | "updateReviewComment" | "ensureReply"
>;

const read = "pull-requests: read";
const write = "pull-requests: write";
/** How long a list of comments is good enough to say that ours is not among them. */
const freshMs = 5_000;

export function reviewVerbs(client: Client, viewer: () => Promise<HostUser>): ReviewVerbs {
  /** Lists just read, so that ten comments in a row are not ten lists; what is found in one is looked at again. */
  const recent = new Map<number, { readonly at: number; readonly list: Comment[] }>();

  async function listComments(number: number): Promise<Comment[]> {
    const list = await client.list(
      {
        route: "GET /repos/{owner}/{repo}/pulls/{number}/comments",
        params: { number },
        what: `read the review comments of #${number}`,
        permission: read,
      },
      Comment,
    );
    recent.set(number, { at: client.now(), list });
    return list;
  }

  async function findComment(number: number, isIt: (comment: Comment) => boolean, kind: MarkerKind, key: string) {
    const { login } = await viewer();
    const isOurs = (comment: Comment): boolean =>
      comment.user?.login === login && hasMarker(comment.body, kind, key) && isIt(comment);
    const known = recent.get(number);
    if (known !== undefined && client.now() - known.at < freshMs && !known.list.some(isOurs)) return undefined;
    return (await listComments(number)).find(isOurs);
  }

  async function post(
    number: number,
    ask: { readonly route: string; readonly params: Record<string, unknown>; readonly what: string },
    look: () => Promise<Comment | undefined>,
  ): Promise<Comment> {
    const comment = await client.send({ ...ask, permission: write, makesContent: true }, Comment, async () => {
      recent.delete(number);
      return look();
    });
    recent.get(number)?.list.push(comment);
    return comment;
  }

  async function edit(comment: Comment, body: string): Promise<"updated" | "unchanged"> {
    if (isSameText(comment.body, body)) return "unchanged";
    await client.send(
      {
        route: "PATCH /repos/{owner}/{repo}/pulls/comments/{id}",
        params: { id: comment.id, body },
        what: `edit review comment ${comment.id}`,
        permission: write,
      },
      Comment,
    );
    return "updated";
  }

  async function listReviews(number: number) {
    return client.list(
      {
        route: "GET /repos/{owner}/{repo}/pulls/{number}/reviews",
        params: { number },
        what: `read the reviews of #${number}`,
        permission: read,
      },
      Review,
    );
  }

  return {
    async reviews(number) {
      return (await listReviews(number)).map((review) => ({
        id: review.id,
        author: userOf(review.user),
        state: states[review.state] ?? "commented",
        body: review.body ?? "",
        commit: review.commit_id ?? "",
        submittedAt: review.submitted_at ?? "",
      }));
    },

    async createReview(number, { key, commit, event, body, comments }) {
      const marker = markerOf("review", key);
      const find = async () => {
        const [{ login }, list] = await Promise.all([viewer(), listReviews(number)]);
        return list.find((review) => review.user?.login === login && hasMarker(review.body ?? "", "review", key));
      };
      const known = await find();
      if (known !== undefined) return { id: known.id, outcome: "unchanged" };
      const posted = await client.send(
        {
          route: "POST /repos/{owner}/{repo}/pulls/{number}/reviews",
          params: { number, commit_id: commit, event, body: withMarker(body, marker), comments: comments.map(placed) },
          what: `review #${number}`,
          permission: write,
          makesContent: true,
        },
        Review,
        find,
      );
      recent.delete(number);
      return { id: posted.id, outcome: "created" };
    },

    async ensureReviewComment(number, key, { commit, ...draft }) {
      const body = withMarker(draft.body, markerOf("thread", key));
      const find = () =>
        findComment(number, ({ in_reply_to_id: to }) => to === undefined || to === null, "thread", key);
      const known = await find();
      if (known !== undefined) return { id: known.id, outcome: await edit(known, body) };
      const place = draft.line === undefined ? { path: draft.path, subject_type: "file" } : placed(draft);
      const { id } = await post(
        number,
        {
          route: "POST /repos/{owner}/{repo}/pulls/{number}/comments",
          params: { number, commit_id: commit, ...place, body },
          what: `comment on ${draft.path}${draft.line === undefined ? "" : `:${draft.line}`} in #${number}`,
        },
        find,
      );
      return { id, outcome: "created" };
    },

    async updateReviewComment(id, body) {
      const ask = {
        route: "GET /repos/{owner}/{repo}/pulls/comments/{id}",
        params: { id },
        what: `edit review comment ${id}`,
        permission: write,
      };
      const [{ login }, found] = await Promise.all([viewer(), client.find(ask, Comment)]);
      const comment = required(found, `review comment ${id}`);
      if (comment.user?.login !== login) throw refused(ask.what, `${userOf(comment.user).login} wrote it`);
      await edit(comment, keepMarker(comment.body, body));
    },

    async ensureReply(number, commentId, key, body) {
      const text = withMarker(body, markerOf("reply", key));
      const find = () => findComment(number, ({ in_reply_to_id: to }) => to === commentId, "reply", key);
      const known = await find();
      if (known !== undefined) return { id: known.id, outcome: await edit(known, text) };
      const { id } = await post(
        number,
        {
          route: "POST /repos/{owner}/{repo}/pulls/{number}/comments/{id}/replies",
          params: { number, id: commentId, body: text },
          what: `answer review comment ${commentId}`,
        },
        find,
      );
      return { id, outcome: "created" };
    },
  };
}

const Comment = z.object({
  id: z.number(),
  body: z.string(),
  user: UserShape,
  in_reply_to_id: z.number().nullish(),
});
type Comment = z.infer<typeof Comment>;

const Review = z.object({
  id: z.number(),
  user: UserShape,
  body: z.string().nullish(),
  state: z.string(),
  commit_id: z.string().nullish(),
  submitted_at: z.string().nullish(),
});

const states: Readonly<Record<string, "approved" | "changes_requested" | "commented" | "dismissed" | "pending">> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes_requested",
  COMMENTED: "commented",
  DISMISSED: "dismissed",
  PENDING: "pending",
};

function placed({ path, line, startLine, side = "RIGHT", body }: ReviewCommentDraft): Record<string, unknown> {
  const start = startLine === undefined || startLine === line ? {} : { start_line: startLine, start_side: side };
  return { path, line, side, ...start, body: cutMarkdown(body, bodyLimit) };
}

/** What is said on the in-memory code host: comments, reviews, threads, reactions. */
import type { CodeHost, HostComment, ReviewCommentDraft, ReviewThread } from "../../../src/model/code-host.ts";
import { bodyLimit, cutMarkdown, hasMarker, keepMarker, markerOf, withMarker } from "../../../src/model/marker.ts";
import { changedFiles, hunkOf, movedLine } from "./host-history.ts";
import { absent, refused, requirePull } from "./host-pulls.ts";
import type { FakeComment, FakeHostWorld, FakePullRequest, FakeThread, FakeThreadComment } from "./host-state.ts";

/** Where the threads of a pull request are after a push. */
export function moveThreads(world: FakeHostWorld, pull: FakePullRequest): void {
  for (const thread of world.state.threads) {
    if (thread.on !== pull.number || thread.isFileLevel || thread.line === undefined) continue;
    const before = world.history.files(thread.commit)[thread.path];
    const after = world.history.files(pull.head.sha)[thread.path];
    const move = (line: number): number | undefined =>
      before === undefined || after === undefined ? undefined : movedLine(before, after, line);
    const line = thread.side === "LEFT" ? thread.line : move(thread.line);
    const startLine =
      thread.startLine === undefined || thread.side === "LEFT" ? thread.startLine : move(thread.startLine);
    thread.isOutdated = line === undefined || (thread.startLine !== undefined && startLine === undefined);
    thread.line = thread.isOutdated ? undefined : line;
    thread.startLine = thread.isOutdated ? undefined : startLine;
    thread.commit = pull.head.sha;
  }
}

export function talkVerbs(world: FakeHostWorld) {
  const { state, time } = world;

  function requireConversation(number: number): void {
    const isKnown = [...state.pullRequests, ...state.issues].some((each) => each.number === number);
    if (!isKnown) throw absent(`#${number}`);
  }

  function place(pull: FakePullRequest, draft: ReviewCommentDraft, commit: string): FakeThread {
    const { history } = world;
    const from = history.mergeBase(pull.base.sha, commit) ?? pull.base.sha;
    const file = changedFiles(history.files(from), history.files(commit)).find(({ path }) => path === draft.path);
    const { line, startLine, side = "RIGHT" } = draft;
    const at = `${draft.path}${line === undefined ? "" : `:${line}`}`;
    if (history.get(commit) === undefined) throw refused(`cannot comment on ${at}`, `422 no such commit ${commit}`);
    if (file === undefined) throw refused(`cannot comment on ${at}`, "422 Path could not be resolved");
    if (line !== undefined) {
      const hunk = hunkOf(file, side, line);
      if (hunk === undefined) throw refused(`cannot comment on ${at}`, "422 Line could not be resolved");
      if (startLine !== undefined && (startLine >= line || hunkOf(file, side, startLine) !== hunk)) {
        throw refused(`cannot comment on ${at}`, "422 Start line must precede the end line, in the same hunk");
      }
    }
    const comment = world.threadComment({ on: pull.number, author: world.viewer, body: draft.body });
    const id = `PRRT_${comment.id}`;
    const place = { line, startLine, side, isFileLevel: line === undefined };
    const thread = { on: pull.number, id, path: draft.path, ...place, isResolved: false, isOutdated: false };
    return { ...thread, commit, comments: [comment] };
  }

  function keep(pull: FakePullRequest, thread: FakeThread): void {
    state.threads.push(thread);
    if (thread.commit !== pull.head.sha) moveThreads(world, pull);
  }

  const isOurs = (comment: HostComment, kind: "comment" | "thread" | "reply", key: string): boolean =>
    comment.author.login === world.viewer && hasMarker(comment.body, kind, key);

  function edit(comment: FakeComment | FakeThreadComment, body: string, verb: string): "updated" | "unchanged" {
    if (comment.body === body) return "unchanged";
    comment.body = body;
    comment.updatedAt = time.next();
    state.writes.push(`${verb} ${comment.id} updated`);
    return "updated";
  }

  function findThreadComment(id: number): FakeThreadComment | undefined {
    return state.threads.flatMap((thread) => thread.comments).find((comment) => comment.id === id);
  }

  function setResolved(threadId: string, isResolved: boolean): boolean {
    const thread = state.threads.find(({ id }) => id === threadId);
    if (thread === undefined) throw absent(`thread ${threadId}`);
    if (thread.isResolved === isResolved) return false;
    thread.isResolved = isResolved;
    if (isResolved) thread.resolvedBy = world.viewer;
    else delete thread.resolvedBy;
    state.writes.push(`${isResolved ? "resolveThread" : "unresolveThread"} ${threadId}`);
    return true;
  }

  return {
    async comments(number) {
      requireConversation(number);
      return state.comments.filter(({ on }) => on === number).map(withoutReactions);
    },
    async ensureComment(number, key, body) {
      requireConversation(number);
      const text = withMarker(body, markerOf("comment", key));
      const known = state.comments.find((comment) => comment.on === number && isOurs(comment, "comment", key));
      if (known !== undefined) {
        const outcome = edit(known, text, "ensureComment");
        return { comment: withoutReactions(known), outcome };
      }
      const comment = world.comment({ on: number, author: world.viewer, body: text });
      state.comments.push(comment);
      state.writes.push(`ensureComment #${number} created`);
      return { comment: withoutReactions(comment), outcome: "created" };
    },
    async deleteComment(id) {
      const known = state.comments.find((comment) => comment.id === id);
      if (known === undefined) return;
      if (known.author.login !== world.viewer) {
        throw refused(`will not delete comment ${id}`, `${known.author.login} wrote it`);
      }
      state.comments.splice(state.comments.indexOf(known), 1);
      state.writes.push(`deleteComment ${id}`);
    },
    async react({ kind, id }, content) {
      const target =
        kind === "issue"
          ? [...state.pullRequests, ...state.issues].find(({ number }) => number === id)
          : kind === "comment"
            ? state.comments.find((comment) => comment.id === id)
            : findThreadComment(id);
      if (target === undefined) throw absent(`${kind} ${id}`);
      const reaction = `${world.viewer} ${content}`;
      const reactions = ((target as { reactions?: string[] }).reactions ??= []);
      if (reactions.includes(reaction)) return;
      reactions.push(reaction);
      state.writes.push(`react ${kind} ${id} ${content}`);
    },
    async reviews(number) {
      requirePull(world, number);
      return state.reviews.filter(({ on }) => on === number).map(({ on: _on, ...review }) => ({ ...review }));
    },
    async reviewThreads(number) {
      requirePull(world, number);
      return state.threads
        .filter(({ on }) => on === number)
        .map(({ on: _on, commit: _commit, ...thread }): ReviewThread => ({
          ...thread,
          comments: thread.comments.map(({ reactions: _reactions, minimized: _minimized, ...comment }) => comment),
        }));
    },
    async createReview(number, { key, commit, event, body, comments }) {
      const pull = requirePull(world, number);
      const known = state.reviews.find(
        (review) =>
          review.on === number && review.author.login === world.viewer && hasMarker(review.body, "review", key),
      );
      if (known !== undefined) return { id: known.id, outcome: "unchanged" };
      if (event !== "COMMENT" && pull.author.login === world.viewer) {
        throw refused(`cannot review #${number}`, "422 Can not judge your own pull request");
      }
      const threads = comments.map((draft) =>
        place(pull, { ...draft, body: cutMarkdown(draft.body, bodyLimit) }, commit),
      );
      const id = world.nextId();
      const states = { APPROVE: "approved", REQUEST_CHANGES: "changes_requested", COMMENT: "commented" } as const;
      state.reviews.push({
        on: number,
        id,
        author: world.user(world.viewer),
        state: states[event],
        body: withMarker(body, markerOf("review", key)),
        commit,
        submittedAt: time.next(),
      });
      for (const thread of threads) keep(pull, thread);
      state.writes.push(`createReview #${number} with ${threads.length}`);
      return { id, outcome: "created" };
    },
    async ensureReviewComment(number, key, { commit, ...draft }) {
      const pull = requirePull(world, number);
      const body = withMarker(draft.body, markerOf("thread", key));
      for (const { on, comments } of state.threads) {
        const [first] = comments;
        if (on !== number || first === undefined || !isOurs(first, "thread", key)) continue;
        return { id: first.id, outcome: edit(first, body, "ensureReviewComment") };
      }
      const thread = place(pull, { ...draft, body }, commit);
      keep(pull, thread);
      state.writes.push(`ensureReviewComment #${number} created`);
      return { id: thread.comments[0]?.id ?? 0, outcome: "created" };
    },
    async updateReviewComment(id, body) {
      const comment = findThreadComment(id);
      if (comment === undefined) throw absent(`review comment ${id}`);
      if (comment.author.login !== world.viewer) {
        throw refused(`will not edit review comment ${id}`, `${comment.author.login} wrote it`);
      }
      edit(comment, keepMarker(comment.body, body), "updateReviewComment");
    },
    async ensureReply(number, commentId, key, body) {
      const thread = state.threads.find(({ on, comments }) => on === number && comments[0]?.id === commentId);
      if (thread === undefined) throw absent(`review comment ${commentId}`);
      const text = withMarker(body, markerOf("reply", key));
      const known = thread.comments.find((comment) => isOurs(comment, "reply", key));
      if (known !== undefined) return { id: known.id, outcome: edit(known, text, "ensureReply") };
      const comment = world.threadComment({ on: number, author: world.viewer, body: text });
      thread.comments.push(comment);
      state.writes.push(`ensureReply ${commentId} created`);
      return { id: comment.id, outcome: "created" };
    },
    async resolveThread(threadId) {
      return { outcome: setResolved(threadId, true) ? "resolved" : "unchanged" };
    },
    async unresolveThread(threadId) {
      return { outcome: setResolved(threadId, false) ? "unresolved" : "unchanged" };
    },
    async minimizeComment(nodeId, reason) {
      const comment = state.threads.flatMap(({ comments }) => comments).find((each) => each.nodeId === nodeId);
      if (comment === undefined) throw absent(`comment ${nodeId}`);
      if (comment.minimized === reason) return;
      comment.minimized = reason;
      state.writes.push(`minimizeComment ${nodeId} ${reason}`);
    },
  } satisfies Partial<CodeHost>;
}

function withoutReactions({ on: _on, reactions: _reactions, ...comment }: FakeComment): HostComment {
  return { ...comment };
}

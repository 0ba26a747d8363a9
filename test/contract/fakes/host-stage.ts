/** The people of the in-memory code host: what others do on it while a contract is tested. */
import type { HostStage } from "../code-host.ts";
import { createFakeCodeHost } from "./code-host.ts";
import { requirePull } from "./host-pulls.ts";
import { moveThreads } from "./host-talk.ts";

export function fakeHostStage(): HostStage {
  const host = createFakeCodeHost();
  const { world, state } = host;
  const threadOf = (commentId: number) => {
    const thread = state.threads.find(({ comments }) => comments.some(({ id }) => id === commentId));
    if (thread === undefined) throw new Error(`no thread has comment ${commentId}`);
    return thread;
  };

  return {
    host,
    async person(login, permission) {
      world.people[login] = permission;
    },
    async commit(branch, files, message) {
      const tip = state.branches[branch] ?? state.branches[world.defaultBranch];
      return (state.branches[branch] = world.commit(tip, files, message, "octocat"));
    },
    async protect(branch, requiredChecks) {
      world.protected.push(branch);
      world.requiredChecks.push(...requiredChecks);
    },
    async createPullRequest({ author, branch, files, title, body = "", isDraft = false }) {
      const base = state.branches[world.defaultBranch];
      const sha = world.commit(base, files, title, author);
      state.branches[branch] = sha;
      const number = Math.max(0, ...[...state.pullRequests, ...state.issues].map((each) => each.number)) + 1;
      state.pullRequests.push(world.pullRequest({ number, author, head: branch, title, body, isDraft }));
      return { number, headSha: sha };
    },
    async push(number, files, message) {
      const pull = requirePull(world, number);
      const sha = world.commit(pull.head.sha, files, message, pull.author.login);
      state.branches[pull.head.branch] = sha;
      pull.head.sha = sha;
      pull.updatedAt = world.time.next();
      moveThreads(world, pull);
      return sha;
    },
    async createIssue(author, title) {
      const number = Math.max(0, ...[...state.pullRequests, ...state.issues].map((each) => each.number)) + 1;
      state.issues.push({ number, title, body: "", author, labels: [], assignees: [], reactions: [] });
      return number;
    },
    async comment(number, login, body) {
      const comment = world.comment({ on: number, author: login, body });
      state.comments.push(comment);
      return comment.id;
    },
    async editComment(id, body) {
      for (const comment of state.comments) if (comment.id === id) comment.body = body;
    },
    async reviewComment(number, login, path, line, body) {
      const thread = world.thread({ on: number, path, line, comments: [{ author: login, body }] });
      state.threads.push(thread);
      return thread.comments[0]?.id ?? 0;
    },
    async reply(number, commentId, login, body) {
      const reply = world.threadComment({ on: number, author: login, body });
      threadOf(commentId).comments.push(reply);
      return reply.id;
    },
    async resolveThread(_number, commentId, login) {
      Object.assign(threadOf(commentId), { isResolved: true, resolvedBy: login });
    },
    async approve(number, login) {
      const review = { id: world.nextId(), author: world.user(login), state: "approved" as const, body: "" };
      state.reviews.push({ on: number, ...review, commit: world.headOf(number), submittedAt: world.time.next() });
    },
    async setCheck(sha, name, checkState) {
      state.checks.push({ sha, name, kind: "status", state: checkState });
    },
    async workflowRun({ branch, log }) {
      const run = world.workflowRun({ headBranch: branch, conclusion: "failure", jobs: [{ name: "build", log }] });
      state.workflowRuns.push(run);
      return run.id;
    },
    async annotations(sha, name) {
      return state.checkRuns.filter((run) => run.sha === sha && run.name === name).flatMap((run) => run.annotations)
        .length;
    },
    async reactions(commentId) {
      return state.comments.find(({ id }) => id === commentId)?.reactions.length ?? 0;
    },
  };
}

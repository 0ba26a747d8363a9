/** What every code host must do; run by the one in memory and by GitHub's adapter on a local GitHub. */
import { beforeEach, describe, expect, it } from "vitest";
import type { CodeHost, HostPermission } from "../../src/model/code-host.ts";
import { bodyLimit, hasMarker, markerOf, withMarker } from "../../src/model/marker.ts";
import { releaseContract } from "./code-host-releases.ts";

/** What other people do on the host. Files that are null are deleted. */
export interface HostStage {
  /** Bound to the one repository of this stage: default branch `main`, protected by nothing, without people. */
  readonly host: CodeHost;
  /** Makes the person known, with this permission. */
  person(login: string, permission: HostPermission): Promise<void>;
  /** A commit on a branch, which is made from the default branch when it is not there. */
  commit(branch: string, files: Readonly<Record<string, string | null>>, message: string): Promise<string>;
  protect(branch: string, requiredChecks: readonly string[]): Promise<void>;
  /** Against the default branch, with one commit. */
  createPullRequest(request: {
    readonly author: string;
    readonly branch: string;
    readonly files: Readonly<Record<string, string | null>>;
    readonly title: string;
    readonly body?: string;
    readonly isDraft?: boolean;
  }): Promise<{ readonly number: number; readonly headSha: string }>;
  push(number: number, files: Readonly<Record<string, string | null>>, message: string): Promise<string>;
  createIssue(author: string, title: string): Promise<number>;
  /** These answer the comment's id. */
  comment(number: number, login: string, body: string): Promise<number>;
  reviewComment(number: number, login: string, path: string, line: number, body: string): Promise<number>;
  reply(number: number, commentId: number, login: string, body: string): Promise<number>;
  editComment(id: number, body: string): Promise<void>;
  /** The thread that this comment opened. */
  resolveThread(number: number, commentId: number, login: string): Promise<void>;
  approve(number: number, login: string): Promise<void>;
  /** A status of another tool. */
  setCheck(sha: string, name: string, state: "pending" | "success" | "failure"): Promise<void>;
  /** A failed run with one job `build` that printed this; answers the run's id. */
  workflowRun(run: { readonly branch: string; readonly log: string }): Promise<number>;
  /** How many annotations a check run shows. */
  annotations(sha: string, name: string): Promise<number>;
  /** How many reactions a comment of a pull request has. */
  reactions(commentId: number): Promise<number>;
}

/** Lines of `a.ts` on main: 40. */
const before = Array.from({ length: 40 }, (_, index) => `line ${index + 1}\n`).join("");
const after = before.replace("line 20\n", "line twenty\n");
/** A refusal of the host is a Failure for people. */
const refusal = { code: expect.stringMatching(/^CF7\d\d$/) };

export function codeHostContract(name: string, open: () => Promise<HostStage>): void {
  describe(`code host contract: ${name}`, () => {
    let stage: HostStage;
    let host: CodeHost;
    let number: number;
    let headSha: string;
    beforeEach(async () => {
      stage = await open();
      host = stage.host;
      await stage.person("octocat", "write");
      await stage.person("hubot", "read");
      await stage.commit("main", { "a.ts": before, "old.ts": "gone\n" }, "Start");
      const files = { "a.ts": after, "new.ts": "one\ntwo\n", "old.ts": null };
      ({ number, headSha } = await stage.createPullRequest({
        author: "octocat",
        branch: "topic",
        title: "Count in words",
        body: "As asked.",
        files,
      }));
    });

    describe("reading", () => {
      it("knows the repository, itself and people's permissions", async () => {
        expect(await host.repository()).toMatchObject({ defaultBranch: "main", isArchived: false });
        expect(host.slug).toBe(`${(await host.repository()).owner}/${(await host.repository()).name}`);
        expect((await host.viewer()).login).not.toBe("");
        expect(await host.permissionOf("octocat")).toBe("write");
        expect(await host.permissionOf("hubot")).toBe("read");
        expect(["none", "read"]).toContain(await host.permissionOf("nobody-of-this-name"));
      });

      it("knows whose a commit is, and says nothing where nobody is known", async () => {
        expect(await host.commitAuthor(headSha)).toMatchObject({ login: "octocat", isBot: false });
        expect(await host.commitAuthor("0".repeat(40))).toBeUndefined();
      });

      it("gives a pull request, its files with hunks, and its commits", async () => {
        expect(await host.pullRequest(number)).toMatchObject({
          number,
          title: "Count in words",
          body: "As asked.",
          state: "open",
          isMerged: false,
          isDraft: false,
          isFork: false,
          author: { login: "octocat" },
          head: { branch: "topic", sha: headSha },
          base: { branch: "main" },
          labels: [],
        });
        expect(await host.pullRequest(9_999)).toBeUndefined();
        const { files, isWhole } = await host.changedFiles(number);
        expect(isWhole).toBe(true);
        expect(files.map(({ path, status }) => `${status} ${path}`)).toEqual([
          "modified a.ts",
          "added new.ts",
          "removed old.ts",
        ]);
        expect(files[0]).toMatchObject({ additions: 1, deletions: 1, isBinary: false });
        expect(files[0]?.hunks).toMatchObject([{ oldStart: 17, oldLines: 7, newStart: 17, newLines: 7 }]);
        expect(files[0]?.hunks?.[0]?.lines).toContain("+line twenty");
        expect(await host.commits(number)).toMatchObject([{ sha: headSha, message: "Count in words" }]);
      });

      it("finds pull requests by state and branch", async () => {
        const numbers = async (filter: Parameters<CodeHost["pullRequests"]>[0]): Promise<number[]> =>
          (await host.pullRequests(filter)).map((pull) => pull.number);
        expect(await numbers({})).toEqual([number]);
        expect(await numbers({ head: "topic" })).toEqual([number]);
        expect(await numbers({ head: "elsewhere" })).toEqual([]);
        expect(await numbers({ base: "elsewhere" })).toEqual([]);
        expect(await numbers({ state: "closed" })).toEqual([]);
      });

      it("reads files at a ref", async () => {
        const read = async (path: string, ref: string): Promise<string | undefined> => {
          const bytes = await host.readFile(path, ref);
          return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
        };
        expect(await read("new.ts", headSha)).toBe("one\ntwo\n");
        expect(await read("a.ts", "main")).toBe(before);
        expect(await read("new.ts", "main")).toBeUndefined();
      });

      it("reads failed workflow runs and the end of their logs", async () => {
        const id = await stage.workflowRun({ branch: "topic", log: `${"noise\n".repeat(100)}Error: it broke\n` });
        expect(await host.workflowRuns({ branch: "topic", limit: 5 })).toMatchObject([{ id, conclusion: "failure" }]);
        expect(await host.workflowRuns({ branch: "main" })).toEqual([]);
        const [job] = await host.jobs(id);
        expect(job).toMatchObject({ name: "build" });
        const log = await host.jobLog(job?.id ?? 0, 40);
        expect(log).toContain("Error: it broke");
        expect(log.length).toBeLessThanOrEqual(40);
      });
    });

    describe("pull requests", () => {
      it("are proposed once and brought up to date", async () => {
        await stage.commit("more", { "b.ts": "b\n" }, "More");
        const draft = { head: "more", base: "main", title: "More", body: "One" };
        const first = await host.ensurePullRequest(draft);
        expect(first).toMatchObject({ outcome: "created", pullRequest: { title: "More", body: "One" } });
        expect((await host.ensurePullRequest(draft)).outcome).toBe("unchanged");
        const second = await host.ensurePullRequest({ ...draft, body: "Two" });
        expect(second).toMatchObject({ outcome: "updated", pullRequest: { body: "Two" } });
        expect(second.pullRequest.number).toBe(first.pullRequest.number);
        await expect(host.ensurePullRequest({ ...draft, head: "absent" })).rejects.toMatchObject(refusal);
      });

      it("take a new title and body", async () => {
        expect(await host.updatePullRequest(number, { title: "Words" })).toMatchObject({
          title: "Words",
          body: "As asked.",
        });
        expect(await host.updatePullRequest(number, { title: "Words", state: "closed" })).toMatchObject({
          state: "closed",
        });
        expect(await host.pullRequest(number)).toMatchObject({ title: "Words", state: "closed", isMerged: false });
        await expect(host.updatePullRequest(9_999, { title: "x" })).rejects.toMatchObject(refusal);
      });

      it("are merged only at the commit that was looked at, once", async () => {
        const pushed = await stage.push(number, { "new.ts": "three\n" }, "Push");
        const merge = (sha: string) => host.mergePullRequest(number, { sha, method: "merge" });
        await expect(merge(headSha)).rejects.toMatchObject(refusal);
        expect((await host.pullRequest(number))?.isMerged).toBe(false);
        expect((await merge(pushed)).outcome).toBe("merged");
        expect((await merge(pushed)).outcome).toBe("unchanged");
        const merged = await host.pullRequest(number);
        expect(merged).toMatchObject({ state: "closed", isMerged: true });
        expect(new TextDecoder().decode(await host.readFile("new.ts", "main"))).toBe("three\n");
        const found = await host.pullRequestsOf([merged?.mergeCommit ?? "", pushed]);
        expect(found.map((pull) => pull.number)).toEqual([number]);
      });

      it("are not merged against a conflict or a missing check", async () => {
        await stage.commit("main", { "a.ts": before.replace("line 20\n", "line xx\n") }, "Conflict");
        await expect(host.mergePullRequest(number, { sha: headSha, method: "squash" })).rejects.toMatchObject(refusal);
      });

      it("merge by themselves once that is allowed, when told", async () => {
        await stage.protect("main", ["ci"]);
        await stage.setCheck(headSha, "ci", "pending");
        await expect(host.mergePullRequest(number, { sha: headSha, method: "merge" })).rejects.toMatchObject(refusal);
        expect((await host.enableAutoMerge(number, "squash")).outcome).toBe("enabled");
        expect((await host.enableAutoMerge(number, "squash")).outcome).toBe("unchanged");
        expect((await host.pullRequest(number))?.hasAutoMerge).toBe(true);
      });

      it("ask for reviewers who can review", async () => {
        await stage.person("reviewer", "write");
        const ask = () =>
          host.requestReviewers(number, { users: ["reviewer", "octocat", "nobody-of-this-name"], teams: [] });
        const answer = await ask();
        expect(answer.requested).toEqual(["reviewer"]);
        expect([...answer.refused].sort()).toEqual(["nobody-of-this-name", "octocat"]);
        await ask();
        expect((await host.pullRequest(number))?.requestedReviewers).toEqual(["reviewer"]);
      });
    });

    describe("comments", () => {
      it("are made, left, edited: one for each key", async () => {
        const first = await host.ensureComment(number, "gate", "One");
        expect(first.outcome).toBe("created");
        expect((await host.ensureComment(number, "gate", "One")).outcome).toBe("unchanged");
        const edited = await host.ensureComment(number, "gate", "Two");
        expect(edited).toMatchObject({ outcome: "updated", comment: { id: first.comment.id } });
        expect((await host.ensureComment(number, "gate-2", "Other")).outcome).toBe("created");
        const comments = await host.comments(number);
        expect(comments).toHaveLength(2);
        expect(comments[0]?.body).toContain("Two");
        expect(hasMarker(comments[0]?.body ?? "", "comment", "gate")).toBe(true);
      });

      it("stand on issues too", async () => {
        const issue = await stage.createIssue("octocat", "Broken");
        expect((await host.ensureComment(issue, "a", "Seen")).outcome).toBe("created");
        expect((await host.ensureComment(issue, "a", "Seen")).outcome).toBe("unchanged");
        await expect(host.ensureComment(9_999, "a", "Seen")).rejects.toMatchObject(refusal);
      });

      it("of the same bot are not taken for ours where they only repeat a marker", async () => {
        const marker = markerOf("comment", "gate");
        const first = await host.ensureComment(number, "preview", `Of the change "${marker}"`);
        const own = await host.ensureComment(number, "gate", "One");
        expect(own.outcome).toBe("created");
        expect(own.comment.id).not.toBe(first.comment.id);
        expect((await host.ensureComment(number, "gate", "One")).outcome).toBe("unchanged");
      });

      it("of people are never taken for ours, whatever they quote", async () => {
        const quoted = withMarker("> One", markerOf("comment", "gate"));
        const theirs = await stage.comment(number, "hubot", quoted);
        expect((await host.ensureComment(number, "gate", "One")).outcome).toBe("created");
        expect((await host.comments(number)).find(({ id }) => id === theirs)).toMatchObject({
          body: quoted,
          author: { login: "hubot" },
        });
        await expect(host.deleteComment(theirs)).rejects.toMatchObject(refusal);
        expect(await host.comments(number)).toHaveLength(2);
      });

      it("are found again after somebody edited their text, and made again after they were deleted", async () => {
        const { comment } = await host.ensureComment(number, "gate", "One");
        await stage.editComment(comment.id, `Edited.\n\n${markerOf("comment", "gate")}`);
        expect(await host.ensureComment(number, "gate", "One")).toMatchObject({
          outcome: "updated",
          comment: { id: comment.id },
        });
        await host.deleteComment(comment.id);
        expect(await host.comments(number)).toEqual([]);
        expect((await host.ensureComment(number, "gate", "One")).outcome).toBe("created");
      });

      it("are cut to the limit and still found", async () => {
        const long = `\`\`\`\n${"many words ".repeat(10_000)}`;
        expect((await host.ensureComment(number, "long", long)).comment.body.length).toBeLessThanOrEqual(bodyLimit);
        expect((await host.ensureComment(number, "long", long)).outcome).toBe("unchanged");
      });

      it("keep odd keys and texts", async () => {
        const key = "a --> b\n<c> \u{1f600} %20";
        const body = "\u{1f600} <b>&amp;</b> | @octocat\n\n```js\n`${a}`\n```";
        expect((await host.ensureComment(number, key, body)).comment.body).toContain(body);
        expect((await host.ensureComment(number, key, body)).outcome).toBe("unchanged");
      });

      it("take a reaction once", async () => {
        const id = await stage.comment(number, "octocat", "/codeflow check");
        await host.react({ kind: "comment", id }, "eyes");
        await host.react({ kind: "comment", id }, "eyes");
        expect(await stage.reactions(id)).toBe(1);
        await host.react({ kind: "issue", id: number }, "rocket");
      });
    });

    describe("reviews", () => {
      const review = (comments: { path: string; line?: number; startLine?: number; body: string }[]) => ({
        key: "run-1",
        commit: headSha,
        event: "COMMENT" as const,
        body: "Seen",
        comments,
      });

      it("are posted once, with their comments", async () => {
        const wanted = review([
          { path: "a.ts", line: 20, body: "Why in words?" },
          { path: "new.ts", startLine: 1, line: 2, body: "Both" },
        ]);
        const first = await host.createReview(number, wanted);
        expect(first.outcome).toBe("created");
        expect(await host.createReview(number, wanted)).toEqual({ id: first.id, outcome: "unchanged" });
        const threads = await host.reviewThreads(number);
        expect(threads.map(({ path, line }) => `${path}:${line}`).sort()).toEqual(["a.ts:20", "new.ts:2"]);
        expect(threads.every(({ isResolved, isOutdated }) => !isResolved && !isOutdated)).toBe(true);
        expect((await host.reviews(number)).map(({ state, commit }) => ({ state, commit }))).toEqual([
          { state: "commented", commit: headSha },
        ]);
      });

      it.each([
        ["a line outside of the diff", { path: "a.ts", line: 2, body: "x" }],
        ["a file outside of the diff", { path: "absent.ts", line: 1, body: "x" }],
        ["a range over two hunks", { path: "a.ts", startLine: 2, line: 20, body: "x" }],
      ])("are refused whole because of %s", async (_what, comment) => {
        const wanted = review([{ path: "a.ts", line: 20, body: "Fine" }, comment]);
        await expect(host.createReview(number, wanted)).rejects.toMatchObject(refusal);
        expect(await host.reviewThreads(number)).toEqual([]);
        expect(await host.reviews(number)).toEqual([]);
      });

      it("of others are seen", async () => {
        await stage.person("reviewer", "write");
        await stage.approve(number, "reviewer");
        expect(await host.reviews(number)).toMatchObject([{ state: "approved", author: { login: "reviewer" } }]);
      });
    });

    describe("threads", () => {
      it("are opened once for each key, on a line or a file", async () => {
        const open = (body: string) =>
          host.ensureReviewComment(number, "f1", { path: "a.ts", line: 20, body, commit: headSha });
        const first = await open("One");
        expect(first.outcome).toBe("created");
        expect(await open("One")).toEqual({ id: first.id, outcome: "unchanged" });
        expect(await open("Two")).toEqual({ id: first.id, outcome: "updated" });
        await host.ensureReviewComment(number, "f2", { path: "new.ts", body: "All of it", commit: headSha });
        const threads = await host.reviewThreads(number);
        expect(threads.map(({ path, isFileLevel }) => `${path} ${isFileLevel}`).sort()).toEqual([
          "a.ts false",
          "new.ts true",
        ]);
        const outside = { path: "a.ts", line: 2, body: "x", commit: headSha };
        await expect(host.ensureReviewComment(number, "f3", outside)).rejects.toMatchObject(refusal);
      });

      it("are found again after a push, which moves or outdates them", async () => {
        const open = (line: number) =>
          host.ensureReviewComment(number, `f${line}`, { path: "new.ts", line, body: "x", commit: headSha });
        const [first, second] = [await open(1), await open(2)];
        await stage.push(number, { "new.ts": "zero\none\n2\n" }, "Push");
        const lines = (await host.reviewThreads(number)).map(({ line, isOutdated }) => ({ line, isOutdated }));
        expect(lines).toEqual([
          { line: 2, isOutdated: false },
          { line: undefined, isOutdated: true },
        ]);
        expect(await open(1)).toEqual({ id: first.id, outcome: "unchanged" });
        expect(await open(2)).toEqual({ id: second.id, outcome: "unchanged" });
      });

      it("are edited only when they are ours, and keep their marker", async () => {
        const open = () =>
          host.ensureReviewComment(number, "f1", { path: "a.ts", line: 20, body: "One", commit: headSha });
        const { id } = await open();
        await host.updateReviewComment(id, "Fixed");
        expect((await host.reviewThreads(number))[0]?.comments[0]?.body).toContain("Fixed");
        expect(await open()).toEqual({ id, outcome: "updated" });
        const theirs = await stage.reviewComment(number, "octocat", "a.ts", 20, "Mine");
        await expect(host.updateReviewComment(theirs, "x")).rejects.toMatchObject(refusal);
      });

      it("are answered once for each key", async () => {
        const theirs = await stage.reviewComment(number, "octocat", "a.ts", 20, "Why?");
        const first = await host.ensureReply(number, theirs, "a1", "Because");
        expect(first.outcome).toBe("created");
        expect(await host.ensureReply(number, theirs, "a1", "Because")).toEqual({ id: first.id, outcome: "unchanged" });
        expect((await host.ensureReply(number, theirs, "a1", "Otherwise")).outcome).toBe("updated");
        const [thread] = await host.reviewThreads(number);
        expect(thread?.comments.map(({ author }) => author.login)).toEqual(["octocat", (await host.viewer()).login]);
      });

      it("are resolved and reopened; who resolved them is known", async () => {
        const theirs = await stage.reviewComment(number, "octocat", "a.ts", 20, "Why?");
        const thread = async () => (await host.reviewThreads(number))[0];
        const id = (await thread())?.id ?? "";
        expect((await host.resolveThread(id)).outcome).toBe("resolved");
        expect((await host.resolveThread(id)).outcome).toBe("unchanged");
        expect(await thread()).toMatchObject({ isResolved: true, resolvedBy: (await host.viewer()).login });
        expect((await host.unresolveThread(id)).outcome).toBe("unresolved");
        expect((await host.unresolveThread(id)).outcome).toBe("unchanged");
        await stage.reply(number, theirs, "octocat", "Never mind");
        await stage.resolveThread(number, theirs, "octocat");
        expect(await thread()).toMatchObject({ isResolved: true, resolvedBy: "octocat" });
        expect((await thread())?.comments).toHaveLength(2);
        await host.minimizeComment((await thread())?.comments[0]?.nodeId ?? "", "OUTDATED");
      });
    });

    releaseContract(() => ({ stage, number, headSha }));
  });
}

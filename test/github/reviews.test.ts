/** Reviews: what is accepted, what is refused as a whole, and where comments go when code moves. */
import { describe, expect, it } from "vitest";
import { numbered, plainClient, refusal, shop, startScene } from "./scene.ts";

const threadsQuery = /* GraphQL */ `
  query ($owner: String!, $name: String!, $number: Int!, $after: String) {
    repository(owner: $owner, name: $name) {
      pullRequest(number: $number) {
        reviewThreads(first: 1, after: $after) {
          totalCount
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            id
            isResolved
            isOutdated
            path
            line
            resolvedBy {
              login
            }
            comments(first: 100) {
              nodes {
                id
                databaseId
                author {
                  login
                  __typename
                }
                body
              }
            }
          }
        }
      }
    }
  }
`;

interface Threads {
  readonly repository: {
    readonly pullRequest: {
      readonly reviewThreads: {
        readonly totalCount: number;
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        readonly nodes: readonly {
          readonly id: string;
          readonly isResolved: boolean;
          readonly isOutdated: boolean;
          readonly line: number | null;
          readonly resolvedBy: { readonly login: string } | null;
          readonly comments: { readonly nodes: readonly { readonly databaseId: number; readonly author: unknown }[] };
        }[];
      };
    };
  };
}

describe("a review", () => {
  it("is posted whole, on added, context and deleted lines, and over several lines", async () => {
    const { pull, octokit } = await startScene();
    const { data } = await octokit.rest.pulls.createReview({
      ...shop,
      pull_number: pull.number,
      event: "COMMENT",
      body: "Some remarks",
      comments: [
        { path: "src/a.ts", line: 10, body: "added" },
        { path: "src/a.ts", line: 10, side: "LEFT", body: "deleted" },
        { path: "src/a.ts", line: 13, body: "context" },
        { path: "src/new.ts", start_line: 1, line: 3, body: "several" },
      ],
    });
    expect([data.state, data.user?.login, data.user?.type]).toEqual(["COMMENTED", "github-actions[bot]", "Bot"]);
    const { data: comments } = await octokit.rest.pulls.listReviewComments({ ...shop, pull_number: pull.number });
    expect(comments.map((comment) => [comment.body, comment.side, comment.start_line, comment.line])).toEqual([
      ["added", "RIGHT", null, 10],
      ["deleted", "LEFT", null, 10],
      ["context", "RIGHT", null, 13],
      ["several", "RIGHT", 1, 3],
    ]);
    expect(comments[0]?.diff_hunk.split("\n").at(-1)).toBe("+changed 10");
    expect(comments[0]?.position).toBe(5);
  });

  it("is refused whole for one line outside the diff, and nothing of it stays", async () => {
    const { github, pull, octokit } = await startScene();
    const bad = [
      [{ path: "src/a.ts", line: 20, body: "outside" }, "Line could not be resolved"],
      [{ path: "README.md", line: 1, body: "unchanged file" }, "Path could not be resolved"],
      [{ path: "src/a.ts", start_line: 12, line: 11, body: "backwards" }, "Start line must precede the end line"],
    ] as const;
    for (const [comment, complaint] of bad) {
      const comments = [{ path: "src/a.ts", line: 10, body: "fine" }, comment];
      const review = octokit.rest.pulls.createReview({ ...shop, pull_number: pull.number, event: "COMMENT", comments });
      expect(await refusal(review)).toMatchObject({ status: 422, data: { errors: [complaint] } });
    }
    expect(pull.view().threads).toEqual([]);
    expect(pull.view().reviews).toEqual([]);
    expect(github.requests.writes()).toEqual([]);
  });

  it("takes a comment on a whole file only outside a batch", async () => {
    const { pull, octokit } = await startScene();
    const comment = { path: "src/a.ts", body: "whole file", subject_type: "file" } as const;
    const review = octokit.rest.pulls.createReview({
      ...shop,
      pull_number: pull.number,
      event: "COMMENT",
      comments: [comment as { path: string; body: string }],
    });
    expect((await refusal(review)).data.message).toContain('"subject_type" is not a permitted key');
    const single = { ...shop, pull_number: pull.number, commit_id: pull.headSha(), ...comment };
    expect((await octokit.rest.pulls.createReviewComment(single)).data.subject_type).toBe("file");
    const outside = octokit.rest.pulls.createReviewComment({ ...single, subject_type: "line", line: 25 });
    const { status, data } = await refusal(outside);
    expect([status, data.message]).toEqual([422, "Validation Failed"]);
    expect(data.errors?.[0]).toMatchObject({ field: "pull_request_review_thread.line", code: "custom" });
  });

  it("stays pending and unseen until it is submitted, one at a time", async () => {
    const { github, pull, octokit } = await startScene();
    const target = { ...shop, pull_number: pull.number };
    const { data } = await octokit.rest.pulls.createReview({
      ...target,
      comments: [{ path: "src/a.ts", line: 10, body: "x" }],
    });
    expect(data.state).toBe("PENDING");
    expect((await octokit.rest.pulls.listReviewComments(target)).data).toEqual([]);
    const others = await plainClient(github, github.personalToken("cleo")).rest.pulls.listReviews(target);
    expect(others.data).toEqual([]);
    const second = octokit.rest.pulls.createReview({ ...target, event: "COMMENT", body: "again" });
    expect((await refusal(second)).data.errors).toEqual(["User can only have one pending review per pull request"]);
    await octokit.rest.pulls.submitReview({ ...target, review_id: data.id, event: "COMMENT", body: "done" });
    expect((await octokit.rest.pulls.listReviewComments(target)).data).toHaveLength(1);
  });

  it("cannot approve one's own pull request nor exceed 65,536 characters", async () => {
    const { github, pull } = await startScene();
    const author = plainClient(github, github.personalToken("ben"));
    const target = { ...shop, pull_number: pull.number };
    const own = author.rest.pulls.createReview({ ...target, event: "APPROVE" });
    expect((await refusal(own)).data.errors).toEqual(["Can not approve your own pull request"]);
    const long = author.rest.issues.createComment({ ...shop, issue_number: pull.number, body: "x".repeat(65_537) });
    expect((await refusal(long)).data.errors).toMatchObject([
      { field: "body", message: "body is too long (maximum is 65536 characters)" },
    ]);
    const fits = { ...shop, issue_number: pull.number, body: "é".repeat(65_536) };
    expect((await author.rest.issues.createComment(fits)).status).toBe(201);
  });
});

describe("comments after pushes", () => {
  it("move with their line, become outdated when it changes, and come back with it", async () => {
    const { repository, pull, octokit } = await startScene();
    const target = { ...shop, pull_number: pull.number };
    const at = { ...target, commit_id: pull.headSha(), path: "src/a.ts", line: 10, body: "here" };
    const { data: comment } = await octokit.rest.pulls.createReviewComment(at);
    const now = async () => (await octokit.rest.pulls.getReviewComment({ ...shop, comment_id: comment.id })).data;
    const first = pull.headSha();

    repository.commit({ branch: "topic", files: { "src/a.ts": `zero\n${numbered({ 10: "changed 10" })}` } });
    expect(await now()).toMatchObject({ line: 11, original_line: 10, commit_id: pull.headSha() });
    repository.commit({ branch: "topic", files: { "src/a.ts": numbered({ 10: "changed again" }) } });
    expect(await now()).toMatchObject({ line: null, position: null, original_line: 10, original_commit_id: first });
    expect(pull.view().threads[0]?.outdated).toBe(true);
    repository.forcePush("topic", first);
    expect(await now()).toMatchObject({ line: 10, position: 5 });
  });

  it("do not follow a renamed file", async () => {
    const { repository, pull } = await startScene();
    pull.commentOnLine("cleo", { path: "src/a.ts", line: 10, body: "here" });
    repository.commit({ branch: "topic", renames: { "src/a.ts": "src/b.ts" } });
    expect(pull.view().threads).toMatchObject([{ path: "src/a.ts", line: null, outdated: true }]);
  });

  it("refuse a commit that was pushed over", async () => {
    const { repository, pull, octokit } = await startScene();
    const old = pull.headSha();
    repository.forcePush(
      "topic",
      repository.commit({ branch: "other", files: { "src/a.ts": numbered({ 10: "other" }) } }),
    );
    const at = { ...shop, pull_number: pull.number, commit_id: old, path: "src/a.ts", line: 10, body: "late" };
    expect((await refusal(octokit.rest.pulls.createReviewComment(at))).status).toBe(422);
  });
});

describe("threads over GraphQL", () => {
  it("are paged, resolved and unresolved, with stable ids", async () => {
    const { github, pull, octokit } = await startScene();
    const comment = pull.commentOnLine("cleo", { path: "src/a.ts", line: 10, body: "first" });
    pull.commentOnLine("cleo", { path: "src/new.ts", line: 2, body: "second" });
    const reply = { ...shop, pull_number: pull.number, comment_id: comment.id, body: "because" };
    const { data: answer } = await octokit.rest.pulls.createReplyForReviewComment(reply);
    expect(answer.in_reply_to_id).toBe(comment.id);
    const chained = octokit.rest.pulls.createReplyForReviewComment({ ...reply, comment_id: answer.id });
    expect((await refusal(chained)).status).toBe(422);

    const ask = async (after?: string) => {
      const variables = { owner: "ada", name: "shop", number: pull.number, ...(after === undefined ? {} : { after }) };
      return (await octokit.graphql<Threads>(threadsQuery, variables)).repository.pullRequest.reviewThreads;
    };
    const page = await ask();
    expect([page.totalCount, page.pageInfo.hasNextPage]).toEqual([2, true]);
    expect((await ask(page.pageInfo.endCursor)).nodes[0]?.line).toBe(2);
    const thread = page.nodes[0];
    expect(thread?.comments.nodes.map((each) => each.author)).toEqual([
      { login: "cleo", __typename: "User" },
      { login: "github-actions", __typename: "Bot" },
    ]);
    const resolve = `mutation ($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }`;
    await octokit.graphql(resolve, { id: thread?.id });
    expect((await ask()).nodes[0]).toMatchObject({ isResolved: true, resolvedBy: { login: "github-actions" } });
    pull.unresolve("ben", comment.id);
    expect((await ask()).nodes[0]).toMatchObject({ id: thread?.id, isResolved: false });
    expect(github.requests.count({ kind: "graphql" })).toBe(5);
  });

  it("fail as GitHub fails: unknown fields, missing bounds, unknown nodes, no permission", async () => {
    const { github, pull, octokit } = await startScene();
    pull.commentOnLine("cleo", { path: "src/a.ts", line: 10, body: "first" });
    const errorsOf = async (client: typeof octokit, query: string, variables = {}) => {
      const answer = await client.request("POST /graphql", { baseUrl: github.url, query, variables });
      return (answer.data as { errors: { type?: string; message: string }[] }).errors;
    };
    expect((await errorsOf(octokit, "{ viewer { shoeSize } }"))[0]?.message).toContain("shoeSize");
    const unbounded = `{ repository(owner: "ada", name: "shop") { pullRequest(number: 1) { comments { totalCount } } } }`;
    expect((await errorsOf(octokit, unbounded))[0]?.type).toBe("MISSING_PAGINATION_BOUNDARIES");
    const resolve = `mutation ($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { id } } }`;
    expect((await errorsOf(octokit, resolve, { id: "PRRT_nonsense" }))[0]?.type).toBe("NOT_FOUND");
    const page = await octokit.graphql<Threads>(threadsQuery, { owner: "ada", name: "shop", number: pull.number });
    const id = page.repository.pullRequest.reviewThreads.nodes[0]?.id;
    for (const token of [github.forkToken("ada/shop"), github.personalToken("zoe")]) {
      expect((await errorsOf(plainClient(github, token), resolve, { id }))[0]?.type).toBe("FORBIDDEN");
    }
    expect(pull.view().threads[0]?.resolvedBy).toBeUndefined();
  });

  it("hides comments, switches drafts and automatic merging", async () => {
    const { pull, octokit } = await startScene();
    const { data } = await octokit.rest.issues.createComment({ ...shop, issue_number: pull.number, body: "old" });
    const hide = `mutation ($id: ID!) {
      minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } }
    }`;
    const hidden = await octokit.graphql<{ minimizeComment: unknown }>(hide, { id: data.node_id });
    expect(hidden.minimizeComment).toEqual({ minimizedComment: { isMinimized: true, minimizedReason: "outdated" } });
    const { data: shape } = await octokit.rest.pulls.get({ ...shop, pull_number: pull.number });
    const draft = `mutation ($id: ID!) { convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`;
    const auto = `mutation ($id: ID!) {
      enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH }) { pullRequest { id } }
    }`;
    await octokit.graphql(draft, { id: shape.node_id });
    await octokit.graphql(auto, { id: shape.node_id });
    expect(await octokit.graphql("{ viewer { login } }")).toEqual({ viewer: { login: "github-actions[bot]" } });
    const { data: after } = await octokit.rest.pulls.get({ ...shop, pull_number: pull.number });
    expect([after.draft, after.mergeable_state, after.auto_merge?.merge_method]).toEqual([true, "draft", "squash"]);
  });
});

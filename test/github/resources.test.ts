/** Checks, statuses, labels, issues, search, releases, workflow runs and SARIF. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { plainClient, refusal, shop, startScene } from "./scene.ts";

const annotation = (line: number) => ({
  path: "src/a.ts",
  start_line: line,
  end_line: line,
  annotation_level: "warning" as const,
  message: `note ${line}`,
});

describe("checks and statuses", () => {
  it("take fifty annotations a request and add them up", async () => {
    const { pull, octokit } = await startScene();
    const annotations = (count: number) => Array.from({ length: count }, (_, index) => annotation(index + 1));
    const run = { ...shop, name: "codeflow", head_sha: pull.headSha() };
    const output = (count: number) => ({ title: "Result", summary: "All", annotations: annotations(count) });
    const tooMany = await refusal(octokit.rest.checks.create({ ...run, output: output(51) }));
    expect([tooMany.status, tooMany.data.message.includes("No more than 50 items")]).toEqual([422, true]);
    const { data } = await octokit.rest.checks.create({ ...run, status: "in_progress", output: output(50) });
    const done = { ...shop, check_run_id: data.id, conclusion: "failure" as const, output: output(7) };
    const updated = await octokit.rest.checks.update(done);
    expect([updated.data.status, updated.data.output.annotations_count]).toEqual(["completed", 57]);
    const all = await octokit.paginate(octokit.rest.checks.listAnnotations, { ...shop, check_run_id: data.id });
    expect(all).toHaveLength(57);
    const listed = await octokit.rest.checks.listForRef({ ...shop, ref: "topic", check_name: "codeflow" });
    expect(listed.data.check_runs.map((each) => [each.id, each.conclusion])).toEqual([[data.id, "failure"]]);
    const suites = await octokit.rest.checks.listSuitesForRef({ ...shop, ref: "topic" });
    expect(suites.data.check_suites.map((each) => each.conclusion)).toEqual(["failure"]);
    expect(pull.view().checks[0]?.annotations).toHaveLength(57);
  });

  it("combine statuses by their contexts", async () => {
    const { pull, octokit } = await startScene();
    const status = { ...shop, sha: pull.headSha() };
    await octokit.rest.repos.createCommitStatus({ ...status, state: "pending", context: "codeflow" });
    await octokit.rest.repos.createCommitStatus({ ...status, state: "success", context: "codeflow" });
    const long = octokit.rest.repos.createCommitStatus({ ...status, state: "error", description: "x".repeat(141) });
    expect((await refusal(long)).status).toBe(422);
    const { data } = await octokit.rest.repos.getCombinedStatusForRef({ ...shop, ref: "topic" });
    expect([data.state, data.total_count]).toEqual(["success", 1]);
  });
});

describe("issues", () => {
  it("are made, found again, closed with a reason and searched", async () => {
    const { github, octokit } = await startScene();
    const { data: made } = await octokit.rest.issues.create({
      ...shop,
      title: "Leak in parser",
      body: "marker-abc123",
      labels: ["security", "Bug"],
      assignees: ["ben"],
    });
    expect(made.labels).toMatchObject([{ name: "security" }, { name: "bug" }]);
    expect(made.assignees?.map((user) => user.login)).toEqual(["ben"]);
    const search = async (q: string) =>
      (await octokit.rest.search.issuesAndPullRequests({ q, advanced_search: "true" })).data.items.map(
        (each) => each.number,
      );
    expect(await search(`repo:ada/shop is:issue is:open label:security in:body "marker-abc123"`)).toEqual([
      made.number,
    ]);
    expect(await search("repo:ada/shop is:pr")).toEqual([1]);
    expect(await search(`repo:ada/shop is:issue -label:bug`)).toEqual([]);
    const closed = {
      ...shop,
      issue_number: made.number,
      state: "closed" as const,
      state_reason: "not_planned" as const,
    };
    expect((await octokit.rest.issues.update(closed)).data.state_reason).toBe("not_planned");
    const open = await octokit.rest.issues.listForRepo(shop);
    // Pull requests are in this list too.
    expect(open.data.map((issue) => [issue.number, issue.pull_request !== undefined])).toEqual([[1, true]]);
    const byLabel = { ...shop, labels: "bug,security", state: "all" as const, creator: "github-actions[bot]" };
    expect((await octokit.rest.issues.listForRepo(byLabel)).data.map((issue) => issue.number)).toEqual([made.number]);
    await octokit.rest.issues.lock({ ...shop, issue_number: made.number, lock_reason: "resolved" });
    const cleo = plainClient(github, github.personalToken("cleo"));
    const locked = cleo.rest.issues.createComment({ ...shop, issue_number: made.number, body: "but" });
    expect((await refusal(locked)).status).toBe(403);
    const nobody = octokit.rest.issues.create({ ...shop, title: "x", assignees: ["zoe"] });
    expect((await refusal(nobody)).data.errors).toMatchObject([{ field: "assignees", code: "invalid" }]);
  });

  it("have labels in the repository's own spelling", async () => {
    const { pull, octokit } = await startScene();
    const label = { ...shop, name: "codeflow", color: "ABCDEF" };
    expect((await octokit.rest.issues.createLabel(label)).data.color).toBe("abcdef");
    expect((await refusal(octokit.rest.issues.createLabel({ ...label, name: "CodeFlow" }))).data.errors).toEqual([
      { resource: "Label", code: "already_exists", field: "name" },
    ]);
    const target = { ...shop, issue_number: pull.number };
    await octokit.rest.issues.addLabels({ ...target, labels: ["CODEFLOW", "fresh"] });
    expect(pull.view().labels).toEqual(["codeflow", "fresh"]);
    await octokit.rest.issues.removeLabel({ ...target, name: "fresh" });
    expect((await refusal(octokit.rest.issues.removeLabel({ ...target, name: "fresh" }))).status).toBe(404);
    await octokit.rest.issues.setLabels({ ...target, labels: ["bug"] });
    expect(pull.view().labels).toEqual(["bug"]);
  });

  it("take each reaction of a person once", async () => {
    const { pull, octokit } = await startScene();
    const comment = pull.comment("cleo", "/codeflow check");
    const reaction = { ...shop, comment_id: comment.id, content: "eyes" as const };
    expect((await octokit.rest.reactions.createForIssueComment(reaction)).status).toBe(201);
    expect((await octokit.rest.reactions.createForIssueComment(reaction)).status).toBe(200);
    expect(pull.view().comments[0]?.reactions).toEqual(["github-actions[bot]:eyes"]);
  });
});

describe("releases, runs and uploads", () => {
  it("draft and publish releases, which makes the tag", async () => {
    const { repository, octokit } = await startScene();
    const { data } = await octokit.rest.repos.createRelease({ ...shop, tag_name: "v1.0.0", draft: true, body: "New" });
    expect((await refusal(octokit.rest.repos.getReleaseByTag({ ...shop, tag: "v1.0.0" }))).status).toBe(404);
    await octokit.rest.repos.updateRelease({ ...shop, release_id: data.id, draft: false });
    expect((await octokit.rest.repos.getReleaseByTag({ ...shop, tag: "v1.0.0" })).data.id).toBe(data.id);
    const tags = await octokit.rest.repos.listTags(shop);
    expect(tags.data.map((tag) => [tag.name, tag.commit.sha])).toEqual([["v1.0.0", repository.sha("main")]]);
  });

  it("serve artifacts and logs through a redirect", async () => {
    const { repository, pull, octokit } = await startScene();
    const id = repository.workflowRun({
      headBranch: "topic",
      headSha: pull.headSha(),
      conclusion: "failure",
      jobs: [{ name: "build", log: "it broke\n", conclusion: "failure", steps: ["compile"] }],
      artifacts: { result: { "report.json": "{}" } },
    });
    const { data } = await octokit.rest.actions.listWorkflowRunArtifacts({ ...shop, run_id: id });
    const zip = await octokit.rest.actions.downloadArtifact({
      ...shop,
      artifact_id: data.artifacts[0]?.id ?? 0,
      archive_format: "zip",
    });
    expect(Buffer.from(zip.data as ArrayBuffer).toString("latin1")).toContain("report.json{}");
    const jobs = await octokit.rest.actions.listJobsForWorkflowRun({ ...shop, run_id: id });
    const log = await octokit.rest.actions.downloadJobLogsForWorkflowRun({
      ...shop,
      job_id: jobs.data.jobs[0]?.id ?? 0,
    });
    expect(log.data).toBe("it broke\n");
    const runs = await octokit.rest.actions.listWorkflowRunsForRepo({ ...shop, head_sha: pull.headSha() });
    expect(runs.data.workflow_runs[0]?.pull_requests?.map((each) => each.number)).toEqual([pull.number]);
  });

  it("take SARIF packed as GitHub wants it, and find fault with what is too much", async () => {
    const { repository, pull, octokit } = await startScene({ limits: { sarifResults: 2 } });
    const run = (results: number) => ({
      tool: { driver: { name: "codeflow" } },
      results: Array.from({ length: results }, () => ({ message: { text: "x" } })),
    });
    const upload = { ...shop, commit_sha: pull.headSha(), ref: "refs/pull/1/head" };
    const send = async (sarif: unknown) => {
      const packed = gzipSync(JSON.stringify(sarif)).toString("base64");
      const { data } = await octokit.rest.codeScanning.uploadSarif({ ...upload, sarif: packed });
      const look = async () => (await octokit.rest.codeScanning.getSarif({ ...shop, sarif_id: data.id ?? "" })).data;
      expect((await look()).processing_status).toBe("pending");
      return look();
    };
    expect((await send({ version: "2.1.0", runs: [run(2)] })).processing_status).toBe("complete");
    expect((await send({ version: "2.1.0", runs: [run(3)] })).errors?.[0]).toContain("more results per run");
    expect((await send({ version: "2.1.0", runs: Array.from({ length: 21 }, () => run(0)) })).errors?.[0]).toContain(
      "more runs than allowed (21 > 20)",
    );
    const bare = octokit.rest.codeScanning.uploadSarif({ ...upload, sarif: "not packed" });
    expect((await refusal(bare)).status).toBe(400);
    expect(repository.sarifs()).toHaveLength(3);
  });
});

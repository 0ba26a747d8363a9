/** Clone, fetch and push with real git, and what a push does to pull requests. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { plainClient, refusal, shop, startGithub, startScene } from "./scene.ts";
import { gitEnvironment } from "./world/git.ts";

const run = promisify(execFile);
const identity = { name: "Ben", email: "ben@example.com", date: new Date("2026-01-01T00:00:00Z") };

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "github-clone-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("git", args, { cwd, env: gitEnvironment(identity) });
  return stdout.trim();
}

describe("git over HTTP", () => {
  it("serves clones, and a push becomes the new head of the pull request before it returns", async () => {
    const { github, repository, pull, octokit } = await startScene();
    const clone = folder();
    await git(clone, "clone", "--quiet", "--branch", "topic", repository.cloneUrl(github.personalToken("ben")), ".");
    writeFileSync(join(clone, "README.md"), "# The shop\n");
    await git(clone, "commit", "--quiet", "-am", "Retitle");
    await git(clone, "push", "--quiet", "origin", "topic");
    const { data } = await octokit.rest.pulls.get({ ...shop, pull_number: pull.number });
    expect(data.head.sha).toBe(await git(clone, "rev-parse", "HEAD"));
    expect(data.commits).toBe(2);
    expect(data.changed_files).toBe(3);
  });

  it("keeps refs/pull/N/head and merge, and takes no push to them", async () => {
    const { github, repository, pull } = await startScene();
    const clone = folder();
    await git(clone, "clone", "--quiet", "--depth=1", repository.cloneUrl(github.personalToken("ben")), ".");
    await git(clone, "fetch", "--quiet", "origin", `refs/pull/${pull.number}/head`);
    expect(await git(clone, "rev-parse", "FETCH_HEAD")).toBe(pull.headSha());
    await git(clone, "fetch", "--quiet", "--depth=2", "origin", `refs/pull/${pull.number}/merge`);
    const parents = await git(clone, "rev-list", "--parents", "-1", "FETCH_HEAD");
    expect(parents.split(" ").slice(1)).toEqual([repository.sha("main"), pull.headSha()]);
    await expect(git(clone, "push", "--quiet", "origin", "HEAD:refs/pull/1/head")).rejects.toThrow("hidden ref");
  });

  it("refuses pushes without write access and hides private repositories", async () => {
    const github = await startGithub();
    const hidden = github.addRepository({ owner: "ada", name: "secret", private: true, files: { a: "1\n" } });
    const open = github.addRepository({ owner: "ada", name: "open", files: { a: "1\n" } });
    const clone = folder();
    const strangers = github.personalToken("zoe");
    await expect(git(clone, "ls-remote", hidden.cloneUrl(strangers))).rejects.toThrow("not found");
    expect(await git(clone, "ls-remote", hidden.cloneUrl(github.personalToken("ada")))).toContain("refs/heads/main");
    await git(clone, "clone", "--quiet", open.cloneUrl(strangers), ".");
    await expect(git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/x")).rejects.toThrow("403");
    const readOnly = open.cloneUrl(github.forkToken("ada/open"));
    await expect(git(clone, "push", "--quiet", readOnly, "HEAD:refs/heads/x")).rejects.toThrow("403");
  });

  it("follows a fork: its objects, its label, its force-pushes", async () => {
    const { github, repository, octokit } = await startScene();
    const fork = repository.fork("zoe");
    const first = fork.commit({ branch: "idea", as: "zoe", files: { "idea.txt": "one\n" } });
    const pull = repository.openPull({ head: "idea", from: fork, as: "zoe" });
    const { data } = await octokit.rest.pulls.get({ ...shop, pull_number: pull.number });
    expect([data.head.label, data.head.repo.full_name, data.head.repo.fork]).toEqual(["zoe:idea", "zoe/shop", true]);
    const clone = folder();
    await git(clone, "clone", "--quiet", repository.cloneUrl(), ".");
    await git(clone, "fetch", "--quiet", "origin", `refs/pull/${pull.number}/head`);
    expect(await git(clone, "rev-parse", "FETCH_HEAD")).toBe(first);

    await git(clone, "checkout", "--quiet", "-B", "idea", "origin/main");
    await git(clone, "commit", "--quiet", "--allow-empty", "-m", "Other");
    await git(clone, "push", "--quiet", "--force", fork.cloneUrl(github.personalToken("zoe")), "idea");
    expect(pull.headSha()).toBe(await git(clone, "rev-parse", "HEAD"));
  });
});

describe("what moves with pushes", () => {
  it("keeps base.sha until the head is pushed to, as GitHub does", async () => {
    const { repository, pull } = await startScene();
    const before = pull.baseSha();
    const moved = repository.commit({ files: { "other.txt": "x\n" } });
    expect(pull.baseSha()).toBe(before);
    repository.commit({ branch: "topic", files: { "more.txt": "y\n" } });
    expect(pull.baseSha()).toBe(moved);
  });

  it("knows conflicts, and null while it has not looked", async () => {
    const { repository, pull, octokit } = await startScene({ lazyMergeability: true });
    const get = async () => (await octokit.rest.pulls.get({ ...shop, pull_number: pull.number })).data;
    expect([(await get()).mergeable, (await get()).mergeable_state]).toEqual([null, "clean"]);
    repository.commit({ files: { "src/a.ts": "wholly different\n" } });
    expect([(await get()).mergeable, (await get()).mergeable_state]).toEqual([null, "dirty"]);
  });

  it("merges, and notices merges that were pushed", async () => {
    const { repository, pull, octokit } = await startScene();
    const stale = octokit.rest.pulls.merge({ ...shop, pull_number: pull.number, sha: "0".repeat(40) });
    expect((await refusal(stale)).status).toBe(409);
    const { data } = await octokit.rest.pulls.merge({ ...shop, pull_number: pull.number, merge_method: "squash" });
    expect(repository.sha("main")).toBe(data.sha);
    expect(pull.view().state).toBe("merged");

    repository.commit({ branch: "second", files: { "b.txt": "b\n" } });
    const second = repository.openPull({ head: "second" });
    repository.forcePush("main", repository.sha("second"));
    expect(second.view().state).toBe("merged");
  });

  it("waits for the checks of a protected branch, and merges by itself once they are there", async () => {
    const { repository, pull, octokit } = await startScene();
    const target = { ...shop, pull_number: pull.number };
    const auto = `mutation ($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id }) { pullRequest { id } } }`;
    const { data } = await octokit.rest.pulls.get(target);
    await expect(octokit.graphql(auto, { id: data.node_id })).rejects.toThrow("clean status");
    repository.protect("main", ["ci"]);
    repository.status({ sha: pull.headSha(), context: "ci", state: "pending" });
    expect((await octokit.rest.pulls.get(target)).data.mergeable_state).toBe("blocked");
    expect((await refusal(octokit.rest.pulls.merge(target))).status).toBe(405);
    await octokit.graphql(auto, { id: data.node_id });
    expect(pull.view().state).toBe("open");
    repository.status({ sha: pull.headSha(), context: "ci", state: "success" });
    expect(pull.view().state).toBe("merged");
    const branches = await octokit.rest.repos.listBranches(shop);
    expect(branches.data.map((branch) => [branch.name, branch.protected])).toEqual([
      ["main", true],
      ["topic", false],
    ]);
    expect((await refusal(octokit.rest.git.deleteRef({ ...shop, ref: "heads/main" }))).status).toBe(422);
  });

  it("rebases by replaying, and closes what lost its branch", async () => {
    const { repository, pull } = await startScene();
    const main = repository.commit({ files: { "other.txt": "x\n" } });
    const tip = repository.rebase("topic");
    expect([pull.headSha(), pull.baseSha()]).toEqual([tip, main]);
    repository.deleteBranch("topic");
    expect(pull.view().state).toBe("closed");
  });
});

describe("the git database over REST", () => {
  it("writes files and moves refs", async () => {
    const { github, repository, pull } = await startScene();
    const octokit = plainClient(github, github.personalToken("ben"));
    const file = { ...shop, path: "docs/a b.md", branch: "topic", message: "Write" };
    const content = Buffer.from("hello\n").toString("base64");
    const put = await octokit.rest.repos.createOrUpdateFileContents({ ...file, content });
    expect(put.status).toBe(201);
    expect(pull.headSha()).toBe(put.data.commit.sha);
    expect((await refusal(octokit.rest.repos.createOrUpdateFileContents({ ...file, content }))).status).toBe(422);
    const read = await octokit.rest.repos.getContent({ ...shop, path: "docs/a b.md", ref: "topic" });
    expect(read.data).toMatchObject({ type: "file", content: `${content}` });

    const sha = repository.sha("main");
    await octokit.rest.git.createRef({ ...shop, ref: "refs/heads/made", sha });
    expect((await refusal(octokit.rest.git.createRef({ ...shop, ref: "refs/heads/made", sha }))).status).toBe(422);
    const backwards = octokit.rest.git.updateRef({ ...shop, ref: "heads/topic", sha });
    expect((await refusal(backwards)).data.message).toBe("Update is not a fast forward");
    await octokit.rest.git.deleteRef({ ...shop, ref: "heads/made" });
    expect((await refusal(octokit.rest.git.getRef({ ...shop, ref: "heads/made" }))).status).toBe(404);
    const tree = await octokit.rest.git.getTree({ ...shop, tree_sha: "main", recursive: "1" });
    expect(tree.data.tree.map((entry) => entry.path)).toEqual(["README.md", "src", "src/a.ts"]);
  });

  it("compares across forks, three-dot", async () => {
    const { repository, octokit } = await startScene();
    repository.commit({ files: { "main-only.txt": "x\n" } });
    const fork = repository.fork("zoe");
    fork.commit({ branch: "idea", from: "topic", as: "zoe", files: { "idea.txt": "one\n" } });
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...shop, basehead: "main...zoe:idea" });
    expect([data.status, data.ahead_by, data.behind_by]).toEqual(["diverged", 2, 1]);
    expect(data.files?.map((file) => file.filename)).toEqual(["idea.txt", "src/a.ts", "src/new.ts"]);
  });
});

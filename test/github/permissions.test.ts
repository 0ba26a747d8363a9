/** Who may do what: tokens of people, of apps, of fork pull requests, and nobody. */
import { describe, expect, it } from "vitest";
import { plainClient, refusal, shop, startGithub, startScene } from "./scene.ts";

describe("tokens", () => {
  it("of fork pull requests read everything and write nothing", async () => {
    const { github, repository, pull } = await startScene();
    const octokit = plainClient(github, github.forkToken("ada/shop"));
    const target = { ...shop, pull_number: pull.number };
    expect((await octokit.rest.pulls.get(target)).status).toBe(200);
    expect((await octokit.rest.repos.get(shop)).data.permissions).toMatchObject({ pull: true, push: false });
    const writes = [
      octokit.rest.issues.createComment({ ...shop, issue_number: pull.number, body: "x" }),
      octokit.rest.pulls.createReview({ ...target, event: "COMMENT", body: "x" }),
      octokit.rest.checks.create({ ...shop, name: "x", head_sha: pull.headSha() }),
      octokit.rest.repos.createCommitStatus({ ...shop, sha: pull.headSha(), state: "success" }),
      octokit.rest.issues.addLabels({ ...shop, issue_number: pull.number, labels: ["bug"] }),
      octokit.rest.git.createRef({ ...shop, ref: "refs/heads/x", sha: repository.sha("main") }),
    ];
    for (const write of writes) {
      expect(await refusal(write)).toMatchObject({
        status: 403,
        data: { message: "Resource not accessible by integration" },
      });
    }
    expect(github.requests.writes()).toEqual([]);
  });

  it("of apps reach only their repository and what they were given", async () => {
    const { github, pull } = await startScene();
    github.addRepository({ owner: "ada", name: "other", private: true, files: { a: "1\n" } });
    const permissions = { contents: "read", pull_requests: "write" } as const;
    const octokit = plainClient(github, github.installationToken("ada/shop", { permissions }));
    // Comments on pull requests need only pull_requests; a commit status needs statuses.
    const said = await octokit.rest.issues.createComment({ ...shop, issue_number: pull.number, body: "x" });
    expect(said.data.performed_via_github_app?.slug).toBe("github-actions");
    const status = octokit.rest.repos.createCommitStatus({ ...shop, sha: pull.headSha(), state: "success" });
    expect((await refusal(status)).status).toBe(403);
    expect((await refusal(octokit.rest.repos.get({ owner: "ada", repo: "other" }))).status).toBe(404);
    expect((await refusal(octokit.rest.users.getAuthenticated())).status).toBe(403);
  });

  it("of people do what their role allows", async () => {
    const { github, pull } = await startScene();
    const [ben, cleo] = ["ben", "cleo"].map((login) => plainClient(github, github.personalToken(login)));
    const labels = { ...shop, issue_number: pull.number, labels: ["bug"] };
    expect((await ben?.rest.issues.addLabels(labels))?.data.map((label) => label.name)).toEqual(["bug"]);
    expect((await refusal(cleo?.rest.issues.addLabels(labels) ?? Promise.resolve())).status).toBe(403);
    const comment = await ben?.rest.issues.createComment({ ...shop, issue_number: pull.number, body: "mine" });
    const edit = { ...shop, comment_id: comment?.data.id ?? 0, body: "not yours" };
    expect((await refusal(cleo?.rest.issues.updateComment(edit) ?? Promise.resolve())).status).toBe(403);
    // Check runs belong to apps.
    const run = ben?.rest.checks.create({ ...shop, name: "x", head_sha: pull.headSha() });
    expect((await refusal(run ?? Promise.resolve())).data.message).toBe("You must authenticate via a GitHub App.");
    const narrow = github.personalToken("ben", { permissions: { metadata: "read", pull_requests: "read" } });
    const issue = plainClient(github, narrow).rest.issues.create({ ...shop, title: "x" });
    expect((await refusal(issue)).data.message).toBe("Resource not accessible by personal access token");
  });

  it("must be known, and nobody reads what is public", async () => {
    const { github, pull } = await startScene();
    expect((await refusal(plainClient(github, "ghp_wrong").rest.repos.get(shop))).data.message).toBe("Bad credentials");
    const nobody = plainClient(github);
    expect((await nobody.rest.pulls.get({ ...shop, pull_number: pull.number })).status).toBe(200);
    const comment = nobody.rest.issues.createComment({ ...shop, issue_number: pull.number, body: "x" });
    expect((await refusal(comment)).status).toBe(401);
  });
});

describe("the permission of a person", () => {
  it("is told to those who can write, by coarse word and role", async () => {
    const { github, repository, octokit } = await startScene();
    repository.collaborator("max", "maintain");
    repository.collaborator("tia", "triage");
    github.addUser({ login: "zoe" });
    const words: unknown[] = [];
    for (const username of ["ada", "ben", "max", "tia", "cleo", "zoe"]) {
      const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...shop, username });
      words.push([data.permission, data.role_name]);
    }
    expect(words).toEqual([
      ["admin", "admin"],
      ["write", "write"],
      ["write", "maintain"],
      ["read", "triage"],
      ["read", "read"],
      ["read", "read"],
    ]);
    const asked = { ...shop, username: "ada" };
    const cleo = plainClient(github, github.personalToken("cleo"));
    expect((await refusal(cleo.rest.repos.getCollaboratorPermissionLevel(asked))).status).toBe(403);
  });

  it("is none in a private repository that a person does not belong to", async () => {
    const github = await startGithub();
    github.addRepository({ owner: "ada", name: "secret", private: true, files: { a: "1\n" } });
    github.addUser({ login: "zoe" });
    const secret = { owner: "ada", repo: "secret" };
    const octokit = plainClient(github, github.installationToken("ada/secret"));
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...secret, username: "zoe" });
    expect(data.permission).toBe("none");
    const zoe = plainClient(github, github.personalToken("zoe"));
    expect((await refusal(zoe.rest.repos.get(secret))).status).toBe(404);
  });

  it("shows as author_association", async () => {
    const { repository, pull, octokit } = await startScene();
    for (const login of ["ada", "ben", "zoe"]) pull.comment(login, "hello");
    const { data } = await octokit.rest.issues.listComments({ ...shop, issue_number: pull.number });
    expect(data.map((comment) => comment.author_association)).toEqual(["OWNER", "COLLABORATOR", "NONE"]);
    const fork = repository.fork("zoe");
    fork.commit({ branch: "fix", as: "zoe", files: { "fix.txt": "x\n" } });
    repository.openPull({ head: "fix", from: fork, as: "zoe" }).merge();
    const after = await octokit.rest.issues.listComments({ ...shop, issue_number: pull.number });
    expect(after.data[2]?.author_association).toBe("CONTRIBUTOR");
  });
});

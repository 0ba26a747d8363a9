/** Workflows through the command line on the local GitHub: what stands on the pull request, and whose code is not run. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGithubServer, type GithubServer, type SeededRepository } from "../github/index.ts";

const program = join(import.meta.dirname, "../../bin/codeflow.js");
const run = promisify(execFile);

let server: GithubServer;
let repository: SeededRepository;
let folder: string;

beforeAll(async () => {
  server = await createGithubServer();
  server.addUser({ login: "dev" });
  server.addUser({ login: "stranger" });
  repository = server.addRepository({
    owner: "acme",
    name: "shop",
    files: { "src/a.js": "export const a = 1;\n", "package.json": '{"type": "module"}\n' },
    collaborators: { dev: "write" },
  });
  folder = mkdtempSync(join(tmpdir(), "codeflow-on-github-"));
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function checkout(name: string, sha: string): Promise<string> {
  const at = join(folder, name);
  const token = server.installationToken("acme/shop");
  await run("git", ["clone", "-q", repository.cloneUrl(token), at]);
  await run("git", ["fetch", "-q", "origin", "+refs/pull/*/head:refs/remotes/pull/*"], { cwd: at });
  await run("git", ["checkout", "-q", sha], { cwd: at });
  return at;
}

async function codeflow(cwd: string, args: readonly string[]) {
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    GITHUB_TOKEN: server.installationToken("acme/shop"),
    GITHUB_API_URL: server.apiUrl,
    GITHUB_REPOSITORY: "acme/shop",
    NO_COLOR: "1",
  };
  try {
    const { stdout, stderr } = await run(process.execPath, [program, ...args], { cwd, env, timeout: 120_000 });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { code: failed.code ?? -1, text: `${failed.stdout ?? ""}${failed.stderr ?? ""}` };
  }
}

describe("workflows on the local GitHub", () => {
  it("publishes once however often it runs, and takes back what was mended", async () => {
    repository.commit({
      branch: "topic",
      from: "main",
      files: { "src/a.js": "export function f(x) {\n  return x === NaN;\n}\n" },
      as: "dev",
    });
    const pull = repository.openPull({ head: "topic", base: "main", title: "feat: f", as: "dev" });
    const at = await checkout("publishes", pull.headSha());
    for (let time = 0; time < 2; time++) {
      const first = await codeflow(at, ["run", "pr-review", "--pr", `acme/shop#${pull.number}`]);
      expect(first.text).toContain("succeeded");
      expect(first.code).toBe(0);
    }
    const { threads, comments, checks } = pull.view();
    expect(threads).toHaveLength(1);
    expect(threads[0]).toMatchObject({ path: "src/a.js", line: 2, resolvedBy: undefined });
    expect(comments).toHaveLength(1);
    expect(checks).toMatchObject([{ name: "CodeFlow", conclusion: "failure" }]);

    repository.commit({
      branch: "topic",
      files: { "src/a.js": "export function f(x) {\n  return x === 1;\n}\n" },
      as: "dev",
    });
    await run("git", ["fetch", "-q", "origin"], { cwd: at });
    await run("git", ["checkout", "-q", pull.headSha()], { cwd: at });
    expect((await codeflow(at, ["run", "pr-review", "--pr", `acme/shop#${pull.number}`])).code).toBe(0);
    const after = pull.view();
    expect(after.threads).toMatchObject([{ resolvedBy: expect.any(String) }]);
    expect(after.comments).toMatchObject([{ body: expect.stringContaining("nothing new") }]);
  }, 180_000);

  it("publishes nothing about a pull request that is not checked out", async () => {
    const files = { "src/b.js": "export const b = (x) => x === NaN;\n" };
    repository.commit({ branch: "elsewhere", from: "main", files, as: "dev" });
    const pull = repository.openPull({ head: "elsewhere", base: "main", title: "feat: b", as: "dev" });
    const at = await checkout("elsewhere", repository.sha("main"));
    const { code, text } = await codeflow(at, ["run", "pr-review", "--pr", `acme/shop#${pull.number}`]);
    expect(text).toContain(`what is checked out is not pull request #${pull.number}`);
    expect(code).not.toBe(0);
    expect(pull.view()).toMatchObject({ checks: [], threads: [], comments: [] });
    // GitHub's own merge of it will do.
    await run("git", ["fetch", "-q", "origin", `refs/pull/${pull.number}/merge`], { cwd: at });
    await run("git", ["checkout", "-q", "FETCH_HEAD"], { cwd: at });
    const merge = await codeflow(at, ["run", "pr-review", "--pr", `acme/shop#${pull.number}`]);
    expect(merge.text).toContain("succeeded");
    expect(pull.view().threads).toHaveLength(1);
  }, 120_000);

  it("judges a fork's change by the rules of its base, and runs nothing of it", async () => {
    const fork = repository.fork("stranger");
    const files = {
      "src/a.js": "export const a = (x) => x === NaN;\n",
      "codeflow.yml": "exclude: ['**']\ngate: []\n",
      "eslint.config.mjs": `import fs from "node:fs";\nfs.writeFileSync("owned", "");\nexport default [];\n`,
    };
    fork.commit({ branch: "lenient", from: "main", files, as: "stranger" });
    const pull = repository.openPull({ head: "lenient", base: "main", title: "x", as: "stranger", from: fork });
    const at = await checkout("lenient", pull.headSha());
    const { text } = await codeflow(at, ["run", "pr-review", "--pr", `acme/shop#${pull.number}`]);
    expect(text).toContain("succeeded");
    expect(pull.view()).toMatchObject({ threads: [{ path: "src/a.js" }], checks: [{ conclusion: "failure" }] });
    expect((await run("git", ["status", "--short"], { cwd: at })).stdout).toBe("");
  }, 120_000);

  it("runs nothing of a fork's code for a comment on its pull request, and no workflow that it brings", async () => {
    const script = "name: x\non: issue_comment\nsteps:\n  - run: touch owned\n";
    repository.commit({ files: { ".codeflow/workflows/x.yml": script }, as: "dev" });
    const fork = repository.fork("stranger");
    const evil = "name: y\non: issue_comment\nsteps:\n  - uses: release.tag\n    with: { version: 6.6.6 }\n";
    const edited = script.replace("touch owned", "touch owned owned-too");
    fork.commit({ branch: "evil", from: "main", files: { ".codeflow/workflows/y.yml": evil }, as: "stranger" });
    fork.commit({ branch: "edits", from: "main", files: { ".codeflow/workflows/x.yml": edited }, as: "stranger" });
    for (const { branch, workflow, says, exit } of [
      { branch: "evil", workflow: "x", says: "nothing may be executed for an event of a stranger's", exit: 1 },
      { branch: "evil", workflow: "y", says: "main has no such workflow", exit: 2 },
      { branch: "edits", workflow: "x", says: "main has another one", exit: 2 },
    ]) {
      const pull = repository.openPull({ head: branch, base: "main", title: workflow, as: "stranger", from: fork });
      const comment = pull.comment("dev", "/codeflow check");
      const at = await checkout(`fork-${branch}-${workflow}`, pull.headSha());
      const payload = server.eventPayload(repository, { event: "issue_comment", commentId: comment.id });
      writeFileSync(join(folder, "event.json"), JSON.stringify(payload));
      const args = ["run", workflow, "--event", join(folder, "event.json"), "--event-name", "issue_comment"];
      const { code, text } = await codeflow(at, args);
      expect(text).toContain(says);
      expect(code).toBe(exit);
      const { stdout } = await run("git", ["status", "--short"], { cwd: at });
      expect(stdout).toBe("");
      pull.close();
    }
  }, 120_000);
});

/** What comments and pushes ask for, through the command line on the local GitHub, in the clones that its runners make. */
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
  repository = server.addRepository({
    owner: "acme",
    name: "shop",
    files: {
      "src/a.py": "A = 1\n",
      "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-01\n\n- The first\n",
    },
    collaborators: { dev: "write" },
  });
  folder = mkdtempSync(join(tmpdir(), "codeflow-requests-"));
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A clone of the default branch, as a runner makes it: of one commit, unless asked for all. */
async function clone(name: string, options: readonly string[] = ["--depth=1"]): Promise<string> {
  const at = join(folder, name);
  await run("git", ["clone", "-q", ...options, repository.cloneUrl(server.installationToken("acme/shop")), at]);
  return at;
}

async function codeflow(cwd: string, workflow: string, event: string, payload: unknown): Promise<string> {
  const file = join(folder, "event.json");
  writeFileSync(file, JSON.stringify(payload));
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    GITHUB_TOKEN: server.installationToken("acme/shop"),
    GITHUB_API_URL: server.apiUrl,
    GITHUB_REPOSITORY: "acme/shop",
    NO_COLOR: "1",
  };
  const args = [program, "run", workflow, "--event", file, "--event-name", event];
  const { stdout, stderr } = await run(process.execPath, args, { cwd, env, timeout: 120_000 });
  return stdout + stderr;
}

async function show(at: string, revision: string, path: string): Promise<string> {
  await run("git", ["fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*"], { cwd: at });
  return (await run("git", ["show", `${revision}:${path}`], { cwd: at })).stdout;
}

describe("requests on the local GitHub", () => {
  it("fixes the pull request that a comment is about, from a shallow clone of the default branch", async () => {
    repository.commit({
      branch: "topic",
      from: "main",
      files: { "src/b.py": "import os\nimport sys\n\nprint(sys.argv)\n" },
      as: "dev",
    });
    const pull = repository.openPull({ head: "topic", base: "main", title: "feat: b", as: "dev" });
    const comment = pull.comment("dev", "Nearly there.\n\n/codeflow fix");
    const at = await clone("fix");
    const payload = server.eventPayload(repository, { event: "issue_comment", commentId: comment.id });
    expect(await codeflow(at, "magic-fix", "issue_comment", payload)).toContain("succeeded");
    expect(await show(at, "origin/topic", "src/b.py")).toBe("import sys\n\nprint(sys.argv)\n");
    expect(pull.view().comments).toMatchObject([
      { body: comment.body },
      { body: expect.stringContaining("Fixed `src/b.py` in ") },
    ]);

    const again = pull.comment("dev", "/codeflow check");
    const check = server.eventPayload(repository, { event: "issue_comment", commentId: again.id });
    expect(await codeflow(await clone("check"), "pr-comment-handler", "issue_comment", check)).toContain("succeeded");
    expect(pull.view().checks).toMatchObject([{ name: "CodeFlow", conclusion: "success" }]);
  }, 180_000);

  it("keeps one pull request for the changelog over two pushes", async () => {
    for (const [time, message] of ["feat: add carts", "fix: count what is in them"].entries()) {
      repository.commit({ branch: "main", files: { [`src/${time}.py`]: `B = ${time}\n` }, as: "dev", message });
      const at = await clone(`changelog-${time}`, []);
      const { stdout } = await run("git", ["rev-parse", "HEAD"], { cwd: at });
      const payload = {
        ref: "refs/heads/main",
        before: "0".repeat(40),
        after: stdout.trim(),
        commits: [],
        repository: { full_name: "acme/shop", name: "shop", owner: { login: "acme" }, default_branch: "main" },
        sender: { login: "dev", type: "User" },
      };
      expect(await codeflow(at, "changelog-updater", "push", payload)).toContain("succeeded");
      const text = await show(at, "origin/codeflow/changelog", "CHANGELOG.md");
      expect(text).toContain("add carts");
      expect(text.includes("count what is in them")).toBe(time === 1);
      expect(text).toContain("## [1.0.0] - 2026-01-01\n\n- The first\n");
    }
    const answer = await fetch(`${server.apiUrl}/repos/acme/shop/pulls?state=all`, {
      headers: { authorization: `Bearer ${server.installationToken("acme/shop")}` },
    });
    const pulls = (await answer.json()) as readonly { readonly head: { readonly ref: string } }[];
    expect(pulls.filter(({ head }) => head.ref === "codeflow/changelog")).toHaveLength(1);
  }, 180_000);
});

/** What `repo.commit-and-push` does when an earlier attempt was killed between its commit, its push and its answer. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commitAndPush } from "../../../../src/actions/repo/commit-and-push.ts";
import { openRepository } from "../../../../src/project/repository.ts";
import { createExec } from "../../../../src/system/exec.ts";

let base: string;
let root: string;
let env: Record<string, string>;

const gitIn = (cwd: string, ...args: string[]): string =>
  execFileSync("git", args, { cwd, env, encoding: "utf8" }).trim();
const git = (...args: string[]): string => gitIn(root, ...args);

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "codeflow-push-")));
  root = join(base, "clone");
  env = {
    PATH: process.env["PATH"] ?? "",
    HOME: base,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
  mkdirSync(root);
  git("init", "-q", "-b", "main");
  git("init", "-q", "--bare", "-b", "main", join(base, "origin.git"));
  git("remote", "add", "origin", join(base, "origin.git"));
  writeFileSync(join(root, "a.txt"), "one\n");
  git("add", "-A");
  git("-c", "user.name=Dev", "-c", "user.email=dev@example.invalid", "commit", "-qm", "first");
  git("switch", "-qc", "topic");
  git("push", "-q", "origin", "main", "topic");
  writeFileSync(join(root, "a.txt"), "two\n");
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

async function run(where: string, more: object = {}): Promise<Record<string, unknown>> {
  const exec = createExec(env);
  const repo = await openRepository({ root: where, exec, env, defaultBranch: "main" });
  const inputs = commitAndPush.inputs.parse({ message: "change", ...more });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return (await commitAndPush.run({ repo, exec, log } as never, inputs)) as Record<string, unknown>;
}

describe("after a crash", () => {
  it("pushes a commit that was made and not pushed", async () => {
    await run(root, { push: false });
    const commit = git("rev-parse", "HEAD");
    expect(await run(root)).toMatchObject({ committed: false, pushed: true, commit });
    expect(git("rev-parse", "refs/remotes/origin/topic")).toBe(commit);
  });

  it("takes over its own push from a fresh clone with the same edits", async () => {
    const first = await run(root);
    const fresh = join(base, "fresh");
    gitIn(base, "clone", "-q", join(base, "origin.git"), fresh);
    gitIn(fresh, "switch", "-q", "topic");
    gitIn(fresh, "reset", "-q", "--hard", "HEAD~1");
    writeFileSync(join(fresh, "a.txt"), "two\n");
    expect(await run(fresh)).toMatchObject({ committed: false, pushed: false, commit: first["commit"] });
    expect(gitIn(fresh, "rev-parse", "HEAD")).toBe(first["commit"]);
    expect(gitIn(fresh, "status", "--porcelain")).toBe("");
    expect(git("ls-remote", "origin", "refs/heads/topic")).toContain(String(first["commit"]));
  });

  it("does not take over somebody else's commit, and overwrites nothing", async () => {
    const fresh = join(base, "fresh");
    gitIn(base, "clone", "-q", join(base, "origin.git"), fresh);
    gitIn(fresh, "switch", "-q", "topic");
    writeFileSync(join(fresh, "b.txt"), "theirs\n");
    const theirs = await run(fresh, { message: "theirs" });
    await expect(run(root)).rejects.toThrow("has commits that this checkout lacks");
    expect(git("ls-remote", "origin", "refs/heads/topic")).toContain(String(theirs["commit"]));
    expect(git("log", "-1", "--format=%s")).toBe("change");
  });

  it("signs as nobody's address where git knows nobody", async () => {
    await run(root);
    expect(git("log", "-1", "--format=%an <%ae>")).toBe("codeflow[bot] <codeflow[bot]@users.noreply.github.com>");
  });
});

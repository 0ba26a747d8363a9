/** The change of a pull request, out of clones of every depth and out of the API: the same. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { changeOf } from "../../../src/app/change-of.ts";
import { createGithubHost } from "../../../src/integrations/github/index.ts";
import type { Change } from "../../../src/model/change.ts";
import type { CodeHost, HostPullRequest } from "../../../src/model/code-host.ts";
import { createGit, type Git } from "../../../src/project/git.ts";
import { createExec } from "../../../src/system/exec.ts";
import { quickOptions } from "../../contract/github-stage.ts";
import { createGithubServer, type GithubServer, type SeededRepository } from "../../github/index.ts";

const silent = { warn: () => {}, info: () => {}, debug: () => {} };
const lines = (count: number, changed: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: count }, (_, index) => `${changed[index + 1] ?? `line ${index + 1}`}\n`).join("");

interface Scene {
  readonly github: GithubServer;
  readonly repository: SeededRepository;
  readonly host: CodeHost;
  readonly token: string;
}

async function scene(limits?: { readonly pullFiles: number }): Promise<Scene> {
  const github = await createGithubServer(limits === undefined ? {} : { limits });
  onTestFinished(() => github.close());
  const repository = github.addRepository({
    owner: "ada",
    name: "shop",
    files: {
      "a.ts": lines(40),
      "old.ts": lines(30, { 1: "renamed" }),
      "gone.ts": "gone\n",
      "bin.dat": Buffer.from([0, 1, 2, 0]),
      "run.sh": "echo\n",
      "end.txt": "no newline",
    },
  });
  const token = github.installationToken("ada/shop");
  return { github, repository, token, host: createGithubHost(quickOptions(github, "ada/shop", token)) };
}

/** Not synchronous: the server answers from this very process. */
async function clone({ repository, token }: Scene, ...options: readonly string[]): Promise<Git> {
  const folder = mkdtempSync(join(tmpdir(), "codeflow-clone-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
  await promisify(execFile)("git", ["clone", "-q", ...options, repository.cloneUrl(token), join(folder, "shop")], {
    env,
  });
  return createGit(createExec(env), join(folder, "shop"), env);
}

async function opened({ host }: Scene, number: number): Promise<HostPullRequest> {
  const found = await host.pullRequest(number);
  if (found === undefined) throw new Error("there is no pull request");
  return found;
}

/** Modes are not in the API. */
function withoutModes({ head, files }: Change): unknown {
  return { head, files: files.map(({ oldMode: _old, newMode: _new, ...file }) => file) };
}

describe("the change of a pull request", () => {
  it("is the same from a shallow clone, a whole one and the API", async () => {
    const all = await scene();
    const { repository, host } = all;
    const base = repository.sha("main");
    repository.commit({
      branch: "topic",
      files: {
        "a.ts": lines(40, { 20: "changed" }),
        "gone.ts": null,
        "new.ts": "one\n",
        "bin.dat": Buffer.from([0, 9]),
        "end.txt": "still no newline",
        "empty.txt": "",
      },
      renames: { "old.ts": "moved.ts" },
    });
    // The merge-base is further back than the first step fetches.
    for (let at = 0; at < 60; at++) repository.commit({ branch: "topic", files: { "count.txt": `${at}\n` } });
    for (let at = 0; at < 3; at++) repository.commit({ files: { "main.txt": `${at}\n` } });
    const pull = repository.openPull({ head: "topic" });
    const pullRequest = await opened(all, pull.number);
    const shallow = await changeOf(host, pullRequest, await clone(all, "--depth=1"), silent);
    expect(shallow).toMatchObject({ base, head: pull.headSha(), gaps: [] });
    expect(shallow.files.map(({ status, path }) => `${status} ${path}`)).toEqual([
      "modified a.ts",
      "modified bin.dat",
      "added count.txt",
      "added empty.txt",
      "modified end.txt",
      "removed gone.ts",
      "renamed moved.ts",
      "added new.ts",
    ]);
    expect(shallow.files.find(({ path }) => path === "moved.ts")).toMatchObject({ previousPath: "old.ts", hunks: [] });
    expect(shallow.files.filter(({ isBinary }) => isBinary).map(({ path }) => path)).toEqual(["bin.dat"]);
    expect(shallow.files.find(({ path }) => path === "end.txt")?.hunks?.[0]?.lines).toEqual([
      "-no newline",
      "+still no newline",
    ]);
    expect(await changeOf(host, pullRequest, await clone(all), silent)).toEqual(shallow);
    const api = await changeOf(host, pullRequest, undefined, silent);
    expect(withoutModes(api)).toEqual(withoutModes(shallow));
  }, 60_000);

  it("is the same for modes, submodules, links, odd names, and lines that look like a diff's own", async () => {
    const all = await scene();
    const { repository, host } = all;
    const section = "diff --git a/z.txt b/z.txt\n--- a/z.txt\n+++ b/z.txt\n@@ -1 +1 @@\n-x\n+y\n";
    repository.commit({
      branch: "topic",
      files: {
        "run.sh": { content: "echo\n", mode: "100755" },
        lib: { submodule: repository.sha("main") },
        'pfad/ä "b"\t.txt': "no newline",
        "gone.ts": { content: "a.ts", mode: "120000" },
        // After a carriage return alone, as of old Macs, a line does not begin.
        "b.txt": `one\r${section.replaceAll("\n", "\r")}\n${section}two\n`,
        "c.txt": lines(3),
        ".gitattributes": "end.txt -diff\n",
        "end.txt": "other",
      },
    });
    const pullRequest = await opened(all, repository.openPull({ head: "topic" }).number);
    const git = await clone(all);
    // A person's own settings for looking at diffs are theirs.
    for (const setting of [
      "diff.noprefix=true",
      "diff.suppressBlankEmpty=true",
      "diff.context=0",
      "diff.external=false",
    ])
      await git.run(["config", ...setting.split("=")]);
    const whole = await changeOf(host, pullRequest, git, silent);
    expect(whole.files.find(({ path }) => path === "b.txt")?.hunks).toMatchObject([{ newStart: 1, newLines: 8 }]);
    expect(whole.files.find(({ path }) => path === "c.txt")?.hunks).toMatchObject([{ newStart: 1, newLines: 3 }]);
    expect(whole.files.find(({ path }) => path === "run.sh")).toMatchObject({ oldMode: "100644", newMode: "100755" });
    expect(whole.files.find(({ path }) => path === "gone.ts")).toMatchObject({
      status: "type-changed",
      hunks: [{ lines: ["-gone"] }, { lines: ["+a.ts"] }],
    });
    const api = await changeOf(host, pullRequest, undefined, silent);
    // What GitHub's API says of a file that became a link is not documented.
    const plain = ({ files, ...rest }: Change): Change => ({
      ...rest,
      files: files.filter((one) => one.path !== "gone.ts"),
    });
    expect(withoutModes(plain(api))).toEqual(withoutModes(plain(whole)));
  }, 60_000);

  it("of more files than the API lists comes whole from a clone, and says so otherwise", async () => {
    const all = await scene({ pullFiles: 3_000 });
    const { repository, host } = all;
    const files = Object.fromEntries(Array.from({ length: 3_050 }, (_, index) => [`src/f${index}.txt`, `${index}\n`]));
    repository.commit({ branch: "wide", files });
    const pullRequest = await opened(all, repository.openPull({ head: "wide" }).number);
    const whole = await changeOf(host, pullRequest, await clone(all, "--depth=1"), silent);
    expect(whole.files).toHaveLength(3_050);
    expect(whole.gaps).toEqual([]);
    const listed = await changeOf(host, pullRequest, undefined, silent);
    expect(listed.files).toHaveLength(3_000);
    expect(listed.gaps).toEqual([{ reason: expect.stringContaining("first 3000 files") }]);
  }, 60_000);

  it("is never read from a clone of another repository", async () => {
    const all = await scene();
    all.repository.commit({ branch: "topic", files: { "new.ts": "one\n" } });
    const pullRequest = await opened(all, all.repository.openPull({ head: "topic" }).number);
    const other = all.github.addRepository({ owner: "ada", name: "other", files: { "x.txt": "x\n" } });
    const git = await clone({ ...all, repository: other });
    all.github.requests.clear();
    const change = await changeOf(all.host, pullRequest, git, silent);
    expect(change.files.map(({ path }) => path)).toEqual(["new.ts"]);
    expect(all.github.requests.all({ kind: "git" })).toEqual([]);
  }, 60_000);
});

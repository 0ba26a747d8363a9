import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type InstallRequest, installHook, removeHook } from "../../../src/project/hook.ts";
import { createExec } from "../../../src/system/exec.ts";

const environment: Record<string, string | undefined> = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@t",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@t",
};
const opened: string[] = [];
afterEach(() => {
  for (const root of opened.splice(0)) rmSync(root, { recursive: true, force: true });
});

function repository(): string {
  const root = mkdtempSync(join(tmpdir(), "codeflow-hook's "));
  opened.push(root);
  git(root, "init", "-q", "-b", "main", ".");
  return root;
}

function git(root: string, ...args: string[]): string {
  return execFileSync("git", args, {
    cwd: root,
    env: environment as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  }).toString();
}

function write(root: string, path: string, content: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
}

const read = (root: string, path: string): string => readFileSync(join(root, path), "latin1");

/** A codeflow that notes how it was called, and says no when something staged says so. */
function fakeCodeflow(root: string, folder = "node_modules/.bin"): void {
  const script = [
    "#!/bin/sh",
    'echo "$@ in $PWD index $GIT_INDEX_FILE" >> "$(git rev-parse --git-common-dir)/codeflow-calls"',
    "if git grep -q --cached forbidden -- '*.txt'; then echo 'codeflow: forbidden' >&2; exit 1; fi",
    "",
  ].join("\n");
  write(root, `${folder}/codeflow`, script, 0o755);
  write(root, ".git/info/exclude", "node_modules\n");
}

const calls = (root: string): string[] =>
  existsSync(join(root, ".git/codeflow-calls")) ? read(root, ".git/codeflow-calls").trim().split("\n") : [];

function install(root: string, options: Partial<InstallRequest> = {}) {
  const env = { ...environment, ...options.env };
  return installHook({ root, exec: createExec(env), ...options, env });
}
const remove = (root: string) => removeHook({ root, exec: createExec(environment), env: environment });

function commit(root: string, args: string[] = ["-m", "x"], env: Record<string, string> = {}) {
  const result = spawnSync("git", ["commit", "-q", ...args], {
    cwd: root,
    env: { ...environment, ...env } as NodeJS.ProcessEnv,
  });
  return { code: result.status, errors: result.stderr.toString() };
}

describe("a repository without hooks", () => {
  it("checks commits, refuses what codeflow refuses, and goes without a trace", async () => {
    const root = repository();
    fakeCodeflow(root);
    const before = readdirSync(join(root, ".git/hooks")).toSorted();
    expect(await install(root)).toEqual({
      status: "installed",
      manager: "git",
      path: ".git/hooks/pre-commit",
      how: "new file",
      notes: [],
    });
    expect((await install(root)).status).toBe("unchanged");
    write(root, "a.txt", "fine\n");
    git(root, "add", ".");
    expect(commit(root)).toEqual({ code: 0, errors: "" });
    expect(calls(root)).toHaveLength(1);
    expect(calls(root)[0]).toContain(`check --staged in ${root} index .git/index`);
    write(root, "a.txt", "forbidden\n");
    expect(commit(root, ["-a", "-m", "x"])).toEqual({ code: 1, errors: "codeflow: forbidden\n" });
    expect(calls(root)[1]).toContain("index.lock");
    write(root, "b.txt", "fine\n");
    git(root, "checkout", "-q", "a.txt");
    git(root, "add", ".");
    write(root, "a.txt", "partial\n");
    expect(commit(root, ["-m", "x", "--", "a.txt"]).code).toBe(0);
    expect(calls(root)[2]).toContain("next-index-");
    expect((await install(root, { args: ["check", "--staged", "--fix", "it's"], required: true })).status).toBe(
      "updated",
    );
    expect(read(root, ".git/hooks/pre-commit")).toContain(`exec codeflow check --staged --fix 'it'\\''s'`);
    expect((await remove(root)).status).toBe("removed");
    expect((await remove(root)).status).toBe("absent");
    expect(readdirSync(join(root, ".git/hooks")).toSorted()).toEqual(before);
  });

  it("lets commits through without codeflow, saying so, unless it is required", async () => {
    const root = repository();
    // Only git and the shell's own tools.
    const env = { PATH: "/usr/bin:/bin", HOME: root };
    if (spawnSync("sh", ["-c", "command -v codeflow"], { env }).status === 0)
      throw new Error("this machine has codeflow");
    await install(root);
    write(root, "a.txt", "a\n");
    git(root, "add", ".");
    const loose = commit(root, ["-m", "x"], env);
    expect(loose.code).toBe(0);
    expect(loose.errors).toContain("this commit is not checked");
    await install(root, { required: true });
    write(root, "a.txt", "b\n");
    const strict = commit(root, ["-am", "x"], env);
    expect(strict.code).toBe(1);
    expect(strict.errors).toContain("requires it");
  });

  it("finds node and codeflow from a desktop program's poor PATH", async () => {
    const root = repository();
    fakeCodeflow(root);
    const places = mkdtempSync(join(tmpdir(), "codeflow place's "));
    opened.push(places);
    write(places, "node", "#!/bin/sh\nexit 0\n", 0o755);
    // A PATH with git's and the shell's own tools, and no node.
    const tools = join(places, "tools");
    mkdirSync(tools);
    for (const name of ["git", "sh", "env", "cat"]) {
      symlinkSync(
        execFileSync("sh", ["-c", `command -v ${name}`])
          .toString()
          .trim(),
        join(tools, name),
      );
    }
    const env = { PATH: tools, HOME: places };
    write(root, "a.txt", "a\n");
    git(root, "add", ".");
    await install(root, { nodeDirectory: places });
    expect(commit(root, ["-m", "x"], env)).toEqual({ code: 0, errors: "" });
    expect(calls(root)).toHaveLength(1);
    // The usual places are looked into without being told.
    await install(root);
    expect(read(root, ".git/hooks/pre-commit")).not.toContain(places);
    write(places, ".volta/bin/node", "#!/bin/sh\nexit 0\n", 0o755);
    write(root, "a.txt", "b\n");
    expect(commit(root, ["-am", "x"], env).code).toBe(0);
    expect(calls(root)).toHaveLength(2);
  });

  it("works in linked worktrees", async () => {
    const root = repository();
    fakeCodeflow(root);
    write(root, "a.txt", "a\n");
    git(root, "add", ".");
    commit(root);
    const linked = `${root}-linked`;
    opened.push(linked);
    git(root, "worktree", "add", "-q", "-b", "side", linked);
    const report = await install(linked);
    expect(report).toMatchObject({ status: "installed", path: join(root, ".git/hooks/pre-commit") });
    write(linked, "a.txt", "b\n");
    expect(commit(linked, ["-am", "x"]).code).toBe(0);
    // The worktree has no node_modules; the main one's codeflow looked at the worktree.
    expect(calls(root)[0]).toContain(`in ${linked} `);
  });
});

describe("hooks that are there already", () => {
  it.each([
    ["with exec at the end", "#!/bin/sh\necho theirs >> ran\nexec true"],
    ["bash with options", "#!/usr/bin/env bash\nset -euo pipefail\necho theirs >> ran\n\n# \xff not UTF-8\n"],
    ["without a first line", "echo theirs >> ran\n"],
  ])("puts a block into a shell script: %s", async (_name, script) => {
    const root = repository();
    fakeCodeflow(root);
    write(root, ".git/hooks/pre-commit", Buffer.from(script, "latin1"), 0o751);
    expect(await install(root)).toMatchObject({ status: "installed", how: "block" });
    write(root, "a.txt", "a\n");
    git(root, "add", "a.txt");
    expect(commit(root)).toEqual({ code: 0, errors: "" });
    expect([calls(root).length, read(root, "ran")]).toEqual([1, "theirs\n"]);
    write(root, "a.txt", "forbidden\n");
    expect(commit(root, ["-am", "x"]).code).toBe(1);
    expect(read(root, "ran")).toBe("theirs\n");
    expect((await remove(root)).status).toBe("removed");
    expect(read(root, ".git/hooks/pre-commit")).toBe(script);
    expect(statSync(join(root, ".git/hooks/pre-commit")).mode & 0o777).toBe(0o751);
  });

  it("chains one that is no shell script, and gives it back", async () => {
    const root = repository();
    fakeCodeflow(root);
    const theirs =
      "#!/usr/bin/env python3\nimport sys\nopen('ran','a').write('theirs\\n')\nsys.exit(1 if 'no' in open('a.txt').read() else 0)";
    write(root, ".git/hooks/pre-commit", theirs, 0o755);
    expect(await install(root)).toMatchObject({ status: "installed", how: "chained" });
    expect((await install(root)).status).toBe("unchanged");
    write(root, "a.txt", "a\n");
    git(root, "add", "a.txt");
    expect(commit(root)).toEqual({ code: 0, errors: "" });
    expect([calls(root).length, read(root, "ran")]).toEqual([1, "theirs\n"]);
    write(root, "a.txt", "no\n");
    expect(commit(root, ["-am", "x"]).code).toBe(1);
    expect(calls(root)).toHaveLength(1);
    expect((await remove(root)).status).toBe("removed");
    expect(read(root, ".git/hooks/pre-commit")).toBe(theirs);
    expect(existsSync(join(root, ".git/hooks/pre-commit.before-codeflow"))).toBe(false);
  });

  it("keeps a link, and a hook that was switched off", async () => {
    const root = repository();
    fakeCodeflow(root);
    write(root, "scripts/hook", "#!/bin/sh\necho theirs >> ran\n", 0o755);
    symlinkSync("../../scripts/hook", join(root, ".git/hooks/pre-commit"));
    expect((await install(root)).how).toBe("chained");
    git(root, "add", ".");
    expect(commit(root)).toEqual({ code: 0, errors: "" });
    expect([calls(root).length, read(root, "ran"), read(root, "scripts/hook")]).toEqual([
      1,
      "theirs\n",
      "#!/bin/sh\necho theirs >> ran\n",
    ]);
    await remove(root);
    expect(readlinkSync(join(root, ".git/hooks/pre-commit"))).toBe("../../scripts/hook");

    rmSync(join(root, ".git/hooks/pre-commit"));
    write(root, ".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n", 0o644);
    const report = await install(root);
    expect(report).toMatchObject({ status: "installed", how: "chained" });
    expect(report.notes[0]).toContain("switched off");
    write(root, "b.txt", "b\n");
    git(root, "add", ".");
    expect(commit(root).code).toBe(0);
    await remove(root);
    expect(lstatSync(join(root, ".git/hooks/pre-commit")).mode & 0o777).toBe(0o644);
  });

  it("does not put an old hook back over what people added since", async () => {
    const root = repository();
    write(root, ".git/hooks/pre-commit", "#!/usr/bin/env python3\n", 0o755);
    await install(root);
    const file = join(root, ".git/hooks/pre-commit");
    writeFileSync(file, `${readFileSync(file, "utf8")}echo mine\n`);
    expect((await remove(root)).status).toBe("refused");
    expect(read(root, ".git/hooks/pre-commit")).toContain("echo mine");
  });
});

describe("core.hooksPath and husky", () => {
  it("follows the repository's own core.hooksPath and leaves a shared one alone", async () => {
    const root = repository();
    fakeCodeflow(root);
    git(root, "config", "core.hooksPath", ".githooks");
    expect(await install(root, { nodeDirectory: "/somewhere" })).toMatchObject({
      status: "installed",
      path: ".githooks/pre-commit",
    });
    // People share this folder: nothing of one machine belongs there.
    expect(read(root, ".githooks/pre-commit")).not.toContain("/somewhere");
    write(root, "a.txt", "a\n");
    git(root, "add", ".");
    expect(commit(root).code).toBe(0);
    expect(calls(root)).toHaveLength(1);

    const other = repository();
    const home = mkdtempSync(join(tmpdir(), "codeflow-home-"));
    opened.push(home);
    writeFileSync(join(home, "config"), `[core]\n\thooksPath = ${home}/hooks\n`);
    const env = { GIT_CONFIG_GLOBAL: join(home, "config") };
    expect(await install(other, { env })).toMatchObject({ status: "refused", path: join(home, "hooks/pre-commit") });
    expect(existsSync(join(home, "hooks"))).toBe(false);
    expect((await install(other, { env, allowShared: true })).status).toBe("installed");
    expect(existsSync(join(home, "hooks/pre-commit"))).toBe(true);
  });

  it("puts its block into husky's file, which husky runs with sh -e", async () => {
    const root = repository();
    fakeCodeflow(root);
    // As husky 9 lays it out: git runs .husky/_/pre-commit, which runs .husky/pre-commit.
    write(
      root,
      ".husky/_/pre-commit",
      '#!/usr/bin/env sh\nsh -e "$(dirname "$(dirname "$0")")/pre-commit" "$@"\n',
      0o755,
    );
    const theirs = "echo theirs >> ran\n";
    write(root, ".husky/pre-commit", theirs);
    git(root, "config", "core.hooksPath", ".husky/_");
    expect(await install(root)).toMatchObject({
      status: "installed",
      manager: "husky",
      path: ".husky/pre-commit",
      how: "block",
    });
    write(root, "a.txt", "a\n");
    git(root, "add", "a.txt");
    expect(commit(root)).toEqual({ code: 0, errors: "" });
    expect([calls(root).length, read(root, "ran")]).toEqual([1, "theirs\n"]);
    write(root, "a.txt", "forbidden\n");
    expect(commit(root, ["-am", "x"]).code).toBe(1);
    await remove(root);
    expect(read(root, ".husky/pre-commit")).toBe(theirs);
    rmSync(join(root, ".husky/pre-commit"));
    expect((await install(root)).how).toBe("new file");
    await remove(root);
    expect(existsSync(join(root, ".husky/pre-commit"))).toBe(false);
  });
});

describe("lefthook and the pre-commit framework", () => {
  const layouts: [string, string, string][] = [
    ["lefthook.yml", "nothing yet", "# empty\n"],
    ["lefthook.yml", "other hooks, no newline at the end", "pre-push:\n  commands:\n    test:\n      run: npm test"],
    [
      "lefthook.yml",
      "commands",
      "# top\npre-commit: # here\n    parallel: true\n    commands:\n        lint: # why\n            run: |\n                eslint\n                done\n        # last words\n\ncommit-msg:\n    commands: {}\n",
    ],
    [
      "lefthook.yml",
      "jobs",
      "pre-commit:\n  jobs:\n  - run: a\n    name: 'b'   # odd   spacing\n  - { run: c }\n\n\n# end\n",
    ],
    ["lefthook.yml", "options only", 'pre-commit:\n  "parallel": true\n'],
    [
      ".pre-commit-config.yaml",
      "repositories",
      "default_stages: [pre-commit]\nrepos:\n-   repo: local\n    hooks:\n    -   id: x\n        name: x\n        entry: 'true'\n        language: system\n# tail\nci:\n  skip: [x]\n",
    ],
    [".pre-commit-config.yaml", "empty", ""],
  ];

  it.each(layouts)("%s with %s: offers, adds on request, takes out without a trace", async (file, _name, content) => {
    const root = repository();
    write(root, file, content);
    const offered = await install(root);
    expect(offered).toMatchObject({ status: "offered", path: file });
    expect(offered.snippet).toContain("codeflow check --staged");
    expect(read(root, file)).toBe(content);
    expect((await install(root, { editManagerFile: true })).status).toBe("installed");
    const edited = read(root, file);
    for (const line of content.split("\n")) expect(edited.split("\n")).toContain(line);
    expect((await install(root, { editManagerFile: true })).status).toBe("unchanged");
    expect((await remove(root)).status).toBe("removed");
    expect(read(root, file)).toBe(content);
  });

  it("offers only where the layout is beyond it", async () => {
    const root = repository();
    const files: [string, string][] = [
      ["lefthook.yml", "pre-commit: { commands: { a: { run: b } } }\n"],
      ["lefthook.yml", "pre-commit:\n"],
      ["lefthook.yml", "pre-commit:\n  commands:\n    a: [\n"],
      ["lefthook.toml", "[pre-commit]\n"],
    ];
    for (const [file, content] of files) {
      write(root, file, content);
      const report = await install(root, { editManagerFile: true });
      expect(report).toMatchObject({ status: "offered", path: file });
      expect(report.notes).toHaveLength(1);
      expect(read(root, file)).toBe(content);
      rmSync(join(root, file));
    }
  });

  it("runs codeflow through the repository's package manager", async () => {
    const root = repository();
    write(root, "lefthook.yml", "");
    write(root, "package.json", '{"devDependencies":{"codeflow":"1"}}');
    expect((await install(root)).snippet).toContain("run: npx --no-install codeflow check");
    write(root, "pnpm-lock.yaml", "");
    expect((await install(root)).snippet).toContain("run: pnpm exec codeflow check");
  });

  it("is run by the real lefthook", async () => {
    const root = repository();
    const lefthook = join(import.meta.dirname, "../../../node_modules/.bin/lefthook");
    fakeCodeflow(root);
    write(root, "lefthook.yml", "pre-commit:\n  jobs:\n    - name: other\n      run: echo theirs >> ran\n");
    expect((await install(root, { editManagerFile: true })).status).toBe("installed");
    const env = {
      ...environment,
      PATH: `${join(root, "node_modules/.bin")}:${environment["PATH"]}`,
    } as NodeJS.ProcessEnv;
    execFileSync(lefthook, ["run", "pre-commit", "--force", "--all-files"], { cwd: root, env, stdio: "pipe" });
    expect([calls(root).length, read(root, "ran")]).toEqual([1, "theirs\n"]);
  });
});

/** Every kind of checkout: what is looked at, what is not and why, and where from. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { linesOf, Repository, type Report } from "./repository.ts";

const repositories: Repository[] = [];

afterAll(() => {
  for (const repository of repositories) repository.remove();
});

function create(
  files: Record<string, string | Uint8Array> = {},
  options: ConstructorParameters<typeof Repository>[0] = {},
): Repository {
  const repository = new Repository(options);
  repositories.push(repository);
  if (options.init === false) repository.writeAll(files);
  else repository.commit(files);
  return repository;
}

const unused = "import os\n";
const only = ["--only", "ruff"];
const places = (report: Report): string[] =>
  report.findings
    .filter(({ state }) => state !== "fixed")
    .map(({ location }) => location.path)
    .sort();

describe.skipIf(process.platform === "win32")("a checkout", { concurrent: true }, () => {
  it("linked to another worktree shares its cache and sees its own files", async () => {
    const repository = create({ "a.py": unused });
    await repository.settle();
    await repository.check(only);
    const linked = join(repository.base, "linked tree");
    repository.git("worktree", "add", "-q", "-b", "side", linked);
    writeFileSync(join(linked, "b.py"), unused);
    const { report } = await repository.check(only, { cwd: linked });
    expect(places(report)).toEqual(["a.py", "b.py"]);
    expect(report.analyzers[0]).toMatchObject({ files: 2, cachedFiles: 1 });
    expect(places((await repository.check(only)).report)).toEqual(["a.py"]);
    execFileSync("git", ["add", "b.py"], { cwd: linked, env: repository.env });
    expect(places((await repository.check([...only, "--staged"], { cwd: linked })).report)).toEqual(["b.py"]);
    expect((await repository.check([...only, "--staged", "--fix"], { cwd: linked })).report.findings).toEqual([]);
    expect(repository.gitIn(linked, "show", ":b.py")).toBe("");
  });

  it("bare: the commit is looked at", async () => {
    const repository = create({ "a.py": unused, "deep/b.py": unused });
    const bare = join(repository.base, "bare.git");
    repository.git("clone", "-q", "--bare", ".", bare);
    const { report } = await repository.check(only, { cwd: bare });
    expect(places(report)).toEqual(["a.py", "deep/b.py"]);
    const { exit, stderr } = await repository.run(["check", "--staged"], { cwd: bare });
    expect(exit).toBe(2);
    expect(stderr).toMatch(/bare repository/);
    const inside = await repository.check(only, { cwd: join(repository.root, ".git") });
    expect(places(inside.report)).toEqual(["a.py", "deep/b.py"]);
  });

  it("with a folder that git takes for a repository: its configuration names programs, and none is run", async () => {
    const repository = create({ "a.py": unused, "odd/b.py": unused });
    const folder = join(repository.root, "odd");
    repository.git("init", "-q", "--bare", folder);
    const canary = join(repository.base, "canary");
    repository.git("--git-dir", folder, "config", "core.bare", "false");
    repository.git("--git-dir", folder, "config", "core.worktree", "..");
    repository.git("--git-dir", folder, "config", "core.fsmonitor", `touch ${canary}; false`);
    const { exit, stderr } = await repository.run(["check", "--no-exec"], { cwd: folder });
    expect(exit).toBe(2);
    expect(stderr).toMatch(/is no repository to work in/);
    expect(existsSync(canary)).toBe(false);
    // From the folder above everything is as ever.
    expect(places((await repository.check(only)).report)).toContain("odd/b.py");
  });

  it("without commits", async () => {
    const repository = new Repository();
    repositories.push(repository);
    expect((await repository.check()).report).toMatchObject({ verdict: { status: "passed" }, summary: { files: 0 } });
    repository.write("a.py", unused);
    expect(places((await repository.check(only)).report)).toEqual(["a.py"]);
    expect(places((await repository.check([...only, "--staged"])).report)).toEqual([]);
    repository.git("add", "a.py");
    expect(places((await repository.check([...only, "--staged"])).report)).toEqual(["a.py"]);
    const { exit, stderr } = await repository.run(["check", "--changed"]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/no commits yet/);
  });

  it("with a detached HEAD", async () => {
    const repository = create({ "a.py": unused });
    repository.commit({ "b.py": unused });
    repository.git("checkout", "-q", "--detach", "HEAD");
    expect(places((await repository.check(only)).report)).toEqual(["a.py", "b.py"]);
    expect(places((await repository.check([...only, "--changed", "HEAD~1"])).report)).toEqual(["b.py"]);
  });

  it("of a shallow clone", async () => {
    const repository = create({ "a.py": unused });
    repository.commit({ "b.py": unused });
    const shallow = join(repository.base, "shallow");
    repository.git("clone", "-q", "--depth", "1", `file://${repository.root}`, shallow);
    expect(places((await repository.check(only, { cwd: shallow })).report)).toEqual(["a.py", "b.py"]);
    const { exit, stderr } = await repository.run(["check", "--changed", "HEAD~1"], { cwd: shallow });
    expect(exit).toBe(2);
    expect(stderr).toMatch(/shallow/);
    expect(stderr).toMatch(/next: git fetch/);
  });

  it("of a partial clone with a sparse checkout: what is not checked out is named, not reported on", async () => {
    const repository = create({
      "in/a.py": unused,
      "out/b.py": unused,
      "out/c.js": "const a = 1; a = 2;\n",
      "root.py": unused,
      "in/readme.md": "# A\n\n[there](../out/b.py) [nowhere](../out/no.py)\n",
    });
    const clone = join(repository.base, "clone");
    repository.git("config", "uploadpack.allowFilter", "true");
    repository.git("clone", "-q", "--filter=blob:none", "--sparse", `file://${repository.root}`, clone);
    repository.gitIn(clone, "sparse-checkout", "set", "in");
    const { report, exit, stderr } = await repository.check(["--no-exec"], { cwd: clone });
    expect(stderr).toBe("");
    expect(exit).not.toBe(3);
    expect(places(report)).toEqual(expect.arrayContaining(["in/a.py", "root.py"]));
    expect(places(report).some((path) => path.startsWith("out/"))).toBe(false);
    expect(report.notices).toContain("not looked at, outside of the sparse checkout: out/b.py, out/c.js");
    // A link to what exists and is not checked out is not broken.
    expect(report.findings.filter(({ message }) => message.includes("out/b.py"))).toEqual([]);
    repository.gitIn(clone, "commit", "-q", "--allow-empty", "-m", "x");
    writeFileSync(join(clone, "in/a.py"), "import re\n");
    const changed = await repository.check([...only, "--changed", "HEAD~1"], { cwd: clone });
    expect(places(changed.report)).toEqual(["in/a.py"]);
    expect(changed.report.findings.every(({ location }) => !location.path.startsWith("out"))).toBe(true);
    expect(existsSync(join(clone, "out"))).toBe(false);
  });

  it("outside of git honours .gitignore and changes", async () => {
    const repository = create(
      {
        "a.py": unused,
        ".gitignore": "ignored\n*.gen.py\n!keep.gen.py\n",
        "ignored/b.py": unused,
        "x.gen.py": unused,
        "keep.gen.py": unused,
        "deep/.gitignore": "/c.py\n",
        "deep/c.py": unused,
        "deep/d.py": unused,
        "node_modules/x/e.py": unused,
      },
      { init: false },
    );
    expect(places((await repository.check(only)).report)).toEqual(["a.py", "deep/d.py", "keep.gen.py"]);
    repository.write("a.py", "print(1)\n");
    expect(places((await repository.check(only)).report)).toEqual(["deep/d.py", "keep.gen.py"]);
    expect(places((await repository.check(only, { cwd: join(repository.root, "deep") })).report)).toContain("d.py");
    for (const scope of ["--staged", "--changed"]) {
      const { exit, stderr } = await repository.run(["check", scope]);
      expect(exit).toBe(2);
      expect(stderr).toMatch(/needs a git repository/);
    }
  });

  it("with a nested repository that was added by accident", async () => {
    const repository = create();
    repository.write("nested/a.txt", "a\n");
    repository.git("init", "-q", "nested");
    repository.git("-C", "nested", "add", ".");
    repository.git("-C", "nested", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "nested");
    repository.git("-c", "advice.addEmbeddedRepo=false", "add", "nested");
    for (const args of [[], ["--staged"], []]) {
      const { report } = await repository.check([...args, "--only", "paths"]);
      expect(report.findings.map(({ rule, location }) => [rule, location.path])).toEqual([
        ["paths/unlisted-submodule", "nested"],
      ]);
    }
  });

  it("with submodules: theirs is not ours", async () => {
    const inner = create({ "inner.py": unused });
    const repository = create({ "a.py": unused });
    repository.git("submodule", "--quiet", "add", inner.root, "vendor/inner module");
    repository.git("commit", "-q", "-m", "submodule");
    mkdirSync(join(repository.root, "nested"));
    repository.gitIn(join(repository.root, "nested"), "init", "-q");
    writeFileSync(join(repository.root, "nested/n.py"), unused);
    expect(places((await repository.check(only)).report)).toEqual(["a.py"]);
    const { report } = await repository.check([], {});
    expect(report.findings.filter(({ rule }) => rule.startsWith("paths/"))).toEqual([]);
    const inside = await repository.check(only, { cwd: join(repository.root, "vendor/inner module") });
    expect(places(inside.report)).toEqual(["inner.py"]);
    writeFileSync(join(repository.root, "vendor/inner module/inner.py"), "import re\n");
    for (const scope of [["--staged"], ["--changed", "HEAD~1"]]) {
      expect(places((await repository.check([...only, ...scope])).report)).toEqual([]);
    }
  });

  it("with LFS pointers, binary, huge and oddly encoded files", async () => {
    const pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    const repository = create({
      "lfs.py": pointer,
      "lfs.js": pointer,
      "binary.py": Uint8Array.from([0, 1, 2, 3, 105, 109]),
      "binary.js": Uint8Array.from([0, 1, 2, 3, 105, 109]),
      "huge.py": Buffer.alloc(10_000_000, "x"),
      "huge.js": Buffer.alloc(10_000_000, "x"),
      "huge.json": Buffer.alloc(10_000_000, "["),
      "huge.md": Buffer.alloc(10_000_000, "a "),
      "huge.yml": Buffer.alloc(10_000_000, "a: "),
      "latin.py": Buffer.from("# -*- coding: latin-1 -*-\nimport os\nx = 'caf\xe9'\n", "latin1"),
      "latin.js": Buffer.from("const a = 1;\na = 'caf\xe9';\n", "latin1"),
      "utf16.py": Buffer.from("\ufeffimport os\n", "utf16le"),
      "crlf.py": "import os\r\nimport sys\r\n",
      "bom.py": "\ufeffimport os\n",
      "bom.js": "\ufeffconst a = 1;\na = 2;\n",
      "empty.py": "",
      "empty.js": "",
      "empty.json": "",
      "no-newline.py": "import os",
    });
    const { report, exit, stderr } = await repository.check(["--no-exec"]);
    expect(stderr).toBe("");
    expect(report.verdict.status, JSON.stringify(report.verdict)).not.toBe("incomplete");
    expect(exit).not.toBe(3);
    const where = places(report);
    for (const path of ["crlf.py", "bom.py", "bom.js", "no-newline.py"]) expect(where).toContain(path);
    for (const path of ["lfs.py", "lfs.js", "empty.py", "empty.js"]) expect(where).not.toContain(path);
    const notices = report.notices.join("\n");
    expect(notices).toMatch(/a Git LFS pointer: lfs\.js, lfs\.py/);
    expect(notices).toMatch(/larger than 2 MiB: huge\.js, huge\.json, huge\.md and 2 more/);
    const skipped = report.analyzers.flatMap(({ skippedFiles }) =>
      skippedFiles.map(({ path, reason }) => `${path}: ${reason}`),
    );
    expect(skipped.join("\n")).toMatch(/latin\.(?:py|js): not UTF-8/);
    // The positions of a file with a byte order mark are those that an editor shows; its fix keeps the mark.
    expect(
      report.findings.find(({ location, rule }) => location.path === "bom.py" && rule === "ruff/F401")?.location
        .startLine,
    ).toBe(1);
    expect((await repository.run(["check", "--fix", "--only", "ruff", "--format", "agent"])).exit).toBe(0);
    expect(repository.git("diff", "--stat", "--", "crlf.py", "bom.py")).toContain("crlf.py");
  });

  it("with an unmerged index", async () => {
    const repository = create({ "a.py": "x = 1\n", "b.py": "y = 1\n" });
    repository.git("checkout", "-q", "-b", "other");
    repository.commit({ "a.py": "import os\nx = 2\n" });
    repository.git("checkout", "-q", "main");
    repository.commit({ "a.py": "import re\nx = 3\n" });
    expect(() => repository.git("merge", "-q", "other")).toThrow();
    const { report, exit } = await repository.check([]);
    expect(exit).toBe(1);
    expect(report.findings.map(({ rule }) => rule)).toContain("hygiene/conflict-marker");
    const staged = await repository.check([...only, "--staged"]);
    expect([0, 1]).toContain(staged.exit);
    expect((await repository.check([...only, "--changed", "HEAD"])).report.verdict.status).not.toBe("incomplete");
    const before = repository.git("ls-files", "-s");
    await repository.run(["check", "--staged", "--fix"]);
    expect(repository.git("ls-files", "-s")).toBe(before);
  });

  it("with intents to add, changed modes, types and renames that only differ in case", async () => {
    const repository = create({ "a.py": unused, "b.py": unused, "link.py": unused, "Case.py": unused });
    repository.write("new.py", unused);
    repository.git("add", "-N", "new.py");
    chmodSync(join(repository.root, "a.py"), 0o755);
    rmSync(join(repository.root, "link.py"));
    symlinkSync("a.py", join(repository.root, "link.py"));
    repository.git("mv", "Case.py", "case.py");
    expect(places((await repository.check(only)).report)).toEqual(["a.py", "b.py", "case.py", "new.py"]);
    const changed = await repository.check([...only, "--changed", "HEAD"]);
    expect(changed.report.findings.filter(({ state }) => state === "new").map(({ location }) => location.path)).toEqual(
      ["new.py"],
    );
    expect(places((await repository.check([...only, "--staged"])).report).filter((path) => path === "new.py")).toEqual(
      [],
    );
  });

  it("from a subdirectory, with paths, with --cwd, with spaces in names", async () => {
    const repository = create(
      { "a b/c d.py": unused, "a b/-dash.py": unused, "other/é ü.py": unused, "root.py": unused },
      { folder: 'my repository\'s "name"' },
    );
    repository.write("other/new file.py", unused);
    const deep = join(repository.root, "a b");
    const all = ["a b/-dash.py", "a b/c d.py", "other/new file.py", "other/é ü.py", "root.py"];
    expect(places((await repository.check(only, { cwd: deep })).report)).toEqual(all);
    expect(places((await repository.check([...only, "."], { cwd: deep })).report)).toEqual(all.slice(0, 2));
    expect(places((await repository.check([...only, "../other"], { cwd: deep })).report)).toEqual(all.slice(2, 4));
    expect(places((await repository.check([...only, "--", "-dash.py"], { cwd: deep })).report)).toEqual(
      all.slice(0, 1),
    );
    expect(places((await repository.check([...only, "--cwd", "other", "é ü.py"])).report)).toEqual(all.slice(3, 4));
    expect(places((await repository.check([...only, "--cwd", repository.root], { cwd: "/" })).report)).toEqual(all);
    for (const path of ["/etc", "../..", "missing.py"]) {
      expect((await repository.run(["check", path], { cwd: deep })).exit).toBe(2);
    }
    const linked = join(repository.base, "entry");
    symlinkSync(repository.root, linked);
    expect(places((await repository.check([...only, "root.py"], { cwd: linked })).report)).toEqual(["root.py"]);
  });

  it("as hooks see it: GIT_DIR, GIT_INDEX_FILE, GIT_WORK_TREE set", async () => {
    const repository = create({ "a.py": "x = 1\n", "b.py": "y = 1\n" });
    repository.write("a.py", unused);
    repository.write("b.py", "import re\n");
    const hook = join(repository.root, ".git/hooks/pre-commit");
    const out = join(repository.base, "seen.json");
    mkdirSync(join(repository.root, ".git/hooks"), { recursive: true });
    writeFileSync(
      hook,
      `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, "../../bin/codeflow.js")}' check --staged --only ruff --format json --gate new.error=0 > '${out}'\n`,
      { mode: 0o755 },
    );
    // `git commit -o` builds another index for the hook: only a.py is in it.
    repository.git("add", "b.py");
    repository.git("commit", "-q", "-o", "-m", "only a", "--", "a.py");
    expect(places(JSON.parse(readFileSync(out, "utf8")) as Report)).toEqual(["a.py"]);
    const env = {
      GIT_DIR: join(repository.root, ".git"),
      GIT_WORK_TREE: repository.root,
      GIT_INDEX_FILE: ".git/index",
      GIT_PREFIX: "",
    };
    expect(places((await repository.check([...only, "--staged"], { env })).report)).toEqual(["b.py"]);
    const elsewhere = await repository.check(only, {
      env: { GIT_DIR: env.GIT_DIR, GIT_WORK_TREE: env.GIT_WORK_TREE },
      cwd: join(repository.base, "home"),
    });
    expect(places(elsewhere.report)).toEqual(["a.py", "b.py"]);
  });

  it("whose settings would change what git prints", async () => {
    const repository = create({ "a.py": "x = 1\ny = 2\nz = 3\nw = 4\nv = 5\nu = 6\nt = 7\n", "s/b.py": "x = 1\n" });
    for (const [key, value] of Object.entries({
      "color.ui": "always",
      "diff.interHunkContext": "20",
      "diff.context": "10",
      "diff.noprefix": "true",
      "diff.mnemonicPrefix": "true",
      "diff.relative": "true",
      "diff.renames": "copies",
      "diff.external": "/bin/false",
      "diff.submodule": "log",
      "log.showSignature": "true",
      "core.quotePath": "true",
      "status.relativePaths": "true",
      "core.pager": "/bin/false",
    })) {
      repository.git("config", key, value);
    }
    repository.write("a.py", "import os\nx = 1\ny = 2\nz = 3\nw = 4\nv = 5\nu = 6\nt = 7\nimport re\n");
    repository.write("s/b.py", "x = 1\nimport sys\n");
    const { report } = await repository.check([...only, "--changed", "HEAD"], { cwd: join(repository.root, "s") });
    expect(
      report.findings
        .filter(({ state }) => state === "new")
        .map(({ location }) => `${location.path}:${location.startLine}`)
        .sort(),
    ).toEqual(["a.py:1", "a.py:9", "s/b.py:2"]);
    expect(linesOf(report).join()).not.toContain("\u001b");
  });

  it("with the SHA-256 object format", async () => {
    const repository = new Repository({ init: false });
    repositories.push(repository);
    repository.git("init", "-q", "-b", "main", "--object-format=sha256", ".");
    repository.commit({ "a.py": unused });
    repository.write("a.py", "import re\n");
    repository.git("add", "a.py");
    expect(places((await repository.check(only)).report)).toEqual(["a.py"]);
    expect(places((await repository.check([...only, "--staged"])).report)).toEqual(["a.py"]);
    expect(places((await repository.check([...only, "--changed", "HEAD"])).report)).toEqual(["a.py"]);
    expect((await repository.run(["check", "--staged", "--fix", ...only, "--format", "agent"])).exit).toBe(0);
    expect(repository.git("show", ":a.py")).toBe("");
  });

  it("in a folder that is not there, a file, or unreadable", async () => {
    const repository = create({ "a.py": unused });
    for (const cwd of ["missing", "a.py"]) {
      const { exit, stderr } = await repository.run(["check", "--cwd", cwd]);
      expect(exit).toBe(2);
      expect(stderr).toMatch(/is not a folder/);
    }
    const broken = await repository.run(["check"], { env: { GIT_DIR: "/nonexistent" } });
    expect(broken.stderr).not.toMatch(/unexpectedly/);
    writeFileSync(join(repository.root, ".git/HEAD"), "garbage\n");
    const { exit, stderr } = await repository.run(["check", "--only", "ruff"]);
    expect([0, 2, 3]).toContain(exit);
    expect(stderr).not.toMatch(/unexpectedly/);
  });

  it("with a broken index or missing objects is an error, never a pass", async () => {
    const repository = create({ "a.py": unused, "b.py": unused });
    const blob = repository.git("rev-parse", "HEAD:a.py").trim();
    repository.write("a.py", "print(1)\n");
    rmSync(join(repository.root, ".git/objects", blob.slice(0, 2), blob.slice(2)));
    const changed = await repository.run(["check", "--changed", "HEAD", "--format", "agent"]);
    expect(changed.exit, changed.stdout + changed.stderr).toBe(3);
    expect(changed.stderr + changed.stdout).not.toMatch(/unexpectedly/);
    writeFileSync(join(repository.root, ".git/index"), "DIRCgarbage");
    const { exit, stderr } = await repository.run(["check"]);
    expect(exit).toBe(3);
    expect(stderr).toMatch(/index/);
    expect(stderr).not.toMatch(/unexpectedly/);
  });
});

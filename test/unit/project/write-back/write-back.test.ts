import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { writeBack } from "../../../../src/project/write-back/write-back.ts";
import { change, env, exec, mountSmall, otherFileSystem, Repository } from "./repository.ts";

const opened: Repository[] = [];
function repository(...options: ConstructorParameters<typeof Repository>): Repository {
  const created = new Repository(...options);
  opened.push(created);
  return created;
}
afterEach(() => {
  for (const each of opened.splice(0)) each.remove();
});

const old = "one\ntwo\nthree\nfour\nfive\n";
const fixed = old.replace("two", "TWO");

describe("writing fixes back to the index", () => {
  it("writes the index and the untouched working file", async () => {
    const repo = repository();
    repo.commit({ 'a b/ü"x.txt': "base\n", "other.txt": "other\n" });
    repo.stage({ 'a b/ü"x.txt': old });
    const result = await repo.writeBack([change('a b/ü"x.txt', old, fixed)]);
    expect(result).toEqual([{ path: 'a b/ü"x.txt', index: true, workingFile: "written" }]);
    expect(repo.staged('a b/ü"x.txt')).toBe(fixed);
    expect(repo.read('a b/ü"x.txt')).toBe(fixed);
    expect(repo.git("status", "--porcelain", "-z")).toBe('M  a b/ü"x.txt\0');
    // Plumbing that does not refresh by itself sees a clean file too.
    expect(repo.git("diff-files", "--name-only")).toBe("");
    expect(repo.journals()).toEqual([]);
    expect(repo.hasLock()).toBe(false);
    expect(repo.git("stash", "list")).toBe("");
  });

  it("merges into a working file with other changes, and leaves one alone where they clash", async () => {
    const repo = repository();
    repo.stage({ "merge.txt": old, "clash.txt": old, "has-it.txt": old });
    repo.write("merge.txt", `${old}six\n`);
    repo.write("clash.txt", old.replace("two", "deux"));
    repo.write("has-it.txt", fixed);
    const result = await repo.writeBack(
      ["merge.txt", "clash.txt", "has-it.txt"].map((path) => change(path, old, fixed)),
    );
    expect(result.map(({ path, workingFile, reason }) => [path, workingFile, reason])).toEqual([
      ["merge.txt", "merged", undefined],
      ["clash.txt", "skipped", "conflict"],
      ["has-it.txt", "already", undefined],
    ]);
    for (const path of ["merge.txt", "clash.txt", "has-it.txt"]) expect(repo.staged(path)).toBe(fixed);
    expect(repo.read("merge.txt")).toBe(`${fixed}six\n`);
    expect(repo.read("clash.txt")).toBe(old.replace("two", "deux"));
    expect(repo.git("status", "--porcelain")).toBe("AM clash.txt\nA  has-it.txt\nAM merge.txt\n");
  });

  it("does not write where there is no plain file of that content", async () => {
    const repo = repository();
    const outside = mkdtempSync(join(tmpdir(), "codeflow-outside-"));
    try {
      repo.stage({ "gone.txt": old, "link.txt": old, "folder/below-link.txt": old, "became-folder.txt": old });
      writeFileSync(join(outside, "below-link.txt"), old);
      unlinkSync(join(repo.root, "gone.txt"));
      unlinkSync(join(repo.root, "link.txt"));
      symlinkSync(join(outside, "below-link.txt"), join(repo.root, "link.txt"));
      rmSync(join(repo.root, "folder"), { recursive: true });
      symlinkSync(outside, join(repo.root, "folder"));
      unlinkSync(join(repo.root, "became-folder.txt"));
      mkdirSync(join(repo.root, "became-folder.txt"));
      const paths = ["gone.txt", "link.txt", "folder/below-link.txt", "became-folder.txt"];
      const result = await repo.writeBack(paths.map((path) => change(path, old, fixed)));
      expect(result.map(({ reason }) => reason)).toEqual(["missing", "symlink", "symlink", "not-a-file"]);
      for (const path of paths) expect(repo.staged(path)).toBe(fixed);
      expect(readFileSync(join(outside, "below-link.txt"), "utf8")).toBe(old);
      expect(existsSync(join(repo.root, "gone.txt"))).toBe(false);
      expect(lstatSync(join(repo.root, "link.txt")).isSymbolicLink()).toBe(true);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it("keeps executable bits and permissions", async () => {
    const repo = repository();
    repo.write("run.sh", old);
    chmodSync(join(repo.root, "run.sh"), 0o750);
    repo.git("add", "run.sh");
    repo.stage({ "private.txt": old });
    chmodSync(join(repo.root, "private.txt"), 0o600);
    await repo.writeBack([change("run.sh", old, fixed), change("private.txt", old, fixed)]);
    expect(repo.git("ls-files", "-s", "run.sh")).toMatch(/^100755 /);
    expect(statSync(join(repo.root, "run.sh")).mode & 0o777).toBe(0o750);
    expect(statSync(join(repo.root, "private.txt")).mode & 0o777).toBe(0o600);
    expect(repo.git("status", "--porcelain")).toBe("A  private.txt\nA  run.sh\n");
    // core.fileMode off: the index says executable, the file does not.
    repo.git("config", "core.fileMode", "false");
    chmodSync(join(repo.root, "run.sh"), 0o640);
    await repo.writeBack([change("run.sh", fixed, old)]);
    expect(repo.git("ls-files", "-s", "run.sh")).toMatch(/^100755 /);
    expect(repo.git("status", "--porcelain")).toBe("A  private.txt\nA  run.sh\n");
  });

  it("respects line-ending conversion and filters", async () => {
    const repo = repository();
    repo.git("config", "filter.shout.clean", "tr a-z A-Z");
    repo.git("config", "filter.shout.smudge", "cat");
    repo.commit({ ".gitattributes": "*.crlf text eol=crlf\n*.up filter=shout\n*.auto text=auto\n*.raw -text\n" });
    const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
    repo.stage({ "a.crlf": crlf(old), "edited.crlf": crlf(old), "b.up": old, "c.auto": old, "d.raw": crlf(old) });
    const upper = old.toUpperCase();
    expect([repo.staged("a.crlf"), repo.staged("b.up"), repo.staged("d.raw")]).toEqual([old, upper, crlf(old)]);
    repo.write("edited.crlf", crlf(`${old}mine\n`));
    repo.write("c.auto", `${old}mine\n`);
    repo.write("d.raw", crlf(`${old}mine\n`));
    const result = await repo.writeBack([
      change("a.crlf", old, fixed),
      change("edited.crlf", old, fixed),
      change("b.up", upper, upper.replace("TWO", "2")),
      change("c.auto", old, fixed),
      change("d.raw", crlf(old), crlf(fixed)),
    ]);
    expect(result.map(({ path, workingFile, reason }) => [path, workingFile, reason])).toEqual([
      ["a.crlf", "written", undefined],
      ["edited.crlf", "skipped", "filtered"],
      ["b.up", "skipped", "filtered"],
      ["c.auto", "merged", undefined],
      ["d.raw", "merged", undefined],
    ]);
    expect(repo.staged("a.crlf")).toBe(fixed);
    expect(repo.read("a.crlf")).toBe(crlf(fixed));
    expect(repo.staged("b.up")).toBe(upper.replace("TWO", "2"));
    expect(repo.read("b.up")).toBe(old);
    expect(repo.read("d.raw")).toBe(crlf(`${fixed}mine\n`));
    expect(repo.git("status", "--porcelain", "a.crlf")).toBe("A  a.crlf\n");
  });

  it("works under core.autocrlf", async () => {
    const repo = repository();
    repo.git("config", "core.autocrlf", "true");
    repo.stage({ "a.txt": old.replaceAll("\n", "\r\n") });
    await repo.writeBack([change("a.txt", old, fixed)]);
    expect(repo.staged("a.txt")).toBe(fixed);
    expect(repo.read("a.txt")).toBe(fixed.replaceAll("\n", "\r\n"));
    expect(repo.git("status", "--porcelain")).toBe("A  a.txt\n");
  });

  it.each([
    ["index version 4", [["update-index", "--index-version", "4"]]],
    ["a split index", [["update-index", "--split-index"]]],
    ["an untracked cache", [["update-index", "--untracked-cache"]]],
  ])("works with %s", async (_name, setUp) => {
    const repo = repository();
    repo.commit(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`d${i % 5}/f${i}.txt`, `content ${i}\n`])));
    repo.stage({ "d1/f1.txt": old });
    for (const args of setUp) repo.git(...args);
    if (setUp[0]?.includes("--split-index")) repo.stage({ "d2/f2.txt": "later\n" });
    const others = repo
      .git("ls-files", "-s")
      .split("\n")
      .filter((line) => !line.endsWith("d1/f1.txt"));
    await repo.writeBack([change("d1/f1.txt", old, fixed)]);
    expect(repo.staged("d1/f1.txt")).toBe(fixed);
    expect(
      repo
        .git("ls-files", "-s")
        .split("\n")
        .filter((line) => !line.endsWith("d1/f1.txt")),
    ).toEqual(others);
    expect(repo.git("status", "--porcelain", "d1")).toBe("M  d1/f1.txt\n");
    expect(repo.git("fsck", "--no-dangling")).toBe("");
    if (setUp[0]?.includes("4")) expect(readFileSync(join(repo.gitDirectory(), "index"))[7]).toBe(4);
  });

  it("keeps a sparse checkout sparse", async () => {
    const repo = repository();
    repo.commit({ "in/a.txt": old, "out/b.txt": old, "out/deep/c.txt": "c\n" });
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in");
    const blob = repo.gitWith({ input: `${old}staged\n` }, "hash-object", "-w", "--stdin").trim();
    const expanded = ["-c", "index.sparse=false", "update-index"];
    repo.gitWith({ input: `100644 ${blob} 0\tout/b.txt\n` }, ...expanded, "--index-info");
    repo.git(...expanded, "--skip-worktree", "out/b.txt");
    repo.git("update-index", "--refresh");
    expect(repo.git("ls-files", "--sparse")).toBe("in/a.txt\nout/\n");
    const result = await repo.writeBack([
      change("in/a.txt", old, fixed),
      change("out/b.txt", `${old}staged\n`, `${fixed}staged\n`),
    ]);
    expect(result.map(({ workingFile, reason }) => [workingFile, reason])).toEqual([
      ["written", undefined],
      ["skipped", "sparse"],
    ]);
    expect(repo.staged("out/b.txt")).toBe(`${fixed}staged\n`);
    expect(repo.git("ls-files", "-t", "out/b.txt")).toBe("S out/b.txt\n");
    expect(existsSync(join(repo.root, "out"))).toBe(false);
    expect(repo.git("status", "--porcelain")).toBe("M  in/a.txt\nM  out/b.txt\n");
  });

  it("keeps assumed-unchanged and intent-to-add entries", async () => {
    const repo = repository();
    repo.commit({ "assumed.txt": old });
    repo.git("update-index", "--assume-unchanged", "assumed.txt");
    repo.write("later.txt", "not yet\n");
    repo.git("add", "-N", "later.txt");
    await repo.writeBack([change("assumed.txt", old, fixed)]);
    expect(repo.git("ls-files", "-v", "assumed.txt")).toBe("h assumed.txt\n");
    expect(repo.git("status", "--porcelain")).toBe("M  assumed.txt\n A later.txt\n");
    await expect(repo.writeBack([change("later.txt", "", "x\n")])).rejects.toMatchObject({ code: "CF253" });
    repo.stage({ "empty.txt": "" });
    await repo.writeBack([change("empty.txt", "", "x\n")]);
    expect(repo.read("empty.txt")).toBe("x\n");
  });

  it("does not make git believe that a file changed in the same instant is clean", async () => {
    const repo = repository();
    repo.commit({ "fix.txt": old, "racy.txt": "aaaa\n" });
    const indexFile = join(repo.gitDirectory(), "index");
    for (let round = 0; round < 5; round++) {
      repo.write("racy.txt", "aaaa\n");
      repo.git("add", "racy.txt");
      // Same size, within the index's own tick: only content tells.
      repo.write("racy.txt", "bbbb\n");
      const stats = statSync(indexFile);
      execFileSync("touch", ["-d", `@${stats.mtimeMs / 1000}`, join(repo.root, "racy.txt")]);
      const [from, to] = round % 2 === 0 ? [old, fixed] : [fixed, old];
      await repo.writeBack([change("fix.txt", from, to)]);
      expect(repo.git("diff-files", "--name-only", "racy.txt")).toBe("racy.txt\n");
      expect(repo.git("status", "--porcelain", "racy.txt")).toBe(" M racy.txt\n");
    }
  });

  it("works in a linked worktree, a SHA-256 repository and with another index", async () => {
    const repo = repository();
    repo.commit({ "a.txt": old });
    const linked = `${repo.root}-linked`;
    repo.git("worktree", "add", "-q", linked);
    try {
      await writeBack({ root: linked, changes: [change("a.txt", old, fixed)], target: "index", exec, env });
      expect(readFileSync(join(linked, "a.txt"), "utf8")).toBe(fixed);
      expect(repo.git("-C", linked, "status", "--porcelain")).toBe("M  a.txt\n");
      expect(repo.git("status", "--porcelain")).toBe("");
    } finally {
      rmSync(linked, { recursive: true });
    }
    const sha256 = repository({ init: ["--object-format=sha256"] });
    sha256.stage({ "a.txt": old });
    await sha256.writeBack([change("a.txt", old, fixed)]);
    expect(sha256.staged("a.txt")).toBe(fixed);

    const other = repository();
    other.commit({ "a.txt": old });
    const index = join(other.gitDirectory(), "other-index");
    other.gitWith({ env: { GIT_INDEX_FILE: index } }, "read-tree", "HEAD");
    await other.writeBack([change("a.txt", old, fixed)], { env: { ...env, GIT_INDEX_FILE: ".git/other-index" } });
    expect(other.gitWith({ env: { GIT_INDEX_FILE: index } }, "cat-file", "blob", ":a.txt")).toBe(fixed);
    expect(other.staged("a.txt")).toBe(old);
  });

  it.skipIf(otherFileSystem() === undefined)("works where the git directory is on another file system", async () => {
    const elsewhere = mkdtempSync(join(otherFileSystem() ?? "", "codeflow-git-"));
    try {
      const repo = repository({ init: [`--separate-git-dir=${elsewhere}/git`] });
      repo.stage({ "d/a.txt": old, "d/b.txt": old });
      chmodSync(join(repo.root, "d/a.txt"), 0o755);
      repo.git("add", "d/a.txt");
      expect(statSync(repo.root).dev).not.toBe(statSync(elsewhere).dev);
      await repo.writeBack([change("d/a.txt", old, fixed), change("d/b.txt", old, fixed)]);
      expect(repo.read("d/a.txt")).toBe(fixed);
      expect(repo.git("status", "--porcelain", "-uall")).toBe("A  d/a.txt\nA  d/b.txt\n");
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
});

describe("refusing, with nothing changed", () => {
  async function refused(repo: Repository, attempt: Promise<unknown>, code: string): Promise<void> {
    const before = { index: repo.git("ls-files", "-s", "-v"), files: repo.snapshot() };
    await expect(attempt).rejects.toMatchObject({ code });
    expect({ index: repo.git("ls-files", "-s", "-v"), files: repo.snapshot() }).toEqual(before);
    expect(repo.journals()).toEqual([]);
  }

  it("refuses a conflicted path", async () => {
    const repo = repository();
    repo.commit({ "a.txt": old, "b.txt": old });
    repo.git("checkout", "-q", "-b", "side");
    repo.commit({ "a.txt": "side\n" });
    repo.git("checkout", "-q", "main");
    repo.commit({ "a.txt": "main\n" });
    expect(() => repo.git("merge", "-q", "side")).toThrow();
    await refused(repo, repo.writeBack([change("b.txt", old, fixed), change("a.txt", old, fixed)]), "CF251");
    await repo.writeBack([change("b.txt", old, fixed)]);
    expect(repo.git("status", "--porcelain")).toBe("UU a.txt\nM  b.txt\n");
  });

  it("refuses a read-only file and a staged content that is not the one analysed", async () => {
    const repo = repository();
    repo.stage({ "a.txt": old, "b.txt": old });
    chmodSync(join(repo.root, "a.txt"), 0o444);
    await refused(repo, repo.writeBack([change("b.txt", old, fixed), change("a.txt", old, fixed)]), "CF252");
    await refused(repo, repo.writeBack([change("b.txt", "other\n", fixed)]), "CF253");
    await refused(repo, repo.writeBack([change("unknown.txt", old, fixed)]), "CF253");
    await refused(repo, repo.writeBack([change("b.txt", "other\n", fixed)], { target: "worktree" }), "CF253");
  });

  it("refuses paths that leave the working tree or are git's own", async () => {
    const repo = repository();
    repo.stage({ "a.txt": old });
    const config = readFileSync(join(repo.gitDirectory(), "config"), "utf8");
    const outside = `${repo.root}-outside.txt`;
    writeFileSync(outside, old);
    try {
      for (const [path, content] of [
        [`../${outside.split("/").at(-1) ?? ""}`, old],
        [outside, old],
        [".git/config", config],
        [".GIT/config", config],
      ] as const) {
        await refused(repo, repo.writeBack([change(path, content, "x\n")], { target: "worktree" }), "CF253");
        await refused(repo, repo.writeBack([change(path, content, "x\n")]), "CF253");
      }
      expect(readFileSync(outside, "utf8")).toBe(old);
      expect(readFileSync(join(repo.gitDirectory(), "config"), "utf8")).toBe(config);
    } finally {
      unlinkSync(outside);
    }
  });

  it("takes back what it had written when a later file cannot be", async (context) => {
    const repo = repository();
    repo.stage({ "a.txt": old, "z/b.txt": old });
    // A mount point cannot be replaced by a rename: it fails in the middle of the work.
    const target = join(repo.root, "z/b.txt");
    if (spawnSync("mount", ["--bind", target, target]).status !== 0) context.skip("nothing can be mounted here");
    try {
      await refused(repo, repo.writeBack([change("a.txt", old, fixed), change("z/b.txt", old, fixed)]), "CF255");
      expect(repo.hasLock()).toBe(false);
    } finally {
      execFileSync("umount", [target]);
    }
    await repo.writeBack([change("a.txt", old, fixed), change("z/b.txt", old, fixed)]);
    expect([repo.read("a.txt"), repo.staged("z/b.txt")]).toEqual([fixed, fixed]);
  });

  it("waits for a lock, then gives up and leaves it to its owner", async () => {
    const repo = repository();
    repo.stage({ "a.txt": old });
    const lock = join(repo.gitDirectory(), "index.lock");
    writeFileSync(lock, "");
    setTimeout(() => unlinkSync(lock), 700);
    await repo.writeBack([change("a.txt", old, fixed)]);
    expect(repo.staged("a.txt")).toBe(fixed);
    writeFileSync(lock, "");
    await refused(repo, repo.writeBack([change("a.txt", fixed, old)]), "CF254");
    expect(existsSync(lock)).toBe(true);
  });

  it("begins again when somebody else rewrites the index meanwhile", async () => {
    const repo = repository();
    repo.stage({ "a.txt": old, "b.txt": "b\n" });
    const lock = join(repo.gitDirectory(), "index.lock");
    writeFileSync(lock, readFileSync(join(repo.gitDirectory(), "index")));
    const attempt = repo.writeBack([change("a.txt", old, fixed)]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    // What git does: another entry, through the lock.
    unlinkSync(lock);
    repo.write("b.txt", "changed\n");
    // On a loaded machine the fix may take the lock first: then git waits its turn, as a person would.
    for (let tries = 1; ; tries++) {
      try {
        repo.git("add", "b.txt");
        break;
      } catch (error) {
        if (tries === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    await attempt;
    expect([repo.staged("a.txt"), repo.staged("b.txt")]).toEqual([fixed, "changed\n"]);
  });

  it("changes nothing when the disk is full", async (context) => {
    const mount = mkdtempSync(join(tmpdir(), "codeflow-full-"));
    if (!mountSmall(mount)) {
      rmSync(mount, { recursive: true });
      context.skip("no file system can be mounted here");
    }
    try {
      const repo = new Repository({ directory: mount });
      const big = `${"x".repeat(60)}\n`.repeat(3_000);
      repo.stage({ "a.txt": old, "big.txt": big });
      execFileSync("sh", ["-c", `head -c 4000000 /dev/zero > "$0" 2>/dev/null || true`, join(mount, "filler")]);
      await refused(
        repo,
        repo.writeBack([change("a.txt", old, fixed), change("big.txt", big, `${big}!`)], { target: "worktree" }),
        "CF255",
      );
      const before = { index: repo.git("ls-files", "-s"), files: repo.snapshot() };
      await expect(
        repo.writeBack([change("a.txt", old, fixed), change("big.txt", big, `${big}!`)]),
      ).rejects.toMatchObject({ name: "Failure" });
      expect({ index: repo.git("ls-files", "-s"), files: repo.snapshot() }).toEqual(before);
      expect([repo.hasLock(), repo.journals()]).toEqual([false, []]);
      unlinkSync(join(mount, "filler"));
      await repo.writeBack([change("a.txt", old, fixed), change("big.txt", big, `${big}!`)]);
      expect(repo.staged("big.txt")).toBe(`${big}!`);
    } finally {
      execFileSync("umount", [mount]);
      rmSync(mount, { recursive: true });
    }
  });
});

describe("writing fixes to the working tree", () => {
  it("writes all files and never the index, also outside git", async () => {
    const repo = repository();
    repo.commit({ "a.txt": "a\n", "b.txt": "b\n" });
    repo.write("a.txt", old);
    const index = readFileSync(join(repo.gitDirectory(), "index"));
    const result = await repo.writeBack([change("a.txt", old, fixed), change("b.txt", "b\n", "B\n")], {
      target: "worktree",
    });
    expect(result.map(({ index: staged, workingFile }) => [staged, workingFile])).toEqual([
      [false, "written"],
      [false, "written"],
    ]);
    expect([repo.read("a.txt"), repo.read("b.txt")]).toEqual([fixed, "B\n"]);
    expect(readFileSync(join(repo.gitDirectory(), "index"))).toEqual(index);

    const plain = mkdtempSync(join(tmpdir(), "codeflow-plain-"));
    const state = mkdtempSync(join(otherFileSystem() ?? tmpdir(), "codeflow-state-"));
    try {
      writeFileSync(join(plain, "x.txt"), old);
      const changes = [change("x.txt", old, fixed)];
      await writeBack({ root: plain, changes, target: "worktree", exec, env, stateDirectory: state });
      expect(readFileSync(join(plain, "x.txt"), "utf8")).toBe(fixed);
    } finally {
      rmSync(plain, { recursive: true });
      rmSync(state, { recursive: true });
    }
  });

  it("keeps what an editor saves while the fixes are prepared", async () => {
    const repo = repository();
    const paths = Array.from({ length: 60 }, (_, i) => `f${i}.txt`);
    repo.commit(Object.fromEntries(paths.map((path) => [path, old])));
    for (let round = 0; round < 6; round++) {
      const attempt = repo.writeBack(
        paths.map((path) => change(path, old, fixed)),
        { target: "worktree" },
      );
      await new Promise((resolve) => setTimeout(resolve, 5 + round * 12));
      const isStillOld = repo.read("f59.txt") === old;
      writeFileSync(join(repo.root, "draft"), "mine\n");
      renameSync(join(repo.root, "draft"), join(repo.root, "f59.txt"));
      const outcome = await attempt.then(
        () => "done",
        (error: unknown) => (error as { code: string }).code,
      );
      // Either the save came too late for us to matter, or nothing at all was written.
      if (outcome !== "done") {
        expect(outcome).toBe("CF253");
        for (const path of paths.slice(0, 59)) expect(repo.read(path)).toBe(old);
      } else if (isStillOld) {
        expect(["mine\n", fixed]).toContain(repo.read("f59.txt"));
      }
      for (const path of paths) repo.write(path, old);
    }
  });
});

describe("two writers at once", () => {
  it("lets both succeed on different files, and one on the same", async () => {
    const repo = repository();
    repo.stage({ "a.txt": old, "b.txt": old });
    const both = await Promise.all([
      repo.writeBack([change("a.txt", old, fixed)]),
      repo.writeBack([change("b.txt", old, fixed)]),
    ]);
    expect(both.flat().map(({ workingFile }) => workingFile)).toEqual(["written", "written"]);
    expect([repo.staged("a.txt"), repo.staged("b.txt")]).toEqual([fixed, fixed]);
    const other = fixed.replace("four", "4");
    const rivals = await Promise.allSettled([
      repo.writeBack([change("a.txt", fixed, other), change("b.txt", fixed, other)]),
      repo.writeBack([change("a.txt", fixed, old), change("b.txt", fixed, old)]),
    ]);
    expect(rivals.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const winner = rivals[0].status === "fulfilled" ? other : old;
    for (const path of ["a.txt", "b.txt"]) expect([repo.staged(path), repo.read(path)]).toEqual([winner, winner]);
    expect([repo.hasLock(), repo.journals()]).toEqual([false, []]);
  });
});

describe("inside git's own commits", () => {
  const driver = join(import.meta.dirname, "driver.ts");

  function withHook(): Repository {
    const repo = repository();
    repo.commit({ "a.txt": "base\n", "b.txt": "base\n" });
    const hook = join(repo.gitDirectory(), "hooks", "pre-commit");
    mkdirSync(join(hook, ".."), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\nexec "${process.execPath}" "${driver}" "$PWD" two TWO\n`);
    chmodSync(hook, 0o755);
    return repo;
  }

  async function commit(repo: Repository, ...args: string[]): Promise<void> {
    const child = spawn("git", ["commit", "-q", "-m", "x", ...args], { cwd: repo.root, env: env as NodeJS.ProcessEnv });
    const errors: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect([code, Buffer.concat(errors).toString()]).toEqual([0, ""]);
  }

  it("git commit: the fix is in the commit, the index and the working tree", async () => {
    const repo = withHook();
    repo.stage({ "a.txt": old });
    await commit(repo);
    expect(repo.git("show", "HEAD:a.txt")).toBe(fixed);
    expect(repo.git("status", "--porcelain")).toBe("");
  });

  it("git commit -a", async () => {
    const repo = withHook();
    repo.write("a.txt", old);
    await commit(repo, "-a");
    expect(repo.git("show", "HEAD:a.txt")).toBe(fixed);
    expect(repo.git("status", "--porcelain")).toBe("");
  });

  it("git commit -- PATH, with something else staged", async () => {
    const repo = withHook();
    repo.stage({ "b.txt": "two staged\n" });
    repo.write("a.txt", old);
    await commit(repo, "--", "a.txt");
    expect(repo.git("show", "HEAD:a.txt")).toBe(fixed);
    expect(repo.staged("b.txt")).toBe("two staged\n");
    expect(repo.git("status", "--porcelain")).toBe("M  b.txt\n");
  });
});

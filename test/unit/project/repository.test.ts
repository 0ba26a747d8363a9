import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Repository } from "../../../src/model/action.ts";
import { openRepository } from "../../../src/project/repository.ts";
import { parseHunks } from "../../../src/model/unified-diff.ts";
import { createExec } from "../../../src/system/exec.ts";

describe("the repository of a workflow", () => {
  let folder: string;
  let repository: Repository;
  const env = { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=Dev", "-c", "user.email=dev@example.invalid", ...args], {
      cwd: join(folder, "tree"),
      env,
    }).toString();
  const write = (path: string, text: string): void => writeFileSync(join(folder, "tree", path), text);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "codeflow-repository-"));
    execFileSync("git", ["init", "-q", "-b", "main", join(folder, "tree")], { env });
    write("a.txt", "one\ntwo\n");
    write("b.bin", "\0\0");
    write("old.txt", "text that is long enough\nto be known again\n");
    git("add", ".");
    git("commit", "-qm", "first");
    repository = await openRepository({ root: join(folder, "tree"), exec: createExec(env), env });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("never leaves the checkout", async () => {
    writeFileSync(join(folder, "secret"), "secret");
    symlinkSync("../secret", join(folder, "tree", "link"));
    symlinkSync("..", join(folder, "tree", "up"));
    symlinkSync("../not-there-yet", join(folder, "tree", "dangling"));
    for (const path of ["../secret", "/etc/passwd", "link", "up/secret", "up/new", "a/../../secret", "", ".", "a\0b"]) {
      await expect(repository.read(path), path).rejects.toMatchObject({ code: "CF240" });
      await expect(repository.write(path, "x"), path).rejects.toMatchObject({ code: "CF240" });
    }
    await expect(repository.write("dangling", "x")).rejects.toMatchObject({ code: "CF240" });
    await expect(repository.remove("up/secret")).rejects.toMatchObject({ code: "CF240" });
    for (const path of [".git/config", ".GIT/hooks/pre-commit", "./.git/HEAD"]) {
      await expect(repository.write(path, "x"), path).rejects.toThrow();
    }
    expect(readFileSync(join(folder, "secret"), "utf8")).toBe("secret");
  });

  it("reads, writes whole files and keeps their mode", async () => {
    chmodSync(join(folder, "tree", "a.txt"), 0o755);
    write("bom.txt", "\uFEFFtext");
    expect(await repository.readText("bom.txt")).toBe("text");
    expect(await repository.read("absent")).toBeUndefined();
    expect(await repository.read("a.txt/below")).toBeUndefined();
    await repository.write("a.txt", "new\n");
    expect(statSync(join(folder, "tree", "a.txt")).mode & 0o777).toBe(0o755);
    await repository.write("deep/er/b.txt", "b\n");
    await repository.remove("old.txt");
    expect((await repository.files()).map(({ path }) => path)).toEqual(["a.txt", "b.bin", "bom.txt", "deep/er/b.txt"]);
  });

  it("knows where it stands, and its hooks do not run", async () => {
    write(".git/hooks/post-checkout", `#!/bin/sh\ntouch ${folder}/hook-ran\n`);
    chmodSync(join(folder, "tree", ".git/hooks/post-checkout"), 0o755);
    expect([repository.branch, repository.defaultBranch]).toEqual(["main", "main"]);
    await repository.git(["switch", "-q", "-c", "topic"]);
    expect(repository.branch).toBe("topic");
    expect(() => statSync(join(folder, "hook-ran"))).toThrow();
    await expect(repository.git(["no-such-command"])).rejects.toMatchObject({
      code: "CF201",
      why: expect.stringContaining("is not a git command"),
    });
  });

  it("tells its change with hunks, renames, binaries and links", async () => {
    git("switch", "-qc", "topic");
    write("a.txt", "one\n-- two\n++ three\n");
    write("b.bin", "\0\x01\0");
    git("mv", "old.txt", "new.txt");
    symlinkSync("a.txt", join(folder, "tree", "l"));
    git("add", ".");
    git("commit", "-qm", "second");
    git("switch", "-q", "main");
    write("z.txt", "not in the change\n");
    git("add", ".");
    git("commit", "-qm", "main moves");
    git("switch", "-q", "topic");
    const again = await openRepository({ root: join(folder, "tree"), exec: createExec(env), env });
    const change = await again.change();
    expect(change.files).toMatchObject([
      { path: "a.txt", status: "modified", additions: 2, deletions: 1, isBinary: false },
      { path: "b.bin", status: "modified", isBinary: true },
      { path: "l", status: "added", newMode: "120000" },
      { path: "new.txt", previousPath: "old.txt", status: "renamed", additions: 0, hunks: [] },
    ]);
    expect(change.files[0]?.hunks).toEqual([
      { oldStart: 1, oldLines: 2, newStart: 1, newLines: 3, lines: [" one", "-two", "+-- two", "+++ three"] },
    ]);
    expect(change.files[1]?.hunks).toBeUndefined();
    expect(change.gaps).toEqual([]);
  });

  it("says what it lacks to tell the change", async () => {
    const request = { root: join(folder, "tree"), exec: createExec(env), env };
    const lacking = await openRepository({ ...request, base: "0".repeat(40) });
    await expect(lacking.change()).rejects.toMatchObject({ code: "CF243" });
    await expect(openRepository({ ...request, root: folder })).rejects.toMatchObject({ code: "CF244" });
  });
});

describe("hunks", () => {
  it("are read by their counts", () => {
    const section =
      "--- a/x\n+++ b/x\n@@ -1,2 +1 @@ name\n--- a/y\n same\n\\ No newline at end of file\n@@ -9 +8,0 @@\n-gone\n";
    expect(parseHunks(section)).toEqual([
      { oldStart: 1, oldLines: 2, newStart: 1, newLines: 1, lines: ["--- a/y", " same"] },
      { oldStart: 9, oldLines: 1, newStart: 8, newLines: 0, lines: ["-gone"] },
    ]);
  });
});

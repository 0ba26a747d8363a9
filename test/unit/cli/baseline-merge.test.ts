/** Two branches that both accept findings, merged by real git through the merge driver. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

const program = join(import.meta.dirname, "../../../bin/codeflow.js");
const env = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Case",
  GIT_AUTHOR_EMAIL: "case@example.invalid",
  GIT_COMMITTER_NAME: "Case",
  GIT_COMMITTER_EMAIL: "case@example.invalid",
};
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "codeflow-merge-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...args: string[]): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: root, env, encoding: "utf8" });
  return { code: status, text: stdout + stderr };
}

function codeflow(...args: string[]): string {
  return execFileSync(process.execPath, [program, ...args], { cwd: root, env, encoding: "utf8" });
}

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}

function entries(): { path: string; message: string; reason?: string }[] {
  return readFileSync(join(root, ".codeflow/baseline.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { path: string; message: string; reason?: string });
}

/** As somebody has it who made codeflow a package of the repository and ran its command once. */
function begin(): void {
  git("init", "-q", "-b", "main");
  mkdirSync(join(root, "node_modules/.bin"), { recursive: true });
  symlinkSync(program, join(root, "node_modules/.bin/codeflow"));
  write(".gitignore", "node_modules\n");
  codeflow("baseline", "install-merge-driver");
  write("old.py", "import os\n\n\ndef old():\n    unused = 1\n    return 2\n");
}

it("unites what two branches accepted and dropped, and the next check has nothing to say", () => {
  begin();
  codeflow("baseline", "create");
  git("add", ".");
  git("commit", "-qm", "base");

  git("switch", "-qc", "left");
  write("left.py", "import json\n");
  codeflow("baseline", "update", "--grow", "--reason", "left");
  git("add", ".");
  git("commit", "-qm", "left");

  git("switch", "-qc", "right", "main");
  write("right.py", "import sys\n");
  write("old.py", "def old():\n    unused = 1\n    return 2\n");
  codeflow("baseline", "update", "--grow", "--reason", "right");
  codeflow("baseline", "prune");
  git("add", ".");
  git("commit", "-qm", "right");

  const merge = git("merge", "-q", "--no-edit", "left");
  expect(merge.code, merge.text).toBe(0);
  expect(entries().map(({ path, reason }) => `${path} ${reason ?? ""}`)).toEqual([
    "left.py left",
    "old.py ",
    "right.py right",
  ]);
  const check = JSON.parse(codeflow("check", "--format", "json")) as { summary: { new: number; suppressed: number } };
  expect(check.summary).toMatchObject({ new: 0, suppressed: 3 });
});

it("merges two baselines that were begun on both sides", () => {
  begin();
  git("add", ".");
  git("commit", "-qm", "base");
  git("switch", "-qc", "left");
  write("left.py", "import json\n");
  codeflow("baseline", "create");
  git("add", ".");
  git("commit", "-qm", "left");
  git("switch", "-qc", "right", "main");
  write("right.py", "import sys\n");
  codeflow("baseline", "create");
  git("add", ".");
  git("commit", "-qm", "right");
  const merge = git("merge", "-q", "--no-edit", "left");
  expect(merge.code, merge.text).toBe(0);
  expect(entries().map(({ path }) => path)).toEqual(["left.py", "old.py", "old.py", "right.py"]);
});

it("leaves lines that it cannot read to a person, losing none", () => {
  begin();
  codeflow("baseline", "create");
  git("add", ".");
  git("commit", "-qm", "base");
  const base = readFileSync(join(root, ".codeflow/baseline.jsonl"), "utf8");
  git("switch", "-qc", "left");
  write(".codeflow/baseline.jsonl", `${base}written by hand on the left\n`);
  git("commit", "-qam", "left");
  git("switch", "-qc", "right", "main");
  write(".codeflow/baseline.jsonl", `${base}written by hand on the right\n`);
  git("commit", "-qam", "right");
  const merge = git("merge", "--no-edit", "left");
  expect(merge.code).toBe(1);
  expect(merge.text).toContain("CONFLICT");
  const text = readFileSync(join(root, ".codeflow/baseline.jsonl"), "utf8");
  expect(text).toContain("by hand on the left");
  expect(text).toContain("by hand on the right");
  expect(text).toContain("<<<<<<< ours");
});

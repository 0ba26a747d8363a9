/** The completion scripts, in the shells themselves. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../../src/cli/index.ts";

const program = join(import.meta.dirname, "../../../bin/codeflow.js");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "codeflow-completion-"));
  mkdirSync(join(folder, "some folder"));
  writeFileSync(join(folder, "some file.py"), "");
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    writeFileSync(join(folder, shell), execFileSync(process.execPath, [program, "completion", shell]));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function has(shell: string): boolean {
  return spawnSync(shell, ["--version"]).status === 0;
}

/** What bash offers for the last of these words. */
function inBash(...words: string[]): string[] {
  const script = `
    source ./bash
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _codeflow
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync("bash", ["--norc", "-c", script, "bash", ...words], { cwd: folder, encoding: "utf8" });
  return text.split("\n").filter((line) => line !== "");
}

describe("bash", () => {
  it("is a script that bash can read", () => {
    expect(spawnSync("bash", ["-n", join(folder, "bash")], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it("completes commands, and the commands of commands", () => {
    expect(inBash("codeflow", "")).toEqual(commands.map(({ name }) => name));
    expect(inBash("codeflow", "ba")).toEqual(["baseline"]);
    expect(inBash("codeflow", "baseline", "pr")).toEqual(["prune"]);
    expect(inBash("codeflow", "--cwd", "baseline", "ch")).toEqual(["check"]);
  });

  it("completes options where they are", () => {
    expect(inBash("codeflow", "check", "--st")).toEqual(["--staged"]);
    expect(inBash("codeflow", "baseline", "update", "--gr")).toEqual(["--grow"]);
    expect(inBash("codeflow", "check", "--gro")).toEqual([]);
    expect(inBash("codeflow", "cache", "--js")).toEqual(["--json"]);
    expect(inBash("codeflow", "check", "src", "--profile", "fast", "--qu")).toEqual(["--quiet"]);
  });

  it("completes the values of options", () => {
    expect(inBash("codeflow", "check", "--profile", "")).toEqual(["fast", "smart", "comprehensive"]);
    expect(inBash("codeflow", "check", "--profile", "=", "sm")).toEqual(["smart"]);
    expect(inBash("codeflow", "check", "--only", "ruf")).toEqual(["ruff", "ruff-cli"]);
    expect(inBash("codeflow", "check", "--format", "sar")).toEqual(["sarif"]);
    expect(inBash("codeflow", "analyzers", "show", "secr")).toEqual(["secrets"]);
    expect(inBash("codeflow", "completion", "z")).toEqual(["zsh"]);
  });

  it("completes files and folders, with spaces in their names", () => {
    expect(inBash("codeflow", "check", "some").sort()).toEqual(["some file.py", "some folder"]);
    expect(inBash("codeflow", "check", "--cwd", "some")).toEqual(["some folder"]);
  });

  it("runs nothing of what was typed", () => {
    inBash("codeflow", "check", "$(touch ran)", "`touch ran`", "");
    expect(spawnSync("ls", [join(folder, "ran")]).status).not.toBe(0);
  });
});

const inFishShell = has("fish") ? it : it.skip;
const inZshShell = has("zsh") ? it : it.skip;

inFishShell("fish completes commands, options and values", () => {
  const offer = (line: string): string[] =>
    execFileSync("fish", ["--no-config", "-c", `source ./fish; complete -C '${line}'`], {
      cwd: folder,
      encoding: "utf8",
    })
      .split("\n")
      .map((each) => each.split("\t")[0] ?? "")
      .filter((each) => each !== "");
  expect(offer("codeflow ")).toEqual(commands.map(({ name }) => name));
  expect(offer("codeflow baseline pr")).toEqual(["prune"]);
  expect(offer("codeflow check --st")).toEqual(["--staged"]);
  expect(offer("codeflow check --profile s")).toEqual(["smart"]);
  expect(offer("codeflow check some")).toEqual(["some file.py", "some folder/"]);
});

inZshShell("zsh can read its script, and registers it", () => {
  expect(spawnSync("zsh", ["-f", "-n", join(folder, "zsh")], { encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
  const script = "autoload -Uz compinit; compinit -D -u; source ./zsh; print $_comps[codeflow]";
  const text = execFileSync("zsh", ["-f", "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, HOME: folder },
  });
  expect(text).toBe("_codeflow\n");
});

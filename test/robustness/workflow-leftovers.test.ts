/** Scripts that outlive a killed codeflow: ended before their step is repeated, before a newer run of their group goes on. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const bin = join(import.meta.dirname, "../../bin/codeflow.js");
const root = mkdtempSync(join(tmpdir(), "codeflow-left-"));

/** Says that it is there for as long as it is, and finds out whether it is alone. */
const alone = `
      exec 2> /dev/null # nobody reads it any more: what the shell says of its children would end it
      mkdir "$LOCK" || echo "not alone" >> "$JOURNAL"
      trap 'rmdir "$LOCK"; echo "ended $$" >> "$JOURNAL"; exit 143' TERM
      echo "begun $$" >> "$JOURNAL"
      for i in $(seq 1 \${ROUNDS}); do sleep 0.05; echo "$$" >> "$JOURNAL.beats"; done
      rmdir "$LOCK"
      echo "done $$" >> "$JOURNAL"`;
const workflow = (steps: string, more = ""): string => `name: Left
on: manual
inputs:
  rounds: { type: string, required: true }
  name: { type: string, required: true }
${more}env:
  ROUNDS: \${{ inputs.rounds }}
  JOURNAL: ${root}/\${{ inputs.name }}
  LOCK: ${root}/\${{ inputs.name }}.lock
steps:
${steps}`;

beforeAll(() => {
  execFileSync("git", ["init", "-q", root]);
  mkdirSync(join(root, ".codeflow/workflows"), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(root, `.codeflow/workflows/${name}.yml`), text);
  write("script", workflow(`  - id: work\n    run: |${alone}\n`));
  write(
    "group",
    workflow(`  - id: work\n    run: |${alone}\n`, "concurrency: { group: deploy, cancel-in-progress: true }\n"),
  );
  write(
    "caller",
    workflow(
      "  - id: call\n    workflow: group\n    with: { rounds: '${{ inputs.rounds }}', name: '${{ inputs.name }}' }\n",
    ),
  );
  // As an action's program, through the repository's own script.
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "left", scripts: { work: "sh work.sh" } }));
  writeFileSync(join(root, "work.sh"), alone.replaceAll(/^ +/gm, ""));
  write("action", workflow("  - id: work\n    uses: flow.run-script\n    with: { script: work }\n"));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly said: () => string;
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [bin, ...args, "--json", "--quiet"], { cwd: root });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return { child, ended: new Promise((resolve) => child.once("close", resolve)), said: () => said };
}

const run = (name: string, as: string, rounds: number): Started =>
  start("run", name, "--input", `name=${as}`, "--input", `rounds=${rounds}`);
const linesOf = (name: string): string[] =>
  existsSync(join(root, name)) ? readFileSync(join(root, name), "utf8").trim().split("\n") : [];
const begun = (name: string): number[] =>
  linesOf(name).flatMap((line) => (line.startsWith("begun ") ? [Number(line.slice(6))] : []));
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return (
      process.platform !== "linux" || !/^[ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /s, ""))
    );
  } catch {
    return false;
  }
};

async function killWhenBegun(name: string, started: Started): Promise<number> {
  await expect.poll(() => begun(name).length, { timeout: 60_000 }).toBe(1);
  started.child.kill("SIGKILL");
  await started.ended;
  const [pid = 0] = begun(name);
  // It is what this is about: the script goes on without anybody.
  expect(isAlive(pid)).toBe(true);
  return pid;
}

describe.skipIf(process.platform === "win32")("a script that outlives its codeflow", { timeout: 240_000 }, () => {
  it.each(["script", "action"])("is ended before its step is done again: %s", async (name) => {
    const pid = await killWhenBegun(name, run(name, name, 1_000));
    // The plan is stored: the repetition would take as long, so it is let go after a while.
    const again = start("run", "--resume", "last");
    await expect.poll(() => begun(name).length, { timeout: 60_000 }).toBe(2);
    const beats = linesOf(`${name}.beats`).length;
    await expect.poll(() => linesOf(`${name}.beats`).length, { timeout: 60_000 }).toBeGreaterThan(beats + 3);
    expect(isAlive(pid)).toBe(false);
    expect(new Set(linesOf(`${name}.beats`).slice(beats))).toEqual(new Set([String(begun(name)[1])]));
    again.child.kill("SIGINT");
    expect(await again.ended, again.said()).toBe(130);
    // The first was asked to end, and did so before the second began.
    expect(linesOf(name)).toEqual([
      `begun ${pid}`,
      `ended ${pid}`,
      `begun ${begun(name)[1]}`,
      `ended ${begun(name)[1]}`,
    ]);
  });

  it("is ended when its run is cancelled", async () => {
    const pid = await killWhenBegun("cancelled", run("script", "cancelled", 1_000));
    const cancelled = start("runs", "cancel", "last");
    expect(await cancelled.ended, cancelled.said()).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(linesOf("cancelled")).toEqual([`begun ${pid}`, `ended ${pid}`]);
  });

  it("is ended before a newer run of its group begins, called or not", async () => {
    const pid = await killWhenBegun("grouped", run("caller", "grouped", 1_000));
    const newer = run("group", "grouped", 2);
    expect(await newer.ended, newer.said()).toBe(0);
    const [, second] = begun("grouped");
    expect(linesOf("grouped")).toEqual([`begun ${pid}`, `ended ${pid}`, `begun ${second}`, `done ${second}`]);
  });
});

describe.skipIf(process.platform === "win32")("groups over processes", { timeout: 240_000 }, () => {
  it("a newer run cancels the called one that another process runs, and waits until it has ended", async () => {
    const older = run("caller", "over", 1_000);
    await expect.poll(() => begun("over").length, { timeout: 60_000 }).toBe(1);
    const newer = run("caller", "over", 2);
    expect(await newer.ended, newer.said()).toBe(0);
    expect(await older.ended, older.said()).toBe(1);
    expect(older.said()).toMatch(/cancelled by a newer run of the group deploy/);
    const [first, second] = begun("over");
    expect(linesOf("over")).toEqual([`begun ${first}`, `ended ${first}`, `begun ${second}`, `done ${second}`]);
  });
});

/** Ctrl-C, and the program that goes on by itself until then. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { program, Repository } from "./repository.ts";

const repositories: Repository[] = [];

afterAll(() => {
  for (const repository of repositories.splice(0)) repository.remove();
});

function create(): Repository {
  const repository = new Repository();
  repositories.push(repository);
  return repository;
}

/** A repository whose eslint never answers, and does not want to end. */
function withStubbornTool(): { repository: Repository; pidFile: string } {
  const repository = create();
  const pidFile = join(repository.base, "pid");
  repository.write(
    "node_modules/.bin/eslint",
    `#!/bin/sh\nif [ "$1" = --version ]; then echo v9.39.0; exit 0; fi\ntrap '' TERM INT\necho $$ > ${pidFile}\nwhile :; do sleep 1; done\n`,
    0o755,
  );
  repository.commit({
    ".gitignore": "node_modules\n",
    "eslint.config.js": "export default [];\n",
    "app.py": "import os\n",
    "app.js": "export const one = 1;\n",
  });
  return { repository, pidFile };
}

async function until(isSo: () => boolean, what: string, timeoutMs = 60_000): Promise<void> {
  const start = performance.now();
  while (!isSo()) {
    if (performance.now() - start > timeoutMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** The built program, with what it has printed so far. */
function start(repository: Repository, args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: repository.root,
    env: repository.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (exit) => resolve(exit));
  });
  return { child, printed, ended };
}

describe.skipIf(process.platform === "win32")("an interrupted check", () => {
  it("ends what it started, says what is kept, and goes on from there", async () => {
    const { repository, pidFile } = withStubbornTool();
    await repository.settle();
    const { child, printed, ended } = start(repository, ["check"]);
    await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8").endsWith("\n"), "the tool");
    // Long enough for the other analyzers to be done with two files, on a busy machine too.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(printed.stdout).toBe("");
    expect(printed.stderr).toBe("interrupted; what was found out is kept: the next run goes on from there\n");
    expect(isAlive(Number(readFileSync(pidFile, "utf8")))).toBe(false);
    expect(repository.leftovers()).toEqual([]);
    const { report } = await repository.check(["--only", "ruff"]);
    expect(report.analyzers.find(({ id }) => id === "ruff")).toMatchObject({ status: "cached", cachedFiles: 1 });
  });

  it("claims to keep nothing without the cache", async () => {
    const { repository, pidFile } = withStubbornTool();
    const { child, printed, ended } = start(repository, ["check", "--no-cache"]);
    await until(() => existsSync(pidFile), "the tool");
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(printed.stderr).toBe("interrupted\n");
  });

  it("waits for nothing the second time, and leaves nothing running all the same", async () => {
    const { repository, pidFile } = withStubbornTool();
    const { child, ended } = start(repository, ["check", "--only", "eslint"]);
    await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8").endsWith("\n"), "the tool");
    child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    await until(() => !isAlive(Number(readFileSync(pidFile, "utf8"))), "the end of the tool", 5_000);
  });
});

describe.skipIf(process.platform === "win32")("check --watch", () => {
  const reportsIn = (text: string): number => text.split("watching for changes").length - 1;

  it("checks again after a change, and ends with the last verdict", async () => {
    const repository = create();
    repository.commit({ "app.py": "value = 1\n", ".gitignore": "*.log\nbuild/\n" });
    repository.write("build/deep/out.py", "x = 1\n");
    const report = "result.sarif";
    const { child, printed, ended } = start(repository, ["check", "--watch", "--report", `sarif=${report}`]);
    await until(() => reportsIn(printed.stderr) === 1, "the first report");
    expect(printed.stdout).toContain("passed");

    repository.write("app.py", "def broken(:\n");
    await until(() => reportsIn(printed.stderr) === 2, "the second report");
    expect(printed.stdout).toContain("failed");
    expect(printed.stderr).toMatch(/^\d\d:\d\d:\d\d changed: app\.py$/m);

    // A folder made meanwhile, and a file in it afterwards.
    repository.write("new/deep/one.py", "value = 1\n");
    await until(() => reportsIn(printed.stderr) === 3, "the third report");
    repository.write("new/deep/two.py", "def broken(:\n");
    await until(() => reportsIn(printed.stderr) === 4, "the fourth report");
    expect(printed.stdout).toContain("new/deep/two.py");

    // A configuration that cannot be read is told, and does not end it.
    repository.write("codeflow.yml", "gaet: []\n");
    await until(() => reportsIn(printed.stderr) === 5, "the complaint");
    expect(printed.stderr).toContain("gaet");
    repository.write("codeflow.yml", "profile: fast\n");
    await until(() => reportsIn(printed.stderr) === 6, "the report after it");

    // Neither what is ignored nor the report itself is a change.
    repository.write("server.log", "line\n");
    repository.write("build/deep/out.py", "def broken(:\n");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(reportsIn(printed.stderr)).toBe(6);
    expect(existsSync(join(repository.root, report))).toBe(true);

    child.kill("SIGINT");
    expect(await ended).toBe(1);
  });

  it("with --staged goes by the index", async () => {
    const repository = create();
    repository.commit({ "app.py": "value = 1\n" });
    const { child, printed, ended } = start(repository, ["check", "--watch", "--staged"]);
    await until(() => reportsIn(printed.stderr) === 1, "the first report");
    repository.write("app.py", "def broken(:\n");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(reportsIn(printed.stderr)).toBe(1);
    repository.git("add", "app.py");
    await until(() => reportsIn(printed.stderr) === 2, "the second report");
    expect(printed.stdout).toContain("failed");
    child.kill("SIGINT");
    expect(await ended).toBe(1);
  });

  it("with --changed sees edits and commits", async () => {
    const repository = create();
    repository.commit({ "app.py": "value = 1\n" });
    repository.git("checkout", "-q", "-b", "topic");
    const { child, printed, ended } = start(repository, ["check", "--watch", "--changed", "main"]);
    await until(() => reportsIn(printed.stderr) === 1, "the first report");
    repository.write("app.py", "def broken(:\n");
    await until(() => reportsIn(printed.stderr) === 2, "the second report");
    repository.git("commit", "-aqm", "break it");
    await until(() => reportsIn(printed.stderr) >= 3, "the third report");
    child.kill("SIGINT");
    expect(await ended).toBe(1);
  });

  it("looks again at what changed during a check", async () => {
    const repository = create();
    const started = join(repository.base, "started");
    repository.write(
      "node_modules/.bin/eslint",
      `#!/bin/sh\nif [ "$1" = --version ]; then echo v9.39.0; exit 0; fi\necho x >> ${started}\nsleep 2\necho '[]'\n`,
      0o755,
    );
    repository.commit({
      ".gitignore": "node_modules\n",
      "eslint.config.js": "export default [];\n",
      "app.js": "export const one = 1;\n",
    });
    const { child, printed, ended } = start(repository, ["check", "--watch", "--only", "eslint"]);
    await until(() => existsSync(started), "the first run of the tool");
    repository.write("app.js", "export const two = 2;\n");
    await until(() => reportsIn(printed.stderr) === 2, "the second report");
    expect(readFileSync(started, "utf8")).toBe("x\nx\n");
    child.kill("SIGINT");
    expect([0, 3]).toContain(await ended);
  });

  it("ends at once when it cannot even begin", async () => {
    const repository = create();
    repository.commit({ "app.py": "value = 1\n" });
    expect((await repository.run(["check", "--watch", "--only", "nonsense"])).exit).toBe(2);
    const both = await repository.run(["check", "--watch", "--fix"]);
    expect(both.exit).toBe(2);
    expect(both.stderr).toContain("cannot be used with");
  });
});

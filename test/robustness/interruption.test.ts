/** Runs that are cut off: nothing stays behind, nothing is half-written, and the next run works. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { linesOf, program, Repository } from "./repository.ts";

const repositories: Repository[] = [];
const project = join(import.meta.dirname, "../..");

afterAll(() => {
  for (const repository of repositories) repository.remove();
});

/** Enough work that a cold run takes more than a second. */
function create(): Repository {
  const repository = new Repository();
  repositories.push(repository);
  const files: Record<string, string> = {
    ".gitignore": "node_modules\n",
    "eslint.config.js": 'import "./local.js";\n',
  };
  const block = "def f(a, b):\n    if a is 1:\n        return [x for x in b if x]\n    return a\n\n\n";
  for (let i = 0; i < 60; i++) {
    files[`py/f${i}.py`] = `import os\nN${i} = ${i}\n${block.repeat(20)}`;
    files[`js/f${i}.js`] =
      `export const n${i} = ${i};\n${"export function f(a) { if (a = 1) { return a; } }\n".repeat(20)}`;
    files[`md/f${i}.md`] = `# Title ${i}\n\n${"Some *text* with [links](f1.md).\n\n".repeat(20)}`;
  }
  repository.commit(files);
  // It ignores being asked to end, and so does its child.
  repository.write(
    "node_modules/.bin/eslint",
    `#!/bin/sh\nif [ "$1" = --version ]; then echo v9.1.0; exit; fi\ntrap '' TERM INT\nsleep 3000 &\ntouch '${repository.base}/tool-started'\nwait\nsleep 3000\n`,
    0o755,
  );
  return repository;
}

/** Processes that were started for this repository: its temporary folder stands in their environment. */
function processesOf(repository: Repository): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false;
    try {
      return (
        readFileSync(`/proc/${pid}/environ`, "utf8").includes(`TMPDIR=${repository.temporary}`) &&
        !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")
      );
    } catch (error) {
      // Ended while we looked.
      return !(error instanceof Error);
    }
  });
}

async function untilGone(repository: Repository): Promise<string[]> {
  for (let i = 0; i < 300 && processesOf(repository).length > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return processesOf(repository).map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
}

describe.skipIf(process.platform !== "linux")("interruption", () => {
  it.each([
    ["SIGINT", 60],
    ["SIGINT", 250],
    ["SIGINT", 700],
    ["SIGTERM", 150],
    ["SIGTERM", 1000],
    ["SIGHUP", 400],
  ] as const)(
    "%s after %i ms: ends soon with 130, no child, no temporary folder, the cache works",
    async (signal, after) => {
      const repository = create();
      let sent = 0;
      const outcome = await repository.run(["check", "--format", "agent"], {
        onStart: (pid) => {
          setTimeout(() => {
            sent = performance.now();
            process.kill(pid, signal);
          }, after);
        },
      });
      const took = performance.now() - sent;
      // Before the program has begun to listen, the signal itself ends it.
      if (outcome.signal === null) expect(outcome.exit, outcome.stderr).toBe(130);
      else expect(after).toBeLessThan(200);
      expect(outcome.stdout).toBe("");
      // On an idle machine below 1.3 s; the bound is for a loaded one.
      expect(took).toBeLessThan(4_000);
      expect(await untilGone(repository)).toEqual([]);
      expect(repository.leftovers()).toEqual([]);
      rmSync(join(repository.root, "node_modules"), { recursive: true });
      const next = await repository.check();
      expect(next.stderr).toBe("");
      expect(next.report.verdict.status).not.toBe("incomplete");
      expect(linesOf(next.report)).toEqual(linesOf((await repository.check(["--no-cache"])).report));
    },
  );

  it("kill -9 at any moment of a cold run breaks no later run", async () => {
    const repository = create();
    rmSync(join(repository.root, "node_modules"), { recursive: true });
    const expected = linesOf((await repository.check(["--no-cache"])).report);
    const started = performance.now();
    await repository.check();
    const whole = performance.now() - started;
    for (let i = 0; i < 8; i++) {
      rmSync(join(repository.data, "runs"), { recursive: true, force: true });
      if (i % 3 === 0) rmSync(join(repository.data, "cache"), { recursive: true, force: true });
      await repository.run(["check"], {
        onStart: (pid) => {
          setTimeout(
            () => {
              try {
                process.kill(pid, "SIGKILL");
              } catch (error) {
                // It was faster.
                if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
              }
            },
            (whole * (i + 1)) / 8,
          );
        },
      });
      const { report, stderr } = await repository.check();
      expect(linesOf(report), `kill ${i}`).toEqual(expected);
      expect(stderr).toBe("");
    }
    expect(await untilGone(repository)).toEqual([]);
  });
});

/** What a write-back must leave either as it was or as it is meant to be. */
function stateOf(repository: Repository): string {
  const files = execFileSync(
    "sh",
    [
      "-c",
      "find . -path ./.git -prune -o -type f -print | LC_ALL=C sort | xargs -d '\\n' sha1sum; find . -path ./.git -prune -o -printf '%p %m %y\\n' | LC_ALL=C sort",
    ],
    { cwd: repository.root, maxBuffer: 1 << 26 },
  ).toString();
  return `${repository.git("ls-files", "-s", "-v")}\n${files}`;
}

describe.skipIf(process.platform !== "linux")("check --staged --fix", () => {
  const kills = 50;

  it(`killed ${kills} times at any moment leaves index and working tree as before or finished`, async () => {
    const original = new Repository();
    repositories.push(original);
    const text = (i: number): string => `import os\nimport sys\n\nprint(sys.argv, ${i})\n`;
    original.commit(Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`d${i % 3}/f ${i}.py`, `print(${i})\n`])));
    for (let i = 0; i < 20; i++) original.write(`d${i % 3}/f ${i}.py`, text(i), i % 4 === 0 ? 0o755 : 0o644);
    original.git("add", "-A");
    for (let i = 0; i < 20; i += 5) original.write(`d${i % 3}/f ${i}.py`, `${text(i)}\n\ndef later():\n    return 1\n`);
    original.write("d1/f 1.py", "something else entirely\n");
    rmSync(join(original.root, "d2/f 2.py"));
    original.write("untracked.py", "import os\n");
    const args = ["check", "--staged", "--fix", "--only", "ruff", "--format", "agent"];

    const fresh = (): Repository => {
      const copy = new Repository({ init: false });
      rmSync(copy.root, { recursive: true });
      execFileSync("cp", ["-a", original.root, copy.root]);
      // Copying gave the files new times: nothing may be left for git to refresh.
      copy.git("update-index", "-q", "--refresh", "--really-refresh", "--ignore-missing");
      return copy;
    };
    original.git("status");
    const before = stateOf(original);
    const whole = fresh();
    expect(stateOf(whole)).toBe(before);
    const { ms, exit, stderr } = await whole.run(args);
    expect(exit, stderr).toBe(0);
    const finished = stateOf(whole);
    expect(finished).not.toBe(before);
    whole.remove();

    const ends = { before: 0, finished: 0 };
    let span = ms * 1.1;
    let next = 0;
    const lane = async (): Promise<void> => {
      let repository = fresh();
      while (next < kills) {
        const number = next++;
        // The second half of a run is where the writing is.
        const portion = 0.35 + ((number * 0.618034) % 1) * 0.75;
        await repository.run(args, {
          onStart: (pid) => {
            const timer = setTimeout(() => {
              try {
                process.kill(pid, "SIGKILL");
              } catch (error) {
                // It was faster.
                if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
              }
            }, portion * span);
            timer.unref();
          },
        });
        expect(await untilGone(repository)).toEqual([]);
        expect(existsSync(join(repository.root, ".git/index.lock"))).toBe(false);
        const after = stateOf(repository);
        if (after === before) {
          ends.before++;
          if (portion > 0.9) span *= 1.05;
          continue;
        }
        expect(after).toBe(finished);
        ends.finished++;
        if (portion < 0.6) span *= 0.9;
        // The next run finds nothing left to do, and clears away what was prepared.
        const again = await repository.run(args);
        expect(again.exit, again.stderr).toBe(0);
        expect(stateOf(repository)).toBe(finished);
        repository.remove();
        repository = fresh();
      }
      // A run that is let finish after all those kills does its work.
      const last = await repository.run(args);
      expect(last.exit, last.stderr).toBe(0);
      expect(stateOf(repository)).toBe(finished);
      const journals = join(repository.root, ".git/codeflow/apply");
      expect(existsSync(journals) ? readdirSync(journals) : []).toEqual([]);
      repository.remove();
    };
    await Promise.all([lane(), lane()]);
    expect(ends.before).toBeGreaterThan(2);
    expect(ends.finished).toBeGreaterThan(2);
  }, 300_000);
});

describe("another Node, another installation", () => {
  const old = ["/usr/local/bin/node", "/usr/bin/node"].find((path) => {
    if (!existsSync(path)) return false;
    const [major = 0, minor = 0] = execFileSync(path, ["-p", "process.versions.node"])
      .toString()
      .split(".")
      .map(Number);
    return major < 22 || (major === 22 && minor < 12);
  });

  it.skipIf(old === undefined)("an older Node is told what to do (skipped where none is installed)", async () => {
    const repository = new Repository();
    repositories.push(repository);
    for (const args of [["check"], ["--version"], []]) {
      const { exit, stdout, stderr } = await repository.run(args, { node: old ?? "" });
      expect(exit).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/codeflow needs Node\.js 22\.12 or newer; this is \d+\.\d+/);
      expect(stderr).toMatch(/Install a current one/);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  /** The program as installed, with a broken or missing database module. */
  function installation(repository: Repository, module: "missing" | "broken" | "throws"): string {
    const folder = join(repository.base, "installed");
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    cpSync(join(project, "bin"), join(folder, "bin"), { recursive: true });
    cpSync(join(project, "dist"), join(folder, "dist"), { recursive: true });
    cpSync(join(project, "package.json"), join(folder, "package.json"));
    for (const name of readdirSync(join(project, "node_modules"))) {
      if (name === "better-sqlite3" || name === ".bin") continue;
      symlinkSync(join(project, "node_modules", name), join(folder, "node_modules", name));
    }
    const own = join(folder, "node_modules/better-sqlite3");
    if (module === "broken") {
      mkdirSync(join(own, "build/Release"), { recursive: true });
      cpSync(join(project, "node_modules/better-sqlite3/lib"), join(own, "lib"), { recursive: true });
      cpSync(join(project, "node_modules/better-sqlite3/package.json"), join(own, "package.json"));
      writeFileSync(join(own, "build/Release/better_sqlite3.node"), "not a shared object");
    } else if (module === "throws") {
      mkdirSync(own);
      writeFileSync(join(own, "package.json"), '{ "name": "better-sqlite3", "main": "index.js" }');
      writeFileSync(
        join(own, "index.js"),
        'throw new Error("was compiled against a different Node.js version\\nlong explanation")',
      );
    }
    return join(folder, "bin/codeflow.js");
  }

  it.each(["missing", "broken", "throws"] as const)(
    "better-sqlite3 %s: one clear warning, the same verdict",
    async (module) => {
      const repository = new Repository();
      repositories.push(repository);
      repository.commit({ "app.py": "import os\nif x is 1: pass\n", "a.js": "const a = 1;\na = 2;\n" });
      const expected = await repository.check(["--no-cache"]);
      const own = installation(repository, module);
      for (let i = 0; i < 2; i++) {
        rmSync(repository.data, { recursive: true, force: true });
        const { report, stderr, exit } = await repository.check([], { program: own });
        expect(linesOf(report)).toEqual(linesOf(expected.report));
        expect(exit).toBe(expected.exit);
        expect(stderr.split("\n").filter((line) => line !== "").length, stderr).toBe(1);
        expect(stderr).toMatch(/^warning: the database module better-sqlite3 cannot be loaded .*npm/);
      }
      expect(program).not.toBe(own);
    },
  );
});

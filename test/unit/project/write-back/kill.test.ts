import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recoverWriteBack } from "../../../../src/project/write-back/recover.ts";
import { env, Repository } from "./repository.ts";

const driver = join(import.meta.dirname, "driver.ts");
const kills = 200;
const lanes = 3;

/** About thirty files: new, changed, partly staged, clashing, deleted meanwhile, executable, in folders. */
function template(): Repository {
  const repo = new Repository();
  const lines = (word: string): string =>
    Array.from({ length: 30 }, (_, i) => `line ${i} ${i === 12 ? word : ""}\n`).join("");
  repo.commit(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i % 4}/f ${i}.txt`, lines("base")])));
  for (let i = 0; i < 26; i++) {
    const path = `d${i % 4}/f ${i}.txt`;
    repo.stage({ [path]: lines("wrong") });
    if (i % 5 === 1) repo.write(path, `${lines("wrong")}not staged\n`);
    if (i % 5 === 2) repo.write(path, lines("clashing"));
  }
  repo.stage({ "new.txt": "wrong\n", "gone.txt": "wrong\n" });
  rmSync(join(repo.root, "gone.txt"));
  repo.write("untracked.txt", "wrong\n");
  return repo;
}

interface State {
  readonly index: string;
  readonly files: ReadonlyMap<string, string>;
  readonly status: string;
}

function stateOf(repo: Repository): State {
  return {
    index: repo.git("ls-files", "-s"),
    files: repo.snapshot(),
    status: repo.gitWith({ env: { GIT_OPTIONAL_LOCKS: "0" } }, "status", "--porcelain", "-uall"),
  };
}

/** Runs the driver and kills it so many milliseconds after it began to write; returns how long it took otherwise. */
async function run(root: string, killAfter?: number, wholeGroup = false): Promise<number> {
  const child = spawn(process.execPath, [driver, root, "wrong", "right"], {
    env: { ...env, DRIVER_READY: "1" } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const kill = (): void => {
    if (child.pid !== undefined) process.kill(wholeGroup ? -child.pid : child.pid, "SIGKILL");
  };
  let started = 0;
  let timer: NodeJS.Timeout | undefined;
  child.stdout.once("data", () => {
    started = performance.now();
    if (killAfter !== undefined) timer = setTimeout(kill, killAfter);
  });
  await new Promise((resolve) => child.once("exit", resolve));
  clearTimeout(timer);
  return performance.now() - started;
}

/** Until nothing that was started for this repository runs any more: an applier, git commands of the killed process. */
async function settle(root: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (isBusy(root)) {
    if (Date.now() > deadline) throw new Error(`something still runs in ${root}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isBusy(root: string): boolean {
  return readdirSync("/proc").some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return (
        readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(root) || readlinkSync(`/proc/${pid}/cwd`).startsWith(root)
      );
    } catch (error) {
      // Ended while we looked, or a system process.
      return !(error instanceof Error);
    }
  });
}

describe.skipIf(process.platform !== "linux")("kill -9", () => {
  it(`leaves index and working tree as before or finished, ${kills} times`, async () => {
    const original = template();
    const before = stateOf(original);
    const fresh = (name: string): Repository => {
      const root = join(tmpdir(), `codeflow-kill-${process.pid}-${name}`);
      rmSync(root, { recursive: true, force: true });
      execFileSync("cp", ["-a", original.root, root]);
      return Object.assign(Object.create(Repository.prototype) as Repository, { root });
    };

    const whole = fresh("whole");
    const took = await run(whole.root);
    const finished = stateOf(whole);
    expect(whole.journals()).toEqual([]);
    whole.remove();
    expect(finished.index).not.toBe(before.index);
    expect(finished.files).not.toEqual(before.files);

    let next = 0;
    // How late the latest kills come; follows the machine's load, so that kills fall before, into and after the writing.
    let span = took * 1.6;
    const ends = { before: 0, finished: 0 };
    let withJournal = 0;
    const lane = async (name: string): Promise<void> => {
      let repo = fresh(name);
      while (next < kills) {
        const number = next++;
        const indexFile = join(repo.root, ".git", "index");
        const indexBytes = readFileSync(indexFile);
        const portion = ((number * 0.618034) % 1) * 1.05;
        await run(repo.root, portion * span, number % 2 === 1);
        await settle(repo.root);
        const after = stateOf(repo);
        expect(repo.hasLock()).toBe(false);
        if (after.index === before.index) {
          expect(after).toEqual(before);
          expect(readFileSync(indexFile).equals(indexBytes)).toBe(true);
          ends.before++;
          if (portion > 0.6) span *= 1.1;
          // What was prepared is cleared away by the next run, and that changes nothing either.
          if (repo.journals().length > 0) {
            withJournal++;
            await recoverWriteBack(join(repo.root, ".git"), env);
            expect(repo.journals()).toEqual([]);
            expect(stateOf(repo)).toEqual(before);
          }
        } else {
          expect(after).toEqual(finished);
          expect(repo.journals()).toEqual([]);
          ends.finished++;
          if (portion < 0.4) span *= 0.9;
          repo = fresh(name);
        }
      }
      repo.remove();
    };
    await Promise.all(Array.from({ length: lanes }, (_, i) => lane(String(i))));
    original.remove();
    // The kills were spread over the whole of it.
    expect(ends.before + ends.finished).toBe(kills);
    expect(ends.before).toBeGreaterThan(kills / 10);
    expect(ends.finished).toBeGreaterThan(kills / 10);
    expect(withJournal).toBeGreaterThan(kills / 20);
  }, 300_000);
});

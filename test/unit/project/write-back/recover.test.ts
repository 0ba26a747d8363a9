import { execFileSync, spawn } from "node:child_process";
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Plan } from "../../../../src/project/write-back/plan.ts";
import { recoverWriteBack } from "../../../../src/project/write-back/recover.ts";
import { prepareWriteBack } from "../../../../src/project/write-back/write-back.ts";
import { change, env, exec, Repository } from "./repository.ts";

const applier = join(import.meta.dirname, "../../../../src/project/write-back/applier.ts");
const paths = ["a.txt", "b.txt", "c d.txt"];
const old = "one\ntwo\nthree\n";
const fixed = "one\nTWO\nthree\n";

const opened: Repository[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.remove();
});

function state(repo: Repository): string[] {
  return [...paths.map((path) => repo.staged(path)), ...paths.map((path) => repo.read(path))];
}
const before = Array<string>(6).fill(old);
const finished = Array<string>(6).fill(fixed);

/** A repository with a complete journal of a process that does not live any more. */
async function prepared(): Promise<{
  repo: Repository;
  journal: string;
  plan: Plan;
  recover: () => ReturnType<typeof recoverWriteBack>;
}> {
  const repo = new Repository();
  opened.push(repo);
  repo.stage(Object.fromEntries(paths.map((path) => [path, old])));
  const changes = paths.map((path) => change(path, old, fixed));
  const made = await prepareWriteBack({ root: repo.root, changes, target: "index", exec, env });
  if (made === undefined) throw new Error("nothing prepared");
  // No process has this number: it is beyond what Linux and macOS give out.
  const journal = made.journal.replace(/\d+-(\w+)$/, "99999999-$1");
  renameSync(made.journal, journal);
  const plan = JSON.parse(readFileSync(join(journal, "plan.json"), "utf8")) as Plan;
  return { repo, journal, plan, recover: () => recoverWriteBack(repo.gitDirectory(), env) };
}

/** The applier's steps up to one of them, as a crash would leave them. */
function crashAfter(repo: Repository, journal: string, plan: Plan, steps: number): void {
  const index = join(repo.gitDirectory(), "index");
  const all = [
    () => renameSync(join(journal, "plan.json"), join(journal, "started.json")),
    () => linkSync(join(journal, "index-0"), `${index}.lock`),
    ...plan.files.map((file) => () => renameSync(join(journal, file.next), join(repo.root, file.path))),
    () => renameSync(`${index}.lock`, index),
  ];
  for (const step of all.slice(0, steps)) step();
}

describe("recoverWriteBack", () => {
  it("discards what was prepared and never begun", async () => {
    const { repo, recover } = await prepared();
    expect(await recover()).toEqual({ finished: 0, discarded: 1, left: [], waiting: [] });
    expect(state(repo)).toEqual(before);
    expect(repo.journals()).toEqual([]);
    expect(await recover()).toEqual({ finished: 0, discarded: 0, left: [], waiting: [] });
  });

  it("leaves the preparation of a living process alone", async () => {
    const repo = new Repository();
    opened.push(repo);
    repo.stage({ "a.txt": old });
    const made = await prepareWriteBack({
      root: repo.root,
      changes: [change("a.txt", old, fixed)],
      target: "index",
      exec,
      env,
    });
    expect((await recoverWriteBack(repo.gitDirectory(), env)).discarded).toBe(0);
    expect(repo.journals()).toEqual([basename(made?.journal ?? "")]);
  });

  it.each([1, 2, 3, 4, 5, 6])("finishes after a crash behind step %i", async (steps) => {
    const { repo, journal, plan, recover } = await prepared();
    crashAfter(repo, journal, plan, steps);
    const [first, second] = await Promise.all([recover(), recover()]);
    const said = JSON.stringify([first, second]);
    expect((first?.finished ?? 0) + (second?.finished ?? 0), said).toBeGreaterThan(0);
    expect([...(first?.left ?? []), ...(second?.left ?? [])]).toEqual([]);
    expect(state(repo)).toEqual(finished);
    expect([repo.hasLock(), repo.journals()]).toEqual([false, []]);
    expect(repo.git("status", "--porcelain", "-uall")).toBe(
      paths.map((path) => (path.includes(" ") ? `A  "${path}"\n` : `A  ${path}\n`)).join(""),
    );
  });

  it("takes away a lock that is a link to the index which another recovery brought in", async () => {
    const { repo, journal, plan, recover } = await prepared();
    crashAfter(repo, journal, plan, 6);
    const index = join(repo.gitDirectory(), "index");
    // The other recovery had looked at the index before it was replaced, and linked its lock after.
    linkSync(index, `${index}.lock`);
    expect(await recover()).toEqual({ finished: 1, discarded: 0, left: [], waiting: [] });
    expect([repo.hasLock(), repo.journals()]).toEqual([false, []]);
    expect(state(repo)).toEqual(finished);
  });

  it("says why when the applier cannot do its work", async () => {
    const { repo, journal, plan, recover } = await prepared();
    crashAfter(repo, journal, plan, 1);
    writeFileSync(join(journal, "started.json"), '{ "indexes": 5 }');
    const { waiting } = await recover();
    expect(waiting.join()).toMatch(/not iterable|is not/);
    expect(state(repo)).toEqual(before);
  });

  it("leaves alone what a person changed after the crash", async () => {
    const { repo, journal, plan, recover } = await prepared();
    crashAfter(repo, journal, plan, 3);
    repo.write("b.txt", "mine\n");
    expect(await recover()).toEqual({ finished: 1, discarded: 0, left: ["b.txt"], waiting: [] });
    expect(state(repo)).toEqual([fixed, fixed, fixed, fixed, "mine\n", fixed]);
  });

  it("leaves an index alone that went on without us", async () => {
    const { repo, journal, plan, recover } = await prepared();
    crashAfter(repo, journal, plan, 3);
    unlinkSync(join(repo.gitDirectory(), "index.lock"));
    repo.stage({ "new.txt": "new\n" });
    const result = await recover();
    expect(result).toMatchObject({ finished: 1, left: [join(repo.gitDirectory(), "index")] });
    expect(repo.staged("a.txt")).toBe(old);
    expect(repo.staged("new.txt")).toBe("new\n");
  });

  it("waits while another process holds the index", async () => {
    const { repo, journal, plan, recover } = await prepared();
    crashAfter(repo, journal, plan, 1);
    const lock = join(repo.gitDirectory(), "index.lock");
    writeFileSync(lock, "");
    expect((await recover()).waiting).toHaveLength(1);
    expect(state(repo)).toEqual(before);
    rmSync(lock);
    expect((await recover()).finished).toBe(1);
    expect(state(repo)).toEqual(finished);
  });

  it("makes a killed applier's work whole", async () => {
    const { repo, journal, plan } = await prepared();
    const pristine = `${repo.root}-pristine`;
    execFileSync("cp", ["-a", repo.root, pristine]);
    try {
      const began = performance.now();
      execFileSync(process.execPath, [applier, journal, "apply"]);
      const took = performance.now() - began;
      expect(state(repo)).toEqual(finished);
      expect(plan.files).toHaveLength(3);
      const ends = { before: 0, finished: 0 };
      for (let round = 0; round < 30; round++) {
        rmSync(repo.root, { recursive: true });
        execFileSync("cp", ["-a", pristine, repo.root]);
        const child = spawn(process.execPath, [applier, journal, "apply"], { stdio: "ignore" });
        const ended = new Promise((resolve) => child.once("exit", resolve));
        await new Promise((resolve) => setTimeout(resolve, took * (0.5 + round / 50)));
        child.kill("SIGKILL");
        await ended;
        await recoverWriteBack(repo.gitDirectory(), env);
        expect([repo.hasLock(), repo.journals()]).toEqual([false, []]);
        const now = state(repo);
        expect(now).toEqual(now[0] === old ? before : finished);
        ends[now[0] === old ? "before" : "finished"]++;
      }
      expect(ends.before + ends.finished).toBe(30);
    } finally {
      rmSync(pristine, { recursive: true });
    }
  });
});

/** Real process groups: known again, ended, and never mistaken for others. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createExec } from "../../../src/system/exec.ts";
import { endProcessGroup, markProcess } from "../../../src/system/process-group.ts";

const folder = mkdtempSync(join(tmpdir(), "codeflow-group-"));
const groups: number[] = [];
afterAll(() => {
  for (const pid of groups) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

/** In a group of its own; resolves once the script has written its file. */
async function start(name: string, script: string, env: Record<string, string> = {}): Promise<number> {
  const ready = join(folder, name);
  const child = spawn("/bin/sh", ["-c", `${script}`], {
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env["PATH"] ?? "", READY: ready, ...env },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("not started");
  groups.push(pid);
  await expect.poll(() => existsSync(ready), { timeout: 10_000 }).toBe(true);
  return pid;
}

const isAlive = (pid: number): boolean => {
  try {
    // A killed child that node has not collected yet is an entry, and no more.
    return !/^[ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /s, ""));
  } catch {
    return false;
  }
};

describe.skipIf(process.platform !== "linux")("process groups", () => {
  it("end when asked to, with what they began", async () => {
    const pid = await start("polite", 'sleep 60 & echo $! > "$READY"; wait');
    const mark = markProcess(pid);
    if (mark === undefined) throw new Error("not marked");
    const child = Number(readFileSync(join(folder, "polite"), "utf8"));
    expect(await endProcessGroup(mark, "TAG=1")).toBe("ended");
    expect([isAlive(pid), isAlive(child)]).toEqual([false, false]);
    expect(await endProcessGroup(mark, "TAG=1")).toBe("gone");
  });

  it("end also when they do not listen", async () => {
    const pid = await start("deaf", 'trap "" TERM; : > "$READY"; while :; do sleep 0.05; done');
    const mark = markProcess(pid);
    if (mark === undefined) throw new Error("not marked");
    expect(await endProcessGroup(mark, "TAG=1", 100)).toBe("ended");
    expect(isAlive(pid)).toBe(false);
  });

  it("are left alone when their number belongs to another process by now, or to another machine", async () => {
    const pid = await start("other", ': > "$READY"; exec sleep 60');
    const mark = markProcess(pid);
    if (mark === undefined) throw new Error("not marked");
    expect(await endProcessGroup({ ...mark, start: `${mark.start}0` }, "TAG=1")).toBe("gone");
    expect(await endProcessGroup({ ...mark, machine: "elsewhere/1" }, "TAG=1")).toBe("elsewhere");
    expect(isAlive(pid)).toBe(true);
  });

  it("whose leader is gone are known by what stands in their environment", async () => {
    const script = '{ sleep 60 & echo $! > "$READY"; }; exec sleep 0.2';
    const tagged = await start("tagged", script, { TAG: "1" });
    const taggedMark = markProcess(tagged);
    const other = await start("untagged", script, { TAG: "12" });
    const otherMark = markProcess(other);
    if (taggedMark === undefined || otherMark === undefined) throw new Error("not marked");
    await expect.poll(() => [isAlive(tagged), isAlive(other)], { timeout: 10_000 }).toEqual([false, false]);
    const childOf = (name: string): number => Number(readFileSync(join(folder, name), "utf8"));
    // Collected by this process, so that their numbers say nothing any more.
    const isListed = (pid: number): boolean => existsSync(`/proc/${pid}`);
    await expect.poll(() => isListed(tagged) || isListed(other), { timeout: 10_000 }).toBe(false);
    expect(await endProcessGroup(taggedMark, "TAG=1")).toBe("ended");
    expect(isAlive(childOf("tagged"))).toBe(false);
    expect(await endProcessGroup(otherMark, "TAG=1")).toBe("gone");
    expect(isAlive(childOf("untagged"))).toBe(true);
  });
});

describe.skipIf(process.platform === "win32")("a program that begins when it is known", () => {
  const env = { PATH: process.env["PATH"] ?? "" };
  const request = (file: string) => ({ command: "sh", args: ["-c", 'echo "$$"; : > "$0"', file], cwd: folder, env });

  it("does nothing before, keeps its process id and its input", async () => {
    const file = join(folder, "known");
    let told = 0;
    let wasThere = false;
    const result = await createExec(env)({
      ...request(file),
      args: ["-c", 'cat; echo "$$"; : > "$0"', file],
      input: "in\n",
      onStart: async (pid) => {
        told = pid;
        await new Promise((resolve) => setTimeout(resolve, 200));
        wasThere = existsSync(file);
      },
    });
    expect(result.stdout.toString()).toBe(`in\n${told}\n`);
    expect([wasThere, existsSync(file)]).toEqual([false, true]);
  });

  it("never begins when that fails", async () => {
    const file = join(folder, "refused");
    const exec = createExec(env);
    const onStart = () => Promise.reject(new Error("the disk is full"));
    await expect(exec({ ...request(file), onStart })).rejects.toThrow("the disk is full");
    expect(existsSync(file)).toBe(false);
  });

  it("never begins when this process dies before", async () => {
    const file = join(folder, "orphan");
    const script = join(folder, "dies.ts");
    const exec = JSON.stringify(join(import.meta.dirname, "../../../src/system/exec.ts"));
    writeFileSync(
      script,
      `import { createExec } from ${exec};
void createExec(process.env)({
  command: "touch", args: [${JSON.stringify(file)}], cwd: "/",
  onStart: async (pid) => { console.log(pid); await new Promise((resolve) => setTimeout(resolve, 60_000)); },
});
`,
    );
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => child.stdout.once("data", (data) => resolve(Number(data))));
    child.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    expect(existsSync(file)).toBe(false);
  });

  it("that is not there is told as ever", async () => {
    const exec = createExec(env);
    const onStart = async () => undefined;
    await expect(exec({ command: "no-such-program", args: [], cwd: folder, env, onStart })).rejects.toMatchObject({
      code: "CF102",
    });
  });
});

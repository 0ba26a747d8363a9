/** Threads that hang, die or are interrupted: who is blamed, and what goes on. */
import { afterEach, describe, expect, it } from "vitest";
import type { Task, WorkerSetup } from "../../../../src/app/check/worker-protocol.ts";
import { WorkerThreads } from "../../../../src/app/check/worker-threads.ts";
import { defaultConfig } from "../../../../src/config/defaults.ts";

/** Does what a path says; otherwise answers with the path and the key that it was told of. */
const program = `
  import { parentPort, threadId } from "node:worker_threads";
  let key;
  parentPort.on("message", ({ setup, task }) => {
    if (setup !== undefined) { key = setup.secretKey; return; }
    const [{ path }] = task.files;
    if (path.startsWith("hang")) for (;;);
    if (path.startsWith("exit")) process.exit(3);
    if (path.startsWith("throw")) throw new Error("thrown");
    if (path.startsWith("refuse")) return parentPort.postMessage({ error: "refused" });
    parentPort.postMessage({ answers: [{ path, outcomes: {}, facts: {}, identified: [], isUnstable: false, key, threadId }] });
  });
`;
const file = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
const setup: WorkerSetup = { config: defaultConfig, profile: "smart", secretKey: "told", analyzers: {} };
const never = new AbortController().signal;

describe("worker threads", () => {
  let threads: WorkerThreads;
  afterEach(() => threads.close());

  function begin(size: number): void {
    threads = new WorkerThreads(file);
    threads.begin(setup);
    threads.grow(size);
  }
  function task(path: string): Task {
    const one = { path, mode: "100644", analyze: [], extract: [], identify: [], core: false };
    return { root: undefined, listedAtMs: 0, files: [one] };
  }
  async function ask(path: string, timeoutMs = 60_000, signal = never): Promise<unknown> {
    try {
      const [answer] = await threads.run(task(path), timeoutMs, signal);
      return answer;
    } catch (error) {
      return (error as Error).name === "Error" ? (error as Error).message : (error as Error).name;
    }
  }

  it("share tasks, each answered with its own", async () => {
    begin(3);
    const paths = Array.from({ length: 60 }, (_, i) => `f${i}`);
    const answers = (await Promise.all(paths.map((path) => ask(path)))) as { path: string; threadId: number }[];
    expect(answers.map(({ path }) => path)).toEqual(paths);
    expect(new Set(answers.map(({ threadId }) => threadId)).size).toBe(3);
    expect(answers.every((answer) => "key" in answer && answer.key === "told")).toBe(true);
  });

  it("blame the task that hangs, ends or breaks a thread, and do the others", async () => {
    begin(2);
    const bad = ["hang", "exit", "throw", "refuse"];
    const paths = Array.from({ length: 24 }, (_, i) => (i % 6 === 1 ? `${bad[(i - 1) / 6]}${i}` : `f${i}`));
    const answers = await Promise.all(paths.map((path) => ask(path, path.startsWith("hang") ? 1_000 : 60_000)));
    const told = answers.map((answer) => (typeof answer === "string" ? answer : (answer as { path: string }).path));
    const expected: Record<string, string> = {
      hang1: "TimeoutError",
      exit7: "the worker thread ended with 3",
      throw13: "thrown",
      refuse19: "refused",
    };
    expect(told).toEqual(paths.map((path) => expected[path] ?? path));
    expect(await ask("after")).toMatchObject({ path: "after", key: "told" });
  });

  it("count the time of the task that is worked on, not of those behind it", async () => {
    begin(1);
    const [first, second] = await Promise.all([ask("hang", 1_500), ask("behind", 1_000)]);
    expect(first).toBe("TimeoutError");
    expect(second).toMatchObject({ path: "behind" });
  });

  it("end with the signal", async () => {
    begin(2);
    const interruption = new AbortController();
    const asked = ["hang1", "hang2", "f3", "f4"].map((path) => ask(path, 60_000, interruption.signal));
    setImmediate(() => interruption.abort());
    expect(await Promise.all(asked)).toEqual(["AbortError", "AbortError", "AbortError", "AbortError"]);
    expect(await ask("late", 60_000, interruption.signal)).toBe("AbortError");
  });
});

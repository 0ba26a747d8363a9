/** Worker threads that survive a hanging or crashing analyzer: the culprit is found and named, the rest goes on. */
import type { Tinypool } from "tinypool";
import type { FileAnswer, FileTask, Task, WorkerSetup } from "./worker-protocol.ts";

export interface WorkerPool {
  /** Answers in the order of `files`. */
  run(task: Task, signal: AbortSignal): Promise<FileAnswer[]>;
  close(): Promise<void>;
}

/** Far above what any healthy file needs, so that a slow machine is not mistaken for a hang. */
const chunkTimeoutMs = 120_000;
const fileTimeoutMs = 20_000;

const workerFile = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./check-worker.js", import.meta.url);

export function createWorkerPool(setup: WorkerSetup, threads: number): WorkerPool {
  let pool: Promise<Tinypool> | undefined;
  const start = async (): Promise<Tinypool> => {
    const { Tinypool: Pool } = await import("tinypool");
    return new Pool({
      filename: workerFile.href,
      runtime: "worker_threads",
      minThreads: threads,
      maxThreads: threads,
      workerData: setup,
      // Blocking waits inside a worker would keep its timers from running.
      useAtomics: false,
      concurrentTasksPerWorker: 1,
    });
  };

  async function attempt(task: Task, timeoutMs: number, signal: AbortSignal): Promise<FileAnswer[]> {
    pool ??= start();
    const running = await pool;
    const timeout = AbortSignal.timeout(timeoutMs);
    // An aborted task's thread is ended and replaced.
    return running.run(task, { signal: AbortSignal.any([signal, timeout]) }) as Promise<FileAnswer[]>;
  }

  return {
    async run(task, signal) {
      try {
        return await attempt(task, chunkTimeoutMs, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        const answers: FileAnswer[] = [];
        for (const file of task.files) answers.push(await oneFile(file, task, signal));
        return answers;
      }
    },
    async close() {
      if (pool !== undefined) await (await pool).destroy();
    },
  };

  async function oneFile(file: FileTask, task: Omit<Task, "files">, signal: AbortSignal): Promise<FileAnswer> {
    try {
      const [answer] = await attempt({ ...task, files: [file] }, fileTimeoutMs, signal);
      if (answer !== undefined) return answer;
      throw new Error("the worker thread gave no answer");
    } catch (error) {
      if (signal.aborted) throw error;
      return culprits(file, task, signal);
    }
  }

  /** Runs each analyzer alone on a file that made a worker hang or die. */
  async function culprits(file: FileTask, task: Omit<Task, "files">, signal: AbortSignal): Promise<FileAnswer> {
    const outcomes: Record<string, FileAnswer["outcomes"][string]> = {};
    const facts: Record<string, FileAnswer["facts"][string]> = {};
    const bare = { ...file, analyze: [], extract: [], identify: [], core: false };
    for (const id of file.analyze) {
      const answer = await only({ ...bare, analyze: [id] }, task, signal);
      outcomes[id] = (typeof answer === "string" ? undefined : answer.outcomes[id]) ?? {
        error: String(answer),
        ms: fileTimeoutMs,
      };
    }
    for (const id of file.extract) {
      const answer = await only({ ...bare, extract: [id] }, task, signal);
      facts[id] = (typeof answer === "string" ? undefined : answer.facts[id]) ?? {
        value: null,
        ms: fileTimeoutMs,
        error: String(answer),
      };
    }
    const rest = await only({ ...bare, identify: file.identify, core: file.core }, task, signal);
    if (typeof rest === "string") throw new Error(`${file.path}: ${rest}`);
    return { ...rest, outcomes, facts };
  }

  async function only(file: FileTask, task: Omit<Task, "files">, signal: AbortSignal): Promise<FileAnswer | string> {
    try {
      const [answer] = await attempt({ ...task, files: [file] }, fileTimeoutMs, signal);
      return answer ?? "no answer";
    } catch (error) {
      if (signal.aborted) throw error;
      return (error as Error).name === "AbortError" || (error as Error).name === "TimeoutError"
        ? `did not finish in ${fileTimeoutMs / 1000} s`
        : `crashed: ${(error as Error).message}`;
    }
  }
}

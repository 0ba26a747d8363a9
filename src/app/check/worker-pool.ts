/** Worker threads that survive a hanging or crashing analyzer: the culprit is found and named, the rest goes on. */
import { WorkerThreads } from "./worker-threads.ts";
import type { FileAnswer, FileTask, Task, WorkerSetup } from "./worker-protocol.ts";

export interface WorkerPool {
  /** Of threads, at most. */
  readonly size: number;
  /** Answers in the order of `files`. */
  run(task: Task, signal: AbortSignal): Promise<readonly FileAnswer[]>;
}

/** Far above what any healthy file needs, so that a slow machine is not mistaken for a hang. */
const chunkTimeoutMs = 120_000;
const fileTimeoutMs = 20_000;

/** `threads`: begun before, or not; whoever began them closes them. */
export function createWorkerPool(threads: WorkerThreads, setup: WorkerSetup, size: number): WorkerPool {
  threads.begin(setup);

  return {
    size,
    async run(task, signal) {
      try {
        return await threads.run(task, chunkTimeoutMs, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        const answers: FileAnswer[] = [];
        for (const file of task.files) answers.push(await oneFile(file, task, signal));
        return answers;
      }
    },
  };

  async function oneFile(file: FileTask, task: Omit<Task, "files">, signal: AbortSignal): Promise<FileAnswer> {
    try {
      const [answer] = await threads.run({ ...task, files: [file] }, fileTimeoutMs, signal);
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
      const [answer] = await threads.run({ ...task, files: [file] }, fileTimeoutMs, signal);
      return answer ?? "no answer";
    } catch (error) {
      if (signal.aborted) throw error;
      return (error as Error).name === "TimeoutError"
        ? `did not finish in ${fileTimeoutMs / 1000} s`
        : `crashed: ${(error as Error).message}`;
    }
  }
}

/**
 * The threads behind the worker pool. They start before it is known what for, so that they have loaded the analyzers by
 * the time the files are listed; each holds a few tasks at once, so that none waits for a main thread that is busy.
 */
import { Worker } from "node:worker_threads";
import type { FileAnswer, FromWorker, Task, ToWorker, WorkerSetup } from "./worker-protocol.ts";

/** The main thread takes in a program's results for up to a tenth of a second; four tasks keep a thread busy as long. */
const tasksAhead = 4;

/**
 * What a file leaves behind is dead with the next file: with V8's own limit the threads pile it up. Measured on 14,000
 * files: 424 MiB in place of 640, in no more time.
 */
const maxYoungGenerationSizeMb = 24;

const program = new URL(import.meta.url.endsWith(".ts") ? "./check-worker.ts" : "./check-worker.js", import.meta.url);

interface Job {
  readonly task: Task;
  readonly timeoutMs: number;
  readonly resolve: (answers: readonly FileAnswer[]) => void;
  readonly reject: (reason: unknown) => void;
}

class Thread {
  /** The first is the one that it works on. */
  readonly jobs: Job[] = [];
  readonly #worker: Worker;
  readonly #settled: (thread: Thread) => void;
  readonly #died: (thread: Thread, reason: Error) => void;
  #timer: NodeJS.Timeout | undefined;
  #crash: Error | undefined;
  #isOver = false;

  /** `settled`: it has room for another task; `died`: it takes no more, and its jobs are still there. */
  constructor(file: URL, settled: (thread: Thread) => void, died: (thread: Thread, reason: Error) => void) {
    this.#worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb } });
    this.#settled = settled;
    this.#died = died;
    this.#worker.on("message", (reply: FromWorker) => this.#take(reply));
    this.#worker.on("messageerror", (error) => this.#end(error));
    this.#worker.on("error", (error) => {
      this.#crash = error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.on("exit", (code) => this.#end(this.#crash ?? new Error(`the worker thread ended with ${code}`)));
    // A thread that has nothing to do must not keep the process alive.
    this.#worker.unref();
  }

  send(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(message);
  }

  give(job: Job): void {
    this.jobs.push(job);
    this.send({ task: job.task });
    if (this.jobs.length === 1) {
      this.#worker.ref();
      this.#watch();
    }
  }

  /** Its jobs are dropped. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    // Only the start of it: what a thread has in memory need not be freed before the result is shown.
    void this.#worker.terminate();
  }

  #take(reply: FromWorker): void {
    if (this.#isOver) return;
    const job = this.jobs.shift();
    if (this.jobs.length === 0) {
      clearTimeout(this.#timer);
      this.#worker.unref();
    } else this.#watch();
    if ("answers" in reply) job?.resolve(reply.answers);
    else job?.reject(new Error(reply.error));
    this.#settled(this);
  }

  /** Time counts for the task that is worked on. */
  #watch(): void {
    clearTimeout(this.#timer);
    const timeoutMs = this.jobs[0]?.timeoutMs ?? 0;
    this.#timer = setTimeout(() => {
      this.#end(new DOMException(`no answer in ${timeoutMs} ms`, "TimeoutError"));
    }, timeoutMs);
  }

  #end(reason: Error): void {
    if (this.#isOver) return;
    this.close();
    this.#died(this, reason);
  }
}

export class WorkerThreads {
  readonly #file: URL;
  readonly #threads = new Set<Thread>();
  #waiting: Job[] = [];
  #setup: WorkerSetup | undefined;
  #size = 1;

  /** Starts one thread. `file`: another program, for tests. */
  constructor(file = program) {
    this.#file = file;
    this.#start();
  }

  /** There may be so many, which start now. */
  grow(size: number): void {
    this.#size = size;
    while (this.#threads.size < size) this.#start();
  }

  /** What the threads are for: told to each before its first task. */
  begin(setup: WorkerSetup): void {
    this.#setup = setup;
    for (const thread of this.#threads) thread.send({ setup });
  }

  /** Rejects when the thread dies over it (`TimeoutError`: it was ended because it took too long), or with the signal. */
  async run(task: Task, timeoutMs: number, signal: AbortSignal): Promise<readonly FileAnswer[]> {
    signal.throwIfAborted();
    let abort = (): void => {};
    try {
      return await new Promise((resolve, reject) => {
        abort = () => {
          this.close();
          reject(signal.reason);
        };
        signal.addEventListener("abort", abort, { once: true });
        this.#waiting.push({ task, timeoutMs, resolve, reject });
        this.#share();
      });
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Ends them all, whatever they do. */
  close(): void {
    this.#waiting = [];
    for (const thread of this.#threads) thread.close();
    this.#threads.clear();
  }

  #start(): void {
    const thread = new Thread(
      this.#file,
      () => this.#share(),
      (dead, reason) => {
        this.#threads.delete(dead);
        const [culprit, ...innocent] = dead.jobs;
        this.#waiting.unshift(...innocent);
        culprit?.reject(reason);
        this.#share();
      },
    );
    if (this.#setup !== undefined) thread.send({ setup: this.#setup });
    this.#threads.add(thread);
  }

  /** Gives what is waiting to those that have least. */
  #share(): void {
    if (this.#waiting.length === 0) return;
    // In place of one that died.
    this.grow(this.#size);
    for (let ahead = 0; ahead < tasksAhead; ahead++) {
      for (const thread of this.#threads) {
        if (thread.jobs.length > ahead) continue;
        const job = this.#waiting.shift();
        if (job === undefined) return;
        thread.give(job);
      }
    }
  }
}

/** Starts programs without a shell, in their own process group, and never leaves one behind. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, resolve as resolvePath } from "node:path";
import type { Writable } from "node:stream";
import { Failure } from "../model/failure.ts";
import type { Exec, ExecRequest, ExecResult } from "../model/system.ts";

const defaultMaxOutputBytes = 256 * 1024 * 1024;
/** Time between asking a group to end and ending it: Ctrl-C must not feel stuck. */
const graceMs = 1_000;
/**
 * How long a program's output may stay open after the program itself has ended. Counted in ticks, so that output which
 * waits while this process is busy is still read.
 */
const drainTicks = 10;
const drainTickMs = 100;

const liveGroups = new Set<number>();

/** Ends every process group started here; for Ctrl-C and for the end of the program. */
export function killAllGroups(): void {
  for (const pid of liveGroups) killGroup(pid, "SIGKILL");
  liveGroups.clear();
}

/** `env` is the world's environment, given to every program that is not told otherwise. */
export function createExec(env: Readonly<Record<string, string | undefined>>): Exec {
  return (request) => execute({ env, ...request });
}

function execute(request: ExecRequest): Promise<ExecResult> {
  return new Promise<ExecResult>((resolve, reject) => {
    if (request.signal?.aborted) {
      reject(request.signal.reason);
      return;
    }
    const isGated = request.onStart !== undefined && process.platform !== "win32";
    if (isGated && !canStart(request)) {
      reject(noSuchProgram(request.command));
      return;
    }
    const [command, args] = isGated
      ? ["/bin/sh", ["-c", gate, "sh", request.command, ...request.args]]
      : [request.command, [...request.args]];
    const child = spawn(command, args, {
      cwd: request.cwd,
      env: request.env as NodeJS.ProcessEnv,
      stdio: [request.input === undefined ? "ignore" : "pipe", "pipe", "pipe", ...(isGated ? (["pipe"] as const) : [])],
      // A group of its own, so that a tool's own children end with it.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    const pid = child.pid;
    if (pid !== undefined) liveGroups.add(pid);

    const maxBytes = request.maxOutputBytes ?? defaultMaxOutputBytes;
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    let timedOut = false;
    let failure: Error | undefined;
    let escalation: NodeJS.Timeout | undefined;
    let draining: NodeJS.Timeout | undefined;

    const stop = (): void => {
      if (pid === undefined) return;
      killGroup(pid, "SIGTERM");
      escalation ??= setTimeout(() => killGroup(pid, "SIGKILL"), graceMs);
    };
    const timer =
      request.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            stop();
          }, request.timeoutMs);
    const onAbort = (): void => {
      failure = abortError(request.signal?.reason);
      stop();
    };
    request.signal?.addEventListener("abort", onAbort, { once: true });

    const collect = (into: Buffer[], stream: "stdout" | "stderr") => (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        failure ??= new Failure("CF101", `${request.command} printed more than ${maxBytes} bytes`, {
          why: "its output was cut off, so it cannot be trusted",
          exitCode: 3,
        });
        stop();
        return;
      }
      into.push(chunk);
      request.onOutput?.(chunk, stream);
    };
    child.stdout?.on("data", collect(stdout, "stdout"));
    child.stderr?.on("data", collect(stderr, "stderr"));
    // A program that ends without reading its input is not our fault; its exit code tells the story.
    child.stdin?.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ECONNRESET") failure ??= error;
    });

    const finish = (): void => {
      clearTimeout(timer);
      clearTimeout(escalation);
      clearInterval(draining);
      request.signal?.removeEventListener("abort", onAbort);
      if (pid !== undefined) {
        // What the program left running in its group ends with it.
        killGroup(pid, "SIGKILL");
        liveGroups.delete(pid);
      }
    };
    child.once("error", (error: NodeJS.ErrnoException) => {
      finish();
      reject(error.code === "ENOENT" ? noSuchProgram(request.command, error) : error);
    });
    // A child of the program may hold its output open for as long as it likes, and write to it still: what was read may
    // be half an answer. One that moved to a group of its own cannot be ended, only let go.
    child.once("exit", () => {
      let ticks = 0;
      draining = setInterval(() => {
        ticks++;
        if (ticks < drainTicks) return;
        if (!timedOut) {
          failure ??= new Failure("CF103", `${request.command} left a process running that holds its output open`, {
            why: "its answer may not be whole",
            exitCode: 3,
          });
        }
        if (pid !== undefined) killGroup(pid, "SIGKILL");
        if (ticks === drainTicks) return;
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, drainTickMs);
    });
    child.once("close", (code, signal) => {
      finish();
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      resolve({
        exitCode: code ?? -1,
        ...(signal === null ? {} : { killedBy: signal }),
        timedOut,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
      });
    });
    if (request.input !== undefined) child.stdin?.end(request.input);
    if (request.onStart !== undefined && pid !== undefined) {
      const opening = child.stdio[3] as Writable | undefined;
      // Ended before it was let in: whoever ended it has said why.
      opening?.on("error", () => undefined);
      request.onStart(pid).then(
        () => opening?.end("go\n"),
        (error: unknown) => {
          failure ??= error instanceof Error ? error : new Error(String(error));
          opening?.destroy();
          stop();
        },
      );
    }
  });
}

/** Waits for a word; where the one who would say it is gone, nothing begins. */
const gate = 'read -r word <&3 || exit 125; exec 3<&-; exec "$@"';

/** The shell of the gate would answer for a program that is not there. */
function canStart({ command, cwd, env }: ExecRequest): boolean {
  const folders = command.includes("/") ? [""] : (env?.["PATH"] ?? "/usr/bin:/bin").split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(resolvePath(cwd, folder, command), constants.X_OK);
      return true;
    } catch {
      // Not there: the next folder.
      return false;
    }
  });
}

function noSuchProgram(command: string, cause?: Error): Failure {
  return new Failure("CF102", `cannot start ${command}`, {
    why: "no such program",
    exitCode: 3,
    ...(cause === undefined ? {} : { cause }),
  });
}

function abortError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    if (process.platform === "win32") process.kill(pid, signal);
    else process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: already gone, which is what was wanted. EPERM: macOS says so for a group of zombies.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

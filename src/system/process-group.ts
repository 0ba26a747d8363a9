/** Names a process group so that a later process can tell whether it is still there, and ends it then. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { ProcessMark } from "../model/system.ts";
import { machineName } from "./process-owner.ts";

/** Undefined where it cannot be told apart from a later process of the same number. */
export function markProcess(pid: number): ProcessMark | undefined {
  const start = startOf(pid);
  return start === undefined ? undefined : { machine: machineName(), pid, start };
}

const pollMs = 20;
/** A killed process that is still there after so long hangs in the kernel: nobody can end it. */
const killMs = 5_000;

/**
 * Asks the group to end, then ends it. `tag`: `NAME=value` in the environment of what belongs to it, by which members are
 * known whose leader is gone. `elsewhere`: of another machine, or another container with its own process ids.
 */
export async function endProcessGroup(
  mark: ProcessMark,
  tag: string,
  graceMs = 1_000,
): Promise<"ended" | "gone" | "elsewhere"> {
  if (mark.machine !== machineName()) return "elsewhere";
  if (!isStillThere(mark, tag)) return "gone";
  const { pid } = mark;
  signal(pid, "SIGTERM");
  if (!(await isGoneWithin(pid, graceMs))) {
    signal(pid, "SIGKILL");
    await isGoneWithin(pid, killMs);
  }
  return "ended";
}

async function isGoneWithin(pid: number, ms: number): Promise<boolean> {
  for (let waited = 0; ; waited += pollMs) {
    if (!isAnyAlive(pid)) return true;
    if (waited >= ms) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    // ESRCH: it ended by itself meanwhile. EPERM: macOS says so for a group of zombies.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

function isStillThere({ pid, start }: ProcessMark, tag: string): boolean {
  const now = startOf(pid);
  if (now !== undefined) return now === start && isAnyAlive(pid);
  // Its leader ended and left others behind. The number is not given away while any of them is there, but whether the group
  // was never empty in between only its members can tell.
  if (process.platform !== "linux" || start.slice(0, start.indexOf("/")) !== bootId()) return false;
  return members(pid).some((member) => hasInEnvironment(member, tag));
}

function isAnyAlive(pid: number): boolean {
  if (process.platform === "linux") return members(pid).length > 0;
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Processes of a group that are more than an entry which nobody collected. */
function members(group: number): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const fields = statOf(name);
    return fields !== undefined && Number(fields[2]) === group && !/[ZX]/.test(fields[0] ?? "") ? [Number(name)] : [];
  });
}

function hasInEnvironment(pid: number, tag: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, "utf8")}`.includes(`\0${tag}\0`);
  } catch {
    // Ended meanwhile, or somebody else's: not known to be ours.
    return false;
  }
}

/** Of `/proc/PID/stat`, from the state on; undefined when there is no such process. */
function statOf(pid: string): string[] | undefined {
  try {
    // `pid (name) state ppid pgrp …`, and a name may hold brackets.
    return readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
  } catch {
    return undefined;
  }
}

/** In words that another process of the same number cannot share. */
function startOf(pid: number): string | undefined {
  if (process.platform === "win32") return undefined;
  if (process.platform === "linux") {
    // proc_pid_stat(5): field 22, ticks since the machine was started.
    const ticks = statOf(String(pid))?.[19];
    return ticks === undefined ? undefined : `${bootId()}/${ticks}`;
  }
  try {
    return (
      execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
        encoding: "utf8",
        env: { PATH: "/bin:/usr/bin", LC_ALL: "C" },
        stdio: ["ignore", "pipe", "ignore"],
      }).trim() || undefined
    );
  } catch {
    // There is no such process.
    return undefined;
  }
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return boot;
}

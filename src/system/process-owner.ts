/** Names this process in a way that others on the same machine can tell whether it still lives. */
import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface ProcessOwner {
  readonly id: string;
  isAlive(owner: string): boolean;
}

/** Of another machine, or another container with its own process ids, everybody counts as alive. */
export function processOwner(): ProcessOwner {
  const machine = `${hostname()}/${processNamespace()}`;
  return {
    id: `${machine}/${process.pid}/${randomUUID()}`,
    isAlive(owner) {
      const [host, namespace, pid] = owner.split("/");
      return `${host}/${namespace}` !== machine || !/^\d+$/.test(pid ?? "") || hasProcess(Number(pid));
    },
  };
}

function processNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  } catch {
    // Only Linux has them.
    return "0";
  }
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

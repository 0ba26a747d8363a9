/** Names this process in a way that others on the same machine can tell whether it still lives. */
import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface ProcessOwner {
  readonly id: string;
  isAlive(owner: string): boolean;
}

/** Of another machine, or another container with its own process ids, everybody counts as alive. */
export function processOwner(): ProcessOwner {
  const machine = machineName();
  return {
    id: `${machine}/${process.pid}/${randomUUID()}`,
    isAlive(owner) {
      const [host, namespace, pid] = owner.split("/");
      return `${host}/${namespace}` !== machine || !/^\d+$/.test(pid ?? "") || hasProcess(Number(pid));
    },
  };
}

/** Where process ids mean the same. */
export function machineName(): string {
  return `${hostname()}/${processNamespace()}`;
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
    return !isZombie(pid);
  } catch (error) {
    // EPERM: somebody else's process.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Dead, and only not yet collected by its parent: in a container whose first process collects nobody, for good. */
function isZombie(pid: number): boolean {
  try {
    // `pid (name) state …`, and a name may hold brackets.
    return /^ [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\)/s, ""));
  } catch {
    // No such file: another system than Linux, or ended meanwhile, which the next question tells.
    return false;
  }
}

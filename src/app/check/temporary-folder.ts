/** The folder of a run for what it hands to programs; one that a killed run left is removed by a later run. */
import { hash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

/** Absolute, new and empty. `parent`: where it is made; the system's own place unless said. */
export function makeTemporaryFolder(parent = tmpdir()): string {
  return mkdtempSync(join(parent, `codeflow-${machine()}-${process.pid}-`));
}

/** Folders of runs on this machine whose process is gone. What cannot be removed is left to the system. */
export function removeLeftFolders(parent = tmpdir()): void {
  const own = new RegExp(`^codeflow-${machine()}-(\\d+)-\\w+$`);
  for (const name of listed(parent)) {
    const pid = Number(own.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const path = join(parent, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    // Only a real folder of our own: others may write to the system's temporary place as well.
    if (stat === undefined || !stat.isDirectory() || stat.uid !== (process.getuid?.() ?? stat.uid)) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (!["EACCES", "EBUSY", "ENOTEMPTY", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // A place that may be written to and not listed.
    if ((error as NodeJS.ErrnoException).code === "EACCES") return [];
    throw error;
  }
}

/**
 * Names where process numbers mean the same: containers may share a temporary place, and in each of them another
 * process has the number.
 */
function machine(): string {
  let space = "";
  try {
    space = readlinkSync("/proc/self/ns/pid");
  } catch (error) {
    // Not Linux.
    if (!["ENOENT", "EACCES", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  return hash("sha256", `${hostname()} ${space}`, "hex").slice(0, 8);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

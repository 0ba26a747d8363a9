/** Gets a database file that cannot be used out of the way, without touching one that another process made meanwhile. */
import { renameSync, rmSync, statSync } from "node:fs";

const companions = ["-wal", "-shm", "-journal"];

/** Identity of the file behind a path; undefined when there is none. */
export function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/**
 * Renames the file to `target`, replacing what is there, its write-ahead log with it. Returns false and does nothing
 * when the path no longer holds the file that was found broken.
 */
export function moveAside(path: string, target: string, identity: string | undefined): boolean {
  if (identity === undefined || fileIdentity(path) !== identity) return false;
  for (const companion of companions) rmSync(target + companion, { force: true });
  // The log first: a database that is alone is merely old, a log beside a foreign database would be played into it.
  for (const companion of companions) {
    if (fileIdentity(path + companion) !== undefined) renameSync(path + companion, target + companion);
  }
  renameSync(path, target);
  return true;
}

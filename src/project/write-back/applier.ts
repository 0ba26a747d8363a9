/**
 * Carries out a prepared write-back in a process and session of its own, so that nothing that happens to the process
 * that asked for it can leave the work half done. `node applier.ts <journal folder> apply|recover`; prints its outcome.
 *
 * Only synchronous calls and no dependencies: it must start fast and do nothing else.
 */
import { createHash } from "node:crypto";
import {
  type BigIntStats,
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Outcome, type Plan, type PlannedFile, type PlannedIndex, planNames, siblingName } from "./plan.ts";

/** How long to wait for a lock that another git process holds. */
const lockPatienceMs = 3_000;
const lockRetryMs = 15;

const [journal, mode] = process.argv.slice(2);
if (journal !== undefined) {
  // A shutdown or a Ctrl-C that reaches us waits for the few milliseconds that this takes.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  report(attempt(mode === "recover" ? recover : apply, journal));
}

/** What nobody thought of becomes an answer too: nobody reads what this process would print while it crashes. */
function attempt(work: (directory: string) => Outcome, directory: string): Outcome {
  try {
    return work(directory);
  } catch (error) {
    return failed(directory, error);
  }
}

function report(outcome: Outcome): void {
  try {
    writeSync(1, JSON.stringify(outcome));
  } catch (error) {
    // Nobody listens any more: the process that asked was killed. The work is done all the same.
    if (errorCode(error) !== "EPIPE" && errorCode(error) !== "EBADF") throw error;
  }
}

function apply(directory: string): Outcome {
  let plan: Plan;
  try {
    writeFileSync(join(directory, planNames.pid), String(process.pid));
    // Whoever renames the plan first has it: we, or a run that cleans up after a killed one.
    renameSync(join(directory, planNames.ready), join(directory, planNames.started));
    plan = readPlan(directory);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { status: "gone" };
    return failed(directory, error);
  }
  const locks: PlannedIndex[] = [];
  const outcome = lockAndChange(directory, plan, locks);
  for (const index of locks) removeFile(`${index.path}.lock`);
  removeSiblings(directory, plan);
  removeJournal(directory);
  return outcome;
}

/** Locks that it leaves in `locks` are still held. */
function lockAndChange(directory: string, plan: Plan, locks: PlannedIndex[]): Outcome {
  const deadline = Date.now() + lockPatienceMs;
  for (const index of plan.indexes) {
    for (;;) {
      try {
        takeLock(directory, index);
        locks.push(index);
        break;
      } catch (error) {
        if (errorCode(error) !== "EEXIST") {
          if (!index.required) break;
          return failed(`${index.path}.lock`, error);
        }
        if (Date.now() > deadline) {
          if (!index.required) break;
          return { status: "busy", path: index.path };
        }
        sleep(lockRetryMs);
      }
    }
  }
  for (const index of plan.indexes) {
    if (hashOf(index.path) === index.before) continue;
    if (index.required) return { status: "changed", kind: "index", path: index.path };
    releaseLock(locks, index);
  }

  const sources: string[] = [];
  const seen: BigIntStats[] = [];
  for (const [number, file] of plan.files.entries()) {
    try {
      const stats = inspect(plan, file);
      if (stats === undefined) return { status: "changed", kind: "file", path: file.path };
      seen.push(stats);
      // Everything that needs space happens before the first rename.
      sources.push(bringNear(directory, plan, file, number));
      keepOld(directory, plan, file, number);
    } catch (error) {
      return failed(file.path, error);
    }
  }

  const replaced: number[] = [];
  const undo = (): void => {
    for (const number of replaced.toReversed()) putBack(directory, plan, number);
  };
  for (const [number, file] of plan.files.entries()) {
    const target = join(plan.root, file.path);
    try {
      if (!isSame(lstatSync(target, { bigint: true }), seen[number])) {
        undo();
        return { status: "changed", kind: "file", path: file.path };
      }
      renameSync(sources[number] ?? "", target);
      replaced.push(number);
    } catch (error) {
      undo();
      return failed(file.path, error);
    }
  }
  for (const index of locks.slice()) {
    try {
      renameSync(`${index.path}.lock`, index.path);
      locks.splice(locks.indexOf(index), 1);
    } catch (error) {
      if (!index.required) continue;
      undo();
      return failed(index.path, error);
    }
  }
  return { status: "done", left: [] };
}

/** Goes on where an applier was stopped (a machine crash, a killed container): each step may have happened or not. */
function recover(directory: string): Outcome {
  let plan: Plan;
  try {
    writeFileSync(join(directory, planNames.pid), String(process.pid));
    plan = readPlan(directory);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { status: "gone" };
    return failed(directory, error);
  }
  const left: string[] = [];
  for (const index of plan.indexes) {
    const now = hashOf(index.path);
    if (now === index.after || hashOf(`${index.path}.lock`) === index.after) continue;
    if (now !== index.before) {
      left.push(index.path);
      continue;
    }
    try {
      takeLock(directory, index);
    } catch (error) {
      if (errorCode(error) === "EEXIST") return { status: "busy", path: index.path };
      if (errorCode(error) !== "ENOENT") return failed(index.path, error);
    }
  }
  for (const [number, file] of plan.files.entries()) {
    const target = join(plan.root, file.path);
    if (hashOf(target) === file.after) continue;
    try {
      if (inspect(plan, file) === undefined) {
        // Another recovery may have brought it in between the two looks: then nothing is left to do.
        if (hashOf(target) !== file.after) left.push(file.path);
      } else renameSync(bringNear(directory, plan, file, number), target);
    } catch (error) {
      // ENOENT: another recovery was faster.
      if (errorCode(error) !== "ENOENT") return failed(file.path, error);
    }
  }
  for (const index of plan.indexes) {
    if (hashOf(`${index.path}.lock`) !== index.after) continue;
    try {
      renameSync(`${index.path}.lock`, index.path);
      // When another recovery brought the index in already, both names are links to one file, and then renaming does
      // nothing at all (POSIX): the lock would stay for ever.
      if (hashOf(`${index.path}.lock`) === index.after && hashOf(index.path) === index.after)
        removeFile(`${index.path}.lock`);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") return failed(index.path, error);
    }
  }
  removeSiblings(directory, plan);
  removeJournal(directory);
  return { status: "done", left };
}

/** Another recovery may put its own pid file in while the folder is emptied: then that one, or the next run, goes on. */
function removeJournal(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "EBUSY", "EPERM"].includes(errorCode(error))) throw error;
  }
}

function readPlan(directory: string): Plan {
  return JSON.parse(readFileSync(join(directory, planNames.started), "utf8")) as Plan;
}

/** The lock appears with the complete new index as its content, so a lock left by a crash can be told as ours. */
function takeLock(directory: string, index: PlannedIndex): void {
  const lock = `${index.path}.lock`;
  const next = join(directory, index.next);
  try {
    linkSync(next, lock);
  } catch (error) {
    if (!cannotLink(error)) throw error;
    copyFileSync(next, lock, constants.COPYFILE_EXCL);
  }
}

function releaseLock(locks: PlannedIndex[], index: PlannedIndex): void {
  const at = locks.indexOf(index);
  if (at === -1) return;
  removeFile(`${index.path}.lock`);
  locks.splice(at, 1);
}

/** Undefined when the file is not the one that was read: other content, a link, below a link, gone. */
function inspect(plan: Plan, file: PlannedFile): BigIntStats | undefined {
  const parts = file.path.split("/");
  for (let depth = 1; depth < parts.length; depth++) {
    const folder = lstatSync(join(plan.root, ...parts.slice(0, depth)), { throwIfNoEntry: false });
    if (folder === undefined || !folder.isDirectory()) return undefined;
  }
  const target = join(plan.root, file.path);
  const stats = lstatSync(target, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile() || hashOf(target) !== file.before) return undefined;
  return stats;
}

/** Links change ctime, so that is not looked at. */
function isSame(now: BigIntStats, before: BigIntStats | undefined): boolean {
  return now.ino === before?.ino && now.size === before.size && now.mtimeNs === before.mtimeNs && now.isFile();
}

/** A file on the target's file system with the new content. */
function bringNear(directory: string, plan: Plan, file: PlannedFile, number: number): string {
  const next = join(directory, file.next);
  const target = join(plan.root, file.path);
  const stats = statSync(next);
  if (statSync(dirname(target)).dev === stats.dev) return next;
  const sibling = siblingOf(directory, target, number);
  copyFileSync(next, sibling);
  chmodSync(sibling, stats.mode & 0o7777);
  adopt(sibling, stats);
  return sibling;
}

/** Same owner where we may say so; as with git's own checkout, else the file becomes ours. */
function adopt(path: string, stats: { uid: number; gid: number }): void {
  try {
    chownSync(path, stats.uid, stats.gid);
  } catch (error) {
    if (errorCode(error) !== "EPERM" && errorCode(error) !== "ENOSYS") throw error;
  }
}

function keepOld(directory: string, plan: Plan, file: PlannedFile, number: number): void {
  const target = join(plan.root, file.path);
  const kept = join(directory, `old-${number}`);
  try {
    linkSync(target, kept);
  } catch (error) {
    if (!cannotLink(error)) throw error;
    copyFileSync(target, kept);
    const stats = statSync(target);
    chmodSync(kept, stats.mode & 0o7777);
    adopt(kept, stats);
  }
}

function putBack(directory: string, plan: Plan, number: number): void {
  const file = plan.files[number];
  if (file === undefined) return;
  const kept = join(directory, `old-${number}`);
  const target = join(plan.root, file.path);
  // Saved by somebody in the meantime: theirs stays.
  if (hashOf(target) !== file.after) return;
  try {
    renameSync(kept, target);
  } catch (error) {
    if (errorCode(error) !== "EXDEV") throw error;
    const sibling = siblingOf(directory, target, number);
    const stats = statSync(kept);
    copyFileSync(kept, sibling);
    chmodSync(sibling, stats.mode & 0o7777);
    adopt(sibling, stats);
    renameSync(sibling, target);
  }
}

function siblingOf(directory: string, target: string, number: number): string {
  return join(dirname(target), siblingName(basename(directory), number));
}

function removeSiblings(directory: string, plan: Plan): void {
  for (const [number, file] of plan.files.entries()) {
    removeFile(siblingOf(directory, join(plan.root, file.path), number));
  }
}

/** Other file systems, file systems without links, links to a stranger's file (fs.protected_hardlinks). */
function cannotLink(error: unknown): boolean {
  return ["EXDEV", "EPERM", "EACCES", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(errorCode(error));
}

/** Undefined when it cannot be read. */
function hashOf(path: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" && errorCode(error) !== "ENOTDIR") throw error;
  }
}

function failed(path: string, error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  return { status: "failed", path, code: errorCode(error), message };
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

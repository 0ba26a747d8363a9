/** Finishes or discards write-backs that a crash interrupted; called at the start of a run that may write. */
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { planNames } from "./plan.ts";
import { startApplier } from "./start-applier.ts";

export interface Recovery {
  /** Journals whose changes are complete now. */
  readonly finished: number;
  /** Journals of runs that were stopped before they changed anything. */
  readonly discarded: number;
  /** Files (and indexes) that were changed after the crash and therefore left alone. */
  readonly left: readonly string[];
  /** Journals that could not be finished now, with the reason. */
  readonly waiting: readonly string[];
}

/** How long a running applier is waited for. */
const patienceMs = 5_000;
/** A preparation takes seconds; a live process of that number that is older is another one. */
const staleMs = 3_600_000;

/** `gitDir`: absolute, the worktree's own (`git rev-parse --absolute-git-dir`). */
export async function recoverWriteBack(
  gitDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Recovery> {
  return recoverState(join(gitDir, "codeflow"), env);
}

/** The same for a `stateDirectory` outside git. */
export async function recoverState(
  stateDirectory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Recovery> {
  const folder = join(stateDirectory, "apply");
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return { finished: 0, discarded: 0, left: [], waiting: [] };
    throw error;
  }
  let finished = 0;
  let discarded = 0;
  const left: string[] = [];
  const waiting: string[] = [];
  for (const name of names) {
    const journal = join(folder, name);
    if (await isOwnerAtWork(journal, name)) continue;
    if (await discardJournal(journal)) {
      discarded++;
      continue;
    }
    if (await waitForApplier(journal)) continue;
    const outcome = await startApplier(journal, "recover", env);
    if (outcome.status === "done") {
      finished++;
      left.push(...outcome.left);
    } else if (outcome.status === "busy") {
      waiting.push(`${outcome.path}.lock is held by another process`);
    } else if (outcome.status === "failed") {
      waiting.push(`${outcome.path}: ${outcome.message}`);
    }
  }
  return { finished, discarded, left, waiting };
}

/** A folder's name begins with the process that made it. */
async function isOwnerAtWork(journal: string, name: string): Promise<boolean> {
  const pid = Number.parseInt(name, 10);
  if (pid === process.pid) return true;
  if (!isAlive(pid)) return false;
  try {
    return Date.now() - (await stat(journal)).mtimeMs < staleMs;
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
}

/** True when the applier had not begun, and now cannot any more: the plan is taken away by the same rename. */
export async function discardJournal(journal: string): Promise<boolean> {
  try {
    await rename(join(journal, planNames.ready), join(journal, planNames.discarded));
  } catch (error) {
    if (!isMissing(error)) throw error;
    // No plan and none begun: it was still being prepared.
    if (await exists(join(journal, planNames.started))) return false;
  }
  // Whoever finishes the same journal may be emptying it at this moment.
  await rm(journal, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  return true;
}

/** True when a running applier has ended by itself. */
async function waitForApplier(journal: string): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if (!(await exists(journal))) return true;
    const pid = await applierPid(journal);
    if (pid === undefined || !isAlive(pid) || !(await isApplier(pid, journal))) return !(await exists(journal));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

async function applierPid(journal: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(join(journal, planNames.pid), "utf8"), 10);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Process numbers are used again; where the system says what a process runs, it is asked. */
async function isApplier(pid: number, journal: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8")).includes(journal);
  } catch (error) {
    if (isMissing(error)) return process.platform !== "linux";
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR" || code === "ESRCH";
}

/**
 * Writes fixed contents to the working tree, or to the index and, where the same edit applies, to the working tree.
 * Everything is prepared beside the repository's files first; a process of its own then puts it in place. Killing this
 * process at any instant leaves everything as it was before or as it is afterwards. Nothing is ever stashed.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../model/failure.ts";
import type { Exec } from "../../model/system.ts";
import { type Outcome, type Plan, type PlannedFile, type PlannedIndex, planNames } from "./plan.ts";
import {
  blobId,
  findIndexes,
  type GitContext,
  isIntentToAdd,
  listIndex,
  type NewEntry,
  prepareIndex,
  readIndexFile,
  runGit,
  sha256,
  storeBlobs,
  syncFile,
  tryGit,
} from "./prepare-index.ts";
import { discardJournal } from "./recover.ts";
import { startApplier } from "./start-applier.ts";
import {
  carryOver,
  type Conversion,
  type FileStats,
  readConversions,
  readWorkingFile,
  requireWritable,
  type SkipReason,
} from "./working-file.ts";

export interface FileChange {
  /** Relative to the root, `/`-separated. */
  readonly path: string;
  /** The content that was analysed: the staged one for the index, the working file's otherwise. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export interface WriteBackRequest {
  /** Absolute root of the working tree. */
  readonly root: string;
  readonly changes: readonly FileChange[];
  readonly target: "worktree" | "index";
  readonly exec: Exec;
  /** The world's environment: GIT_INDEX_FILE, GIT_DIR and the like count. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; where to prepare outside a git repository. Must be given there. */
  readonly stateDirectory?: string;
}

export interface WrittenFile {
  readonly path: string;
  /** Whether the index has the fixed content now. */
  readonly index: boolean;
  /** `merged`: it had other changes too, and the fix was merged into them. `already`: it had the fix. */
  readonly workingFile: "written" | "merged" | "already" | "skipped";
  /** Why skipped. */
  readonly reason?: SkipReason;
}

/** How often to begin again when somebody else (an editor's `git status`) rewrites the index meanwhile. */
const maxAttempts = 5;

/** All changes or, with a `Failure`, none. */
export async function writeBack(request: WriteBackRequest): Promise<readonly WrittenFile[]> {
  for (let attempt = 1; ; attempt++) {
    const prepared = await prepareWriteBack(request);
    if (prepared === undefined) return [];
    let outcome: Outcome;
    try {
      outcome = await startApplier(prepared.journal, "apply", request.env);
    } catch (error) {
      // It never began, or somebody ended it half-way: then it is finished now.
      if (await discardJournal(prepared.journal)) throw explain(error);
      outcome = await startApplier(prepared.journal, "recover", request.env);
    }
    if (outcome.status === "done") {
      if (request.target === "index") await refreshIndex(request, prepared.written);
      return prepared.written;
    }
    if (outcome.status !== "changed" || attempt === maxAttempts) throw toFailure(outcome);
  }
}

/** The first half: a complete journal, and nothing changed. Undefined when there is nothing to write. */
export async function prepareWriteBack(
  request: WriteBackRequest,
): Promise<{ readonly journal: string; readonly written: readonly WrittenFile[] } | undefined> {
  const changes = request.changes.filter(({ before, after }) => Buffer.compare(before, after) !== 0);
  if (changes.length === 0) return undefined;
  const state = request.stateDirectory ?? (await findStateDirectory(request));
  const journal = join(state, "apply", `${process.pid}-${randomUUID().slice(0, 8)}`);
  let isPrepared = false;
  try {
    await mkdir(journal, { recursive: true, mode: 0o700 });
    const { plan, written } = await prepare(request, changes, journal);
    await writeJournal(journal, plan);
    isPrepared = true;
    return { journal, written };
  } catch (error) {
    throw explain(error);
  } finally {
    if (!isPrepared) await rm(journal, { recursive: true, force: true });
  }
}

async function findStateDirectory(context: GitContext): Promise<string> {
  const output = await runGit(context, ["rev-parse", "--absolute-git-dir"]);
  return join(output.toString().replace(/\n$/, ""), "codeflow");
}

interface Prepared {
  readonly plan: Plan;
  readonly written: readonly WrittenFile[];
}

async function prepare(request: WriteBackRequest, changes: readonly FileChange[], journal: string): Promise<Prepared> {
  const indexes = request.target === "index" ? await prepareIndexes(request, changes, journal) : undefined;
  let conversions: ReadonlyMap<string, Conversion> | undefined;
  const files: PlannedFile[] = [];
  const written: WrittenFile[] = [];
  for (const change of changes) {
    const { path, before, after } = change;
    const index = indexes !== undefined;
    const skip = (reason: SkipReason): void => {
      if (request.target === "worktree") throw changedMeanwhile(path, reason);
      written.push({ path, index, workingFile: "skipped", reason });
    };
    if (indexes?.sparse.has(path)) {
      skip("sparse");
      continue;
    }
    const working = await readWorkingFile(request.root, path);
    if (working.status === "skipped") {
      skip(working.reason);
      continue;
    }
    if (request.target === "worktree" && Buffer.compare(working.bytes, before) !== 0) throw changedMeanwhile(path);
    const carried = await carryOver(request, journal, working.bytes, before, after, async () => {
      conversions ??= await readConversions(
        request,
        changes.map((other) => other.path),
      );
      return conversions.get(path) ?? "none";
    });
    if (carried.status === "skipped") {
      skip(carried.reason);
      continue;
    }
    if (carried.status === "already") {
      written.push({ path, index, workingFile: "already" });
      continue;
    }
    await requireWritable(request.root, path, working.stats);
    const next = `file-${files.length}`;
    await writeNext(join(journal, next), carried.bytes, working.stats);
    files.push({ path, next, before: sha256(working.bytes), after: sha256(carried.bytes) });
    written.push({ path, index, workingFile: carried.status === "same" ? "written" : "merged" });
  }
  const plan: Plan = { version: 1, root: request.root, files, indexes: indexes?.planned ?? [] };
  return { plan, written };
}

async function prepareIndexes(
  context: GitContext,
  changes: readonly FileChange[],
  journal: string,
): Promise<{ planned: PlannedIndex[]; sparse: ReadonlySet<string> }> {
  const { main, companion } = await findIndexes(context);
  const paths = new Set(changes.map(({ path }) => path));
  // Read before it is listed: what changes in between is noticed by the applier.
  const file = await readIndexFile(main);
  const { entries, unmerged } = await listIndex(context, main, paths);
  const newEntries: NewEntry[] = [];
  const blobs = await storeNewBlobs(context, changes, journal);
  for (const [number, { path, before }] of changes.entries()) {
    if (unmerged.has(path)) {
      throw new Failure("CF251", `${path} has an unresolved merge conflict in the index`, {
        why: "there is no staged content that a fix could be written to; nothing was changed",
        next: "resolve it and git add it first",
        exitCode: 3,
      });
    }
    const entry = entries.get(path);
    if (entry === undefined || !entry.mode.startsWith("100") || entry.blob !== blobId(before, entry.blob)) {
      throw changedMeanwhile(path);
    }
    // An intent to add looks like an empty staged file.
    if (before.length === 0 && (await isIntentToAdd(context, main, path))) throw changedMeanwhile(path, "not staged");
    newEntries.push({ path, entry, blob: blobs[number] ?? "" });
  }
  const planned = [
    await prepareIndex(context, { path: main, ...file, required: true }, newEntries, journal, "index-0"),
  ];
  if (companion !== undefined) {
    const beside = await readIndexFile(companion);
    const listing = await listIndex(context, companion, paths);
    const same = newEntries.filter(({ path, entry }) => listing.entries.get(path)?.blob === entry.blob);
    if (same.length > 0) {
      const index = { path: companion, ...beside, required: false };
      planned.push(await prepareIndex(context, index, same, journal, "index-1"));
    }
  }
  const sparse = new Set([...entries].filter(([, entry]) => entry.isSkippedInWorktree).map(([path]) => path));
  return { planned, sparse };
}

async function storeNewBlobs(
  context: GitContext,
  changes: readonly FileChange[],
  journal: string,
): Promise<readonly string[]> {
  const folder = join(journal, "blobs");
  await mkdir(folder);
  const files: string[] = [];
  for (const [number, { after }] of changes.entries()) {
    const file = join(folder, String(number));
    await writeNext(file, after, undefined);
    files.push(file);
  }
  const ids = await storeBlobs(context, files);
  await rm(folder, { recursive: true });
  return ids;
}

/** New content with the permissions and, where we may, the owner of the file that it replaces. */
async function writeNext(path: string, bytes: Uint8Array, stats: FileStats | undefined): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    if (stats === undefined) return;
    try {
      await handle.chown(stats.uid, stats.gid);
    } catch (error) {
      // Somebody else's file that we may write: it becomes ours, as with git's own checkout.
      if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
    }
    await handle.chmod(stats.mode & 0o7777);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeJournal(journal: string, plan: Plan): Promise<void> {
  const draft = join(journal, "draft.json");
  await writeNext(draft, Buffer.from(JSON.stringify(plan)), undefined);
  await syncFile(draft);
  await rename(draft, join(journal, planNames.ready));
}

/** New entries have no times yet, so plumbing would call their files dirty until the next `git status`. */
async function refreshIndex(context: GitContext, written: readonly WrittenFile[]): Promise<void> {
  const paths = written.filter(({ workingFile }) => workingFile !== "skipped").map(({ path }) => path);
  if (paths.length === 0 || paths.length > 1_000) return;
  // A service, not a duty: its exit code does not matter (somebody may hold the lock).
  await tryGit(context, ["add", "--refresh", "--", ...paths]);
}

function changedMeanwhile(path: string, reason?: string): Failure {
  return new Failure("CF253", `${path} is not what was analysed any more`, {
    why: `${reason === undefined ? "its content changed meanwhile" : `it is ${reason} now`}; nothing was changed`,
    next: "run the check again",
    exitCode: 3,
  });
}

function toFailure(outcome: Exclude<Outcome, { status: "done" }>): Failure {
  switch (outcome.status) {
    case "busy":
      return new Failure("CF254", "another git process is using this repository", {
        why: `${outcome.path}.lock exists; nothing was changed`,
        next: "wait for it to end; when no git process runs, remove that file",
        exitCode: 3,
      });
    case "changed":
      return changedMeanwhile(outcome.path);
    case "failed":
      return ioFailure(outcome.code, outcome.message);
    default:
      return new Failure("CF256", "the prepared fixes were taken away", {
        why: "another run cleaned them up before they were applied; nothing was changed",
        next: "run the check again",
        exitCode: 3,
      });
  }
}

function ioFailure(code: string, message: string, cause?: unknown): Failure {
  const why =
    code === "ENOSPC" || code === "EDQUOT"
      ? "no space is left"
      : code === "EROFS"
        ? "the file system is read-only"
        : code === "EACCES" || code === "EPERM"
          ? "permission was denied"
          : message;
  return new Failure("CF255", "cannot write the fixes", {
    why: `${why} (${message}); nothing was changed`,
    exitCode: 3,
    ...(cause === undefined ? {} : { cause }),
  });
}

function explain(error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !("syscall" in error)) return error;
  return ioFailure(String((error as NodeJS.ErrnoException).code), error.message, error);
}

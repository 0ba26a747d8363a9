/** Makes a complete new index file beside the real one, with plumbing only; the real one is read, never touched. */
import { createHash } from "node:crypto";
import { open, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../../model/failure.ts";
import type { Exec, ExecResult } from "../../model/system.ts";
import type { PlannedIndex } from "./plan.ts";

const gitTimeoutMs = 120_000;

export interface GitContext {
  readonly root: string;
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function tryGit(
  { root, exec, env }: GitContext,
  args: readonly string[],
  options: { input?: string | Uint8Array; index?: string } = {},
): Promise<ExecResult> {
  return exec({
    command: "git",
    // The person's hooks (post-index-change) have no business in our preparations.
    args: ["-c", "core.hooksPath=/dev/null", ...args],
    cwd: root,
    env: {
      ...env,
      LC_ALL: "C",
      GIT_TERMINAL_PROMPT: "0",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_LITERAL_PATHSPECS: "1",
      ...(options.index === undefined ? {} : { GIT_INDEX_FILE: options.index }),
    },
    timeoutMs: gitTimeoutMs,
    ...(options.input === undefined ? {} : { input: options.input }),
  });
}

export async function runGit(...parameters: Parameters<typeof tryGit>): Promise<Buffer> {
  const result = await tryGit(...parameters);
  if (result.exitCode !== 0) {
    const args = parameters[1];
    throw new Failure("CF250", `git ${args[0]} failed, so no fix was written`, {
      why: result.timedOut ? `no answer in ${gitTimeoutMs / 1000} s` : result.stderr.toString().trim(),
      exitCode: 3,
    });
  }
  return result.stdout;
}

/** The index in use (GIT_INDEX_FILE counts), and git's own next one when this is the side index of a partial commit. */
export async function findIndexes(context: GitContext): Promise<{ main: string; companion: string | undefined }> {
  const output = await runGit(context, ["rev-parse", "--git-path", "index"]);
  const main = resolve(context.root, output.toString().replace(/\n$/, ""));
  // `git commit -- PATHS` commits from `next-index-<pid>.lock` and afterwards makes `index.lock` the index, in which it
  // has put the same files. Fixes that only reach the first would show up as staged reversals.
  const isPartial = /^next-index-\d+\.lock$/.test(basename(main));
  const companion = join(dirname(main), "index.lock");
  return { main, companion: isPartial && (await exists(companion)) ? companion : undefined };
}

export interface IndexEntry {
  readonly mode: string;
  readonly blob: string;
  readonly isSkippedInWorktree: boolean;
  readonly isAssumedUnchanged: boolean;
}

export interface IndexListing {
  readonly entries: ReadonlyMap<string, IndexEntry>;
  /** Paths with a conflict. */
  readonly unmerged: ReadonlySet<string>;
}

/** Only these paths are kept. */
export async function listIndex(context: GitContext, index: string, paths: ReadonlySet<string>): Promise<IndexListing> {
  const text = (await runGit(context, ["ls-files", "-s", "-v", "-z"], { index })).toString();
  const entries = new Map<string, IndexEntry>();
  const unmerged = new Set<string>();
  for (let start = 0; start < text.length;) {
    const end = text.indexOf("\0", start);
    // <tag> SP <mode> SP <blob> SP <stage> TAB <path>
    const tab = text.indexOf("\t", start);
    const path = text.slice(tab + 1, end);
    if (paths.has(path)) {
      const [tag = "", mode = "", blob = "", stage = ""] = text.slice(start, tab).split(" ");
      if (stage !== "0") unmerged.add(path);
      else {
        entries.set(path, {
          mode,
          blob,
          isSkippedInWorktree: tag.toUpperCase() === "S",
          isAssumedUnchanged: tag !== tag.toUpperCase(),
        });
      }
    }
    start = end + 1;
  }
  return { entries, unmerged };
}

/** Whether `git add -N` made this entry: it stands for nothing that is staged. */
export async function isIntentToAdd(context: GitContext, index: string, path: string): Promise<boolean> {
  const text = (await runGit(context, ["ls-files", "--debug", "--", path], { index })).toString();
  const flags = /flags: ([0-9a-f]+)/.exec(text)?.[1];
  return flags !== undefined && (Number.parseInt(flags, 16) & 0x20000000) !== 0;
}

/** Blob ids of these files, written to the object store exactly as they are. */
export async function storeBlobs(context: GitContext, files: readonly string[]): Promise<string[]> {
  const output = await runGit(context, ["hash-object", "-w", "--no-filters", "--stdin-paths"], {
    input: files.map((file) => `${file}\n`).join(""),
  });
  return output.toString().trimEnd().split("\n");
}

/** The id that git gives to this content; `format` is any id of the repository, SHA-1 or SHA-256. */
export function blobId(bytes: Uint8Array, format: string): string {
  const hash = createHash(format.length === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

export interface NewEntry {
  readonly path: string;
  readonly entry: IndexEntry;
  readonly blob: string;
}

/** Writes the copy with the new entries into `directory/name`. */
export async function prepareIndex(
  context: GitContext,
  index: { path: string; bytes: Uint8Array; mtimeNs: bigint; required: boolean },
  entries: readonly NewEntry[],
  directory: string,
  name: string,
): Promise<PlannedIndex> {
  const copy = join(directory, name);
  await writeFile(copy, index.bytes);
  // Git tells files changed in the same instant as the index by comparing times with the index file's own: a copy that
  // looks newer would make it believe that such files are clean. Two microseconds earlier only costs a look.
  const seconds = Number(index.mtimeNs / 1_000n - 2n) / 1e6;
  await utimes(copy, seconds, seconds);
  // Git up to 2.39 at least adds an entry beside the collapsed folder that holds it already: the index is expanded first.
  const update = entries.some(({ entry }) => entry.isSkippedInWorktree)
    ? ["-c", "index.sparse=false", "update-index"]
    : ["update-index"];
  await runGit(context, [...update, "-z", "--index-info"], {
    index: copy,
    input: entries.map(({ path, entry, blob }) => `${entry.mode} ${blob} 0\t${path}\0`).join(""),
  });
  // --index-info makes a plain entry: what the person had said about it is said again.
  for (const [flag, wanted] of [
    ["--skip-worktree", ({ entry }: NewEntry) => entry.isSkippedInWorktree],
    ["--assume-unchanged", ({ entry }: NewEntry) => entry.isAssumedUnchanged],
  ] as const) {
    const marked = entries.filter(wanted);
    if (marked.length === 0) continue;
    await runGit(context, [...update, flag, "-z", "--stdin"], {
      index: copy,
      input: marked.map(({ path }) => `${path}\0`).join(""),
    });
  }
  await syncFile(copy);
  return {
    path: index.path,
    next: name,
    before: sha256(index.bytes),
    after: sha256(await readFile(copy)),
    required: index.required,
  };
}

/** Content and time of an index file that belong together. */
export async function readIndexFile(path: string): Promise<{ bytes: Uint8Array; mtimeNs: bigint }> {
  // Git replaces the file by a rename: the open one stays whole.
  const handle = await open(path);
  try {
    const { mtimeNs } = await handle.stat({ bigint: true });
    return { bytes: await handle.readFile(), mtimeNs };
  } finally {
    await handle.close();
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

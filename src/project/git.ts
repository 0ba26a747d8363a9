/** Git as the checkout needs it: where the repository is, what its index, trees and diffs say. Reads only. */
import { dirname, sep } from "node:path";
import { Failure } from "../model/failure.ts";
import type { FileEntry } from "../model/analyzer.ts";
import type { Exec, ExecResult } from "../model/system.ts";

/** Where a repository lives; absolute paths. */
export interface Repository {
  /** Root of the working tree; undefined in a bare repository. */
  readonly worktree: string | undefined;
  readonly gitDirectory: string;
  readonly commonDirectory: string;
  readonly isShallow: boolean;
  /** Commit id; undefined before the first commit. */
  readonly head: string | undefined;
}

/** One path of a raw diff. */
export interface DiffEntry {
  /** `A`dded, `M`odified, `D`eleted, `R`enamed, `C`opied, `T`ype changed, `U`nmerged. */
  readonly status: string;
  readonly path: string;
  /** Where it was before a rename or copy. */
  readonly oldPath?: string;
  readonly mode: string;
  readonly oldMode: string;
  /** Blob of the new side; undefined when it is only in the working tree and not hashed. */
  readonly blob: string | undefined;
  readonly oldBlob: string | undefined;
}

export interface StatusEntry {
  readonly path: string;
  /**
   * `?` untracked, `M` content or type differs from the index, `D` gone from disk, `U` unmerged, `!` untracked and its
   * name is no UTF-8.
   */
  readonly kind: "?" | "M" | "D" | "U" | "!";
  /** Of `M`: the mode on disk as git sees it, which heeds `core.fileMode` and file systems without modes. */
  readonly mode?: string;
}

export interface Listing {
  readonly entries: Map<string, FileEntry>;
  /** Names that are no UTF-8, as they can be shown: such a file cannot be named to anybody. */
  readonly unreadable: ReadonlySet<string>;
}

export interface IndexListing extends Listing {
  /** Paths that git was told not to compare with the disk: outside of a sparse checkout, or "assume unchanged". */
  readonly uncompared: readonly string[];
}

export type Git = ReturnType<typeof createGit>;

/** Git 2.31: `--path-format`. */
const oldestGit = "2.31";
const gitTimeoutMs = 120_000;

/**
 * A checkout may hold a folder that git takes for a bare repository, with a configuration that names programs to run.
 * Git 2.38 and newer heed this; folders called `.git` are no part of any checkout.
 */
const notBareRepositories: readonly string[] = ["-c", "safe.bareRepository=explicit"];

/**
 * `cwd`: any directory of the repository. `env`: the world's environment (GIT_INDEX_FILE and the like count). `isBare`:
 * `discover` found a bare repository here.
 */
export function createGit(exec: Exec, cwd: string, env: Readonly<Record<string, string | undefined>>, isBare = false) {
  let guard = isBare ? [] : notBareRepositories;
  // No optional locks: reading must never rewrite the index, not even its cached times.
  const gitEnv = { ...env, GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };

  async function attempt(args: readonly string[], input?: string | Uint8Array): Promise<ExecResult> {
    return exec({
      command: "git",
      args: ["-c", "core.quotepath=false", ...guard, ...args],
      cwd,
      env: gitEnv,
      timeoutMs: gitTimeoutMs,
      maxOutputBytes: 2 ** 31,
      ...(input === undefined ? {} : { input }),
    });
  }

  /**
   * What differs between index and disk, and what is untracked and not ignored. Two commands side by side take less
   * than half the time of `git status` on 14,000 files. A file whose times changed but not its content may be named too.
   */
  async function status(): Promise<readonly StatusEntry[]> {
    // The slower one first.
    const [untracked, differing] = await Promise.all([
      run(["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/"]),
      run(["diff-files", "--raw", "-z", "--no-renames", "--ignore-submodules=all"]),
    ]);
    const unmerged = new Set<string>();
    const entries: StatusEntry[] = [];
    for (const { status: letter, path, mode } of readableDiff(differing)) {
      if (letter === "U") {
        unmerged.add(path);
        entries.push({ path, kind: "U" });
      } else if (!unmerged.has(path)) entries.push(letter === "D" ? { path, kind: "D" } : { path, kind: "M", mode });
    }
    const names = untracked.toString();
    const unreadable = unreadableNames(names, untracked);
    for (const path of names.split("\0")) {
      if (path !== "") entries.push({ path, kind: unreadable.has(path) ? "!" : "?" });
    }
    return entries;
  }

  async function run(args: readonly string[], input?: string | Uint8Array): Promise<Buffer> {
    const result = await attempt(args, input);
    if (result.exitCode !== 0) {
      throw new Failure("CF201", `git ${args.join(" ").slice(0, 200)} failed`, {
        why: result.timedOut ? `no answer in ${gitTimeoutMs / 1000} s` : lastLine(result.stderr),
        exitCode: 3,
      });
    }
    return result.stdout;
  }

  /** A repository without commits or without a working tree, a place outside of any, or a refusal. */
  async function discoverPartly(result: ExecResult): Promise<Repository | undefined> {
    const [bare, shallow, inside, gitDirectory, commonDirectory] = result.stdout.toString().split("\n");
    if (gitDirectory !== undefined && commonDirectory !== undefined && gitDirectory !== "" && commonDirectory !== "") {
      const hasWorktree = bare === "false" && inside === "true";
      const toplevel = hasWorktree
        ? (await run(["rev-parse", "--show-toplevel"])).toString().replace(/\n$/, "")
        : undefined;
      const head = (await attempt(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])).stdout.toString().trim();
      return {
        worktree: toplevel,
        gitDirectory,
        commonDirectory,
        isShallow: shallow === "true",
        head: head === "" ? undefined : head,
      };
    }
    const stderr = result.stderr.toString();
    const message = lastLine(result.stderr);
    const [, refused] = /cannot use bare repository '(.+)' \(safe/.exec(stderr) ?? [];
    if (refused !== undefined && guard.length > 0) {
      if (await isPartOfCheckout(refused)) {
        throw new Failure("CF206", `${refused} is no repository to work in`, {
          why: "it looks like one, but lies among the files of another, where anybody may have put it",
          next: "run codeflow in the folder above, or name it with GIT_DIR where it is meant",
        });
      }
      guard = [];
      return discover();
    }
    if (stderr.includes("dubious ownership")) {
      throw new Failure("CF202", "git refuses to read this repository", {
        why: "its folder belongs to another user (safe.directory)",
        next: `git config --global --add safe.directory ${cwd}`,
      });
    }
    if (/not a git repository/i.test(message)) return undefined;
    if (/unknown option|path-format/i.test(message)) {
      throw new Failure("CF203", "this git is too old", { why: `${oldestGit} or newer is needed`, next: "update git" });
    }
    throw new Failure("CF204", "cannot read the git repository", { why: message, exitCode: 3 });
  }

  /** Git allows no file called `.git`: what lies in a folder of that name came with no clone. */
  async function isPartOfCheckout(refused: string): Promise<boolean> {
    if (refused.split(sep).includes(".git")) return false;
    const args = [...notBareRepositories, "rev-parse", "--git-dir"];
    const above = await exec({ command: "git", args, cwd: dirname(refused), env: gitEnv, timeoutMs: gitTimeoutMs });
    return !/not a git repository/i.test(above.stderr.toString());
  }

  /** Undefined outside a repository. */
  async function discover(): Promise<Repository | undefined> {
    // One process for all of it; the questions that may have no answer come last.
    const result = await attempt([
      "rev-parse",
      "--path-format=absolute",
      "--is-bare-repository",
      "--is-shallow-repository",
      "--is-inside-work-tree",
      "--git-dir",
      "--git-common-dir",
      "HEAD^{commit}",
      "--show-toplevel",
    ]);
    if (result.exitCode === 0) {
      const [, shallow, , gitDirectory = "", commonDirectory = "", head, worktree] = result.stdout
        .toString()
        .split("\n");
      return { worktree, gitDirectory, commonDirectory, isShallow: shallow === "true", head };
    }
    return discoverPartly(result);
  }

  return {
    cwd,
    env: gitEnv,
    run,
    attempt,
    discover,

    /** Commit id of a revision, undefined when it does not exist (no commits yet, not fetched). */
    async commit(revision: string): Promise<string | undefined> {
      const result = await attempt(["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
      return result.exitCode === 0 ? result.stdout.toString().trim() : undefined;
    },

    /** Current branch, undefined when detached. */
    async branch(): Promise<string | undefined> {
      const result = await attempt(["symbolic-ref", "--quiet", "--short", "HEAD"]);
      return result.exitCode === 0 ? result.stdout.toString().trim() : undefined;
    },

    async mergeBase(a: string, b: string): Promise<string | undefined> {
      const result = await attempt(["merge-base", a, b]);
      if (result.exitCode === 0) return result.stdout.toString().split("\n")[0];
      if (result.exitCode === 1) return undefined;
      throw new Failure("CF205", `git merge-base ${a} ${b} failed`, { why: lastLine(result.stderr), exitCode: 3 });
    },

    /** Entries of the index; of an unmerged path the highest stage. */
    async indexEntries(): Promise<IndexListing> {
      const entries = new Map<string, FileEntry>();
      const uncompared: string[] = [];
      const output = await run(["ls-files", "-s", "-v", "-z"]);
      const text = output.toString();
      for (let start = 0; start < text.length;) {
        const end = text.indexOf("\0", start);
        // <tag> SP <mode> SP <blob> SP <stage> TAB <path>
        const tab = text.indexOf("\t", start);
        const path = text.slice(tab + 1, end);
        const space = text.indexOf(" ", start + 9);
        entries.set(path, { path, mode: text.slice(start + 2, start + 8), blob: text.slice(start + 9, space) });
        const tag = text[start] ?? "";
        // Lower case: assume unchanged. S: not part of the sparse checkout, or so told by hand.
        if (tag === "S" || tag > "Z") uncompared.push(path);
        start = end + 1;
      }
      return { entries, uncompared, unreadable: takeUnreadable(entries, text, output) };
    },

    /** Entries of a commit's or tree's files, with sizes. */
    async treeEntries(tree: string): Promise<Listing> {
      const entries = new Map<string, FileEntry>();
      const output = await run(["ls-tree", "-r", "-l", "-z", "--full-tree", tree]);
      const text = output.toString();
      for (const record of text.split("\0")) {
        if (record === "") continue;
        const tab = record.indexOf("\t");
        const [mode = "", , blob = "", size = "-"] = record.slice(0, tab).split(/ +/);
        const path = record.slice(tab + 1);
        entries.set(path, { path, mode, blob, ...(size === "-" ? {} : { size: Number(size) }) });
      }
      return { entries, unreadable: takeUnreadable(entries, text, output) };
    },

    status,

    /** Raw diff with rename detection; `args` name the sides, e.g. `["--cached", "HEAD"]`. */
    async diff(args: readonly string[]): Promise<readonly DiffEntry[]> {
      return readableDiff(
        await run([
          "diff",
          "--raw",
          "-z",
          "--no-abbrev",
          "-M",
          "--no-ext-diff",
          "--no-textconv",
          "--ignore-submodules=all",
          ...args,
        ]),
      );
    },

    /** Unified diff without context of the same sides, for line maps. */
    async patch(args: readonly string[], paths: readonly string[]): Promise<string> {
      const output = await run([
        "diff",
        "-U0",
        // A person's setting would put unchanged lines between hunks.
        "--inter-hunk-context=0",
        "-M",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        "--ignore-submodules=all",
        ...args,
        "--",
        ...paths,
      ]);
      // Latin-1 keeps every byte: only headers and hunk lines are read.
      return output.toString("latin1");
    },

    /** Contents of blobs, by id. Ids that are missing (a partial clone cut off) are left out. */
    async blobs(ids: readonly string[]): Promise<Map<string, Uint8Array>> {
      const contents = new Map<string, Uint8Array>();
      const unique = [...new Set(ids)];
      for (let i = 0; i < unique.length; i += blobsPerProcess) {
        const slice = unique.slice(i, i + blobsPerProcess);
        parseBatch(await run(["cat-file", "--batch"], `${slice.join("\n")}\n`), contents);
      }
      return contents;
    },

    /** Values of one configuration key, undefined when unset. */
    async config(key: string): Promise<string | undefined> {
      const result = await attempt(["config", "--get", key]);
      return result.exitCode === 0 ? result.stdout.toString().replace(/\n$/, "") : undefined;
    },
  };
}

/** Keeps one answer of `cat-file` in memory at a time. */
const blobsPerProcess = 2_000;

function parseBatch(output: Buffer, into: Map<string, Uint8Array>): void {
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    const [id = "", type = "", size = ""] = output.toString("latin1", at, end).split(" ");
    at = end + 1;
    if (type === "missing" || size === "") continue;
    const length = Number(size);
    if (type === "blob") into.set(id, output.subarray(at, at + length));
    at += length + 1;
  }
}

/** Removes the entries whose names are no UTF-8, and returns these names as they can be shown. */
function takeUnreadable(entries: Map<string, FileEntry>, text: string, output: Buffer): ReadonlySet<string> {
  const names = unreadableNames(text, output, 9);
  for (const name of names) entries.delete(name);
  return names;
}

/** The NUL-separated names that decoding has changed; a name stands behind the first tab of its record. */
function unreadableNames(text: string, output: Buffer, tab?: number): Set<string> {
  const names = new Set<string>();
  if (!text.includes("\uFFFD")) return names;
  for (let start = 0; start < output.length;) {
    const found = output.indexOf(0, start);
    const end = found < 0 ? output.length : found;
    const name = output.subarray(tab === undefined ? start : output.indexOf(tab, start) + 1, end);
    const decoded = name.toString();
    if (decoded.includes("\uFFFD") && !Buffer.from(decoded).equals(name)) names.add(decoded);
    start = end + 1;
  }
  return names;
}

/** Without the paths that cannot be named. */
function readableDiff(output: Buffer): DiffEntry[] {
  const text = output.toString();
  const unreadable = unreadableNames(text, output);
  const entries = parseRawDiff(text);
  return unreadable.size === 0 ? entries : entries.filter(({ path }) => !unreadable.has(path));
}

/** Reads `git diff --raw -z`. */
export function parseRawDiff(text: string): DiffEntry[] {
  const entries: DiffEntry[] = [];
  const fields = text.split("\0");
  for (let i = 0; i < fields.length;) {
    const head = fields[i++];
    if (head === undefined || !head.startsWith(":")) continue;
    const [oldMode = "", mode = "", oldBlob = "", blob = "", letter = ""] = head.slice(1).split(" ");
    const status = letter.slice(0, 1);
    const first = fields[i++] ?? "";
    const second = status === "R" || status === "C" ? fields[i++] : undefined;
    entries.push({
      status,
      path: second ?? first,
      ...(second === undefined ? {} : { oldPath: first }),
      mode,
      oldMode,
      blob: isNull(blob) ? undefined : blob,
      oldBlob: isNull(oldBlob) ? undefined : oldBlob,
    });
  }
  return entries;
}

function isNull(id: string): boolean {
  return /^0+$/.test(id);
}

function lastLine(stderr: Buffer): string {
  const lines = stderr.toString().trim().split("\n");
  return (lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? "").replace(/^(fatal|error): /, "");
}

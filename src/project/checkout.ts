/** Trees of files to look at: the working tree, the index, a commit, or a plain folder; contents come on demand. */
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileEntry } from "../model/analyzer.ts";
import { Failure } from "../model/failure.ts";
import type { Git, StatusEntry } from "./git.ts";

/** An immutable listing of files; `origin` says where `content` must come from. */
export interface Tree {
  readonly origin: "disk" | "objects";
  /** Absolute folder that holds the files; only for `disk`. */
  readonly root: string | undefined;
  /** By path, in git's order. */
  readonly entries: ReadonlyMap<string, FileEntry>;
  /** Those of `entries` that git does not track yet. */
  readonly untracked?: ReadonlySet<string>;
  /** Files that exist and are not looked at, with the reason. */
  readonly unread?: ReadonlyMap<string, UnreadReason>;
  /** Paths whose changes git does not see, because it was told so; `entries` has them as they are on disk. */
  readonly uncompared?: readonly string[];
  /** Contents that stand in for those on disk or in the object store: proposed fixes. `entries` has their ids. */
  readonly overlay?: ReadonlyMap<string, Uint8Array>;
}

export const unreadReasons = {
  name: "the name is not UTF-8",
  sparse: "outside of the sparse checkout",
} as const;
export type UnreadReason = (typeof unreadReasons)[keyof typeof unreadReasons];

export const submoduleMode = "160000";
export const symlinkMode = "120000";
export const executableMode = "100755";

/** What is on disk: tracked files as they are now, and untracked ones that are not ignored. */
export async function workingTree(
  git: Git,
  root: string,
  known: Promise<readonly StatusEntry[]> | undefined,
): Promise<Tree> {
  const [listing, status] = await Promise.all([git.indexEntries(), known ?? git.status()]);
  const { entries, uncompared } = listing;
  const untracked = new Set<string>();
  const unread = unreadNames(listing.unreadable);
  for (const path of uncompared) {
    const entry = entries.get(path)?.mode === submoduleMode ? undefined : hashFile(root, path);
    if (entry !== undefined) entries.set(path, entry);
    else if (entries.delete(path)) unread.set(path, unreadReasons.sparse);
  }
  for (const { path, kind, mode } of status) {
    if (kind === "D") {
      entries.delete(path);
      continue;
    }
    if (kind === "!") {
      unread.set(path, unreadReasons.name);
      continue;
    }
    // Git names an untracked nested repository with a trailing slash: it is not ours.
    if (path.endsWith("/")) continue;
    const entry = hashFile(root, path);
    if (entry === undefined) entries.delete(path);
    else {
      const isFile = entry.mode.startsWith("100") && mode?.startsWith("100") === true;
      entries.set(path, isFile ? { ...entry, mode } : entry);
      if (kind === "?") untracked.add(path);
    }
  }
  return { origin: "disk", root, entries, untracked, unread, uncompared };
}

/** What would be committed: the index alone. Untracked files are invisible. */
export async function indexTree(git: Git): Promise<Tree> {
  const { entries, unreadable } = await git.indexEntries();
  return { origin: "objects", root: undefined, entries, unread: unreadNames(unreadable) };
}

/** The files of a commit; no files for undefined (before the first commit). */
export async function commitTree(git: Git, commit: string | undefined): Promise<Tree> {
  if (commit === undefined) return { origin: "objects", root: undefined, entries: new Map() };
  const { entries, unreadable } = await git.treeEntries(commit);
  return { origin: "objects", root: undefined, entries, unread: unreadNames(unreadable) };
}

function unreadNames(names: ReadonlySet<string>): Map<string, UnreadReason> {
  return new Map([...names].map((name) => [name, unreadReasons.name]));
}

const ignoredFolders = ["**/.git/**", "**/.hg/**", "**/.svn/**", "**/node_modules/**"];

/** The tree with some contents replaced. */
export function withOverlay(tree: Tree, contents: ReadonlyMap<string, Uint8Array>): Tree {
  const entries = new Map(tree.entries);
  for (const [path, bytes] of contents) {
    const entry = entries.get(path);
    if (entry !== undefined) entries.set(path, { ...entry, blob: blobId(bytes), size: bytes.length });
  }
  return { ...tree, entries, overlay: new Map([...(tree.overlay ?? []), ...contents]) };
}

/** Contents of files of a tree, wherever they are; absent ones are left out. */
export async function readBytes(
  git: Git | undefined,
  tree: Tree,
  paths: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  const stored: FileEntry[] = [];
  for (const path of paths) {
    const replaced = tree.overlay?.get(path);
    const entry = tree.entries.get(path);
    if (replaced !== undefined) contents.set(path, replaced);
    else if (entry === undefined) continue;
    else if (tree.origin === "objects") stored.push(entry);
    else if (tree.root !== undefined) {
      const content = readFromDisk(tree.root, path);
      if (content !== undefined) contents.set(path, content.bytes);
    }
  }
  if (stored.length > 0 && git !== undefined) {
    const blobs = await git.blobs(stored.map(({ blob }) => blob));
    for (const { path, blob } of stored) {
      const bytes = blobs.get(blob);
      if (bytes !== undefined) contents.set(path, bytes);
    }
  }
  return contents;
}

/** A folder outside git, honouring the .gitignore files in it. */
export async function plainFolder(root: string): Promise<Tree> {
  const [{ glob }, { default: ignore }] = await Promise.all([import("tinyglobby"), import("ignore")]);
  const paths = await glob("**/*", {
    cwd: root,
    dot: true,
    followSymbolicLinks: false,
    ignore: ignoredFolders,
    onlyFiles: true,
  });
  const rules = paths
    .filter((path) => path === ".gitignore" || path.endsWith("/.gitignore"))
    .map((path) => ({
      folder: path.slice(0, -".gitignore".length),
      ignored: ignore().add(readFileSync(join(root, path), "utf8")),
    }));
  const entries = new Map<string, FileEntry>();
  for (const path of paths.sort()) {
    const hidden = rules.some(
      ({ folder, ignored }) => path.startsWith(folder) && ignored.ignores(path.slice(folder.length)),
    );
    if (hidden) continue;
    const stat = lstatSync(join(root, path), { bigint: true });
    // Reading every file to hash it would cost more than it saves: size and time identify the content here.
    entries.set(path, {
      path,
      mode: modeOf(stat),
      blob: createHash("sha1").update(`stat ${stat.size} ${stat.mtimeNs} ${stat.ino}`).digest("hex"),
      size: Number(stat.size),
    });
  }
  return { origin: "disk", root, entries };
}

function hashFile(root: string, path: string): FileEntry | undefined {
  const content = readFromDisk(root, path);
  if (content === undefined) return undefined;
  return { path, mode: content.mode, blob: blobId(content.bytes), size: content.bytes.length };
}

/** Git's own id of a blob (SHA-1 object format). */
export function blobId(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * Content as git would store it: a symlink's is its target. Links are never followed, and a path that leaves the root
 * through a linked folder is refused. Undefined when it is not there or not a file.
 */
export function readFromDisk(
  root: string,
  path: string,
): { bytes: Uint8Array; mode: string; modifiedMs: number } | undefined {
  const absolute = join(root, path);
  try {
    const stat = lstatSync(absolute);
    // The second time cannot be set back by whoever writes: tools that keep times would hide a write otherwise.
    const modifiedMs = Math.max(stat.mtimeMs, stat.ctimeMs);
    if (stat.isSymbolicLink()) {
      return { bytes: Buffer.from(readlinkSync(absolute, "buffer")), mode: symlinkMode, modifiedMs };
    }
    if (!stat.isFile()) return undefined;
    return { bytes: readFileSync(absolute), mode: modeOf(stat), modifiedMs };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Gone since it was listed (or never checked out, in a sparse checkout): nothing to look at.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    if (code === "EACCES" || code === "EPERM") {
      throw new Failure("CF210", `cannot read ${path}`, { why: "permission denied", exitCode: 3, cause: error });
    }
    throw error;
  }
}

/**
 * Whether a file may have changed since it was listed: then what is found out about it must not be kept under the id it
 * was listed with. File times are coarser than the clock, hence the slack.
 */
export function isUnstable(modifiedMs: number, listedAtMs: number): boolean {
  return modifiedMs >= listedAtMs - 50;
}

function modeOf(stat: { isSymbolicLink(): boolean; mode: number | bigint }): string {
  if (stat.isSymbolicLink()) return symlinkMode;
  return Number(stat.mode) & 0o100 ? "100755" : "100644";
}

/** Text of small files of a tree, such as configuration; absent ones are left out. */
export async function readTexts(
  git: Git | undefined,
  tree: Tree,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const files = paths.filter((path) => tree.entries.get(path)?.mode.startsWith("100") === true);
  const contents = await readBytes(git, tree, files);
  return new Map(
    [...contents].map(([path, bytes]) => [
      path,
      Buffer.from(bytes)
        .toString("utf8")
        .replace(/^\uFEFF/, ""),
    ]),
  );
}

/** Whether a folder exists; for messages about `--cwd`. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

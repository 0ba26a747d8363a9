/** Decides what a fix of the staged content means for the file in the working tree, which may say something else. */
import { access, constants, lstat, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure } from "../../model/failure.ts";
import { type GitContext, runGit, tryGit } from "./prepare-index.ts";

/** Why a working file is left as it is. */
export type SkipReason = "missing" | "symlink" | "not-a-file" | "sparse" | "filtered" | "conflict";

export interface FileStats {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export type WorkingFile =
  | { readonly status: "found"; readonly bytes: Uint8Array; readonly stats: FileStats }
  | { readonly status: "skipped"; readonly reason: SkipReason };

/** Never looks through a symbolic link, neither at the end of the path nor in the middle. */
export async function readWorkingFile(root: string, path: string): Promise<WorkingFile> {
  const parts = path.split("/");
  // Nothing outside the working tree, and nothing of git's own, whatever an analyzer's edit names.
  if (parts.some((part) => ["", ".", ".."].includes(part) || part.toLowerCase() === ".git")) {
    return { status: "skipped", reason: "not-a-file" };
  }
  for (let depth = 1; depth <= parts.length; depth++) {
    const isLast = depth === parts.length;
    const at = join(root, ...parts.slice(0, depth));
    let stats;
    try {
      stats = await lstat(at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ENOTDIR") return { status: "skipped", reason: "missing" };
      throw error;
    }
    if (stats.isSymbolicLink()) return { status: "skipped", reason: "symlink" };
    if (!isLast) continue;
    if (!stats.isFile()) return { status: "skipped", reason: "not-a-file" };
    return { status: "found", bytes: await readFile(at), stats };
  }
  return { status: "skipped", reason: "not-a-file" };
}

/** A file that its owner has made read-only is not replaced behind their back, although a rename could. */
export async function requireWritable(root: string, path: string, stats: FileStats): Promise<void> {
  const refuse = (why: string, cause?: unknown): Failure =>
    new Failure("CF252", `cannot write the fix of ${path}`, {
      why: `${why}; nothing was changed`,
      next: `make it writable, or leave it out`,
      exitCode: 3,
      ...(cause === undefined ? {} : { cause }),
    });
  if ((stats.mode & 0o200) === 0) throw refuse("the file is read-only");
  try {
    await access(join(root, path), constants.W_OK);
  } catch (error) {
    throw refuse("the file is not ours to write", error);
  }
  try {
    await access(dirname(join(root, path)), constants.W_OK);
  } catch (error) {
    throw refuse("its folder is not ours to write", error);
  }
}

/** What git does to a content between the index and the working tree. */
export type Conversion = "none" | "line-endings" | "filter";

export async function readConversions(
  context: GitContext,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Conversion>> {
  const attributes = ["text", "crlf", "eol", "filter", "ident", "working-tree-encoding"];
  const output = await runGit(context, ["check-attr", "-z", "--stdin", ...attributes], {
    input: paths.map((path) => `${path}\0`).join(""),
  });
  const values = new Map<string, Map<string, string>>();
  const fields = output.toString().split("\0");
  for (let i = 0; i + 2 < fields.length; i += 3) {
    const [path = "", attribute = "", value = ""] = fields.slice(i, i + 3);
    const known = values.get(path) ?? new Map<string, string>();
    values.set(path, known.set(attribute, value));
  }
  const autocrlf = await config(context, "core.autocrlf");
  const convertsByDefault = autocrlf === "true" || autocrlf === "input";
  const result = new Map<string, Conversion>();
  for (const path of paths) {
    const is = (attribute: string, ...states: string[]): boolean =>
      states.includes(values.get(path)?.get(attribute) ?? "unspecified");
    if (
      !is("filter", "unspecified", "unset") ||
      !is("ident", "unspecified", "unset") ||
      !is("working-tree-encoding", "unspecified", "unset")
    ) {
      result.set(path, "filter");
    } else if (is("text", "unset") || (is("text", "unspecified") && is("crlf", "unset"))) {
      result.set(path, "none");
    } else {
      const isText = !is("text", "unspecified") || !is("crlf", "unspecified") || !is("eol", "unspecified", "unset");
      result.set(path, isText || convertsByDefault ? "line-endings" : "none");
    }
  }
  return result;
}

async function config(context: GitContext, name: string): Promise<string | undefined> {
  const result = await tryGit(context, ["config", "--get", name]);
  return result.exitCode === 0 ? result.stdout.toString().trim().toLowerCase() : undefined;
}

export type CarriedOver =
  | { readonly status: "same" | "merged"; readonly bytes: Uint8Array }
  /** The working file has it already. */
  | { readonly status: "already" }
  | { readonly status: "skipped"; readonly reason: SkipReason };

/** The new working content; staged content goes from `before` to `after`. */
export async function carryOver(
  context: GitContext,
  directory: string,
  working: Uint8Array,
  before: Uint8Array,
  after: Uint8Array,
  conversion: () => Promise<Conversion>,
): Promise<CarriedOver> {
  if (sameContent(working, before)) return { status: "same", bytes: after };
  if (sameContent(working, after)) return { status: "already" };
  const kind = await conversion();
  if (kind === "filter") return { status: "skipped", reason: "filtered" };
  if (kind === "line-endings" && [working, before, after].some((bytes) => bytes.includes(carriageReturn))) {
    // Checked out with CRLF and otherwise untouched: the fix is checked out in the same way.
    if (before.includes(carriageReturn) || after.includes(carriageReturn)) {
      return { status: "skipped", reason: "filtered" };
    }
    if (sameContent(working, withCarriageReturns(after))) return { status: "already" };
    return sameContent(working, withCarriageReturns(before))
      ? { status: "same", bytes: withCarriageReturns(after) }
      : { status: "skipped", reason: "filtered" };
  }
  return merge(context, directory, working, before, after);
}

async function merge(
  context: GitContext,
  directory: string,
  working: Uint8Array,
  before: Uint8Array,
  after: Uint8Array,
): Promise<CarriedOver> {
  const folder = await mkdtemp(join(directory, "merge-"));
  try {
    const [ours, base, theirs] = ["working", "before", "after"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await Promise.all([writeFile(ours, working), writeFile(base, before), writeFile(theirs, after)]);
    const result = await tryGit(context, ["merge-file", "-p", "-q", ours, base, theirs]);
    // The exit code counts conflicts; 255 is an error, such as a binary file.
    if (result.exitCode !== 0) return { status: "skipped", reason: "conflict" };
    return sameContent(result.stdout, working) ? { status: "already" } : { status: "merged", bytes: result.stdout };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const carriageReturn = 0x0d;

function sameContent(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll("\n", "\r\n"), "latin1");
}

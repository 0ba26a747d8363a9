/** Makes real commits in a bare repository from a list of files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git, type GitIdentity, tryGit } from "./git.ts";

/** Text or bytes; null deletes the file; the object form sets the mode too. */
export type FileContent =
  | string
  | Uint8Array
  | null
  | { readonly content: string | Uint8Array; readonly mode: "100644" | "100755" | "120000" }
  | { readonly submodule: string };

export interface NewCommit {
  /** Full ref that moves to the commit, whatever it pointed at before. */
  readonly ref: string;
  readonly parent: string | undefined;
  readonly message: string;
  readonly files?: Readonly<Record<string, FileContent>>;
  /** Old path to new path, done before `files` are written. */
  readonly renames?: Readonly<Record<string, string>>;
  readonly identity: GitIdentity;
}

/** One fast-import process however many files there are; returns the new commit. */
export function makeCommit(dir: string, commit: NewCommit): string {
  const seconds = Math.floor(commit.identity.date.getTime() / 1000);
  const who = `${commit.identity.name} <${commit.identity.email}> ${seconds} +0000`;
  const parts: Buffer[] = [];
  const line = (text: string): unknown => parts.push(Buffer.from(`${text}\n`));
  const data = (bytes: Uint8Array): void => {
    line(`data ${bytes.length}`);
    parts.push(Buffer.from(bytes));
    line("");
  };
  line(`commit ${commit.ref}`);
  line("mark :1");
  line(`author ${who}`);
  line(`committer ${who}`);
  data(Buffer.from(commit.message));
  if (commit.parent !== undefined) line(`from ${commit.parent}`);
  else line("deleteall");
  for (const [from, to] of Object.entries(commit.renames ?? {})) line(`R ${quoted(from)} ${quoted(to)}`);
  for (const [path, content] of Object.entries(commit.files ?? {})) {
    if (content === null) {
      line(`D ${quoted(path)}`);
    } else if (typeof content === "object" && "submodule" in content) {
      line(`M 160000 ${content.submodule} ${quoted(path)}`);
    } else {
      const hasMode = typeof content === "object" && "mode" in content;
      const bytes = hasMode ? content.content : content;
      line(`M ${hasMode ? content.mode : "100644"} inline ${quoted(path)}`);
      data(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    }
  }
  line("");
  line("get-mark :1");
  const output = git(dir, ["fast-import", "--quiet", "--force", "--cat-blob-fd=1"], { input: Buffer.concat(parts) });
  return output.trim().split("\n").at(-1) ?? "";
}

function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** The tree of merging both, or undefined where they conflict. */
export function mergedTree(dir: string, base: string, head: string): string | undefined {
  const result = tryGit(dir, ["merge-tree", "--write-tree", base, head]);
  return result.status === 0 ? result.stdout.toString().trim().split("\n")[0] : undefined;
}

export function commitTree(
  dir: string,
  commit: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly identity: GitIdentity;
  },
): string {
  const parents = commit.parents.flatMap((parent) => ["-p", parent]);
  return git(dir, ["commit-tree", commit.tree, ...parents, "-F", "-"], {
    input: commit.message,
    identity: commit.identity,
  }).trim();
}

/** Replays the commits of `head` that `onto` lacks; undefined where one conflicts. Moves no ref. */
export function rebased(dir: string, head: string, onto: string, identity: GitIdentity): string | undefined {
  const tree = mkdtempSync(join(tmpdir(), "github-rebase-"));
  try {
    git(dir, ["worktree", "add", "--quiet", "--detach", tree, head]);
    const result = tryGit(tree, ["rebase", "--quiet", onto], { identity });
    return result.status === 0 ? git(tree, ["rev-parse", "HEAD"]).trim() : undefined;
  } finally {
    rmSync(tree, { recursive: true, force: true });
    git(dir, ["worktree", "prune"]);
  }
}

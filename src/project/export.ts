/** Writes a tree that is not on disk to a folder, for programs that read files: staged contents, a base revision. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../model/failure.ts";
import { readBytes, symlinkMode, type Tree } from "./checkout.ts";
import type { Git } from "./git.ts";

/** Only these paths; symlinks are left out (a program would follow them). */
export async function exportFiles(
  git: Git | undefined,
  tree: Tree,
  paths: readonly string[],
  folder: string,
): Promise<void> {
  const entries = paths.flatMap((path) => tree.entries.get(path) ?? []).filter(({ mode }) => mode !== symlinkMode);
  const contents = await readBytes(
    git,
    tree,
    entries.map(({ path }) => path),
  );
  for (const { path, mode } of entries) {
    const bytes = contents.get(path);
    if (bytes === undefined) {
      throw new Failure("CF230", `the content of ${path} is not in this clone`, {
        why: "a partial clone left it out",
        next: "git fetch --refetch, or clone without --filter",
        exitCode: 3,
      });
    }
    const target = inside(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes, { mode: mode === "100755" ? 0o755 : 0o644 });
  }
}

/** Folders that package managers fill and git ignores: programs need them beside the code. */
const installedFolders = ["node_modules", ".venv", "venv", "vendor"];

/** A whole tree, with the installed packages of the working tree linked in. */
export async function exportTree(
  git: Git | undefined,
  tree: Tree,
  folder: string,
  worktree: string | undefined,
): Promise<void> {
  await exportFiles(git, tree, [...tree.entries.keys()], folder);
  if (worktree === undefined) return;
  const folders = new Set([""]);
  for (const path of tree.entries.keys()) {
    if (path.endsWith("/package.json")) folders.add(path.slice(0, -"package.json".length));
  }
  for (const prefix of folders) {
    for (const name of installedFolders) {
      const source = join(worktree, prefix, name);
      const target = join(folder, prefix, name);
      if (existsSync(source) && !existsSync(target)) symlinkSync(source, target);
    }
  }
}

/** Git refuses such names itself; a hostile tree object might still hold one. */
function inside(folder: string, path: string): string {
  const parts = path.split("/");
  if (path.startsWith("/") || parts.includes("..") || parts.includes(".git")) {
    throw new Failure("CF231", `refusing to write ${JSON.stringify(path)}`, {
      why: "the name leaves its folder",
      exitCode: 3,
    });
  }
  return join(folder, path);
}

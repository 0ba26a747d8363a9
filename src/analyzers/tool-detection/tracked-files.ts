/** Finds configuration files among a repository's paths, nearest to the root first. */
import { posix } from "node:path";
import type { ToolProject } from "../../model/analyzer.ts";

const indexes = new WeakMap<ReadonlySet<string>, ReadonlyMap<string, readonly string[]>>();

/** Thirty tools ask for names in repositories of 100,000 files: one index by base name serves them all. */
function byBaseName(paths: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(paths);
  if (known !== undefined) return known;
  const index = new Map<string, string[]>();
  for (const path of paths) {
    const name = posix.basename(path);
    const list = index.get(name);
    if (list === undefined) index.set(name, [path]);
    else list.push(path);
  }
  indexes.set(paths, index);
  return index;
}

/** Directories whose content shows or tests something: a configuration there is material, not the repository's own. */
const material =
  /(?:^|\/)(?:node_modules|vendor|third_party|fixtures?|__fixtures__|testdata|test-data|test_data|__tests__|tests?|specs?|e2e|templates?(?:-[^/]+)?|examples?|playgrounds?|demos?|samples?|docs?|bench(?:mark)?s?)(?:\/|$)/i;

export function isMaterial(path: string): boolean {
  return material.test(posix.dirname(path));
}

/** Tracked files of these base names, those of the repository itself only, shallowest first, then by path. */
export function trackedFiles(project: ToolProject, names: Iterable<string>): string[] {
  const index = byBaseName(project.paths);
  const found: string[] = [];
  for (const name of names) {
    for (const path of index.get(name) ?? []) if (!isMaterial(path)) found.push(path);
  }
  return found.sort(shallowFirst);
}

export function shallowFirst(a: string, b: string): number {
  return depth(a) - depth(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function depth(path: string): number {
  return path.split("/").length;
}

/** `""` for the root. */
export function directoryOf(path: string): string {
  const directory = posix.dirname(path);
  return directory === "." ? "" : directory;
}

/** The directory itself, then its parents, last the root (`""`). */
export function upwards(directory: string): string[] {
  const directories: string[] = [];
  for (let at = directory; at !== ""; at = directoryOf(at)) directories.push(at);
  return [...directories, ""];
}

/** Of directories that hold one another only the outermost: for tools that look for nested configuration themselves. */
export function outermost(directories: Iterable<string>): string[] {
  const kept: string[] = [];
  for (const directory of [...new Set(directories)].sort(shallowFirst)) {
    if (!kept.some((outer) => isBelow(directory, outer))) kept.push(directory);
  }
  return kept;
}

export function isBelow(path: string, directory: string): boolean {
  return directory === "" || path === directory || path.startsWith(`${directory}/`);
}

/** A path relative to a directory that holds it. */
export function relativeTo(directory: string, path: string): string {
  return directory === "" ? path : path === directory ? "." : path.slice(directory.length + 1);
}

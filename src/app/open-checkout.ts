/** Opens what a use case works on: the repository, its scope, its configuration, its result cache. */
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { analyzers } from "../analyzers/index.ts";
import { configFileNames, defaultConfig } from "../config/defaults.ts";
import type { Config } from "../model/config.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { Failure } from "../model/failure.ts";
import type { ResultCache } from "../model/store.ts";
import { isFolder, readTexts, type Tree } from "../project/checkout.ts";
import { createGit, type Git, type Repository, type StatusEntry } from "../project/git.ts";
import { resolveFolder, resolveScope, type ResolvedScope, type ScopeRequest } from "../project/scope.ts";
import type { Checkout } from "./check/run-check.ts";
import { digest } from "./check/keys.ts";
import { Mistakes } from "./mistakes.ts";
import type { World } from "./world.ts";

/** Where a command runs, before anything is listed. */
export interface Place {
  /** Absolute root: of the working tree, of the bare repository, or the folder itself. */
  readonly root: string;
  readonly git: Git | undefined;
  readonly repository: Repository | undefined;
  /** Where CodeFlow keeps its database and cache: nothing of it shows in `git status`. */
  readonly dataDirectory: string;
  /** What differs on disk, asked for together with the rest to save time. */
  readonly status?: Promise<readonly StatusEntry[]>;
}

export async function findPlace(world: World, options: { readonly withStatus?: boolean } = {}): Promise<Place> {
  if (!isFolder(world.cwd)) {
    throw new Failure("CF401", `${world.cwd} is not a folder`, { next: "name an existing one with --cwd" });
  }
  const cwd = realpathSync(world.cwd);
  const here = createGit(world.exec, cwd, world.env);
  // Started before it is known whether this is a repository at all: waiting for that answer would cost a process's start.
  const status = options.withStatus === true ? here.status() : undefined;
  // Its failure is told to whoever waits for it; outside a repository nobody does, and Node must not end over that.
  status?.catch((error: unknown) => world.log.debug(`git status: ${String(error)}`));
  const repository = await here.discover();
  if (repository === undefined) {
    return { root: cwd, git: undefined, repository, dataDirectory: join(userCache(world), "folders", digest(cwd)) };
  }
  const root = repository.worktree ?? repository.gitDirectory;
  return {
    root,
    git: createGit(world.exec, root, world.env),
    repository,
    dataDirectory: join(repository.commonDirectory, "codeflow"),
    ...(status === undefined || repository.worktree === undefined ? {} : { status }),
  };
}

function userCache(world: World): string {
  const { CODEFLOW_CACHE_DIR: own, XDG_CACHE_HOME: xdg, HOME: home } = world.env;
  if (own !== undefined && own !== "") return resolve(own);
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "codeflow");
  return join(home === undefined || home === "" ? homedir() : home, ".cache", "codeflow");
}

/** Paths as a person types them, made relative to the root. */
export function pathsInside(root: string, cwd: string, paths: readonly string[]): string[] {
  return paths.map((path) => {
    const absolute = resolve(cwd, path);
    const inside = pathInside(root, cwd, path);
    if (!existsSync(absolute)) throw new Failure("CF403", `there is no ${path}`, { why: `looked for ${absolute}` });
    return inside;
  });
}

/** A path as typed, relative to the root, whether it exists or not. */
export function pathInside(root: string, cwd: string, path: string): string {
  const absolute = resolve(realpathSync(cwd), path);
  const inside = relative(root, existsSync(absolute) ? realpathSync(absolute) : absolute);
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new Failure("CF402", `${path} is outside of ${root}`, { next: "run codeflow inside that repository" });
  }
  return inside.split(sep).join("/");
}

export async function listScope(place: Place, request: ScopeRequest, world: World): Promise<ResolvedScope> {
  if (place.git === undefined || place.repository === undefined) return resolveFolder(place.root, request);
  return resolveScope(place.git, place.repository, request, world.env["GITHUB_BASE_REF"] || undefined, place.status);
}

export interface OpenedConfig {
  readonly config: Config;
  readonly file: string | undefined;
  readonly text: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws `Mistakes` when the configuration cannot be trusted. */
export async function readConfig(place: Place, tree: Tree, version: string): Promise<OpenedConfig> {
  const texts = await readTexts(
    place.git,
    tree,
    configFileNames.filter((name) => tree.entries.has(name)),
  );
  const [first, second] = [...texts.keys()];
  if (first === undefined) return { config: defaultConfig, file: undefined, text: undefined, diagnostics: [] };
  const text = texts.get(first) ?? "";
  if (second !== undefined) {
    throw new Failure("CF404", `two configuration files: ${first} and ${second}`, {
      why: "which one counts must not depend on luck",
      next: "keep one of them",
    });
  }
  const memo = join(place.dataDirectory, "config", `${digest(text, version, first)}.json`);
  const remembered = readJson<{ config: Config; diagnostics: Diagnostic[] }>(memo);
  if (remembered !== undefined) return { ...remembered, file: first, text };
  const { loadConfig } = await import("../config/load-config.ts");
  const { config, diagnostics } = await loadConfig({ text, file: first, analyzers });
  if (config === undefined) throw new Mistakes("CF405", diagnostics, new Map([[first, text]]));
  writeJson(memo, { config, diagnostics });
  return { config, file: first, text, diagnostics };
}

export async function openCheckout(
  place: Place,
  resolved: ResolvedScope,
  config: Config,
  cache: ResultCache,
  listedAt: Date,
  ciBranch: string | undefined,
): Promise<Checkout> {
  // A pull request's job has a detached HEAD, but says whose branch it is.
  const branch = (await place.git?.branch()) ?? ciBranch;
  return {
    root: place.root,
    git: place.git,
    worktree: place.repository === undefined ? place.root : place.repository.worktree,
    resolved: await withoutExcluded(resolved, config.exclude),
    config,
    cache,
    repository: { head: place.repository?.head, branch },
    listedAt,
  };
}

/** Excluded paths do not exist for any analyzer. */
async function withoutExcluded(resolved: ResolvedScope, globs: readonly string[]): Promise<ResolvedScope> {
  if (globs.length === 0) return resolved;
  const { default: picomatch } = await import("picomatch");
  const isExcluded = picomatch([...globs], { dot: true });
  const keep = (tree: Tree): Tree => ({
    ...tree,
    entries: new Map([...tree.entries].filter(([path]) => !isExcluded(path))),
  });
  const keepPaths = (paths: ReadonlySet<string>): Set<string> =>
    new Set([...paths].filter((path) => !isExcluded(path)));
  return {
    ...resolved,
    head: keep(resolved.head),
    targets: keepPaths(resolved.targets),
    change:
      resolved.change === undefined
        ? undefined
        : { ...resolved.change, base: keep(resolved.change.base), baseTargets: keepPaths(resolved.change.baseTargets) },
  };
}

/** Undefined when it is not there or not whole: a memo says first what its content must hash to. */
export function readJson<T>(path: string): T | undefined {
  try {
    const text = readFileSync(path, "utf8");
    const end = text.indexOf("\n");
    const json = text.slice(end + 1);
    return end > 0 && digest(json) === text.slice(0, end) ? (JSON.parse(json) as T) : undefined;
  } catch {
    // A memo that cannot be read is made again.
    return undefined;
  }
}

/** Whole or not at all; a memo that cannot be written (full or read-only disk) costs time only. False: it was not. */
export function writeJson(path: string, value: unknown): boolean {
  const temporary = `${path}.${crypto.randomUUID()}`;
  const json = JSON.stringify(value);
  try {
    mkdirSync(resolve(path, ".."), { recursive: true });
    writeFileSync(temporary, `${digest(json)}\n${json}`);
    renameSync(temporary, path);
    return true;
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!memoTroubles.has(code)) throw error;
    return false;
  }
}

/** No room, no permission, or something else stands where the memo's folder should be. */
const memoTroubles = new Set([
  "EACCES",
  "EDQUOT",
  "EEXIST",
  "EIO",
  "EISDIR",
  "ENOENT",
  "ENOSPC",
  "ENOTDIR",
  "ENOTEMPTY",
  "EPERM",
  "EROFS",
]);

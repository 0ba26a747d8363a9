/** Where a command runs: the repository or folder, and where CodeFlow keeps what it knows of it. Loads nothing heavy. */
import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { Failure } from "../model/failure.ts";
import { isFolder } from "../project/checkout.ts";
import { createGit, type Git, type Repository, type StatusEntry } from "../project/git.ts";
import { digest } from "./check/keys.ts";
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

/** A place that is being found. */
export interface BegunPlace {
  readonly place: Promise<Place>;
  readonly cwd: string;
  /** When it was begun: what is written to from then on is not remembered. */
  readonly at: Date;
  /** The same by the monotonic clock, in milliseconds. */
  readonly start: number;
}

/** Asks git without waiting: its answers take about as long as loading the program that wants them. */
export function beginPlace(world: World, options: { readonly withStatus: boolean }): BegunPlace {
  const [at, start] = [world.clock.now(), world.clock.monotonic()];
  const place = findPlace(world, options);
  // Told to whoever waits for it; when nobody does (bad usage), Node must not end over it.
  place.catch((error: unknown) => world.log.debug(`finding the repository: ${String(error)}`));
  return { place, cwd: world.cwd, at, start };
}

export async function findPlace(world: World, options: { readonly withStatus?: boolean } = {}): Promise<Place> {
  if (!isFolder(world.cwd)) {
    throw new Failure("CF401", `${world.cwd} is not a folder`, { next: "name an existing one with --cwd" });
  }
  const cwd = realpathSync(world.cwd);
  const here = createGit(world.exec, cwd, world.env);
  // Started before it is known whether this is a repository at all: waiting for that answer would cost a process's start.
  const discovery = here.discover();
  const status = options.withStatus === true ? here.status() : undefined;
  // Its failure is told to whoever waits for it; outside a repository nobody does, and Node must not end over that.
  status?.catch((error: unknown) => world.log.debug(`git status: ${String(error)}`));
  const repository = await discovery;
  if (repository === undefined) {
    return { root: cwd, git: undefined, repository, dataDirectory: join(userCache(world), "folders", digest(cwd)) };
  }
  const root = repository.worktree ?? repository.gitDirectory;
  return {
    root,
    git: createGit(world.exec, root, world.env, repository.worktree === undefined),
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

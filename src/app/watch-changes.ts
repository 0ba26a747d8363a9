/** Tells when files of a repository change: those that are ignored and git's own excepted. */
import { type FSWatcher, lstatSync, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { Failure } from "../model/failure.ts";
import type { ScopeRequest } from "../project/scope.ts";
import { findPlace, type Place } from "./place.ts";
import type { World } from "./world.ts";

export interface Changes {
  /** Paths that changed since the last call, relative to the root: waits for the first, and until they stop coming. */
  next(): Promise<readonly string[]>;
  close(): void;
}

/** Editors write a file in several steps, git writes many files. */
const quietMs = 150;
/** A file that is written to all the time must not keep the others from being looked at. */
const longestWaitMs = 2_000;

/** `isOurs`: absolute paths that a check itself writes to, which must not start the next one. */
export async function watchChanges(
  world: World,
  scope: ScopeRequest,
  isOurs: (path: string) => boolean,
): Promise<Changes> {
  const changes = new ChangeWatch(await findPlace(world), world, isOurs);
  try {
    await changes.open(scope);
  } catch (error) {
    changes.close();
    throw error;
  }
  return changes;
}

class ChangeWatch implements Changes {
  readonly #place: Place;
  readonly #world: World;
  readonly #isOurs: (path: string) => boolean;
  readonly #watchers = new Map<string, FSWatcher>();
  #pending = new Set<string>();
  /** Events so far: a file that is still being written to adds no path, but an event. */
  #events = 0;
  #wake: (() => void) | undefined;

  constructor(place: Place, world: World, isOurs: (path: string) => boolean) {
    this.#place = place;
    this.#world = world;
    this.#isOurs = isOurs;
  }

  async open(scope: ScopeRequest): Promise<void> {
    const { repository, root } = this.#place;
    if (repository !== undefined && scope.kind !== "all") {
      // A commit, a checkout or `git add` need not touch any file of the working tree.
      const index = resolve(root, this.#world.env["GIT_INDEX_FILE"] ?? join(repository.gitDirectory, "index"));
      const names = new Map([[dirname(index), [basename(index)]]]);
      names.set(repository.gitDirectory, [...(names.get(repository.gitDirectory) ?? []), "HEAD"]);
      for (const [folder, wanted] of names) {
        this.#watch(folder, false, (name) => {
          if (wanted.includes(name)) this.#note(join(folder, name));
        });
      }
    }
    if (scope.kind === "staged") return;
    if (repository !== undefined && repository.worktree === undefined) {
      throw new Failure("CF321", "a bare repository has no files to watch", {
        next: "run codeflow check without --watch",
      });
    }
    // Linux has no recursive watch: Node would go through every ignored folder too, one watch for each file.
    if (process.platform === "linux") await this.#watchFolders(root);
    else this.#watch(root, true, (name) => this.#noteInTree(join(root, name)));
  }

  async next(): Promise<readonly string[]> {
    for (;;) {
      await this.#quiet();
      const paths = [...this.#pending];
      this.#pending = new Set();
      const changed = await this.#withoutIgnored(paths);
      if (process.platform === "linux") await this.#followFolders(changed);
      if (changed.length > 0) return changed;
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  async #quiet(): Promise<void> {
    const { signal } = this.#world;
    while (this.#pending.size === 0) {
      signal.throwIfAborted();
      await new Promise<void>((wake) => {
        this.#wake = wake;
        signal.addEventListener("abort", () => wake(), { once: true });
      });
    }
    let seen: number;
    let waited = 0;
    do {
      seen = this.#events;
      await new Promise((wake) => setTimeout(wake, quietMs));
      waited += quietMs;
    } while (this.#events !== seen && waited < longestWaitMs);
    signal.throwIfAborted();
  }

  #noteInTree(path: string): void {
    const inside = relative(this.#place.root, path);
    if (inside !== "" && inside !== ".git" && !inside.startsWith(`.git${sep}`) && !this.#isOurs(path)) this.#note(path);
  }

  #note(path: string): void {
    this.#events++;
    this.#pending.add(relative(this.#place.root, path).split(sep).join("/"));
    this.#wake?.();
  }

  #watch(folder: string, recursive: boolean, tell: (name: string) => void): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { recursive }, (_, name) => {
        if (name !== null) tell(name);
      });
      watcher.on("error", () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Gone since it was listed: whoever took it away has changed its parent.
      if (code === "ENOENT" || code === "ENOTDIR") return;
      throw new Failure("CF320", `cannot watch ${folder}`, {
        why: (error as Error).message,
        next:
          code === "ENOSPC" || code === "EMFILE"
            ? "the system allows too few watches: raise fs.inotify.max_user_watches and max_user_instances (sysctl)"
            : "run codeflow check without --watch",
        exitCode: 3,
        cause: error,
      });
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  /** A folder and all that is in it and not ignored, one watch each. */
  async #watchFolders(top: string): Promise<void> {
    const ignored = await this.#ignoredFolders();
    const visit = async (folder: string): Promise<void> => {
      this.#watch(folder, false, (name) => this.#noteInTree(join(folder, name)));
      let entries;
      try {
        entries = await readdir(folder, { withFileTypes: true });
      } catch (error) {
        // Gone meanwhile, or not ours to read: then the check has nothing to say about it either.
        this.#world.log.debug(`not watched: ${String(error)}`);
        return;
      }
      // Another repository inside of this one.
      if (folder !== this.#place.root && entries.some(({ name }) => name === ".git")) {
        this.#forget(folder);
        return;
      }
      for (const entry of entries) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && entry.name !== ".git" && !ignored.has(path)) await visit(path);
      }
    };
    await visit(top);
  }

  async #ignoredFolders(): Promise<ReadonlySet<string>> {
    const { git, root } = this.#place;
    if (git === undefined) return new Set();
    const output = await git.run(["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"]);
    return new Set(
      output
        .toString()
        .split("\0")
        .filter((path) => path.endsWith("/"))
        .map((path) => join(root, path.slice(0, -1))),
    );
  }

  /** New folders are watched too, before anybody looks at what is in them. */
  async #followFolders(changed: readonly string[]): Promise<void> {
    const { root } = this.#place;
    if (!this.#watchers.has(root)) return;
    if (changed.some((path) => basename(path) === ".gitignore")) {
      await this.#watchFolders(root);
      return;
    }
    for (const path of changed) {
      const absolute = join(root, path);
      const isFolder = lstatSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
      if (isFolder) {
        // Its old watch, if there was one, was of a folder that is gone.
        this.#forget(absolute);
        await this.#watchFolders(absolute);
      }
    }
  }

  async #withoutIgnored(paths: readonly string[]): Promise<readonly string[]> {
    const { git } = this.#place;
    const isInside = (path: string): boolean => !path.startsWith("../") && !path.startsWith(".git/");
    const inside = paths.filter(isInside);
    if (git === undefined || inside.length === 0) return paths;
    const { stdout } = await git.attempt(["check-ignore", "-z", "--stdin"], `${inside.join("\0")}\0`);
    const ignored = new Set(stdout.toString().split("\0"));
    return paths.filter((path) => !isInside(path) || !ignored.has(path));
  }
}

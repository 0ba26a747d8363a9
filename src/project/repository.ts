/** The checkout as a workflow's actions see it: files that cannot escape it, git without prompts or hooks, its change. */
import { randomUUID } from "node:crypto";
import { lstat, mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import type { Repository } from "../model/action.ts";
import { Failure } from "../model/failure.ts";
import type { Exec } from "../model/system.ts";
import { workingTree } from "./checkout.ts";
import { createGit } from "./git.ts";
import { readChange } from "./read-change.ts";

export interface RepositoryRequest {
  /** Absolute; the root of a working tree. */
  readonly root: string;
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the change under review: the event's, where it names them; else the default branch and what is checked out. */
  readonly base?: string | undefined;
  readonly head?: string | undefined;
  /** What the code host says; asked of the clone otherwise. */
  readonly defaultBranch?: string | undefined;
  readonly signal?: AbortSignal;
}

const gitTimeoutMs = 300_000;
/** Nothing that the repository brought along runs: no hooks, no file system monitor. */
const harmless = ["-c", "core.quotepath=false", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"];

export async function openRepository(request: RepositoryRequest): Promise<Repository> {
  const { exec, env } = request;
  const git = createGit(exec, request.root, env);
  const found = await git.discover();
  if (found?.worktree === undefined) {
    throw new Failure("CF244", "this workflow needs a checkout", {
      why: `${request.root} is not inside a git working tree`,
      next: "run it in a clone of the repository",
    });
  }
  const root = await realpath(found.worktree);
  const defaultBranch = request.defaultBranch ?? (await guessDefaultBranch(git));

  /** The real place of a path, which need not exist yet. */
  async function locate(path: string): Promise<string> {
    const inside = path.split(/[\\/]/).filter((part) => part !== "" && part !== ".");
    if (path.includes("\0") || isAbsolute(path) || /^[A-Za-z]:/.test(path) || inside.includes(".."))
      throw outside(path);
    if (inside.length === 0) throw outside(path);
    const target = join(root, ...inside);
    const real = await realPlace(target);
    if (real !== root && !real.startsWith(`${root}${sep}`)) throw outside(path);
    if (/^\.git(\/|$)/i.test(relative(root, real).replaceAll(sep, "/"))) {
      throw new Failure("CF241", `${path} belongs to git itself`, {
        why: "a workflow reads and writes the files alone",
      });
    }
    return real;
  }

  const repository: Repository = {
    root,
    get branch() {
      return branch;
    },
    get head() {
      return head;
    },
    defaultBranch,
    async files() {
      const tree = await workingTree(git, root, undefined);
      return [...tree.entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    async read(path) {
      const place = await locate(path);
      try {
        return await readFile(place);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
        throw error;
      }
    },
    async readText(path) {
      const content = await repository.read(path);
      return content === undefined ? undefined : new TextDecoder().decode(content);
    },
    async write(path, content) {
      const place = await locate(path);
      await mkdir(dirname(place), { recursive: true });
      // Beside it, so that renaming is whole or not at all.
      const temporary = `${place}.${randomUUID().slice(0, 8)}.tmp`;
      try {
        await writeFile(temporary, content, { mode: await modeOf(place) });
        await rename(temporary, place);
      } catch (error) {
        await rm(temporary, { force: true });
        throw new Failure("CF242", `cannot write ${path}`, {
          why: (error as Error).message,
          cause: error,
          exitCode: 3,
        });
      }
    },
    async remove(path) {
      // The link itself, not what it leads to.
      const parts = path.split("/");
      const name = parts.pop() ?? "";
      if (name === "" || name === "." || name === "..") throw outside(path);
      const folder = parts.length === 0 ? root : await locate(parts.join("/"));
      if (/^\.git$/i.test(name) && folder === root) throw outside(path);
      await rm(join(folder, name), { force: true });
    },
    async git(args, options = {}) {
      const result = await exec({
        command: "git",
        args: [...harmless, ...args],
        cwd: root,
        env: { ...env, GIT_TERMINAL_PROMPT: "0", GIT_EDITOR: ":", LC_ALL: "C" },
        timeoutMs: options.timeoutMs ?? gitTimeoutMs,
        ...(options.input === undefined ? {} : { input: options.input }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      const moves = [
        "branch",
        "checkout",
        "cherry-pick",
        "commit",
        "merge",
        "rebase",
        "reset",
        "switch",
        "symbolic-ref",
      ];
      if (moves.includes(args[0] ?? "")) await look();
      if (result.exitCode === 0) return result.stdout.toString();
      throw new Failure("CF201", `git ${args.join(" ").slice(0, 200)} failed`, {
        why: result.timedOut ? "it took too long" : result.stderr.toString().trim().slice(-2_000),
        exitCode: 3,
      });
    },
    async change() {
      const to = request.head ?? head;
      const against = request.base ?? defaultBranch;
      const from = against === undefined ? undefined : ((await git.commit(`origin/${against}`)) ?? against);
      const commits = await Promise.all(
        [from, to].map(async (name) => (name === undefined ? undefined : git.commit(name))),
      );
      const [fromCommit, toCommit] = commits;
      if (fromCommit === undefined || toCommit === undefined) {
        throw new Failure("CF243", "there is no change to look at", {
          why: `the clone has no ${fromCommit === undefined ? (against ?? "default branch") : (to ?? "commit yet")}`,
          next: "fetch it first (fetch-depth: 0 in actions/checkout)",
        });
      }
      const base = await git.mergeBase(fromCommit, toCommit);
      if (base === undefined) {
        throw new Failure("CF223", `${against} and ${to} have no common commit here`, {
          why: found.isShallow ? "this clone is shallow" : "their histories are unrelated",
          next: found.isShallow ? "git fetch --unshallow, or fetch-depth: 0 in actions/checkout" : "name another base",
        });
      }
      return readChange(git, base, toCommit);
    },
  };

  let branch: string | undefined;
  let head: string | undefined;
  async function look(): Promise<void> {
    [branch, head] = await Promise.all([git.branch(), git.commit("HEAD")]);
  }
  await look();
  return repository;
}

function outside(path: string): Failure {
  return new Failure("CF240", `${path} is not inside the checkout`, {
    why: "paths are relative to its root and stay in it, links included",
    next: "name a path below the repository's root",
  });
}

/** Where a path leads to when every link on the way is followed; what does not exist yet is taken as named. */
async function realPlace(target: string): Promise<string> {
  try {
    return await realpath(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" && (error as NodeJS.ErrnoException).code !== "ENOTDIR")
      throw error;
  }
  // A link that leads to nothing would be written through, wherever that is.
  const isLink = await lstat(target).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink) throw outside(target);
  return join(await realPlace(dirname(target)), target.slice(dirname(target).length + 1));
}

async function modeOf(place: string): Promise<number> {
  return stat(place).then(
    ({ mode }) => mode & 0o777,
    () => 0o666,
  );
}

/** What the remote calls its default, else the usual names that exist here. */
async function guessDefaultBranch(git: ReturnType<typeof createGit>): Promise<string | undefined> {
  const remote = await git.attempt(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"]);
  if (remote.exitCode === 0)
    return remote.stdout
      .toString()
      .trim()
      .replace(/^origin\//, "");
  for (const name of ["main", "master"]) {
    if ((await git.commit(`refs/heads/${name}`)) !== undefined) return name;
    if ((await git.commit(`refs/remotes/origin/${name}`)) !== undefined) return name;
  }
  return undefined;
}

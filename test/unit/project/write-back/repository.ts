/** Small git repositories for the tests of writing back. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createExec } from "../../../../src/system/exec.ts";
import { type FileChange, writeBack, type WriteBackRequest } from "../../../../src/project/write-back/write-back.ts";

const identity = { GIT_AUTHOR_NAME: "t", GIT_AUTHOR_EMAIL: "t@t", GIT_COMMITTER_NAME: "t", GIT_COMMITTER_EMAIL: "t@t" };

/** The environment of the tests: the machine's own git configuration does not count. */
export const env: Record<string, string | undefined> = {
  ...process.env,
  ...identity,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

export const exec = createExec(env);

export class Repository {
  readonly root: string;

  constructor(options: { directory?: string; init?: readonly string[] } = {}) {
    this.root = mkdtempSync(join(options.directory ?? tmpdir(), "codeflow-write-"));
    this.git("init", "-q", "-b", "main", ...(options.init ?? []), ".");
  }

  git(...args: string[]): string {
    return this.gitWith({}, ...args);
  }

  gitWith(options: { input?: string; env?: Record<string, string> }, ...args: string[]): string {
    return execFileSync("git", args, {
      cwd: this.root,
      env: { ...env, ...options.env },
      input: options.input ?? "",
      stdio: ["pipe", "pipe", "pipe"],
    }).toString();
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** Staged content. */
  staged(path: string): string {
    return this.git("cat-file", "blob", `:${path}`);
  }

  commit(files: Record<string, string>): void {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    this.git("add", "-A");
    this.git("commit", "-q", "-m", "c");
  }

  stage(files: Record<string, string>): void {
    for (const [path, content] of Object.entries(files)) {
      this.write(path, content);
      this.git("add", path);
    }
  }

  gitDirectory(): string {
    return this.git("rev-parse", "--absolute-git-dir").trim();
  }

  /** What lies in the journals' folder. */
  journals(): string[] {
    const folder = join(this.gitDirectory(), "codeflow", "apply");
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  hasLock(): boolean {
    return existsSync(join(this.gitDirectory(), "index.lock"));
  }

  /** Every file of the working tree, by path, with kind and permissions. */
  snapshot(folder = "", into = new Map<string, string>()): Map<string, string> {
    for (const name of readdirSync(join(this.root, folder))) {
      if (folder === "" && name === ".git") continue;
      const path = folder === "" ? name : `${folder}/${name}`;
      const stats = lstatSync(join(this.root, path));
      if (stats.isDirectory()) this.snapshot(path, into);
      else into.set(path, `${stats.mode.toString(8)} ${stats.isFile() ? this.read(path) : "link"}`);
    }
    return into;
  }

  writeBack(changes: readonly FileChange[], options: Partial<WriteBackRequest> = {}) {
    return writeBack({ root: this.root, changes, target: "index", exec, env, ...options });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function change(path: string, before: string, after: string): FileChange {
  return { path, before: Buffer.from(before), after: Buffer.from(after) };
}

/** A directory on another file system than the temporary one, where the machine has such a place. */
export function otherFileSystem(): string | undefined {
  const place = "/dev/shm";
  return existsSync(place) && statSync(place).dev !== statSync(tmpdir()).dev ? place : undefined;
}

/** Mounts a small file system; only root may, and not in every container. */
export function mountSmall(directory: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", directory]).status === 0;
}

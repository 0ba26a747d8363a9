/** A repository of its own for one test, and the world that a door would hand to a use case there. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { World } from "../../../src/app/world.ts";
import { createExec } from "../../../src/system/exec.ts";

export interface TemporaryRepository {
  readonly root: string;
  readonly world: World;
  /** What was logged. */
  readonly logged: string[];
  write(path: string, text: string): void;
  git(...args: string[]): string;
  remove(): void;
}

export function temporaryRepository(files: Readonly<Record<string, string>> = {}): TemporaryRepository {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "codeflow-app-")));
  const root = join(base, "repository");
  mkdirSync(root);
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: base,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Case",
    GIT_AUTHOR_EMAIL: "case@example.invalid",
    GIT_COMMITTER_NAME: "Case",
    GIT_COMMITTER_EMAIL: "case@example.invalid",
  };
  const logged: string[] = [];
  const world: World = {
    cwd: root,
    env,
    exec: createExec(env),
    clock: { now: () => new Date(), monotonic: () => performance.now() },
    log: { warn: (text) => logged.push(text), info: () => undefined, debug: () => undefined },
    cores: 2,
    signal: new AbortController().signal,
  };
  const repository: TemporaryRepository = {
    root,
    world,
    logged,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    git: (...args) => execFileSync("git", args, { cwd: root, env, encoding: "utf8" }),
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
  repository.git("init", "-q", "-b", "main");
  for (const [path, text] of Object.entries(files)) repository.write(path, text);
  return repository;
}

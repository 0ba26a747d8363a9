/**
 * Remembers whole runs: when neither the repository nor anything else that a run depends on has changed, its result is
 * read instead of put together again. This is what makes "nothing changed" cost little more than starting Node.
 */
import {
  type BigIntStats,
  lstatSync,
  openSync,
  readSync,
  closeSync,
  fstatSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { isAbsolute, join } from "node:path";
import type { CheckRun } from "../../model/check-run.ts";
import type { CheckOptions } from "../check.ts";
import { isUnstable } from "../../project/checkout.ts";
import type { Git } from "../../project/git.ts";
import { readJson, writeJson } from "../memo.ts";
import type { Place } from "../place.ts";
import type { World } from "../world.ts";
import { buildId, digest } from "./keys.ts";
import { toolEnvironment } from "./tool-environment.ts";

/** What is kept of a run. */
export interface RememberedRun {
  readonly run: CheckRun;
  readonly reports: readonly { readonly format: string; readonly path: string }[];
  readonly keys: readonly (readonly [string, Readonly<Record<string, string>>])[];
  /** Blob ids of the files with findings, to show their code; only when they are not on disk. */
  readonly blobs: readonly (readonly [path: string, blob: string])[];
  /** Files outside of the listing that the run depended on (installed tools), with their state then. */
  readonly watched: readonly (readonly [path: string, state: string])[];
}

/** More uncommitted files than this are not worth looking at one by one. */
const maxUncommitted = 2_000;
/** Kept runs: a few branches and scopes; the least recently used go first. */
const maxRuns = 24;

/**
 * Identifies the state of repository, request and program. Undefined when it cannot be told cheaply (outside git, too
 * much uncommitted). Must be asked before the files are listed.
 */
export async function stateKey(
  place: Place,
  options: CheckOptions,
  world: World,
  version: string,
  /** The moment whose date decides about suppressions and owners' promises. */
  startedAt: Date,
): Promise<string | undefined> {
  const { git, repository } = place;
  if (git === undefined || repository?.worktree === undefined || options.imports.length > 0) return undefined;
  const isStaged = options.scope.kind === "staged";
  const [status, base] = await Promise.all([
    // What is staged is told by HEAD and the index alone.
    isStaged ? [] : (place.status ?? git.status()),
    options.scope.kind === "changed" ? refsState(git, options.scope.base, world) : "",
  ]);
  if (status.length > maxUncommitted) return undefined;
  const root = repository.worktree;
  const uncommitted = status.flatMap(({ path, kind }) => [kind, path, fileState(join(root, path))]);
  const index = world.env["GIT_INDEX_FILE"] ?? join(repository.gitDirectory, "index");
  return digest(
    buildId,
    version,
    place.root,
    startedAt.toISOString().slice(0, 10),
    digest(world.env["CODEFLOW_SECRET_KEY"] ?? ""),
    world.env["PATH"] ?? "",
    toolEnvironment(world.env),
    // The branch is part of the report.
    readHead(repository.gitDirectory),
    world.env["GITHUB_HEAD_REF"] ?? "",
    world.env["GITHUB_REF_NAME"] ?? "",
    JSON.stringify([
      options.scope,
      options.paths,
      world.cwd,
      options.profile,
      options.only,
      options.skip,
      options.noExec,
      options.baseline,
      options.config,
      options.trust,
      options.gate,
      options.reports,
    ]),
    repository.head ?? "no commit",
    ...uncommitted,
    indexState(isAbsolute(index) ? index : join(place.root, index)),
    base,
  );
}

/** All branch tips, and what was asked for (`HEAD@{1}`, `FETCH_HEAD`): the base of a change may be any of them. */
async function refsState(git: Git, base: string | undefined, world: World): Promise<string> {
  const [refs, commit] = await Promise.all([
    git.run(["for-each-ref", "--format=%(objectname) %(refname) %(symref)", "refs/heads", "refs/remotes", "refs/tags"]),
    base === undefined ? undefined : git.commit(base),
  ]);
  return digest(refs.toString(), commit ?? "", world.env["GITHUB_BASE_REF"] ?? "");
}

function readHead(gitDirectory: string): string {
  try {
    return readFileSync(join(gitDirectory, "HEAD"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** The checksum that git keeps at the end of its index; size and time where it does not. */
function indexState(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "no index";
    throw error;
  }
  try {
    const stat = fstatSync(file, { bigint: true });
    const trailer = Buffer.alloc(32);
    readSync(file, trailer, 0, 32, Math.max(0, Number(stat.size) - 32));
    // index.skipHash leaves zeros there.
    const isHashed = trailer.subarray(12).some((byte) => byte !== 0);
    return isHashed ? `${stat.size} ${trailer.toString("hex")}` : `${stat.size} ${stat.mtimeNs} ${stat.ino}`;
  } finally {
    closeSync(file);
  }
}

function fileState(path: string): string {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "absent" : `${stat.mtimeNs} ${stat.ctimeNs} ${stat.size} ${stat.ino} ${stat.mode}`;
}

export function recall(place: Place, key: string): RememberedRun | undefined {
  const found = readJson<RememberedRun>(fileOf(place, key));
  if (found === undefined || found.watched.some(([path, state]) => watchState(path) !== state)) return undefined;
  return found;
}

/** Kept only when its verdict is whole: what could not be judged is tried again. */
export function remember(
  place: Place,
  key: string,
  run: Omit<RememberedRun, "watched">,
  dependencies: readonly string[],
  startedAt: Date,
): void {
  if (run.run.verdict.reasons.some(({ kind }) => kind === "incomplete")) return;
  const paths = new Set([...installations.map((name) => join(place.root, name)), ...dependencies]);
  const watched: [string, string][] = [];
  for (const path of paths) {
    const stat = statOf(path);
    // Installed while the check ran: which of the two states it saw nobody knows.
    if (stat !== undefined && isUnstable(Number(max(stat.mtimeNs, stat.ctimeNs) / 1_000_000n), startedAt.getTime()))
      return;
    watched.push([path, watchState(path)]);
  }
  const isWritten = writeJson(fileOf(place, key), { ...run, watched } satisfies RememberedRun);
  if (isWritten) prune(join(place.dataDirectory, "runs"));
}

function fileOf(place: Place, key: string): string {
  return join(place.dataDirectory, "runs", `${key}.json`);
}

/** Written to by package managers. */
const installations = [
  "node_modules",
  "node_modules/.bin",
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.yarn-state.yml",
  ".venv/bin",
  "venv/bin",
  "vendor/bin",
];

/** Follows links: a tool in node_modules/.bin is one. The second time tells what `touch` and `chmod` would hide. */
function watchState(path: string): string {
  const stat = statOf(path);
  if (stat === undefined) return "absent";
  return `${stat.mtimeNs} ${stat.ctimeNs} ${stat.isDirectory() ? "" : `${stat.size} ${stat.ino} ${stat.mode}`}`;
}

/** Undefined when there is nothing that could be used: absent, a link in a circle, behind a locked folder. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (!["EACCES", "ELOOP", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return undefined;
  }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function prune(folder: string): void {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  if (files.length <= maxRuns) return;
  const byAge = files
    .map((name) => ({
      path: join(folder, name),
      at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }))
    .sort((a, b) => b.at - a.at);
  for (const { path } of byAge.slice(maxRuns)) rmSync(path, { force: true });
}

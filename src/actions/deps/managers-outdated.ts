/** Asks a repository's own package manager which direct dependencies have newer versions. */
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { LockManager } from "../../analyzers/dependencies/facts.ts";
import { type ActionContext, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import type { LockedProject, OsvEcosystem } from "../locked-packages.ts";
import { lockedVersion, newerVersion, type Row, stepOf } from "./newer-version.ts";
import {
  type OutdatedEntry,
  readBundler,
  readComposer,
  readGo,
  readNpm,
  readNpmView,
  readPnpm,
  readPoetry,
  readYarn,
  readYarnInfo,
} from "./outdated-output.ts";
import type { PackageFacts } from "./registries.ts";

/** A direct dependency as its manifest has it. */
export interface Direct {
  readonly name: string;
  readonly range: string;
}

export interface ManagerAnswer {
  readonly rows: readonly Row[];
  /** Packages that it does not know, or whose locked version is not known. */
  readonly unknown: readonly string[];
}

interface Question {
  readonly context: ActionContext<"repo">;
  readonly ecosystem: OsvEcosystem;
  readonly manifest: string;
  /** Of the manifest, `""` for the root. */
  readonly folder: string;
  readonly project: LockedProject;
  readonly direct: readonly Direct[];
}

interface Listing {
  readonly args: readonly string[];
  /** npm, pnpm, Yarn and Bundler answer 1 when something is outdated. */
  readonly accepted: readonly number[];
  readonly read: (text: string, exitCode: number) => readonly OutdatedEntry[];
}

/** Managers that list what is outdated by themselves, from what is locked. */
const listings: Partial<Record<LockManager, Listing & { readonly command: string }>> = {
  pnpm: { command: "pnpm", args: ["outdated", "--format", "json"], accepted: [0, 1], read: readPnpm },
  yarn: { command: "yarn", args: ["outdated", "--json"], accepted: [0, 1], read: readYarn },
  composer: {
    command: "composer",
    args: ["outdated", "--direct", "--locked", "--format=json", "--no-interaction", "--no-plugins"],
    accepted: [0],
    read: readComposer,
  },
  go: { command: "go", args: ["list", "-m", "-u", "-json", "all"], accepted: [0], read: readGo },
  bundler: {
    command: "bundle",
    args: ["outdated", "--parseable", "--only-explicit"],
    accepted: [0, 1],
    read: readBundler,
  },
  poetry: {
    command: "poetry",
    args: ["show", "--outdated", "--top-level", "--no-ansi", "--no-interaction"],
    accepted: [0],
    read: readPoetry,
  },
};

export async function askManager(
  context: ActionContext<"repo">,
  ecosystem: OsvEcosystem,
  manifest: string,
  project: LockedProject,
  direct: readonly Direct[],
): Promise<ManagerAnswer> {
  const folder = manifest.slice(0, Math.max(0, manifest.lastIndexOf("/")));
  const question = { context, ecosystem, manifest, folder, project, direct };
  const manager = managerOf(question);
  if (manager === "npm") return askNpm(question);
  if (manager === "yarn-berry") return askYarn(question);
  const listing = manager === undefined ? undefined : listings[manager];
  if (listing === undefined) {
    throw new StepFailed(
      `${manifest}: name a registry for ${ecosystem} in \`registries\`; its package manager cannot be asked from here`,
    );
  }
  const entries = await ask(question, listing.command, listing.args, listing.accepted, listing.read);
  return { rows: rowsOf(question, entries), unknown: [] };
}

/** Of the lockfile that is nearest above the manifest. Go needs none. */
function managerOf({ ecosystem, folder, project }: Question): LockManager | undefined {
  if (ecosystem === "Go") return "go";
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    for (const path of project.lockfiles) {
      const fact = project.facts.get(path);
      const isHere = path.slice(0, Math.max(0, path.lastIndexOf("/"))) === at;
      if (isHere && fact?.kind === "lockfile" && ecosystemOf[fact.ecosystem] === ecosystem) return fact.manager;
    }
    if (at === "") return ecosystem === "npm" ? "npm" : undefined;
  }
}

const ecosystemOf = { npm: "npm", python: "PyPI", cargo: "crates.io", go: "Go", ruby: "RubyGems", php: "Packagist" };

/**
 * npm compares what lies in node_modules: a package that is locked but not installed it takes for one at the newest
 * version of its range, and of a development dependency it then says nothing at all. Those are asked for one by one.
 */
async function askNpm(question: Question): Promise<ManagerAnswer> {
  const entries = await ask(question, "npm", ["outdated", "--json"], [0, 1], readNpm);
  const missing: Direct[] = [];
  for (const one of question.direct) if (!(await isInstalled(question, one.name))) missing.push(one);
  const names = new Set(missing.map(({ name }) => name));
  const rows = rowsOf(
    question,
    entries.filter(({ name }) => !names.has(name)),
  );
  const answers: ManagerAnswer[] = [];
  for (let i = 0; i < missing.length; i += 8) {
    answers.push(
      ...(await Promise.all(
        missing.slice(i, i + 8).map(async (one) => {
          const args = ["view", one.name, "name", "versions", "dist-tags", "--json"];
          const facts = await ask(question, "npm", args, [0, 1], readNpmView);
          return judgeAll(question, [one], new Map(facts === undefined ? [] : [[one.name, facts]]));
        }),
      )),
    );
  }
  return {
    rows: [...rows, ...answers.flatMap((answer) => answer.rows)],
    unknown: answers.flatMap((answer) => answer.unknown),
  };
}

async function isInstalled({ context, folder }: Question, name: string): Promise<boolean> {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const path = join(context.repo.root, at, "node_modules", name, "package.json");
    if ((await lstat(path).catch(() => undefined)) !== undefined) return true;
    if (at === "") return false;
  }
}

/** Yarn since 2 has no `outdated`; it tells what its registry has of any number of packages. */
async function askYarn(question: Question): Promise<ManagerAnswer> {
  if (question.direct.length === 0) return { rows: [], unknown: [] };
  const args = ["npm", "info", ...question.direct.map(({ name }) => name)];
  const options = ["--json", "--fields", "name,versions,dist-tags"];
  return judgeAll(question, question.direct, await ask(question, "yarn", [...args, ...options], [0], readYarnInfo));
}

async function judgeAll(
  { ecosystem, manifest, project }: Question,
  direct: readonly Direct[],
  facts: ReadonlyMap<string, PackageFacts>,
): Promise<ManagerAnswer> {
  const rows: Row[] = [];
  const unknown: string[] = [];
  for (const { name, range } of direct) {
    const current = lockedVersion(project, ecosystem, manifest, name);
    const known = facts.get(name);
    const row =
      current === undefined || known === undefined
        ? "unknown"
        : await newerVersion({ ecosystem, path: manifest, name, range, current }, known);
    if (row === "unknown") unknown.push(name);
    else if (row !== undefined) rows.push(row);
  }
  return { rows, unknown };
}

function rowsOf({ ecosystem, manifest }: Question, entries: readonly OutdatedEntry[]): Row[] {
  return entries
    .filter(({ current, latest }) => current !== latest)
    .map(({ name, current, wanted, latest }) => ({
      name,
      ecosystem,
      path: manifest,
      current,
      ...(wanted === undefined ? {} : { wanted }),
      latest,
      step: stepOf(current, latest),
    }));
}

async function ask<T>(
  { context, ecosystem, manifest, folder }: Question,
  command: string,
  args: readonly string[],
  accepted: readonly number[],
  read: (text: string, exitCode: number) => T,
): Promise<T> {
  const line = [command, ...args].join(" ");
  let result: Awaited<ReturnType<typeof context.exec>>;
  try {
    result = await context.exec({
      command,
      args,
      cwd: join(context.repo.root, folder),
      timeoutMs: 300_000,
      signal: context.signal,
    });
  } catch (error) {
    if (error instanceof Failure && error.code === "CF102") {
      throw new StepFailed(
        `${manifest}: ${command} is not installed here; install it, or name a registry for ${ecosystem} in \`registries\``,
      );
    }
    throw error;
  }
  if (result.timedOut || !accepted.includes(result.exitCode)) {
    const said = result.stderr.toString().trim() || result.stdout.toString().trim();
    throw new StepFailed(`${line} ended with ${result.exitCode}: ${said.split("\n").slice(-3).join(" ")}`);
  }
  try {
    return read(result.stdout.toString(), result.exitCode);
  } catch (error) {
    if (error instanceof StepFailed) throw error;
    throw new StepFailed(`${line} answered something that cannot be read: ${(error as Error).message}`);
  }
}

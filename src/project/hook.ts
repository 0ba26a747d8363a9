/**
 * Installs and removes the pre-commit hook that runs `codeflow check --staged`, in the place that the repository uses:
 * husky, lefthook, the pre-commit framework, core.hooksPath or git's own folder. What people wrote is never overwritten.
 */
import type { Stats } from "node:fs";
import { access, chmod, lstat, mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { Failure } from "../model/failure.ts";
import type { Exec } from "../model/system.ts";
import {
  chainedName,
  findBlock,
  hookBlock,
  type HookScriptOptions,
  insertionPoint,
  replaceBlock,
  withoutBlock,
} from "./hook-block.ts";
import { addToManager, type ManagerName, managerSnippet } from "./hook-managers.ts";

export interface HookRequest {
  /** Absolute root of the working tree. */
  readonly root: string;
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface InstallRequest extends HookRequest {
  /** `check --staged` unless said. */
  readonly args?: readonly string[];
  /** Without codeflow on the machine a commit is refused; otherwise it goes through with a warning. */
  readonly required?: boolean;
  /** Folder of the Node that runs now: for hooks of this machine only, where PATH may be poor. */
  readonly nodeDirectory?: string;
  /** Edit lefthook's or pre-commit's file; otherwise the entry is only offered. */
  readonly editManagerFile?: boolean;
  /** Install even where core.hooksPath is shared by all repositories of the person or the machine. */
  readonly allowShared?: boolean;
}

export type HookManager = "git" | "husky" | ManagerName;

export interface HookReport {
  readonly status:
    | "installed"
    | "updated"
    | "unchanged"
    | "removed"
    /** There was nothing of ours. */
    | "absent"
    /** A person must put `snippet` into `path`, or ask again with `editManagerFile`. */
    | "offered"
    /** Nothing was done; `notes` says why. */
    | "refused";
  readonly manager: HookManager;
  /** The hook or configuration file: relative to the root when inside, else absolute. */
  readonly path: string;
  /** `chained`: a hook that is no shell script was kept beside ours and is run by it. */
  readonly how?: "new file" | "block" | "chained" | "entry";
  readonly snippet?: string;
  /** Sentences for the person. */
  readonly notes: readonly string[];
}

export async function installHook(request: InstallRequest): Promise<HookReport> {
  const place = await findPlace(request);
  const args = request.args ?? ["check", "--staged"];
  if (place.manager === "lefthook" || place.manager === "pre-commit") {
    return addEntry(request, place.manager, place.file, args);
  }
  if (place.shared !== undefined && request.allowShared !== true) {
    return {
      status: "refused",
      manager: place.manager,
      path: display(request.root, place.file),
      notes: [
        `core.hooksPath is set in the ${place.shared} git configuration: a hook there runs in every repository`,
        "to give this repository hooks of its own: git config core.hooksPath .git/hooks",
      ],
    };
  }
  const options: HookScriptOptions = {
    args,
    required: request.required ?? false,
    nodeDirectory: place.isPrivate ? request.nodeDirectory : undefined,
  };
  const report = await installScript(request, place, options);
  return place.note === undefined ? report : { ...report, notes: [...report.notes, place.note] };
}

/** Everything of ours goes, in whatever place it is; the rest is byte for byte what it was. */
export async function removeHook(request: HookRequest): Promise<HookReport> {
  const place = await findPlace(request);
  const own = await removeFrom(request, place.manager, place.file);
  if (own.status !== "absent" || place.manager === "git") return own;
  // Installed before the repository took up a hook manager.
  const script = await findScriptPlace(request);
  const other = await removeFrom(request, script.manager, script.file);
  return other.status === "absent" ? own : other;
}

/** Where a hook of this repository belongs, and whether ours is there; changes nothing. */
export async function findHook(
  request: HookRequest,
): Promise<{ readonly manager: HookManager; readonly path: string; readonly isInstalled: boolean }> {
  const place = await findPlace(request);
  const stats = await lstatOf(place.file);
  const isInstalled =
    stats !== undefined && !stats.isDirectory() && findBlock(await readFile(place.file)) !== undefined;
  return { manager: place.manager, path: display(request.root, place.file), isInstalled };
}

interface Place {
  readonly manager: HookManager;
  readonly file: string;
  /** Not part of what people share through the repository. */
  readonly isPrivate: boolean;
  /** Scope of a core.hooksPath that other repositories use too. */
  readonly shared?: string;
  readonly note?: string;
}

const lefthookFiles = ["lefthook", ".lefthook", ".config/lefthook"].flatMap((name) =>
  ["yml", "yaml", "json", "jsonc", "toml"].map((extension) => `${name}.${extension}`),
);

async function findPlace(request: HookRequest): Promise<Place> {
  const script = await findScriptPlace(request);
  if (script.manager === "husky") return script;
  for (const name of lefthookFiles) {
    const file = join(request.root, name);
    if (await exists(file)) return { manager: "lefthook", file, isPrivate: false };
  }
  for (const name of [".pre-commit-config.yaml", ".pre-commit-config.yml"]) {
    const file = join(request.root, name);
    if (await exists(file)) return { manager: "pre-commit", file, isPrivate: false };
  }
  return script;
}

/** The hook script that git, or husky for it, runs. */
async function findScriptPlace({ root, exec, env }: HookRequest): Promise<Place> {
  const git = async (...args: string[]): Promise<{ code: number; text: string; error: string }> => {
    const result = await exec({ command: "git", args, cwd: root, env: { ...env, LC_ALL: "C" }, timeoutMs: 60_000 });
    const text = result.stdout.toString().replace(/\n$/, "");
    return { code: result.exitCode, text, error: result.stderr.toString().trim() };
  };
  const hooks = await git("rev-parse", "--git-path", "hooks");
  if (hooks.code !== 0) {
    throw new Failure("CF260", "a hook needs a git repository", { why: hooks.error, next: "git init" });
  }
  const folder = resolve(root, hooks.text);
  const husky = huskyFile(folder);
  if (husky !== undefined) return { manager: "husky", file: husky, isPrivate: false };
  const configured = await git("config", "--show-scope", "--get", "core.hooksPath");
  const scope = configured.code === 0 ? configured.text.split("\t")[0] : undefined;
  if (scope === undefined && (await exists(join(root, ".husky", "_")))) {
    const note = "husky is not active in this clone: run its install script (usually npm install)";
    return { manager: "husky", file: join(root, ".husky", "pre-commit"), isPrivate: false, note };
  }
  const common = await git("rev-parse", "--git-common-dir");
  const isInside = isBelow(folder, root) && !isBelow(folder, resolve(root, common.text));
  return {
    manager: "git",
    file: join(folder, "pre-commit"),
    isPrivate: !isInside,
    ...(scope === "global" || scope === "system" ? { shared: scope } : {}),
  };
}

/** Since version 9 git runs husky's own scripts in `.husky/_`, which run those in `.husky`. */
function huskyFile(folder: string): string | undefined {
  if (basename(folder) === ".husky") return join(folder, "pre-commit");
  const parent = dirname(folder);
  return basename(folder) === "_" && basename(parent) === ".husky" ? join(parent, "pre-commit") : undefined;
}

async function installScript(request: HookRequest, place: Place, options: HookScriptOptions): Promise<HookReport> {
  const { file, manager } = place;
  const report = (
    status: HookReport["status"],
    how: NonNullable<HookReport["how"]>,
    notes: string[] = [],
  ): HookReport => ({
    status,
    manager,
    path: display(request.root, file),
    how,
    notes,
  });
  const stats = await lstatOf(file);
  if (stats === undefined) {
    await mkdir(dirname(file), { recursive: true });
    const shebang = manager === "husky" ? "" : "#!/bin/sh\n";
    await replaceFile(file, Buffer.from(shebang + hookBlock("file", options)), 0o755);
    return report("installed", "new file");
  }
  // Husky runs its scripts by name; git ignores those that are not executable.
  const runs = manager === "husky" || (stats.mode & 0o111) !== 0;
  if (stats.isFile()) {
    const content = await readFile(file);
    const block = findBlock(content);
    if (block !== undefined) {
      const next = replaceBlock(content, block, hookBlock(block.origin, options));
      const how = block.origin === "chain" ? "chained" : block.origin === "file" ? "new file" : "block";
      if (runs && Buffer.compare(next, content) === 0) return report("unchanged", how);
      await replaceFile(file, next, runs ? stats.mode : stats.mode | 0o755);
      return report("updated", how);
    }
    const at = insertionPoint(content);
    if (at !== undefined && runs) {
      const next = Buffer.concat([
        content.subarray(0, at),
        Buffer.from(hookBlock("block", options)),
        content.subarray(at),
      ]);
      await replaceFile(file, next, stats.mode);
      return report("installed", "block", ["the hook that was there goes on running after codeflow's part"]);
    }
  }
  const kept = join(dirname(file), chainedName);
  if (manager === "husky" || stats.isDirectory() || (await lstatOf(kept)) !== undefined) {
    const why =
      manager === "husky" || stats.isDirectory()
        ? "the file there is not a shell script"
        : `${chainedName} exists already beside it`;
    return { ...report("refused", "chained", [why]), snippet: hookBlock("block", options) };
  }
  await rename(file, kept);
  try {
    await replaceFile(file, Buffer.from(`#!/bin/sh\n${hookBlock("chain", options)}`), 0o755);
  } catch (error) {
    await rename(kept, file);
    throw error;
  }
  return report("installed", "chained", [
    runs
      ? `the hook that was there is kept as ${chainedName} and runs first`
      : `the hook that was there was switched off (not executable); it is kept as ${chainedName}, still off`,
  ]);
}

async function removeFrom(request: HookRequest, manager: HookManager, file: string): Promise<HookReport> {
  const report = (status: HookReport["status"], notes: string[] = []): HookReport => ({
    status,
    manager,
    path: display(request.root, file),
    notes,
  });
  const stats = await lstatOf(file);
  if (stats === undefined || !stats.isFile()) return report("absent");
  const content = await readFile(file);
  const block = findBlock(content);
  if (block === undefined) return report("absent");
  const rest = withoutBlock(content, block);
  const isOursAlone = /^(?:#!\/bin\/sh\n)?$/.test(Buffer.from(rest).toString("latin1"));
  if (block.origin === "chain") {
    const kept = join(dirname(file), chainedName);
    if (!isOursAlone) {
      return report("refused", [`somebody added to this hook; ${chainedName} beside it holds the one from before`]);
    }
    if ((await lstatOf(kept)) === undefined) await rm(file);
    else await rename(kept, file);
    return report("removed");
  }
  if (block.origin === "file" && isOursAlone) await rm(file);
  else await replaceFile(file, rest, stats.mode);
  return report("removed");
}

async function addEntry(
  request: InstallRequest,
  manager: ManagerName,
  file: string,
  args: readonly string[],
): Promise<HookReport> {
  const command = [...(await runner(request.root)), ...args].join(" ");
  const snippet = managerSnippet(manager, command);
  const base = { manager, path: display(request.root, file), how: "entry" } as const;
  if (!/\.ya?ml$/.test(file)) {
    return { ...base, status: "offered", snippet, notes: ["only YAML files can be edited; say the same in this one"] };
  }
  const edit = await addToManager(manager, await readFile(file), command);
  if (edit.status === "present") return { ...base, status: "unchanged", notes: [] };
  if (edit.status === "impossible") {
    return { ...base, status: "offered", snippet, notes: [`it cannot be edited for you: ${edit.reason}`] };
  }
  if (request.editManagerFile !== true) return { ...base, status: "offered", snippet, notes: [] };
  const target = await realpath(file);
  await replaceFile(target, edit.content, (await lstat(target)).mode);
  const next = manager === "lefthook" ? "lefthook install" : "pre-commit install";
  return { ...base, status: "installed", snippet, notes: [`in a clone where it never ran: ${next}`] };
}

/** How the repository's package manager runs what it has installed. */
async function runner(root: string): Promise<string[]> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  } catch (error) {
    // No package.json, or one that nothing can be learned from.
    if (error instanceof Error) return ["codeflow"];
    throw error;
  }
  const sections = manifest as Record<string, Record<string, unknown> | undefined> | null;
  const isInstalled = ["dependencies", "devDependencies"].some((name) => sections?.[name]?.["codeflow"] !== undefined);
  if (!isInstalled) return ["codeflow"];
  if (await exists(join(root, "pnpm-lock.yaml"))) return ["pnpm", "exec", "codeflow"];
  if (await exists(join(root, "yarn.lock"))) return ["yarn", "run", "codeflow"];
  if ((await exists(join(root, "bun.lock"))) || (await exists(join(root, "bun.lockb")))) {
    return ["bun", "x", "--no-install", "codeflow"];
  }
  return ["npx", "--no-install", "codeflow"];
}

/** Never half a hook: a complete file takes the place of the old one. */
async function replaceFile(file: string, content: Uint8Array, mode: number): Promise<void> {
  const draft = `${file}.codeflow-draft`;
  try {
    await writeFile(draft, content);
    await chmod(draft, mode & 0o7777);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw new Failure("CF261", `cannot write ${file}`, { why: String(error), cause: error, exitCode: 3 });
  }
}

function display(root: string, file: string): string {
  return isBelow(file, root) ? relative(root, file).replaceAll("\\", "/") : file;
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}

async function lstatOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

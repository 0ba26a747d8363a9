/** Reads what a repository says about its tools in manifests and hook lists, as data. */
import type { ToolProject } from "../../model/analyzer.ts";
import type { ToolLookup } from "./detect.ts";
import { trackedFiles, upwards } from "./tracked-files.ts";

export interface PackageManifest {
  readonly path: string;
  readonly dependencies: ReadonlySet<string>;
  readonly scripts: readonly string[];
  /** Top-level keys: `eslintConfig`, `prettier`, `stylelint`, `knip`. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** A `package.json` in this very directory; undefined when absent or not JSON (the JSON analyzer says so). */
export async function packageManifest(project: ToolProject, directory: string): Promise<PackageManifest | undefined> {
  const path = directory === "" ? "package.json" : `${directory}/package.json`;
  if (!project.paths.has(path)) return undefined;
  const text = await project.read(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // Not ours to judge here: without a readable manifest it simply is no evidence.
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const dependencies = new Set<string>();
  for (const key of ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]) {
    const section = value[key];
    if (isRecord(section)) for (const name of Object.keys(section)) dependencies.add(name);
  }
  const scripts = isRecord(value["scripts"]) ? Object.values(value["scripts"]) : [];
  return {
    path,
    dependencies,
    scripts: scripts.filter((script): script is string => typeof script === "string"),
    value,
  };
}

/** The manifests from a directory up to the root, nearest first. */
export async function manifestsAbove(project: ToolProject, directory: string): Promise<PackageManifest[]> {
  const manifests: PackageManifest[] = [];
  for (const at of upwards(directory)) {
    const manifest = await packageManifest(project, at);
    if (manifest !== undefined) manifests.push(manifest);
  }
  return manifests;
}

/** Whether a `package.json` here or above declares the npm package. */
export async function declaresPackage(project: ToolProject, directory: string, name: string): Promise<boolean> {
  return (await manifestsAbove(project, directory)).some(({ dependencies }) => dependencies.has(name));
}

/**
 * Where an npm tool may come from. Below a package.json only from what is installed for it: another copy would have
 * another version and would not find the plugins and shared settings that the configuration names.
 */
export async function npmLookup(
  project: ToolProject,
  directory: string,
  name: string,
  npmName = name,
): Promise<ToolLookup> {
  const manifests = await manifestsAbove(project, directory);
  return {
    names: [name],
    from: manifests.length === 0 ? "both" : "repository",
    install: manifests.length > 0 ? `run \`${installCommand(project)}\`` : `\`npm install --save-dev ${npmName}\``,
  };
}

/** How to install what a package.json declares, by the lock file that the repository keeps. */
export function installCommand(project: ToolProject): string {
  if (project.paths.has("pnpm-lock.yaml")) return "pnpm install --frozen-lockfile";
  if (project.paths.has("yarn.lock")) return "yarn install --immutable";
  if (project.paths.has("bun.lock") || project.paths.has("bun.lockb")) return "bun install --frozen-lockfile";
  return project.paths.has("package-lock.json") ? "npm ci" : "npm install";
}

export interface ScriptUse {
  /** Files, directories and patterns that the script names. */
  readonly targets: readonly string[];
  /** Values of options, by name, as written. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/**
 * How the scripts of a package.json call a tool: what `"lint": "eslint src --ext .ts"` says about files and options.
 * The first call that names targets speaks for all; quotes and globs are kept as the tool would see them.
 */
export function scriptUse(
  manifest: PackageManifest | undefined,
  tool: string,
  optionsWithValue: readonly string[],
): ScriptUse | undefined {
  let found: ScriptUse | undefined;
  for (const script of manifest?.scripts ?? []) {
    for (const words of commandsOf(script)) {
      const start = words.findIndex((word) => word === tool || word.endsWith(`/.bin/${tool}`));
      // `npx eslint`, `cross-env X=1 eslint`, but not `npm i eslint`.
      if (start === -1 || isInstallation(words.slice(0, start))) continue;
      const use = readWords(words.slice(start + 1), optionsWithValue);
      if (found === undefined || (found.targets.length === 0 && use.targets.length > 0)) found = use;
    }
  }
  return found;
}

/** The words of each command of a shell line, quotes taken off. */
function commandsOf(line: string): string[][] {
  return line
    .split(/&&|\|\||[;|]/)
    .map((command) => [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? ""));
}

function isInstallation(before: readonly string[]): boolean {
  return before.some((word) => /^(?:i|install|add|remove|why|which|command|type)$/.test(word));
}

function readWords(words: readonly string[], optionsWithValue: readonly string[]): ScriptUse {
  const targets: string[] = [];
  const options = new Map<string, string[]>();
  const add = (name: string, value: string): void => void options.set(name, [...(options.get(name) ?? []), value]);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    // What follows a redirection is no file to look at: `eslint src > out.txt`, `2>&1`.
    if (/^\d?>>?$/.test(word)) index++;
    else if (!word.startsWith("-") && !/[<>]/.test(word)) targets.push(word);
    if (!word.startsWith("-")) {
      continue;
    }
    const equals = word.indexOf("=");
    if (equals !== -1) add(word.slice(0, equals), word.slice(equals + 1));
    else if (optionsWithValue.includes(word)) add(word, words[++index] ?? "");
    else add(word, "");
  }
  // What a variable stands for cannot be known, so nothing is known of the targets.
  return { targets: targets.some((target) => /[$`]/.test(target)) ? [] : targets, options };
}

/** Whether a TOML text has this table or a table below it, e.g. `tool.mypy`. */
export function hasTomlTable(text: string, table: string): boolean {
  const name = table.replaceAll(".", "\\s*\\.\\s*");
  return new RegExp(`^[ \\t]*\\[+\\s*${name}\\s*[.\\]]`, "m").test(text);
}

/** Whether an INI text has this section, or one of its kind (`[mypy-django.*]`) where `prefix` is asked for. */
export function hasIniSection(text: string, section: string): boolean {
  return new RegExp(`^\\[${section.replaceAll(".", "\\.")}\\]`, "m").test(text);
}

/** The body of a TOML table or an INI section, up to the next header; empty when there is none. */
export function sectionBody(text: string, header: string): string {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => line.replaceAll(/\s/g, "") === `[${header}]`);
  if (start === -1) return "";
  const end = lines.findIndex(
    (line, index) => index > start && /^\s*\[/.test(line) && !/^\s*\[.*\]\s*,?\s*$/.test(line),
  );
  const next = lines.findIndex((line, index) => index > start && /^\[{1,2}[^[\]]+\]{1,2}\s*(?:#.*)?$/.test(line));
  const stop = [end, next].filter((index) => index !== -1);
  return lines.slice(start + 1, stop.length === 0 ? undefined : Math.min(...stop)).join("\n");
}

/** Files in which a repository tells its automation what to run. */
const automationNames = [
  ".gitlab-ci.yml",
  ".travis.yml",
  "azure-pipelines.yml",
  "Makefile",
  "makefile",
  "justfile",
  "Justfile",
  "Taskfile.yml",
  "lefthook.yml",
  "lefthook.yaml",
  "tox.ini",
  "noxfile.py",
];

async function automationFiles(project: ToolProject): Promise<{ path: string; lines: string[] }[]> {
  const workflows = [...project.paths].filter((path) =>
    /^\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/.test(path),
  );
  const others = trackedFiles(project, automationNames).filter((path) => !path.includes("/"));
  const files = [];
  for (const path of [...workflows.sort(), ...others]) {
    const text = (await project.read(path)) ?? "";
    // Comments do not count.
    files.push({ path, lines: text.split("\n").map((line) => line.replace(/(?:^|\s)#.*$/, "")) });
  }
  return files;
}

/** The first automation file with a line that the pattern knows, for tools that look at a project as a whole. */
export async function automationUse(project: ToolProject, pattern: RegExp): Promise<string | undefined> {
  const files = await automationFiles(project);
  return files.find(({ lines }) => lines.some((line) => pattern.test(line)))?.path;
}

/**
 * The first call of a tool in automation that says what it looks at: named files and patterns, or everything (through
 * `xargs`, or by an action that the pattern knows). What shell variables stand for cannot be known, so those are none.
 */
export async function automationCall(
  project: ToolProject,
  tool: string,
  optionsWithValue: readonly string[],
  action: RegExp,
): Promise<(ScriptUse & { readonly path: string }) | undefined> {
  for (const { path, lines } of await automationFiles(project)) {
    for (const line of lines) {
      if (action.test(line)) return { path, targets: [], options: new Map() };
      // A step's title is prose.
      if (/^\s*-?\s*(?:name|description|title|key|id|if)\s*:/.test(line)) continue;
      for (const words of commandsOf(line.replace(/^\s*-?\s*(?:run|script|entry|cmd)\s*:\s*/, ""))) {
        const start = words.indexOf(tool);
        if (start === -1 || isInstallation(words.slice(0, start)) || words.some((word) => /[$`]/.test(word))) continue;
        const use = readWords(words.slice(start + 1), optionsWithValue);
        const isForAll = words.slice(0, start).some((word) => word === "xargs" || word === "-exec");
        if (isForAll) return { path, targets: [], options: use.options };
        if (use.targets.length > 0) return { path, ...use };
      }
    }
  }
  return undefined;
}

const hookFile = ".pre-commit-config.yaml";

/**
 * `.pre-commit-config.yaml` when it has one of these hooks running over everything the tool understands. A hook with
 * arguments or path filters of its own says more than we can repeat, so it is no evidence.
 */
export async function preCommitHook(project: ToolProject, ids: readonly string[]): Promise<string | undefined> {
  if (!project.paths.has(hookFile)) return undefined;
  const text = await project.read(hookFile);
  if (text === undefined || !ids.some((id) => text.includes(id))) return undefined;
  const { parse } = await import("yaml");
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    // A broken hook list is the YAML analyzer's business; here it is no evidence.
    return undefined;
  }
  if (!isRecord(document) || "exclude" in document || "files" in document) return undefined;
  for (const repository of listOf(document["repos"])) {
    for (const hook of listOf(isRecord(repository) ? repository["hooks"] : undefined)) {
      if (!isRecord(hook) || typeof hook["id"] !== "string" || !ids.includes(hook["id"])) continue;
      if (!["args", "files", "exclude", "entry", "types", "types_or", "exclude_types"].some((key) => key in hook)) {
        return hookFile;
      }
    }
  }
  return undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

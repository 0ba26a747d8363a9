/** The repository's ruff configuration, read as data: which settings, exclusions and ignores hold for which file. */
import type { ConfigFile } from "../../model/analyzer.ts";

/** In ruff's order of precedence within a folder. */
export const configNames = [".ruff.toml", "ruff.toml", "pyproject.toml"];

type Table = Record<string, unknown>;
type Matches = (path: string) => boolean;

export interface FileSettings {
  /** What the engine is given; equal objects share one engine. */
  readonly settings: Table;
  /** The configuration file. */
  readonly source: string;
  /** Rule selectors that this file is excused from. */
  readonly ignored: readonly string[];
  readonly extendSafe: readonly string[];
  readonly extendUnsafe: readonly string[];
}

export interface RepositoryConfig {
  /** `undefined`: no ruff configuration governs this file. `excluded`: its configuration leaves it out. */
  settingsFor(path: string): FileSettings | "excluded" | undefined;
}

interface Resolved {
  readonly source: string;
  readonly settings: Table;
  readonly excludes: Matches;
  readonly includes: Matches | undefined;
  readonly perFile: readonly { readonly matches: Matches; readonly selectors: readonly string[] }[];
  readonly extendSafe: readonly string[];
  readonly extendUnsafe: readonly string[];
}

export class RuffConfigError extends Error {}

/** Ruff's own list; naming `exclude` replaces it. */
const defaultExclude = [
  ".bzr .direnv .eggs .git .git-rewrite .hg .ipynb_checkpoints .mypy_cache .nox .pants.d .pyenv .pytest_cache",
  ".pytype .ruff_cache .svn .tox .venv .vscode __pypackages__ _build buck-out dist node_modules site-packages venv",
]
  .join(" ")
  .split(" ");

const classicSelection = ["E4", "E7", "E9", "F"];

/** Settings of the top level that used to live there before `lint` had its own table. */
const lintKeys = new Set(
  [
    "select ignore extend-select extend-ignore per-file-ignores extend-per-file-ignores fixable unfixable extend-fixable",
    "extend-unfixable extend-safe-fixes extend-unsafe-fixes dummy-variable-rgx external task-tags typing-modules",
    "allowed-confusables explicit-preview-rules ignore-init-module-imports logger-objects",
    "flake8-annotations flake8-bandit flake8-boolean-trap flake8-bugbear flake8-builtins flake8-comprehensions",
    "flake8-copyright flake8-errmsg flake8-gettext flake8-implicit-str-concat flake8-import-conventions",
    "flake8-pytest-style flake8-quotes flake8-self flake8-tidy-imports flake8-type-checking flake8-unused-arguments",
    "isort mccabe pep8-naming pycodestyle pydocstyle pyflakes pylint pyupgrade pydoclint ruff",
  ]
    .join(" ")
    .split(" "),
);

/**
 * Settings about finding files, formatting and the command line: nothing for the engine. Nor is `preview`: what it turns
 * on differs from version to version, and the engine then calls rules by their names instead of their codes.
 */
const notForEngine = new Set(
  [
    "extend exclude extend-exclude include extend-include force-exclude respect-gitignore cache-dir fix fix-only",
    "unsafe-fixes show-fixes output-format required-version format namespace-packages src builtins-path analyze extension",
    "per-file-target-version preview",
  ]
    .join(" ")
    .split(" "),
);

export async function readRepositoryConfig(files: readonly ConfigFile[]): Promise<RepositoryConfig> {
  const [{ parse }, { default: picomatch }] = await Promise.all([import("smol-toml"), import("picomatch")]);
  const tables = new Map<string, Table>();
  for (const file of files) {
    // A pyproject.toml of a project without ruff need not be parsed, nor even be valid.
    if (!file.path.endsWith("ruff.toml") && !/\bruff\b|requires-python/.test(file.text)) continue;
    try {
      tables.set(file.path, parse(file.text));
    } catch (error) {
      if (!/\bruff\b/.test(file.text) && !file.path.endsWith("ruff.toml")) continue;
      throw new RuffConfigError(`${file.path} cannot be read: ${String(error).split("\n")[0]}`);
    }
  }

  const globs: Globs = (patterns, directory) => {
    const matchers = patterns.map((pattern) => {
      const inside = pattern.replace(/^\.\//, "").replace(/\/$/, "");
      // Like ruff: a pattern is tried on the name alone and on the whole path below the configuration's folder.
      // To ruff `*` matches slashes as well: `*/tests/*.py` reaches every folder below any `tests`.
      const matches = picomatch(inside, { dot: true, bash: true });
      return (path: string): boolean => {
        const relative = relativeTo(directory, path);
        if (relative === undefined) return false;
        return matches(relative) || matches(relative.slice(relative.lastIndexOf("/") + 1));
      };
    });
    return (path) => matchers.some((matches) => matches(path));
  };

  const cache = new Map<string, Resolved | undefined>();

  function nearest(directory: string): Resolved | undefined {
    if (cache.has(directory)) return cache.get(directory);
    let found: Resolved | undefined;
    for (const name of configNames) {
      const path = directory === "" ? name : `${directory}/${name}`;
      const table = ruffTable(tables, path);
      if (table === undefined) continue;
      found = resolve(tables, path, table, globs);
      break;
    }
    if (found === undefined && directory !== "") found = nearest(parentOf(directory));
    cache.set(directory, found);
    return found;
  }

  return {
    settingsFor(path) {
      const config = nearest(parentOf(path));
      if (config === undefined) return undefined;
      for (let part = path; part !== ""; part = parentOf(part)) if (config.excludes(part)) return "excluded";
      if (config.includes !== undefined && !config.includes(path)) return "excluded";
      return {
        settings: config.settings,
        source: config.source,
        ignored: config.perFile.filter(({ matches }) => matches(path)).flatMap(({ selectors }) => selectors),
        extendSafe: config.extendSafe,
        extendUnsafe: config.extendUnsafe,
      };
    },
  };
}

type Globs = (patterns: readonly string[], directory: string) => Matches;

function ruffTable(tables: ReadonlyMap<string, Table>, path: string): Table | undefined {
  const table = tables.get(path);
  if (table === undefined || !path.endsWith("pyproject.toml")) return table;
  const tool = table["tool"];
  const ruff = isTable(tool) ? tool["ruff"] : undefined;
  return isTable(ruff) ? ruff : undefined;
}

function resolve(tables: ReadonlyMap<string, Table>, path: string, table: Table, globs: Globs): Resolved {
  const directory = parentOf(path);
  const chain = extendChain(tables, path, table);
  let settings: Table = {};
  const perFile: { matches: Matches; selectors: string[] }[] = [];
  let exclude: Matches = globs(defaultExclude, directory);
  const extraExcludes: Matches[] = [];
  let includes: Matches | undefined;
  for (const link of chain) {
    const own = parentOf(link.path);
    const { top, lint } = split(link.table);
    if (lint["per-file-ignores"] !== undefined) perFile.length = 0;
    for (const key of ["per-file-ignores", "extend-per-file-ignores"]) {
      const entries = lint[key];
      if (!isTable(entries)) continue;
      for (const [pattern, selectors] of Object.entries(entries)) {
        const negated = pattern.startsWith("!");
        const matches = globs([negated ? pattern.slice(1) : pattern], own);
        perFile.push({ matches: negated ? (file) => !matches(file) : matches, selectors: strings(selectors) });
      }
    }
    if (top["exclude"] !== undefined) exclude = globs(strings(top["exclude"]), own);
    extraExcludes.push(globs([...strings(top["extend-exclude"]), ...strings(lint["exclude"])], own));
    if (top["include"] !== undefined) includes = globs(strings(top["include"]), own);
    settings = mergeSettings(settings, top, lint);
  }
  const lint = isTable(settings["lint"]) ? settings["lint"] : {};
  // This version's own default selection is larger than that of the versions most configurations were written for.
  if (lint["select"] === undefined) settings = { ...settings, lint: { ...lint, select: classicSelection } };
  if (settings["target-version"] === undefined) {
    const target = requiredPython(tables, directory);
    if (target !== undefined) settings = { ...settings, "target-version": target };
  }
  return {
    source: path,
    settings,
    excludes: (file) => exclude(file) || extraExcludes.some((matches) => matches(file)),
    includes,
    perFile,
    extendSafe: strings(lint["extend-safe-fixes"]),
    extendUnsafe: strings(lint["extend-unsafe-fixes"]),
  };
}

/** The configuration and what it extends, the farthest first. Only files inside the repository are followed. */
function extendChain(tables: ReadonlyMap<string, Table>, path: string, table: Table): { path: string; table: Table }[] {
  const chain = [{ path, table }];
  const seen = new Set([path]);
  for (let current = { path, table }; ;) {
    const target = current.table["extend"];
    if (typeof target !== "string") break;
    const next = joinPath(parentOf(current.path), target);
    if (next === undefined || seen.has(next)) break;
    const extended = ruffTable(tables, next);
    if (extended === undefined) break;
    seen.add(next);
    current = { path: next, table: extended };
    chain.unshift(current);
  }
  return chain;
}

function split(table: Table): { top: Table; lint: Table } {
  const top: Table = {};
  const lint: Table = {};
  for (const [key, value] of Object.entries(table)) {
    if (lintKeys.has(key)) lint[key] = value;
    else if (key !== "lint") top[key] = value;
  }
  if (isTable(table["lint"])) Object.assign(lint, table["lint"]);
  return { top, lint };
}

function mergeSettings(base: Table, top: Table, lint: Table): Table {
  const merged: Table = { ...base };
  for (const [key, value] of Object.entries(top)) if (!notForEngine.has(key)) merged[key] = value;
  const before = isTable(base["lint"]) ? base["lint"] : {};
  // A new selection starts from nothing; additions to it add up.
  const after: Table = { ...before };
  if (lint["select"] !== undefined) for (const key of ["ignore", "extend-select", "extend-ignore"]) delete after[key];
  for (const [key, value] of Object.entries(lint)) {
    if (key === "preview" || key === "per-file-ignores" || key === "extend-per-file-ignores" || key === "exclude")
      continue;
    const held = after[key];
    after[key] = key.startsWith("extend-") && Array.isArray(held) && Array.isArray(value) ? [...held, ...value] : value;
  }
  merged["lint"] = after;
  return merged;
}

/** `requires-python` of the nearest project, as ruff takes it when no target version is set. */
function requiredPython(tables: ReadonlyMap<string, Table>, directory: string): string | undefined {
  for (let folder = directory; ; folder = parentOf(folder)) {
    const project = tables.get(folder === "" ? "pyproject.toml" : `${folder}/pyproject.toml`)?.["project"];
    const required = isTable(project) ? project["requires-python"] : undefined;
    if (typeof required === "string") {
      const minor = /(?:>=|~=|==)\s*3\.(\d+)/.exec(required)?.[1];
      if (minor === undefined) return undefined;
      return `py3${Math.min(15, Math.max(7, Number(minor)))}`;
    }
    if (folder === "") return undefined;
  }
}

/** Whether a selector such as `F`, `PLE01` or `ALL` names the rule. */
export function selects(selector: string, code: string): boolean {
  if (selector === "ALL") return true;
  if (!code.startsWith(selector)) return false;
  const letters = /^[A-Z]+/.exec(selector)?.[0] ?? "";
  const own = /^[A-Z]+/.exec(code)?.[0] ?? "";
  // `E` means pycodestyle, not `ERA`; `PL` is the one prefix that is a family of families.
  return letters === own || selector === "PL";
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

function relativeTo(directory: string, path: string): string | undefined {
  if (directory === "") return path;
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined;
}

/** Joins and resolves `..`; undefined when the result lies outside the repository. */
function joinPath(directory: string, target: string): string | undefined {
  if (target.startsWith("/") || target.startsWith("~")) return undefined;
  const parts = directory === "" ? [] : directory.split("/");
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

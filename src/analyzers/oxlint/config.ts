/** The repository's oxlint configuration, read as data: which settings hold for which file. Nothing of it is executed. */
import type { ConfigFile } from "../../model/analyzer.ts";
import { engineName, syntaxRule } from "./rules.ts";

export const configNames = [".oxlintrc.json", ".oxlintrc.jsonc"];
/** Configurations that are programs. They are never run. */
export const codeConfigNames = ["oxlint.config.ts", "oxlint.config.mts", "oxlint.config.js", "oxlint.config.mjs"];

/** Fields that oxlint understands and that cannot make it load code. */
const dataFields = ["plugins", "categories", "rules", "settings", "env", "globals"] as const;

/**
 * Plugins that are built in. Anything else is a JavaScript plugin, which would be the repository's code.
 */
const builtInPlugins = new Set([
  "eslint",
  "react",
  "unicorn",
  "typescript",
  "oxc",
  "import",
  "jsdoc",
  "jest",
  "vitest",
  "jsx-a11y",
  "nextjs",
  "react-perf",
  "promise",
  "node",
  "vue",
]);

/** Rules that read other modules: their answer for one file would change with another file, and nobody would notice. */
const crossFileRules = new Set(
  [
    "default",
    "export",
    "named",
    "namespace",
    "no-cycle",
    "no-named-as-default",
    "no-named-as-default-member",
    "no-unresolved",
  ].map((rule) => `import/${rule}`),
);

interface Override {
  readonly matches: (path: string) => boolean;
  readonly settings: Settings;
}

type Settings = Record<string, unknown>;

interface ResolvedConfig {
  readonly settings: Settings;
  readonly overrides: readonly Override[];
  readonly ignores: (path: string) => boolean;
}

export interface RepositoryConfig {
  /**
   * `undefined`: the repository does not configure oxlint for this file. `ignored`: its configuration leaves it out.
   * Else the complete configuration for exactly this file, without overrides.
   */
  settingsFor(path: string): Settings | "ignored" | undefined;
}

export class OxlintConfigError extends Error {}

export async function readRepositoryConfig(files: readonly ConfigFile[]): Promise<RepositoryConfig> {
  const [{ parse, printParseErrorCode }, { default: picomatch }, { default: ignore }] = await Promise.all([
    import("jsonc-parser"),
    import("picomatch"),
    import("ignore"),
  ]);
  const texts = new Map(files.map((file) => [file.path, file.text]));
  const resolved = new Map<string, ResolvedConfig | undefined>();
  const ignoreFile = texts.get(".eslintignore");
  const eslintIgnore = ignoreFile === undefined ? undefined : ignore().add(ignoreFile);

  function load(path: string, seen: readonly string[]): ResolvedConfig {
    const text = texts.get(path);
    if (text === undefined || seen.includes(path)) return { settings: {}, overrides: [], ignores: () => false };
    const errors: { error: number; offset: number }[] = [];
    const data: unknown = parse(text, errors as never, { allowTrailingComma: true });
    const first = errors[0];
    if (first !== undefined || !isRecord(data)) {
      const reason = first === undefined ? "it is not an object" : printParseErrorCode(first.error);
      throw new OxlintConfigError(`${path} cannot be read: ${reason}`);
    }
    const directory = parentOf(path);
    let base: ResolvedConfig = { settings: {}, overrides: [], ignores: () => false };
    for (const target of strings(data["extends"])) {
      // Only files inside the repository; a package's configuration would need its installation.
      if (!target.startsWith(".")) continue;
      const extended = joinPath(directory, target);
      if (extended === undefined) continue;
      const next = load(extended, [...seen, path]);
      base = {
        settings: merge(base.settings, next.settings),
        overrides: [...base.overrides, ...next.overrides],
        ignores: base.ignores,
      };
    }
    const overrides = (Array.isArray(data["overrides"]) ? data["overrides"] : [])
      .filter(isRecord)
      .map((entry): Override => {
        const included = matcher(strings(entry["files"]), directory, picomatch);
        const excluded = matcher(strings(entry["excludeFiles"]), directory, picomatch);
        return { matches: (file) => included(file) && !excluded(file), settings: pick(entry) };
      });
    const patterns = strings(data["ignorePatterns"]);
    const ignored = patterns.length === 0 ? undefined : ignore().add([...patterns]);
    return {
      settings: merge(base.settings, pick(data)),
      overrides: [...base.overrides, ...overrides],
      ignores: (file) => {
        const inside = relativeTo(directory, file);
        return ignored !== undefined && inside !== undefined && ignored.ignores(inside);
      },
    };
  }

  function nearest(directory: string): ResolvedConfig | undefined {
    if (resolved.has(directory)) return resolved.get(directory);
    const own = configNames.map((name) => (directory === "" ? name : `${directory}/${name}`)).find((p) => texts.has(p));
    const found = own !== undefined ? load(own, []) : directory === "" ? undefined : nearest(parentOf(directory));
    resolved.set(directory, found);
    return found;
  }

  return {
    settingsFor(path) {
      if (eslintIgnore?.ignores(path)) return "ignored";
      const config = nearest(parentOf(path));
      if (config === undefined) return undefined;
      if (config.ignores(path)) return "ignored";
      // An override adds to the plugins that are on without being named.
      let settings: Settings = { plugins: ["unicorn", "typescript", "oxc"], ...config.settings };
      for (const override of config.overrides) {
        if (override.matches(path)) settings = merge(settings, override.settings);
      }
      return settings;
    },
  };
}

/** The settings with rules turned on that codeflow.yml names; what the settings say of their options stays. */
export function withRules(settings: Settings, named: readonly string[]): Settings {
  const known = named.filter((rule) => rule !== syntaxRule && !crossFileRules.has(rule.slice("oxlint/".length)));
  if (known.length === 0) return settings;
  const rules: Settings = isRecord(settings["rules"]) ? { ...settings["rules"] } : {};
  const plugins = new Set(strings(settings["plugins"]));
  for (const rule of known) {
    const full = engineName(rule);
    const plugin = full.slice(0, full.lastIndexOf("/"));
    // A configuration may leave out the plugin of the rules that ESLint itself has.
    const short = rule.slice("oxlint/".length);
    const before = rules[full] ?? rules[short];
    delete rules[short];
    const [level, ...options] = Array.isArray(before) ? (before as unknown[]) : [before];
    const isOn = level !== undefined && level !== "off" && level !== "allow" && level !== 0;
    rules[full] = isOn ? before : options.length > 0 ? ["warn", ...options] : "warn";
    if (builtInPlugins.has(plugin)) plugins.add(plugin);
  }
  return { ...settings, plugins: [...plugins], rules };
}

function matcher(
  patterns: readonly string[],
  directory: string,
  picomatch: (globs: string[], options: { dot: boolean }) => (path: string) => boolean,
): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  // As in ESLint's overrides, a pattern without a slash matches in every folder.
  const globs = patterns.map((pattern) => {
    const glob = pattern.replace(/^\.\//, "");
    return glob.includes("/") ? glob : `**/${glob}`;
  });
  const matches = picomatch(globs, { dot: true });
  return (path) => {
    const inside = relativeTo(directory, path);
    return inside !== undefined && matches(inside);
  };
}

function pick(data: Record<string, unknown>): Settings {
  const settings: Settings = {};
  for (const field of dataFields) {
    const value = data[field];
    if (value === undefined) continue;
    if (field === "plugins") {
      settings[field] = strings(value)
        .map((name) => (name === "jsx_a11y" ? "jsx-a11y" : name === "react_perf" ? "react-perf" : name))
        .filter((name) => builtInPlugins.has(name));
    } else if (isRecord(value)) {
      settings[field] =
        field === "rules"
          ? Object.fromEntries(Object.entries(value).filter(([rule]) => !crossFileRules.has(rule)))
          : value;
    }
  }
  return settings;
}

function merge(base: Settings, over: Settings): Settings {
  const merged: Settings = { ...base };
  for (const [field, value] of Object.entries(over)) {
    const before = merged[field];
    if (Array.isArray(before) && Array.isArray(value)) merged[field] = [...new Set([...before, ...value])];
    else if (isRecord(before) && isRecord(value)) merged[field] = { ...before, ...value };
    else merged[field] = value;
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strings(value: unknown): readonly string[] {
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
  const parts = directory === "" ? [] : directory.split("/");
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

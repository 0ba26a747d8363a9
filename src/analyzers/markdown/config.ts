/** The repository's markdownlint configuration, read as data. Configurations that are programs are not executed. */
import type { ConfigFile } from "../../model/analyzer.ts";

export const dataNames = [
  ".markdownlint-cli2.jsonc",
  ".markdownlint-cli2.yaml",
  ".markdownlint.jsonc",
  ".markdownlint.json",
  ".markdownlint.yaml",
  ".markdownlint.yml",
  ".markdownlintrc",
];
export const codeNames = [".markdownlint-cli2.cjs", ".markdownlint-cli2.mjs", ".markdownlint.cjs", ".markdownlint.mjs"];

type Configuration = Record<string, unknown>;

interface Level {
  readonly configuration: Configuration | undefined;
  readonly ignores: (path: string) => boolean;
  readonly isCode: boolean;
}

export interface RepositoryConfig {
  /** `undefined`: not configured. `ignored`: left out. `code`: decided by a program that is not executed. */
  configurationFor(path: string): Configuration | "ignored" | "code" | undefined;
}

export async function readRepositoryConfig(files: readonly ConfigFile[]): Promise<RepositoryConfig> {
  const [{ parse }, { default: picomatch }, { default: ignore }, { parseYaml }] = await Promise.all([
    import("jsonc-parser"),
    import("picomatch"),
    import("ignore"),
    import("./yaml.ts"),
  ]);
  const texts = new Map(files.map((file) => [file.path, file.text]));
  const cache = new Map<string, Level | undefined>();
  const ignoreFile = texts.get(".markdownlintignore");
  const ignored = ignoreFile === undefined ? undefined : ignore().add(ignoreFile);

  function read(path: string): Configuration {
    const text = texts.get(path) ?? "";
    const data: unknown = /\.ya?ml$/.test(path)
      ? parseYaml(text)
      : // Also `.markdownlintrc`, which is JSON unless it is INI or YAML.
        /^\s*(?:\{|\/[/*])/.test(text)
        ? parse(text, undefined, { allowTrailingComma: true })
        : parseYaml(text);
    if (!isRecord(data)) throw new Error(`${path} cannot be read as a markdownlint configuration`);
    return data;
  }

  function extended(path: string, data: Configuration, seen: readonly string[]): Configuration {
    const target = data["extends"];
    const own = Object.fromEntries(Object.entries(data).filter(([key]) => key !== "extends" && key !== "$schema"));
    if (typeof target !== "string") return own;
    const next = joinPath(parentOf(path), target);
    // A package's configuration would need its installation; only files that were handed over are followed.
    if (next === undefined || seen.includes(next) || !texts.has(next)) return own;
    return { ...extended(next, read(next), [...seen, next]), ...own };
  }

  function level(directory: string): Level | undefined {
    if (cache.has(directory)) return cache.get(directory);
    const prefix = directory === "" ? "" : `${directory}/`;
    const data = dataNames.map((name) => prefix + name).filter((path) => texts.has(path));
    const above = directory === "" ? undefined : level(parentOf(directory));
    let found = above;
    if (data.length > 0) {
      let configuration: Configuration | undefined = above?.configuration;
      let ignores = above?.ignores ?? (() => false);
      // `.markdownlint-cli2` first, then what lies beside it, which wins.
      for (const path of data) {
        const content = read(path);
        if (!path.includes("markdownlint-cli2")) {
          configuration = extended(path, content, [path]);
          continue;
        }
        if (isRecord(content["config"])) configuration = extended(path, content["config"], [path]);
        else configuration ??= {};
        const patterns = strings(content["ignores"]);
        if (patterns.length > 0) {
          const matches = picomatch([...patterns], { dot: true });
          const before = ignores;
          ignores = (file) => before(file) || (file.startsWith(prefix) && matches(file.slice(prefix.length)));
        }
      }
      found = { configuration, ignores, isCode: false };
    } else if (codeNames.some((name) => texts.has(prefix + name))) {
      found = { configuration: undefined, ignores: () => false, isCode: true };
    }
    cache.set(directory, found);
    return found;
  }

  return {
    configurationFor(path) {
      if (ignored?.ignores(path)) return "ignored";
      const found = level(parentOf(path));
      if (found === undefined) return undefined;
      if (found.isCode) return "code";
      return found.ignores(path) ? "ignored" : (found.configuration ?? undefined);
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
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

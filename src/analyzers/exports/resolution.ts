/** Finds the file that an import names, by the repository's own configuration read as data. Where it is unsure it names all that may be meant. */
import { posix } from "node:path";
import { parse as parseJsonc } from "jsonc-parser";

const scriptExtensions = [
  ".ts",
  ".tsx",
  ".mts",
  ".cts",
  ".js",
  ".jsx",
  ".mjs",
  ".cjs",
  ".d.ts",
  ".vue",
  ".svelte",
  ".astro",
  ".json",
];
/** TypeScript is imported by the name that it will have. */
const sourcesOf: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".d.ts", ".jsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts", ".d.mts"],
  ".cjs": [".cts", ".d.cts"],
};
/** Where builds put what stood in `src`. */
const buildFolder =
  /^(?:dist|lib|build|out|output|es|esm|cjs|types|typings|umd|module|_esm|_cjs)(?:\/(?:esm|cjs|es|types|src))?\//;

export interface Workspace {
  readonly paths: ReadonlySet<string>;
  /** Directory (`""` for the root) of each package.json, with its content. */
  readonly packages: ReadonlyMap<string, PackageJson>;
}

export interface PackageJson {
  readonly name?: string;
  readonly [key: string]: unknown;
}

interface PathMapping {
  readonly directory: string;
  readonly pattern: string;
  readonly targets: readonly string[];
}

export interface Resolver {
  /** Files that the import may mean; empty for a package from outside. */
  resolve(from: string, specifier: string): readonly string[];
  /** For a relative import: the one file, or undefined. */
  resolveRelative(from: string, specifier: string): string | undefined;
  /** Files that a package offers to others. */
  entries(directory: string): readonly string[];
}

export function parseConfig(text: string): Record<string, unknown> | undefined {
  const value: unknown = parseJsonc(text, [], { allowTrailingComma: true });
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function createResolver(workspace: Workspace, tsconfigs: ReadonlyMap<string, string>): Resolver {
  const { paths, packages } = workspace;
  const mappings = readMappings(tsconfigs);
  const bases = readBases(tsconfigs);
  const byName = new Map<string, string>();
  for (const [directory, { name }] of packages) if (typeof name === "string") byName.set(name, directory);
  let endings: Map<string, string[]> | undefined;

  const resolver: Resolver = { resolve, resolveRelative, entries };
  return resolver;

  function resolveRelative(from: string, specifier: string): string | undefined {
    return file(join(posix.dirname(from), withoutQuery(specifier)));
  }

  function resolve(from: string, specifier: string): readonly string[] {
    const plain = withoutQuery(specifier);
    if (/^\.{1,2}(?:\/|$)/.test(plain)) {
      const found = resolveRelative(from, plain);
      return found === undefined ? [] : [found];
    }
    if (plain.startsWith("/")) {
      const found = file(plain.slice(1)) ?? file(join(nearest(from), plain.slice(1)));
      return found === undefined ? [] : [found];
    }
    const found = new Set<string>();
    for (const { directory, pattern, targets } of mappings) {
      if (!isInside(from, directory)) continue;
      const rest = matchPattern(pattern, plain);
      if (rest === undefined) continue;
      for (const target of targets) {
        const path = file(target.replace("*", rest));
        if (path !== undefined) found.add(path);
      }
    }
    for (const [directory, base] of bases) {
      if (!isInside(from, directory)) continue;
      const path = file(join(base, plain));
      if (path !== undefined) found.add(path);
    }
    for (const path of resolvePackage(from, plain)) found.add(path);
    if (found.size === 0 && /^(?:[@~#$][^/]*\/|~|src\/|app\/)/.test(plain))
      for (const path of byEnding(plain)) found.add(path);
    return [...found];
  }

  /** A package of the same repository, by its name; or `#imports` of the file's own package. */
  function resolvePackage(from: string, specifier: string): string[] {
    if (specifier.startsWith("#")) {
      const own = nearest(from);
      const imports = packages.get(own)?.["imports"];
      return typeof imports === "object" && imports !== null
        ? textsIn(imports).flatMap((target) =>
            sourcesFor(own, target.replace("*", specifier.split("/").slice(1).join("/"))),
          )
        : [];
    }
    const parts = specifier.split("/");
    const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
    const directory = byName.get(name);
    if (directory === undefined) return [];
    const rest = parts.slice(specifier.startsWith("@") ? 2 : 1).join("/");
    if (rest === "") return [...entries(directory)];
    const direct = [
      file(join(directory, rest)),
      file(join(directory, `src/${rest}`)),
      file(join(directory, `lib/${rest}`)),
    ].filter((path) => path !== undefined);
    if (direct.length > 0) return direct;
    const exported = packages.get(directory)?.["exports"];
    const target = typeof exported === "object" && exported !== null ? textsIn(subpath(exported, `./${rest}`)) : [];
    const mapped = target.flatMap((path) => sourcesFor(directory, path));
    // Not found: it may be any file of the package.
    return mapped.length > 0 ? mapped : [...paths].filter((path) => isInside(path, directory));
  }

  function entries(directory: string): readonly string[] {
    const json = packages.get(directory);
    const targets = [
      "main",
      "module",
      "types",
      "typings",
      "browser",
      "exports",
      "bin",
      "source",
      "svelte",
      "react-native",
      "unpkg",
      "jsdelivr",
      "imports",
      "publishConfig",
    ].flatMap((key) => textsIn(json?.[key]));
    const found = new Set(targets.flatMap((target) => sourcesFor(directory, target)));
    for (const name of ["index", "src/index", "src/main", "lib/index", "main", "mod", "src/mod"]) {
      const path = file(join(directory, name));
      if (path !== undefined) found.add(path);
    }
    return [...found];
  }

  /** The source of a file that package.json names, which may not be built yet; `*` stands for anything. */
  function sourcesFor(directory: string, target: string): string[] {
    const relative = target.replace(/^\.\//, "");
    const stem = relative.replace(/(?:\.d)?\.[cm]?[jt]sx?$/, "");
    const candidates = [
      relative,
      stem,
      relative.replace(buildFolder, "src/"),
      stem.replace(buildFolder, "src/"),
      stem.replace(buildFolder, ""),
      // `dist/types/api.d.ts` of `lib/types/api.ts`: the folders below are the sources' own.
      ...["src/", "lib/", ""].map((folder) => stem.replace(/^(?:dist|build|out|output)\//, folder)),
    ];
    const found: string[] = [];
    for (const candidate of new Set(candidates)) {
      if (candidate.includes("*")) {
        const [before = "", after = ""] = candidate.split("*");
        const start = join(directory, before);
        for (const path of paths)
          if (path.startsWith(start) && (after === "" || path.includes(after))) found.push(path);
      } else {
        const path = file(join(directory, candidate));
        if (path !== undefined) found.push(path);
      }
    }
    return found;
  }

  function file(path: string): string | undefined {
    if (path.startsWith("../")) return undefined;
    if (paths.has(path)) return path;
    for (const extension of scriptExtensions) if (paths.has(path + extension)) return path + extension;
    const extension = posix.extname(path);
    for (const source of sourcesOf[extension] ?? []) {
      const candidate = path.slice(0, -extension.length) + source;
      if (paths.has(candidate)) return candidate;
    }
    const index = path === "" ? "index" : `${path}/index`;
    for (const suffix of scriptExtensions) if (paths.has(index + suffix)) return index + suffix;
    const own = packages.get(path)?.["main"];
    if (typeof own === "string" && path !== "") return sourcesFor(path, own)[0];
    return undefined;
  }

  /** An alias that no configuration explains (`@/components/menu`): every file that ends like it. */
  function byEnding(specifier: string): readonly string[] {
    if (endings === undefined) {
      endings = new Map();
      for (const path of paths) {
        const stem = path.replace(/(?:\/index)?\.[^./]+$/, "");
        const last = stem.slice(stem.lastIndexOf("/") + 1);
        const list = endings.get(last);
        if (list === undefined) endings.set(last, [path]);
        else list.push(path);
      }
    }
    const stem = specifier
      .replace(/^[@~#$][^/]*\//, "")
      .replace(/^~/, "")
      .replace(/\.[cm]?[jt]sx?$/, "")
      .replace(/\/index$/, "");
    const last = stem.slice(stem.lastIndexOf("/") + 1);
    return (endings.get(last) ?? []).filter((path) => {
      const bare = path.replace(/(?:\/index)?\.[^./]+$/, "");
      return bare === stem || bare.endsWith(`/${stem}`);
    });
  }

  function nearest(from: string): string {
    let directory = posix.dirname(from);
    while (directory !== "." && !packages.has(directory)) directory = posix.dirname(directory);
    return directory === "." ? "" : directory;
  }
}

function readMappings(tsconfigs: ReadonlyMap<string, string>): PathMapping[] {
  const mappings: PathMapping[] = [];
  for (const [path, text] of tsconfigs) {
    const directory = join(posix.dirname(path), "");
    const options = parseConfig(text)?.["compilerOptions"] as Record<string, unknown> | undefined;
    const base = typeof options?.["baseUrl"] === "string" ? join(directory, options["baseUrl"]) : directory;
    const table = options?.["paths"];
    if (typeof table !== "object" || table === null) continue;
    for (const [pattern, targets] of Object.entries(table)) {
      if (!Array.isArray(targets)) continue;
      mappings.push({
        // A configuration that others extend speaks for all of them.
        directory: path.endsWith("tsconfig.json") ? directory : "",
        pattern,
        targets: targets.filter((target) => typeof target === "string").map((target) => join(base, target)),
      });
    }
  }
  return mappings;
}

function readBases(tsconfigs: ReadonlyMap<string, string>): [directory: string, base: string][] {
  const bases: [string, string][] = [];
  for (const [path, text] of tsconfigs) {
    const options = parseConfig(text)?.["compilerOptions"] as Record<string, unknown> | undefined;
    const directory = join(posix.dirname(path), "");
    if (typeof options?.["baseUrl"] === "string") bases.push([directory, join(directory, options["baseUrl"])]);
  }
  return bases;
}

function matchPattern(pattern: string, specifier: string): string | undefined {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === specifier ? "" : undefined;
  const before = pattern.slice(0, star);
  const after = pattern.slice(star + 1);
  return specifier.startsWith(before) && specifier.endsWith(after)
    ? specifier.slice(before.length, specifier.length - after.length)
    : undefined;
}

/** The entry of an `exports` table for a subpath, patterns included. */
function subpath(table: object, wanted: string): unknown {
  for (const [key, value] of Object.entries(table)) if (matchPattern(key, wanted) !== undefined) return value;
  return undefined;
}

/** Every text in a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Joins without a leading `./`; `""` is the root. */
export function join(directory: string, path: string): string {
  const joined = posix.normalize(posix.join(directory === "" ? "." : directory, path));
  return joined === "." ? "" : joined.replace(/\/$/, "");
}

export function isInside(path: string, directory: string): boolean {
  return directory === "" || path.startsWith(`${directory}/`);
}

function withoutQuery(specifier: string): string {
  return specifier.replace(/[?#].*$/, (rest) => (specifier.startsWith("#") ? rest : ""));
}

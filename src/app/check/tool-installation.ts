/** What a tool's answers depend on besides the files: its version, and the packages that are installed beside it. */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { ToolPlace } from "./tools.ts";

/** Written to by package managers, below a place that has packages. */
const records = [
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.yarn-integrity",
  "node_modules/.yarn-state.yml",
  "vendor/composer/installed.json",
  ".venv/pyvenv.cfg",
];

/**
 * Names the state of an installation, for cache keys: a plugin's update changes the answers too. Packages may change
 * without a package manager (a link, a copy, `pip install` beside a lock file), so every declared one is looked at: a
 * handful of `stat` calls. An edit in the middle of an installed package, which leaves folder and manifest as they are,
 * is not seen: only reading everything would tell.
 */
export async function installation(root: string, place: ToolPlace, watch: (path: string) => void): Promise<string> {
  const { version, executable, directory, settings } = place;
  const own = join(root, directory ?? "");
  const paths = [
    executable,
    ...records.map((name) => join(own, name)),
    ...(await ownPackage(executable)),
    ...(await sitePackages(executable)),
    ...(await declaredPackages(root, directory ?? "")),
  ];
  const stamps = await Promise.all(
    [...new Set(paths)].map(async (path) => {
      watch(path);
      const found = await statOf(path);
      return found === undefined ? "" : `${found.mtimeMs}:${found.isDirectory() ? "" : found.size}`;
    }),
  );
  return [version, relative(root, executable), directory ?? "", JSON.stringify(settings ?? {}), ...stamps].join(" ");
}

/** The manifest of the package that an entry of `node_modules/.bin` leads into. */
async function ownPackage(executable: string): Promise<string[]> {
  if (basename(dirname(executable)) !== ".bin") return [];
  let folder: string;
  try {
    folder = dirname(await realpath(executable));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
  for (; folder.includes("node_modules"); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if ((await statOf(manifest)) !== undefined) return [folder, manifest];
  }
  return [];
}

/** Of the environment that a Python program is installed in: its time changes with every package. */
async function sitePackages(executable: string): Promise<string[]> {
  const environment = dirname(dirname(executable));
  if ((await statOf(join(environment, "pyvenv.cfg"))) === undefined) return [];
  const library = join(environment, "lib");
  const versions = (await statOf(library))?.isDirectory() === true ? await readdir(library) : [];
  return versions.filter((name) => name.startsWith("python")).map((name) => join(library, name, "site-packages"));
}

/** Folder and manifest of every package that the place, or the root, declares; where Node would find it. */
async function declaredPackages(root: string, directory: string): Promise<string[]> {
  const places = [...new Set([join(root, directory), root])];
  const names = new Set((await Promise.all(places.map(namesIn))).flat());
  const found = await Promise.all(
    [...names].map(async (name) => {
      for (const place of places) {
        const folder = join(place, "node_modules", name);
        if ((await statOf(folder)) !== undefined) return [folder, join(folder, "package.json")];
      }
      return [join(root, "node_modules", name)];
    }),
  );
  return found.flat().sort();
}

async function namesIn(place: string): Promise<string[]> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(join(place, "package.json"), "utf8"));
  } catch (error) {
    // None, or one that the syntax analyzer complains about.
    if (isAbsent(error) || error instanceof SyntaxError) return [];
    throw error;
  }
  if (typeof manifest !== "object" || manifest === null) return [];
  const { dependencies, devDependencies, optionalDependencies } = manifest as Record<string, unknown>;
  return [dependencies, devDependencies, optionalDependencies]
    .flatMap((list) => (typeof list === "object" && list !== null ? Object.keys(list) : []))
    .filter((name) => /^(?:@[\w.-]+\/)?[\w.-]+$/.test(name) && !name.includes(".."));
}

async function statOf(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Nothing that could be used: not there, a link in a circle, behind a locked folder. */
function isAbsent(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? "");
}

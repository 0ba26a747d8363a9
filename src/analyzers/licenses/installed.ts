/** Licences as installed packages declare them: node_modules, virtual environments, vendored crates. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Ecosystem } from "../dependencies/facts.ts";
import { normalizeName } from "../dependencies/python.ts";
import { isRecord, records } from "../dependencies/shapes.ts";

export interface InstalledLicense {
  readonly name: string;
  readonly version: string;
  /** Empty when none is declared. */
  readonly license: string;
}

/** More than the largest monorepos install; a tree that links to itself ends here. */
const mostPackages = 20_000;

export async function installedLicenses(
  root: string,
  manifest: string,
  ecosystem: Ecosystem,
): Promise<InstalledLicense[]> {
  const directory = join(root, dirname(manifest));
  const found: InstalledLicense[] = [];
  if (ecosystem === "npm") await readNodeModules(join(directory, "node_modules"), found);
  if (ecosystem === "python") {
    for (const environment of [".venv", "venv"]) await readEnvironment(join(directory, environment), found);
  }
  if (ecosystem === "cargo") await readCrates(join(directory, "vendor"), found);
  return found;
}

/** Names in a directory; none where there is no such directory. Links are not followed: they lead to members. */
async function directories(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function text(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR" || code === "EACCES" || code === "EISDIR";
}

async function readNodeModules(path: string, found: InstalledLicense[]): Promise<void> {
  for (const name of (await directories(path)).sort()) {
    if (found.length >= mostPackages) return;
    if (name === ".pnpm") {
      for (const stored of await directories(join(path, name))) {
        await readNodeModules(join(path, name, stored, "node_modules"), found);
      }
    } else if (name.startsWith("@")) {
      for (const scoped of await directories(join(path, name))) await readNodePackage(join(path, name, scoped), found);
    } else if (!name.startsWith(".")) await readNodePackage(join(path, name), found);
  }
}

async function readNodePackage(path: string, found: InstalledLicense[]): Promise<void> {
  const json = parseJson(await text(join(path, "package.json")));
  if (isRecord(json) && typeof json["name"] === "string" && typeof json["version"] === "string") {
    found.push({
      name: json["name"],
      version: json["version"],
      license: nodeLicense(json["license"] ?? json["licenses"]),
    });
  }
  await readNodeModules(join(path, "node_modules"), found);
}

function parseJson(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    // Somebody else's broken file: a package without a name.
    return undefined;
  }
}

/** A string, or in old packages `{ type }` or a list of them to choose from. */
function nodeLicense(value: unknown): string {
  if (typeof value === "string") return value;
  if (isRecord(value) && typeof value["type"] === "string") return value["type"];
  return records(value)
    .map(({ type }) => type)
    .filter((type) => typeof type === "string")
    .join(" OR ");
}

async function readEnvironment(path: string, found: InstalledLicense[]): Promise<void> {
  const libraries = [join(path, "Lib", "site-packages")];
  for (const version of await directories(join(path, "lib")))
    libraries.push(join(path, "lib", version, "site-packages"));
  for (const library of libraries) {
    for (const name of (await directories(library)).sort()) {
      if (!name.endsWith(".dist-info") || found.length >= mostPackages) continue;
      const metadata = (await text(join(library, name, "METADATA")))?.split(/\r?\n\r?\n/, 1)[0];
      if (metadata === undefined) continue;
      const field = (key: string): string => new RegExp(`^${key}: (.*)$`, "m").exec(metadata)?.[1]?.trim() ?? "";
      const classifiers = [...metadata.matchAll(/^Classifier: License :: (?:OSI Approved :: )?(.*)$/gm)];
      // The free-text field may hold the whole licence.
      const written = field("License").length > 100 ? "" : field("License");
      const license = field("License-Expression") || (written === "UNKNOWN" ? "" : written);
      found.push({
        name: normalizeName(field("Name")),
        version: field("Version"),
        license: license || fromClassifiers(classifiers.map((match) => match[1] ?? "")),
      });
    }
  }
}

/** https://pypi.org/classifiers/ */
const classified: Readonly<Record<string, string>> = {
  "MIT License": "MIT",
  "Apache Software License": "Apache-2.0",
  "BSD License": "BSD-3-Clause",
  "ISC License (ISCL)": "ISC",
  "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
  "Python Software Foundation License": "PSF-2.0",
  "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
  "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
  "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
  "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
  "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
  "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
  "GNU Affero General Public License v3": "AGPL-3.0-only",
  "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
  "The Unlicense (Unlicense)": "Unlicense",
};

function fromClassifiers(names: readonly string[]): string {
  return names.map((name) => classified[name] ?? name).join(" OR ");
}

async function readCrates(path: string, found: InstalledLicense[]): Promise<void> {
  for (const name of (await directories(path)).sort()) {
    if (found.length >= mostPackages) return;
    const toml = await text(join(path, name, "Cargo.toml"));
    if (toml === undefined) continue;
    const field = (key: string): string => new RegExp(`^${key} = "([^"]*)"`, "m").exec(toml)?.[1] ?? "";
    // A slash is an old way to say OR.
    found.push({ name: field("name"), version: field("version"), license: field("license").replaceAll("/", " OR ") });
  }
}

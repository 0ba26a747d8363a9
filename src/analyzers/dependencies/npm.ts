/** package.json and the lockfiles of npm, pnpm and yarn. */
import { parseTree } from "jsonc-parser";
import type { SourceFile } from "../../model/source-file.ts";
import type { Drift, LockedPackage, Lockfile, Manifest, Neighbourhood, Requirement } from "./facts.ts";
import { rangeOfProperty } from "./positions.ts";
import { isRecord, nested, strings, type JsonRecord } from "./shapes.ts";

const groups = ["dependencies", "devDependencies", "optionalDependencies"] as const;

export function readPackageJson(file: SourceFile): Manifest | undefined {
  const json: unknown = JSON.parse(file.text);
  const tree = parseTree(file.text);
  if (!isRecord(json) || tree === undefined) return undefined;
  const requirements: Requirement[] = [];
  for (const group of groups) {
    for (const [name, range] of Object.entries(strings(json[group]))) {
      // An optional dependency repeated among the others is optional: npm reads it so.
      const isOptional = group === "optionalDependencies" || name in strings(json["optionalDependencies"]);
      const at = rangeOfProperty(file, tree, [group, name]);
      requirements.push({ name, range, group, at, ...(isOptional ? { isOptional } : {}) });
    }
  }
  const { workspaces, name, version } = json;
  const members = Array.isArray(workspaces) ? workspaces : isRecord(workspaces) ? workspaces["packages"] : undefined;
  const overrides = [json["overrides"], json["resolutions"], nested(json, "pnpm", "overrides")];
  return {
    kind: "manifest",
    ecosystem: "npm",
    requirements,
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof version === "string" ? { version } : {}),
    ...(Array.isArray(members) ? { members: members.filter((glob) => typeof glob === "string") } : {}),
    overridden: overrides.flatMap((one) => (isRecord(one) ? Object.keys(one) : [])).map(overriddenName),
  };
}

/** `b@1`, `parent>b` and `b` all decide about `b`. */
function overriddenName(key: string): string {
  const last = key.split(">").at(-1) ?? key;
  const name = /(?:^|\/)(@[^/@]+\/[^/@]+|[^/@]+)(?:@[^/]*)?$/.exec(last)?.[1];
  return name ?? last;
}

export function readPackageLock(file: SourceFile): Lockfile | undefined {
  const json: unknown = JSON.parse(file.text);
  if (!isRecord(json)) return undefined;
  const packages: LockedPackage[] = [];
  const installed: Record<string, string> = {};
  const importers: Record<string, Record<string, string>> = {};
  if (isRecord(json["packages"])) {
    for (const [path, entry] of Object.entries(json["packages"])) {
      if (!isRecord(entry)) continue;
      const at = path.lastIndexOf("node_modules/");
      if (at === -1) {
        importers[path === "" ? "." : path] = Object.assign({}, ...groups.map((group) => strings(entry[group])));
        continue;
      }
      const version = typeof entry["version"] === "string" ? entry["version"] : "";
      installed[path] = entry["link"] === true ? "" : version;
      if (entry["link"] === true || version === "") continue;
      // An alias keeps the real name inside.
      const name = typeof entry["name"] === "string" ? entry["name"] : path.slice(at + "node_modules/".length);
      const license = typeof entry["license"] === "string" ? entry["license"] : undefined;
      packages.push({ name, version, ...(license === undefined ? {} : { license }) });
    }
  } else if (isRecord(json["dependencies"])) {
    readVersionOne(json["dependencies"], "", packages, installed);
    importers["."] = {};
  } else importers["."] = {};
  return { kind: "lockfile", ecosystem: "npm", manager: "npm", packages, installed, importers };
}

function readVersionOne(
  dependencies: JsonRecord,
  prefix: string,
  packages: LockedPackage[],
  installed: Record<string, string>,
): void {
  for (const [name, entry] of Object.entries(dependencies)) {
    if (!isRecord(entry) || typeof entry["version"] !== "string") continue;
    const path = `${prefix}node_modules/${name}`;
    installed[path] = entry["version"];
    packages.push({ name, version: entry["version"] });
    // Deeper than any real tree: hostile input must not exhaust the stack.
    if (isRecord(entry["dependencies"]) && prefix.length < 5_000) {
      readVersionOne(entry["dependencies"], `${path}/`, packages, installed);
    }
  }
}

export async function compareWithNpm(manifest: Manifest, lock: Lockfile, near: Neighbourhood): Promise<Drift[]> {
  const { default: semver } = await import("semver");
  const { satisfies, valid, validRange } = semver;
  const drifts: Drift[] = [];
  const overridden = new Set([...(manifest.overridden ?? []), ...(near.root?.overridden ?? [])]);
  for (const requirement of manifest.requirements) {
    const { name, isOptional } = requirement;
    if (overridden.has(name)) continue;
    const version = installedVersion(lock.installed ?? {}, near.importer, name);
    if (version === undefined) {
      if (isOptional !== true) drifts.push({ requirement, message: "is not in the lockfile" });
      continue;
    }
    // `npm:other@range` installs another package under this name.
    const range = /^npm:(?:@[^/]+\/)?[^@]+@(.+)$/.exec(requirement.range)?.[1] ?? requirement.range;
    if (validRange(range) === null || valid(version) === null) continue;
    if (!satisfies(version, range)) drifts.push({ requirement, message: `is locked at ${version}` });
  }
  return drifts;
}

/** As Node looks it up: beside the member first, then in each directory above it. */
function installedVersion(
  installed: Readonly<Record<string, string>>,
  importer: string,
  name: string,
): string | undefined {
  const parts = importer === "." ? [] : importer.split("/");
  for (let length = parts.length; length >= 0; length--) {
    const path = [...parts.slice(0, length), "node_modules", name].join("/");
    if (Object.hasOwn(installed, path)) return installed[path];
  }
  return undefined;
}

export async function readPnpmLock(file: SourceFile): Promise<Lockfile | undefined> {
  const { parseAllDocuments } = await import("yaml");
  // Newer versions put the manager's own dependencies into a document before the project's.
  const documents = parseAllDocuments(file.text, { logLevel: "silent", uniqueKeys: false, strict: false });
  const lock: unknown = documents.at(-1)?.toJS({ maxAliasCount: 100 });
  if (!isRecord(lock) || documents.some(({ errors }) => errors.length > 0)) return undefined;
  const importers: Record<string, Record<string, string>> = {};
  const sources = isRecord(lock["importers"]) ? Object.entries(lock["importers"]) : [[".", lock] as const];
  for (const [directory, importer] of sources) {
    if (!isRecord(importer)) continue;
    const specifiers: Record<string, string> = { ...strings(importer["specifiers"]) };
    for (const group of groups) {
      const entries = importer[group];
      if (!isRecord(entries)) continue;
      for (const [name, entry] of Object.entries(entries)) {
        if (isRecord(entry) && typeof entry["specifier"] === "string") specifiers[name] = entry["specifier"];
      }
    }
    importers[directory] = specifiers;
  }
  const packages: LockedPackage[] = [];
  for (const key of isRecord(lock["packages"]) ? Object.keys(lock["packages"]) : []) {
    // `/name/1.2.3_peers` (v5), `/name@1.2.3(peers)` (v6), `name@1.2.3` (v9).
    const match = /^\/?((?:@[^/@]+\/)?[^/@]+)[@/](\d[^(_]*)/.exec(key);
    if (match?.[1] !== undefined && match[2] !== undefined) packages.push({ name: match[1], version: match[2] });
  }
  return {
    kind: "lockfile",
    ecosystem: "npm",
    manager: "pnpm",
    packages,
    importers,
    overridden: isRecord(lock["overrides"]) ? Object.keys(lock["overrides"]).map(overriddenName) : [],
  };
}

/** pnpm refuses a frozen install when the text of any range differs. */
export function compareWithPnpm(manifest: Manifest, lock: Lockfile, near: Neighbourhood): Drift[] {
  const locked = lock.importers?.[near.importer];
  if (locked === undefined) return [];
  const overridden = new Set([
    ...(manifest.overridden ?? []),
    ...(near.root?.overridden ?? []),
    ...(lock.overridden ?? []),
  ]);
  return manifest.requirements.flatMap((requirement): Drift[] => {
    const { name, range, isOptional } = requirement;
    if (overridden.has(name)) return [];
    const specifier = Object.hasOwn(locked, name) ? locked[name] : undefined;
    if (specifier === undefined) return isOptional === true ? [] : [{ requirement, message: "is not in the lockfile" }];
    return specifier === range ? [] : [{ requirement, message: `is locked for ${specifier}` }];
  });
}

export function readYarnLock(file: SourceFile): Lockfile {
  const packages: LockedPackage[] = [];
  const keys: string[] = [];
  let isBerry = false;
  let current: string[] = [];
  for (const line of file.text.split(/\r?\n/)) {
    if (line === "" || line.startsWith("#") || line.length > 20_000) continue;
    if (!line.startsWith(" ")) {
      if (line.startsWith("__metadata")) isBerry = true;
      current = line
        .replace(/:$/, "")
        .split(",")
        .map((key) => key.trim().replace(/^"|"$/g, ""));
      keys.push(...current);
      continue;
    }
    const version = /^ {2}version:? "?([^"\s]+)"?$/.exec(line)?.[1];
    const name = /^(@?[^@]+)@/.exec(current[0] ?? "")?.[1];
    if (version !== undefined && name !== undefined && !/@(?:workspace|link|portal):/.test(current[0] ?? "")) {
      packages.push({ name, version });
    }
  }
  return { kind: "lockfile", ecosystem: "npm", manager: isBerry ? "yarn-berry" : "yarn", packages, keys };
}

export async function compareWithYarn(manifest: Manifest, lock: Lockfile, near: Neighbourhood): Promise<Drift[]> {
  const { default: semver } = await import("semver");
  const { validRange } = semver;
  const keys = new Set(lock.keys);
  const overridden = new Set([...(manifest.overridden ?? []), ...(near.root?.overridden ?? [])]);
  return manifest.requirements.flatMap((requirement): Drift[] => {
    const { name, range } = requirement;
    // Other forms (git, file, patch, catalog) are written in too many ways to compare.
    if (overridden.has(name) || near.memberNames.has(name) || validRange(range) === null) return [];
    if ([`${name}@${range}`, `${name}@npm:${range}`].some((key) => keys.has(key))) return [];
    const others = (lock.keys ?? [])
      .filter((key) => key.startsWith(`${name}@`))
      .map((key) => key.slice(name.length + 1));
    const message = others.length === 0 ? "is not in the lockfile" : `is locked for ${others.slice(0, 3).join(", ")}`;
    return [{ requirement, message }];
  });
}

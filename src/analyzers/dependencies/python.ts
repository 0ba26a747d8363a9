/** pyproject.toml and the lockfiles of poetry and uv. */
import { createHash } from "node:crypto";
import { parse } from "smol-toml";
import type { SourceFile } from "../../model/source-file.ts";
import type { Drift, LockedPackage, Lockfile, Manifest, Neighbourhood, Requirement } from "./facts.ts";
import { rangeInToml } from "./positions.ts";
import { isRecord, nested, records, type JsonRecord } from "./shapes.ts";

export function readPyproject(file: SourceFile): Manifest | undefined {
  const toml: unknown = parse(file.text);
  if (!isRecord(toml)) return undefined;
  const requirements: Requirement[] = [];
  const add = (written: unknown, group: string, section: RegExp): void => {
    const parsed = typeof written === "string" ? parseRequirement(written) : undefined;
    if (parsed !== undefined) requirements.push({ ...parsed, group, at: rangeInToml(file, section, parsed.name) });
  };
  for (const one of list(nested(toml, "project", "dependencies"))) add(one, "dependencies", /^project$/);
  for (const [extra, ones] of entries(nested(toml, "project", "optional-dependencies"))) {
    for (const one of list(ones)) add(one, `extra ${extra}`, /^project\.optional-dependencies$/);
  }
  for (const [group, ones] of entries(nested(toml, "dependency-groups"))) {
    for (const one of list(ones)) add(one, `group ${group}`, /^dependency-groups$/);
  }
  for (const one of list(nested(toml, "tool", "uv", "dev-dependencies"))) add(one, "group dev", /^tool\.uv$/);
  const poetry = nested(toml, "tool", "poetry");
  const poetryTables: (readonly [string, unknown, RegExp])[] = [
    ["poetry dependencies", nested(poetry, "dependencies"), /^tool\.poetry\.dependencies/],
    ["poetry dev-dependencies", nested(poetry, "dev-dependencies"), /^tool\.poetry\.dev-dependencies/],
    ...entries(nested(poetry, "group")).map(
      ([group, table]) => [`poetry group ${group}`, nested(table, "dependencies"), /^tool\.poetry\.group\./] as const,
    ),
  ];
  for (const [group, table, section] of poetryTables) {
    for (const [name, value] of entries(table)) {
      if (name.toLowerCase() === "python") continue;
      requirements.push({
        name: normalizeName(name),
        range: rangeOf(value),
        group,
        at: rangeInToml(file, section, name),
      });
    }
  }
  const name = nested(toml, "project", "name");
  return {
    kind: "manifest",
    ecosystem: "python",
    requirements,
    ...(typeof name === "string" ? { name: normalizeName(name) } : {}),
    ...(Array.isArray(nested(toml, "tool", "uv", "workspace", "members"))
      ? { members: list(nested(toml, "tool", "uv", "workspace", "members")).filter((glob) => typeof glob === "string") }
      : {}),
    contentHashes: contentHashes(toml),
  };
}

function rangeOf(value: unknown): string {
  if (typeof value === "string") return value;
  return isRecord(value) && typeof value["version"] === "string" ? value["version"] : "";
}

/** PEP 508: name, extras, version specifiers, markers. */
function parseRequirement(written: string): { name: string; range: string } | undefined {
  const match = /^\s*([A-Za-z0-9][A-Za-z0-9._-]{0,200})\s*(?:\[[^\]]{0,500}\])?\s*\(?([^;@)]{0,500})/.exec(written);
  if (match?.[1] === undefined) return undefined;
  return { name: normalizeName(match[1]), range: (match[2] ?? "").trim() };
}

/** PEP 503. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function entries(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

/**
 * Poetry's content hash: SHA-256 of Python's JSON of the parts of pyproject.toml that decide what is installed. Which
 * parts changed with its versions, and a lockfile stays valid until it is written again, so all of them are computed.
 */
function contentHashes(toml: JsonRecord): string[] {
  const project = pick(nested(toml, "project"), ["requires-python", "dependencies", "optional-dependencies"]);
  const groups = nested(toml, "dependency-groups");
  const poetry = nested(toml, "tool", "poetry");
  const legacy = ["dependencies", "source", "extras", "dev-dependencies"];
  // Absent legacy parts are hashed as null where there is no [project].
  const withNulls = { ...Object.fromEntries(legacy.map((key) => [key, null])), ...pick(poetry, [...legacy, "group"]) };
  const present = pick(poetry, [...legacy, "group"]);
  const withoutGroup = { ...withNulls };
  delete (withoutGroup as Record<string, unknown>)["group"];
  const hasProject = Object.keys(project).length > 0;
  const hasGroups = isRecord(groups) && Object.keys(groups).length > 0;
  const contents: unknown[] = [withNulls, withoutGroup];
  if (hasProject) contents.push({ project, tool: { poetry: present } });
  if (hasGroups) {
    contents.push({
      ...(hasProject ? { project } : {}),
      "dependency-groups": groups,
      tool: { poetry: present },
    });
  }
  return contents.map((content) => createHash("sha256").update(pythonJson(content)).digest("hex"));
}

function pick(value: unknown, keys: readonly string[]): Record<string, unknown> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(keys.filter((key) => value[key] !== undefined).map((key) => [key, value[key]]));
}

/** `json.dumps(value, sort_keys=True)`. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (isRecord(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${pythonString(key)}: ${pythonJson(value[key])}`).join(", ")}}`;
  }
  return typeof value === "string" ? pythonString(value) : JSON.stringify(value ?? null);
}

function pythonString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

export function readPythonLock(file: SourceFile, manager: "poetry" | "uv" | "pdm"): Lockfile | undefined {
  const toml: unknown = parse(file.text);
  if (!isRecord(toml)) return undefined;
  const packages: LockedPackage[] = [];
  const importers: Record<string, Record<string, string>> = {};
  for (const entry of records(toml["package"])) {
    const { name, version, source, metadata } = entry;
    if (typeof name !== "string") continue;
    const directory = nested(source, "editable") ?? nested(source, "virtual") ?? nested(source, "directory");
    if (typeof version === "string" && directory === undefined) packages.push({ name: normalizeName(name), version });
    if (typeof directory !== "string" || !isRecord(metadata)) continue;
    const wanted: Record<string, string> = {};
    const groups = [
      metadata["requires-dist"],
      ...Object.values(isRecord(metadata["requires-dev"]) ? metadata["requires-dev"] : {}),
    ];
    for (const one of groups.flatMap(records)) {
      if (typeof one["name"] !== "string") continue;
      const known = normalizeName(one["name"]);
      const specifier = typeof one["specifier"] === "string" ? one["specifier"] : "";
      wanted[known] = known in wanted ? `${wanted[known]}|${specifier}` : specifier;
    }
    importers[directory] = wanted;
  }
  const hash = nested(toml, "metadata", "content-hash");
  return {
    kind: "lockfile",
    ecosystem: "python",
    manager,
    packages,
    ...(manager === "uv" ? { importers } : {}),
    ...(typeof hash === "string" ? { contentHash: hash } : {}),
  };
}

export function compareWithPoetry(manifest: Manifest, lock: Lockfile): Drift[] {
  if (lock.contentHash === undefined || manifest.contentHashes?.includes(lock.contentHash) !== false) return [];
  const locked = new Set(lock.packages.map(({ name }) => name));
  const missing = manifest.requirements.filter(({ name }) => !locked.has(name));
  if (missing.length > 0) return missing.map((requirement) => ({ requirement, message: "is not in the lockfile" }));
  return [{ message: "the dependencies have changed since the lockfile was written (its content hash differs)" }];
}

export function compareWithUv(manifest: Manifest, lock: Lockfile, near: Neighbourhood): Drift[] {
  const wanted = lock.importers?.[near.importer];
  if (wanted === undefined) return [];
  return manifest.requirements.flatMap((requirement): Drift[] => {
    const { name, range, group } = requirement;
    if (group.startsWith("poetry") || name === manifest.name) return [];
    const specifiers = Object.hasOwn(wanted, name) ? wanted[name] : undefined;
    if (specifiers === undefined) return [{ requirement, message: "is not in the lockfile" }];
    const forms = specifiers.split("|").map(canonical);
    if (range === "" || forms.includes(canonical(range)) || forms.length > 1) return [];
    return [{ requirement, message: `is locked for ${specifiers === "" ? "any version" : specifiers}` }];
  });
}

/** Specifiers without spaces, in one order, with versions as PEP 440 writes them. */
function canonical(range: string): string {
  return range
    .split(",")
    .map((one) =>
      one
        .replace(/\s+/g, "")
        .replace(/\.0(?=$)/, "")
        .replace(/[-_.]?(a|b|rc)[-_.]?(\d)/i, "$1$2"),
    )
    .filter((one) => one !== "")
    .sort()
    .join(",");
}

/** Cargo.toml and Cargo.lock. */
import { parse } from "smol-toml";
import type { SourceFile } from "../../model/source-file.ts";
import type { Drift, Lockfile, Manifest, Neighbourhood, Requirement } from "./facts.ts";
import { rangeInToml } from "./positions.ts";
import { isRecord, nested, records } from "./shapes.ts";

const tables = ["dependencies", "dev-dependencies", "build-dependencies"] as const;
/** The range of a requirement that the workspace's root decides. */
const inherited = "workspace";

export function readCargoToml(file: SourceFile): Manifest | undefined {
  const toml: unknown = parse(file.text);
  if (!isRecord(toml)) return undefined;
  const requirements: Requirement[] = [];
  const targets = nested(toml, "target");
  for (const owner of [toml, ...(isRecord(targets) ? Object.values(targets) : [])]) {
    for (const group of tables) {
      const table = nested(owner, group);
      for (const [key, value] of isRecord(table) ? Object.entries(table) : []) {
        requirements.push({
          name: nameOf(key, value),
          range: nested(value, "workspace") === true ? inherited : rangeOf(value),
          group,
          at: rangeInToml(file, /dependencies/, key),
        });
      }
    }
  }
  const shared: Record<string, { name: string; range: string }> = {};
  const workspace = nested(toml, "workspace", "dependencies");
  for (const [key, value] of isRecord(workspace) ? Object.entries(workspace) : []) {
    shared[key] = { name: nameOf(key, value), range: rangeOf(value) };
  }
  const members = nested(toml, "workspace", "members");
  const name = nested(toml, "package", "name");
  const version = nested(toml, "package", "version");
  const patches = nested(toml, "patch", "crates-io");
  return {
    kind: "manifest",
    ecosystem: "cargo",
    requirements,
    shared,
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof version === "string" ? { version } : {}),
    ...(Array.isArray(members) ? { members: members.filter((glob) => typeof glob === "string") } : {}),
    ...(isRecord(toml["workspace"]) ? { isWorkspace: true } : {}),
    overridden: isRecord(patches) ? Object.keys(patches) : [],
  };
}

/** A key may be an alias. */
function nameOf(key: string, value: unknown): string {
  const name = nested(value, "package");
  return typeof name === "string" ? name : key;
}

function rangeOf(value: unknown): string {
  if (typeof value === "string") return value;
  // Where a path or repository decides, the version is only checked on publishing.
  if (nested(value, "path") !== undefined || nested(value, "git") !== undefined) return "";
  const version = nested(value, "version");
  return typeof version === "string" ? version : "";
}

export function readCargoLock(file: SourceFile): Lockfile | undefined {
  const toml: unknown = parse(file.text);
  if (!isRecord(toml)) return undefined;
  const packages = records(toml["package"]).flatMap(({ name, version }) =>
    typeof name === "string" && typeof version === "string" ? [{ name, version }] : [],
  );
  return { kind: "lockfile", ecosystem: "cargo", manager: "cargo", packages };
}

export async function compareWithCargo(manifest: Manifest, lock: Lockfile, near: Neighbourhood): Promise<Drift[]> {
  const { default: semver } = await import("semver");
  const { satisfies, validRange } = semver;
  const versions = new Map<string, string[]>();
  for (const { name, version } of lock.packages) versions.set(name, [...(versions.get(name) ?? []), version]);
  // A lockfile that does not know the package itself was made for another workspace.
  if (manifest.name !== undefined && !versions.has(manifest.name)) return [];
  const overridden = new Set([...(manifest.overridden ?? []), ...(near.root?.overridden ?? [])]);
  return manifest.requirements.flatMap((requirement): Drift[] => {
    const isInherited = requirement.range === inherited;
    const shared = isInherited ? near.root?.shared?.[requirement.name] : undefined;
    if (isInherited && shared === undefined) return [];
    const name = shared?.name ?? requirement.name;
    if (overridden.has(name)) return [];
    const locked = versions.get(name);
    if (locked === undefined) return [{ requirement, message: "is not in the lockfile" }];
    const range = toNodeRange(shared?.range ?? requirement.range);
    // Any version will do, a pre-release too, which an empty range of npm's does not take.
    if (range === "" || range === "*") return [];
    if (validRange(range) === null || locked.some((version) => satisfies(version, range))) return [];
    return [{ requirement, message: `is locked at ${locked.join(" and ")}` }];
  });
}

/** A bare version is a caret range; a comma joins. */
function toNodeRange(range: string): string {
  return range
    .split(",")
    .map((one) => one.trim())
    .map((one) => (/^\d/.test(one) && !one.includes("*") ? `^${one}` : one))
    .join(" ");
}

/** composer.json and composer.lock. */
import { createHash } from "node:crypto";
import { parseTree } from "jsonc-parser";
import type { SourceFile } from "../../model/source-file.ts";
import type { Drift, LockedPackage, Lockfile, Manifest, Requirement } from "./facts.ts";
import { rangeOfProperty } from "./positions.ts";
import { isRecord, nested, records, strings, type JsonRecord } from "./shapes.ts";

export function readComposerJson(file: SourceFile): Manifest | undefined {
  const json: unknown = JSON.parse(file.text);
  const tree = parseTree(file.text);
  if (!isRecord(json) || tree === undefined) return undefined;
  const requirements: Requirement[] = [];
  for (const group of ["require", "require-dev"]) {
    for (const [name, range] of Object.entries(strings(json[group]))) {
      // The language, its extensions and libraries are the machine's, not packages.
      if (!name.includes("/")) continue;
      requirements.push({ name: name.toLowerCase(), range, group, at: rangeOfProperty(file, tree, [group, name]) });
    }
  }
  return { kind: "manifest", ecosystem: "php", requirements, contentHashes: [contentHash(json)] };
}

const relevant = [
  "name",
  "version",
  "require",
  "require-dev",
  "conflict",
  "replace",
  "provide",
  "minimum-stability",
  "prefer-stable",
  "repositories",
  "extra",
];

/** Composer's content hash: MD5 of PHP's JSON of the parts that decide what is installed. */
function contentHash(json: JsonRecord): string {
  const parts: Record<string, unknown> = {};
  for (const key of relevant) if (json[key] !== undefined && json[key] !== null) parts[key] = json[key];
  const platform = nested(json, "config", "platform");
  if (platform !== undefined) parts["config"] = { platform };
  const sorted = Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("md5").update(phpJson(sorted)).digest("hex");
}

/** `json_encode` of what `json_decode(…, true)` gave: an empty object has become an empty list. */
function phpJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(phpJson).join(",")}]`;
  if (isRecord(value)) {
    const keys = Object.keys(value);
    if (keys.every((key, index) => key === String(index)))
      return `[${keys.map((key) => phpJson(value[key])).join(",")}]`;
    return `{${keys.map((key) => `${phpString(key)}:${phpJson(value[key])}`).join(",")}}`;
  }
  return typeof value === "string" ? phpString(value) : JSON.stringify(value ?? null);
}

function phpString(text: string): string {
  return JSON.stringify(text)
    .replaceAll("/", "\\/")
    .replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("\\u007f", "\u007f");
}

export function readComposerLock(file: SourceFile): Lockfile | undefined {
  const json: unknown = JSON.parse(file.text);
  if (!isRecord(json)) return undefined;
  const packages: LockedPackage[] = [...records(json["packages"]), ...records(json["packages-dev"])].flatMap(
    ({ name, version, license }) => {
      if (typeof name !== "string" || typeof version !== "string") return [];
      const licenses = Array.isArray(license) ? license.filter((one) => typeof one === "string") : [];
      return [
        {
          name: name.toLowerCase(),
          version: version.replace(/^v/, ""),
          // Several licences are a choice: https://getcomposer.org/doc/04-schema.md#license
          ...(licenses.length === 0 ? {} : { license: licenses.join(" OR ") }),
        },
      ];
    },
  );
  const hash = json["content-hash"];
  return {
    kind: "lockfile",
    ecosystem: "php",
    manager: "composer",
    packages,
    ...(typeof hash === "string" ? { contentHash: hash } : {}),
  };
}

export function compareWithComposer(manifest: Manifest, lock: Lockfile): Drift[] {
  if (lock.contentHash === undefined || manifest.contentHashes?.includes(lock.contentHash) !== false) return [];
  const locked = new Set(lock.packages.map(({ name }) => name));
  const missing = manifest.requirements.filter(({ name }) => !locked.has(name));
  if (missing.length > 0) return missing.map((requirement) => ({ requirement, message: "is not in the lockfile" }));
  return [{ message: "composer.json has changed since the lockfile was written (its content hash differs)" }];
}

/** go.mod and go.sum. */
import type { SourceFile } from "../../model/source-file.ts";
import type { Drift, Lockfile, Manifest, Requirement } from "./facts.ts";

export function readGoMod(file: SourceFile): Manifest {
  const requirements: Requirement[] = [];
  const replaced: string[] = [];
  let block: string | undefined;
  let name: string | undefined;
  for (let line = 1; line <= file.lineCount; line++) {
    const raw = file.line(line);
    if (raw.length > 2_000) continue;
    const text = raw.replace(/\/\/.*$/, "").trim();
    if (text === "") continue;
    if (text === ")") {
      block = undefined;
      continue;
    }
    const opening = /^(\w+)\s*\($/.exec(text)?.[1];
    if (opening !== undefined) {
      block = opening;
      continue;
    }
    const [first = "", ...others] = text.split(/\s+/);
    const verb = block ?? first;
    const words = block === undefined ? others : [first, ...others];
    const [path = "", version = ""] = words.map((word) => word.replace(/^["`]|["`]$/g, ""));
    if (verb === "module") name = path;
    else if (verb === "replace") replaced.push(path);
    else if (verb === "require" && version !== "") {
      const start = raw.search(/\S/) + 1;
      const at = { startLine: line, startColumn: start, endLine: line, endColumn: raw.trimEnd().length + 1 };
      requirements.push({
        name: path,
        range: version,
        group: raw.includes("// indirect") ? "indirect" : "require",
        at,
      });
    }
  }
  return {
    kind: "manifest",
    ecosystem: "go",
    requirements,
    overridden: replaced,
    ...(name === undefined ? {} : { name }),
  };
}

export function readGoSum(file: SourceFile): Lockfile {
  const keys = new Set<string>();
  const packages = new Map<string, { name: string; version: string }>();
  for (const line of file.text.split("\n")) {
    const [name, version, hash] = line.trim().split(/\s+/, 3);
    if (name === undefined || version === undefined || hash === undefined) continue;
    const plain = version.replace(/\/go\.mod$/, "");
    keys.add(`${name} ${plain}`);
    if (!version.endsWith("/go.mod")) packages.set(`${name} ${plain}`, { name, version: plain });
  }
  return { kind: "lockfile", ecosystem: "go", manager: "go", packages: [...packages.values()], keys: [...keys] };
}

export function compareWithGo(manifest: Manifest, lock: Lockfile): Drift[] {
  const keys = new Set(lock.keys);
  const replaced = new Set(manifest.overridden);
  return manifest.requirements
    .filter(({ name, range }) => !replaced.has(name) && !keys.has(`${name} ${range}`))
    .map((requirement) => ({ requirement, message: "has no entry in go.sum" }));
}

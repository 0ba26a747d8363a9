/** Symbolic links, followed by name through the tree under review, never on disk. */
import type { RawFinding } from "../../model/finding.ts";
import { isTestInput } from "./role.ts";

/** Filled by builds and installations, so their absence from the repository means nothing. */
const filledLater =
  /(?:^|\/)(?:node_modules|bower_components|dist|build|out|target|bin|obj|vendor|generated|_build|\.venv|venv|\.cache|tmp)(?:\/|$)/;

export function checkLinks(links: ReadonlyMap<string, string>, paths: ReadonlySet<string>): RawFinding[] {
  if (links.size === 0) return [];
  const directories = new Set<string>();
  for (const path of paths) {
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const directory = path.slice(0, slash);
      if (directories.has(directory)) break;
      directories.add(directory);
    }
  }
  const findings: RawFinding[] = [];
  for (const [path, target] of links) {
    if (isTestInput(path)) continue;
    const end = follow(path, target, { links, paths, directories });
    if (end === undefined) continue;
    const shown = JSON.stringify(target.length > 200 ? `${target.slice(0, 200)}…` : target);
    findings.push({
      rule: end === "outside" ? "paths/escaping-symlink" : "paths/broken-symlink",
      message:
        end === "outside"
          ? `symbolic link leads out of the repository, to ${shown}`
          : end === "loop"
            ? `symbolic link to ${shown} comes back to itself`
            : `symbolic link leads to ${shown}, which is not in the repository`,
      location: { path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
      anchor: target.slice(0, 500),
    });
  }
  return findings;
}

interface Tree {
  readonly links: ReadonlyMap<string, string>;
  readonly paths: ReadonlySet<string>;
  readonly directories: ReadonlySet<string>;
}

/** Linux gives up after forty links as well. */
const linkLimit = 40;

function follow(path: string, target: string, tree: Tree): "outside" | "missing" | "loop" | undefined {
  if (target === "/dev/null") return undefined;
  let current = path.split("/").slice(0, -1);
  let rest = target.split("/");
  if (target.startsWith("/")) return "outside";
  for (let followed = 0, steps = 0; rest.length > 0; steps++) {
    if (steps > 10_000) return "loop";
    const [name = "", ...others] = rest;
    rest = others;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (current.length === 0) return "outside";
      current = current.slice(0, -1);
      continue;
    }
    const next = [...current, name].join("/");
    const link = tree.links.get(next);
    if (link !== undefined) {
      if (++followed >= linkLimit) return "loop";
      // Where that link leads out or nowhere, it is reported itself.
      if (link.startsWith("/")) return undefined;
      rest = [...link.split("/"), ...rest];
      continue;
    }
    current = [...current, name];
    // A path of the tree that is not a file with parts below it is a submodule: what it holds is not known here.
    if (tree.paths.has(next)) return undefined;
    if (!tree.directories.has(next)) return filledLater.test([...current, ...rest].join("/")) ? undefined : "missing";
  }
  return undefined;
}

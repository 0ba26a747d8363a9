/** Brings locations into the one form that everything compares: clean relative paths, lines and columns that exist. */
import type { Location } from "../model/finding.ts";

/** `known`: paths that are as git writes them; a backslash in one of those is part of its name. */
export function normalizeLocation(location: Location, known: { has(path: string): boolean }): Location {
  const path = known.has(location.path) ? location.path : normalizePath(location.path);
  const startLine = atLeastOne(location.startLine);
  const startColumn = atLeastOne(location.startColumn);
  const endLine = Math.max(startLine, atLeastOne(location.endLine));
  const endColumn = Math.max(endLine === startLine ? startColumn : 1, atLeastOne(location.endColumn));
  const isClean =
    path === location.path &&
    startLine === location.startLine &&
    startColumn === location.startColumn &&
    endLine === location.endLine &&
    endColumn === location.endColumn;
  return isClean ? location : { path, startLine, startColumn, endLine, endColumn };
}

/** `./a//b/../c` and `a\c` are `a/c`; a path that leaves the repository keeps its leading `..`. */
export function normalizePath(path: string): string {
  if (!/\\|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

function atLeastOne(value: number): number {
  return Number.isFinite(value) && value >= 1 ? Math.floor(value) : 1;
}

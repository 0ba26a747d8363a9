/** Reads git's diffs into files, hunks and numbered lines: the ground on which review comments stand. */
import { git } from "./git.ts";
import type { Side } from "./state.ts";

export interface DiffLine {
  readonly kind: " " | "+" | "-";
  /** 1-based; 0 on the side where the line does not exist. */
  readonly oldLine: number;
  readonly newLine: number;
  /** Lines below the first hunk header of the file, as GitHub's older `position` counts. */
  readonly position: number;
  readonly text: string;
}

export interface Hunk {
  readonly header: string;
  readonly lines: readonly DiffLine[];
}

export interface FileChange {
  readonly path: string;
  readonly previousPath?: string;
  readonly status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed";
  readonly blob: string;
  readonly additions: number;
  readonly deletions: number;
  /** From the first hunk header on; empty for binary files, pure renames and mode changes. */
  readonly patch: string;
  readonly hunks: readonly Hunk[];
}

const cacheSize = 400;
const cache = new Map<string, readonly FileChange[]>();

/** The diff between two trees. Cached: both names are object ids, so the answer never changes. */
export function diffTrees(dir: string, from: string, to: string): readonly FileChange[] {
  const key = `${dir}\0${from}\0${to}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const changes = computeDiff(dir, from, to);
  const oldest = cache.keys().next();
  if (cache.size >= cacheSize && oldest.done !== true) cache.delete(oldest.value);
  cache.set(key, changes);
  return changes;
}

const diffOptions = ["--no-color", "--no-ext-diff", "--no-textconv", "--full-index", "-M50%", "--submodule=short"];

export function rawDiff(dir: string, from: string, to: string): string {
  return git(dir, ["diff", ...diffOptions, from, to]);
}

interface RawEntry {
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldBlob: string;
  readonly newBlob: string;
  readonly status: string;
  readonly path: string;
  readonly previousPath?: string;
}

function computeDiff(dir: string, from: string, to: string): FileChange[] {
  const text = git(dir, ["diff", ...diffOptions, "--raw", "--patch", "-z", "--no-abbrev", from, to]);
  // Entries end with NUL, and so does their list.
  const end = text.indexOf("\0\0");
  if (end < 0) return [];
  const entries = parseRaw(text.slice(0, end));
  const sections = text.slice(end + 2).split(/(?<![^\n])(?=diff --git )/);
  let next = 0;
  return entries.map((entry) => {
    // A file that became a link is one entry, but two sections: one deletes, one adds.
    const count = entry.status.startsWith("T") ? 2 : 1;
    const text = sections.slice(next, next + count).join("");
    next += count;
    return fileChange(entry, text);
  });
}

function parseRaw(text: string): RawEntry[] {
  const fields = text.split("\0");
  const entries: RawEntry[] = [];
  let index = 0;
  while (index < fields.length) {
    const head = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) (\w+)$/.exec(fields[index] ?? "");
    if (head === null) break;
    const [, oldMode = "", newMode = "", oldBlob = "", newBlob = "", status = ""] = head;
    const first = fields[index + 1] ?? "";
    const moved = status.startsWith("R") || status.startsWith("C");
    const path = moved ? (fields[index + 2] ?? "") : first;
    entries.push({ oldMode, newMode, oldBlob, newBlob, status, path, ...(moved ? { previousPath: first } : {}) });
    index += moved ? 3 : 2;
  }
  return entries;
}

const statusWords: Readonly<Record<string, FileChange["status"]>> = {
  A: "added",
  C: "copied",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

function fileChange(entry: RawEntry, section: string): FileChange {
  const start = section.search(/(?<![^\n])@@ /);
  const patch = start < 0 ? "" : section.slice(start).replace(/\n$/, "");
  const hunks = parseHunks(patch);
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const modeOnly = entry.status === "M" && entry.oldBlob === entry.newBlob;
  return {
    path: entry.path,
    ...(entry.previousPath === undefined ? {} : { previousPath: entry.previousPath }),
    status: modeOnly ? "changed" : (statusWords[entry.status.slice(0, 1)] ?? "modified"),
    blob: entry.status === "D" ? entry.oldBlob : entry.newBlob,
    additions: lines.filter((line) => line.kind === "+").length,
    deletions: lines.filter((line) => line.kind === "-").length,
    patch,
    hunks,
  };
}

function parseHunks(patch: string): Hunk[] {
  const hunks: { header: string; lines: DiffLine[] }[] = [];
  let oldLine = 0;
  let newLine = 0;
  let position = -1;
  for (const text of patch === "" ? [] : patch.split("\n")) {
    position += 1;
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header !== null) {
      oldLine = Number(header[1]);
      newLine = Number(header[2]);
      hunks.push({ header: text, lines: [] });
      continue;
    }
    const kind = text[0];
    if (kind !== " " && kind !== "+" && kind !== "-") continue;
    hunks.at(-1)?.lines.push({
      kind,
      oldLine: kind === "+" ? 0 : oldLine,
      newLine: kind === "-" ? 0 : newLine,
      position,
      text,
    });
    if (kind !== "+") oldLine += 1;
    if (kind !== "-") newLine += 1;
  }
  return hunks;
}

export interface FoundLine {
  readonly hunk: Hunk;
  readonly line: DiffLine;
}

/** The line of a side inside the hunks, context lines included, or undefined where GitHub would refuse a comment. */
export function findLine(change: FileChange, side: Side, number: number): FoundLine | undefined {
  for (const hunk of change.hunks) {
    const line = hunk.lines.find((each) => (side === "LEFT" ? each.oldLine : each.newLine) === number);
    if (line !== undefined) return { hunk, line };
  }
  return undefined;
}

export function findPosition(change: FileChange, position: number): FoundLine | undefined {
  for (const hunk of change.hunks) {
    const line = hunk.lines.find((each) => each.position === position);
    if (line !== undefined) return { hunk, line };
  }
  return undefined;
}

/** The hunk from its header down to the commented line, which comments keep for ever. */
export function hunkUpTo(found: FoundLine): string {
  const end = found.hunk.lines.indexOf(found.line);
  return [found.hunk.header, ...found.hunk.lines.slice(0, end + 1).map((line) => line.text)].join("\n");
}

/** Where a line of one version of a file is in another, or undefined where it was changed or deleted. */
export function mapLine(
  dir: string,
  from: string,
  to: string,
  path: string,
  line: number,
  changes = diffTrees(dir, from, to),
): number | undefined {
  const change = changes.find((each) => (each.previousPath ?? each.path) === path);
  if (change === undefined) return line;
  // GitHub does not carry a comment over to the new name of a file.
  if (change.path !== path || change.status === "removed") return undefined;
  let shift = 0;
  for (const hunk of change.hunks) {
    for (const each of hunk.lines) {
      if (each.oldLine === line) return each.kind === "-" ? undefined : each.newLine;
      if (each.oldLine > line) return line + shift;
      if (each.kind === "+") shift += 1;
      if (each.kind === "-") shift -= 1;
    }
  }
  return line + shift;
}

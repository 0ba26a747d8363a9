/** Commits of the in-memory code host: whole trees by id, and what differs between two of them. */
import { createHash } from "node:crypto";
import { structuredPatch } from "diff";
import type { ChangedFile, Hunk } from "../../../src/model/change.ts";

export type Files = Readonly<Record<string, string>>;

export interface FakeCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
  /** ISO time. */
  readonly date: string;
  /** The whole tree. */
  readonly files: Files;
}

export class FakeHistory {
  readonly #commits = new Map<string, FakeCommit>();

  add(commit: Omit<FakeCommit, "sha"> & { readonly sha?: string }): FakeCommit {
    const sha =
      commit.sha ??
      createHash("sha1")
        .update(JSON.stringify([this.#commits.size, commit]))
        .digest("hex");
    const added = { ...commit, sha };
    this.#commits.set(sha, added);
    return added;
  }

  get(sha: string): FakeCommit | undefined {
    return this.#commits.get(sha);
  }

  files(sha: string): Files {
    return this.#commits.get(sha)?.files ?? {};
  }

  /** The commit and all before it, newest first. */
  ancestors(sha: string): readonly FakeCommit[] {
    const seen = new Map<string, FakeCommit>();
    const queue = [sha];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const commit = this.#commits.get(next);
      if (commit === undefined || seen.has(next)) continue;
      seen.set(next, commit);
      queue.push(...commit.parents);
    }
    return [...seen.values()];
  }

  mergeBase(a: string, b: string): string | undefined {
    const ofA = new Set(this.ancestors(a).map(({ sha }) => sha));
    return this.ancestors(b).find(({ sha }) => ofA.has(sha))?.sha;
  }

  /** Commits of `head` that `base` has not, oldest first. */
  between(base: string, head: string): readonly FakeCommit[] {
    const ofBase = new Set(this.ancestors(base).map(({ sha }) => sha));
    return this.ancestors(head)
      .filter(({ sha }) => !ofBase.has(sha))
      .toReversed();
  }

  /** The tree of both sides' changes; undefined where both changed a file differently. */
  merged(base: string, head: string): Files | undefined {
    const origin = this.files(this.mergeBase(base, head) ?? base);
    const [ours, theirs] = [this.files(base), this.files(head)];
    const result: Record<string, string> = {};
    for (const path of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const [before, our, their] = [origin[path], ours[path], theirs[path]];
      if (our !== before && their !== before && our !== their) return undefined;
      const kept = our === before ? their : our;
      if (kept !== undefined) result[path] = kept;
    }
    return result;
  }
}

/** Sorted by path. A file that is gone and another with its very content are a rename. */
export function changedFiles(before: Files, after: Files): readonly ChangedFile[] {
  const gone = Object.keys(before).filter((path) => after[path] === undefined);
  const files: ChangedFile[] = [];
  for (const path of Object.keys(after)) {
    const text = after[path] ?? "";
    if (before[path] === text) continue;
    const renamed = before[path] === undefined ? gone.findIndex((old) => before[old] === text) : -1;
    if (renamed >= 0) {
      const [previousPath = ""] = gone.splice(renamed, 1);
      files.push({ path, previousPath, status: "renamed", additions: 0, deletions: 0, isBinary: false, hunks: [] });
    } else files.push(changedFile(path, before[path] === undefined ? "added" : "modified", before[path] ?? "", text));
  }
  for (const path of gone) files.push(changedFile(path, "removed", before[path] ?? "", ""));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function changedFile(path: string, status: ChangedFile["status"], before: string, after: string): ChangedFile {
  if (`${before}${after}`.includes("\0")) return { path, status, additions: 0, deletions: 0, isBinary: true };
  const { hunks } = structuredPatch(path, path, before, after, "", "", { context: 3 });
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return {
    path,
    status,
    additions: lines.filter((line) => line.startsWith("+")).length,
    deletions: lines.filter((line) => line.startsWith("-")).length,
    isBinary: false,
    hunks: hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
      // The library names the line behind an empty side, git the one before it.
      oldStart: oldLines === 0 ? oldStart - 1 : oldStart,
      oldLines,
      newStart: newLines === 0 ? newStart - 1 : newStart,
      newLines,
      lines: lines.filter((line) => !line.startsWith("\\")),
    })),
  };
}

/** The hunk that shows the line of a side; the host refuses comments on others. */
export function hunkOf(file: ChangedFile, side: "LEFT" | "RIGHT", line: number): Hunk | undefined {
  return file.hunks?.find((hunk) =>
    side === "LEFT"
      ? line >= hunk.oldStart && line < hunk.oldStart + hunk.oldLines
      : line >= hunk.newStart && line < hunk.newStart + hunk.newLines,
  );
}

/** Where a line went; undefined when it was changed or is gone. */
export function movedLine(before: string, after: string, line: number): number | undefined {
  const { hunks } = structuredPatch("a", "a", before, after, "", "", { context: 0 });
  let shift = 0;
  for (const { oldStart, oldLines, newLines } of hunks) {
    if (line < oldStart) break;
    if (line < oldStart + oldLines) return undefined;
    shift += newLines - oldLines;
  }
  return line + shift;
}

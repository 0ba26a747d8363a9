/** The diff between two commits of a clone, file by file with hunks, as the code host would tell it. */
import type { Change, ChangedFile, ChangeStatus } from "../model/change.ts";
import { parseHunks } from "../model/unified-diff.ts";
import { type DiffEntry, type Git, parseRawDiff } from "./git.ts";

/** `base`: usually the merge-base. Both must be commits that the clone has. */
export async function readChange(git: Git, base: string, head: string): Promise<Change> {
  const options = [
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=none",
    "--submodule=short",
    "-M",
  ];
  const sides = ["--end-of-options", base, head, "--"];
  const [raw, patch] = await Promise.all([
    git.run(["diff", "--raw", "-z", "--no-abbrev", ...options, ...sides]),
    git.run(["diff", "-U3", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", ...options, ...sides]),
  ]);
  const entries = parseRawDiff(raw.toString());
  // Lines of files begin with a sign, so this is a header wherever it stands. Not ^: it takes a carriage return for an end.
  const sections = patch.toString().split(/(?<![^\n])(?=diff --git )/);
  let next = 0;
  const files = entries.map((entry) => {
    // A file that became a link is one entry and two sections: one removes, one adds.
    const count = entry.status === "T" ? 2 : 1;
    const section = sections.slice(next, next + count).join("");
    next += count;
    return changedFile(entry, section);
  });
  return { base, head, files: files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)), gaps: [] };
}

const statuses: Readonly<Record<string, ChangeStatus>> = {
  A: "added",
  M: "modified",
  D: "removed",
  R: "renamed",
  C: "copied",
  T: "type-changed",
};

function changedFile(entry: DiffEntry, section: string): ChangedFile {
  const hunks = parseHunks(section);
  const count = (sign: string): number =>
    hunks.reduce((total, { lines }) => total + lines.filter((line) => line.startsWith(sign)).length, 0);
  const isBinary = hunks.length === 0 && /\nBinary files .* differ\n/.test(section);
  const mode = (value: string): string | undefined => (/^0+$/.test(value) ? undefined : value);
  const [oldMode, newMode] = [mode(entry.oldMode), mode(entry.mode)];
  return {
    path: entry.path,
    ...(entry.oldPath === undefined ? {} : { previousPath: entry.oldPath }),
    status: statuses[entry.status] ?? "modified",
    additions: count("+"),
    deletions: count("-"),
    isBinary,
    ...(oldMode === undefined ? {} : { oldMode }),
    ...(newMode === undefined ? {} : { newMode }),
    ...(isBinary ? {} : { hunks }),
  };
}

/** Who last wrote some lines, by git: whose lines they are on the default branch. */
import type { Git } from "./git.ts";

export interface BlamedAuthor {
  /** Lower case. */
  readonly email: string;
  readonly name: string;
  readonly lines: number;
  /** One of theirs, by which a code host may know them. */
  readonly commit: string;
}

export interface BlamedRange {
  readonly path: string;
  /** 1-based, both included. */
  readonly startLine: number;
  readonly endLine: number;
}

const mostFiles = 40;
const mostLinesOfOne = 200;
/** Convention of GitHub's blame view. */
const ignoreFile = ".git-blame-ignore-revs";

/**
 * Most lines first. Lines that are not committed, and those of commits that the default branch has not, are nobody's; so
 * are those that a shallow clone cannot trace further back.
 */
export async function blameLines(
  git: Git,
  ranges: readonly BlamedRange[],
  { isShallow, hasIgnoreFile }: { readonly isShallow: boolean; readonly hasIgnoreFile: boolean },
): Promise<readonly BlamedAuthor[]> {
  const unmerged = await commitsOfBranch(git);
  const options = [...(isShallow ? [] : ["--root"]), ...(hasIgnoreFile ? ["--ignore-revs-file", ignoreFile] : [])];
  const authors = new Map<string, { email: string; name: string; lines: number; commit: string }>();
  for (const [path, own] of [...Map.groupBy(ranges, (range) => range.path)].slice(0, mostFiles)) {
    const { exitCode, stdout } = await git.attempt([
      "blame",
      "--porcelain",
      "-w",
      "--no-textconv",
      ...options,
      ...own.map(({ startLine, endLine }) => `-L${startLine},${Math.min(endLine, startLine + mostLinesOfOne - 1)}`),
      "--",
      path,
    ]);
    // Not in git, or shorter than the finding says: its lines are nobody's.
    if (exitCode !== 0) continue;
    for (const { commit, email, name, isBoundary } of readPorcelain(stdout.toString())) {
      if (/^0+$/.test(commit) || unmerged.has(commit) || (isShallow && isBoundary)) continue;
      const author = authors.get(email) ?? { email, name, lines: 0, commit };
      author.lines++;
      authors.set(email, author);
    }
  }
  return [...authors.values()].sort((a, b) => b.lines - a.lines || (a.email < b.email ? -1 : 1));
}

/** What this branch has and the default branch has not; nothing where no default branch is known. */
async function commitsOfBranch(git: Git): Promise<ReadonlySet<string>> {
  for (const name of ["refs/remotes/origin/HEAD", "origin/main", "origin/master", "main", "master"]) {
    const { exitCode, stdout } = await git.attempt(["rev-list", "--max-count=10000", "HEAD", `^${name}`, "--"]);
    if (exitCode === 0) return new Set(stdout.toString().split("\n"));
  }
  return new Set();
}

interface BlamedLine {
  readonly commit: string;
  readonly email: string;
  readonly name: string;
  readonly isBoundary: boolean;
}

/** Facts of a commit are told at its first line only. */
function* readPorcelain(text: string): Generator<BlamedLine> {
  const commits = new Map<string, { commit: string; email: string; name: string; isBoundary: boolean }>();
  let current: { commit: string; email: string; name: string; isBoundary: boolean } | undefined;
  for (const line of text.split("\n")) {
    const commit = /^([0-9a-f]{40,64}) \d+ \d+/.exec(line)?.[1];
    if (commit !== undefined) {
      current = commits.get(commit) ?? { commit, email: "", name: "", isBoundary: false };
      commits.set(commit, current);
    } else if (current === undefined) continue;
    else if (line.startsWith("author ")) current.name = line.slice("author ".length);
    else if (line.startsWith("author-mail "))
      current.email = line.slice("author-mail ".length).replace(/^<|>$/g, "").toLowerCase();
    else if (line === "boundary") current.isBoundary = true;
    else if (line.startsWith("\t")) yield current;
  }
}

/** Commits of a release, read as conventional commits where they are, with the pull requests that brought them. */
import type { Repository } from "../../model/action.ts";
import type { HostPullRequest } from "../../model/code-host.ts";
import { parseHeader } from "../pr/conventional-header.ts";

export interface RawCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly message: string;
}

export interface ReleaseEntry {
  readonly sha: string;
  /** Empty where the message is not conventional. */
  readonly type: string;
  readonly scope: string;
  readonly subject: string;
  /** What breaks, in the author's words; empty where nothing does. */
  readonly breaking: readonly string[];
  readonly author: string;
  readonly pullRequest?: HostPullRequest;
  /** Where only the message knows it: `(#12)`. */
  readonly number?: number;
}

/** Newest first. */
export async function commitsBetween(repo: Repository, from: string | undefined, to: string): Promise<RawCommit[]> {
  const range = from === undefined ? [to] : [to, `^${from}`];
  const output = await repo.git([
    "log",
    "--topo-order",
    "-z",
    "--format=%H%x1f%P%x1f%an%x1f%B",
    "--end-of-options",
    ...range,
    "--",
  ]);
  return output
    .split("\0")
    .filter((record) => record !== "")
    .map((record) => {
      const [sha = "", parents = "", author = "", message = ""] = record.split("\x1f");
      return { sha, parents: parents.split(" ").filter((id) => id !== ""), author, message: message.trim() };
    });
}

/**
 * One entry for each thing that was done: a merged pull request speaks for its commits when its title is a conventional
 * one, else they speak for themselves; what was reverted within the release never happened.
 */
export async function entriesOf(
  commits: readonly RawCommit[],
  pulls: readonly HostPullRequest[],
): Promise<readonly ReleaseEntry[]> {
  const { CommitParser } = await import("conventional-commits-parser");
  const parser = new CommitParser({ noteKeywords: ["BREAKING CHANGE", "BREAKING-CHANGE"] });
  const byMerge = new Map(pulls.flatMap((pull) => (pull.mergeCommit === undefined ? [] : [[pull.mergeCommit, pull]])));
  const byNumber = new Map(pulls.map((pull) => [pull.number, pull]));
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const parsed = new Map(
    commits.map(({ sha, message }) => [sha, parser.parse(message === "" ? "(no message)" : message)]),
  );

  const skipped = new Set<string>();
  for (const { sha } of commits) {
    const hash = parsed.get(sha)?.revert?.["hash"];
    const reverted =
      hash === undefined || hash === null ? undefined : commits.find((each) => each.sha.startsWith(hash));
    if (reverted === undefined || skipped.has(sha)) continue;
    skipped.add(sha);
    skipped.add(reverted.sha);
  }

  const entries: ReleaseEntry[] = [];
  const covered = new Set<string>();
  for (const { sha, parents, author, message } of commits) {
    if (skipped.has(sha) || covered.has(sha)) continue;
    const isMerge = parents.length > 1;
    const pull = byMerge.get(sha) ?? byNumber.get(numberIn(message) ?? -1);
    const title = pull === undefined ? undefined : parseHeader(pull.title);
    if (isMerge) {
      if (pull === undefined || title === undefined) continue;
      const brought = broughtBy(parents, bySha);
      const notes = brought.flatMap((one) => notesOf(parsed.get(one)));
      for (const one of brought) covered.add(one);
      const breaking = notes.length > 0 ? notes : title.isBreaking ? [title.subject] : [];
      const { type, scope, subject } = title;
      entries.push({ sha, type, scope, subject, breaking, author: pull.author.login, pullRequest: pull });
      continue;
    }
    const [first = ""] = message.split("\n");
    // The commit of a release itself tells nothing: `v1.2.0`, `Release 1.2.0`.
    if (/^(?:(?:release|version|bump version to)[: ]*)?v?\d+\.\d+\.\d+\S*(?:\s+\(#\d+\))?$/i.test(first)) continue;
    const header = parseHeader(first);
    const subject = (header?.subject ?? first).replace(/\s*\(#\d+\)\s*$/, "");
    const notes = notesOf(parsed.get(sha));
    const number = numberIn(first);
    entries.push({
      sha,
      type: (header?.type ?? (first.startsWith('Revert "') ? "revert" : "")).toLowerCase(),
      scope: header?.scope ?? "",
      subject,
      breaking: notes.length > 0 ? notes : header?.isBreaking === true ? [subject] : [],
      author: pull?.author.login ?? author,
      ...(pull === undefined ? {} : { pullRequest: pull }),
      ...(number === undefined ? {} : { number }),
    });
  }
  return entries;
}

/** What the second parent of a merge brought that the first had not, as far as this release goes. */
function broughtBy(parents: readonly string[], bySha: ReadonlyMap<string, RawCommit>): string[] {
  const reach = (start: readonly string[]): Set<string> => {
    const seen = new Set<string>();
    const queue = [...start];
    for (let sha = queue.pop(); sha !== undefined; sha = queue.pop()) {
      const commit = bySha.get(sha);
      if (commit === undefined || seen.has(sha)) continue;
      seen.add(sha);
      queue.push(...commit.parents);
    }
    return seen;
  };
  const before = reach(parents.slice(0, 1));
  return [...reach(parents.slice(1))].filter((sha) => !before.has(sha));
}

function notesOf(commit: { readonly notes: readonly { readonly text: string }[] } | undefined): string[] {
  return (commit?.notes ?? []).map(({ text }) =>
    text
      .split("\n")
      .filter((line) => !/^[\w-]+-by: /i.test(line))
      .join(" ")
      .trim(),
  );
}

function numberIn(message: string): number | undefined {
  const [first = ""] = message.split("\n");
  const [, number] = /\(#(\d+)\)\s*$/.exec(first) ?? /^Merge pull request #(\d+) /.exec(first) ?? [];
  return number === undefined ? undefined : Number(number);
}

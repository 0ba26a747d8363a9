/** The change of a pull request out of a clone, whose missing history is fetched in steps. */
import type { Change } from "../model/change.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { Log } from "../model/system.ts";
import type { Git } from "./git.ts";
import { readChange } from "./read-change.ts";

export interface PullRequestChangeRequest {
  /** A clone of the repository that the pull request is of. */
  readonly git: Git;
  readonly number: number;
  readonly headSha: string;
  readonly base: { readonly branch: string; readonly sha: string };
  readonly log: Log;
  /** `origin` unless said. */
  readonly remote?: string;
}

/** Commits further back with every step; actions/checkout brings one. */
const deepening = [50, 200, 1_000, 5_000, 20_000];

/** Throws a Failure when the merge-base cannot be had. */
export async function readPullRequestChange(request: PullRequestChangeRequest): Promise<Change> {
  const { git, number, headSha, base, log } = request;
  const has = async (sha: string): Promise<boolean> => (await git.commit(sha)) !== undefined;
  const mergeBase = async (): Promise<string | undefined> =>
    (await has(headSha)) && (await has(base.sha)) ? git.mergeBase(base.sha, headSha) : undefined;

  const refs = [`refs/pull/${number}/head`, `refs/heads/${base.branch}`];
  const fetchRefs = (options: readonly string[]): Promise<Buffer> =>
    git.run([
      "-c",
      "core.hooksPath=/dev/null",
      "fetch",
      "--quiet",
      "--no-tags",
      "--no-recurse-submodules",
      "--no-write-fetch-head",
      ...options,
      request.remote ?? "origin",
      ...refs,
    ]);

  let found = await mergeBase();
  const isShallow = (await git.discover())?.isShallow === true;
  const steps = isShallow ? [...deepening.map((depth) => [`--deepen=${depth}`]), ["--unshallow"]] : [[]];
  for (const options of steps) {
    if (found !== undefined) break;
    log.debug(`pull request #${number}: fetching ${options.join("") || "what is missing"} to find the merge-base`);
    await fetchRefs(options);
    found = await mergeBase();
    if ((await git.discover())?.isShallow !== true) break;
  }
  if (found !== undefined) return readChange(git, found, headSha);
  if (!(await has(headSha))) {
    throw new Failure("CF246", `pull request #${number} is not at ${headSha.slice(0, 10)} any more`, {
      why: "its head was pushed over",
      next: "run it again for the new head",
      exitCode: exitCodes.incomplete,
    });
  }
  throw new Failure("CF223", `pull request #${number} and ${base.branch} have no common commit here`, {
    why: "their histories are unrelated, or the base was rewritten",
    next: "rebase the pull request",
    exitCode: exitCodes.incomplete,
  });
}

/** The change of a pull request: out of the clone at hand, else as the code host tells it. */
import type { Change } from "../model/change.ts";
import type { CodeHost, HostPullRequest } from "../model/code-host.ts";
import { Failure } from "../model/failure.ts";
import type { Log } from "../model/system.ts";
import type { Git } from "../project/git.ts";
import { readRemote } from "../project/remote.ts";

/** `git`: any clone; one of another repository is not asked. */
export async function changeOf(
  host: CodeHost,
  pullRequest: HostPullRequest,
  git: Git | undefined,
  log: Log,
): Promise<Change> {
  if (git !== undefined && (await isCloneOf(git, host.slug))) {
    const { readPullRequestChange } = await import("../project/pull-request-change.ts");
    const { number, head, base } = pullRequest;
    try {
      return await readPullRequestChange({ git, number, headSha: head.sha, base, log });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.debug(
        `the clone does not know the change of #${number}: ${error.message}${error.why ? ` (${error.why})` : ""}`,
      );
    }
  }
  return changeFromHost(host, pullRequest);
}

/** Between two commits of the clone. */
export async function changeBetween(git: Git, base: string, head: string): Promise<Change> {
  const { readChange } = await import("../project/read-change.ts");
  return readChange(git, base, head);
}

async function isCloneOf(git: Git, slug: string): Promise<boolean> {
  return (await readRemote(git))?.slug.toLowerCase() === slug.toLowerCase();
}

/** What the host withholds is said in the gaps. */
async function changeFromHost(host: CodeHost, { number, head, base }: HostPullRequest): Promise<Change> {
  const { files, isWhole } = await host.changedFiles(number);
  return {
    base: base.sha,
    head: head.sha,
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    gaps: [
      ...(isWhole ? [] : [{ reason: `the code host lists only the first ${files.length} files of the change` }]),
      ...files.flatMap(({ path, hunks, isBinary }) =>
        hunks === undefined && !isBinary ? [{ path, reason: "its diff is too large for the code host" }] : [],
      ),
    ],
  };
}

/** Where the findings of a check are on the code host: their lines, the commit, the pull request, the run. */
import { readEnvironment } from "../../config/environment.ts";
import type { CodeHost } from "../../model/code-host.ts";
import { Failure } from "../../model/failure.ts";
import type { Finding } from "../../model/finding.ts";
import type { IssueLink } from "../../model/tracker.ts";
import { readRemote } from "../../project/remote.ts";
import type { Place } from "../place.ts";
import type { World } from "../world.ts";

export interface Whereabouts {
  readonly linkOf?: (finding: Finding) => string;
  /** The commit, the pull request, the run: what is known of them. */
  readonly seenAt: readonly IssueLink[];
  readonly pullRequest: IssueLink | undefined;
}

export async function whereaboutsOf(
  place: Place,
  head: string | undefined,
  host: CodeHost | undefined,
  world: World,
): Promise<Whereabouts> {
  const remote = place.git === undefined ? undefined : await readRemote(place.git);
  const base = remote === undefined ? undefined : `https://${remote.host.replace(/^ssh\./, "")}/${remote.slug}`;
  const { github } = readEnvironment(world.env);
  const page =
    github?.serverUrl === undefined || github.repository === undefined
      ? base
      : `${github.serverUrl}/${github.repository}`;
  const number = /^refs\/pull\/(\d+)\//.exec(github?.ref ?? "")?.[1];
  const pullRequest =
    number === undefined || page === undefined
      ? await pullRequestOf(head, host, world)
      : { title: `pull request #${number}`, url: `${page}/pull/${number}` };
  const seenAt = [
    ...(head === undefined
      ? []
      : page === undefined
        ? []
        : [{ title: `commit ${head.slice(0, 10)}`, url: `${page}/commit/${head}` }]),
    ...(pullRequest === undefined ? [] : [pullRequest]),
    ...(github?.runId === undefined || page === undefined
      ? []
      : [{ title: `run ${github.runId}`, url: `${page}/actions/runs/${github.runId}` }]),
  ];
  return {
    seenAt,
    pullRequest,
    ...(base === undefined || head === undefined
      ? {}
      : { linkOf: (finding) => linkTo(finding, `${base}/blob/${head}`) }),
  };
}

/** The one that brought the commit. */
async function pullRequestOf(
  head: string | undefined,
  host: CodeHost | undefined,
  world: World,
): Promise<IssueLink | undefined> {
  if (head === undefined || host === undefined) return undefined;
  try {
    const [found] = await host.pullRequestsOf([head]);
    return found === undefined ? undefined : { title: `pull request #${found.number}`, url: found.url };
  } catch (error) {
    // The commit may not be pushed, or the token may not read pull requests: issues do without.
    if (!(error instanceof Failure)) throw error;
    world.log.debug(`no pull request of ${head.slice(0, 10)}: ${error.message}`);
    return undefined;
  }
}

/** At the commit that was checked: a branch moves on under a link. */
function linkTo({ location }: Finding, blob: string): string {
  const { path, startLine, endLine, endColumn } = location;
  const last = endColumn === 1 && endLine > startLine ? endLine - 1 : endLine;
  const lines = last > startLine ? `#L${startLine}-L${last}` : `#L${startLine}`;
  return `${blob}/${path.split("/").map(encodeURIComponent).join("/")}${lines}`;
}

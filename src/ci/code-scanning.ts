/** Findings into GitHub's code scanning: as SARIF, for the commit and the ref that the event is about. */
import type { FreshCheck } from "../app/check-afresh.ts";
import { openCodeHost } from "../app/compose.ts";
import { renderRun } from "../app/reports.ts";
import type { World } from "../app/world.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { Comparison } from "./git-base.ts";
import type { ActionInputs } from "./inputs.ts";
import type { Job } from "./job.ts";

/** Returns what kept it back. */
export async function uploadFindings(
  fresh: FreshCheck,
  { token }: ActionInputs,
  job: Job,
  comparison: Comparison | undefined,
  world: World,
): Promise<Failure | undefined> {
  try {
    if (token === undefined) throw new Failure("CF559", "publishing needs a token", { next: "give the input token" });
    const place = placeOf(job, comparison);
    const host = await openCodeHost(world, { slug: job.slug, token, apiUrl: job.apiUrl });
    const how = { color: false, width: 100, links: false, verbose: true, limit: undefined };
    await host.uploadSarif({ sarif: await renderRun("sarif", fresh, how), ...place });
    return undefined;
  } catch (error) {
    if (error instanceof Failure && error.exitCode !== exitCodes.interrupted) return error;
    throw error;
  }
}

function placeOf({ pullRequest, sha, ref }: Job, comparison: Comparison | undefined): { sha: string; ref: string } {
  if (pullRequest !== undefined) {
    const { number, headSha } = pullRequest;
    return comparison?.isMerge === true
      ? { sha: comparison.head, ref: `refs/pull/${number}/merge` }
      : { sha: headSha, ref: `refs/pull/${number}/head` };
  }
  if (comparison !== undefined) {
    throw new Failure("CF561", "a part of the findings is not uploaded to code scanning", {
      why: "it closes what a report does not name any more, and this one names what changed only",
      next: "give the input base: none",
    });
  }
  if (sha !== undefined && ref !== undefined) return { sha, ref };
  throw new Failure("CF551", "GITHUB_SHA and GITHUB_REF are not set", {
    why: "code scanning wants to know where it was",
  });
}

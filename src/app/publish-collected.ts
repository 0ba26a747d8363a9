/** Publishes what a job without secrets found out: believed only as far as the code host confirms it. */
import type { Change } from "../model/change.ts";
import type { CheckRun } from "../model/check-run.ts";
import { Failure } from "../model/failure.ts";
import type { Log } from "../model/system.ts";
import { coverageOf } from "../reports/pull-request/coverage.ts";
import { changeOf } from "./change-of.ts";
import { publishRun, type PublishOutcome, type PublishRequest } from "./publish-run.ts";

export type PublishSettings = Pick<
  PublishRequest,
  "host" | "comment" | "checkName" | "statusContext" | "policy" | "reportUrl"
>;

export interface CollectedCheck {
  readonly run: CheckRun;
  readonly pullRequest: number;
  readonly headSha: string;
}

/** What GitHub itself says of the job that collected, in the event that it sends. */
export interface CollectingJob {
  readonly headSha: string;
  /** `owner/name`; undefined when the fork is gone. */
  readonly headRepository: string | undefined;
}

/**
 * Publishes nothing that the collecting job's own event and the API do not confirm. A pull request that edits the files
 * that say what jobs do may have written anything: nothing of it is repeated then, and it is not called passed.
 */
export async function publishCollected(
  collected: CollectedCheck,
  job: CollectingJob,
  settings: PublishSettings,
  log: Log,
): Promise<PublishOutcome> {
  const { host } = settings;
  if (collected.headSha !== job.headSha) {
    throw unbelievable(`it is about ${collected.headSha}, the job that collected it was about ${job.headSha}`);
  }
  const pull = await host.pullRequest(collected.pullRequest);
  if (pull === undefined) throw unbelievable(`there is no pull request #${collected.pullRequest}`);
  if (pull.head.repository !== job.headRepository) {
    throw unbelievable(
      `pull request #${pull.number} comes from ${pull.head.repository ?? "a repository that is gone"}, the job ran for ${job.headRepository ?? "one that is gone"}`,
    );
  }
  // No clone is asked: there is none in such a job, and there should be none.
  const change = await changeOf(host, pull, undefined, log);
  const run = withBase(collected.run, change.base);
  const publish = (believed: CheckRun, of: Change): Promise<PublishOutcome> =>
    publishRun({
      ...settings,
      pullRequest: pull.number,
      sha: collected.headSha,
      run: believed,
      change: of,
      covers: coverageOf(believed),
      // Committed with one click: a stranger's are not offered.
      suggestions: new Map(),
    });
  const edited = change.files.flatMap(({ path, previousPath }) => [path, previousPath ?? path]).find(decidesWhatRuns);
  if (edited === undefined && change.files.length >= pull.changedFiles) {
    return publish(run, change);
  }
  const reason =
    edited === undefined
      ? "the host does not tell all files of this pull request, so what its job reported is not repeated here"
      : `this pull request edits ${edited}, which decides what its job does, so what that job reported is not repeated here`;
  const doubted: CheckRun = {
    ...run,
    verdict: { status: "incomplete", reasons: [{ kind: "incomplete", message: reason }], conditions: [] },
    summary: { ...run.summary, bySeverity: { error: 0, warning: 0, info: 0 }, new: 0, fixed: 0, suppressed: 0 },
    findings: [],
    analyzers: [],
    notices: [],
  };
  return publish(doubted, change);
}

function decidesWhatRuns(path: string): boolean {
  return path.startsWith(".github/") || /(?:^|\/)action\.ya?ml$/.test(path);
}

function withBase(run: CheckRun, base: string): CheckRun {
  return run.scope.kind === "changed" ? { ...run, scope: { kind: "changed", base, baseName: base } } : run;
}

function unbelievable(why: string): Failure {
  return new Failure("CF556", "what was collected is not published", {
    why,
    next: "a newer push has a job of its own; nothing is to be done",
    exitCode: 3,
  });
}

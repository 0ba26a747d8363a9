/** Publishes a check on a pull request: what to say is planned from what stands there, then said, each thing once. */
import type { CheckRun } from "../model/check-run.ts";
import type { Change } from "../model/change.ts";
import type { CodeHost, HostPullRequest } from "../model/code-host.ts";
import type { VerdictStatus } from "../model/gate.ts";
import { checkRunDraft } from "../reports/pull-request/check-text.ts";
import type { LineSuggestion } from "../reports/pull-request/comment-text.ts";
import {
  defaultPublicationPolicy,
  planPublication,
  type Publication,
  type PublicationOperation,
  type PublicationPolicy,
  summaryKey,
} from "../reports/pull-request/plan.ts";

export interface PublishRequest {
  readonly host: CodeHost;
  readonly pullRequest: number;
  readonly run: CheckRun;
  /** Commit that the run looked at. */
  readonly sha: string;
  /** Of the whole pull request, merge-base to head. */
  readonly change: Change;
  readonly covers: (path: string, analyzer: string) => boolean;
  readonly suggestions: ReadonlyMap<string, LineSuggestion>;
  readonly policy?: Partial<PublicationPolicy>;
  /** Comments in the conversation and the diff. */
  readonly comment: boolean;
  /** Name of the check run; undefined: none. */
  readonly checkName: string | undefined;
  /** Context of the commit status; undefined: none. */
  readonly statusContext: string | undefined;
  readonly reportUrl?: string;
}

export type PublishOutcome =
  | { readonly status: "published"; readonly publication: Publication }
  /** Nothing was said: the pull request moved on, or is closed. */
  | { readonly status: "stale"; readonly reason: string };

export async function publishRun(request: PublishRequest): Promise<PublishOutcome> {
  const { host, run, sha, change } = request;
  const pullRequest = await host.pullRequest(request.pullRequest);
  const stale = staleness(pullRequest, sha);
  if (stale !== undefined || pullRequest === undefined) return { status: "stale", reason: stale ?? "it is not there" };
  const number = pullRequest.number;
  const [viewer, comments, threads] = await Promise.all([
    host.viewer(),
    host.comments(number),
    host.reviewThreads(number),
  ]);
  const publication = planPublication({
    run,
    change,
    viewer: viewer.login,
    comments,
    threads,
    policy: { ...defaultPublicationPolicy, ...request.policy },
    covers: request.covers,
    suggestions: request.suggestions,
    gaps: change.gaps.map(({ path, reason }) => (path === undefined ? reason : `${path}: ${reason}`)),
    ...(request.reportUrl === undefined ? {} : { reportUrl: request.reportUrl }),
  });
  if (request.comment) {
    for (const operation of publication.operations) await carryOut(operation, host, number, sha);
  }
  await conclude(request, publication.verdict);
  return { status: "published", publication };
}

function staleness(pullRequest: HostPullRequest | undefined, sha: string): string | undefined {
  if (pullRequest === undefined) return "there is no such pull request";
  if (pullRequest.state === "closed") return "the pull request is closed";
  // An older run that ends later must not overwrite what a newer one said.
  return pullRequest.head.sha === sha ? undefined : `its head moved to ${pullRequest.head.sha.slice(0, 10)}`;
}

async function carryOut(
  operation: PublicationOperation,
  host: CodeHost,
  number: number,
  commit: string,
): Promise<void> {
  switch (operation.kind) {
    case "reopen-thread":
      await host.unresolveThread(operation.threadId);
      return;
    case "resolve-thread":
      await host.resolveThread(operation.threadId);
      return;
    case "update-comment":
      await host.updateReviewComment(operation.commentId, operation.body);
      return;
    case "review": {
      const { key, body, comments } = operation;
      await host.createReview(number, { key, commit, event: "COMMENT", body, comments });
      return;
    }
    case "file-comment":
      await host.ensureReviewComment(number, operation.key, { ...operation.comment, commit });
      return;
    case "summary":
      await host.ensureComment(number, summaryKey, operation.body);
  }
}

const states = { passed: "success", failed: "failure", incomplete: "error" } as const;

async function conclude(request: PublishRequest, verdict: VerdictStatus): Promise<void> {
  const { host, run, sha, checkName, statusContext, reportUrl } = request;
  const draft = checkRunDraft(run, {
    name: checkName ?? "CodeFlow",
    sha,
    verdict,
    annotations: request.policy?.annotations ?? defaultPublicationPolicy.annotations,
    ...(reportUrl === undefined ? {} : { detailsUrl: reportUrl }),
  });
  if (checkName !== undefined) await host.ensureCheckRun(draft);
  if (statusContext !== undefined) {
    await host.setStatus(sha, {
      context: statusContext,
      state: states[verdict],
      description: draft.title,
      ...(reportUrl === undefined ? {} : { url: reportUrl }),
    });
  }
}

/** Publishes a check on a pull request: what to say is planned from what stands there, then said, each thing once. */
import type { AcceptedFinding } from "../model/acceptance.ts";
import type { CheckRun } from "../model/check-run.ts";
import type { Change } from "../model/change.ts";
import type { CodeHost, HostPullRequest, ReviewCommentDraft } from "../model/code-host.ts";
import { Failure } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import { findingKey, readFindingKey } from "../model/marker.ts";
import type { IssueLink } from "../model/tracker.ts";
import { acceptedOn, withoutAccepted } from "./accepted-findings.ts";
import { checkRunDraft } from "../reports/pull-request/check-text.ts";
import { type LineSuggestion, withoutMarker } from "../reports/pull-request/comment-text.ts";
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
  /** Accepted by who gives this command now; what was accepted before stands on the pull request. */
  readonly accepting?: readonly AcceptedFinding[];
  /** Name of the check run; undefined: none. */
  readonly checkName: string | undefined;
  /** Context of the commit status; undefined: none. */
  readonly statusContext: string | undefined;
  readonly reportUrl?: string;
  /** The tracker issue that a finding belongs to. */
  readonly issueOf?: (finding: Finding) => IssueLink | undefined;
}

/** What a token may be allowed one by one: GitHub asks for another right for each. */
export type PublishedPart = "comments" | "threads" | "check run" | "status";

export interface Withheld {
  readonly part: PublishedPart;
  /** What could not be done, and which right is missing. */
  readonly reason: string;
}

export type PublishOutcome =
  /** `withheld`: what the token had no right to; never everything. */
  | { readonly status: "published"; readonly publication: Publication; readonly withheld: readonly Withheld[] }
  /** Nothing was said: the pull request moved on, or is closed. */
  | { readonly status: "stale"; readonly reason: string };

/** Throws the Failure CF701 when the token has no right to any of it. */
export async function publishRun(request: PublishRequest): Promise<PublishOutcome> {
  const { host, sha, change } = request;
  const pullRequest = await host.pullRequest(request.pullRequest);
  const stale = staleness(pullRequest, sha);
  if (stale !== undefined || pullRequest === undefined) return { status: "stale", reason: stale ?? "it is not there" };
  const number = pullRequest.number;
  const [viewer, comments, threads] = await Promise.all([
    host.viewer(),
    host.comments(number),
    host.reviewThreads(number),
  ]);
  const accepted = await acceptedOn({ host, pullRequest, viewer: viewer.login, comments, threads });
  for (const one of request.accepting ?? []) if (!accepted.has(one.fingerprint)) accepted.set(one.fingerprint, one);
  const run = withoutAccepted(request.run, accepted);
  const plan = (unplaceable: ReadonlySet<string>): Publication =>
    planPublication({
      unplaceable,
      run,
      accepted,
      change,
      viewer: viewer.login,
      comments,
      threads,
      policy: { ...defaultPublicationPolicy, ...request.policy },
      covers: request.covers,
      suggestions: request.suggestions,
      gaps: change.gaps.map(({ path, reason }) => (path === undefined ? reason : `${path}: ${reason}`)),
      ...(request.reportUrl === undefined ? {} : { reportUrl: request.reportUrl }),
      ...(request.issueOf === undefined ? {} : { issueOf: request.issueOf }),
    });
  let publication = plan(new Set());
  const rights = createRights();
  if (request.comment) {
    const refused = new Set<string>();
    for (const operation of publication.operations) {
      if (operation.kind !== "summary") await carryOut(operation, { host, number, commit: sha, refused, rights });
    }
    // What the host took nowhere in the diff is told in the summary.
    if (refused.size > 0) publication = plan(refused);
    const summary = publication.operations.find(({ kind }) => kind === "summary");
    if (summary !== undefined) await carryOut(summary, { host, number, commit: sha, refused, rights });
  }
  await conclude({ ...request, run }, publication, rights);
  if (rights.failure !== undefined && !rights.isUsed) throw rights.failure;
  return { status: "published", publication, withheld: rights.withheld };
}

/** A part whose right is missing is asked for once, and the others are said without it. */
function createRights() {
  const withheld: Withheld[] = [];
  let failure: Failure | undefined;
  let isUsed = false;
  return {
    withheld,
    get failure() {
      return failure;
    },
    get isUsed() {
      return isUsed;
    },
    /** False where the token may not do it. */
    async use(part: PublishedPart, work: () => Promise<unknown>): Promise<boolean> {
      if (withheld.some((one) => one.part === part)) return false;
      try {
        await work();
        isUsed = true;
        return true;
      } catch (error) {
        if (!(error instanceof Failure && error.code === "CF701")) throw error;
        failure ??= error;
        withheld.push({ part, reason: [error.message, error.next].filter((text) => text !== undefined).join("; ") });
        return false;
      }
    },
  };
}

function staleness(pullRequest: HostPullRequest | undefined, sha: string): string | undefined {
  if (pullRequest === undefined) return "there is no such pull request";
  if (pullRequest.state === "closed") return "the pull request is closed";
  // An older run that ends later must not overwrite what a newer one said.
  return pullRequest.head.sha === sha ? undefined : `its head moved to ${pullRequest.head.sha.slice(0, 10)}`;
}

interface Scene {
  readonly host: CodeHost;
  readonly number: number;
  readonly commit: string;
  readonly refused: Set<string>;
  readonly rights: ReturnType<typeof createRights>;
}

async function carryOut(operation: PublicationOperation, scene: Scene): Promise<void> {
  const { host, number, commit, refused, rights } = scene;
  switch (operation.kind) {
    case "reopen-thread":
      await rights.use("threads", () => host.unresolveThread(operation.threadId));
      return;
    case "resolve-thread": {
      if (await rights.use("threads", () => host.resolveThread(operation.threadId))) return;
      // GitHub resolves only for tokens that may write contents, which few jobs are given: it is said instead.
      const { instead } = operation;
      if (instead !== undefined) {
        await rights.use("comments", () => host.updateReviewComment(instead.commentId, instead.body));
      }
      return;
    }
    case "update-comment":
      await rights.use("comments", () => host.updateReviewComment(operation.commentId, operation.body));
      return;
    case "review":
      await rights.use("comments", async () => {
        const { key, body, comments } = operation;
        const isTaken = await unlessRefused(
          host.createReview(number, { key, commit, event: "COMMENT", body, comments }),
        );
        // One that the host does not take refuses all of them: each by itself, then.
        if (!isTaken) for (const comment of comments) await post(comment, host, number, commit, refused);
      });
      return;
    case "file-comment":
      await rights.use("comments", async () => {
        const { key, comment } = operation;
        if (await unlessRefused(host.ensureReviewComment(number, key, { ...comment, commit }))) return;
        refused.add(key.slice(0, key.indexOf("/")));
      });
      return;
    case "summary":
      await rights.use("comments", () => host.ensureComment(number, summaryKey, operation.body));
  }
}

/** On its line; else on its file; else it counts as refused. */
async function post(
  comment: ReviewCommentDraft,
  host: CodeHost,
  number: number,
  commit: string,
  refused: Set<string>,
): Promise<void> {
  const key = readFindingKey(comment.body);
  if (key === undefined) return;
  const body = withoutMarker(comment.body);
  const onLine = { ...comment, body, commit };
  if (await unlessRefused(host.ensureReviewComment(number, findingKey(key), onLine))) return;
  const onFile = { path: comment.path, body, commit };
  if (await unlessRefused(host.ensureReviewComment(number, findingKey(key), onFile))) return;
  refused.add(key.fingerprint);
}

/** CF702: the host understood and said no. */
async function unlessRefused(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === "CF702") return false;
    throw error;
  }
}

const states = { passed: "success", failed: "failure", incomplete: "error" } as const;

async function conclude(
  request: PublishRequest,
  { verdict, counts }: Publication,
  rights: ReturnType<typeof createRights>,
): Promise<void> {
  const { host, run, sha, checkName, statusContext, reportUrl } = request;
  const draft = checkRunDraft(run, {
    name: checkName ?? "CodeFlow",
    sha,
    verdict,
    accepted: counts.accepted,
    annotations: request.policy?.annotations ?? defaultPublicationPolicy.annotations,
    ...(reportUrl === undefined ? {} : { detailsUrl: reportUrl }),
  });
  if (checkName !== undefined) await rights.use("check run", () => host.ensureCheckRun(draft));
  if (statusContext !== undefined) {
    await rights.use("status", () =>
      host.setStatus(sha, {
        context: statusContext,
        state: states[verdict],
        description: draft.title,
        ...(reportUrl === undefined ? {} : { url: reportUrl }),
      }),
    );
  }
}

/** What people accepted on a pull request with `/codeflow ignore`: proven anew for every publication, then left out. */
import { evaluateGate } from "../findings/gate.ts";
import { summarize } from "../findings/draft.ts";
import type { AcceptedFinding } from "../model/acceptance.ts";
import type { CheckRun } from "../model/check-run.ts";
import type { CodeHost, HostComment, HostPullRequest, ReviewThread } from "../model/code-host.ts";
import { refusalOf } from "../model/command-policy.ts";
import { claimedAcceptances } from "../reports/pull-request/accepted.ts";
import { readCommandPolicy } from "./command-policy.ts";

export interface Conversation {
  readonly host: CodeHost;
  readonly pullRequest: HostPullRequest;
  readonly viewer: string;
  readonly comments: readonly HostComment[];
  readonly threads: readonly ReviewThread[];
}

/** By fingerprint. Costs nothing where nobody accepted anything. */
export async function acceptedOn({
  host,
  pullRequest,
  viewer,
  comments,
  threads,
}: Conversation): Promise<Map<string, AcceptedFinding>> {
  const claims = claimedAcceptances(viewer, comments, threads);
  const accepted = new Map<string, AcceptedFinding>();
  if (claims.length === 0) return accepted;
  const policy = await readCommandPolicy(host, pullRequest.base.branch);
  const may = new Map<string, boolean>();
  for (const { author, fingerprints, rule, reason, url, threadId } of claims) {
    const { login } = author;
    // Asked again each time: who may no longer write has no say in the verdict either.
    if (!may.has(login)) {
      may.set(login, refusalOf({ login, permission: await host.permissionOf(login) }, policy) === undefined);
    }
    if (may.get(login) !== true) continue;
    for (const fingerprint of fingerprints) {
      if (accepted.has(fingerprint)) continue;
      accepted.set(fingerprint, {
        fingerprint,
        rule,
        by: login,
        reason,
        ...(url === undefined ? {} : { url }),
        ...(threadId === undefined ? {} : { threadId }),
      });
    }
  }
  return accepted;
}

/** The same run with those findings marked, and what follows from that: counts and verdict. */
export function withoutAccepted(run: CheckRun, accepted: ReadonlyMap<string, AcceptedFinding>): CheckRun {
  let isChanged = false;
  const findings = run.findings.map((finding) => {
    const { state, suppressed, fingerprint } = finding;
    const acceptance = state !== "new" || suppressed !== undefined ? undefined : accepted.get(fingerprint);
    if (acceptance?.rule !== finding.rule) return finding;
    isChanged = true;
    // The pull request's own accepted findings, as the baseline holds those of the repository.
    return { ...finding, suppressed: { kind: "baseline" as const, reason: `${acceptance.by}: ${acceptance.reason}` } };
  });
  if (!isChanged) return run;
  const verdict = evaluateGate({
    conditions: run.verdict.conditions.map(({ condition }) => condition),
    findings,
    metrics: run.metrics,
    // Those of conditions that could not be judged are found out again.
    incomplete: run.verdict.reasons.flatMap(({ kind, condition, message }) =>
      kind === "incomplete" && condition === undefined ? [message] : [],
    ),
  });
  return { ...run, findings, verdict, summary: { files: run.summary.files, ...summarize(findings) } };
}

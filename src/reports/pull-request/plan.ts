/**
 * What to say on a pull request: the findings of a run and what stands there already in, a list of idempotent operations
 * out. Carried out once, twice or half-way and again, they end in the same pull request.
 */
import type { AcceptedFinding } from "../../model/acceptance.ts";
import type { Change } from "../../model/change.ts";
import type { CheckRun } from "../../model/check-run.ts";
import type { HostComment, ReviewCommentDraft, ReviewThread } from "../../model/code-host.ts";
import type { Finding, Severity } from "../../model/finding.ts";
import type { VerdictStatus } from "../../model/gate.ts";
import { findingKey, findMarked, readFindingKey } from "../../model/marker.ts";
import type { IssueLink } from "../../model/tracker.ts";
import { activeFindings, worstFirst } from "../active-findings.ts";
import {
  acceptedText,
  commentText,
  goneText,
  type LineSuggestion,
  presentText,
  withoutMarker,
} from "./comment-text.ts";
import { type DiffPositions, diffPositions } from "./positions.ts";
import { type OpenFinding, type PublishedState, readState } from "./state.ts";
import { type AcceptedInRun, summaryText } from "./summary-text.ts";

export const summaryKey = "summary";
/** A review of more comments is slow to post and is refused as a whole. */
const commentsPerReview = 30;
/** On whole files, open at once: each is a request of its own, and many of them tell less than the summary's table. */
const commentsOnFiles = 5;

export interface PublicationPolicy {
  /** Severities that may have a comment of their own. */
  readonly inline: readonly Severity[];
  /** Open threads of ours at most, the old ones counted. */
  readonly attention: number;
  /** Annotations of the check run at most. */
  readonly annotations: number;
}

export const defaultPublicationPolicy: PublicationPolicy = {
  inline: ["error", "warning"],
  attention: 10,
  annotations: 250,
};

export interface PublicationInput {
  /** What is accepted is marked as suppressed in it. */
  readonly run: CheckRun;
  /** By fingerprint: what people accepted for this pull request; none when absent. */
  readonly accepted?: ReadonlyMap<string, AcceptedFinding>;
  readonly change: Change;
  /** Login of whose token it is. */
  readonly viewer: string;
  readonly comments: readonly HostComment[];
  readonly threads: readonly ReviewThread[];
  readonly policy: PublicationPolicy;
  /**
   * Whether the run would have reported a finding of this analyzer in this file, had it still been there; true of files
   * that are gone.
   */
  readonly covers: (path: string, analyzer: string) => boolean;
  /** By fingerprint: replacements of whole lines that apply, parse and bring nothing new. */
  readonly suggestions: ReadonlyMap<string, LineSuggestion>;
  /** Fingerprints that the host refused to take in the diff. */
  readonly unplaceable?: ReadonlySet<string>;
  /** Of the full report, when there is one. */
  readonly reportUrl?: string;
  /** The tracker issue that a finding belongs to. */
  readonly issueOf?: (finding: Finding) => IssueLink | undefined;
  /** Why the change itself is not known whole; empty when it is. */
  readonly gaps: readonly string[];
}

export type PublicationOperation =
  | { readonly kind: "reopen-thread"; readonly threadId: string }
  | { readonly kind: "update-comment"; readonly commentId: number; readonly body: string }
  | {
      readonly kind: "review";
      readonly key: string;
      readonly body: string;
      readonly comments: readonly ReviewCommentDraft[];
    }
  | { readonly kind: "file-comment"; readonly key: string; readonly comment: ReviewCommentDraft }
  | {
      readonly kind: "resolve-thread";
      readonly threadId: string;
      /** What to say in it where it may not be resolved; undefined when that is said already. */
      readonly instead?: { readonly commentId: number; readonly body: string };
    }
  | { readonly kind: "summary"; readonly body: string };

export interface Publication {
  /** In the order in which they are carried out. */
  readonly operations: readonly PublicationOperation[];
  /** Over all pushes: what was not looked at again still counts. */
  readonly verdict: VerdictStatus;
  /** Findings of earlier pushes that this run did not look at again. */
  readonly carried: readonly OpenFinding[];
  readonly counts: {
    readonly new: number;
    /** With a thread of their own, old and new. */
    readonly inline: number;
    /** Told in the summary only. */
    readonly folded: number;
    readonly resolved: number;
    /** Threads that a person resolved while the finding is still there. */
    readonly dismissed: number;
    /** Still there, and accepted by a person for this pull request. */
    readonly accepted: number;
  };
}

export function planPublication(input: PublicationInput): Publication {
  const { run, viewer, policy } = input;
  const findings = worstFirst(activeFindings(run).filter(({ state }) => state === "new"));
  const byFingerprint = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const accepted = acceptedFindings(input);
  const threads = ownThreads(input.threads, viewer);
  const previous = previousSummary(input.comments, viewer);
  const state = previous === undefined ? undefined : readState(previous.body);

  const positions = diffPositions(input.change);
  const settled: PublicationOperation[] = [];
  const reopened: PublicationOperation[] = [];
  const updated: PublicationOperation[] = [];
  const resolved: PublicationOperation[] = [];
  const told = new Set<string>();
  const dismissed = new Set<string>();
  let open = 0;
  let onFiles = 0;
  for (const thread of threads) {
    const finding = byFingerprint.get(thread.fingerprint);
    const acceptance = accepted.get(thread.fingerprint)?.acceptance;
    if (acceptance !== undefined) {
      settled.push(...settle(thread, acceptance));
      continue;
    }
    if (finding === undefined) {
      if (thread.isResolved) continue;
      if (!input.covers(thread.path, analyzerOf(thread.rule))) {
        open++;
        continue;
      }
      const isSaid = presentText(thread.body) !== thread.body;
      const gone = { commentId: thread.commentId, body: goneText(thread.body, input.change.head) };
      if (!thread.hasPeople) {
        resolved.push({ kind: "resolve-thread", threadId: thread.id, ...(isSaid ? {} : { instead: gone }) });
      } else if (!isSaid) {
        // A conversation is theirs to close; what it was about is said to be gone.
        updated.push({ kind: "update-comment", ...gone });
      }
      continue;
    }
    if (told.has(thread.fingerprint)) {
      // Two runs at once posted it twice: one stays.
      if (!thread.isResolved && !thread.hasPeople) resolved.push({ kind: "resolve-thread", threadId: thread.id });
      continue;
    }
    told.add(thread.fingerprint);
    // GitHub's schema has a person here: where it names nobody, it was a bot's doing, and so our own.
    if (thread.isResolved && thread.resolvedBy !== undefined && thread.resolvedBy !== viewer) {
      dismissed.add(thread.fingerprint);
      continue;
    }
    open++;
    if (thread.isFileLevel) onFiles++;
    if (thread.isResolved) reopened.push({ kind: "reopen-thread", threadId: thread.id });
    const body = thread.isFileLevel
      ? textOf(finding, input, positions, undefined)
      : textOf(finding, input, positions, suggestionOf(finding, input, thread));
    if (body !== thread.body) updated.push({ kind: "update-comment", commentId: thread.commentId, body });
  }

  const lineComments: ReviewCommentDraft[] = [];
  const lineFindings: Finding[] = [];
  const fileComments: PublicationOperation[] = [];
  const folded: Finding[] = [];
  for (const finding of findings) {
    if (told.has(finding.fingerprint)) continue;
    const { path, startLine, endLine } = finding.location;
    const mayStand = policy.inline.includes(finding.severity) && input.unplaceable?.has(finding.fingerprint) !== true;
    const position = mayStand
      ? positions.place(path, startLine, lastLine(finding, startLine, endLine))
      : ({ kind: "none" } as const);
    const isTooMuch = open >= policy.attention || (position.kind === "file" && onFiles >= commentsOnFiles);
    if (position.kind === "none" || isTooMuch) {
      folded.push(finding);
      continue;
    }
    open++;
    told.add(finding.fingerprint);
    if (position.kind === "file") {
      onFiles++;
      const comment = { path, body: withoutMarker(textOf(finding, input, positions, undefined)) };
      fileComments.push({ kind: "file-comment", key: findingKey(finding), comment });
      continue;
    }
    const suggestion = input.suggestions.get(finding.fingerprint);
    const isHeld = suggestion !== undefined && positions.holds(path, suggestion.startLine, suggestion.endLine);
    const from = isHeld ? suggestion.startLine : position.startLine;
    const to = isHeld ? suggestion.endLine : position.line;
    lineFindings.push(finding);
    lineComments.push({
      path,
      line: to,
      ...(from < to ? { startLine: from } : {}),
      side: "RIGHT",
      body: textOf(finding, input, positions, isHeld ? suggestion : undefined),
    });
  }

  const carried = carriedFindings(state, byFingerprint, input);
  const verdict = cumulative(run.verdict.status, carried, state, input);
  const counts = {
    new: findings.length,
    inline: told.size - dismissed.size,
    folded: folded.length,
    resolved: resolved.length,
    dismissed: dismissed.size,
    accepted: accepted.size,
  };
  const reviews = chunks(lineComments, commentsPerReview).map((comments, index): PublicationOperation => {
    const first = lineFindings[index * commentsPerReview];
    return {
      kind: "review",
      // The same comments on the same commit are the same review; after a crash it is found, not posted again.
      key: `${input.change.head}/${first?.fingerprint ?? ""}/${comments.length}`,
      body: "",
      comments,
    };
  });
  const summary = summaryText({
    ...input,
    findings,
    folded,
    dismissed,
    carried,
    accepted: [...accepted.values()],
    verdict,
    counts,
  });
  // Silence on a clean pull request: nothing was ever said, and there is nothing to say.
  const isSilent = previous === undefined && summary.isClean;
  return {
    operations: [
      ...settled,
      ...reopened,
      ...updated,
      ...reviews,
      ...fileComments,
      ...resolved,
      ...(isSilent || (previous !== undefined && withoutMarker(previous.body).trimEnd() === summary.body.trimEnd())
        ? []
        : [{ kind: "summary" as const, body: summary.body }]),
    ],
    verdict,
    carried,
    counts,
  };
}

/** Those of the run that somebody accepted, in its order. */
function acceptedFindings({ run, accepted }: PublicationInput): Map<string, AcceptedInRun> {
  const found = new Map<string, AcceptedInRun>();
  for (const finding of run.findings) {
    // What the code itself or the base accepts by now needs nobody's word.
    const isMarked = finding.state === "new" && finding.suppressed?.kind === "baseline";
    const acceptance = isMarked ? accepted?.get(finding.fingerprint) : undefined;
    if (acceptance?.rule === finding.rule) found.set(finding.fingerprint, { finding, acceptance });
  }
  return found;
}

/**
 * Resolved first, then told: killed in between, it is told by the next run; told and open again, somebody reopened it,
 * and it stays so. A conversation of others closes only on the word of who spoke in it.
 */
function settle(thread: OwnThread, acceptance: AcceptedFinding): PublicationOperation[] {
  const body = acceptedText(thread.body, acceptance);
  if (body === thread.body) return [];
  const mayClose = !thread.isResolved && (!thread.hasPeople || acceptance.threadId === thread.id);
  return [
    ...(mayClose ? [{ kind: "resolve-thread" as const, threadId: thread.id }] : []),
    { kind: "update-comment", commentId: thread.commentId, body },
  ];
}

interface OwnThread {
  readonly id: string;
  readonly path: string;
  readonly fingerprint: string;
  readonly rule: string;
  readonly body: string;
  readonly commentId: number;
  readonly isResolved: boolean;
  readonly resolvedBy: string | undefined;
  readonly isFileLevel: boolean;
  readonly isOutdated: boolean;
  readonly startLine: number | undefined;
  readonly line: number | undefined;
  /** Somebody else wrote in it. */
  readonly hasPeople: boolean;
}

/** Threads that a comment of ours opened, oldest first. A marker alone proves nothing: anybody can write one. */
function ownThreads(threads: readonly ReviewThread[], viewer: string): OwnThread[] {
  return threads
    .flatMap((thread): OwnThread[] => {
      const [first] = thread.comments;
      const key = first?.author.login === viewer ? readFindingKey(first.body) : undefined;
      if (first === undefined || key === undefined) return [];
      return [
        {
          id: thread.id,
          path: thread.path,
          ...key,
          body: first.body,
          commentId: first.id,
          isResolved: thread.isResolved,
          resolvedBy: thread.resolvedBy,
          isFileLevel: thread.isFileLevel,
          isOutdated: thread.isOutdated,
          startLine: thread.startLine,
          line: thread.line,
          hasPeople: thread.comments.some(({ author }) => author.login !== viewer),
        },
      ];
    })
    .sort((a, b) => a.commentId - b.commentId);
}

function previousSummary(comments: readonly HostComment[], viewer: string): HostComment | undefined {
  const ours = comments.filter(({ author }) => author.login === viewer);
  return findMarked(ours, ({ body }) => body, "comment", summaryKey);
}

/** A suggestion replaces the lines that its thread stands on, so it stays only where the thread still stands there. */
function suggestionOf(finding: Finding, input: PublicationInput, thread: OwnThread): LineSuggestion | undefined {
  const suggestion = input.suggestions.get(finding.fingerprint);
  if (suggestion === undefined || thread.isOutdated || thread.line === undefined) return undefined;
  const start = thread.startLine ?? thread.line;
  return suggestion.startLine === start && suggestion.endLine === thread.line ? suggestion : undefined;
}

function textOf(
  finding: Finding,
  { run, issueOf }: PublicationInput,
  positions: DiffPositions,
  suggestion: LineSuggestion | undefined,
): string {
  const { path, startLine, endLine } = finding.location;
  // Said where the comment cannot stand at the lines themselves.
  const where = positions.place(path, startLine, endLine).kind === "file" ? `line ${startLine}` : undefined;
  return commentText(finding, { rule: run.rules[finding.rule], suggestion, where, issue: issueOf?.(finding) });
}

/** A range that ends before the first character of a line does not hold that line. */
function lastLine({ location }: Finding, startLine: number, endLine: number): number {
  return endLine > startLine && location.endColumn <= 1 ? endLine - 1 : endLine;
}

/** Open at an earlier push, not there now, and not looked at: nobody has seen them gone. */
function carriedFindings(
  state: PublishedState | undefined,
  now: ReadonlyMap<string, Finding>,
  input: PublicationInput,
): OpenFinding[] {
  if (state === undefined) return [];
  const settled = new Set(
    input.run.findings
      .filter(({ state: of, suppressed }) => of !== "new" || suppressed !== undefined)
      .map(({ fingerprint }) => fingerprint),
  );
  return state.open.filter(
    ({ fingerprint, path, rule }) =>
      !now.has(fingerprint) &&
      !settled.has(fingerprint) &&
      input.accepted?.has(fingerprint) !== true &&
      !input.covers(path, analyzerOf(rule)),
  );
}

function cumulative(
  status: VerdictStatus,
  carried: readonly OpenFinding[],
  state: PublishedState | undefined,
  input: PublicationInput,
): VerdictStatus {
  if (status === "failed" || carried.some(({ severity }) => severity === "error")) return "failed";
  if (status === "incomplete" || input.gaps.length > 0) return "incomplete";
  // More was open than the summary could hold: only a run that covers everything clears what is not listed.
  return (state?.unlisted ?? 0) > 0 && input.run.analyzers.some((one) => one.status === "failed")
    ? "incomplete"
    : "passed";
}

function analyzerOf(rule: string): string {
  return rule.slice(0, rule.indexOf("/"));
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}

/** Decides which lines a review comment may hang on, and where it hangs after the next push. */
import { type FileChange, diffTrees, findLine, findPosition, hunkUpTo, mapLine } from "./diff.ts";
import type { Anchor, PullIssue, Repository, ReviewThread, Side } from "./state.ts";

/** What a client asks for: a line and side, or the older position in the patch. */
export interface AnchorRequest {
  readonly path: string;
  readonly subjectType?: "line" | "file" | undefined;
  readonly side?: Side | undefined;
  readonly line?: number | null | undefined;
  readonly startLine?: number | null | undefined;
  readonly startSide?: Side | null | undefined;
  readonly position?: number | null | undefined;
}

export interface PlacedAnchor {
  readonly anchor: Anchor;
  readonly position: number | null;
  readonly diffHunk: string;
}

/** Why GitHub refuses; `createReview` and `createReviewComment` put it into different words. */
export type AnchorProblem = "path" | "line" | "start-line" | "start-order" | "hunk";

export function placeAnchor(changes: readonly FileChange[], request: AnchorRequest): PlacedAnchor | AnchorProblem {
  const change = changes.find((each) => each.path === request.path);
  if (change === undefined) return "path";
  if (request.subjectType === "file") {
    const anchor = { path: change.path, subjectType: "file", side: "RIGHT", line: null } as const;
    return { anchor: { ...anchor, startLine: null, startSide: null }, position: null, diffHunk: change.patch };
  }
  if (typeof request.position === "number" && request.line === undefined) {
    const found = findPosition(change, request.position);
    if (found === undefined) return "line";
    const side = found.line.kind === "-" ? "LEFT" : "RIGHT";
    const line = side === "LEFT" ? found.line.oldLine : found.line.newLine;
    const anchor: Anchor = { path: change.path, subjectType: "line", side, line, startLine: null, startSide: null };
    return { anchor, position: found.line.position, diffHunk: hunkUpTo(found) };
  }
  const side = request.side ?? "RIGHT";
  const found = typeof request.line === "number" ? findLine(change, side, request.line) : undefined;
  if (found === undefined || typeof request.line !== "number") return "line";
  const startLine = request.startLine ?? null;
  const startSide = startLine === null ? null : (request.startSide ?? side);
  if (startLine !== null && startSide !== null) {
    const start = findLine(change, startSide, startLine);
    if (start === undefined) return "start-line";
    if (start.line.position >= found.line.position) return "start-order";
    if (start.hunk !== found.hunk) return "hunk";
  }
  const anchor: Anchor = { path: change.path, subjectType: "line", side, line: request.line, startLine, startSide };
  return { anchor, position: found.line.position, diffHunk: hunkUpTo(found) };
}

/** The diff that the pull request shows now. */
export function pullChanges(repository: Repository, issue: PullIssue): readonly FileChange[] {
  return diffTrees(repository.gitDir, issue.pull.mergeBase, issue.pull.headSha);
}

/** Moves a thread to where its line is now, or marks it outdated; always from its original place, never step by step. */
export function refreshThread(repository: Repository, thread: ReviewThread): void {
  const { pull } = thread.issue;
  const { original } = thread;
  const change = pullChanges(repository, thread.issue).find((each) => each.path === original.path);
  if (original.subjectType === "file") {
    thread.outdated = change === undefined;
    if (!thread.outdated) thread.commitId = pull.headSha;
    return;
  }
  const moved = (side: Side, line: number): number | undefined =>
    side === "RIGHT"
      ? mapLine(repository.gitDir, thread.originalCommitId, pull.headSha, original.path, line)
      : mapLine(repository.gitDir, thread.originalMergeBase, pull.mergeBase, original.path, line);
  const line = original.line === null ? undefined : moved(original.side, original.line);
  const found = change === undefined || line === undefined ? undefined : findLine(change, original.side, line);
  const startLine =
    original.startLine === null ? null : (moved(original.startSide ?? original.side, original.startLine) ?? undefined);
  const startHolds =
    startLine === null ||
    (startLine !== undefined &&
      change !== undefined &&
      findLine(change, original.startSide ?? original.side, startLine) !== undefined);
  thread.outdated = found === undefined || !startHolds;
  thread.line = thread.outdated ? null : (line ?? null);
  thread.startLine = thread.outdated ? null : (startLine ?? null);
  thread.position = thread.outdated ? null : (found?.line.position ?? null);
  if (!thread.outdated) thread.commitId = pull.headSha;
}

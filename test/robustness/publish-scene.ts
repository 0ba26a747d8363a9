/** What the publisher's tests share: a run over a pull request with findings of every kind, and how the page looks after. */
import type { PublishRequest } from "../../src/app/publish-run.ts";
import type { Change } from "../../src/model/change.ts";
import type { CheckRun } from "../../src/model/check-run.ts";
import type { CodeHost } from "../../src/model/code-host.ts";
import type { PullView } from "../github/index.ts";
import { exampleFinding, exampleRun } from "../contract/example-run.ts";

/** As JSON: what a process that publishes is given. */
export interface Assignment {
  readonly baseUrl: string;
  readonly token: string;
  readonly slug: string;
  readonly pullRequest: number;
  readonly sha: string;
  readonly run: CheckRun;
  readonly change: Change;
}

export function lines(count: number, changed: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, index) => `${changed[index + 1] ?? `line ${index + 1}`}\n`).join("");
}

export function requestOf(
  host: CodeHost,
  { pullRequest, run, sha, change }: Pick<Assignment, "pullRequest" | "run" | "sha" | "change">,
): PublishRequest {
  return {
    host,
    pullRequest,
    run,
    sha,
    change,
    covers: (_path, analyzer) => run.analyzers.every((one) => one.id !== analyzer || one.status !== "failed"),
    suggestions: new Map(),
    comment: true,
    checkName: "CodeFlow",
    statusContext: "codeflow",
  };
}

/** Findings on these lines; a line outside of the diff becomes a comment on the file. */
export function runWith(places: readonly (readonly [path: string, line: number])[], head: string): CheckRun {
  const findings = places.map(([path, line]) =>
    exampleFinding(`${path}:${line}`, { path, line, severity: line % 5 === 0 ? "error" : "warning" }),
  );
  return exampleRun({ at: "2026-01-01T00:00:00.000Z", head, findings });
}

/** Without ids and commits, which differ between two pull requests alike. */
export function pageOf(view: PullView): unknown {
  const plain = (text: string): string => text.replaceAll(/\b[0-9a-f]{40}\b|\b[0-9a-f]{10}\b/g, "COMMIT");
  return {
    comments: view.comments.map(({ author, body }) => ({ author, body: plain(body) })),
    threads: view.threads
      .map(({ path, line, subjectType, resolvedBy, comments }) => ({
        path,
        line,
        subjectType,
        resolvedBy,
        comments: comments.map(({ author, body }) => ({ author, body: plain(body) })),
      }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    reviews: view.reviews.filter(({ body }) => body !== "").map(({ author, body }) => ({ author, body: plain(body) })),
    checks: view.checks.map(({ name, status, conclusion, title, annotations }) => ({
      name,
      status,
      conclusion,
      title,
      annotations,
    })),
    statuses: view.statuses,
  };
}

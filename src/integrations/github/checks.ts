/** Check runs with their annotations, commit statuses, and uploads to code scanning. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import * as z from "zod";
import type { CheckAnnotation, CheckRunDraft, CodeHost, CommitCheck } from "../../model/code-host.ts";
import { cutMarkdownBytes } from "../../model/marker.ts";
import { Anything, type Client } from "./client.ts";
import { refused } from "./failures.ts";

type CheckVerbs = Pick<CodeHost, "setStatus" | "ensureCheckRun" | "checksOf" | "uploadSarif">;

/** https://docs.github.com/rest/checks/runs */
const annotationsPerRequest = 50;
/** Documented as characters, counted as bytes of UTF-8: https://github.com/github/docs/issues/35252. */
const textBytes = 65_535;
/** https://docs.github.com/code-security/code-scanning: 10 MB packed. */
const packedLimit = 10 * 1024 * 1024;
/** After 1, 2, … 8 seconds: 36 together. */
const sarifLooks = 8;
/** https://docs.github.com/rest/commits/statuses */
const descriptionLimit = 140;

export function checkVerbs(client: Client): CheckVerbs {
  const statuses = (sha: string) =>
    client.list(
      {
        route: "GET /repos/{owner}/{repo}/commits/{sha}/status",
        params: { sha },
        what: `read the statuses of ${sha.slice(0, 10)}`,
        permission: "statuses: read",
      },
      Status,
      { field: "statuses" },
    );
  const runs = (sha: string, params: Record<string, unknown>) =>
    client.list(
      {
        route: "GET /repos/{owner}/{repo}/commits/{sha}/check-runs",
        params: { sha, ...params },
        what: `read the checks of ${sha.slice(0, 10)}`,
        permission: "checks: read",
      },
      Run,
      { field: "check_runs" },
    );

  /** Ours by name and external id; the newest when there are several. */
  async function find({ sha, name, externalId }: CheckRunDraft): Promise<Run | undefined> {
    const found = await runs(sha, { check_name: name, filter: "all" });
    return found.filter((run) => run.external_id === externalId).sort((a, b) => b.id - a.id)[0];
  }

  /** Those that the run lacks; undefined when it has one that is not wanted, which nothing takes away. */
  async function missing(run: Run, wanted: readonly CheckAnnotation[]): Promise<CheckAnnotation[] | undefined> {
    if (run.output.annotations_count === 0) return [...wanted];
    const there = await client.list(
      {
        route: "GET /repos/{owner}/{repo}/check-runs/{id}/annotations",
        params: { id: run.id },
        what: `read the annotations of check run ${run.id}`,
        permission: "checks: read",
      },
      Annotation,
    );
    const counts = new Map<string, number>();
    for (const each of there) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
    const lacking = wanted.filter((annotation) => {
      const left = counts.get(keyOf(sent(annotation))) ?? 0;
      counts.set(keyOf(sent(annotation)), left - 1);
      return left <= 0;
    });
    return [...counts.values()].some((left) => left > 0) ? undefined : lacking;
  }

  /** The new run and what it still lacks. GitHub's count of annotations lags behind, so ours is believed. */
  async function create(
    draft: CheckRunDraft,
    wanted: readonly CheckAnnotation[],
  ): Promise<readonly [Run, CheckAnnotation[]]> {
    let left = wanted.slice(annotationsPerRequest);
    const run = await client.send(
      {
        route: "POST /repos/{owner}/{repo}/check-runs",
        params: { head_sha: draft.sha, ...fields(draft, wanted, left.length === 0) },
        what: `report check ${draft.name}`,
        permission: "checks: write",
        makesContent: true,
      },
      Run,
      async () => {
        const found = await find(draft);
        const lacking = found === undefined ? undefined : await missing(found, wanted);
        left = lacking ?? left;
        return lacking === undefined ? undefined : found;
      },
    );
    return [run, left];
  }

  async function update(run: Run, draft: CheckRunDraft, rest: readonly CheckAnnotation[]): Promise<Run> {
    return client.send(
      {
        route: "PATCH /repos/{owner}/{repo}/check-runs/{id}",
        params: { id: run.id, ...fields(draft, rest, rest.length <= annotationsPerRequest) },
        what: `report check ${draft.name}`,
        permission: "checks: write",
      },
      Run,
      async () => {
        // A batch that has arrived must not be sent again: it would stand there twice.
        const now = await find(draft);
        const lacking = now === undefined ? undefined : await missing(now, draft.annotations ?? []);
        return lacking !== undefined && lacking.length < rest.length ? now : undefined;
      },
    );
  }

  return {
    async setStatus(sha, { context, state, description, url }) {
      const text = cutAt(description, descriptionLimit);
      const known = (await statuses(sha)).find((status) => status.context === context);
      if (known?.state === state && (known.description ?? "") === text && (known.target_url ?? undefined) === url) {
        return { outcome: "unchanged" };
      }
      await client.send(
        {
          route: "POST /repos/{owner}/{repo}/statuses/{sha}",
          params: { sha, context, state, description: text, ...(url === undefined ? {} : { target_url: url }) },
          what: `set the status ${context}`,
          permission: "statuses: write",
        },
        Anything,
      );
      return { outcome: "set" };
    },

    async ensureCheckRun(draft) {
      const wanted = draft.annotations ?? [];
      const odd = wanted.find(
        ({ startColumn, startLine, endLine }) => startColumn !== undefined && startLine !== endLine,
      );
      if (odd !== undefined) throw refused(`annotate ${odd.path}`, "columns need start and end on one line");
      let run = await find(draft);
      let left = run === undefined ? undefined : await missing(run, wanted);
      if (run === undefined || left === undefined) [run, left] = await create(draft, wanted);
      if (left.length > 0 || !isSame(run, draft)) {
        for (; ; left = left.slice(annotationsPerRequest)) {
          run = await update(run, draft, left);
          if (left.length <= annotationsPerRequest) break;
        }
      }
      return { id: run.id, url: run.html_url ?? "" };
    },

    async checksOf(sha) {
      const [checkRuns, all] = await Promise.all([runs(sha, {}), statuses(sha)]);
      return [
        ...checkRuns.map((run): CommitCheck => ({
          name: run.name,
          kind: "check",
          state: stateOf(run),
          ...(typeof run.html_url === "string" ? { url: run.html_url } : {}),
          ...(typeof run.external_id === "string" && run.external_id !== "" ? { externalId: run.external_id } : {}),
          id: run.id,
        })),
        ...all.map(({ context, state, target_url: url }): CommitCheck => ({
          name: context,
          kind: "status",
          state: state === "error" ? "failure" : state,
          ...(typeof url === "string" ? { url } : {}),
        })),
      ];
    },

    async uploadSarif({ sarif, sha, ref }) {
      const packed = await promisify(gzip)(sarif);
      if (packed.length > packedLimit) {
        throw refused(
          "upload SARIF",
          `${packed.length} bytes packed are more than code scanning takes (${packedLimit})`,
        );
      }
      // The same analysis again takes the place of the first.
      const { id } = await client.send(
        {
          route: "POST /repos/{owner}/{repo}/code-scanning/sarifs",
          params: { commit_sha: sha, ref, sarif: packed.toString("base64") },
          what: "upload SARIF",
          permission: "security-events: write",
        },
        z.object({ id: z.string() }),
      );
      // Taken is not accepted: what is wrong with it is found while it is processed.
      for (let attempt = 1; attempt <= sarifLooks; attempt++) {
        await client.pause(attempt);
        const found = await client.find(
          {
            route: "GET /repos/{owner}/{repo}/code-scanning/sarifs/{id}",
            params: { id },
            what: "see what became of the SARIF",
            permission: "security-events: read",
          },
          Processing,
        );
        if (found?.processing_status === "failed") throw refused("upload SARIF", (found.errors ?? []).join("; "));
        if (found?.processing_status === "complete") return { id, state: "complete" };
      }
      return { id, state: "pending" };
    },
  };
}

const Processing = z.object({
  processing_status: z.string().nullish(),
  errors: z.array(z.string()).nullish(),
});
const Status = z.object({
  context: z.string(),
  state: z.enum(["error", "failure", "pending", "success"]),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
});
const Run = z.object({
  id: z.number(),
  name: z.string(),
  external_id: z.string().nullish(),
  status: z.string(),
  conclusion: z.string().nullish(),
  html_url: z.string().nullish(),
  details_url: z.string().nullish(),
  output: z.object({
    title: z.string().nullish(),
    summary: z.string().nullish(),
    text: z.string().nullish(),
    annotations_count: z.number(),
  }),
});
type Run = z.infer<typeof Run>;
const Annotation = z.object({
  path: z.string(),
  start_line: z.number(),
  end_line: z.number(),
  start_column: z.number().nullish(),
  end_column: z.number().nullish(),
  annotation_level: z.string().nullish(),
  title: z.string().nullish(),
  message: z.string().nullish(),
});

function sent(annotation: CheckAnnotation): z.infer<typeof Annotation> {
  const { path, startLine, endLine, startColumn, endColumn, level, title, message } = annotation;
  return {
    path,
    start_line: startLine,
    end_line: endLine,
    ...(startColumn === undefined ? {} : { start_column: startColumn }),
    ...(endColumn === undefined ? {} : { end_column: endColumn }),
    annotation_level: level,
    ...(title === undefined ? {} : { title }),
    message,
  };
}

function keyOf(annotation: z.infer<typeof Annotation>): string {
  const { path, start_line: start, end_line: end, annotation_level: level, title, message } = annotation;
  return JSON.stringify([path, start, end, level ?? "", title ?? "", (message ?? "").trimEnd()]);
}

/** Only the last request of several says that the run is done. */
function fields(
  draft: CheckRunDraft,
  annotations: readonly CheckAnnotation[],
  isLast: boolean,
): Record<string, unknown> {
  const { name, externalId, status, conclusion, title, summary, text, detailsUrl } = draft;
  return {
    name,
    external_id: externalId,
    ...(isLast ? { status, ...(conclusion === undefined ? {} : { conclusion }) } : { status: "in_progress" }),
    ...(detailsUrl === undefined ? {} : { details_url: detailsUrl }),
    output: {
      title,
      summary: cutMarkdownBytes(summary, textBytes),
      ...(text === undefined ? {} : { text: cutMarkdownBytes(text, textBytes) }),
      annotations: annotations.slice(0, annotationsPerRequest).map(sent),
    },
  };
}

function isSame(run: Run, { status, conclusion, title, summary, text, detailsUrl }: CheckRunDraft): boolean {
  const { output } = run;
  return (
    run.status === status &&
    (run.conclusion ?? undefined) === conclusion &&
    (output.title ?? "") === title &&
    (output.summary ?? "").trimEnd() === cutMarkdownBytes(summary, textBytes).trimEnd() &&
    (text === undefined || (output.text ?? "").trimEnd() === cutMarkdownBytes(text, textBytes).trimEnd()) &&
    // Where none was given, GitHub puts the page of the app.
    (detailsUrl === undefined || run.details_url === detailsUrl)
  );
}

const conclusions: Readonly<Record<string, CommitCheck["state"]>> = {
  success: "success",
  neutral: "neutral",
  skipped: "neutral",
};

function stateOf({ status, conclusion }: Run): CommitCheck["state"] {
  return status === "completed" ? (conclusions[conclusion ?? ""] ?? "failure") : "pending";
}

/** Never within a surrogate pair. */
function cutAt(text: string, limit: number): string {
  return text.length <= limit
    ? text
    : text
        .slice(0, limit)
        .toWellFormed()
        .replace(/\uFFFD$/, "");
}

/** Check runs with their annotations, check suites, and commit statuses. */
import * as z from "zod";
import { created, ok, type RepositoryCall } from "../http/call.ts";
import { type Route, repositoryRoute } from "../http/router.ts";
import { checkRunShape, checkSuiteShape, statusShape } from "../shapes/checks.ts";
import { repositoryApi, repositoryPage } from "../shapes/links.ts";
import { repositoryShape } from "../shapes/repository.ts";
import { resolveCommit } from "../world/git.ts";
import { mergeWhatIsReady } from "../world/protection.ts";
import { invalidRequest, notFound, Refusal, validationFailed } from "../world/refusal.ts";
import type { CheckRun, CheckSuite, CommitStatus } from "../world/state.ts";

const Annotation = z.object({
  path: z.string(),
  start_line: z.number().int(),
  end_line: z.number().int(),
  start_column: z.number().int().nullish(),
  end_column: z.number().int().nullish(),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: z.string(),
  title: z.string().nullish(),
  raw_details: z.string().nullish(),
});
const Output = z.object({
  title: z.string().optional(),
  summary: z.string(),
  text: z.string().nullish(),
  annotations: z.array(Annotation).optional(),
});
const Conclusion = z.enum([
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "skipped",
  "stale",
  "success",
  "timed_out",
]);
const Changes = {
  status: z.enum(["queued", "in_progress", "completed"]).optional(),
  conclusion: Conclusion.optional(),
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  output: Output.optional(),
};
const NewRun = z.object({ name: z.string(), head_sha: z.string(), ...Changes });
const RunChange = z.object({ name: z.string().optional(), ...Changes });
type RunChange = z.infer<typeof RunChange>;

const maxAnnotationMessage = 64 * 1024;
const maxStatusDescription = 140;

function checkOutput(call: RepositoryCall, output: z.infer<typeof Output> | undefined): void {
  const limit = call.world.limits.annotationsPerRequest;
  const annotations = output?.annotations ?? [];
  if (annotations.length > limit) {
    const what = `No subschema in "anyOf" matched.\nNo more than ${limit} items are allowed; ${annotations.length} were supplied.`;
    throw invalidRequest(what);
  }
  for (const field of ["summary", "text"] as const) {
    // Documented as characters, counted as bytes: https://github.com/github/docs/issues/35252.
    if (Buffer.byteLength(output?.[field] ?? "") > call.world.limits.bodyCharacters - 1) {
      const message = `${field} exceeds a maximum bytesize of ${call.world.limits.bodyCharacters - 1}`;
      throw validationFailed({ resource: "CheckRun", field, code: "custom", message });
    }
  }
  for (const annotation of annotations) {
    const spans = annotation.start_line !== annotation.end_line;
    const columns = typeof annotation.start_column === "number" || typeof annotation.end_column === "number";
    if (spans && columns) throw invalidRequest("Columns are allowed only when start_line and end_line are equal.");
    if (annotation.end_line < annotation.start_line) throw invalidRequest("end_line must not precede start_line.");
    if (Buffer.byteLength(annotation.message) > maxAnnotationMessage) {
      throw validationFailed({ resource: "CheckAnnotation", field: "message", code: "invalid" });
    }
  }
}

/** Updates add annotations to those that are there; nothing takes one away. */
function apply(call: RepositoryCall, run: CheckRun, input: RunChange): void {
  if (input.status === "completed" && input.conclusion === undefined && run.conclusion === null) {
    throw validationFailed({ resource: "CheckRun", field: "conclusion", code: "missing_field" });
  }
  run.name = input.name ?? run.name;
  run.status = input.conclusion === undefined ? (input.status ?? run.status) : "completed";
  run.conclusion = input.conclusion ?? run.conclusion;
  run.detailsUrl = input.details_url ?? run.detailsUrl;
  run.externalId = input.external_id ?? run.externalId;
  if (input.started_at !== undefined) run.startedAt = new Date(input.started_at);
  if (run.status === "completed") {
    run.completedAt = input.completed_at === undefined ? call.world.now() : new Date(input.completed_at);
  }
  if (input.output === undefined) return;
  run.title = input.output.title ?? run.title;
  run.summary = input.output.summary;
  run.text = input.output.text ?? run.text;
  for (const each of input.output.annotations ?? []) {
    run.annotations.push({
      path: each.path,
      start_line: each.start_line,
      end_line: each.end_line,
      start_column: each.start_column ?? null,
      end_column: each.end_column ?? null,
      annotation_level: each.annotation_level,
      title: each.title ?? null,
      message: each.message,
      raw_details: each.raw_details ?? null,
    });
  }
}

/** One suite for each app and commit, however many runs there are. */
function suiteFor(call: RepositoryCall, sha: string): CheckSuite {
  const { world, repository } = call;
  const appSlug = call.viewer.token?.appSlug ?? "github-actions";
  const known = repository.checkSuites.find((each) => each.headSha === sha && each.appSlug === appSlug);
  if (known !== undefined) return known;
  const suite = { id: world.nextId(), headSha: sha, appSlug, createdAt: world.now() };
  repository.checkSuites.push(suite);
  return suite;
}

function runOf(call: RepositoryCall): CheckRun {
  const run = call.repository.checkRuns.get(call.number("id"));
  if (run === undefined) throw notFound();
  return run;
}

function commitOf(call: RepositoryCall): string {
  const sha = resolveCommit(call.repository.gitDir, call.param("ref"));
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${call.param("ref")}`);
  return sha;
}

/** `filter=latest` (the default) shows the newest run of each name. */
function runsFor(call: RepositoryCall, belongs: (run: CheckRun) => boolean): CheckRun[] {
  const name = call.query.get("check_name");
  const status = call.query.get("status");
  const runs = [...call.repository.checkRuns.values()]
    .filter((run) => belongs(run) && (name === null || run.name === name) && (status === null || run.status === status))
    .reverse();
  if (call.query.get("filter") === "all") return runs;
  return runs.filter(
    (run, index) => runs.findIndex((other) => other.name === run.name && other.suite === run.suite) === index,
  );
}

function pageOfRuns(call: RepositoryCall, runs: readonly CheckRun[]) {
  return call.page(
    runs,
    (run) => checkRunShape(call.world, call.repository, run),
    (shown) => ({ total_count: runs.length, check_runs: shown }),
  );
}

const NewStatus = z.object({
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
  context: z.string().optional(),
});

/** Newest first. */
function statusesAt(call: RepositoryCall, sha: string): CommitStatus[] {
  return call.repository.statuses.filter((status) => status.sha === sha).reverse();
}

export const checkRoutes: readonly Route[] = [
  repositoryRoute("POST", "/check-runs", "checks:write", (call) => {
    const input = call.read(NewRun);
    checkOutput(call, input.output);
    const { world, repository } = call;
    const sha = resolveCommit(repository.gitDir, input.head_sha);
    if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${input.head_sha}`);
    const run: CheckRun = {
      id: world.nextId(),
      suite: suiteFor(call, sha),
      headSha: sha,
      name: input.name,
      status: "queued",
      conclusion: null,
      externalId: "",
      detailsUrl: null,
      startedAt: world.now(),
      completedAt: null,
      title: null,
      summary: null,
      text: null,
      annotations: [],
    };
    apply(call, run, input);
    repository.checkRuns.set(run.id, run);
    mergeWhatIsReady(world, repository, sha);
    world.happened(repository, call.user, { event: "check_run", action: "created", run });
    return created(checkRunShape(world, repository, run));
  }),

  repositoryRoute("GET", "/check-runs/:id", "checks:read", (call) =>
    ok(checkRunShape(call.world, call.repository, runOf(call))),
  ),

  repositoryRoute("PATCH", "/check-runs/:id", "checks:write", (call) => {
    const run = runOf(call);
    const input = call.read(RunChange);
    if (run.suite.appSlug !== (call.viewer.token?.appSlug ?? "github-actions")) {
      throw new Refusal(
        403,
        `Invalid app_id \`${run.suite.appSlug}\` - check run can only be modified by the GitHub App that created it.`,
      );
    }
    checkOutput(call, input.output);
    apply(call, run, input);
    mergeWhatIsReady(call.world, call.repository, run.headSha);
    const action = run.status === "completed" ? "completed" : "created";
    call.world.happened(call.repository, call.user, { event: "check_run", action, run });
    return ok(checkRunShape(call.world, call.repository, run));
  }),

  repositoryRoute("GET", "/check-runs/:id/annotations", "checks:read", (call) => {
    const run = runOf(call);
    return call.page(run.annotations, (annotation) => ({
      ...annotation,
      blob_href: repositoryPage(call.world, call.repository, `/blob/${run.headSha}/${annotation.path}`),
    }));
  }),

  repositoryRoute("GET", "/commits/:ref/check-runs", "checks:read", (call) => {
    const sha = commitOf(call);
    return pageOfRuns(
      call,
      runsFor(call, (run) => run.headSha === sha),
    );
  }),

  repositoryRoute("GET", "/commits/:ref/check-suites", "checks:read", (call) => {
    const sha = commitOf(call);
    const suites = call.repository.checkSuites.filter((suite) => suite.headSha === sha);
    return call.page(
      suites,
      (suite) => checkSuiteShape(call.world, call.repository, suite),
      (shown) => ({ total_count: suites.length, check_suites: shown }),
    );
  }),

  repositoryRoute("GET", "/check-suites/:id/check-runs", "checks:read", (call) =>
    pageOfRuns(
      call,
      runsFor(call, (run) => run.suite.id === call.number("id")),
    ),
  ),

  repositoryRoute("POST", "/statuses/:ref", "statuses:write", (call) => {
    const input = call.read(NewStatus);
    const { world, repository } = call;
    const sha = resolveCommit(repository.gitDir, call.param("ref"));
    if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${call.param("ref")}`);
    if ((input.description ?? "").length > maxStatusDescription) {
      const message = `description is too long (maximum is ${maxStatusDescription} characters)`;
      throw validationFailed({ resource: "Status", field: "description", code: "custom", message });
    }
    const status: CommitStatus = {
      id: world.nextId(),
      sha,
      state: input.state,
      context: input.context ?? "default",
      description: input.description ?? null,
      targetUrl: input.target_url ?? null,
      creator: call.user,
      createdAt: world.now(),
    };
    repository.statuses.push(status);
    mergeWhatIsReady(world, repository, sha);
    return created(statusShape(world, repository, status));
  }),

  repositoryRoute("GET", "/commits/:ref/statuses", "statuses:read", (call) =>
    call.page(statusesAt(call, commitOf(call)), (status) => statusShape(call.world, call.repository, status)),
  ),

  repositoryRoute("GET", "/commits/:ref/status", "statuses:read", (call) => {
    const sha = commitOf(call);
    const all = statusesAt(call, sha);
    const latest = all.filter((status, index) => all.findIndex((each) => each.context === status.context) === index);
    const bad = latest.some((status) => status.state === "failure" || status.state === "error");
    const pending = latest.length === 0 || latest.some((status) => status.state === "pending");
    return call.page(
      latest,
      (status) => statusShape(call.world, call.repository, status),
      (shown) => ({
        state: bad ? "failure" : pending ? "pending" : "success",
        statuses: shown,
        sha,
        total_count: latest.length,
        repository: repositoryShape(call.world, call.repository),
        commit_url: repositoryApi(call.world, call.repository, `/commits/${sha}`),
        url: repositoryApi(call.world, call.repository, `/commits/${sha}/status`),
      }),
    );
  }),
];

/** Workflow runs, their jobs, logs and artifacts: seeded by tests, read by clients. */
import { bytes, ok, type Reply, type RepositoryCall } from "../http/call.ts";
import { type Route, repositoryRoute, route } from "../http/router.ts";
import { pullsAt } from "../shapes/checks.ts";
import { repositoryApi, repositoryPage } from "../shapes/links.ts";
import { userShape } from "../shapes/people.ts";
import { repositoryShape } from "../shapes/repository.ts";
import { timestamp } from "../world/git.ts";
import { nodeId } from "../world/ids.ts";
import { notFound, Refusal } from "../world/refusal.ts";
import {
  type Artifact,
  fullName,
  type Repository,
  repositoryByName,
  type WorkflowJob,
  type WorkflowRun,
  type World,
} from "../world/state.ts";
import { zipOf } from "../world/zip.ts";

export function runShape(world: World, repository: Repository, run: WorkflowRun) {
  const url = repositoryApi(world, repository, `/actions/runs/${run.id}`);
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WFR", run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: run.name,
    run_number: 1,
    run_attempt: 1,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: 1,
    url,
    html_url: repositoryPage(world, repository, `/actions/runs/${run.id}`),
    // Empty for runs of fork pull requests, as on GitHub: the trusted half must find its pull request by itself.
    pull_requests: run.headRepository === repository ? pullsAt(world, repository, run.headSha) : [],
    created_at: timestamp(run.createdAt),
    updated_at: timestamp(run.createdAt),
    run_started_at: timestamp(run.createdAt),
    actor: userShape(world, run.actor),
    triggering_actor: userShape(world, run.actor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_id: run.id,
    check_suite_node_id: nodeId("CS", run.id),
    previous_attempt_url: null,
    check_suite_url: repositoryApi(world, repository, `/check-suites/${run.id}`),
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: repositoryApi(world, repository, "/actions/workflows/1"),
    head_commit: null,
    repository: repositoryShape(world, repository),
    head_repository: repositoryShape(world, run.headRepository),
  };
}

export function workflowShape(world: World, repository: Repository, run: WorkflowRun) {
  const file = run.path.split("/").at(-1) ?? "";
  return {
    id: 1,
    node_id: nodeId("WFR", 1),
    name: run.name,
    path: run.path,
    state: "active",
    created_at: timestamp(repository.createdAt),
    updated_at: timestamp(repository.createdAt),
    url: repositoryApi(world, repository, "/actions/workflows/1"),
    html_url: repositoryPage(world, repository, `/blob/${repository.defaultBranch}/${run.path}`),
    badge_url: repositoryPage(world, repository, `/actions/workflows/${file}/badge.svg`),
  };
}

function jobShape(call: RepositoryCall, run: WorkflowRun, job: WorkflowJob) {
  const date = timestamp(run.createdAt);
  return {
    id: job.id,
    run_id: run.id,
    run_url: repositoryApi(call.world, call.repository, `/actions/runs/${run.id}`),
    run_attempt: 1,
    node_id: nodeId("CR", job.id),
    head_sha: run.headSha,
    head_branch: run.headBranch,
    url: repositoryApi(call.world, call.repository, `/actions/jobs/${job.id}`),
    html_url: repositoryPage(call.world, call.repository, `/actions/runs/${run.id}/job/${job.id}`),
    status: job.status,
    conclusion: job.conclusion,
    created_at: date,
    started_at: date,
    completed_at: job.status === "completed" ? date : null,
    name: job.name,
    steps: job.steps.map((step, index) => ({
      name: step.name,
      status: job.status,
      conclusion: step.conclusion,
      number: index + 1,
      started_at: date,
      completed_at: date,
    })),
    check_run_url: repositoryApi(call.world, call.repository, `/check-runs/${job.id}`),
    labels: ["ubuntu-latest"],
    runner_id: 1,
    runner_name: "GitHub Actions 1",
    runner_group_id: 1,
    runner_group_name: "GitHub Actions",
    workflow_name: run.name,
  };
}

function artifactShape(call: RepositoryCall, artifact: Artifact) {
  const url = repositoryApi(call.world, call.repository, `/actions/artifacts/${artifact.id}`);
  const { run } = artifact;
  return {
    id: artifact.id,
    node_id: nodeId("MI", artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expired,
    created_at: timestamp(artifact.createdAt),
    updated_at: timestamp(artifact.createdAt),
    expires_at: timestamp(new Date(artifact.createdAt.getTime() + 90 * 86_400_000)),
    workflow_run: {
      id: run.id,
      repository_id: call.repository.id,
      head_repository_id: run.headRepository.id,
      head_branch: run.headBranch,
      head_sha: run.headSha,
    },
  };
}

function runOf(call: RepositoryCall): WorkflowRun {
  const run = call.repository.workflowRuns.get(call.number("id"));
  if (run === undefined) throw notFound();
  return run;
}

function jobOf(call: RepositoryCall): { readonly run: WorkflowRun; readonly job: WorkflowJob } {
  for (const run of call.repository.workflowRuns.values()) {
    const job = run.jobs.find((each) => each.id === call.number("id"));
    if (job !== undefined) return { run, job };
  }
  throw notFound();
}

function artifacts(call: RepositoryCall, belongs: (artifact: Artifact) => boolean): Reply {
  const name = call.query.get("name");
  const found = [...call.repository.artifacts.values()].filter(
    (artifact) => belongs(artifact) && (name === null || artifact.name === name),
  );
  return call.page(
    found.reverse(),
    (artifact) => artifactShape(call, artifact),
    (shown) => ({ total_count: found.length, artifacts: shown }),
  );
}

/** Downloads go by a redirect to another address that asks for no token, as GitHub's do. */
function redirect(call: RepositoryCall, kind: "artifact" | "logs" | "job", id: number): Reply {
  if (call.viewer.token === undefined) throw new Refusal(401, "Requires authentication");
  const Location = `${call.world.url}/_blobs/${fullName(call.repository)}/${kind}/${id}`;
  return { status: 302, headers: { Location } };
}

function blob(repository: Repository, kind: string, id: number): Reply {
  if (kind === "artifact") {
    const artifact = repository.artifacts.get(id);
    if (artifact !== undefined) return bytes(artifact.zip, "application/zip");
  }
  const run = repository.workflowRuns.get(id);
  if (kind === "logs" && run !== undefined) {
    const files = run.jobs.map((job, index) => [`${index}_${job.name}.txt`, job.log] as const);
    return bytes(zipOf(Object.fromEntries(files)), "application/zip");
  }
  for (const each of repository.workflowRuns.values()) {
    const job = each.jobs.find((candidate) => candidate.id === id);
    if (kind === "job" && job !== undefined) return bytes(job.log, "text/plain; charset=utf-8");
  }
  throw notFound();
}

export const actionRoutes: readonly Route[] = [
  repositoryRoute("GET", "/actions/runs", "actions:read", (call) => {
    const { query } = call;
    const matches = (name: string, value: string | null): boolean => !query.has(name) || query.get(name) === value;
    const runs = [...call.repository.workflowRuns.values()].filter(
      (run) =>
        matches("branch", run.headBranch) &&
        matches("event", run.event) &&
        matches("head_sha", run.headSha) &&
        (matches("status", run.status) || matches("status", run.conclusion)),
    );
    return call.page(
      runs.reverse(),
      (run) => runShape(call.world, call.repository, run),
      (shown) => ({ total_count: runs.length, workflow_runs: shown }),
    );
  }),

  repositoryRoute("GET", "/actions/runs/:id", "actions:read", (call) =>
    ok(runShape(call.world, call.repository, runOf(call))),
  ),

  repositoryRoute("GET", "/actions/runs/:id/jobs", "actions:read", (call) => {
    const run = runOf(call);
    return call.page(
      run.jobs,
      (job) => jobShape(call, run, job),
      (shown) => ({ total_count: run.jobs.length, jobs: shown }),
    );
  }),

  repositoryRoute("GET", "/actions/runs/:id/logs", "actions:read", (call) => redirect(call, "logs", runOf(call).id)),
  repositoryRoute("GET", "/actions/runs/:id/artifacts", "actions:read", (call) => {
    const run = runOf(call);
    return artifacts(call, (artifact) => artifact.run === run);
  }),

  repositoryRoute("GET", "/actions/jobs/:id", "actions:read", (call) => {
    const { run, job } = jobOf(call);
    return ok(jobShape(call, run, job));
  }),
  repositoryRoute("GET", "/actions/jobs/:id/logs", "actions:read", (call) => redirect(call, "job", jobOf(call).job.id)),

  repositoryRoute("GET", "/actions/artifacts", "actions:read", (call) => artifacts(call, () => true)),
  repositoryRoute("GET", "/actions/artifacts/:id", "actions:read", (call) => {
    const artifact = call.repository.artifacts.get(call.number("id"));
    if (artifact === undefined) throw notFound();
    return ok(artifactShape(call, artifact));
  }),
  repositoryRoute("GET", "/actions/artifacts/:id/zip", "actions:read", (call) => {
    const artifact = call.repository.artifacts.get(call.number("id"));
    if (artifact === undefined) throw notFound();
    if (artifact.expired) throw new Refusal(410, "Artifact has expired");
    return redirect(call, "artifact", artifact.id);
  }),

  route("GET", "/_blobs/:owner/:repo/:kind/:id", (call) => {
    const repository = repositoryByName(call.world, `${call.param("owner")}/${call.param("repo")}`);
    if (repository === undefined) throw notFound();
    return blob(repository, call.param("kind"), call.number("id"));
  }),
];

/** Check runs, check suites and commit statuses as the API shows them. */
import type { RestEndpointMethodTypes as Rest } from "@octokit/rest";
import { timestamp } from "../world/git.ts";
import { nodeId } from "../world/ids.ts";
import { pullsOf } from "../world/pulls.ts";
import type { CheckRun, CheckSuite, CommitStatus, PullIssue, Repository, World } from "../world/state.ts";
import { repositoryApi, repositoryPage } from "./links.ts";
import { appShape, userShape } from "./people.ts";
import { repositoryShape } from "./repository.ts";

type CheckRunShape = Rest["checks"]["get"]["response"]["data"];
type StatusShape = Rest["repos"]["createCommitStatus"]["response"]["data"];

/** Pull requests from forks are not listed here: a known gap of the real API that clients must live with. */
export function pullsAt(world: World, repository: Repository, sha: string) {
  const small = (each: Repository) => ({ id: each.id, url: repositoryApi(world, each), name: each.name });
  return pullsOf(repository)
    .filter((issue: PullIssue) => issue.pull.headSha === sha && issue.pull.headRepository === repository)
    .map((issue) => ({
      id: issue.pull.id,
      number: issue.number,
      url: repositoryApi(world, repository, `/pulls/${issue.number}`),
      head: { ref: issue.pull.headRef, sha: issue.pull.headSha, repo: small(issue.pull.headRepository) },
      base: { ref: issue.pull.baseRef, sha: issue.pull.baseSha, repo: small(repository) },
    }));
}

export function checkRunShape(world: World, repository: Repository, run: CheckRun): CheckRunShape {
  const url = repositoryApi(world, repository, `/check-runs/${run.id}`);
  const html = repositoryPage(world, repository, `/runs/${run.id}`);
  return {
    id: run.id,
    head_sha: run.headSha,
    node_id: nodeId("CR", run.id),
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    // GitHub says "stale" too; the type of one run forgets it.
    conclusion: run.conclusion === "stale" ? null : run.conclusion,
    started_at: timestamp(run.startedAt),
    completed_at: run.completedAt === null ? null : timestamp(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: { id: run.suite.id },
    app: appShape(world, run.suite.appSlug),
    pull_requests: pullsAt(world, repository, run.headSha),
  };
}

export function checkSuiteShape(world: World, repository: Repository, suite: CheckSuite) {
  const runs = [...repository.checkRuns.values()].filter((run) => run.suite === suite);
  const done = runs.length > 0 && runs.every((run) => run.status === "completed");
  const failed = runs.some((run) => run.conclusion === "failure");
  const url = repositoryApi(world, repository, `/check-suites/${suite.id}`);
  const branch = [...repository.refs].find(([ref, sha]) => ref.startsWith("refs/heads/") && sha === suite.headSha);
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: branch?.[0].slice("refs/heads/".length) ?? null,
    head_sha: suite.headSha,
    status: done ? "completed" : runs.length === 0 ? "queued" : "in_progress",
    conclusion: done ? (failed ? "failure" : "success") : null,
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullsAt(world, repository, suite.headSha),
    app: appShape(world, suite.appSlug),
    repository: repositoryShape(world, repository),
    created_at: timestamp(suite.createdAt),
    updated_at: timestamp(suite.createdAt),
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
  };
}

export function statusShape(world: World, repository: Repository, status: CommitStatus): StatusShape {
  return {
    url: repositoryApi(world, repository, `/statuses/${status.sha}`),
    avatar_url: `${world.url}/avatars/u/${status.creator.id}`,
    id: status.id,
    node_id: nodeId("SC", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: timestamp(status.createdAt),
    updated_at: timestamp(status.createdAt),
    creator: userShape(world, status.creator),
  };
}

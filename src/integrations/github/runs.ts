/** Runs of GitHub's own workflows, their jobs and logs. */
import * as z from "zod";
import type { CodeHost } from "../../model/code-host.ts";
import type { Client } from "./client.ts";

type RunVerbs = Pick<CodeHost, "workflowRuns" | "jobs" | "jobLog">;

const permission = "actions: read";

export function runVerbs(client: Client): RunVerbs {
  return {
    async workflowRuns({ branch, sha, status, limit }) {
      const params = {
        ...(branch === undefined ? {} : { branch }),
        ...(sha === undefined ? {} : { head_sha: sha }),
        ...(status === undefined ? {} : { status }),
      };
      const list = await client.list(
        { route: "GET /repos/{owner}/{repo}/actions/runs", params, what: "list workflow runs", permission },
        Run,
        { field: "workflow_runs", ...(limit === undefined ? {} : { limit }) },
      );
      return list.map((run) => ({
        id: run.id,
        name: run.name ?? "",
        headBranch: run.head_branch ?? "",
        headSha: run.head_sha,
        status: run.status ?? "",
        conclusion: run.conclusion ?? undefined,
        createdAt: run.created_at,
        url: run.html_url,
      }));
    },

    async jobs(runId) {
      const list = await client.list(
        {
          route: "GET /repos/{owner}/{repo}/actions/runs/{id}/jobs",
          params: { id: runId },
          what: `read the jobs of workflow run ${runId}`,
          permission,
        },
        Job,
        { field: "jobs" },
      );
      return list.map((job) => ({
        id: job.id,
        name: job.name,
        conclusion: job.conclusion ?? undefined,
        steps: (job.steps ?? []).map(({ name, conclusion, number }) => ({
          name,
          conclusion: conclusion ?? undefined,
          number,
        })),
        url: job.html_url ?? "",
      }));
    },

    async jobLog(jobId, maxBytes) {
      const bytes = await client.tail(
        {
          route: "GET /repos/{owner}/{repo}/actions/jobs/{id}/logs",
          params: { id: jobId },
          what: `read the log of job ${jobId}`,
          permission,
        },
        maxBytes,
      );
      // The cut may have gone through a character.
      return new TextDecoder().decode(bytes).replace(/^\uFFFD+/, "");
    },
  };
}

const Run = z.object({
  id: z.number(),
  name: z.string().nullish(),
  head_branch: z.string().nullish(),
  head_sha: z.string(),
  status: z.string().nullish(),
  conclusion: z.string().nullish(),
  created_at: z.string(),
  html_url: z.string(),
});
const Job = z.object({
  id: z.number(),
  name: z.string(),
  conclusion: z.string().nullish(),
  steps: z.array(z.object({ name: z.string(), conclusion: z.string().nullish(), number: z.number() })).optional(),
  html_url: z.string().nullish(),
});

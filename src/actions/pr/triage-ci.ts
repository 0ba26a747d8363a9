/** `pr.triage-ci`: which jobs of CI failed, and the lines of their logs that tell why. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";

/** Of each log's end: what fails stands there. */
const readBytes = 512 * 1024;
const shownLines = 15;
const shownJobs = 10;

/** Lines that begin what tools say when they fail; timestamps and colours are taken off before. */
const telling =
  /^(?:##\[error\]|error(?:\[\w+\])?:|ERROR\b|FAIL(?:ED)?\b|\s*(?:✗|✘|×|●) |E {2,}|npm (?:ERR!|error)|fatal:|panic:|Traceback \(|AssertionError|\S+Error:|--- FAIL|not ok \d+|\S+:\d+:\d+: error)/;

export const triageCi = defineAction({
  id: "pr.triage-ci",
  summary: "Read the failed jobs of a commit's workflow runs and pick the lines that tell why.",
  description:
    "Looks at the newest run of each workflow of the commit. Lines are picked from the end of each failed job's log, with " +
    "the step that failed. Log text is shown as code, never as Markdown.\n\n" +
    "```yaml\n- id: triage\n  uses: pr.triage-ci\n- uses: flow.log\n  with: { message: '${{ steps.triage.outputs.failed }} jobs failed' }\n```",
  inputs: z.strictObject({
    sha: z.string().optional().describe("The commit; the event's when absent."),
    comment: z.boolean().default(true).describe("Say it on the open pull request of the commit, in one comment."),
  }),
  outputs: z.object({
    sha: z.string().describe("The commit."),
    failed: z.number().describe("Failed jobs."),
    jobs: z
      .array(
        z.object({
          workflow: z.string(),
          job: z.string(),
          step: z.string(),
          lines: z.array(z.string()),
          url: z.string(),
        }),
      )
      .describe("Each with the step that failed and the lines that tell why."),
    "pull-request": z.number().nullable().describe("The open pull request of the commit."),
    report: z.string().describe("Markdown."),
  }),
  needs: ["host"],
  effects: "outside",
  async run(context, given) {
    const sha = given.sha ?? context.event.pullRequest?.headSha ?? context.event.sha;
    if (sha === undefined) throw new StepFailed("the event is about no commit; name one with `sha`");
    const runs = await context.host.workflowRuns({ sha, limit: 50 });
    const newest = new Map<string, (typeof runs)[number]>();
    for (const run of runs) {
      const known = newest.get(run.name);
      if (known === undefined || known.createdAt < run.createdAt) newest.set(run.name, run);
    }
    const jobs: { workflow: string; job: string; step: string; lines: string[]; url: string }[] = [];
    for (const run of [...newest.values()].sort((a, b) => a.name.localeCompare(b.name))) {
      if (run.conclusion === "success" || run.conclusion === "skipped") continue;
      for (const job of await context.host.jobs(run.id)) {
        if (job.conclusion !== "failure" && job.conclusion !== "timed_out") continue;
        const log = await context.host.jobLog(job.id, readBytes);
        const step = job.steps.find(({ conclusion }) => conclusion === "failure" || conclusion === "timed_out");
        jobs.push({
          workflow: run.name,
          job: job.name,
          step: step?.name ?? "",
          lines: tellingLines(log),
          url: job.url,
        });
      }
    }
    const open = await context.host.pullRequests({ state: "open", limit: 100 });
    const number = open.find((one) => one.head.sha === sha)?.number ?? null;
    const report = describe(sha, jobs);
    context.summarize(report);
    if (given.comment && number !== null && jobs.length > 0)
      await context.host.ensureComment(number, "ci-triage", report);
    return { sha, failed: jobs.length, jobs, "pull-request": number, report };
  },
});

function tellingLines(log: string): string[] {
  const lines = log
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/^\uFEFF?\d{4}-\d{2}-\d{2}T[\d:.]+Z ?/, "")
        // Colours and cursor movements: https://en.wikipedia.org/wiki/ANSI_escape_code#Control_Sequence_Introducer_commands
        .replace(new RegExp(`${String.fromCharCode(27)}\\[[\\d;?]*[ -/]*[@-~]`, "g"), "")
        .trimEnd(),
    )
    .filter((line) => line !== "");
  const found = lines.filter((line) => telling.test(line));
  return [...new Set((found.length > 0 ? found : lines).slice(-shownLines))].map((line) => line.slice(0, 300));
}

function describe(
  sha: string,
  jobs: readonly {
    readonly workflow: string;
    readonly job: string;
    readonly step: string;
    readonly lines: readonly string[];
    readonly url: string;
  }[],
): string {
  if (jobs.length === 0) return `No failed job of ${sha.slice(0, 10)} was found.`;
  const shown = jobs.slice(0, shownJobs).map(({ workflow, job, step, lines, url }) => {
    const text = lines.join("\n");
    const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
    const name = (part: string): string => part.replace(/[\\`*_[\]<>|@#]/g, (sign) => `\\${sign}`);
    return `**${name(workflow)} / ${name(job)}**${step === "" ? "" : `, step ${name(step)}`} ([log](${url}))\n\n${fence}text\n${text}\n${fence}`;
  });
  const more = jobs.length - shown.length;
  return [`### CI failed at ${sha.slice(0, 10)}`, ...shown, ...(more > 0 ? [`and ${more} more failed jobs`] : [])].join(
    "\n\n",
  );
}

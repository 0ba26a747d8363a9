/** Runs a workflow of CodeFlow's on the event of the job. */
import { startRun } from "../app/run-workflow.ts";
import { whyNotStarted } from "../app/workflows/triggered.ts";
import type { World } from "../app/world.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import { compareWith } from "./git-base.ts";
import type { ActionInputs } from "./inputs.ts";
import type { Job } from "./job.ts";
import { addSummary, setOutputs } from "./report-back.ts";

export async function runNamedWorkflow(
  workflow: string,
  { failOn, token }: ActionInputs,
  job: Job,
  world: World,
  version: string,
): Promise<number> {
  const { eventName, eventPath, pullRequest } = job;
  if (pullRequest !== undefined) await fetchHistory(pullRequest.baseSha, job, token, world);
  // Where the code host is looked for: the input is what this step was given.
  const env = { ...world.env, ...(token === undefined ? {} : { GITHUB_TOKEN: token }) };
  // What is not asked for by name is started by hand: GitHub's schedule and dispatch have little to say.
  const name = eventName === "schedule" || eventName === "workflow_dispatch" ? "manual" : eventName;
  const request = { workflow, inputs: {}, event: { file: eventPath, name } };
  const seeing = { ...world, env };
  const reasons = await whyNotStarted(request, seeing);
  if (reasons !== undefined) {
    // GitHub's `on:` started the job, which knows nothing of commands, labels, people or conditions.
    const list = reasons.map((reason) => `- ${cell(reason)}\n`).join("");
    await addSummary(`## CodeFlow: ${cell(workflow)} is not for this event\n\n${list}`, world.env);
    const notStarted = `${workflow}: not started`;
    await setOutputs({ verdict: "passed", summary: notStarted, published: false });
    world.log.info(`${notStarted}: ${reasons.join("; ")}`);
    return exitCodes.passed;
  }
  const { record, steps, summary } = await startRun(request, seeing, version);
  const verdict = record.status === "succeeded" ? "passed" : record.status === "failed" ? "failed" : "incomplete";
  const rows = steps.map(({ path, status, error = "" }) => `| ${cell(path)} | ${status} | ${cell(error)} |`);
  await addSummary(
    `## ${verdict === "passed" ? "✅" : "❌"} CodeFlow: ${cell(workflow)} ${record.status}\n\n| step | | |\n|---|---|---|\n${rows.join("\n")}\n${summary === "" ? "" : `\n${summary}\n`}`,
    world.env,
  );
  await setOutputs({ verdict, summary: `${workflow}: ${record.status}`, published: false });
  if (failOn === "never" || (failOn === "failed" && verdict === "incomplete")) return exitCodes.passed;
  return exitCodes[verdict];
}

/** As code, in which nothing is read as Markdown; one line, no cell's end. */
function cell(text: string): string {
  const plain = text
    .replace(/[`|\r\n]+/g, " ")
    .trim()
    .slice(0, 500);
  return plain === "" ? "" : `\`${plain}\``;
}

/** Runners clone one commit, and checks of a change want its base. A workflow that looks at no code does without. */
async function fetchHistory(base: string, job: Job, token: string | undefined, world: World): Promise<void> {
  try {
    await compareWith(base, job, token, world);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    world.log.debug(`the history of the pull request is not at hand: ${error.message}`);
  }
}

/** What action.yml runs: an event in; a check, its reports, comments and outputs out. Returns the exit code. */
import { join } from "node:path";
import type { CheckOptions } from "../app/check.ts";
import { type FreshCheck, checkAfresh } from "../app/check-afresh.ts";
import { openCodeHost } from "../app/compose.ts";
import { changeBetween, changeOf } from "../app/change-of.ts";
import { publishCheck } from "../app/publish-check.ts";
import { publishCollected, type PublishSettings } from "../app/publish-collected.ts";
import type { PublishedPart, PublishOutcome } from "../app/publish-run.ts";
import { renderJobSummary } from "../app/reports.ts";
import type { World } from "../app/world.ts";
import type { CodeHost } from "../model/code-host.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { VerdictStatus } from "../model/gate.ts";
import { readCollected, writeCollected } from "./collected.ts";
import { compareWith, type Comparison, requirePullRequest } from "./git-base.ts";
import { uploadFindings } from "./code-scanning.ts";
import { type ActionInputs, readInputs } from "./inputs.ts";
import { isCommit, isObject, type Job, readJob } from "./job.ts";
import { addSummary, annotate, maskToken, notice, outputsOf, setOutputs } from "./report-back.ts";
import { writeReportFiles } from "./report-files.ts";

export async function runAction(world: World, version: string): Promise<number> {
  const inputs = readInputs(world.env);
  await maskToken(inputs.token);
  const job = readJob(world);
  if (inputs.mode === "publish") return publish(inputs, job, world);
  if (inputs.workflow !== undefined && !isStranger(inputs, job)) {
    const { runNamedWorkflow } = await import("./workflow.ts");
    return runNamedWorkflow(inputs.workflow, inputs, job, world, version);
  }
  return check(inputs, job, world, version);
}

async function check(inputs: ActionInputs, job: Job, world: World, version: string): Promise<number> {
  const pull = job.pullRequest;
  const strange = isStranger(inputs, job);
  const asked = inputs.base ?? pull?.baseSha ?? pushedFrom(job);
  // A stranger's change is never looked at without its base, whose settings count.
  const wanted = asked === "none" ? (strange ? pull?.baseSha : undefined) : asked;
  if (inputs.mode === "collect" && pull === undefined) {
    throw new Failure("CF557", "there is no pull request to collect for", { why: `the event is ${job.eventName}` });
  }
  const comparison = wanted === undefined ? undefined : await compareWith(wanted, job, inputs.token, world);
  if (comparison === undefined) await requirePullRequest(job, inputs.token, world);
  const fresh = await checkAfresh(optionsOf(inputs, comparison, strange), withoutToken(world), version);
  const { run } = fresh;
  const notes: string[] = [];
  if (strange && inputs.workflow !== undefined) {
    notes.push("Workflows are not run for pull requests from forks: this is a check without them.");
  }

  const reports = await writeReportFiles(fresh, reportsOf(inputs, fresh, strange), world);
  let published: PublishOutcome | undefined;
  let failure: Failure | undefined;
  let collected: string | undefined;
  // The token of a fork's pull request reads only, unless the event is one that runs with the base's own rights.
  const mayPublish = inputs.mode === "check" && (!strange || job.eventName === "pull_request_target");
  const isAsked = inputs.comment || inputs.checkName !== undefined;
  const tell = async (note: string): Promise<void> => {
    notes.push(`${note.slice(0, 1).toUpperCase()}${note.slice(1)}.`);
    await notice(note);
  };
  if (inputs.codeScanning && mayPublish) {
    const missed = await uploadFindings(fresh, inputs, job, comparison, world);
    if (missed !== undefined) {
      if (missed.code !== "CF701") failure = missed;
      await tell(`nothing was uploaded to code scanning: ${[missed.message, missed.why ?? ""].join(". ")}`);
    }
  }
  if (pull !== undefined && isAsked && mayPublish) {
    const outcome = await tryToPublish(fresh, inputs, job, world);
    if (outcome instanceof Failure) {
      // Without a right the verdict stands in the job's summary; anything else that keeps it back is a failed job.
      if (outcome.code !== "CF701" && outcome.code !== "CF559") failure = outcome;
      await tell(`nothing was published: ${[outcome.message, outcome.why ?? outcome.next ?? ""].join(". ")}`);
    } else {
      published = outcome;
      if (outcome.status === "stale") notes.push(`Nothing was published: ${outcome.reason}.`);
      else for (const { part, reason } of outcome.withheld) await tell(`without ${names[part]}: ${reason}`);
    }
  }
  if (pull !== undefined && isAsked && published === undefined && strange) {
    const folder = inputs.collected ?? join(world.env["RUNNER_TEMP"] ?? world.cwd, "codeflow-collected");
    const { number, headSha } = pull;
    writeCollected(folder, { pullRequest: number, headSha, run });
    collected = folder;
    notes.push("This pull request comes from a fork: what was found is handed over to the job that may publish it.");
  }
  // A published check run has them already: the same lines would be marked twice.
  if (inputs.annotations && !hasCheckRun(published, inputs)) await annotate(run);
  const blobUrl = `${job.serverUrl}/${job.slug}/blob/${pull?.headSha ?? job.sha ?? "HEAD"}`;
  const { git } = fresh.place;
  const isReviewed = pull !== undefined && comparison !== undefined && git !== undefined;
  const change = isReviewed ? await changeBetween(git, comparison.base, comparison.head) : undefined;
  await addSummary(
    await renderJobSummary(run, { blobUrl, notes, ...(change === undefined ? {} : { change }) }),
    world.env,
  );
  const verdict = published?.status === "published" ? published.publication.verdict : run.verdict.status;
  await setOutputs({
    ...outputsOf(run),
    verdict,
    reports,
    "sarif-file": inputs.sarifFile === undefined ? "" : (reports["sarif"] ?? ""),
    collected: collected ?? "",
    published: published?.status === "published",
  });
  if (failure !== undefined) throw failure;
  return exitCodeOf(verdict, inputs);
}

const names: Readonly<Record<PublishedPart, string>> = {
  comments: "comments",
  threads: "resolved threads",
  "check run": "a check run",
  status: "a commit status",
};

function hasCheckRun(published: PublishOutcome | undefined, { checkName }: ActionInputs): boolean {
  if (published?.status !== "published" || checkName === undefined) return false;
  return published.withheld.every(({ part }) => part !== "check run");
}

/** For a check: it runs the repository's own tools, which have no use for the token. */
function withoutToken(world: World): World {
  const { INPUT_TOKEN: _token, ...env } = world.env;
  return { ...world, env, exec: (request) => world.exec({ env, ...request }) };
}

/** What a stranger wrote does not say how it is judged, and nothing of it is run, whatever the inputs say. */
function isStranger({ mode }: ActionInputs, { pullRequest }: Job): boolean {
  return mode === "collect" || pullRequest?.isFork === true;
}

function optionsOf(inputs: ActionInputs, comparison: Comparison | undefined, isStranger: boolean): CheckOptions {
  return {
    paths: [],
    scope: comparison === undefined ? { kind: "all" } : { kind: "changed", base: comparison.base },
    profile: inputs.profile,
    only: [],
    skip: [],
    noExec: isStranger || inputs.noExec,
    noCache: false,
    imports: [],
    reports: [],
    baseline: undefined,
    gate: inputs.gate,
    ...(inputs.config === undefined ? {} : { config: inputs.config }),
    ...(isStranger ? { trust: "base" } : {}),
  };
}

/** Commit before a push; a branch that is new or was rewritten has none, and is compared with where it goes. */
function pushedFrom({ eventName, payload }: Job): string | undefined {
  if (eventName === "merge_group") {
    const group = payload["merge_group"];
    const base = isObject(group) ? group["base_sha"] : undefined;
    return isCommit(base) ? base : undefined;
  }
  if (eventName !== "push") return undefined;
  const { before, ref, repository } = payload;
  if (isCommit(before) && !/^0+$/.test(before) && payload["forced"] !== true) return before;
  const main: unknown = repository?.["default_branch"];
  // Of the main branch itself, and of tags, everything counts.
  const isBranch = typeof ref === "string" && ref.startsWith("refs/heads/") && ref !== `refs/heads/${String(main)}`;
  return isBranch && typeof main === "string" && main !== "" ? main : undefined;
}

/** Inputs come from the workflow's author; the configuration's own reports are a stranger's no more than it is. */
function reportsOf(inputs: ActionInputs, fresh: FreshCheck, isStranger: boolean): FreshCheck["reports"] {
  const asked = [
    ...inputs.reports,
    ...(inputs.sarifFile === undefined ? [] : [{ format: "sarif", path: inputs.sarifFile }]),
  ];
  return asked.length > 0 || isStranger ? asked : fresh.reports;
}

/** Whatever keeps it from being published: what was found out is told first. */
async function tryToPublish(
  fresh: FreshCheck,
  inputs: ActionInputs,
  job: Job,
  world: World,
): Promise<PublishOutcome | Failure> {
  const pull = job.pullRequest;
  if (pull === undefined) throw new Error("there is nothing to publish on");
  let host: CodeHost | undefined;
  try {
    const settings = await settingsOf(inputs, job, world);
    host = settings.host;
    const { number, headSha: sha } = pull;
    const known = await host.pullRequest(number);
    if (known === undefined) return { status: "stale", reason: "there is no such pull request" };
    const change = await changeOf(host, known, fresh.place.git, world.log);
    return await publishCheck(fresh, { ...settings, pullRequest: number, sha, change }, world);
  } catch (error) {
    if (error instanceof Failure && error.exitCode !== exitCodes.interrupted) return error;
    throw error;
  } finally {
    if (host !== undefined) tellCost(host, world);
  }
}

/** Each request by itself is among the details, which a job shows when it is debugged. */
function tellCost(host: CodeHost, world: World): void {
  const { requests, notModified, remaining } = host.usage();
  const left = remaining === undefined ? "" : `; ${remaining} left this hour`;
  world.log.info(`GitHub: ${requests} requests, ${notModified} of them unchanged and free${left}`);
}

async function settingsOf(inputs: ActionInputs, job: Job, world: World): Promise<PublishSettings> {
  if (inputs.token === undefined)
    throw new Failure("CF559", "publishing needs a token", { next: "give the input token" });
  const host = await openCodeHost(world, { slug: job.slug, token: inputs.token, apiUrl: job.apiUrl });
  return {
    host,
    comment: inputs.comment,
    checkName: inputs.checkName,
    statusContext: undefined,
    ...(inputs.annotations ? {} : { policy: { annotations: 0 } }),
    ...(job.runUrl === undefined ? {} : { reportUrl: job.runUrl }),
  };
}

/** Runs with rights, on what a job without any found out. Nothing of the pull request is checked out, or run. */
async function publish(inputs: ActionInputs, job: Job, world: World): Promise<number> {
  const run = job.payload["workflow_run"];
  if (job.eventName !== "workflow_run" || !isObject(run)) {
    throw new Failure("CF558", "publish belongs in a workflow that another one's end starts", {
      why: `the event is ${job.eventName}, not workflow_run`,
      next: "codeflow init --github writes such a pair of workflows",
    });
  }
  if (run["event"] !== "pull_request" || !isCommit(run["head_sha"])) {
    await notice("nothing to publish: the job that ended was not about a pull request");
    await setOutputs({ published: false });
    return exitCodes.passed;
  }
  const folder = inputs.collected ?? join(world.env["RUNNER_TEMP"] ?? world.cwd, "codeflow-collected");
  const collected = await readCollected(folder);
  const from = run["head_repository"];
  const name = isObject(from) ? from["full_name"] : undefined;
  const settings = await settingsOf(inputs, job, world);
  const outcome = await publishCollected(
    collected,
    { headSha: run["head_sha"], headRepository: typeof name === "string" ? name : undefined },
    settings,
    world.log,
  );
  tellCost(settings.host, world);
  if (outcome.status === "stale") {
    await notice(`nothing was published: ${outcome.reason}`);
    await setOutputs({ published: false });
    return exitCodes.passed;
  }
  const { publication, withheld } = outcome;
  const { verdict } = publication;
  for (const { part, reason } of withheld) await notice(`without ${names[part]}: ${reason}`);
  await setOutputs({ ...outputsOf(collected.run), verdict, published: true });
  // Red where it counts, on the pull request: this job did what it should.
  return exitCodes.passed;
}

function exitCodeOf(verdict: VerdictStatus, { failOn }: ActionInputs): number {
  if (failOn === "never" || (failOn === "failed" && verdict === "incomplete")) return exitCodes.passed;
  return exitCodes[verdict];
}

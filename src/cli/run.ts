/** `codeflow run`. */
import { InvalidArgumentError } from "commander";
import { type FinishedRun, planRun, resumeRun, retryRun, type RunRequest, startRun } from "../app/run-workflow.ts";
import { type DueRun, findDue, takeDue } from "../app/workflows/due.ts";
import { whyNotStarted } from "../app/workflows/triggered.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addJson, printJson } from "./output.ts";
import { exitCodeOfRun, finishedData, planText, printFinished } from "./run-output.ts";
import { withRunShown } from "./show-run.ts";

export const run: CliCommand = {
  name: "run",
  example: `\
  codeflow run quality-gate                       a workflow of the repository, or one that comes with CodeFlow
  codeflow run ./release.yml --input level=minor  a file, with an input
  codeflow run pr-title --event event.json        as if this had arrived from GitHub
  codeflow run nightly --dry-run                  what would run, with what
  codeflow run --due                              what came due of the repository's schedules; for cron
  codeflow run --resume last                      go on with a run that was left or has waited`,
  configure(command) {
    command
      .argument("[workflow]", "name or path")
      .option("--input <key=value>", "an input (repeatable)", collectInput, {})
      .option("--event <file>", "payload of the event, as GitHub delivers it")
      .option("--event-name <name>", "of which kind it is: pull_request, push, …")
      .option("--pr <owner/repo#number>", "the pull request that it is about")
      .option("--dry-run", "print the plan and run nothing")
      .option("--due", "run the repository's workflows whose schedule came due since this was last asked")
      .option("--resume <run>", "go on with this run: its id, the start of it, or last")
      .option("--from-step <id>", "with --resume: run this step again, and what depends on it");
    addJson(command);
  },
  async run(context, args, options) {
    const workflow = args[0] as string | undefined;
    const resumed = options["resume"] as string | undefined;
    const fromStep = options["fromStep"] as string | undefined;
    const isJson = options["json"] === true;
    const { version } = context.door;
    if (options["due"] === true) {
      if (workflow !== undefined || resumed !== undefined) {
        throw new Failure("CF562", "--due takes no workflow and no run", { next: "codeflow run --due" });
      }
      return runDue(context, { isJson, isDry: options["dryRun"] === true });
    }
    if ((workflow === undefined) === (resumed === undefined)) {
      throw new Failure("CF545", workflow === undefined ? "which workflow?" : "--resume takes no workflow", {
        next: workflow === undefined ? "codeflow run WORKFLOW" : `codeflow run --resume ${resumed ?? ""}`,
      });
    }
    if (fromStep !== undefined && resumed === undefined) {
      throw new Failure("CF546", "--from-step needs --resume", { next: "codeflow run --resume RUN --from-step ID" });
    }
    if (workflow === undefined) {
      const id = resumed ?? "";
      const ended = await withRunShown(context, (onEvent, world) =>
        fromStep === undefined
          ? resumeRun(id, world, version, onEvent)
          : retryRun(id, fromStep, world, version, onEvent),
      );
      return printFinished(context, ended, isJson);
    }
    const request: RunRequest = {
      workflow,
      inputs: options["input"] as Record<string, string>,
      event: {
        ...(options["event"] === undefined ? {} : { file: options["event"] as string }),
        ...(options["eventName"] === undefined ? {} : { name: options["eventName"] as string }),
        ...(options["pr"] === undefined ? {} : { pullRequest: options["pr"] as string }),
      },
    };
    const kept = request.event.file === undefined ? undefined : await whyNotStarted(request, context.world);
    if (kept !== undefined) {
      context.world.log.warn(`had it arrived by itself, this event would have started nothing: ${kept.join("; ")}`);
    }
    if (options["dryRun"] === true) {
      const plan = await planRun(request, context.world);
      if (isJson) printJson(context, plan);
      else context.out(planText(plan, context));
      return exitCodes.passed;
    }
    const ended = await withRunShown(context, (onEvent, world) => startRun(request, world, version, onEvent));
    return printFinished(context, ended, isJson);
  },
};

function collectInput(text: string, previous: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("it must be KEY=VALUE, e.g. level=minor.");
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** One after the other, so that a machine which was off for long is not overrun; the worst answer is the exit code. */
async function runDue(
  context: CommandContext,
  { isJson, isDry }: { isJson: boolean; isDry: boolean },
): Promise<number> {
  const { due, begun, broken } = await findDue(context.world, isDry);
  for (const { workflow, cron } of begun) context.world.log.info(`${workflow}: ${cron} is due from now on`);
  for (const { message } of broken) {
    context.world.log.warn(`${message}: its schedules are not looked at; codeflow workflows validate shows why`);
  }
  let worst: number = broken.length > 0 ? exitCodes.usage : exitCodes.passed;
  if (isDry) {
    if (isJson) printJson(context, { due });
    else context.out(due.map(({ workflow, scheduledFor }) => `${workflow}  due ${scheduledFor}\n`).join(""));
    return worst;
  }
  if (due.length === 0) context.world.log.info("no schedule came due");
  const ended: FinishedRun[] = [];
  for (const one of due) {
    // What is not taken stays due: for the next call.
    if (context.world.signal.aborted) break;
    try {
      const run = await startDue(context, one);
      if (run === undefined) continue;
      ended.push(run);
      worst = Math.max(worst, isJson ? exitCodeOfRun(run.record) : printFinished(context, run, false));
    } catch (error) {
      // A workflow that cannot start keeps no other from its time.
      if (!(error instanceof Failure)) throw error;
      const why = error.why === undefined ? "" : `: ${error.why}`;
      context.world.log.warn(`${one.workflow} could not be run: ${error.message}${why} [${error.code}]`);
      worst = Math.max(worst, error.exitCode);
    }
  }
  if (isJson) printJson(context, { runs: ended.map(finishedData) });
  return worst;
}

async function startDue(context: CommandContext, due: DueRun): Promise<FinishedRun | undefined> {
  const { workflow, cron, scheduledFor, missed } = due;
  const request: RunRequest = { workflow, inputs: {}, event: { due: { cron, scheduledFor } } };
  const kept = await whyNotStarted(request, context.world);
  if (!(await takeDue(due, context.world))) return undefined;
  if (kept !== undefined) {
    context.world.log.info(`${workflow}: not started: ${kept.join("; ")}`);
    return undefined;
  }
  if (missed > 0) context.world.log.info(`${workflow}: missed ${missed} earlier times too; this run makes up for all`);
  return withRunShown(context, (onEvent, world) => startRun(request, world, context.door.version, onEvent));
}

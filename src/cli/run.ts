/** `codeflow run`. */
import { InvalidArgumentError } from "commander";
import { planRun, resumeRun, retryRun, type RunRequest, startRun } from "../app/run-workflow.ts";
import { whyNotStarted } from "../app/workflows/triggered.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { CliCommand } from "./door.ts";
import { addJson, printJson } from "./output.ts";
import { planText, printFinished } from "./run-output.ts";
import { withRunShown } from "./show-run.ts";

export const run: CliCommand = {
  name: "run",
  example: `\
  codeflow run quality-gate                       a workflow of the repository, or one that comes with CodeFlow
  codeflow run ./release.yml --input level=minor  a file, with an input
  codeflow run pr-title --event event.json        as if this had arrived from GitHub
  codeflow run nightly --dry-run                  what would run, with what
  codeflow run --resume last                      go on with a run that was left or has waited`,
  configure(command) {
    command
      .argument("[workflow]", "name or path")
      .option("--input <key=value>", "an input (repeatable)", collectInput, {})
      .option("--event <file>", "payload of the event, as GitHub delivers it")
      .option("--event-name <name>", "of which kind it is: pull_request, push, …")
      .option("--pr <owner/repo#number>", "the pull request that it is about")
      .option("--dry-run", "print the plan and run nothing")
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

/** `codeflow runs`. */
import { type Command, Option } from "commander";
import { cancelRun, decideRun, listRuns, resumeDecided, resumeRun, retryRun, showRun } from "../app/run-workflow.ts";
import { exitCodes } from "../model/failure.ts";
import { isFinished, runStatuses, type RunStatus } from "../model/workflow-run.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addJson, printJson } from "./output.ts";
import { printFinished, runsText, shownText } from "./run-output.ts";
import { withRunShown } from "./show-run.ts";

const theRun = "its id, the start of it, or last";

export const runs: CliCommand = {
  name: "runs",
  example: `\
  codeflow runs                            the last runs
  codeflow runs show last                  its steps, with their logs
  codeflow runs resume 0199c0de-1234       go on with a run that was left or has waited
  codeflow runs retry last                 run again what did not succeed
  codeflow runs approve last               say yes where a run waits for it, and go on`,
  byDefault: "list",
  subcommands: [
    {
      name: "list",
      summary: "the last runs, newest first",
      example: "  codeflow runs list --status waiting",
      configure(command) {
        command
          .addOption(new Option("--limit <count>", "runs to show").default(20).argParser(Number))
          .addOption(new Option("--status <status>", "only these").choices(runStatuses))
          .option("--workflow <name>", "of this workflow");
        addJson(command);
      },
      async run(context, _args, options) {
        const found = await listRuns(
          {
            limit: Math.max(1, Math.trunc(options["limit"] as number) || 20),
            ...(options["status"] === undefined ? {} : { status: options["status"] as RunStatus }),
            ...(options["workflow"] === undefined ? {} : { workflow: options["workflow"] as string }),
          },
          context.world,
        );
        if (options["json"] === true) printJson(context, found);
        else context.out(runsText(found, context));
        return exitCodes.passed;
      },
    },
    {
      name: "show",
      usage: "show <run>",
      summary: "the steps of a run and their logs",
      example: "  codeflow runs show last --step build",
      configure: (command) => void withRun(command).option("--step <path>", "logs of this step alone"),
      async run(context, [id], options) {
        const found = await showRun(id as string, options["step"] as string | undefined, context.world);
        if (options["json"] === true) {
          const { record, steps, waits, summary, logs, children, plan } = found;
          printJson(context, { run: record, steps, waits, summary, logs, children, plan });
        } else context.out(shownText(found, context));
        return exitCodes.passed;
      },
    },
    {
      name: "resume",
      usage: "resume <run>",
      summary: "go on with a run that was left or has waited",
      example: "  codeflow runs resume last",
      configure: (command) => void withRun(command),
      async run(context, [id], options) {
        const ended = await withRunShown(context, (onEvent, world) =>
          resumeRun(id as string, world, context.door.version, onEvent),
        );
        return printFinished(context, ended, options["json"] === true);
      },
    },
    {
      name: "retry",
      usage: "retry <run>",
      summary: "run again what did not succeed, or everything from a step on",
      example: "  codeflow runs retry last --from-step build",
      configure: (command) =>
        void withRun(command).option("--from-step <id>", "this step again, and what depends on it"),
      async run(context, [id], options) {
        const ended = await withRunShown(context, (onEvent, world) =>
          retryRun(id as string, options["fromStep"] as string | undefined, world, context.door.version, onEvent),
        );
        return printFinished(context, ended, options["json"] === true);
      },
    },
    {
      name: "approve",
      usage: "approve <run>",
      summary: "decide what a run waits for, and go on with it",
      example: '  codeflow runs approve last --reject --comment "not on a Friday"',
      configure: (command) =>
        void withRun(command)
          .option("--step <path>", "where more than one step waits")
          .option("--reject", "say no")
          .option("--comment <text>", "why")
          .option("--as <login>", "who decides; the user of this machine unless said")
          .option("--no-resume", "only decide"),
      async run(context, [id], options) {
        const decided = await decideRun(
          id as string,
          {
            ...(options["step"] === undefined ? {} : { step: options["step"] as string }),
            ...(options["comment"] === undefined ? {} : { comment: options["comment"] as string }),
            approved: options["reject"] !== true,
            by: (options["as"] as string | undefined) ?? user(context),
          },
          context.world,
        );
        if (options["resume"] === false) {
          if (options["json"] === true) printJson(context, decided);
          else context.out(`${decided.step} is decided; codeflow run --resume ${decided.root} goes on\n`);
          return exitCodes.passed;
        }
        const ended = await withRunShown(context, (onEvent, world) =>
          resumeDecided(decided.root, world, context.door.version, onEvent),
        );
        if (ended === undefined) {
          if (options["json"] === true) printJson(context, decided);
          else context.out(`${decided.step} is decided; the process that has the run goes on with it\n`);
          return exitCodes.passed;
        }
        return printFinished(context, ended, options["json"] === true);
      },
    },
    {
      name: "cancel",
      usage: "cancel <run>",
      summary: "end a run; steps that clean up still run where it is run",
      example: "  codeflow runs cancel last",
      configure: (command) => void withRun(command),
      async run(context, [id], options) {
        const record = await cancelRun(id as string, user(context), context.world);
        if (options["json"] === true) printJson(context, record);
        else context.out(`${isFinished(record.status) ? record.status : "asked to end"}: run ${record.id}\n`);
        return exitCodes.passed;
      },
    },
  ],
};

function withRun(command: Command): Command {
  command.description(`${command.description()} (${theRun})`);
  return addJson(command);
}

function user({ door }: CommandContext): string {
  return door.env["USER"] || door.env["USERNAME"] || "somebody";
}

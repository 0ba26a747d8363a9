/** `codeflow hook`. */
import { dirname } from "node:path";
import { createPalette, makeVisible } from "../app/presentation.ts";
import { gitHookState, installGitHook, removeGitHook } from "../app/set-up.ts";
import { exitCodes } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { hookLines, type HookReport } from "./hook-output.ts";
import { addJson, printJson } from "./output.ts";

export const hook: CliCommand = {
  name: "hook",
  byDefault: "status",
  example: `\
  codeflow hook install               in the place that the repository uses: husky, lefthook, pre-commit, core.hooksPath
  codeflow hook status
  codeflow hook remove`,
  subcommands: [
    {
      name: "install",
      summary: "check what is staged before every commit",
      example: `\
  codeflow hook install
  codeflow hook install --required    refuse commits on a machine without codeflow`,
      configure(command) {
        command
          .option("--required", "refuse commits where codeflow is not installed; else they go through with a warning")
          .option("--shared", "install even where core.hooksPath is shared by all repositories of this machine")
          .option("--no-edit", "print what lefthook's or pre-commit's file needs instead of editing it");
        addJson(command);
      },
      async run(context, _args, options) {
        const report = await installGitHook(
          {
            required: options["required"] === true,
            allowShared: options["shared"] === true,
            editManagerFile: options["edit"] !== false,
            nodeDirectory: dirname(process.execPath),
          },
          context.world,
        );
        const isAsked = report.status === "offered" && options["edit"] === false;
        const isDone = report.status !== "refused" && report.status !== "offered";
        return answer(context, report, options, isDone || isAsked);
      },
    },
    {
      name: "remove",
      summary: "take it out again; what else is in the hook stays as it is",
      example: "  codeflow hook remove",
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const report = await removeGitHook(context.world);
        return answer(context, report, options, report.status !== "refused");
      },
    },
    {
      name: "status",
      summary: "whether it is installed, and where",
      example: "  codeflow hook status --json",
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const state = await gitHookState(context.world);
        if (options["json"] === true) printJson(context, state);
        else {
          const paint = createPalette(context.color);
          const place = `${makeVisible(state.path)}${state.manager === "git" ? "" : ` (${state.manager})`}`;
          context.out(
            state.isInstalled
              ? `${paint.green("✓")} installed in ${place}\n`
              : `${paint.dim("-")} not installed; codeflow hook install would put it into ${place}\n`,
          );
        }
        return exitCodes.passed;
      },
    },
  ],
};

function answer(
  context: CommandContext,
  report: HookReport,
  options: Record<string, unknown>,
  isDone: boolean,
): number {
  if (options["json"] === true) printJson(context, report);
  else if (context.global.quiet !== true || !isDone) context.out(hookLines(report, createPalette(context.color)));
  return isDone ? exitCodes.passed : exitCodes.incomplete;
}

/** `codeflow issues`. */
import { Option } from "commander";
import { count, createPalette, oneLine } from "../app/presentation.ts";
import { listIssues, syncIssues, type SyncIssuesResult } from "../app/sync-issues.ts";
import { type IssueGrouping, issueGroupings, type TrackerId, trackerIds } from "../model/config.ts";
import { exitCodes } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addJson, printJson, roomFor } from "./output.ts";
import { withProgress } from "./show-progress.ts";
import { table } from "./table.ts";

export const issues: CliCommand = {
  name: "issues",
  example: `\
  codeflow issues sync --dry-run      what would be opened, changed and closed
  codeflow issues sync                findings as issues of the configured tracker
  codeflow issues list                issues that this clone knows of`,
  subcommands: [
    {
      name: "sync",
      summary: "make issues of what a check finds, keep them up to date, close what is gone",
      example: `\
  codeflow issues sync --dry-run
  codeflow issues sync --tracker linear --group package`,
      configure(command) {
        command
          .option("--dry-run", "say what would be done and do nothing")
          .addOption(new Option("--tracker <name>", "another tracker than the configured one").choices(trackerIds))
          .addOption(
            new Option("--group <by>", "what the findings of one issue have in common").choices(issueGroupings),
          )
          .option("--no-exec", "never run the repository's own tools");
        addJson(command);
      },
      async run(context, _args, options) {
        const result = await withProgress(context, (onEvent, world) =>
          syncIssues(
            {
              dryRun: options["dryRun"] === true,
              tracker: options["tracker"] as TrackerId | undefined,
              group: options["group"] as IssueGrouping | undefined,
              noExec: options["exec"] === false,
              onEvent,
            },
            world,
            context.door.version,
          ),
        );
        for (const reason of result.incomplete) context.world.log.warn(`the check is incomplete: ${oneLine(reason)}`);
        if (options["json"] === true) printJson(context, result);
        else if (context.global.quiet !== true) context.out(syncText(result, context));
        return result.incomplete.length > 0 ? exitCodes.incomplete : exitCodes.passed;
      },
    },
    {
      name: "list",
      summary: "issues that this clone knows of, with their state when they were last looked at",
      example: `\
  codeflow issues list
  codeflow issues list --json`,
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const known = await listIssues(context.world);
        if (options["json"] === true) printJson(context, known);
        else if (known.length === 0) context.out("no issues yet: codeflow issues sync makes them\n");
        else {
          const rows = known.map(({ state, reason, priority, externalId, title, url }) => [
            reason ?? state,
            priority,
            externalId,
            title,
            url,
          ]);
          const columns = ["state", "priority", "issue", "title", "where"].map((title) => ({ title }));
          context.out(table(columns, rows, { width: roomFor(context), head: createPalette(context.color).dim }));
        }
        return exitCodes.passed;
      },
    },
  ],
};

function syncText(result: SyncIssuesResult, context: CommandContext): string {
  const paint = createPalette(context.color);
  const where = `${result.tracker} ${oneLine(result.project)}`;
  if (result.issues.length === 0) return `${paint.green("✓")} nothing to say in ${where}\n`;
  const rows = result.issues.map(({ outcome, priority, findings, id, title, url, reason }) => [
    outcome,
    priority,
    findings === 0 ? "" : count(findings, "finding"),
    id ?? "",
    reason === undefined ? title : `${title} (${reason})`,
    url ?? "",
  ]);
  const head = result.dryRun ? `would be done in ${where}:\n` : `${where}:\n`;
  return head + table([{}, {}, { align: "right" }, {}, {}, {}], rows, { width: roomFor(context), indent: "  " });
}

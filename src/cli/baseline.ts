/** `codeflow baseline`. */
import { type Command, Option } from "commander";
import {
  type BaselineChange,
  type BaselineRequest,
  createBaselineFile,
  importIntoBaseline,
  mergeBaselineFiles,
  pruneBaselineFile,
  updateBaselineFile,
} from "../app/baseline.ts";
import { count, createPalette, formatNumber, oneLine } from "../app/presentation.ts";
import { profiles, type Profile } from "../model/analyzer.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { diagnosticsText } from "./mistakes.ts";
import { addJson, printJson } from "./output.ts";
import { withProgress } from "./show-progress.ts";

const sources = ["eslint", "oxlint", "gitleaks", "sarif"] as const;

export const baseline: CliCommand = {
  name: "baseline",
  example: `\
  codeflow baseline create            accept everything that is found today
  codeflow baseline update            refresh what is still found; accept nothing more
  codeflow baseline update --grow --reason 'moved from the old linter'
  codeflow baseline prune             drop what is not found any more
  codeflow baseline import eslint-suppressions.json`,
  subcommands: [
    {
      name: "create",
      summary: "accept everything that `codeflow check` finds today",
      example: `\
  codeflow baseline create
  codeflow baseline create --reason 'before we began with codeflow'`,
      configure(command) {
        addCheckOptions(command)
          .option("--force", "begin anew where there is a baseline, forgetting its reasons")
          .option("--reason <text>", "why they are accepted; kept with every entry");
        addJson(command);
      },
      async run(context, _args, options) {
        const change = await withProgress(context, (onEvent, world) =>
          createBaselineFile(
            { ...checkRequest(options), onEvent, force: options["force"] === true, reason: reasonOf(options) },
            world,
            context.door.version,
          ),
        );
        return report(context, change, options, "accepted");
      },
    },
    {
      name: "update",
      summary: "refresh the entries that are still found; with --grow accept the new findings too",
      example: `\
  codeflow baseline update
  codeflow baseline update --grow --reason 'legacy module, to be removed in spring'`,
      configure(command) {
        addCheckOptions(command)
          .option("--grow", "also accept what is found and not accepted yet")
          .option("--reason <text>", "with --grow: why the new ones are accepted");
        addJson(command);
      },
      async run(context, _args, options) {
        const grow = options["grow"] === true;
        if (options["reason"] !== undefined && !grow) {
          throw new Failure("CF510", "--reason needs --grow", {
            why: "entries that are there keep the reason they have",
            next: "codeflow baseline update --grow --reason '…'",
          });
        }
        const change = await withProgress(context, (onEvent, world) =>
          updateBaselineFile(
            { ...checkRequest(options), onEvent, grow, reason: reasonOf(options) },
            world,
            context.door.version,
          ),
        );
        return report(context, change, options, "updated");
      },
    },
    {
      name: "prune",
      summary: "drop the entries that nothing needs any more",
      example: `\
  codeflow baseline prune`,
      configure(command) {
        addCheckOptions(command);
        addJson(command);
      },
      async run(context, _args, options) {
        const change = await withProgress(context, (onEvent, world) =>
          pruneBaselineFile({ ...checkRequest(options), onEvent }, world, context.door.version),
        );
        return report(context, change, options, "pruned");
      },
    },
    {
      name: "import",
      usage: "import <files...>",
      summary: "take in what other tools accept: ESLint and Oxlint suppressions, gitleaks reports, SARIF",
      example: `\
  codeflow baseline import eslint-suppressions.json
  codeflow baseline import --from gitleaks leaks.json`,
      configure(command) {
        command
          .option("--baseline <path>", "another baseline than the configured one")
          .addOption(new Option("--from <tool>", "which tool wrote the files; guessed unless said").choices(sources));
        addJson(command);
      },
      async run(context, args, options) {
        const change = await importIntoBaseline(
          {
            files: args[0] as string[],
            from: options["from"] as (typeof sources)[number] | undefined,
            baseline: options["baseline"] as string | undefined,
          },
          context.world,
        );
        return report(context, change, options, "imported");
      },
    },
    {
      name: "install-merge-driver",
      summary: "let git merge the baselines of two branches: .gitattributes, and the configuration of this clone",
      example: `\
  codeflow baseline install-merge-driver`,
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const { installMergeDriver } = await import("../app/set-up.ts");
        const done = await installMergeDriver(context.world);
        if (options["json"] === true) printJson(context, done);
        else if (context.global.quiet !== true) {
          const { action, path } = done.attributes;
          context.out(
            action === "keep"
              ? `${path} says already how it is merged\n`
              : `${path}: ${action === "create" ? "written" : "extended"}; commit it\n`,
          );
          context.out("git in this clone knows the driver now; every other clone needs this command once\n");
        }
        return exitCodes.passed;
      },
    },
    {
      name: "merge-driver",
      usage: "merge-driver <base> <ours> <theirs> [path]",
      summary: "merge two baselines for git, which calls it with %O %A %B %P",
      example: `\
  codeflow baseline install-merge-driver    makes git call this
  codeflow baseline merge-driver base.jsonl ours.jsonl theirs.jsonl`,
      async run(context, args) {
        const [base, ours, theirs, path] = args as [string, string, string, string | undefined];
        const outcome = await mergeBaselineFiles({ base, ours, theirs, path }, context.world);
        if (outcome.isClean) return exitCodes.passed;
        const style = { paint: createPalette(context.color), width: context.width };
        context.err(diagnosticsText(outcome.diagnostics, new Map(), style));
        context.err("the baseline is left with git's conflict markers: lines of it cannot be read\n");
        // Anything but 0 tells git that there is a conflict.
        return exitCodes.failed;
      },
    },
  ],
};

function addCheckOptions(command: Command): Command {
  return command
    .option("--baseline <path>", "another baseline than the configured one")
    .addOption(new Option("--profile <name>", "how much to run").choices(profiles.filter((name) => name !== "ai")))
    .option("--no-exec", "never run the repository's own tools");
}

function checkRequest(options: Record<string, unknown>): BaselineRequest {
  return {
    baseline: options["baseline"] as string | undefined,
    profile: options["profile"] as Profile | undefined,
    noExec: options["exec"] === false,
  };
}

function reasonOf(options: Record<string, unknown>): string | undefined {
  const reason = options["reason"] as string | undefined;
  if (reason !== undefined && reason.trim() === "") {
    throw new Failure("CF511", "the reason is empty", { next: "say why, or leave --reason out" });
  }
  return reason;
}

/** A check that did not see everything may have left something out: 3 says so, what was seen is written. */
function report(
  context: CommandContext,
  change: BaselineChange,
  options: Record<string, unknown>,
  verb: "accepted" | "updated" | "pruned" | "imported",
): number {
  const code = change.incomplete.length > 0 ? exitCodes.incomplete : exitCodes.passed;
  for (const reason of change.incomplete) context.world.log.warn(`the check is incomplete: ${oneLine(reason)}`);
  for (const note of change.notes) context.world.log.warn(oneLine(note));
  if (options["json"] === true) {
    printJson(context, change);
    return code;
  }
  if (context.global.quiet === true) return code;
  const paint = createPalette(context.color);
  const { path, after, added, removed, bySeverity, allowed, notAccepted } = change;
  const parts = Object.entries(bySeverity)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => count(number, severity));
  if (allowed > 0) parts.push(`${formatNumber(allowed)} by imported files`);
  const held = `${count(after, "finding")} accepted${parts.length === 0 ? "" : ` (${parts.join(", ")})`}`;
  const moved =
    verb === "accepted"
      ? ""
      : `, ${added === 0 && removed === 0 ? "as before" : `${formatNumber(added)} added, ${formatNumber(removed)} removed`}`;
  context.out(`${paint.green("✓")} ${paint.bold(oneLine(path))}: ${held}${moved}\n`);
  if (notAccepted !== undefined && notAccepted > 0) {
    const next = verb === "updated" ? "codeflow baseline update --grow accepts them" : "codeflow check shows them";
    context.out(`  ${count(notAccepted, "finding")} not accepted: ${next}\n`);
  }
  if (verb === "accepted") context.out(`  commit it; from now on ${paint.cyan("codeflow check")} says what is new\n`);
  return code;
}

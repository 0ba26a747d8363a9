/** `codeflow check`. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CheckedProject, CheckOptions } from "../app/check.ts";
import { check as runCheck } from "../app/check.ts";
import { profiles, type Profile } from "../model/analyzer.ts";
import { Failure } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { fixSummary } from "./fix-output.ts";
import { checkFormats, printRun, writeReports } from "./report-output.ts";
import { withProgress } from "./show-progress.ts";

const example = `\
  codeflow check                      the whole repository
  codeflow check --changed            what this branch changes, against the branch it will be merged into
  codeflow check --staged             what the next commit would hold
  codeflow check src --only ruff      one analyzer in one folder
  codeflow check --watch              again after every change, until Ctrl-C
  codeflow check --report sarif=codeflow.sarif --format github`;

export const check: CliCommand = {
  name: "check",
  example,
  configure(command: Command) {
    command
      .argument("[paths...]", "files and folders to look at; all unless said")
      .addOption(new Option("--staged", "look at the index: what would be committed").conflicts("changed"))
      .option(
        "--changed [base]",
        "look at what changed since the merge base with BASE (default: the branch to merge into)",
      )
      .addOption(new Option("--profile <name>", "how much to run").choices(profiles.filter((name) => name !== "ai")))
      .option("--only <analyzers>", "run these analyzers alone (comma-separated, repeatable)", collect, [])
      .option("--skip <analyzers>", "leave these analyzers out (comma-separated, repeatable)", collect, [])
      .option("--format <format>", "what is printed: pretty, json, sarif, github, agent, …", "pretty")
      .option("--report <format=path>", "also write a report to a file (repeatable)", collectReports, [])
      .option(
        "--import <file>",
        "take findings from another tool's report (SARIF, checkstyle, ESLint JSON, …; repeatable)",
        collectOne,
        [],
      )
      .option("--baseline <path>", "use this baseline file")
      .option(
        "--gate <condition>",
        "a condition instead of the configured gate, e.g. new.error=0 (repeatable)",
        collectOne,
        [],
      )
      .option(
        "--fix [level]",
        "apply fixes: safe (default), or unsafe too; with a change under review only to what is new",
      )
      .option("--dry-run", "with --fix: print the patch instead of applying it")
      .addOption(new Option("--watch", "check again whenever something changes, until Ctrl-C").conflicts("fix"))
      .option("--no-exec", "never run the repository's own tools")
      .option("--no-cache", "look at everything again")
      .option("--why-run", "explain what each analyzer's results depend on and what was cached")
      .option("--limit <count>", "findings to show (0: all)", count);
  },
  async run(context, args, options) {
    const request = checkOptions(args, options);
    checkFormats([options["format"] as string, ...request.reports.map(({ format }) => format)]);
    if (options["dryRun"] === true && request.fix === undefined) {
      throw new Failure("CF503", "--dry-run needs --fix", { next: "codeflow check --fix --dry-run" });
    }
    if (options["watch"] !== true) return (await checkOnce(context, request, options)).exitCode;
    const { watchAndCheck } = await import("./watch.ts");
    return watchAndCheck(context, request, (beforeReport) => checkOnce(context, request, options, beforeReport));
  },
};

async function checkOnce(
  context: CommandContext,
  request: CheckOptions,
  options: Record<string, unknown>,
  beforeReport?: () => void,
): Promise<CheckedProject> {
  const begun = context.takeBegun();
  const outcome = await withProgress(context, (onEvent, world) =>
    runCheck({ ...request, onEvent, ...(begun === undefined ? {} : { begun }) }, world, context.door.version),
  );
  beforeReport?.();
  if (outcome.fix !== undefined && options["dryRun"] === true) {
    context.bytes(outcome.fix.patch);
    context.err(fixSummary(outcome.fix, true));
    return outcome;
  }
  if (outcome.fix !== undefined && context.global.quiet !== true) context.err(fixSummary(outcome.fix, false));
  await writeReports(context, outcome, outcome.reports);
  await printRun(context, outcome, {
    format: options["format"] as string,
    limit: options["limit"] as number | undefined,
    whyRun: options["whyRun"] === true,
  });
  return outcome;
}

function checkOptions(args: readonly unknown[], options: Record<string, unknown>): CheckOptions {
  const changed = options["changed"];
  return {
    paths: (args[0] as string[] | undefined) ?? [],
    scope:
      options["staged"] === true
        ? { kind: "staged" }
        : changed !== undefined
          ? { kind: "changed", base: typeof changed === "string" ? changed : undefined }
          : { kind: "all" },
    profile: options["profile"] as Profile | undefined,
    only: options["only"] as string[],
    skip: options["skip"] as string[],
    noExec: options["exec"] === false,
    unrecorded: options["watch"] === true,
    noCache: options["cache"] === false,
    imports: options["import"] as string[],
    reports: options["report"] as { format: string; path: string }[],
    baseline: options["baseline"] as string | undefined,
    gate: options["gate"] as string[],
    ...fixRequest(options["fix"], options["dryRun"] === true),
  };
}

function fixRequest(value: unknown, dryRun: boolean): Pick<CheckOptions, "fix"> {
  if (value === undefined || value === false) return {};
  if (value !== true && value !== "safe" && value !== "unsafe") {
    throw new Failure("CF504", `--fix=${String(value)} is not known`, { why: "the levels are safe and unsafe" });
  }
  return { fix: { level: value === "unsafe" ? "unsafe" : "safe", dryRun } };
}

function collect(value: string, previous: readonly string[]): string[] {
  return [
    ...previous,
    ...value
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== ""),
  ];
}

function collectOne(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function collectReports(
  value: string,
  previous: readonly { format: string; path: string }[],
): { format: string; path: string }[] {
  const at = value.indexOf("=");
  if (at <= 0 || at === value.length - 1)
    throw new InvalidArgumentError("it must be FORMAT=PATH, e.g. sarif=out.sarif.");
  return [...previous, { format: value.slice(0, at), path: value.slice(at + 1) }];
}

function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError("it must be a whole number.");
  return number;
}

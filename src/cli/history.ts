/** `codeflow history`. */
import { Option } from "commander";
import { findingLifetimes, pastRun, type PastRun, pastRuns } from "../app/look-back.ts";
import { count, createPalette, formatDuration, formatNumber, makeVisible, oneLine } from "../app/presentation.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import { type Severity, severities } from "../model/finding.ts";
import type { FindingLifetime, RunSummaryRow } from "../model/store.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addBranchAndLimit, addJson, printJson, roomFor } from "./output.ts";
import { table } from "./table.ts";

export const history: CliCommand = {
  name: "history",
  example: `\
  codeflow history                    the last runs
  codeflow history last               what the last run found
  codeflow history --findings         since when each finding is there
  codeflow history --findings --fixed
  codeflow history --findings --regressions   what came back after having been fixed`,
  configure(command) {
    command.argument("[run]", "one run: its id, the start of it, or last");
    addBranchAndLimit(command, 20, "rows to show");
    command
      .option("--findings", "lifetimes of findings instead of runs")
      .addOption(new Option("--open", "with --findings: only what is still there").conflicts("fixed"))
      .option("--fixed", "with --findings: only what is gone")
      .option("--regressions", "with --findings: only what came back after having been fixed")
      .option("--path <path>", "with --findings: in this file")
      .option("--rule <rule>", "with --findings: of this rule");
    addJson(command);
  },
  async run(context, args, options) {
    const id = args[0] as string | undefined;
    const limit = options["limit"] as number;
    const branch = options["branch"] as string | undefined;
    const isJson = options["json"] === true;
    const narrowing = ["open", "fixed", "regressions", "path", "rule"].find((name) => options[name] !== undefined);
    if (options["findings"] !== true && narrowing !== undefined) {
      throw new Failure("CF520", `--${narrowing} needs --findings`, {
        next: `codeflow history --findings --${narrowing}`,
      });
    }
    if (options["findings"] === true && id !== undefined) {
      throw new Failure("CF521", "lifetimes are not of one run", { next: `codeflow history ${id}` });
    }
    if (id !== undefined) {
      const run = await pastRun(id, context.world);
      if (isJson) printJson(context, run);
      else context.out(runText(run, limit, context));
    } else if (options["findings"] === true) {
      const rows = await findingLifetimes(
        {
          limit,
          branch,
          open: options["open"] === true ? true : options["fixed"] === true ? false : undefined,
          path: options["path"] as string | undefined,
          rule: options["rule"] as string | undefined,
          regressions: options["regressions"] === true,
        },
        context.world,
      );
      if (isJson) printJson(context, rows);
      else context.out(lifetimesText(rows, context));
    } else {
      const runs = await pastRuns({ limit, branch }, context.world);
      if (isJson) printJson(context, runs);
      else context.out(runsText(runs, context));
    }
    return exitCodes.passed;
  },
};

/** The first 48 bits of a UUIDv7 are its millisecond: enough to tell the runs of one repository apart. */
const shortIdLength = 13;

function runsText(runs: readonly RunSummaryRow[], context: CommandContext): string {
  if (runs.length === 0) return "no run yet: codeflow check makes one\n";
  const paint = createPalette(context.color);
  const right = "right" as const;
  return table(
    [
      { title: "run", paint: paint.dim },
      { title: "when (UTC)" },
      { title: "verdict", paint: (text) => verdictPaint(text, paint) },
      { title: "errors", align: right },
      { title: "warnings", align: right },
      { title: "infos", align: right, drop: 4 },
      { title: "new", align: right },
      { title: "fixed", align: right, drop: 1 },
      { title: "time", align: right, drop: 3 },
      { title: "scope", drop: 2 },
      { title: "branch" },
    ],
    runs.map((run) => [
      run.id.slice(0, shortIdLength),
      minute(run.startedAt),
      run.verdict,
      formatNumber(run.errors),
      formatNumber(run.warnings),
      formatNumber(run.infos),
      formatNumber(run.new),
      formatNumber(run.fixed),
      formatDuration(run.durationMs),
      run.scope,
      run.branch ?? "",
    ]),
    { width: roomFor(context), head: paint.dim },
  );
}

function verdictPaint(text: string, paint: ReturnType<typeof createPalette>): string {
  const word = text.trim();
  return word === "passed" ? paint.green(text) : word === "failed" ? paint.red(text) : paint.yellow(text);
}

function runText({ summary, findings }: PastRun, limit: number, context: CommandContext): string {
  const paint = createPalette(context.color);
  const { id, startedAt, durationMs, branch, head, scope, verdict, errors, warnings, infos } = summary;
  const lines = [
    `${verdictPaint(verdict, paint)}  ${count(errors, "error")}, ${count(warnings, "warning")}, ${count(infos, "info")}; ${formatNumber(summary.new)} new, ${formatNumber(summary.fixed)} fixed`,
    `  ${paint.dim("run")}     ${id}`,
    `  ${paint.dim("when")}    ${minute(startedAt)} UTC, ${formatDuration(durationMs)}`,
    `  ${paint.dim("scope")}   ${scope}`,
    ...(head === undefined
      ? []
      : [`  ${paint.dim("commit")}  ${head.slice(0, 12)}${branch === undefined ? "" : ` on ${makeVisible(branch)}`}`]),
  ];
  if (findings === undefined) {
    return `${lines.join("\n")}\n\nits findings are no longer kept, only their numbers\n`;
  }
  const active = findings.filter(({ suppressed, state }) => suppressed === undefined && state !== "fixed");
  const shown = active.slice(0, limit);
  const rows = shown.map(({ severity, state, location, rule, message }) => [
    severity,
    state,
    `${location.path}:${location.startLine}`,
    rule,
    message,
  ]);
  const body = table(
    [
      { paint: (text, [severity = ""]) => severityPaint(text, severity, paint) },
      { paint: paint.dim, drop: 1 },
      {},
      { paint: paint.cyan },
      {},
    ],
    rows,
    { width: roomFor(context), indent: "  " },
  );
  const more = active.length - shown.length;
  const rest = more > 0 ? `  and ${formatNumber(more)} more: --limit ${active.length} shows them all\n` : "";
  return `${lines.join("\n")}\n${active.length === 0 ? "" : "\n"}${body}${rest}`;
}

function severityPaint(text: string, severity: string, paint: ReturnType<typeof createPalette>): string {
  return isSeverity(severity) ? paint.severity(severity, text) : text;
}

function isSeverity(text: string): text is Severity {
  return severities.some((severity) => severity === text);
}

function lifetimesText(rows: readonly FindingLifetime[], context: CommandContext): string {
  if (rows.length === 0) return "no finding that fits\n";
  const paint = createPalette(context.color);
  return table(
    [
      { title: "severity", paint: (text, [severity = ""]) => severityPaint(text, severity, paint) },
      { title: "first seen" },
      { title: "last seen", drop: 1 },
      { title: "fixed", paint: paint.green },
      { title: "back", align: "right" },
      { title: "file" },
      { title: "rule", paint: paint.cyan },
      { title: "message" },
    ],
    rows.map(({ severity, firstSeenAt, lastSeenAt, fixedAt, regressions, path, rule, message }) => [
      severity,
      day(firstSeenAt),
      day(lastSeenAt),
      fixedAt === undefined ? "" : day(fixedAt),
      regressions === 0 ? "" : `${regressions}×`,
      path,
      rule,
      oneLine(message),
    ]),
    { width: roomFor(context), head: paint.dim },
  );
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

function day(iso: string): string {
  return iso.slice(0, 10);
}

/** `codeflow trend`. */
import { trends, type Trend } from "../app/look-back.ts";
import { createPalette, formatDuration, formatNumber, type Palette } from "../app/presentation.ts";
import { exitCodes } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addBranchAndLimit, addJson, printJson } from "./output.ts";
import { plotLines } from "./plot.ts";

export const trend: CliCommand = {
  name: "trend",
  example: `\
  codeflow trend                      findings and time over the last runs of the whole checkout
  codeflow trend findings.error --limit 200
  codeflow trend --list               the metrics that there are
  codeflow trend duplication.percent --branch main --json`,
  configure(command) {
    command.argument("[metrics...]", "metrics to plot; the usual ones unless said");
    addBranchAndLimit(command, 60, "runs to look back");
    command.option("--list", "list the metrics that there are");
    addJson(command);
  },
  async run(context, args, options) {
    const answer = await trends(
      {
        metrics: args[0] as string[],
        branch: options["branch"] as string | undefined,
        limit: options["limit"] as number,
      },
      context.world,
    );
    if (options["list"] === true) {
      if (options["json"] === true) printJson(context, answer.known);
      else context.out(answer.known.map((name) => `${name}\n`).join(""));
      return exitCodes.passed;
    }
    if (options["json"] === true) {
      printJson(context, answer.trends);
      return exitCodes.passed;
    }
    const drawn = answer.trends.filter(({ points }) => points.length > 0);
    if (drawn.length === 0) {
      context.out("no run of the whole checkout yet: codeflow check makes one\n");
      return exitCodes.passed;
    }
    const paint = createPalette(context.color);
    context.out(drawn.map((one) => `${trendLines(one, drawn.length, context, paint).join("\n")}\n`).join("\n"));
    return exitCodes.passed;
  },
};

function trendLines(one: Trend, together: number, context: CommandContext, paint: Palette): string[] {
  const { metric, points } = one;
  const format = metric.endsWith(".ms") ? formatDuration : formatNumber;
  const first = points[0]?.value ?? 0;
  const last = points.at(-1)?.value ?? 0;
  const change = last - first;
  const sign = change > 0 ? "+" : change < 0 ? "−" : "±";
  // Fewer findings is better; of time and of measures that we do not know nobody can say.
  const judge = !metric.startsWith("findings.") || change === 0 ? paint.dim : change < 0 ? paint.green : paint.red;
  const runs = `${points.length} ${points.length === 1 ? "run" : "runs"}`;
  const head = `${paint.bold(metric)}  ${format(last)}  ${judge(`${sign}${format(Math.abs(change))}`)} ${paint.dim(`in ${runs}`)}`;
  // Without colours there is a program or a plain terminal at the other end: numbers, which both can read.
  if (!context.color) return [head, ...points.map(({ at, value }) => `  ${at.slice(0, 19)}Z  ${formatNumber(value)}`)];
  if (points.every(({ value }) => value === last)) return [head];
  return [
    head,
    ...plotLines(points, {
      width: Math.min(context.width, 160),
      height: together === 1 ? 11 : 5,
      format,
      paint: paint.cyan,
      dim: paint.dim,
    }),
  ];
}

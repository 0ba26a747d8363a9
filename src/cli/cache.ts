/** `codeflow cache`. */
import { type Command, InvalidArgumentError } from "commander";
import { type CacheFacts, type CachePruned, clearCache, lookAtCache, pruneCache } from "../app/cache.ts";
import { count, createPalette, formatNumber, makeVisible } from "../app/presentation.ts";
import { exitCodes } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addJson, formatBytes, printJson } from "./output.ts";
import { table } from "./table.ts";

const defaultDays = 30;

export const cache: CliCommand = {
  name: "cache",
  byDefault: "show",
  example: `\
  codeflow cache                      how large it is
  codeflow cache prune --unused-for 14d --max-size 500MB
  codeflow cache clear`,
  subcommands: [
    {
      name: "show",
      summary: "how large it is, and where",
      example: "  codeflow cache show --json",
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const facts = await lookAtCache(context.world);
        if (options["json"] === true) printJson(context, facts);
        else context.out(factsText(facts, context));
        return exitCodes.passed;
      },
    },
    {
      name: "prune",
      summary: `let go of what nobody used for ${defaultDays} days, or of what is beyond a size`,
      example: `\
  codeflow cache prune
  codeflow cache prune --unused-for 7d --max-size 200MB`,
      configure(command: Command) {
        command
          .option("--unused-for <time>", `drop what was not used for so long, e.g. 12h, 30d, 4w`, parseTime)
          .option("--max-size <size>", "drop the least recently used beyond this, e.g. 500MB", parseSize);
        addJson(command);
      },
      async run(context, _args, options) {
        const age = options["unusedFor"] as number | undefined;
        const maxBytes = options["maxSize"] as number | undefined;
        const limit = age ?? (maxBytes === undefined ? defaultDays * dayMs : undefined);
        const now = context.world.clock.now().getTime();
        const pruned = await pruneCache(
          { unusedSince: limit === undefined ? undefined : new Date(now - limit), maxBytes },
          context.world,
        );
        return report(context, pruned, options);
      },
    },
    {
      name: "clear",
      summary: "let go of all of it; the next check looks at everything again",
      example: "  codeflow cache clear",
      configure: (command) => void addJson(command),
      run: async (context, _args, options) => report(context, await clearCache(context.world), options),
    },
  ],
};

const dayMs = 86_400_000;
const timeUnits: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: dayMs, w: 7 * dayMs };
const sizeUnits: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};

function parseTime(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text.trim()) ?? [];
  const factor = timeUnits[unit];
  if (factor === undefined) throw new InvalidArgumentError("it must be a number with m, h, d or w, e.g. 30d.");
  return Number(number) * factor;
}

function parseSize(text: string): number {
  const [, number = "", unit = "?"] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = sizeUnits[unit.toUpperCase()];
  if (factor === undefined) throw new InvalidArgumentError("it must be a number with kB, MB or GB, e.g. 500MB.");
  return Math.floor(Number(number) * factor);
}

function factsText({ directory, results, runs, configurations, bytes }: CacheFacts, context: CommandContext): string {
  const paint = createPalette(context.color);
  const rows = [
    ["results", count(results.entries, "entry"), formatBytes(results.bytes), lastUse(results.oldestUse)],
    ["whole runs", count(runs.entries, "entry"), formatBytes(runs.bytes), ""],
    ["configurations", count(configurations.entries, "entry"), formatBytes(configurations.bytes), ""],
    ["together", "", formatBytes(bytes), ""],
  ];
  const columns = [{}, { align: "right" as const }, { align: "right" as const }, { paint: paint.dim }];
  return `${paint.bold(makeVisible(directory))}\n${table(columns, rows, { width: context.width, indent: "  " })}`;
}

function lastUse(oldest: string | undefined): string {
  return oldest === undefined ? "" : `least recently used: ${oldest}`;
}

function report(context: CommandContext, pruned: CachePruned, options: Record<string, unknown>): number {
  if (options["json"] === true) printJson(context, pruned);
  else if (context.global.quiet !== true) {
    const { removed, freedBytes, after } = pruned;
    context.out(
      removed === 0
        ? `nothing to remove; the cache holds ${formatBytes(after.bytes)}\n`
        : `removed ${formatNumber(removed)} ${removed === 1 ? "entry" : "entries"} (${formatBytes(freedBytes)}); the cache holds ${formatBytes(after.bytes)}\n`,
    );
  }
  return exitCodes.passed;
}

/** Prints a run in the format that was asked for, and writes the other reports to their files. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { CheckedProject } from "../app/check.ts";
import { renderRun, reportIds } from "../app/reports.ts";
import { Failure } from "../model/failure.ts";
import type { CommandContext } from "./door.ts";
import { linksOf } from "./terminal.ts";

export interface PrintOptions {
  readonly format: string;
  readonly limit: number | undefined;
  readonly whyRun: boolean;
}

export async function printRun(context: CommandContext, project: CheckedProject, options: PrintOptions): Promise<void> {
  const { door, world, global } = context;
  if (options.whyRun) context.err(whyRun(project));
  if (global.quiet === true && options.format === "pretty" && project.exitCode === 0) return;
  const text = await renderRun(options.format, project, {
    color: context.color,
    width: context.width,
    links: linksOf(world.env, door.stdout.isTTY === true),
    verbose: global.verbose === true,
    limit: options.limit,
  });
  context.out(text);
}

export async function writeReports(
  context: CommandContext,
  project: CheckedProject,
  wanted: CheckedProject["reports"],
): Promise<void> {
  for (const { format, path } of wanted) {
    const text = await renderRun(format, project, {
      color: false,
      width: 100,
      links: false,
      verbose: true,
      limit: undefined,
    });
    const target = resolve(context.world.cwd, path);
    // Beside the target, then renamed: a reader never sees half a report.
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(temporary, text);
      renameSync(temporary, target);
    } catch (error) {
      throw new Failure("CF501", `cannot write the ${format} report to ${path}`, {
        why: (error as Error).message,
        exitCode: 3,
        cause: error,
      });
    }
  }
}

/** Refused before the work starts, not after it. */
export function checkFormats(formats: readonly string[]): void {
  for (const format of formats) {
    if (reportIds.includes(format)) continue;
    throw new Failure("CF502", `there is no report format ${format}`, {
      why: `the formats are ${reportIds.join(", ")}`,
    });
  }
}

function whyRun(project: CheckedProject): string {
  const lines = project.run.analyzers.map(({ id, status, files, cachedFiles, reason }) => {
    const parts = Object.entries(project.keys.get(id) ?? {}).map(([name, value]) => `    ${name}: ${value}`);
    const answer =
      status === "skipped" ? `skipped: ${reason ?? ""}` : `${status}, ${cachedFiles} of ${files} files from the cache`;
    return [`${id}: ${answer}`, ...parts].join("\n");
  });
  return `${lines.join("\n")}\n`;
}

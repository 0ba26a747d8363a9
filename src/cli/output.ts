/** Output that is data: the same option and the same form in every command. */
import type { Command } from "commander";
import type { CommandContext } from "./door.ts";

export function addJson(command: Command): Command {
  return command.option("--json", "print JSON");
}

export function printJson(context: CommandContext, value: unknown): void {
  context.out(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Columns for tables: what goes into a file or a pipe is not cut. */
export function roomFor({ door, width }: CommandContext): number {
  return door.stdout.isTTY === true ? width : Number.POSITIVE_INFINITY;
}

/** `1.2 MB`: powers of ten, as disks and file managers count. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  }
  return `${bytes} B`;
}

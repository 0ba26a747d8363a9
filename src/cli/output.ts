/** Output that is data: the same option and the same form in every command. */
import { type Command, InvalidArgumentError } from "commander";
import type { CommandContext } from "./door.ts";

export function addJson(command: Command): Command {
  return command.option("--json", "print JSON");
}

/** Of commands that look back. */
export function addBranchAndLimit(command: Command, limit: number, what: string): Command {
  return command
    .option("--branch <name>", "of this branch; the newest run's unless said")
    .option("--limit <count>", `${what} (${limit})`, positive, limit);
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("it must be a whole number from 1.");
  return number;
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

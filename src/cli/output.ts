/** Output that is data: the same option and the same form in every command. */
import type { Command } from "commander";
import type { CommandContext } from "./door.ts";

export function addJson(command: Command): Command {
  return command.option("--json", "print JSON");
}

export function printJson(context: CommandContext, value: unknown): void {
  context.out(`${JSON.stringify(value, undefined, 2)}\n`);
}

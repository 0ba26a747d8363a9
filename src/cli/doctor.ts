/** `codeflow doctor`. */
import { type Diagnosis, diagnose } from "../app/doctor.ts";
import { createPalette, makeVisible, oneLine, wrapText } from "../app/presentation.ts";
import { exitCodes } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addJson, printJson } from "./output.ts";

export const doctor: CliCommand = {
  name: "doctor",
  example: `\
  codeflow doctor                     exits with 3 when something keeps a check from its work
  codeflow doctor --json`,
  configure(command) {
    command.option("--no-exec", "do not ask the repository's own tools for their versions");
    addJson(command);
  },
  async run(context, _args, options) {
    const found = await diagnose(
      { nodeVersion: process.versions.node, noExec: options["exec"] === false },
      context.world,
      context.door.version,
    );
    const isWell = found.every(({ status }) => status !== "fail");
    if (options["json"] === true) printJson(context, found);
    else context.out(doctorText(found, context));
    return isWell ? exitCodes.passed : exitCodes.incomplete;
  },
};

function doctorText(found: readonly Diagnosis[], context: CommandContext): string {
  const paint = createPalette(context.color);
  const marks = { ok: paint.green("✓"), warn: paint.yellow("!"), fail: paint.red("✗") };
  const shown = context.global.quiet === true ? found.filter(({ status }) => status !== "ok") : found;
  const name = Math.max(...found.map(({ id }) => id.length), 0);
  const room = context.width - name - 4;
  const lines = shown.flatMap(({ id, status, message, next }) => [
    ...wrapText(oneLine(message), room).map((line, i) =>
      i === 0
        ? `${marks[status]} ${paint.bold(makeVisible(id).padEnd(name))}  ${line}`
        : `  ${" ".repeat(name)}  ${line}`,
    ),
    ...(next === undefined
      ? []
      : wrapText(oneLine(next), room - 2).map(
          (line, i) => `  ${" ".repeat(name)}  ${paint.cyan(i === 0 ? "→" : " ")} ${line}`,
        )),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}

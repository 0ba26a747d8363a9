/** `codeflow actions`. */
import { type ActionReference, listActions, showAction } from "../app/actions.ts";
import { createPalette, makeVisible, type Palette, wrapText } from "../app/presentation.ts";
import { exitCodes } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addJson, printJson, roomFor } from "./output.ts";
import { table } from "./table.ts";

export const actions: CliCommand = {
  name: "actions",
  byDefault: "list",
  example: `\
  codeflow actions                    what a workflow's steps can use, by family
  codeflow actions show flow.log      its inputs and outputs`,
  subcommands: [
    {
      name: "list",
      summary: "what a workflow's steps can use, by family",
      example: "  codeflow actions list --json",
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const all = await listActions();
        if (options["json"] === true) {
          printJson(
            context,
            all.map(({ id, summary, needs, effects }) => ({ id, summary, needs, effects })),
          );
        } else context.out(listText(all, context));
        return exitCodes.passed;
      },
    },
    {
      name: "show",
      usage: "show <id>",
      summary: "one action: its inputs, its outputs, what it asks for",
      example: "  codeflow actions show flow.log",
      configure: (command) => void addJson(command),
      async run(context, args, options) {
        const action = await showAction(args[0] as string);
        if (options["json"] === true) printJson(context, action);
        else context.out(actionText(action, createPalette(context.color), context));
        return exitCodes.passed;
      },
    },
  ],
};

function listText(all: readonly ActionReference[], context: CommandContext): string {
  const paint = createPalette(context.color);
  const families = [...new Set(all.map(({ family }) => family))];
  const idWidth = Math.max(...all.map(({ id }) => id.length));
  const parts = families.map((family) => {
    const rows = all.filter((each) => each.family === family).map(({ id, summary }) => [id.padEnd(idWidth), summary]);
    return `${paint.bold(family)}\n${table([{ paint: (text) => paint.cyan(text) }, {}], rows, { width: roomFor(context), indent: "  " })}`;
  });
  return `${parts.join("\n")}\n${paint.dim("codeflow actions show ID prints its inputs and outputs")}\n`;
}

function actionText(action: ActionReference, paint: Palette, context: CommandContext): string {
  const lines = [`${paint.bold(action.id)}  ${makeVisible(action.summary)}`];
  if (action.description !== undefined) lines.push("", ...action.description.trim().split("\n").map(makeVisible));
  for (const [title, properties] of [
    ["Inputs (with:)", action.inputs],
    ["Outputs", action.outputs],
  ] as const) {
    if (properties.length === 0) continue;
    lines.push("", paint.bold(title));
    for (const { name, type, required, default: fallback, description } of properties) {
      const rest =
        required && title !== "Outputs"
          ? "required"
          : fallback === undefined
            ? ""
            : `default ${JSON.stringify(fallback)}`;
      lines.push(`  ${paint.cyan(name)}  ${paint.dim([type, rest].filter((part) => part !== "").join(", "))}`);
      if (description !== "")
        lines.push(...wrapText(description, Math.max(20, context.width - 6)).map((line) => `      ${line}`));
    }
  }
  lines.push(
    "",
    `${paint.dim("asks for")} ${action.needs.length === 0 ? "nothing" : action.needs.join(", ")}   ${paint.dim("effects")} ${action.effects}`,
  );
  return `${lines.join("\n")}\n`;
}

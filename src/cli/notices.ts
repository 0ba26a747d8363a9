/** `codeflow notices`. */
import { dropKept, flushHeld, listKept, retryKept, type SentKept } from "../app/kept-notices.ts";
import { count, createPalette, oneLine } from "../app/presentation.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addJson, printJson, roomFor } from "./output.ts";
import { table } from "./table.ts";

export const notices: CliCommand = {
  name: "notices",
  example: `\
  codeflow notices list       what could not be told yet: held by quiet hours, or failed
  codeflow notices retry      send again what failed
  codeflow notices flush      send what quiet hours held; for a scheduled job`,
  subcommands: [
    {
      name: "list",
      summary: "what could not be told yet, oldest first",
      example: "  codeflow notices list --json",
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const kept = await listKept(context.world);
        if (options["json"] === true) {
          printJson(
            context,
            kept.map(({ notice, ...rest }) => ({
              ...rest,
              key: notice.key,
              title: notice.title,
              severity: notice.severity,
            })),
          );
        } else if (kept.length === 0) context.out("nothing is kept: everything was told\n");
        else {
          const rows = kept.map(({ id, state, channel, target, notice, attempts, reason, since }) => [
            shortId(id),
            state,
            `${channel} ${oneLine(target)}`,
            oneLine(notice.title),
            attempts === 0 ? "" : String(attempts),
            since.slice(0, 16).replace("T", " "),
            oneLine(reason),
          ]);
          const columns = ["id", "state", "to", "notice", "tries", "since", "why"].map((title) => ({ title }));
          context.out(table(columns, rows, { width: roomFor(context), head: createPalette(context.color).dim }));
        }
        return exitCodes.passed;
      },
    },
    {
      name: "retry",
      usage: "retry [id...]",
      summary: "send again what failed, or these, whatever the hour",
      example: `\
  codeflow notices retry
  codeflow notices retry 4f0c2a91`,
      configure: (command) => void addJson(command),
      async run(context, [ids], options) {
        const sent = await retryKept(given(ids), context.world);
        if (options["json"] === true) printJson(context, sent);
        else if (context.global.quiet !== true)
          context.out(sent.length === 0 ? "nothing failed\n" : sentText(sent, context));
        return exitCodeOf(sent);
      },
    },
    {
      name: "flush",
      summary: "send what quiet hours held, where they are over",
      example: "  codeflow notices flush",
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const result = await flushHeld(context.world);
        if (options["json"] === true) printJson(context, result);
        else if (context.global.quiet !== true) {
          const rest = result.held === 0 ? "" : `${count(result.held, "notice")} still held\n`;
          const text = sentText(result.sent, context) + rest;
          context.out(text === "" ? "nothing is held\n" : text);
        }
        return exitCodeOf(result.sent);
      },
    },
    {
      name: "drop",
      usage: "drop [id...]",
      summary: "forget these, or all with --all: they are not told any more",
      example: "  codeflow notices drop 4f0c2a91",
      configure: (command) => void addJson(command.option("--all", "everything that is kept")),
      async run(context, [ids], options) {
        const chosen = given(ids);
        if ((chosen === undefined) !== (options["all"] === true)) {
          throw new Failure("CF433", "say which notices to forget", {
            next: "codeflow notices drop ID…, or --all without any",
            exitCode: exitCodes.usage,
          });
        }
        const dropped = await dropKept(chosen, context.world);
        if (options["json"] === true)
          printJson(
            context,
            dropped.map(({ id }) => id),
          );
        else if (context.global.quiet !== true) context.out(`${count(dropped.length, "notice")} forgotten\n`);
        return exitCodes.passed;
      },
    },
  ],
};

/** Its end tells ids apart: they begin with the time. */
function shortId(id: string): string {
  return id.slice(-8);
}

function given(ids: unknown): readonly string[] | undefined {
  return Array.isArray(ids) && ids.length > 0 ? (ids as string[]) : undefined;
}

function exitCodeOf(sent: readonly SentKept[]): number {
  return sent.some(({ outcome }) => outcome === "failed") ? exitCodes.incomplete : exitCodes.passed;
}

function sentText(sent: readonly SentKept[], context: CommandContext): string {
  if (sent.length === 0) return "";
  const rows = sent.map(({ id, outcome, channel, target, title, reason }) => [
    outcome,
    shortId(id),
    `${channel} ${oneLine(target)}`,
    oneLine(title),
    oneLine(reason ?? ""),
  ]);
  return table([{}, {}, {}, {}, {}], rows, { width: roomFor(context) });
}

/** The command line's front door: takes the world as arguments, returns the exit code. */
import { resolve } from "node:path";
import { exitCodes, Failure } from "../model/failure.ts";
import { visible } from "../model/visible.ts";
import { composeWorld, endPrograms } from "../app/compose.ts";
import { beginPlace, type BegunPlace } from "../app/place.ts";
import type { World } from "../app/world.ts";
import type { CliLeaf, CommandContext, Door, GlobalOptions } from "./door.ts";
import { colorOf, widthOf } from "./terminal.ts";

/** For bin/codeflow.js, which may have to end without waiting for anything. */
export { endPrograms } from "../app/compose.ts";

export async function main(door: Door): Promise<number> {
  let code: number = exitCodes.passed;
  // Only the called command's module is loaded; the others are names and summaries.
  const wanted = door.argv.find((word) => !word.startsWith("-"));
  const begun = begin(door, wanted);
  const { createProgram, isCommanderError } = await import("./program.ts");
  const program = await createProgram({
    version: door.version,
    wanted: (name) => name === wanted || (wanted === "help" && door.argv.includes(name)),
    run: async (leaf, args, options) => {
      code = await run(leaf, door, args, options, begun);
    },
    writeOut: (text) => void door.stdout.write(text),
    writeErr: (text) => void door.stderr.write(visibleLines(text)),
  });
  try {
    if (door.argv.length === 0) {
      program.outputHelp();
      return exitCodes.usage;
    }
    await program.parseAsync([...door.argv], { from: "user" });
    return code;
  } catch (error) {
    if (isCommanderError(error)) return error.exitCode === 0 ? exitCodes.passed : exitCodes.usage;
    return await explain(error, door);
  } finally {
    endPrograms();
  }
}

/** Git looks at the repository while the command line is loaded and read; a wrong guess costs its answer only. */
function begin(door: Door, wanted: string | undefined): BegunPlace | undefined {
  const elsewhere = /^(?:--cwd(?:=.*)?|--help|-h)$/;
  if (wanted !== "check" || door.argv.some((word) => elsewhere.test(word))) return undefined;
  return beginPlace(worldOf(door, {}), { withStatus: !door.argv.includes("--staged") });
}

function worldOf(door: Door, global: GlobalOptions): World {
  return composeWorld({
    cwd: resolve(door.cwd, global.cwd ?? "."),
    env: door.env,
    cores: door.cores,
    signal: door.signal,
    write: (text) => door.stderr.write(text),
    quiet: global.quiet === true,
    // The runner's own switch: a job that is run again "with debug logging" shows the details.
    verbose: global.verbose === true || door.env["RUNNER_DEBUG"] === "1",
  });
}

async function run(
  command: CliLeaf,
  door: Door,
  args: readonly unknown[],
  options: Record<string, unknown>,
  begun: BegunPlace | undefined,
): Promise<number> {
  const global = options as GlobalOptions;
  const world = worldOf(door, global);
  let untaken = begun;
  const context: CommandContext = {
    door,
    world,
    global,
    color: global.color !== false && colorOf(door.env, door.stdout.isTTY === true),
    width: widthOf(door.env, door.stdout.columns),
    takeBegun() {
      const taken = untaken;
      untaken = undefined;
      return taken;
    },
    out: (text) => void door.stdout.write(text),
    bytes: (content) => void door.stdout.write(content),
    err: (text) => void door.stderr.write(text),
    explain: (error) => explain(error, door),
  };
  return command.run(context, args, options);
}

async function explain(error: unknown, door: Door): Promise<number> {
  if (error instanceof Failure && error.exitCode === exitCodes.interrupted) {
    door.stderr.write(`${[error.message, ...(error.why === undefined ? [] : [error.why])].join("; ")}\n`);
    return exitCodes.interrupted;
  }
  const { Chalk } = await import("chalk");
  const isPlain = door.argv.includes("--no-color") || !colorOf(door.env, door.stderr.isTTY === true);
  const paint = new Chalk({ level: isPlain ? 0 : 1 });
  // Only the label is painted: what an error quotes may hold escape sequences of a repository's own.
  const say = (label: string, text: string): void => void door.stderr.write(`${label} ${visibleLines(text)}\n`);
  if (error instanceof Failure) {
    say(paint.red.bold("error:"), `${error.message} [${error.code}]`);
    if ("diagnostics" in error) {
      const { mistakesOf } = await import("./mistakes.ts");
      door.stderr.write(mistakesOf(error, door));
    }
    if (error.why !== undefined) say(paint.dim("  why:"), error.why);
    if (error.next !== undefined) say(paint.cyan("  next:"), error.next);
    if (door.argv.includes("--verbose") && error.cause instanceof Error) say("", error.cause.stack ?? "");
    return error.exitCode;
  }
  const problem = error instanceof Error ? error : new Error(String(error));
  say(paint.red.bold("error:"), `codeflow failed unexpectedly: ${problem.message}`);
  say("", problem.stack ?? "");
  say(paint.cyan("  next:"), "this is a bug of codeflow; please report it with the lines above");
  return exitCodes.incomplete;
}

function visibleLines(text: string): string {
  return text
    .split("\n")
    .map((line) => visible(line))
    .join("\n");
}

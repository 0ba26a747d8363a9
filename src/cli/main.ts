/** The command line's front door: takes the world as arguments, returns the exit code. */
import { resolve } from "node:path";
import { CommanderError } from "commander";
import { exitCodes, Failure } from "../model/failure.ts";
import { createExec, killAllGroups } from "../system/exec.ts";
import { createLog, visible } from "../system/log.ts";
import type { World } from "../app/world.ts";
import type { CliLeaf, CommandContext, Door, GlobalOptions } from "./door.ts";
import { createProgram } from "./program.ts";
import { colorOf, widthOf } from "./terminal.ts";

export async function main(door: Door): Promise<number> {
  let code: number = exitCodes.passed;
  // Only the called command's module is loaded; the others are names and summaries.
  const wanted = door.argv.find((word) => !word.startsWith("-"));
  const program = await createProgram({
    version: door.version,
    wanted: (name) => name === wanted || (wanted === "help" && door.argv.includes(name)),
    run: async (leaf, args, options) => {
      code = await run(leaf, door, args, options);
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
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.usage;
    return await explain(error, door);
  } finally {
    killAllGroups();
  }
}

async function run(
  command: CliLeaf,
  door: Door,
  args: readonly unknown[],
  options: Record<string, unknown>,
): Promise<number> {
  const global = options as GlobalOptions;
  const world: World = {
    cwd: resolve(door.cwd, global.cwd ?? "."),
    env: door.env,
    exec: createExec(door.env),
    clock: { now: () => new Date(), monotonic: () => performance.now() },
    log: createLog({
      write: (text) => door.stderr.write(text),
      quiet: global.quiet === true,
      verbose: global.verbose === true,
      secrets: secretValues(door.env),
    }),
    cores: door.cores,
    signal: door.signal,
  };
  const context: CommandContext = {
    door,
    world,
    global,
    color: global.color !== false && colorOf(door.env, door.stdout.isTTY === true),
    width: widthOf(door.env, door.stdout.columns),
    out: (text) => void door.stdout.write(text),
    bytes: (content) => void door.stdout.write(content),
    err: (text) => void door.stderr.write(text),
  };
  return command.run(context, args, options);
}

/** Values of variables whose names say that they are secret; they are masked in every line that is logged. */
function secretValues(env: Door["env"]): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && /TOKEN|SECRET|PASSWORD|API_?KEY|PRIVATE_KEY|CREDENTIAL/i.test(name) ? [value] : [],
  );
}

async function explain(error: unknown, door: Door): Promise<number> {
  const write = (text: string): void => void door.stderr.write(visibleLines(text));
  if (error instanceof Failure) {
    if (error.exitCode === exitCodes.interrupted) return exitCodes.interrupted;
    write(`error: ${error.message} [${error.code}]\n`);
    if ("diagnostics" in error) {
      const { mistakesOf } = await import("./mistakes.ts");
      door.stderr.write(mistakesOf(error, door));
    }
    if (error.why !== undefined) write(`  why: ${error.why}\n`);
    if (error.next !== undefined) write(`  next: ${error.next}\n`);
    if (door.argv.includes("--verbose") && error.cause instanceof Error) write(`${error.cause.stack ?? ""}\n`);
    return error.exitCode;
  }
  const problem = error instanceof Error ? error : new Error(String(error));
  write(`error: codeflow failed unexpectedly: ${problem.message}\n`);
  write(`${problem.stack ?? ""}\n`);
  write("  next: this is a bug of codeflow; please report it with the lines above\n");
  return exitCodes.incomplete;
}

function visibleLines(text: string): string {
  return text
    .split("\n")
    .map((line) => visible(line))
    .join("\n");
}

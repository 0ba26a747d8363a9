/** The tree of commands, as commander knows it: for running one, and for what is made of all (completion, reference). */
import { Command, CommanderError, Option } from "commander";
import type { CliCommand, CliLeaf } from "./door.ts";
import { commands } from "./index.ts";

export interface ProgramSettings {
  readonly version: string;
  /** Names of the commands whose code is loaded; of the others only name and summary are known. */
  readonly wanted: (name: string) => boolean;
  readonly run: (leaf: CliLeaf, args: readonly unknown[], options: Record<string, unknown>) => Promise<void>;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/** Every exit of the program is an exception (`CommanderError`), none ends the process. */
export async function createProgram(settings: ProgramSettings): Promise<Command> {
  const program = new Command("codeflow")
    .description("Code quality that says only what is new and true.")
    .version(settings.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .showSuggestionAfterError()
    .showHelpAfterError("(codeflow --help lists the commands)")
    .configureOutput({ writeOut: settings.writeOut, writeErr: settings.writeErr })
    .exitOverride();
  for (const entry of commands) {
    const command = program.command(entry.name).description(entry.summary).exitOverride();
    if (settings.wanted(entry.name)) fill(command, await entry.load(), settings);
  }
  return program;
}

/** What commander throws where it would have ended the process. */
export function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof CommanderError;
}

function fill(command: Command, loaded: CliCommand, settings: ProgramSettings): void {
  if (loaded.example !== undefined) command.addHelpText("after", `\nExamples:\n${loaded.example}`);
  if ("run" in loaded) {
    fillLeaf(command, loaded, settings);
    return;
  }
  for (const sub of loaded.subcommands) {
    const name = sub.usage ?? sub.name;
    const isDefault = sub.name === loaded.byDefault;
    const child = command.command(name, { isDefault }).description(sub.summary).exitOverride();
    // A mistyped word lands at the default one, whose complaint is about arguments.
    if (isDefault) child.showHelpAfterError(`(codeflow ${command.name()} --help lists its commands)`);
    if (sub.example !== undefined) child.addHelpText("after", `\nExamples:\n${sub.example}`);
    fillLeaf(child, sub, settings);
  }
}

function fillLeaf(command: Command, leaf: CliLeaf, settings: ProgramSettings): void {
  leaf.configure?.(command);
  addGlobalOptions(command);
  command.action(async (...given: unknown[]) => {
    await settings.run(leaf, given.slice(0, -2), command.opts<Record<string, unknown>>());
  });
}

function addGlobalOptions(command: Command): void {
  command
    .addOption(new Option("--cwd <dir>", "run as if started there").helpGroup("Everywhere:"))
    .addOption(new Option("-q, --quiet", "print nothing but the result").helpGroup("Everywhere:"))
    .addOption(new Option("--verbose", "print details of what is done").helpGroup("Everywhere:"))
    .addOption(new Option("--no-color", "no colours (also NO_COLOR)").helpGroup("Everywhere:"));
}

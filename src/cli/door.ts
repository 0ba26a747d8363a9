/** What the process hands to the command line, and what every command is given. */
import type { Readable, Writable } from "node:stream";
import type { Command } from "commander";
import type { BegunPlace } from "../app/place.ts";
import type { World } from "../app/world.ts";

/** The process, as bin/codeflow.js found it. */
export interface Door {
  readonly argv: readonly string[];
  readonly version: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Writable & { isTTY?: boolean; columns?: number };
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  readonly cores: number;
  readonly signal: AbortSignal;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly cwd?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
}

export interface CommandContext {
  readonly door: Door;
  readonly world: World;
  readonly global: GlobalOptions;
  readonly color: boolean;
  readonly width: number;
  /** What git was asked before this command was loaded; undefined when it was not, or somebody took it already. */
  takeBegun(): BegunPlace | undefined;
  out(text: string): void;
  /** For output that must stay byte for byte what it is. */
  bytes(content: Uint8Array): void;
  err(text: string): void;
  /** Says what went wrong, for commands that go on all the same; returns the exit code it would have been. */
  explain(error: unknown): Promise<number>;
}

/** Something that runs: a command, or one of a command's own words. */
export interface CliLeaf {
  readonly name: string;
  /** Arguments and options; the global ones come by themselves. */
  configure?(command: Command): void;
  /** Returns the exit code. `options` are commander's, with the global ones. */
  run(context: CommandContext, args: readonly unknown[], options: Record<string, unknown>): Promise<number>;
}

/** One word of a command of several: `create` of `codeflow baseline create`. */
export interface CliSubcommand extends CliLeaf {
  readonly summary: string;
  /** Lines for the end of its help, each a call and what it does. */
  readonly example?: string;
  /** Name with its arguments, where there are any: `show <id>`. */
  readonly usage?: string;
}

export interface CliGroup {
  readonly name: string;
  readonly example: string;
  readonly subcommands: readonly CliSubcommand[];
  /** What runs when none is named. */
  readonly byDefault?: string;
}

/** A command's own file: its options, its examples, and what it does. */
export type CliCommand = (CliLeaf & { readonly example: string }) | CliGroup;

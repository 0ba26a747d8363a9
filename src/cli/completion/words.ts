/** What can be typed where: the tree of commands, read from commander, in the form that the shells' scripts are made of. */
import type { Command, Option } from "commander";

/** What stands behind an option or as an argument. */
export type Value =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "directory" }
  /** Something that only the person knows. */
  | { readonly kind: "any" };

export interface CompletionOption {
  /** `-q`, `--quiet`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Absent: a switch. */
  readonly value?: Value;
  /** `--fix [level]`: the next word need not belong to it. */
  readonly isOptional: boolean;
}

export interface CompletionCommand {
  /** Words that lead to it: `[]`, `["check"]`, `["baseline", "create"]`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletionOption[];
  readonly argument: Value | undefined;
}

/** Values that commander does not know, by the name of the placeholder. */
export interface Vocabulary {
  readonly analyzers: readonly string[];
  readonly formats: readonly string[];
}

/** The program first, then every command in order. */
export function completionCommands(program: Command, vocabulary: Vocabulary): CompletionCommand[] {
  return visit(program, [], vocabulary);
}

function visit(command: Command, path: readonly string[], vocabulary: Vocabulary): CompletionCommand[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command).filter((child) => child.name() !== "help");
  // What a command does without a word of its own takes the same options.
  const byDefault = children.find((child) => child.name() === defaultOf(command));
  const options = help.visibleOptions(command);
  const known = new Set(options.map(({ long }) => long));
  const all = [
    ...options,
    ...(byDefault === undefined ? [] : help.visibleOptions(byDefault)).filter(({ long }) => !known.has(long)),
  ];
  const [argument] = command.registeredArguments;
  return [
    {
      path,
      description: command.description(),
      subcommands: children.map((child) => ({ name: child.name(), description: child.description() })),
      options: all.map((option) => optionOf(option, vocabulary)),
      argument: argument === undefined ? undefined : valueOf(argument.name(), argument.argChoices, vocabulary),
    },
    ...children.flatMap((child) => visit(child, [...path, child.name()], vocabulary)),
  ];
}

/** Commander keeps the default command's name to itself. */
function defaultOf(command: Command): string | undefined {
  return (command as unknown as { _defaultCommandName: string | undefined | null })._defaultCommandName ?? undefined;
}

function optionOf(option: Option, vocabulary: Vocabulary): CompletionOption {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const placeholder = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  const value = placeholder === undefined ? undefined : valueOf(placeholder, option.argChoices, vocabulary);
  // Nothing can be offered, and nothing needs to follow: what may come next is the command's own.
  const isSwitch = value === undefined || (option.optional && value.kind === "any");
  return {
    flags,
    description: option.description,
    isOptional: option.optional,
    ...(isSwitch ? {} : { value }),
  };
}

function valueOf(placeholder: string, choices: readonly string[] | undefined, vocabulary: Vocabulary): Value {
  if (choices !== undefined) return { kind: "words", words: choices };
  switch (placeholder) {
    case "analyzers":
    case "id":
      return { kind: "words", words: vocabulary.analyzers };
    case "format":
      return { kind: "words", words: vocabulary.formats };
    case "level":
      return { kind: "words", words: ["safe", "unsafe"] };
    case "dir":
      return { kind: "directory" };
    case "file":
    case "files":
    case "path":
    case "paths":
      return { kind: "file" };
    default:
      return { kind: "any" };
  }
}

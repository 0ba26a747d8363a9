/** Completion for fish. */
import type { CompletionCommand, Value } from "./words.ts";

export function fishScript(commands: readonly CompletionCommand[]): string {
  const valued = commands.flatMap(({ options }) =>
    options.filter(({ value, isOptional }) => value !== undefined && !isOptional).flatMap(({ flags }) => flags),
  );
  const known = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(" ")));
  return `# Completion of codeflow for fish. To have it always:
#   codeflow completion fish > ~/.config/fish/completions/codeflow.fish
function __codeflow_at --description 'whether these are the words of the command so far'
    set -l at
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case ${[...new Set(valued)].sort().join(" ")}
                set skip 1
            case '-*'
            case '*'
                if contains -- (string join ' ' $at $word) ${known.join(" ")}
                    set -a at $word
                end
        end
    end
    test "$argv[1]" = "$at"
end
complete -c codeflow -f
${commands.flatMap(lines).join("\n")}
`;
}

function lines(command: CompletionCommand): string[] {
  const at = `-n ${quoted(`__codeflow_at ${quoted(command.path.join(" "))}`)}`;
  const argument = command.argument === undefined ? "" : valueFlags(command.argument, false);
  return [
    ...command.subcommands.map(
      ({ name, description }) => `complete -c codeflow ${at} -a ${name} -d ${quoted(description)}`,
    ),
    ...(argument === "" ? [] : [`complete -c codeflow ${at} ${argument}`]),
    ...command.options.map(({ flags, description, value, isOptional }) => {
      const spelled = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const parts = [`complete -c codeflow ${at}`, ...spelled, `-d ${quoted(description)}`];
      if (value !== undefined) parts.push(valueFlags(value, !isOptional));
      return parts.filter((part) => part !== "").join(" ");
    }),
  ];
}

function valueFlags(value: Value, isRequired: boolean): string {
  const required = isRequired ? "-r " : "";
  switch (value.kind) {
    case "words":
      return `${isRequired ? "-x " : ""}-a ${quoted(value.words.join(" "))}`;
    case "file":
      return `${required}-F`;
    case "directory":
      return `${isRequired ? "-x " : ""}-a '(__fish_complete_directories)'`;
    case "any":
      return isRequired ? "-x" : "";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

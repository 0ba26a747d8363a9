/** Completion for bash, from 3.2 on (macOS) and without the bash-completion package. */
import type { CompletionCommand, CompletionOption, Value } from "./words.ts";

export function bashScript(commands: readonly CompletionCommand[]): string {
  return `# Completion of codeflow for bash. To have it always:
#   codeflow completion bash > ~/.codeflow-completion.bash
#   echo 'source ~/.codeflow-completion.bash' >> ~/.bashrc
_codeflow() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local path="" skip=0 word i words="" kind=words
  # bash splits --option=value at the sign.
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == "=" ]]; then
      skip=1
    elif ((skip)); then
      skip=0
    else
      case "$word" in
        ${valued(commands).join(" | ")}) skip=1 ;;
        -*) ;;
        *)
          case "$path $word" in
            ${paths(commands)}) path="$path $word" ;;
          esac
          ;;
      esac
    fi
  done
  case "$path:$prev" in
${commands.flatMap((command) => optionValues(command)).join("\n")}
    *)
      case "$path" in
${commands.map(ownWords).join("\n")}
      esac
      ;;
  esac
  local IFS=$' \\t\\n'
  [[ $kind == words ]] || IFS=$'\\n'
  case "$kind" in
    file) COMPREPLY=($(compgen -f -- "$cur")) ;;
    directory) COMPREPLY=($(compgen -d -- "$cur")) ;;
    *)
      # Nothing that fits: not the files of the folder either.
      compopt +o default +o bashdefault 2> /dev/null
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
      return
      ;;
  esac
  # bash 3.2 has no compopt.
  compopt -o filenames 2> /dev/null
  return 0
}
complete -o bashdefault -o default -F _codeflow codeflow
`;
}

function pathOf({ path }: Pick<CompletionCommand, "path">): string {
  return path.map((word) => ` ${word}`).join("");
}

/** Options whose next word is theirs. */
function valued(commands: readonly CompletionCommand[]): string[] {
  const flags = commands.flatMap(({ options }) =>
    options.filter(({ value, isOptional }) => value !== undefined && !isOptional).flatMap((option) => option.flags),
  );
  return [...new Set(flags)].sort();
}

function paths(commands: readonly CompletionCommand[]): string {
  return commands
    .filter(({ path }) => path.length > 0)
    .map((command) => `"${pathOf(command)}"`)
    .join(" | ");
}

function optionValues(command: CompletionCommand): string[] {
  return command.options.flatMap((option) => optionValue(command, option));
}

function optionValue(command: CompletionCommand, { flags, value }: CompletionOption): string[] {
  if (value === undefined) return [];
  const patterns = flags.map((flag) => `"${pathOf(command)}:${flag}"`).join(" | ");
  return [`    ${patterns}) ${assignments(value)} ;;`];
}

function assignments(value: Value): string {
  return value.kind === "words"
    ? `words="${value.words.join(" ")}"`
    : value.kind === "any"
      ? ":"
      : `kind=${value.kind}`;
}

function ownWords(command: CompletionCommand): string {
  const flags = command.options.flatMap((option) => option.flags).join(" ");
  const subcommands = command.subcommands.map(({ name }) => name).join(" ");
  const argument = command.argument;
  const others =
    subcommands !== "" ? `words="${subcommands}"` : argument === undefined ? `words="${flags}"` : assignments(argument);
  return `        "${pathOf(command)}") if [[ $cur == -* ]]; then words="${flags}"; else ${others}; fi ;;`;
}

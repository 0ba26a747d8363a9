/** Completion for zsh, with descriptions. */
import type { CompletionCommand, Value } from "./words.ts";

export function zshScript(commands: readonly CompletionCommand[]): string {
  return `#compdef codeflow
# Completion of codeflow for zsh. To have it always, put it into a folder of $fpath:
#   codeflow completion zsh > "\${fpath[1]}/_codeflow"
_codeflow() {
  local cmd="" word prev=\${words[CURRENT-1]} skip=0
  local -a names flags values
  local kind=none i
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if ((skip)); then
      skip=0
      continue
    fi
    case "$word" in
      ${valued(commands).join("|")}) skip=1 ;;
      -*) ;;
      *)
        case "$cmd $word" in
          ${paths(commands)}) cmd="$cmd $word" ;;
        esac
        ;;
    esac
  done
  # --option=value is one word: the part before the sign is what was asked.
  if [[ $PREFIX == --*=* ]]; then
    prev=\${PREFIX%%=*}
    compset -P '*='
  fi
  case "$cmd:$prev" in
${commands.flatMap(optionValues).join("\n")}
    *)
      case "$cmd" in
${commands.map(ownWords).join("\n")}
      esac
      ;;
  esac
  if [[ $PREFIX == -* && \${#flags} -gt 0 ]]; then
    _describe -o option flags
    return
  fi
  case "$kind" in
    values) _describe value values ;;
    names) _describe command names ;;
    file) _files ;;
    directory) _files -/ ;;
    any) return 1 ;;
    *) ((\${#flags})) && _describe -o option flags ;;
  esac
}
if [[ "\${funcstack[1]}" == _codeflow ]]; then
  _codeflow "$@"
else
  compdef _codeflow codeflow
fi
`;
}

function pathOf({ path }: Pick<CompletionCommand, "path">): string {
  return path.map((word) => ` ${word}`).join("");
}

function valued(commands: readonly CompletionCommand[]): string[] {
  const flags = commands.flatMap(({ options }) =>
    options.filter(({ value, isOptional }) => value !== undefined && !isOptional).flatMap((option) => option.flags),
  );
  return [...new Set(flags)].sort();
}

function paths(commands: readonly CompletionCommand[]): string {
  return commands
    .filter(({ path }) => path.length > 0)
    .map((command) => quoted(pathOf(command)))
    .join("|");
}

function optionValues(command: CompletionCommand): string[] {
  return command.options.flatMap(({ flags, value }) =>
    value === undefined
      ? []
      : [`    ${flags.map((flag) => quoted(`${pathOf(command)}:${flag}`)).join("|")}) ${assignments(value)} ;;`],
  );
}

function assignments(value: Value): string {
  return value.kind === "words" ? `kind=values; values=(${value.words.map(quoted).join(" ")})` : `kind=${value.kind}`;
}

function ownWords(command: CompletionCommand): string {
  const flags = command.options.flatMap(({ flags: spellings, description }) =>
    spellings.map((flag) => described(flag, description)),
  );
  const names = command.subcommands.map(({ name, description }) => described(name, description));
  const others =
    names.length > 0
      ? `kind=names; names=(${names.join(" ")})`
      : command.argument === undefined
        ? ""
        : assignments(command.argument);
  return `        ${quoted(pathOf(command))}) flags=(${flags.join(" ")}); ${others === "" ? "kind=none" : others} ;;`;
}

/** A colon parts the word from what is said about it. */
function described(word: string, description: string): string {
  return quoted(`${word.replaceAll(":", "\\:")}:${description.replaceAll(":", "\\:")}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

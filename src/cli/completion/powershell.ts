/** Completion for PowerShell. */
import type { CompletionCommand, Value } from "./words.ts";

export function powershellScript(commands: readonly CompletionCommand[]): string {
  const valued = commands.flatMap(({ options }) =>
    options.filter(({ value, isOptional }) => value !== undefined && !isOptional).flatMap(({ flags }) => flags),
  );
  return `# Completion of codeflow for PowerShell. To have it always:
#   codeflow completion powershell >> $PROFILE
Register-ArgumentCompleter -Native -CommandName codeflow -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = @{
${commands.map(entry).join("\n")}
  }
  $valued = @(${[...new Set(valued)].sort().map(quoted).join(", ")})
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -ne '' -and $words.Count -gt 0) { $words = @($words | Select-Object -SkipLast 1) }
  $path = ''
  $skip = $false
  foreach ($word in $words) {
    if ($skip) { $skip = $false; continue }
    if ($valued -ccontains $word) { $skip = $true; continue }
    if ($word.StartsWith('-')) { continue }
    $next = ($path + ' ' + $word).Trim()
    if ($commands.ContainsKey($next)) { $path = $next }
  }
  $command = $commands[$path]
  $previous = if ($words.Count -gt 0) { $words[-1] } else { '' }
  $candidates = if ($command.Values.ContainsKey($previous)) { $command.Values[$previous] }
    elseif ($wordToComplete.StartsWith('-')) { $command.Options }
    elseif ($command.Words.Count -gt 0) { $command.Words }
    else { @() }
  # Nothing to offer: PowerShell goes on with the files of the folder.
  $candidates | Where-Object { $_[0] -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}

function entry(command: CompletionCommand): string {
  const options = command.options.flatMap(({ flags, description }) => flags.map((flag) => pair(flag, description)));
  const values = command.options.flatMap(({ flags, value }) =>
    value?.kind === "words" ? flags.map((flag) => `${quoted(flag)} = ${list(words(value))}`) : [],
  );
  const own =
    command.subcommands.length > 0
      ? command.subcommands.map(({ name, description }) => pair(name, description))
      : command.argument === undefined
        ? []
        : words(command.argument);
  return `    ${quoted(command.path.join(" "))} = @{
      Words = ${list(own)}
      Options = ${list(options)}
      Values = @{ ${values.join("; ")} }
    }`;
}

function words(value: Value): string[] {
  return value.kind === "words" ? value.words.map((word) => pair(word, word)) : [];
}

/** The comma keeps PowerShell from flattening pairs into one list. */
function list(pairs: readonly string[]): string {
  return `@(${pairs.map((each) => `,${each}`).join("; ")})`;
}

function pair(word: string, description: string): string {
  return `@(${quoted(word)}, ${quoted(description === "" ? word : description)})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

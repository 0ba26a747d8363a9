/** What the shell analyzer reports, and why. */
import type { RuleDefinition } from "../../model/rule.ts";

export const shellRules: readonly RuleDefinition[] = [
  {
    id: "shell/assignment",
    summary: "An assignment with a space or a `$` is a command.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "`NAME = value` runs a program called NAME; `$NAME=value` runs one called after its value. Write `NAME=value`.",
  },
  {
    id: "shell/bashism",
    summary: "A `#!/bin/sh` script uses what only bash understands.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale:
      "On Debian, Ubuntu and Alpine `/bin/sh` is not bash: the script ends with a syntax error there, or does something else. Use `#!/usr/bin/env bash`, or what POSIX has.",
  },
  {
    id: "shell/constant-test",
    summary: "A test is always true.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      '`[ "$a"="$b" ]` has one word, and a word is true when it is not empty; `[ -n $x ]` becomes `[ -n ]` when x is empty. Operators need spaces, variables need quotes.',
  },
  {
    id: "shell/crlf",
    summary: "A script with a `#!` line has Windows line ends.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "The interpreter is looked for with the carriage return in its name and not found. Use line feeds only.",
  },
  {
    id: "shell/insecure-download",
    summary: "A program is fetched without encryption or without checking the certificate, and run.",
    category: "security",
    severity: "warning",
    recommended: true,
    rationale: "Whoever is between this machine and the server decides what runs. Use https and check a checksum.",
  },
  {
    id: "shell/number-comparison",
    summary: "`<` and `>` do not compare numbers in a test.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "In `[ ]` they redirect to a file; in `[[ ]]` they compare texts, where 9 comes after 10. Use `-lt` and `-gt`, or `(( ))`.",
  },
  {
    id: "shell/quoted-tilde",
    summary: "A `~` in quotes is no home directory.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: 'It is expanded only outside quotes. Write `~/"..."` or `"$HOME/..."`.',
  },
  {
    id: "shell/redirection-order",
    summary: "`2>&1 >file` does not send errors to the file.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "Errors go where output went before it was redirected. Write `>file 2>&1`.",
  },
  {
    id: "shell/remove-root",
    summary: "An empty variable would make this remove everything.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "`rm -rf /$name` removes the root folder when the variable is empty. Write `${name:?}`.",
  },
  {
    id: "shell/remove-variable",
    summary: "`rm -r` on a variable followed by a slash removes from the root when the variable is empty.",
    category: "correctness",
    severity: "info",
    recommended: false,
    rationale: 'Stricter than `shell/remove-root`. Write `rm -rf "${directory:?}/"*`.',
  },
  {
    id: "shell/sudo-redirection",
    summary: "`sudo` does not reach the redirection.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale:
      "The file is opened by the shell that runs sudo, without its rights. Write `... | sudo tee file >/dev/null`.",
  },
  {
    id: "shell/syntax",
    summary: "The script cannot be parsed.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale: "The shell will stop at this place, perhaps after having done half of the work.",
  },
];

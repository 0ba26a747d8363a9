/** Our own rules for shell scripts: a handful of mistakes that are certain from the text alone. */
import type { RawFinding, Suggestion } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { maskShell } from "./mask.ts";

interface Pattern {
  readonly rule: string;
  readonly expression: RegExp;
  /** The part to point at; the whole match when absent. */
  readonly group?: string;
  readonly message: (match: RegExpExecArray) => string;
  readonly unless?: (match: RegExpExecArray, line: string, text: string) => boolean;
  readonly fix?: (match: RegExpExecArray) => string;
}

const word = String.raw`(?:"[^"\s]*"|\$\{?\w+\}?|[\w./-]+)`;
const beforeTest = String.raw`(?:^|[;&|(!]|\b(?:if|elif|while|until|then|do|else)\s)[ \t]*`;

const patterns: readonly Pattern[] = [
  {
    rule: "constant-test",
    expression: new RegExp(
      String.raw`${beforeTest}(?<test>\[\[?[ \t]+(?:![ \t]+)?${word}(?:==?|!=)${word}[ \t]+\]\]?)`,
      "gm",
    ),
    group: "test",
    message: () => "The operator needs spaces around it: this is one word, and always true.",
    // A word such as `--option=value` alone may be meant, and quoted text may hold an equals sign.
    unless: (match) => !(match.groups?.["test"] ?? "").includes("$"),
  },
  {
    rule: "constant-test",
    expression: new RegExp(
      String.raw`${beforeTest}(?<test>\[[ \t]+(?:![ \t]+)?-n[ \t]+(?<value>\$\w+|\$\{\w+\})[ \t]+\])`,
      "gm",
    ),
    group: "test",
    message: (match) =>
      `Without quotes this is always true: \`[ -n ]\` when the variable is empty. Write \`"${match.groups?.["value"] ?? ""}"\`.`,
    fix: (match) =>
      (match.groups?.["test"] ?? "").replace(match.groups?.["value"] ?? "", () => `"${match.groups?.["value"] ?? ""}"`),
  },
  {
    rule: "constant-test",
    expression: new RegExp(String.raw`${beforeTest}(?<test>\[\[?[ \t]+(?:![ \t]+)?"?\$\?"?[ \t]+\]\]?)`, "gm"),
    group: "test",
    message: () => "`$?` is never empty, so this is always true. Compare it: `[ $? -eq 0 ]`.",
  },
  {
    rule: "number-comparison",
    expression: new RegExp(
      String.raw`${beforeTest}(?<test>\[[ \t]+[^\][\n;&|]*?[\w"}][ \t]+[<>][ \t]*"?\d+"?[ \t]+\])`,
      "gm",
    ),
    group: "test",
    message: () => "In `[ ]` this redirects to or from a file. Use `-lt` or `-gt`.",
  },
  {
    rule: "number-comparison",
    expression: new RegExp(
      String.raw`${beforeTest}(?<test>\[\[[ \t]+(?:[^\]\n]*[ \t])?\$\{?#?\w+\}?"?[ \t]+[<>][ \t]*"?\d+"?[ \t]+(?:\]\]|&&|\|\|))`,
      "gm",
    ),
    group: "test",
    message: () => "In `[[ ]]` this compares texts, where 9 comes after 10. Use `-lt` or `-gt`.",
  },
  {
    rule: "assignment",
    expression: /^[ \t]*(?<name>\$[A-Za-z_]\w*=)(?!=)[^\n]*$/gm,
    group: "name",
    message: (match) => `This runs a command. Write \`${(match.groups?.["name"] ?? "").slice(1)}...\` to assign.`,
    unless: (_match, line) => /^\s*\$\w+=\s|\\$/.test(line),
  },
  {
    rule: "assignment",
    expression: /^[ \t]*(?<name>[A-Z_][A-Z0-9_]*[ \t]+=)[ \t]+\S[^\n]*$/gm,
    group: "name",
    message: (match) =>
      `This runs a program called ${(match.groups?.["name"] ?? "").split(/\s/)[0] ?? ""}. No spaces around \`=\`.`,
    // `((` over several lines is arithmetic.
    unless: (match, _line, text) => text.lastIndexOf("((", match.index) > text.lastIndexOf("))", match.index),
  },
  {
    rule: "redirection-order",
    expression: /(?<redirection>2>&1[ \t]*>>?[ \t]*(?!&)(?:"[^"\n]*"|[\w./$\-{}]+))(?<rest>[^\n]*)/g,
    group: "redirection",
    message: () => "Errors still go where output went before. Write `>file 2>&1`.",
    unless: (match, line) => {
      const target = match.groups?.["redirection"] ?? "";
      const before = line.slice(0, line.indexOf(target));
      // `2>&1 >/dev/null | ...` and `$(dialog 2>&1 >/dev/tty)` take errors for themselves, on purpose.
      return (
        /^[ \t]*\|(?!\|)/.test(match.groups?.["rest"] ?? "") ||
        /\/dev\/tty/.test(target) ||
        /\$\(|`|<\(/.test(before) ||
        /\d>&/.test(match.groups?.["rest"] ?? "")
      );
    },
  },
  {
    rule: "sudo-redirection",
    expression:
      /(?:^|[;&|(]|\bthen\s|\bdo\s)[ \t]*(?<command>sudo[ \t][^\n;&|<>"'()]*(?:"[^"\n]*"|'[^'\n]*')?[^\n;&|<>"'()]*(?<![\d&])>>?[ \t]*"?\/(?:etc|root|usr|opt|boot|sys|proc|lib)\/[^\s;&|]*)/gm,
    group: "command",
    message: () => "The shell opens the file without sudo's rights. Write `... | sudo tee file >/dev/null`.",
    unless: (match) => /\s(?:-c|tee|sh|bash)\s/.test(match.groups?.["command"] ?? ""),
  },
  {
    rule: "remove-root",
    expression:
      /\brm[ \t]+(?:-\S+[ \t]+)*-\w*[rR]\w*[ \t]+(?:-\S+[ \t]+)*(?<target>"?\/\$(?:\w+|\{\w+\})(?:"|\/)?)(?=[\s;&|*]|$)/gm,
    group: "target",
    message: () => "With an empty variable this removes `/`. Write `${name:?}`.",
  },
  {
    rule: "remove-variable",
    expression:
      /\brm[ \t]+(?:-\S+[ \t]+)*-\w*[rR]\w*[ \t]+(?:-\S+[ \t]+)*(?<target>"?\$(?:\w+|\{\w+\})"?\/"?\*?)(?=[\s;&|]|$)/gm,
    group: "target",
    message: () => "With an empty variable this removes from `/`. Write `${name:?}`.",
  },
  {
    rule: "quoted-tilde",
    expression:
      /(?:^|[;&|(]|\bthen\s|\bdo\s)[ \t]*(?:cd|source|\.|mkdir(?:[ \t]+-p)?|touch|cat|rm(?:[ \t]+-\w+)*|\[\[?[ \t]+(?:![ \t]+)?-[defrsx])[ \t]+(?<path>"~\/[^"\n]*")/gm,
    group: "path",
    message: () => 'In quotes `~` is no home directory. Write `"$HOME/..."`.',
    fix: (match) => (match.groups?.["path"] ?? "").replace('"~/', '"$HOME/'),
  },
  {
    rule: "insecure-download",
    expression:
      /(?<!["'\w-])(?<command>(?:curl|wget)[ \t][^;&|\n]*?(?:\bhttp:\/\/(?!localhost\b|127\.|\[::1\]|\$)[^\s"'|;&]+|(?<=\s)(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure|--no-check-certificate)(?=\s))[^;&|\n]*\|[ \t]*(?:sudo[ \t]+(?:-\S+[ \t]+)*)?(?:ba|da|z|k)?sh\b)/g,
    group: "command",
    message: () => "What is fetched here unverified is run at once.",
    // A text that tells people what to do is no download.
    unless: (_match, line) => /^\s*(?:echo|printf|log|info|warn)\b/.test(line),
  },
];

export function findPatterns(source: SourceFile): RawFinding[] {
  const text = maskShell(source.text);
  const findings: RawFinding[] = [];
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern.expression)) {
      const part = match.groups?.[pattern.group ?? ""] ?? match[0];
      const start = match.index + match[0].indexOf(part);
      const line = source.line(source.position(start).line);
      if (pattern.unless?.(match, line, text) || isInsideQuotes(text, start)) continue;
      findings.push({
        rule: `shell/${pattern.rule}`,
        message: pattern.message(match),
        location: source.location(start, start + part.length),
        ...suggestions(pattern.fix?.(match), source, start, part),
      });
    }
  }
  return findings;
}

function suggestions(
  text: string | undefined,
  source: SourceFile,
  start: number,
  part: string,
): { suggestions?: Suggestion[] } {
  if (text === undefined || !source.isUtf8) return {};
  const edits = [source.edit(start, start + part.length, text)];
  return { suggestions: [{ message: "Write it so that it works", safety: "unsafe", edits }] };
}

/** Whether an odd number of double quotes stands before it in its line: then it is part of a text. */
function isInsideQuotes(text: string, at: number): boolean {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const before = text.slice(lineStart, at).replaceAll(/\\./g, "  ");
  return (before.split('"').length - 1) % 2 === 1;
}

/** `/codeflow fix` in comments: found outside of quotes and code, and its arguments typed. Pure; the text is a stranger's. */
import { closest } from "./closest.ts";
import type { SlashCommand } from "./event.ts";

/** What a command may be told. Values are names and reasons, never options or shell text. */
interface CommandFacts {
  readonly usage: string;
  readonly summary: string;
  readonly parse: (words: readonly string[], command: SlashCommand) => Parsed;
}

type Parsed = { readonly values: Readonly<Record<string, string>> } | { readonly complaint: string };

const rulePattern = /^[a-z][\w.-]*\/[\w@./-]{1,100}$/i;
const packagePattern = /^(?:@[\w.-]{1,100}\/)?[\w.-][\w./-]{0,120}$/;
const namePattern = /^[A-Za-z][\w/-]{0,80}$/;
const scaffoldKinds = ["api-route", "barrel", "component", "hook", "prop-table"] as const;

function none(words: readonly string[]): Parsed {
  return words.length === 0 ? { values: {} } : { complaint: "it takes nothing behind its name" };
}

function optional(key: string, pattern: RegExp, what: string): (words: readonly string[]) => Parsed {
  return (words) => {
    const [word, ...rest] = words;
    if (word === undefined) return { values: {} };
    if (rest.length > 0) return { complaint: `it takes one ${what} at most` };
    return pattern.test(word) ? { values: { [key]: word } } : { complaint: `${show(word)} is no ${what}` };
  };
}

/** Sorted. */
export const slashCommands = {
  approve: {
    usage: "approve [STEP]",
    summary: "let a waiting step go on",
    parse: optional("step", /^[A-Za-z_][\w-]{0,80}$/, "step's id"),
  },
  check: { usage: "check", summary: "check the pull request again", parse: none },
  describe: { usage: "describe", summary: "write the pull request's description", parse: none },
  explain: {
    usage: "explain [RULE]",
    summary: "say more about a rule, or about the finding that the comment answers",
    parse: optional("rule", rulePattern, "rule such as secrets/aws-access-key"),
  },
  fix: {
    usage: "fix [RULE]",
    summary: "apply safe fixes and push them, all or those of one rule",
    parse: optional("rule", rulePattern, "rule such as oxlint/no-debugger"),
  },
  help: { usage: "help", summary: "list these commands", parse: none },
  ignore: {
    usage: "ignore RULE reason…",
    summary: "accept findings of a rule, with a reason",
    parse: ([rule, ...words], { text }) => {
      if (rule === undefined) return { complaint: "it needs a rule and a reason" };
      if (!rulePattern.test(rule)) return { complaint: `${show(rule)} is no rule such as secrets/aws-access-key` };
      if (words.length === 0) return { complaint: "it needs a reason behind the rule" };
      const reason = text
        .slice(text.indexOf(rule) + rule.length)
        .replace(/^["']?\s*(?:--\s+)?/, "")
        .trim();
      return reason.length > 500
        ? { complaint: "its reason is longer than 500 characters" }
        : { values: { rule, reason } };
    },
  },
  review: { usage: "review", summary: "review the pull request again", parse: none },
  scaffold: {
    usage: "scaffold KIND NAME",
    summary: `write the beginning of something: ${scaffoldKinds.join(", ")}`,
    parse: ([kind, name, ...rest]) => {
      if (kind === undefined || name === undefined) return { complaint: "it needs a kind and a name" };
      if (!(scaffoldKinds as readonly string[]).includes(kind)) {
        const near = closest(kind, scaffoldKinds);
        return {
          complaint: `${show(kind)} is no kind of thing${near === undefined ? `; there are ${scaffoldKinds.join(", ")}` : `; did you mean ${near}?`}`,
        };
      }
      if (rest.length > 0) return { complaint: "it takes one name" };
      return namePattern.test(name) && !name.includes("//")
        ? { values: { kind, name } }
        : { complaint: `${show(name)} is no name: letters, digits, - and / only` };
    },
  },
  update: {
    usage: "update [PACKAGE]",
    summary: "update a dependency, or all that are behind",
    parse: optional("package", packagePattern, "package name"),
  },
} as const satisfies Record<string, CommandFacts>;

export type SlashCommandName = keyof typeof slashCommands;
export const slashCommandNames = Object.keys(slashCommands) as readonly SlashCommandName[];

export type TypedCommand =
  | { readonly ok: true; readonly name: SlashCommandName; readonly arguments: Readonly<Record<string, string>> }
  /** For the person who wrote it; Markdown, with what they wrote shown as code. */
  | { readonly ok: false; readonly complaint: string };

export function typeCommand(command: SlashCommand): TypedCommand {
  const name = slashCommandNames.find((each) => each === command.name.toLowerCase());
  if (name === undefined) {
    const near = closest(command.name, slashCommandNames);
    return {
      ok: false,
      complaint: `There is no command ${show(command.name)}${near === undefined ? "" : `; did you mean \`${near}\`?`} \`/codeflow help\` lists them.`,
    };
  }
  const facts: CommandFacts = slashCommands[name];
  const parsed = facts.parse(command.arguments, command);
  if ("complaint" in parsed) {
    return { ok: false, complaint: `\`/codeflow ${name}\`: ${parsed.complaint}. Usage: \`/codeflow ${facts.usage}\`` };
  }
  return { ok: true, name, arguments: parsed.values };
}

/** Longer comments are prose; a command stands near the top. */
const maxScanned = 65_536;

/** The first line that is a command. Quoted, indented and fenced lines and HTML comments are somebody else's words. */
export function findCommand(comment: string): SlashCommand | undefined {
  let fence: string | undefined;
  let isHidden = false;
  for (const line of comment.slice(0, maxScanned).split(/\r\n|\n|\r/)) {
    if (isHidden) {
      if (line.includes("-->")) isHidden = false;
      continue;
    }
    const opened = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (opened !== undefined && opened.startsWith(fence) && line.trim() === opened) fence = undefined;
      continue;
    }
    if (opened !== undefined) {
      fence = opened;
      continue;
    }
    const comment = line.lastIndexOf("<!--");
    if (comment !== -1 && !line.includes("-->", comment)) isHidden = true;
    const match = /^ {0,3}\/codeflow(?:[ \t]+(.*))?$/i.exec(line);
    if (match !== null) return split(match[1]?.trim() ?? "");
  }
  return undefined;
}

function split(line: string): SlashCommand {
  if (line === "") return { name: "help", arguments: [], text: "" };
  const [name = ""] = /^\S+/.exec(line) ?? [];
  const text = line.slice(name.length).trim();
  return { name: name.toLowerCase(), arguments: words(text), text };
}

/** By blanks; quotes of either kind hold together, and one that is never closed is a letter. */
function words(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"(?=\s|$)|'([^']*)'(?=\s|$)|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? "",
  );
}

/** As code: nothing in it can mention, link or format. */
function show(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `\`${short.replace(/[`\p{Cc}\p{Cf}]/gu, "")}\``;
}

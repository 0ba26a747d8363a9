/** `/codeflow fix` in comments: found outside of quotes and code, and its arguments typed. Pure; the text is a stranger's. */
import { closest } from "./closest.ts";
import type { SlashCommand } from "./event.ts";

/** What a command may be told. Values are names and reasons, never options or shell text. */
interface CommandFacts {
  readonly usage: string;
  readonly summary: string;
  /** Each argument with its type, for people; empty when there are none. */
  readonly types: readonly string[];
  readonly parse: (words: readonly string[], command: SlashCommand, place: CommandPlace) => Parsed;
}

export interface CommandPlace {
  /** It answers a finding's comment in the diff: what it is about need not be said. */
  readonly inThread?: boolean;
}

type Parsed = { readonly values: Readonly<Record<string, string>> } | { readonly complaint: string };

const rulePattern = /^[a-z][\w.-]*\/[\w@./-]{1,100}$/i;
/** As reports show it: all of it, or its beginning. */
const fingerprintPattern = /^[0-9a-f]{8,32}$/;
const packagePattern = /^(?:@[\w.-]{1,100}\/)?[\w.-][\w./-]{0,120}$/;
const namePattern = /^[A-Za-z][\w/-]{0,80}$/;
const scaffoldKinds = ["api-route", "barrel", "component", "hook"] as const;

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
    types: ["STEP: a step's id; the only one that waits unless said"],
    parse: optional("step", /^[A-Za-z_][\w-]{0,80}$/, "step's id"),
  },
  check: { usage: "check", summary: "check the pull request again", types: [], parse: none },
  describe: { usage: "describe", summary: "write the pull request's description", types: [], parse: none },
  explain: {
    usage: "explain [RULE|FINGERPRINT]",
    summary: "say what a rule means and where it fired, or what the finding is that the comment answers",
    types: [
      "RULE: a rule such as `secrets/aws-access-key-id`",
      "FINGERPRINT: 8 to 32 hexadecimal digits",
      "neither: in an answer to a finding's comment in the diff",
    ],
    parse: (words) => {
      const [word, ...rest] = words;
      if (word === undefined) return { values: {} };
      if (rest.length > 0) return { complaint: "it takes one rule or fingerprint at most" };
      if (rulePattern.test(word)) return { values: { rule: word } };
      if (fingerprintPattern.test(word)) return { values: { fingerprint: word } };
      return { complaint: `${show(word)} is neither a rule such as secrets/aws-access-key-id nor a fingerprint` };
    },
  },
  fix: {
    usage: "fix [RULE]",
    summary: "apply safe fixes and push them, all or those of one rule",
    types: ["RULE: a rule such as `oxlint/no-debugger`; every rule unless said"],
    parse: optional("rule", rulePattern, "rule such as oxlint/no-debugger"),
  },
  help: { usage: "help", summary: "list these commands", types: [], parse: none },
  ignore: {
    usage: "ignore RULE reason…",
    summary: "accept the findings of a rule that are there now, or the one that the comment answers, with a reason",
    types: [
      "RULE: a rule such as `secrets/aws-access-key-id`; not needed in an answer to a finding's comment in the diff",
      "reason: at most 500 characters, required",
    ],
    parse: ([rule, ...words], { text }, { inThread = false }) => {
      const isRule = rule !== undefined && rulePattern.test(rule);
      if (rule === undefined) return { complaint: inThread ? "it needs a reason" : "it needs a rule and a reason" };
      if (!inThread && !isRule) return { complaint: `${show(rule)} is no rule such as secrets/aws-access-key-id` };
      const behind = isRule ? text.slice(text.indexOf(rule) + rule.length).replace(/^["']/, "") : text;
      const reason = behind.replace(/^\s*(?:--\s+)?/, "").trim();
      if (words.length === 0 && isRule) return { complaint: "it needs a reason behind the rule" };
      if (!/[\p{L}\p{N}]/u.test(reason)) return { complaint: "it needs a reason that says something" };
      if (reason.length > 500) return { complaint: "its reason is longer than 500 characters" };
      return { values: isRule ? { rule, reason } : { reason } };
    },
  },
  review: {
    usage: "review",
    summary: "look at the whole change again, with every analyzer and nothing remembered",
    types: [],
    parse: none,
  },
  scaffold: {
    usage: "scaffold KIND NAME",
    summary: `write the beginning of something: ${scaffoldKinds.join(", ")}`,
    types: [`KIND: ${scaffoldKinds.join(", ")}`, "NAME: letters, digits, - and /; of a barrel its folder"],
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
    usage: "update PACKAGE",
    summary: "update a dependency",
    types: ["PACKAGE: a package's name"],
    parse: (words) =>
      words.length === 0
        ? { complaint: "it needs a package's name" }
        : optional("package", packagePattern, "package name")(words),
  },
} as const satisfies Record<string, CommandFacts>;

export type SlashCommandName = keyof typeof slashCommands;
export const slashCommandNames = Object.keys(slashCommands) as readonly SlashCommandName[];

export type TypedCommand =
  | { readonly ok: true; readonly name: SlashCommandName; readonly arguments: Readonly<Record<string, string>> }
  /** For the person who wrote it; Markdown, with what they wrote shown as code. */
  | { readonly ok: false; readonly complaint: string };

export function typeCommand(command: SlashCommand, place: CommandPlace = {}): TypedCommand {
  const name = slashCommandNames.find((each) => each === command.name.toLowerCase());
  if (name === undefined) {
    const near = closest(command.name, slashCommandNames);
    return {
      ok: false,
      complaint: `There is no command ${show(command.name)}${near === undefined ? "." : `; did you mean \`${near}\`?`} \`/codeflow help\` lists them.`,
    };
  }
  const facts: CommandFacts = slashCommands[name];
  const parsed = facts.parse(command.arguments, command, place);
  if ("complaint" in parsed) {
    return { ok: false, complaint: `\`/codeflow ${name}\`: ${parsed.complaint}. Usage: \`/codeflow ${facts.usage}\`` };
  }
  return { ok: true, name, arguments: parsed.values };
}

/** Longer comments are prose; a command stands near the top. */
const maxScanned = 65_536;

/** The first line that is a command. Quoted, indented and fenced lines and HTML comments are somebody else's words. */
export function findCommand(comment: string, prefix?: string): SlashCommand | undefined {
  return findCommands(comment, prefix)[0];
}

/** Every such line, in order. One is obeyed; who wrote more is told. */
export function findCommands(comment: string, prefix = "/codeflow"): SlashCommand[] {
  const found: SlashCommand[] = [];
  let fence: string | undefined;
  /** Until this is read, nothing is the author's own line. */
  let hiddenUntil: RegExp | undefined;
  for (const line of comment.slice(0, maxScanned).split(/\r\n|\n|\r/)) {
    if (hiddenUntil !== undefined) {
      if (hiddenUntil.test(line)) hiddenUntil = undefined;
      continue;
    }
    const [, opened, info = ""] = /^ {0,3}(?:(?:[-*+]|\d+[.)]) +)*(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence !== undefined) {
      if (opened?.startsWith(fence) === true && info.trim() === "") fence = undefined;
      continue;
    }
    // Behind a fence of backticks there is no other backtick: that is code within the line.
    if (opened !== undefined && !(opened.startsWith("`") && info.includes("`"))) {
      fence = opened;
      continue;
    }
    hiddenUntil = opensHidden(line);
    const trimmed = line.trimEnd();
    const start = /^ {0,3}/.exec(trimmed)?.[0].length ?? 0;
    if (trimmed.slice(start, start + prefix.length).toLowerCase() !== prefix.toLowerCase()) continue;
    const behind = trimmed.slice(start + prefix.length);
    if (behind === "" || /^[ \t]/.test(behind)) found.push(split(behind.trim()));
  }
  return found;
}

const hiding: readonly (readonly [opening: RegExp, closing: RegExp])[] = [
  [/<!--/g, /-->/],
  [/<pre\b/gi, /<\/pre\s*>/i],
];

function opensHidden(line: string): RegExp | undefined {
  for (const [opening, closing] of hiding) {
    const last = [...line.matchAll(opening)].at(-1);
    if (last !== undefined && !closing.test(line.slice(last.index))) return closing;
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

/** Text for GitHub-flavoured Markdown, whatever the text holds: it stays text. */
import { makeVisible, oneLine } from "./visible-text.ts";

/**
 * One line of text, for any place but the start of a line. Backticked parts stay code; elsewhere what Markdown or HTML
 * could read is escaped. A zero-width space after `@` and `#`, inside `://` and the like keeps mentions, references
 * and automatic links from being made: GitHub looks for them after it has taken the escapes away.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? codeSpan(part.slice(1, -1)) : escapeText(part)))
    .join("");
}

/** The same for a cell of a table, where code would not protect a `|`. */
export function escapeCell(text: string): string {
  return escapeText(oneLine(text));
}

/** A message in a cell: its code stays code, but for such with a `|`, which would end the cell. */
export function cellMarkdown(text: string): string {
  return oneLine(text)
    .split(/(`[^`|]+`)/)
    .map((part, index) => (index % 2 === 1 ? codeSpan(part.slice(1, -1)) : escapeText(part)))
    .join("");
}

function escapeText(text: string): string {
  return (
    text
      .replace(/[\\`*_[\]#|~$<>&@]/g, escapeCharacter)
      .replace(/:(?=\/\/)/g, ":\u200b")
      // Not \b: an underscore before them keeps nothing from being linked.
      .replace(/(?<![a-z0-9])(www|gh)(?=[.-])/gi, "$1\u200b")
      .replace(/(?<![a-z0-9])([0-9a-f]{6})(?=[0-9a-f]{1,34}(?![a-z0-9]))/gi, "$1\u200b")
  );
}

function escapeCharacter(character: string): string {
  switch (character) {
    case "<":
      return "&lt;";
    case ">":
      return "&gt;";
    case "&":
      return "&amp;";
    case "@":
      return "@\u200b";
    case "#":
      return "\\#\u200b";
    default:
      return `\\${character}`;
  }
}

/** Inline code. Nothing inside is read as Markdown, and GitHub makes no mentions or links in it. */
export function codeSpan(text: string): string {
  const visible = makeVisible(text.replace(/[\r\n]+/g, " "));
  if (visible.trim() === "") return "` `";
  // The fence must be longer than any run of backticks inside.
  const longest = Math.max(0, ...[...visible.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const padding = visible.startsWith("`") || visible.endsWith("`") || /^ .* $/.test(visible) ? " " : "";
  return `${fence}${padding}${visible}${padding}${fence}`;
}

/** A link to a web address that was checked to be one. */
export function link(label: string, url: string): string {
  return `[${label}](<${url.replace(/[<>\\]/g, encodeURIComponent)}>)`;
}

/** Text for HTML content and attributes, whatever the text holds. */
import { makeVisible } from "./visible-text.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The same with backticked parts as code. */
export function escapeMessage(text: string): string {
  return escapeHtml(text).replace(/`([^`\n]+)`/g, "<code>$1</code>");
}

/** Escaped for content and for quoted attributes; line ends stay, other control characters become visible. */
export function escapeHtml(text: string): string {
  return text
    .split(/\r?\n|\r/)
    .map(makeVisible)
    .join("\n")
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

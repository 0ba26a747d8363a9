/** Relative links and images of a Markdown file, with their places. */
import type { SourceFile } from "../../model/source-file.ts";

/** Where the link leads, and the lines and columns of its address. JSON-safe. */
export interface LinkFact {
  readonly target: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

const inline =
  /\]\(\s*(?:<([^<>\n]+)>|((?:[^\s()<>\\]|\\.|\([^\s()]*\))+))(?:\s+(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?\s*\)/g;
const definition = /^\s{0,3}\[[^\]\n]+\]:\s+(?:<([^<>\n]+)>|(\S+))/g;

export function extractLinks(source: SourceFile): LinkFact[] {
  const links: LinkFact[] = [];
  let fence: string | undefined;
  let isComment = false;
  let isFrontMatter = source.line(1).trim() === "---";
  for (let number = 1; number <= source.lineCount; number++) {
    const line = source.line(number);
    if (isFrontMatter) {
      if (number > 1 && /^(?:---|\.\.\.)\s*$/.test(line)) isFrontMatter = false;
      continue;
    }
    const mark = /^\s*(?:>\s*)*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length) fence = undefined;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    if (isIndentedCode(source, number)) continue;
    const visible = blankComments(line, isComment);
    isComment = visible.isComment;
    const text = visible.text.replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, (code) => " ".repeat(code.length));
    for (const pattern of [inline, definition]) {
      for (const match of text.matchAll(pattern)) {
        const target = match[1] ?? match[2];
        if (target === undefined) continue;
        // MyST's mark of an address that the site alone knows, and VuePress's inclusion of code.
        if (/^\{[^}]*\.external\b/.test(text.slice(match.index + match[0].length, match.index + match[0].length + 100)))
          continue;
        if (/@\[code\b[^\]]*$/.test(text.slice(Math.max(0, match.index - 100), match.index))) continue;
        const column = match.index + match[0].lastIndexOf(target) + 1;
        links.push({ target, line: number, column, endColumn: column + target.length });
      }
    }
  }
  return links;
}

/** Four spaces after a blank line are code, unless they continue a list. */
function isIndentedCode(source: SourceFile, number: number): boolean {
  if (!/^(?: {4}|\t)/.test(source.line(number)) || source.line(number - 1).trim() !== "") return false;
  let before = number - 1;
  while (before > 0 && source.line(before).trim() === "") before--;
  return !/^\s*(?:[-*+]|\d+[.)])\s|^\s{2,}\S/.test(source.line(before));
}

function blankComments(line: string, inside: boolean): { text: string; isComment: boolean } {
  let text = "";
  let isComment = inside;
  for (let i = 0; i < line.length;) {
    if (!isComment && line.startsWith("<!--", i)) isComment = true;
    if (isComment && line.startsWith("-->", i)) {
      isComment = false;
      text += "   ";
      i += 3;
      continue;
    }
    text += isComment ? " " : (line[i] ?? "");
    i++;
  }
  return { text, isComment };
}

/** Merge conflict markers that were committed. */
import type { RawFinding } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { isTestInput } from "../paths/role.ts";

const marker = /^(?:<{7}(?= )|={7}$|>{7}(?= ))/gm;
const document = /\.(?:md|mdx|markdown|rst|adoc|asciidoc|txt)$/i;

const mostFindings = 100;

export function checkConflicts(file: SourceFile): RawFinding[] {
  const { text } = file;
  if (!text.includes("<<<<<<< ") || !text.includes(">>>>>>> ") || isTestInput(file.path)) return [];
  const findings: RawFinding[] = [];
  let start: number | undefined;
  let middle: number | undefined;
  // A CR before the line's end would hide the middle marker from `$`.
  for (const match of text.replaceAll("\r", "\n").matchAll(marker)) {
    if (findings.length >= mostFindings) break;
    if (match[0].startsWith("<")) {
      start = match.index;
      middle = undefined;
    } else if (match[0].startsWith("=")) middle = start === undefined ? undefined : match.index;
    else if (start !== undefined && middle !== undefined) {
      if (!document.test(file.path) || !isFenced(text, start)) {
        findings.push({
          rule: "hygiene/conflict-marker",
          message: "unresolved merge conflict",
          location: file.location(start, endOfLine(text, start)),
          related: [
            { location: file.location(middle, middle + 7), message: "the other side begins" },
            { location: file.location(match.index, endOfLine(text, match.index)), message: "the conflict ends" },
          ],
        });
      }
      start = undefined;
      middle = undefined;
    }
  }
  return findings;
}

function endOfLine(text: string, offset: number): number {
  const end = text.slice(offset, offset + 500).search(/[\r\n]/);
  return end === -1 ? Math.min(text.length, offset + 500) : offset + end;
}

/** Inside a Markdown fence, or after a reStructuredText or AsciiDoc literal block's opening: an example. */
function isFenced(text: string, offset: number): boolean {
  const fences = text.slice(0, offset).match(/^ {0,3}(?:```|~~~|----$)/gm);
  return fences !== null && fences.length % 2 === 1;
}

/** A fix as whole lines of its file, exactly as the code host will put them there. */
import { isUtf8 } from "node:buffer";
import { applySuggestions } from "../findings/edits.ts";
import type { Location, Suggestion } from "../model/finding.ts";
import type { LineSuggestion } from "../reports/pull-request/comment-text.ts";

/** Longer ones are for `codeflow check --fix`. */
const mostLines = 20;
/** Lines of minified code fill a comment and are read by nobody. */
const mostBytes = 4_000;

export interface WholeLines {
  readonly suggestion: LineSuggestion;
  /** What the host will do with it: these lines for those. */
  readonly edit: Suggestion;
  /** The file with it. */
  readonly after: Uint8Array;
}

/** Undefined when the fix does not apply, or what the host would commit is not what the fix says. */
export function wholeLines(before: Uint8Array, suggestion: Suggestion, finding: Location): WholeLines | undefined {
  const bytes = Buffer.from(before.buffer, before.byteOffset, before.byteLength);
  const edited = applySuggestions(before, [suggestion], finding.path);
  if (edited.applied.length !== 1 || suggestion.edits.length === 0 || !isUtf8(bytes)) return undefined;
  const after = Buffer.from(edited.bytes);
  const first = Math.min(...suggestion.edits.map(({ start }) => start));
  const last = Math.max(...suggestion.edits.map(({ end }) => end));
  // A negative offset would count from the end.
  const from = first === 0 ? 0 : bytes.lastIndexOf(0x0a, first - 1) + 1;
  // An edit that takes the line end with it ends on that line, not on the next one.
  const endsLine = last > first && bytes[last - 1] === 0x0a;
  const to = endsLine ? last : lineEnd(bytes, last);
  let replaced = after.subarray(from, to + after.length - bytes.length);
  // Of a line that held only what goes, its indentation is not worth keeping.
  if (isBlank(replaced) && !isBlank(bytes.subarray(from, to))) replaced = Buffer.alloc(0);
  const startLine = countLines(bytes, from) + 1;
  const endLine = countLines(bytes, endsLine ? last - 1 : last) + 1;
  if (endLine - startLine >= mostLines || replaced.length > mostBytes) return undefined;
  // The comment stands on the lines that are replaced: elsewhere nobody would see what it is about.
  if (startLine > finding.endLine || endLine < finding.startLine) return undefined;
  const whole = replaced.toString("utf8");
  const text = whole.replace(/\r?\n$/, "").replaceAll("\r\n", "\n");
  if (committedLines(bytes, from, to, text) !== whole) return undefined;
  return {
    suggestion: { startLine, endLine, text },
    edit: { ...suggestion, edits: [{ path: finding.path, start: from, end: to, text: whole }] },
    after: Buffer.concat([bytes.subarray(0, from), replaced, bytes.subarray(to)]),
  };
}

/**
 * What stands there once the host has committed the text: with the file's line ends, the last one as it was; nothing for
 * an empty text. So an empty line in place of others cannot be said, nor an end of line that comes, goes or changes.
 */
function committedLines(bytes: Buffer, from: number, to: number, text: string): string | undefined {
  if (text === "") return "";
  const ending = fileEnding(bytes);
  if (ending === undefined || /[\r\uFEFF]/.test(text)) return undefined;
  const endsWithLine = bytes[to - 1] === 0x0a && to > from;
  return text.replaceAll("\n", ending) + (endsWithLine ? ending : "");
}

/** Undefined for a file with both kinds: nobody says which one the host takes. */
function fileEnding(bytes: Buffer): "\n" | "\r\n" | undefined {
  let [plain, returned] = [0, 0];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at - 1] === 0x0d) returned++;
    else plain++;
  }
  if (plain > 0 && returned > 0) return undefined;
  return returned > 0 ? "\r\n" : "\n";
}

function isBlank(bytes: Buffer): boolean {
  return bytes.toString("latin1").trim() === "";
}

/** Where the line that holds this byte ends, its line end included. */
function lineEnd(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(0x0a, at);
  return end < 0 ? bytes.length : end + 1;
}

/** Line ends before this byte. */
function countLines(bytes: Buffer, until: number): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < until; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}

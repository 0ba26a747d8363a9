/** Fixes of findings as replacements of whole lines, the only form in which a code host can commit them. */
import { parses } from "../analyzers/parse-check.ts";
import { applySuggestions } from "../findings/edits.ts";
import type { Finding, Suggestion } from "../model/finding.ts";
import type { LineSuggestion } from "../reports/pull-request/comment-text.ts";

/** Longer ones are for `codeflow check --fix`. */
const mostLines = 20;

/** By fingerprint; only what applies to the file as it is and leaves it parsing. `text`: of a file of the head. */
export async function lineSuggestions(
  findings: readonly Finding[],
  text: (path: string) => string | undefined,
): Promise<Map<string, LineSuggestion>> {
  const found = new Map<string, LineSuggestion>();
  for (const { fingerprint, location, suggestions = [] } of findings) {
    const best = suggestions.find(
      ({ safety, edits }) => safety !== "suggested" && edits.every(({ path }) => path === location.path),
    );
    const content = best === undefined ? undefined : text(location.path);
    if (best === undefined || content === undefined) continue;
    const before = Buffer.from(content, "utf8");
    const lines = wholeLines(before, best, location.path);
    if (lines === undefined || !(await parses(location.path, lines.after))) continue;
    found.set(fingerprint, lines.suggestion);
  }
  return found;
}

function wholeLines(
  before: Buffer,
  suggestion: Suggestion,
  path: string,
): { readonly suggestion: LineSuggestion; readonly after: Uint8Array } | undefined {
  const edited = applySuggestions(before, [suggestion], path);
  if (edited.applied.length !== 1 || suggestion.edits.length === 0) return undefined;
  const after = Buffer.from(edited.bytes);
  const first = Math.min(...suggestion.edits.map(({ start }) => start));
  const last = Math.max(...suggestion.edits.map(({ end }) => end));
  // A negative offset would count from the end.
  const from = first === 0 ? 0 : before.lastIndexOf(0x0a, first - 1) + 1;
  // An edit that takes the line end with it ends on that line, not on the next one.
  const endsLine = last > first && before[last - 1] === 0x0a;
  const to = endsLine ? last : lineEnd(before, last);
  const replaced = after.subarray(from, to + after.length - before.length).toString("utf8");
  // What is left of a line whose end went would run into the next one.
  if (endsLine && replaced !== "" && !replaced.endsWith("\n")) return undefined;
  const startLine = countLines(before, from) + 1;
  const endLine = countLines(before, endsLine ? last - 1 : last) + 1;
  if (endLine - startLine >= mostLines) return undefined;
  return { suggestion: { startLine, endLine, text: replaced.replace(/\r?\n$/, "").replaceAll("\r\n", "\n") }, after };
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

/** Fixes of findings as replacements of whole lines, the only form in which a code host can commit them. */
import { parses } from "../analyzers/parse-check.ts";
import { applySuggestions } from "../findings/edits.ts";
import type { Finding, Suggestion } from "../model/finding.ts";
import type { LineSuggestion } from "../reports/pull-request/comment-text.ts";
import type { EditedFiles, LookedAgain } from "./check/look-again.ts";
import { type WholeLines, wholeLines } from "./whole-lines.ts";

/**
 * Looks over all files at most: the first one takes every file at once, the others find out which of a file's fixes
 * does harm. What is not proven by then is not offered.
 */
const mostLooks = 8;

interface Candidate {
  readonly finding: Finding;
  readonly lines: WholeLines;
}

/**
 * By fingerprint; worst findings first. Only what applies to the file as it is, leaves it parsing, removes its finding
 * and brings no other: checked by looking at the file with the fix in it. Whether a finding of the repository's own
 * tools is gone is not asked, because that would run them once more; that nothing new comes is.
 */
export async function lineSuggestions(
  findings: readonly Finding[],
  files: EditedFiles,
): Promise<Map<string, LineSuggestion>> {
  const contents = await files.contents([...new Set(findings.filter(isFixable).map(({ location }) => location.path))]);
  const byPath = new Map<string, Candidate[][]>();
  for (const finding of findings.filter(isFixable)) {
    const { path } = finding.location;
    const bytes = contents.get(path);
    const suggestion = chosen(finding);
    if (bytes === undefined || suggestion === undefined) continue;
    const lines = wholeLines(bytes, suggestion, finding.location);
    if (lines === undefined || !(await parses(path, lines.after))) continue;
    const [group] = byPath.get(path) ?? [];
    if (group === undefined) byPath.set(path, [[{ finding, lines }]]);
    else group.push({ finding, lines });
  }
  const proven = new Map<string, LineSuggestion>();
  for (let looks = 0; looks < mostLooks && byPath.size > 0; looks++) {
    const tried = new Map<string, readonly Candidate[]>();
    const edited = new Map<string, Uint8Array>();
    for (const [path, groups] of byPath) {
      const group = groups.shift() ?? [];
      const { applied, bytes } = applySuggestions(
        contents.get(path) ?? new Uint8Array(),
        group.map(({ lines }) => lines.edit),
        path,
      );
      // Those that want lines of another one wait for their turn.
      const [together, later] = [true, false].map((isNow) =>
        group.filter(({ lines }) => applied.includes(lines.edit) === isNow),
      );
      if (later !== undefined && later.length > 0) groups.push(later);
      tried.set(path, together ?? []);
      edited.set(path, bytes);
    }
    const answers = await files.look(edited);
    for (const [path, group] of tried) {
      const { good, doubted } = judge(group, answers.get(path), files.asks);
      for (const { finding, lines } of good) proven.set(finding.fingerprint, lines.suggestion);
      const groups = byPath.get(path) ?? [];
      groups.unshift(...doubted);
      if (groups.length === 0) byPath.delete(path);
    }
  }
  return proven;
}

/** `doubted`: smaller groups, to be looked at by themselves. */
function judge(
  group: readonly Candidate[],
  answer: LookedAgain | undefined,
  asks: EditedFiles["asks"],
): { readonly good: readonly Candidate[]; readonly doubted: Candidate[][] } {
  const gone = new Set(answer?.gone.map(placeOf));
  const works = group.filter(({ finding }) => !asks(finding.analyzer) || gone.has(placeOf(finding)));
  const isClean = answer !== undefined && answer.introduced.length === 0;
  if (isClean) return { good: works, doubted: [] };
  // Without those that do not even work, or are where the new finding is, the rest may do no harm.
  const blamed = answer === undefined ? new Set<Candidate>() : guilty(group, answer.introduced);
  const rest = works.filter((candidate) => !blamed.has(candidate));
  if (answer !== undefined && rest.length < group.length) return { good: [], doubted: rest.length > 0 ? [rest] : [] };
  if (group.length === 1) return { good: [], doubted: [] };
  // Worst first: the first half is asked first.
  const half = Math.ceil(group.length / 2);
  return { good: [], doubted: [group.slice(0, half), group.slice(half)] };
}

/** Those in whose new lines such a finding begins. */
function guilty(group: readonly Candidate[], introduced: readonly Finding[]): Set<Candidate> {
  const found = new Set<Candidate>();
  let [shift, done] = [0, 0];
  for (const candidate of group.toSorted((a, b) => startOf(a) - startOf(b))) {
    const { startLine, endLine, text } = candidate.lines.suggestion;
    const count = text === "" ? 0 : text.split("\n").length;
    // Of two that want the same, one was done.
    if (startLine > done) shift += count - (endLine - startLine + 1);
    done = endLine;
    const last = endLine + shift;
    if (introduced.some(({ location }) => location.startLine > last - count && location.startLine <= last))
      found.add(candidate);
  }
  return found;
}

function startOf({ lines }: Candidate): number {
  return lines.suggestion.startLine;
}

function placeOf({ rule, message, location: { startLine, startColumn, endLine, endColumn } }: Finding): string {
  return JSON.stringify([rule, message, startLine, startColumn, endLine, endColumn]);
}

function chosen({ location, suggestions = [] }: Finding): Suggestion | undefined {
  return suggestions.find(
    ({ safety, edits }) => safety !== "suggested" && edits.every(({ path }) => path === location.path),
  );
}

function isFixable(finding: Finding): boolean {
  return chosen(finding) !== undefined;
}

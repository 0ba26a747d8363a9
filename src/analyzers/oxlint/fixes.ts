/** oxlint's safe fixes as edits: its JSON has none, so it mends copies, and what it changed is read off them. */
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Batch } from "../../model/analyzer.ts";
import type { Edit, RawFinding, SuggestionSafety } from "../../model/finding.ts";
import { SourceFile } from "../../model/source-file.ts";
import { oxlintRules } from "./rules.ts";

/** Files whose fixes are looked for; beyond that a person will not go through them one by one. */
const maxFiles = 300;

const certainBugs = new Set(oxlintRules.filter(({ severity }) => severity === "error").map(({ id }) => id));

interface Hunk {
  readonly edit: Edit;
  readonly startLine: number;
  readonly endLine: number;
}

/** The findings, with a suggestion wherever a fix belongs to exactly one of them. */
export async function withFixes(
  batch: Batch<unknown>,
  binary: string,
  config: string,
  findings: readonly RawFinding[],
): Promise<RawFinding[]> {
  const paths = [...new Set(findings.filter(({ rule }) => rule !== "oxlint/syntax").map((f) => f.location.path))];
  if (paths.length === 0 || paths.length > maxFiles) return [...findings];
  const copies = `${config}-fixed`;
  for (const path of paths) {
    await mkdir(dirname(join(copies, path)), { recursive: true });
    await copyFile(join(batch.root, path), join(copies, path));
  }
  const result = await batch.exec({
    command: process.execPath,
    args: [binary, "-c", config, "--disable-nested-config", "--no-ignore", "--fix", "-f", "json"].concat(
      paths.map((path) => `./${path}`),
    ),
    cwd: copies,
    signal: batch.signal,
  });
  // The findings are true without their fixes.
  if (result.exitCode !== 0 && result.exitCode !== 1) return [...findings];
  const hunks = new Map<string, readonly Hunk[]>();
  for (const path of paths) {
    const [before, after] = await Promise.all([readFile(join(batch.root, path)), readFile(join(copies, path))]);
    if (!before.equals(after))
      hunks.set(path, await hunksOf(new SourceFile(path, before), new SourceFile(path, after)));
  }
  return findings.map((finding) => {
    const hunk = (hunks.get(finding.location.path) ?? []).find((candidate) => touches(finding, candidate));
    if (hunk === undefined) return finding;
    const rivals = findings.filter(
      (other) =>
        other.location.path === finding.location.path && touches(other, hunk) && other.rule !== "oxlint/syntax",
    );
    if (rivals.length !== 1) return finding;
    return {
      ...finding,
      suggestions: [{ message: "Apply oxlint's fix", safety: safetyOf(finding.rule), edits: [hunk.edit] }],
    };
  });
}

/** Code that cannot do what it says does something else once it is mended, however sure the fix is. */
function safetyOf(rule: string): SuggestionSafety {
  return certainBugs.has(rule) ? "unsafe" : "safe";
}

function touches(finding: RawFinding, hunk: Hunk): boolean {
  return finding.location.startLine <= hunk.endLine && finding.location.endLine >= hunk.startLine;
}

async function hunksOf(before: SourceFile, after: SourceFile): Promise<Hunk[]> {
  const { diffLines } = await import("diff");
  const hunks: Hunk[] = [];
  let at = 0;
  const parts = diffLines(before.text, after.text);
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === undefined) continue;
    if (!part.added && !part.removed) {
      at += part.value.length;
      continue;
    }
    const next = parts[i + 1];
    const removed = part.removed ? part.value : next?.removed === true ? next.value : "";
    const added = part.added ? part.value : next?.added === true ? next.value : "";
    if (next !== undefined && next.added !== part.added && (next.added || next.removed)) i++;
    hunks.push(hunkOf(before, at, removed, added));
    at += removed.length;
  }
  return hunks;
}

function hunkOf(source: SourceFile, at: number, removed: string, added: string): Hunk {
  let head = 0;
  while (head < removed.length && head < added.length && removed[head] === added[head]) head++;
  let tail = 0;
  while (
    tail < removed.length - head &&
    tail < added.length - head &&
    removed[removed.length - 1 - tail] === added[added.length - 1 - tail]
  ) {
    tail++;
  }
  // A change in the middle of a surrogate pair would leave half a character.
  if (/[\uD800-\uDBFF]/.test(removed[head - 1] ?? "")) head--;
  if (/[\uDC00-\uDFFF]/.test(removed[removed.length - tail] ?? "")) tail--;
  const start = at + head;
  const end = at + removed.length - tail;
  return {
    edit: source.edit(start, end, added.slice(head, added.length - tail)),
    startLine: source.position(start).line,
    endLine: source.position(Math.max(start, end - 1)).line,
  };
}

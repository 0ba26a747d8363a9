/**
 * Measures how well findings keep their identity over a repository's real history.
 *
 *     node bench/identity.ts REPOSITORY [--pairs 200] [--gap 1] [--show 5]
 *
 * Pairs of commits, `gap` first-parent steps apart, are spread over the history. In the files that changed, tokens that
 * linters complain about stand for findings. `git diff` says where each unchanged line went: that is the truth for the
 * findings on it. Matching is judged without being told the diff, as a baseline has to do without it.
 */
import { execFileSync } from "node:child_process";
import type { IdentifiedFinding, RawFinding } from "../src/model/finding.ts";
import { SourceFile } from "../src/model/source-file.ts";
import { assignFingerprints, identify } from "../src/findings/identity.ts";
import { matchFindings } from "../src/findings/match.ts";

interface Settings {
  readonly repository: string;
  readonly pairs: number;
  readonly gap: number;
  readonly show: number;
}

/** Stand-ins for rules: `named` puts the word into the message, as "'x' is unused" does. */
const rules: readonly {
  readonly id: string;
  readonly pattern: RegExp;
  readonly named?: boolean;
  readonly lines?: number;
}[] = [
  { id: "todo", pattern: /\b(?:TODO|FIXME|XXX|HACK)\b.*/g },
  { id: "null", pattern: /\b(?:null|nil|None|NULL)\b/g },
  { id: "any", pattern: /\b(?:any|unknown|object|interface\{\})(?=[\s,;)>\]])/g },
  { id: "equality", pattern: /[^\s=!<>]+ ?[!=]=(?!=) ?[^\s=]+/g },
  { id: "print", pattern: /\b(?:console\.\w+|print|println!?|puts|printf|fmt\.\w+)\(.*/g },
  { id: "throw", pattern: /\b(?:throw|raise|panic!?)\b.*/g },
  { id: "catch", pattern: /\b(?:catch|except|rescue)\b/g },
  { id: "new", pattern: /\bnew [A-Za-z_]\w*/g, named: true },
  { id: "import", pattern: /(?<=^\s*(?:import|from|use|require|include|using)\b.*)\b[A-Za-z_]\w*/g, named: true },
  { id: "debugger", pattern: /\b(?:debugger|breakpoint|binding\.pry)\b/g },
  { id: "bare-return", pattern: /\breturn;?$/g },
  { id: "assert", pattern: /\b(?:assert\w*|expect|should)\b/g },
  { id: "line-length", pattern: /^.{101,}$/g },
  { id: "function", pattern: /\b(?:function|def|func|fn|fun)\s+\w+.*/g, lines: 12 },
  { id: "method-call", pattern: /\b\w+\.(?:get|set|map|filter|then|unwrap|clone)\b/g, named: true },
];

const sourceExtensions = /\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|c|h|cc|cpp|hpp|swift|scala|vue|svelte|sh)$/;

interface ChangedFile {
  readonly oldPath: string;
  readonly newPath: string;
  readonly oldBlob: string;
  readonly newBlob: string;
}

const counts = {
  files: 0,
  truth: 0,
  kept: 0,
  wrong: 0,
  lost: 0,
  fingerprintKept: 0,
  fingerprintWrong: 0,
  removed: 0,
  removedPaired: 0,
  removedPairedMapped: 0,
  mappedKept: 0,
  mappedWrong: 0,
  ms: 0,
  findings: 0,
};
const ways = new Map<string, number>();
const unreadable: string[] = [];
let shown = 0;

const settings = readSettings(process.argv.slice(2));
for (const [older, newer] of commitPairs(settings)) {
  try {
    measure(older, newer);
  } catch (error) {
    // A partial copy of a repository lacks some blobs, and git then refuses the diff.
    unreadable.push(
      `${older}..${newer}: ${error instanceof Error ? (error.message.split("\n").at(-2) ?? "") : String(error)}`,
    );
  }
}
report();

function readSettings(args: readonly string[]): Settings {
  const option = (name: string, fallback: number): number => {
    const index = args.indexOf(`--${name}`);
    return index === -1 ? fallback : Number(args[index + 1]);
  };
  const repository = args[0];
  if (repository === undefined || repository.startsWith("--")) {
    process.stderr.write("usage: node bench/identity.ts REPOSITORY [--pairs N] [--gap N] [--show N]\n");
    process.exit(2);
  }
  return { repository, pairs: option("pairs", 200), gap: option("gap", 1), show: option("show", 0) };
}

function git(args: readonly string[], input?: string): Buffer {
  return execFileSync("git", ["-C", settings.repository, "-c", "core.quotePath=false", ...args], {
    maxBuffer: 1 << 30,
    ...(input === undefined ? {} : { input }),
  });
}

function commitPairs({ pairs, gap }: Settings): [string, string][] {
  const commits = git(["rev-list", "--first-parent", "HEAD"]).toString().trim().split("\n");
  const step = Math.max(1, Math.floor((commits.length - gap) / pairs));
  const result: [string, string][] = [];
  for (let i = 0; i + gap < commits.length && result.length < pairs; i += step) {
    const newer = commits[i];
    const older = commits[i + gap];
    if (newer !== undefined && older !== undefined) result.push([older, newer]);
  }
  return result;
}

function measure(older: string, newer: string): void {
  const changed = changedFiles(older, newer);
  if (changed.length === 0 || changed.length > 400) return;
  const blobs = readBlobs(changed.flatMap(({ oldBlob, newBlob }) => [oldBlob, newBlob]));
  const maps = lineMaps(older, newer);
  const previous: IdentifiedFinding[] = [];
  const current: IdentifiedFinding[] = [];
  const renames = new Map<string, string>();
  for (const file of changed) {
    const oldText = blobs.get(file.oldBlob);
    const newText = blobs.get(file.newBlob);
    if (oldText === undefined || newText === undefined) continue;
    counts.files += 1;
    if (file.oldPath !== file.newPath) renames.set(file.oldPath, file.newPath);
    previous.push(...findingsOf(new SourceFile(file.oldPath, oldText)));
    current.push(...findingsOf(new SourceFile(file.newPath, newText)));
  }
  const positionOf = (finding: RawFinding, path: string, line: number): string =>
    `${finding.rule}|${path}|${line}|${finding.location.startColumn}|${finding.location.endColumn}`;
  const byPosition = new Map(
    current.map((finding) => [positionOf(finding, finding.location.path, finding.location.startLine), finding]),
  );
  const mapLine = (path: string, line: number): number | undefined => maps.get(path)?.(line) ?? undefined;
  const started = performance.now();
  const blind = matchFindings(previous, current, { renames });
  counts.ms += performance.now() - started;
  counts.findings += current.length;
  const mapped = matchFindings(previous, current, { renames, mapLine });
  const partners = new Map(blind.pairs.map((pair) => [pair.previous, pair]));
  const mappedPartners = new Map(mapped.pairs.map((pair) => [pair.previous, pair]));
  const oldPrints = new Map(assignFingerprints(previous).map(({ finding, fingerprint }) => [finding, fingerprint]));
  const byPrint = new Map(assignFingerprints(current).map(({ finding, fingerprint }) => [fingerprint, finding]));
  for (const finding of previous) {
    const path = renames.get(finding.location.path) ?? finding.location.path;
    const line = mapLine(path, finding.location.startLine);
    const pair = partners.get(finding);
    if (line === undefined) {
      counts.removed += 1;
      if (pair !== undefined) counts.removedPaired += 1;
      const how = mappedPartners.get(finding)?.how;
      if (how !== undefined) {
        counts.removedPairedMapped += 1;
        ways.set(how, (ways.get(how) ?? 0) + 1);
      }
      continue;
    }
    const truth = byPosition.get(positionOf(finding, path, line));
    // The end of a range over several lines may have moved with them.
    if (truth === undefined) continue;
    counts.truth += 1;
    if (pair === undefined) counts.lost += 1;
    else if (pair.current === truth) counts.kept += 1;
    else counts.wrong += 1;
    const mappedPair = mappedPartners.get(finding);
    if (mappedPair?.current === truth) counts.mappedKept += 1;
    else if (mappedPair !== undefined) counts.mappedWrong += 1;
    const byFingerprint = byPrint.get(oldPrints.get(finding) ?? "");
    if (byFingerprint === truth) counts.fingerprintKept += 1;
    else if (byFingerprint !== undefined) counts.fingerprintWrong += 1;
    if (pair?.current !== truth && shown < settings.show) {
      shown += 1;
      const went =
        pair === undefined ? "lost" : `${pair.how} ${pair.current.location.path}:${pair.current.location.startLine}`;
      process.stdout.write(
        `${newer.slice(0, 10)} ${finding.rule} ${finding.location.path}:${finding.location.startLine} -> ${path}:${line}, ${went}\n`,
      );
    }
  }
}

function changedFiles(older: string, newer: string): ChangedFile[] {
  const fields = git(["diff", "--raw", "-z", "-M", "--no-abbrev", older, newer]).toString().split("\0");
  const result: ChangedFile[] = [];
  for (let i = 0; i < fields.length - 1;) {
    const [, , oldBlob, newBlob, status] = (fields[i] ?? "").split(" ");
    const oldPath = fields[i + 1] ?? "";
    const isTwoPaths = status?.startsWith("R") || status?.startsWith("C");
    const newPath = isTwoPaths ? (fields[i + 2] ?? "") : oldPath;
    i += isTwoPaths ? 3 : 2;
    if (oldBlob === undefined || newBlob === undefined || !sourceExtensions.test(newPath)) continue;
    if (status === "M" || status?.startsWith("R")) result.push({ oldPath, newPath, oldBlob, newBlob });
  }
  return result;
}

function readBlobs(ids: readonly string[]): Map<string, Buffer> {
  const output = git(["cat-file", "--batch"], `${[...new Set(ids)].join("\n")}\n`);
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [id, type, size] = output.subarray(at, end).toString().split(" ");
    const length = Number(size);
    if (id !== undefined && type === "blob" && length < 400_000)
      blobs.set(id, output.subarray(end + 1, end + 1 + length));
    at = end + 1 + (Number.isNaN(length) ? 0 : length + 1);
  }
  return blobs;
}

/** By new path: old line to new line, undefined for removed lines. */
function lineMaps(older: string, newer: string): Map<string, (line: number) => number | undefined> {
  const maps = new Map<string, (line: number) => number | undefined>();
  const diff = git(["diff", "-U0", "-M", "--no-color", "--no-ext-diff", older, newer]).toString("latin1");
  for (const section of diff.split(/^diff --git /m).slice(1)) {
    const path = /^\+\+\+ b\/(.*?)\t?$/m.exec(section)?.[1] ?? /^rename to (.*)$/m.exec(section)?.[1];
    if (path === undefined) continue;
    const hunks = [...section.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map((match) => ({
      oldStart: Number(match[1]) + (match[2] === "0" ? 1 : 0),
      oldCount: Number(match[2] ?? 1),
      newCount: Number(match[4] ?? 1),
    }));
    maps.set(Buffer.from(path, "latin1").toString(), (line) => {
      let shift = 0;
      for (const hunk of hunks) {
        if (line < hunk.oldStart) break;
        if (line < hunk.oldStart + hunk.oldCount) return undefined;
        shift += hunk.newCount - hunk.oldCount;
      }
      return line + shift;
    });
  }
  return maps;
}

function findingsOf(file: SourceFile): IdentifiedFinding[] {
  const findings: IdentifiedFinding[] = [];
  for (let line = 1; line <= file.lineCount; line++) {
    const text = file.line(line);
    if (text.length > 2000) continue;
    for (const rule of rules) {
      for (const match of text.matchAll(rule.pattern)) {
        const endLine = Math.min(file.lineCount, line + (rule.lines ?? 0));
        const location = {
          path: file.path,
          startLine: line,
          startColumn: match.index + 1,
          endLine,
          endColumn: endLine === line ? match.index + match[0].length + 1 : 1,
        };
        const message = rule.named ? `${rule.id} '${match[0]}'` : rule.id;
        findings.push(identify({ rule: `bench/${rule.id}`, message, location }, file));
      }
    }
  }
  return findings;
}

function report(): void {
  const percent = (value: number, of: number): string => `${((100 * value) / Math.max(1, of)).toFixed(2)} %`;
  const { truth } = counts;
  for (const line of unreadable) process.stderr.write(`left out: ${line}\n`);
  process.stdout.write(
    `${[
      `${counts.files} changed files, ${truth} findings on lines that git diff calls unchanged`,
      `matching, diff unknown:  kept ${percent(counts.kept, truth)}, wrong line ${percent(counts.wrong, truth)}, lost ${percent(counts.lost, truth)}`,
      `matching, diff known:    kept ${percent(counts.mappedKept, truth)}, wrong line ${percent(counts.mappedWrong, truth)}`,
      `fingerprint alone:       kept ${percent(counts.fingerprintKept, truth)}, wrong line ${percent(counts.fingerprintWrong, truth)}`,
      `${counts.removed} findings on removed lines: paired ${percent(counts.removedPaired, counts.removed)} blind, ${percent(counts.removedPairedMapped, counts.removed)} with the diff (${[...ways].map(([how, count]) => `${how} ${count}`).join(", ")})`,
      `matching took ${((1000 * counts.ms) / Math.max(1, counts.findings)).toFixed(1)} microseconds a finding`,
    ].join("\n")}\n`,
  );
}

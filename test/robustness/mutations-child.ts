/**
 * Gives one analyzer hundreds of broken inputs, in a process of its own: a crash of native code ends only this process,
 * and the parent knows by the last line printed which input it was.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type {
  Analyzer,
  BatchAnalyzer,
  CommitFacts,
  FileAnalysis,
  FileAnalyzer,
  LoadContext,
  ProjectAnalyzer,
} from "../../src/model/analyzer.ts";
import { analyzers } from "../../src/analyzers/index.ts";
import { SkipFile } from "../../src/model/failure.ts";
import type { RawFinding } from "../../src/model/finding.ts";
import { SourceFile } from "../../src/model/source-file.ts";
import { createExec } from "../../src/system/exec.ts";
import { type Mutant, mutants, type Seed } from "./mutations.ts";

const wanted = 500;
const [id = ""] = process.argv.slice(2);
const analyzer = analyzers.find((candidate) => candidate.id === id);
if (analyzer === undefined || analyzer.kind === "tool") throw new Error(`no bundled analyzer ${id}`);

const report = { judged: 0, skipped: 0, findings: 0, slowest: { ms: 0, name: "" }, problems: [] as string[] };
const mode = "100644";

/** Small ordinary files: the inputs of the analyzer's golden cases, else of all. */
function findSeeds(of: Analyzer): Seed[] {
  const cases = join(import.meta.dirname, "../analyzers");
  const collect = (name: string): Seed[] => {
    const folder = join(cases, name);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
    return readdirSync(folder).flatMap((one) => {
      const input = join(folder, one, "input");
      if (!existsSync(input)) return [];
      return readdirSync(input, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => ({ path: path.slice(input.length + 1), bytes: readFileSync(path) }))
        .filter(({ path, bytes }) => bytes.length > 0 && of.appliesTo({ path, mode, blob: "" }));
    });
  };
  const own = collect(of.id);
  return own.length > 0 ? own : readdirSync(cases).flatMap(collect);
}

const context: LoadContext<unknown> = {
  options: analyzer.options?.defaults ?? {},
  config: [],
  isRuleOn: () => true,
  secretKey: "test",
};

/** What comes out must be usable: positions inside of the file, in order. */
function judge(findings: readonly RawFinding[], name: string, file: SourceFile | undefined): void {
  report.findings += findings.length;
  for (const { rule, location, suggestions } of findings) {
    const { startLine, startColumn, endLine, endColumn } = location;
    const isOrdered = startLine < endLine || (startLine === endLine && startColumn <= endColumn);
    if (
      startLine < 1 ||
      startColumn < 1 ||
      !isOrdered ||
      ![startLine, startColumn, endLine, endColumn].every(Number.isInteger)
    ) {
      report.problems.push(`${name}: ${rule} at ${startLine}:${startColumn}-${endLine}:${endColumn}`);
    }
    if (file === undefined) continue;
    if (startLine > file.lineCount + 1)
      report.problems.push(`${name}: ${rule} in line ${startLine} of ${file.lineCount}`);
    if (!file.isUtf8) continue;
    for (const { start, end } of (suggestions ?? []).flatMap(({ edits }) => edits)) {
      if (start < 0 || end < start || end > file.bytes.length) {
        report.problems.push(`${name}: ${rule} edits [${start}, ${end}) of ${file.bytes.length} bytes`);
      }
    }
  }
}

async function timed(name: string, work: () => Promise<void>): Promise<void> {
  // Written at once: after a crash it is the last line.
  writeSync(1, `${name.replaceAll("\n", " ")}\n`);
  const start = performance.now();
  try {
    await work();
    report.judged++;
  } catch (error) {
    if (error instanceof SkipFile) report.skipped++;
    else
      report.problems.push(
        `${name}: ${error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : String(error)}`,
      );
  }
  const ms = performance.now() - start;
  if (ms > report.slowest.ms) report.slowest = { ms: Math.round(ms), name };
}

async function ofFile(of: FileAnalyzer): Promise<void> {
  const analysis: FileAnalysis = await of.load(context);
  for (const { name, path, bytes } of mutants(findSeeds(of), wanted)) {
    await timed(name, async () => {
      const file = new SourceFile(path, bytes);
      judge(await analysis.analyze(file), name, file);
    });
  }
}

async function ofProject(of: ProjectAnalyzer): Promise<void> {
  const extraction = await of.load(context);
  const facts = new Map<string, unknown>();
  const files = new Map<string, SourceFile>();
  const seeds = findSeeds(of);
  if (seeds.length > 0) {
    let number = 0;
    for (const { name, path, bytes } of mutants(seeds, wanted)) {
      await timed(name, async () => {
        // One folder each, so that all of them stand beside one another.
        const place = `m${number++}/${path}`;
        const file = new SourceFile(place, bytes);
        const fact: unknown = await extraction.extract(file);
        files.set(place, file);
        if (fact !== undefined) facts.set(place, JSON.parse(JSON.stringify(fact)));
      });
    }
  }
  const texts = [
    ...mutants(
      [{ path: "message", bytes: Buffer.from("fix(core): do not lose work\n\nBody text.\n\nCloses #1\n") }],
      wanted,
    ),
  ];
  const commits: CommitFacts[] = texts.map(({ bytes }, i) => ({
    id: i.toString(16).padStart(40, "0"),
    author: "A",
    parents: 1,
    message: Buffer.from(bytes).toString(),
  }));
  const odd = texts.slice(-200).map(({ bytes }) => Buffer.from(bytes.subarray(0, 200)).toString().replaceAll("\0", ""));
  const combine = async (
    paths: ReadonlySet<string>,
    some: ReadonlyMap<string, unknown>,
    log: readonly CommitFacts[],
  ): Promise<void> => {
    const { findings } = await of.combine({
      ...context,
      facts: some,
      paths,
      root: undefined,
      commits: log,
      exec: createExec(process.env),
      now: new Date("2026-01-01T00:00:00Z"),
      signal: AbortSignal.timeout(60_000),
    });
    judge(findings, "combination", undefined);
    for (const finding of findings) judge([finding], "combination", files.get(finding.location.path));
  };
  await timed("all of them combined", () => combine(new Set([...files.keys(), ...odd]), facts, []));
  if (seeds.length === 0) {
    for (const [i, commit] of commits.entries())
      await timed(`commit message ${texts[i]?.name ?? ""}`, () =>
        combine(new Set([odd[i % odd.length] ?? "a"]), new Map(), [commit]),
      );
  }
}

async function ofBatch(of: BatchAnalyzer): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "codeflow-mutants-"));
  try {
    const all: Mutant[] = [];
    for (const mutant of mutants(findSeeds(of), wanted)) {
      const path = `m${all.length}/${mutant.path}`;
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), mutant.bytes);
      all.push({ ...mutant, path });
    }
    const tempDirectory = join(root, "temporary");
    mkdirSync(tempDirectory);
    await timed("all files in one go", async () => {
      const { findings, skipped } = await of.run({
        ...context,
        root,
        files: all.map(({ path }) => path),
        tempDirectory,
        exec: createExec(process.env),
        signal: AbortSignal.timeout(280_000),
      });
      const byPath = new Map(all.map((mutant) => [mutant.path, mutant]));
      for (const finding of findings) {
        const mutant = byPath.get(finding.location.path);
        if (mutant === undefined) report.problems.push(`a finding in ${finding.location.path}, which is no input`);
        else judge([finding], mutant.name, new SourceFile(mutant.path, mutant.bytes));
      }
      for (const [path, reason] of skipped ?? []) {
        if (!byPath.has(path) || reason === "") report.problems.push(`skipped ${path}: ${reason}`);
      }
      report.skipped += skipped?.size ?? 0;
      report.judged += all.length - (skipped?.size ?? 0) - 1;
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

if (analyzer.kind === "file") await ofFile(analyzer);
else if (analyzer.kind === "project") await ofProject(analyzer);
else await ofBatch(analyzer);
writeSync(1, `done ${JSON.stringify(report)}\n`);
// Engines may leave threads and timers behind.
process.exit(0);

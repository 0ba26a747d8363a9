/**
 * Golden cases of analyzers: `test/analyzers/<analyzer id>/<case>/`.
 *
 * - `input/` is a small repository; `case.json` (optional) may hold `{ options, rulesOn: [...], rulesNamed: [...],
 *   commits, exitCode, now }`.
 * - A tool's case holds what the tool really printed instead: `stdout`, `stderr` or `output` (its output file), and the
 *   files it spoke of in `input/`.
 * - `expected.txt` is what must come out, a finding a line. `UPDATE_GOLDEN=1` rewrites it; read the diff.
 */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import picomatch from "picomatch";
import { describe, expect, it } from "vitest";
import { analyzers } from "../../src/analyzers/index.ts";
import type { Analyzer, CommitFacts, FileEntry, LoadContext } from "../../src/model/analyzer.ts";
import { SkipFile } from "../../src/model/failure.ts";
import type { RawFinding } from "../../src/model/finding.ts";
import { SourceFile } from "../../src/model/source-file.ts";
import { createExec } from "../../src/system/exec.ts";

const here = import.meta.dirname;
const exec = createExec(process.env);

interface Case {
  options?: Record<string, unknown>;
  rulesOn?: string[];
  rulesNamed?: string[];
  commits?: CommitFacts[];
  exitCode?: number;
  now?: string;
}

describe("analyzers, golden cases", () => {
  for (const analyzer of analyzers) {
    const folder = join(here, analyzer.id);
    const cases = existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      : [];
    it(`${analyzer.id} has a case`, () => {
      expect(cases.length).toBeGreaterThan(0);
    });
    for (const entry of cases) {
      it(`${analyzer.id}/${entry.name}`, async () => {
        const directory = join(folder, entry.name);
        const actual = await runCase(analyzer, directory);
        const expectedFile = join(directory, "expected.txt");
        if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(expectedFile, actual);
        expect(actual).toBe(readFileSync(expectedFile, "utf8"));
      });
    }
  }
});

async function runCase(analyzer: Analyzer, directory: string): Promise<string> {
  const caseFile = join(directory, "case.json");
  const settings: Case = existsSync(caseFile) ? JSON.parse(readFileSync(caseFile, "utf8")) : {};
  const input = join(directory, "input");
  const files = existsSync(input) ? listFiles(input) : [];
  const sources = new Map(
    files.map(
      (file) => [file.path, new SourceFile(file.path, readContent(join(input, file.path), file.mode))] as const,
    ),
  );
  const isConfigFile = (path: string): boolean =>
    (analyzer.configFiles ?? []).some((entry) =>
      entry.includes("/") ? picomatch.isMatch(path, entry, { dot: true }) : basename(path) === entry,
    );
  const context: LoadContext<unknown> = {
    options: { ...analyzer.options?.defaults, ...settings.options },
    config: [...sources.values()]
      .filter((source) => isConfigFile(source.path))
      .map(({ path, text }) => ({ path, text })),
    isRuleOn: (rule) => {
      if (settings.rulesOn !== undefined) return settings.rulesOn.includes(rule);
      const definition = analyzer.rules.find(({ id }) => id === rule);
      return definition?.recommended ?? analyzer.openRules === true;
    },
    rulesNamed: () => settings.rulesNamed ?? [],
    secretKey: "golden",
  };
  const applicable = files.filter((file) => analyzer.appliesTo(file));
  const findings: RawFinding[] = [];
  const lines: string[] = [];
  const temporary = mkdtempSync(join(tmpdir(), "codeflow-golden-"));
  try {
    if (analyzer.kind === "file") {
      const analysis = await analyzer.load(context);
      for (const file of applicable) {
        const source = sources.get(file.path) ?? new SourceFile(file.path, new Uint8Array());
        try {
          findings.push(...(await analysis.analyze(source)));
        } catch (error) {
          if (!(error instanceof SkipFile)) throw error;
          lines.push(`skipped ${file.path}: ${error.message}`);
        }
      }
    } else if (analyzer.kind === "batch") {
      const root = join(temporary, "root");
      cpSync(input, root, { recursive: true, verbatimSymlinks: true });
      const result = await analyzer.run({
        ...context,
        root,
        files: applicable.map(({ path }) => path),
        tempDirectory: temporary,
        exec,
        signal: AbortSignal.timeout(100_000),
      });
      findings.push(...result.findings);
      for (const [path, reason] of result.skipped ?? []) lines.push(`skipped ${path}: ${reason}`);
      const notes = new Map([...(result.notes ?? new Map()).values()].map((note) => [note.path, note.reason]));
      for (const [path, reason] of notes) lines.push(`note on ${path}: ${reason}`);
    } else if (analyzer.kind === "project") {
      const extraction = await analyzer.load(context);
      const facts = new Map<string, unknown>();
      for (const file of applicable) {
        const source = sources.get(file.path);
        if (source === undefined) continue;
        try {
          const extracted = await extraction.extract(source);
          if (extracted !== undefined) facts.set(file.path, JSON.parse(JSON.stringify(extracted)));
        } catch (error) {
          if (!(error instanceof SkipFile)) throw error;
          lines.push(`skipped ${file.path}: ${error.message}`);
        }
      }
      const result = await analyzer.combine({
        ...context,
        facts,
        paths: new Set(files.map(({ path }) => path)),
        executables: new Set(applicable.filter(({ mode }) => mode === "100755").map(({ path }) => path)),
        root: input,
        commits: settings.commits ?? [],
        exec,
        now: new Date(settings.now ?? "2026-01-01T00:00:00Z"),
        signal: AbortSignal.timeout(100_000),
      });
      findings.push(...result.findings);
      for (const [name, value] of Object.entries(result.metrics ?? {})) lines.push(`metric ${name} = ${value}`);
    } else {
      const read = (name: string): string | undefined =>
        existsSync(join(directory, name)) ? readFileSync(join(directory, name), "utf8") : undefined;
      const file = read("output");
      findings.push(
        ...analyzer.parse({
          stdout: read("stdout") ?? "",
          stderr: read("stderr") ?? "",
          exitCode: settings.exitCode ?? 0,
          ...(file === undefined ? {} : { file }),
          // Captured output names this root, so that absolute paths can be told from relative ones.
          root: "/repository",
          read: (path) => sources.get(path),
        }),
      );
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  for (const finding of findings) {
    const known = analyzer.rules.some(({ id }) => id === finding.rule);
    expect(known || analyzer.openRules, `${finding.rule} is not listed in rules`).toBe(true);
    expect(finding.rule.startsWith(`${analyzer.id}/`), `${finding.rule} must start with ${analyzer.id}/`).toBe(true);
  }
  const printed = findings.map((finding) => format(finding, analyzer)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return [...lines, ...printed].map((line) => `${line}\n`).join("");
}

/** As git stores it: the content of a symbolic link is its target. */
function readContent(path: string, mode: string): Uint8Array {
  return mode === "120000" ? readlinkSync(path, "buffer") : readFileSync(path);
}

function format(finding: RawFinding, analyzer: Analyzer): string {
  const { path, startLine, startColumn, endLine, endColumn } = finding.location;
  const definition = analyzer.rules.find(({ id }) => id === finding.rule);
  const severity = finding.severity ?? definition?.severity ?? "(no severity)";
  const text = [
    `${path}:${startLine}:${startColumn}-${endLine}:${endColumn} ${severity} ${finding.rule} ${JSON.stringify(finding.message)}`,
  ];
  if (finding.anchor !== undefined) text.push(`  anchor ${finding.anchor}`);
  if (finding.allowedBy !== undefined)
    text.push(`  allowed at line ${finding.allowedBy.location.startLine} by ${JSON.stringify(finding.allowedBy.text)}`);
  for (const [key, value] of Object.entries(finding.data ?? {})) text.push(`  data ${key} = ${value}`);
  for (const related of finding.related ?? []) {
    const at = related.location;
    text.push(`  related ${at.path}:${at.startLine}:${at.startColumn} ${related.message}`);
  }
  for (const suggestion of finding.suggestions ?? []) {
    text.push(`  ${suggestion.safety} ${suggestion.message}`);
    for (const edit of suggestion.edits) {
      text.push(`    ${edit.path} [${edit.start}, ${edit.end}) -> ${JSON.stringify(edit.text)}`);
    }
  }
  return text.join("\n");
}

function listFiles(root: string, prefix = ""): FileEntry[] {
  const entries: FileEntry[] = [];
  for (const name of readdirSync(join(root, prefix)).sort()) {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    const stat = lstatSync(join(root, path));
    if (stat.isDirectory()) entries.push(...listFiles(root, path));
    else {
      const mode = stat.isSymbolicLink() ? "120000" : stat.mode & 0o111 ? "100755" : "100644";
      const blob = createHash("sha1").update(path).digest("hex");
      entries.push({ path, blob, mode, size: stat.size });
    }
  }
  return entries;
}

/** 500 damaged inputs for each analyzer: findings or a stated skip, within seconds, and edits that stay inside the file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { dockerfile } from "../../../../src/analyzers/dockerfile.ts";
import { links } from "../../../../src/analyzers/links.ts";
import { markdown } from "../../../../src/analyzers/markdown.ts";
import { oxlint } from "../../../../src/analyzers/oxlint.ts";
import { ruff } from "../../../../src/analyzers/ruff.ts";
import { shell } from "../../../../src/analyzers/shell.ts";
import { workflows } from "../../../../src/analyzers/workflows.ts";
import type { Analyzer, LoadContext } from "../../../../src/model/analyzer.ts";
import { SkipFile } from "../../../../src/model/failure.ts";
import type { RawFinding } from "../../../../src/model/finding.ts";
import { SourceFile } from "../../../../src/model/source-file.ts";
import { createExec } from "../../../../src/system/exec.ts";
import { mutantsOf } from "./mutants.ts";

const context: LoadContext<unknown> = { options: {}, config: [], isRuleOn: () => true, secretKey: "test" };

function applies(analyzer: Analyzer): (path: string) => boolean {
  return (path) => analyzer.appliesTo({ path, blob: "", mode: "100644" });
}

function expectInside(findings: readonly RawFinding[], source: SourceFile): void {
  for (const { location, suggestions, rule } of findings) {
    expect(location.path, rule).toBe(source.path);
    expect(location.startLine, rule).toBeGreaterThan(0);
    expect(location.endLine, rule).toBeLessThanOrEqual(source.lineCount);
    for (const edit of suggestions?.flatMap(({ edits }) => edits) ?? []) {
      expect(edit.start, rule).toBeLessThanOrEqual(edit.end);
      expect(edit.end, rule).toBeLessThanOrEqual(source.bytes.length);
    }
  }
}

describe("file analyzers", () => {
  it.each([dockerfile, markdown, shell, workflows])("$id", { timeout: 120_000 }, async (analyzer) => {
    const analysis = await analyzer.load(context);
    let judged = 0;
    for (const { path, bytes } of mutantsOf(analyzer.id, applies(analyzer), 500)) {
      const source = new SourceFile(path, bytes);
      const start = performance.now();
      try {
        expectInside(await analysis.analyze(source), source);
        judged++;
      } catch (error) {
        if (!(error instanceof SkipFile)) throw new Error(`${path}: ${String(error)}`, { cause: error });
      }
      expect(performance.now() - start, path).toBeLessThan(10_000);
    }
    expect(judged).toBeGreaterThan(200);
  });

  it("links", async () => {
    const extraction = await links.load(context);
    let judged = 0;
    for (const { path, bytes } of mutantsOf("links", applies(links), 500)) {
      const facts = await extraction.extract(new SourceFile(path, bytes));
      expect(JSON.parse(JSON.stringify(facts ?? []))).toEqual(facts ?? []);
      judged++;
    }
    expect(judged).toBeGreaterThan(400);
  });
});

describe("batch analyzers", () => {
  it.each([oxlint, ruff])("$id", { timeout: 120_000 }, async (analyzer) => {
    const directory = mkdtempSync(join(tmpdir(), "codeflow-mutants-"));
    try {
      const root = join(directory, "root");
      const sources = mutantsOf(analyzer.id, applies(analyzer), 500).map(
        ({ path, bytes }, index) => new SourceFile(`f${index}${extname(path)}`, bytes),
      );
      for (const source of sources) {
        mkdirSync(dirname(join(root, source.path)), { recursive: true });
        writeFileSync(join(root, source.path), source.bytes);
      }
      const { findings, skipped } = await analyzer.run({
        ...context,
        root,
        files: sources.map(({ path }) => path),
        tempDirectory: directory,
        exec: createExec(process.env),
        signal: AbortSignal.timeout(100_000),
      });
      for (const source of sources) {
        expectInside(
          findings.filter(({ location }) => location.path === source.path),
          source,
        );
      }
      expect(skipped?.size ?? 0).toBeLessThan(400);
      expect(findings.length).toBeGreaterThan(100);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

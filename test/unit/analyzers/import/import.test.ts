/**
 * Cases of foreign reports: `cases/<name>/report.*` and what must come out, a finding a line, in `expected.txt`.
 * `UPDATE_GOLDEN=1` rewrites that; read the diff. All speak of the files below, in a checkout at `/repository`.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importFormats, importReport } from "../../../../src/analyzers/import/index.ts";
import { Failure } from "../../../../src/model/failure.ts";
import { SourceFile } from "../../../../src/model/source-file.ts";
import { renderReport } from "../../../../src/reports/index.ts";
import { context, run } from "../../../reports/run.ts";

const root = "/repository";
const texts: Readonly<Record<string, string>> = {
  "src/app.ts": 'const 名 = "𐐀b"; eval(名);\nif (a == b) run();\n',
  "src/lib/util name.py": "import os\nos.system(name)\n",
};
const read = (path: string): SourceFile | undefined => {
  const text = texts[path];
  return text === undefined ? undefined : new SourceFile(path, new TextEncoder().encode(text));
};

const cases = join(import.meta.dirname, "cases");

function describeReport(text: string, name: string): string {
  const { format, tool, version, findings, rules, skipped, gaps } = importReport(text, { root, name, read });
  const lines = [`${format}, tool ${tool} ${version ?? "(no version)"}`];
  for (const { rule, message, location, severity, category, ...more } of findings) {
    const { path, startLine, startColumn, endLine, endColumn } = location;
    const place = `${path}:${startLine}:${startColumn}-${endLine}:${endColumn}`;
    lines.push(`${place} ${severity} ${category} ${rule} ${JSON.stringify(message)}`);
    if (more.anchor !== undefined) lines.push(`  anchor ${more.anchor}`);
    if (more.helpUrl !== undefined) lines.push(`  help ${more.helpUrl}`);
    for (const { location: at, message: said } of more.related ?? []) {
      lines.push(`  related ${at.path}:${at.startLine}:${at.startColumn} ${said}`);
    }
    for (const suggestion of more.suggestions ?? []) {
      lines.push(`  ${suggestion.safety} ${suggestion.message}`);
      for (const edit of suggestion.edits) {
        const bytes = Buffer.from(texts[edit.path] ?? "").subarray(edit.start, edit.end);
        lines.push(`    ${edit.path} ${JSON.stringify(bytes.toString())} -> ${JSON.stringify(edit.text)}`);
      }
    }
  }
  for (const { id, summary, severity, category } of rules) lines.push(`rule ${id} ${severity} ${category}: ${summary}`);
  for (const { path, reason } of skipped) lines.push(`skipped ${path}: ${reason}`);
  for (const gap of gaps) lines.push(`gap ${gap}`);
  return lines.map((line) => `${line}\n`).join("");
}

describe("foreign reports", () => {
  for (const name of readdirSync(cases)) {
    it(name, () => {
      const folder = join(cases, name);
      const report = readdirSync(folder).find((file) => file.startsWith("report."));
      if (report === undefined) throw new Error(`${folder} has no report`);
      const actual = describeReport(readFileSync(join(folder, report), "utf8"), `reports/${report}`);
      const expected = join(folder, "expected.txt");
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(expected, actual);
      expect(actual).toBe(readFileSync(expected, "utf8"));
    });
  }

  it("has a case for every format", () => {
    const formats = readdirSync(cases).map(
      (name) => readFileSync(join(cases, name, "expected.txt"), "utf8").split(",")[0],
    );
    expect([...new Set(formats)].sort()).toEqual([...importFormats]);
  });
});

describe("our own reports", () => {
  const active = run.findings.filter(({ suppressed, state }) => suppressed === undefined && state !== "fixed");
  const sorted = (lines: readonly string[]): string[] => [...lines].sort();
  const place = ({ path, startLine }: { path: string; startLine: number }): string => `${path}:${startLine}`;

  for (const format of ["sarif", "checkstyle", "rdjson", "gitlab"] as const) {
    it(`come back from ${format}`, async () => {
      const text = await renderReport(format, run, context);
      const imported = importReport(text, { root });
      expect(imported.format).toBe(format);
      // XML cannot hold the control characters of the hostile path; every other place returns as it was.
      const clean = (path: string): boolean => !path.includes("pj.ts");
      expect(sorted(imported.findings.map(({ location }) => place(location)).filter(clean))).toEqual(
        sorted(active.map(({ location }) => place(location)).filter(clean)),
      );
      expect(imported.findings).toHaveLength(active.length);
      // The run said that it is incomplete, and only SARIF can hand that on.
      expect(imported.skipped).toEqual([]);
      // The golden run is incomplete, and says so.
      expect(imported.gaps.length).toBe(format === "sarif" ? 1 : 0);
    });
  }

  it("come back from rdjson with the same columns and edits", async () => {
    const files = (path: string): SourceFile | undefined => {
      const text = context.fileText?.(path);
      return text === undefined ? undefined : new SourceFile(path, new TextEncoder().encode(text));
    };
    for (const format of ["rdjson", "sarif"] as const) {
      const { findings } = importReport(await renderReport(format, run, context), { root, read: files });
      for (const { location, message } of findings) {
        const original = active.find(
          (finding) => finding.message === message && finding.location.startLine === location.startLine,
        );
        expect(location).toEqual(original?.location);
      }
      const equality = findings.find(({ message }) => message.includes("==="));
      const original = active.find(({ rule }) => rule === "oxlint/eqeqeq");
      expect(equality?.suggestions?.[0]?.edits).toEqual(original?.suggestions?.[0]?.edits);
    }
  });
});

describe("paths", () => {
  const imported = (path: string): string => {
    const text = JSON.stringify([
      { filePath: path, messages: [{ ruleId: "x", message: "m", line: 1, column: 1, severity: 2 }] },
    ]);
    const { findings, skipped } = importReport(text, { root });
    return findings[0]?.location.path ?? `refused: ${skipped[0]?.reason}`;
  };

  it("become relative to the root", () => {
    expect(imported("/repository/src/a.ts")).toBe("src/a.ts");
    expect(imported("./src/../src/a.ts")).toBe("src/a.ts");
    expect(imported("file:///repository/a%20b.ts")).toBe("a b.ts");
    expect(imported("src\\a.ts")).toBe("src/a.ts");
  });

  it("that lead out of it are refused", () => {
    for (const path of [
      "../a.ts",
      "/etc/passwd",
      "/repository/../etc/passwd",
      "/repository-2/a.ts",
      "src/../../a.ts",
      "file:///etc/passwd",
      "C:\\Windows\\a.ts",
      "\\\\server\\share\\a.ts",
    ]) {
      expect(imported(path)).toBe("refused: outside the repository");
    }
    for (const path of ["https://example.invalid/a.ts", ".", "a\0b.ts", "file:///%zz"]) {
      expect(imported(path)).toMatch(/^refused: /);
    }
  });
});

describe("what is no report", () => {
  const refusal = (text: string, format?: string): Failure => {
    try {
      importReport(text, { root, name: "build/report.json", ...(format === undefined ? {} : { format }) });
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
    throw new Error("it was taken");
  };

  it.each([
    ["", "CF412", /empty/],
    ["all good!", "CF412", /neither JSON nor XML/],
    ['{"a": 1}', "CF412", /no shape/],
    ["[1, 2]", "CF412", /no shape/],
    ['{"runs": [', "CF412", /not JSON/],
    ["<html><body>502</body></html>", "CF412", /<html>/],
    ["<checkstyle><file></checkstyle>", "CF412", /well-formed/],
  ])("%j is refused with words", (text, code, why) => {
    const failure = refusal(text);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain("build/report.json");
    expect(failure.why).toMatch(why);
    expect(failure.next).toBeDefined();
  });

  it("is not taken for another format than the one that was named", () => {
    expect(refusal("[]", "sarif").code).toBe("CF413");
    expect(refusal("[]", "sarrif").code).toBe("CF411");
  });

  it("does not expand entities of a document type", () => {
    const document = (entity: string): string =>
      `<?xml version="1.0"?><!DOCTYPE x [${entity}]>
<checkstyle><file name="a.ts"><error line="1" message="&b;&lt;x&gt; &#65;&#x10FFFF;&#x110000;" source="x"/></file></checkstyle>`;
    const bomb = `<!ENTITY a "${"A".repeat(1000)}"><!ENTITY b "${"&a;".repeat(1000)}">`;
    expect(importReport(document(bomb), { root }).findings[0]?.message).toBe("&b;<x> A\u{10ffff}\ufffd");
    expect(refusal(document('<!ENTITY b SYSTEM "file:///etc/passwd">')).why).toMatch(/External entities/);
  });

  it("never ends in anything but a Failure, however it is broken", () => {
    const reports = readdirSync(cases).map((name) => {
      const folder = join(cases, name);
      return readFileSync(join(folder, readdirSync(folder).find((file) => file.startsWith("report.")) ?? ""), "utf8");
    });
    const broken = fc
      .tuple(
        fc.constantFrom(...reports),
        fc.nat(),
        fc.nat({ max: 40 }),
        fc.constantFrom("", "null", "[]", "{}", "-1", '"', "<", "&", "1e999"),
      )
      .map(([text, at, length, put]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + put + text.slice(start + length);
      });
    fc.assert(
      fc.property(broken, (text) => {
        try {
          for (const { location } of importReport(text, { root, read }).findings) {
            expect(location.startLine).toBeGreaterThan(0);
            expect(location.startColumn).toBeGreaterThan(0);
            expect(location.endLine).toBeGreaterThanOrEqual(location.startLine);
            expect(location.path).not.toMatch(/^\/|(?:^|\/)\.\.(?:\/|$)/);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

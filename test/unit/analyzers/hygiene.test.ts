/** Hygiene: hostile and huge inputs. */
import { describe, expect, it } from "vitest";
import { hygiene } from "../../../src/analyzers/hygiene.ts";
import { readLineEndingAttributes } from "../../../src/analyzers/hygiene/attributes.ts";
import type { ConfigFile } from "../../../src/model/analyzer.ts";
import type { RawFinding } from "../../../src/model/finding.ts";
import { SourceFile } from "../../../src/model/source-file.ts";

async function check(
  path: string,
  content: string | Uint8Array,
  config: readonly ConfigFile[] = [],
): Promise<readonly RawFinding[]> {
  const analysis = await hygiene.load({
    options: {},
    config,
    isRuleOn: () => false,
    secretKey: "key",
  });
  return analysis.analyze(new SourceFile(path, typeof content === "string" ? Buffer.from(content) : content));
}

describe("hygiene", () => {
  it("stays linear on 10 MB", async () => {
    const units = [
      "<<<<<<< a\n",
      "<<<<<<< a\n=======\n",
      "\u202e",
      "\u200b",
      "a\u200db",
      "\r\n\n",
      "\u{E0100}",
      '"\u200b',
      "\u3164\n",
    ];
    for (const unit of units) {
      const started = performance.now();
      await check("src/a.js", unit.repeat(10_000_000 / Buffer.byteLength(unit)));
      expect(performance.now() - started, JSON.stringify(unit)).toBeLessThan(20_000);
    }
  });

  it("survives bytes that are not UTF-8 and offers no edits for them", async () => {
    const findings = await check("src/a.js", Buffer.from([0x61, 0xff, 0x0d, 0x0a, 0x62, 0x0a, 0x63, 0x0a]));
    expect(findings.map(({ rule, suggestions }) => [rule, suggestions])).toEqual([
      ["hygiene/mixed-line-endings", undefined],
    ]);
  });

  it("leaves binary content alone", async () => {
    expect(await check("image.bin", "a\0b\r\nc\n")).toEqual([]);
  });

  it("removes the mark that it points at", async () => {
    const bytes = Buffer.from("\uFEFF#!/bin/sh\n");
    const [finding] = await check("run", bytes);
    expect(finding?.suggestions?.[0]?.edits).toEqual([{ path: "run", start: 0, end: 3, text: "" }]);
  });

  it("leaves line endings to git where .gitattributes says so", async () => {
    const config = [{ path: ".gitattributes", text: "*.txt text=auto\n/legacy/** eol=crlf\n" }];
    expect(await check("a.txt", "a\r\nb\n", config)).toEqual([]);
    expect(await check("legacy/run", "#!/bin/sh\r\nb\n", config)).toEqual([]);
    expect(await check("a.js", "a\r\nb\n", config)).toHaveLength(1);
  });

  it("reads .gitattributes as git does: deeper files and later lines win", () => {
    const isManaged = readLineEndingAttributes([
      { path: "sub/.gitattributes", text: "*.js !text\n" },
      { path: ".gitattributes", text: "* text=auto\n*.png binary\n# *.md -text\n" },
    ]);
    expect(isManaged("a.js")).toBe(true);
    expect(isManaged("sub/a.js")).toBe(false);
    expect(isManaged("sub/a.css")).toBe(true);
  });
});

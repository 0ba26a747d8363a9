/** Every rule of the pack against the examples that are kept with it. */
import { beforeAll, describe, expect, it } from "vitest";
import { debugging } from "../../../../src/analyzers/debugging.ts";
import { leftoverRules } from "../../../../src/analyzers/debugging/leftovers.ts";
import { patterns } from "../../../../src/analyzers/patterns.ts";
import { packRules } from "../../../../src/analyzers/patterns/pack.ts";

import type { FileAnalysis } from "../../../../src/model/analyzer.ts";
import type { RawFinding } from "../../../../src/model/finding.ts";
import { SourceFile } from "../../../../src/model/source-file.ts";
import { extensions } from "./hostile-texts.ts";

const analyses = new Map<string, FileAnalysis>();

beforeAll(async () => {
  for (const analyzer of [patterns, debugging]) {
    analyses.set(analyzer.id, await analyzer.load({ options: {}, config: [], isRuleOn: () => true, secretKey: "" }));
  }
});

async function run(analyzer: string, rule: string, path: string, code: string): Promise<RawFinding[]> {
  const all = await analyses.get(analyzer)?.analyze(new SourceFile(path, new TextEncoder().encode(code)));
  return all?.filter((finding) => finding.rule === `${analyzer}/${rule}`) ?? [];
}

describe("rule pack", () => {
  it("is what was promised: at least 40 rules, over at least five languages, each documented and with examples", () => {
    expect(packRules.length).toBeGreaterThanOrEqual(40);
    expect(new Set(packRules.flatMap((rule) => rule.languages)).size).toBeGreaterThanOrEqual(5);
    expect(new Set(packRules.map((rule) => rule.name)).size).toBe(packRules.length);
    for (const rule of packRules) {
      expect(rule.bad.length, rule.name).toBeGreaterThan(0);
      expect(rule.good.length, rule.name).toBeGreaterThan(0);
      expect(rule.keywords.length, rule.name).toBeGreaterThan(0);
      if (rule.category === "security") expect(rule.cwe, `${rule.name} has no CWE`).toBeGreaterThan(0);
    }
  });

  const lists = [
    ...packRules.map((rule) => ["patterns", rule] as const),
    ...leftoverRules.map((rule) => ["debugging", rule] as const),
  ];
  for (const [analyzer, rule] of lists) {
    for (const language of rule.languages) {
      const path = `src/example.${extensions[language]}`;
      for (const code of rule.bad) {
        it(`${rule.name} in ${language} reports ${JSON.stringify(code)}`, async () => {
          expect(await run(analyzer, rule.name, path, code)).toHaveLength(1);
        });
      }
      for (const code of rule.good) {
        it(`${rule.name} in ${language} accepts ${JSON.stringify(code)}`, async () => {
          expect(await run(analyzer, rule.name, path, code)).toEqual([]);
        });
      }
    }
  }

  it("does not look at tests with rules that tests break on purpose", async () => {
    const exempt = packRules.find((rule) => rule.exemptTests === true && rule.languages.includes("python"));
    expect(exempt).toBeDefined();
    expect(await run("patterns", exempt?.name ?? "", "tests/test_client.py", exempt?.bad[0] ?? "")).toEqual([]);
  });
});

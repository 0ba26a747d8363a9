import { describe, expect, it } from "vitest";
import { baselineSources, detectBaselineSource, importBaseline } from "../../../src/findings/baseline-import.ts";

const counts = JSON.stringify({
  "src/a.js": { "no-undef": { count: 2 }, "@typescript-eslint/no-explicit-any": { count: 1 } },
});
const leaks = JSON.stringify([
  {
    RuleID: "aws-access-token",
    File: "conf/a.env",
    StartLine: 3,
    Secret: "REDACTED",
    Fingerprint: "abc:conf/a.env:aws-access-token:3",
  },
  { RuleID: "aws-access-token", File: "conf/a.env", StartLine: 9, Secret: "REDACTED" },
]);
const location = (uri: string) => ({ locations: [{ physicalLocation: { artifactLocation: { uri } } }] });
const sarif = JSON.stringify({
  version: "2.1.0",
  runs: [
    {
      tool: { driver: { name: "GitHub CodeQL", rules: [{ id: "js/eval" }] } },
      results: [
        { ruleId: "js/xss", ...location("src/a%20b.js") },
        { ruleIndex: 0, ...location("./src/c.js") },
        { ruleId: "js/gone", baselineState: "absent", ...location("src/d.js") },
        { ruleId: "js/fine", kind: "pass", ...location("src/e.js") },
        { ruleId: "js/nowhere" },
      ],
    },
    { tool: { driver: { name: "codeflow" } }, results: [{ ruleId: "ruff/S101", ...location("file:///src/f.py") }] },
  ],
});

describe("importBaseline", () => {
  it("reads ESLint's and Oxlint's suppressions", () => {
    const { baseline, diagnostics } = importBaseline("eslint", counts, "eslint-suppressions.json");
    expect(diagnostics).toEqual([]);
    expect(baseline.entries).toEqual([]);
    expect(baseline.allowances).toEqual([
      {
        rule: "eslint/@typescript-eslint/no-explicit-any",
        path: "src/a.js",
        count: 1,
        source: "eslint-suppressions.json",
      },
      { rule: "eslint/no-undef", path: "src/a.js", count: 2, source: "eslint-suppressions.json" },
    ]);
    expect(importBaseline("oxlint", counts, "x").baseline.allowances[1]?.rule).toBe("oxlint/no-undef");
  });

  it("counts gitleaks' findings by file and rule", () => {
    expect(importBaseline("gitleaks", leaks, "leaks.json").baseline.allowances).toEqual([
      { rule: "gitleaks/aws-access-token", path: "conf/a.env", count: 2, source: "leaks.json" },
    ]);
  });

  it("reads SARIF of several tools, and our own under its own names", () => {
    const { baseline, diagnostics } = importBaseline("sarif", sarif, "old.sarif");
    expect(baseline.allowances.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      "ruff/S101 /src/f.py",
      "github-codeql/js/xss src/a b.js",
      "github-codeql/js/eval src/c.js",
    ]);
    expect(diagnostics.map(({ code }) => code)).toEqual(["import-result"]);
  });

  it.each(baselineSources)("says of %s what is wrong with a file, and never throws", (source) => {
    for (const text of [
      "{",
      "null",
      "3",
      '"x"',
      '{"a":1}',
      '[1,{"RuleID":""}]',
      '{"runs":[null,{"results":[null]}]}',
      '{"a":{"b":{}}}',
    ]) {
      const { baseline, diagnostics } = importBaseline(source, text, "f.json");
      expect(baseline).toEqual({ entries: [], allowances: [] });
      expect(diagnostics.length, `${source} ${text}`).toBeGreaterThan(0);
      expect(diagnostics.every(({ file }) => file === "f.json")).toBe(true);
    }
  });
});

describe("detectBaselineSource", () => {
  it.each([
    ["eslint-suppressions.json", counts, "eslint"],
    ["oxlint-suppressions.json", counts, "oxlint"],
    ["report.json", leaks, "gitleaks"],
    [".gitleaks-baseline.json", "[]", "gitleaks"],
    ["x.sarif", sarif, "sarif"],
    ["x.json", "[]", undefined],
    ["x.json", '{"a":1}', undefined],
    ["x.json", "not json", undefined],
  ])("%s %#", (name, text, expected) => {
    expect(detectBaselineSource(name, text)).toBe(expected);
  });
});

/** What a person is shown of many findings. */
import { describe, expect, it } from "vitest";
import type { CheckRun } from "../../../src/model/check-run.ts";
import type { Finding, FindingState, Severity } from "../../../src/model/finding.ts";
import { selectFindings } from "../../../src/reports/selection.ts";
import { run } from "../../reports/run.ts";

function finding(
  path: string,
  line: number,
  severity: Severity,
  rule = "a/rule",
  state: FindingState = "new",
): Finding {
  return {
    rule,
    severity,
    category: "correctness",
    message: "m",
    location: { path, startLine: line, startColumn: 1, endLine: line, endColumn: 2 },
    analyzer: "a",
    analyzerVersion: "1",
    fingerprint: `${path}:${line}`,
    identity: { text: "", before: [], after: [] },
    state,
  };
}

function select(
  findings: readonly Finding[],
  limit: number,
  scope: CheckRun["scope"] = { kind: "all" },
): { shown: string[]; rest: number; old: number } {
  const { files, rest, old } = selectFindings({ ...run, scope, findings }, { limit, fold: true, old: false });
  const shown = files.flatMap(({ path, shown: entries }) =>
    entries.map(({ finding: { location }, folded }) => `${path}:${location.startLine}+${folded.length}`),
  );
  return { shown, rest: rest.length, old: old.length };
}

describe("what is shown", () => {
  it("begins with the file that holds the worst", () => {
    const findings = [finding("a", 9, "warning"), finding("b", 1, "warning"), finding("b", 5, "error")];
    expect(select(findings, 10).shown).toEqual(["b:1+0", "b:5+0", "a:9+0"]);
  });

  it("folds the third and later findings of a rule in a file, if there are two", () => {
    const three = [1, 2, 3].map((line) => finding("a", line, "error"));
    expect(select(three, 10).shown).toEqual(["a:1+0", "a:2+0", "a:3+0"]);
    expect(select([...three, finding("a", 4, "error")], 10).shown).toEqual(["a:1+0", "a:2+2"]);
  });

  it("leaves room for other rules, and counts everything once", () => {
    const same = Array.from({ length: 50 }, (_, i) => finding(`f${i}`, 1, "error", "a/noisy"));
    const findings = [...same, finding("z", 1, "warning", "a/rare")];
    const { shown, rest } = select(findings, 10);
    expect(shown).toHaveLength(10);
    expect(shown).toContain("z:1+0");
    expect(rest).toBe(findings.length - 10);
  });

  it("keeps old findings of a change to itself, and shows them in the whole repository", () => {
    const findings = [finding("a", 1, "error", "a/rule", "unchanged"), finding("b", 1, "info")];
    expect(select(findings, 10, { kind: "changed", base: "x", baseName: "main" })).toEqual({
      shown: ["b:1+0"],
      rest: 0,
      old: 1,
    });
    expect(select(findings, 10).shown).toEqual(["b:1+0", "a:1+0"]);
  });
});

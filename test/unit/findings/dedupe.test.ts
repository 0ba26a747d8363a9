import { describe, expect, it } from "vitest";
import { findDuplicates } from "../../../src/findings/dedupe.ts";
import { defectOf } from "../../../src/findings/defects.ts";
import type { Finding, SuppressionKind } from "../../../src/model/finding.ts";

function finding(rule: string, line = 1, column = 1, kind?: SuppressionKind, state: Finding["state"] = "new") {
  return {
    rule,
    analyzer: rule.slice(0, rule.indexOf("/")),
    location: { path: "a.ts", startLine: line, startColumn: column, endLine: line, endColumn: column + 1 },
    state,
    ...(kind === undefined ? {} : { suppressed: { kind, reason: "r" } }),
  };
}

function duplicates(...findings: ReturnType<typeof finding>[]): string[] {
  return [...findDuplicates(findings)].map(([lesser, better]) => `${lesser.rule} < ${better.rule}`).sort();
}

describe("defectOf", () => {
  it.each([
    ["oxlint/no-debugger", "biome/suspicious/noDebugger"],
    ["oxlint/typescript/no-explicit-any", "eslint/@typescript-eslint/no-explicit-any"],
    ["ruff/S608", "bandit/B608"],
    ["ruff/S105", "secrets/generic-password"],
    ["ruff/PLR0913", "pylint/R0913"],
    ["ruff/E501", "flake8/E501"],
    ["hygiene/private-key", "gitleaks/private-key"],
    ["oxlint/eqeqeq", "eslint/eqeqeq"],
    ["x/some_rule", "y/someRule"],
    ["patterns/py-yaml-load", "bandit/B506"],
    ["workflows/unpinned-action", "zizmor/unpinned-uses"],
    ["shell/sudo-redirection", "shellcheck/SC2024"],
    ["dockerfile/insecure-download", "patterns/sh-http-pipe-shell"],
    ["ruff/F401", "ruff-cli/F401"],
    ["oxlint/syntax", "tsc/TS1005"],
  ])("takes %s and %s for one", (a, b) => {
    expect(defectOf(a)).toBe(defectOf(b));
  });

  it.each([
    ["ruff/S101", "ruff/S102"],
    ["ruff/E501", "bandit/B501"],
    ["oxlint/no-eval", "oxlint/no-empty"],
    ["syntax/json", "syntax/json-duplicate-key"],
    ["tsc/TS2322", "tsc/TS2345"],
  ])("keeps %s and %s apart", (a, b) => {
    expect(defectOf(a)).not.toBe(defectOf(b));
  });
});

describe("findDuplicates", () => {
  it("marks the repository's tool, not the bundled analyzer, on the same line only", () => {
    expect(duplicates(finding("eslint/no-debugger"), finding("oxlint/no-debugger"))).toEqual([
      "eslint/no-debugger < oxlint/no-debugger",
    ]);
    expect(duplicates(finding("eslint/no-debugger", 2), finding("oxlint/no-debugger"))).toEqual([]);
    expect(duplicates(finding("oxlint/no-debugger"), finding("oxlint/no-debugger", 1, 9))).toEqual([]);
  });

  it("prefers the secret's own analyzer", () => {
    expect(
      duplicates(finding("hygiene/private-key"), finding("gitleaks/private-key"), finding("secrets/private-key")),
    ).toEqual(["gitleaks/private-key < secrets/private-key", "hygiene/private-key < secrets/private-key"]);
  });

  it("points at the one in the same column", () => {
    const better = [finding("oxlint/eqeqeq", 1, 1), finding("oxlint/eqeqeq", 1, 20)];
    const found = findDuplicates([...better, finding("eslint/eqeqeq", 1, 20)]);
    expect([...found.values()]).toEqual([better[1]]);
  });

  it("lets what was accepted from one analyzer stand for the others", () => {
    for (const kind of ["inline", "baseline"] as const) {
      expect(duplicates(finding("eslint/eqeqeq", 1, 1, kind), finding("oxlint/eqeqeq"))).toEqual([
        "oxlint/eqeqeq < eslint/eqeqeq",
      ]);
    }
  });

  it("does not hide a secret behind what a lesser tool's ignore file accepts", () => {
    expect(duplicates(finding("gitleaks/aws", 1, 1, "baseline"), finding("secrets/aws"))).toEqual([]);
  });

  it("does not let a switched-off analyzer hide another", () => {
    expect(duplicates(finding("oxlint/eqeqeq", 1, 1, "config"), finding("eslint/eqeqeq"))).toEqual([]);
    expect(duplicates(finding("oxlint/eqeqeq", 1, 1, "generated"), finding("eslint/eqeqeq"))).toEqual([]);
  });

  it("compares fixed findings with fixed ones only", () => {
    expect(duplicates(finding("oxlint/eqeqeq", 1, 1, undefined, "fixed"), finding("eslint/eqeqeq"))).toEqual([]);
    expect(
      duplicates(
        finding("oxlint/eqeqeq", 1, 1, undefined, "fixed"),
        finding("eslint/eqeqeq", 1, 1, undefined, "fixed"),
      ),
    ).toHaveLength(1);
  });
});

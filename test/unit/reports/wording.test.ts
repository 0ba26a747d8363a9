/** The words of a report. */
import { describe, expect, it } from "vitest";
import type { AnalyzerRun } from "../../../src/model/check-run.ts";
import {
  count,
  describeCondition,
  describeThreshold,
  formatDuration,
  formatNumber,
  groupByReason,
  pathToUri,
  safeUrl,
} from "../../../src/reports/wording.ts";

describe("words", () => {
  it("count", () => {
    expect([count(1, "error"), count(0, "info"), count(1234567, "file"), count(2, "directory")]).toEqual([
      "1 error",
      "0 infos",
      "1,234,567 files",
      "2 directories",
    ]);
    expect([formatNumber(3.456), formatNumber(-1234.5), formatNumber(Number.NaN)]).toEqual(["3.46", "-1,234.5", "NaN"]);
    expect([999, 1000, 59_940, 61_000, 3_600_000].map(formatDuration)).toEqual([
      "999 ms",
      "1.0 s",
      "59.9 s",
      "1 min 1 s",
      "60 min 0 s",
    ]);
  });

  it("say a gate's condition", () => {
    expect(describeCondition({ metric: "findings", of: "new", where: { severity: "error" }, max: 0 })).toBe(
      "new errors",
    );
    expect(
      describeCondition({
        metric: "findings",
        of: "changed",
        where: { severity: ["error", "warning"], category: "security", rule: "ruff/*", path: ["src/**", "lib/**"] },
      }),
    ).toBe("security errors or warnings of ruff/* in src/** or lib/** on changed lines");
    expect(describeCondition({ metric: "duplication.percent", max: 5 })).toBe("duplication.percent");
    expect(describeThreshold({ metric: "x", min: 1, max: 2 })).toBe("between 1 and 2");
  });

  it("group what did not run by its reason, whatever the tool is called", () => {
    const skipped = (id: string, reason: string): AnalyzerRun => ({
      id,
      version: "",
      kind: "tool",
      status: "skipped",
      reason,
      required: false,
      files: 0,
      cachedFiles: 0,
      findings: 0,
      durationMs: 0,
      skippedFiles: [],
    });
    expect(
      groupByReason([
        skipped("mypy", "mypy is not installed."),
        skipped("go-vet", "go is not installed"),
        skipped("eslint", "eslint: timed out"),
      ]),
    ).toEqual([
      { names: ["mypy", "go-vet"], reason: "not installed" },
      { names: ["eslint"], reason: "timed out" },
    ]);
  });

  it("let only web addresses be links", () => {
    expect(safeUrl("https://example.invalid/a b")).toBe("https://example.invalid/a%20b");
    for (const url of ["javascript:alert(1)", "file:///etc/passwd", "//x", "https://", undefined]) {
      expect(safeUrl(url)).toBeUndefined();
    }
    expect(pathToUri("a b/c:d/é#?.ts")).toBe("a%20b/c%3Ad/%C3%A9%23%3F.ts");
  });
});

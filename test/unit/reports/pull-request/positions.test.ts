/** Where comments may stand. */
import { describe, expect, it } from "vitest";
import type { ChangedFile, Hunk } from "../../../../src/model/change.ts";
import { diffPositions } from "../../../../src/reports/pull-request/positions.ts";

const hunk = (newStart: number, newLines: number): Hunk => ({
  oldStart: 1,
  oldLines: 1,
  newStart,
  newLines,
  lines: [],
});
const file = (path: string, status: ChangedFile["status"], hunks?: readonly Hunk[]): ChangedFile => {
  const rest = { additions: 1, deletions: 0, isBinary: false };
  return { path, status, ...rest, ...(hunks === undefined ? {} : { hunks }) };
};
const positions = diffPositions({
  base: "b",
  head: "h",
  files: [
    file("a", "modified", [hunk(10, 5), hunk(30, 3), hunk(50, 0)]),
    file("gone", "removed", [hunk(0, 0)]),
    file("big", "modified"),
  ],
  gaps: [],
});

describe("positions", () => {
  it.each([
    ["in a hunk", "a", 10, 10, { kind: "lines", path: "a", startLine: 10, line: 10 }],
    ["at its end", "a", 14, 14, { kind: "lines", path: "a", startLine: 14, line: 14 }],
    ["behind it", "a", 15, 15, { kind: "file", path: "a" }],
    ["over its end", "a", 12, 31, { kind: "lines", path: "a", startLine: 12, line: 14 }],
    ["into it from above", "a", 8, 11, { kind: "lines", path: "a", startLine: 10, line: 11 }],
    ["where lines were only removed", "a", 50, 50, { kind: "file", path: "a" }],
    ["of a file whose diff is withheld", "big", 1, 1, { kind: "file", path: "big" }],
    ["of a file that is gone", "gone", 1, 1, { kind: "none" }],
    ["of a file that is not in the change", "other", 1, 1, { kind: "none" }],
  ])("%s", (_where, path, start, end, expected) => {
    expect(positions.place(path, start, end)).toEqual(expected);
  });

  it("holds only what lies in one hunk", () => {
    expect([positions.holds("a", 10, 14), positions.holds("a", 14, 15), positions.holds("a", 14, 30)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([positions.holds("big", 1, 1), positions.holds("other", 1, 1)]).toEqual([false, false]);
  });
});

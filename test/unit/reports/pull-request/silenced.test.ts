/** What a change keeps from being told is said. */
import { describe, expect, it } from "vitest";
import type { Change } from "../../../../src/model/change.ts";
import { addedSilencers, silencedParts } from "../../../../src/reports/pull-request/silenced.ts";
import { exampleFinding, exampleRun } from "../../../contract/example-run.ts";

function change(...lines: readonly string[]): Pick<Change, "files"> {
  const hunk = { oldStart: 4, oldLines: 9, newStart: 5, newLines: 9, lines };
  return {
    files: [{ path: "a.py", status: "modified", additions: 1, deletions: 1, isBinary: false, hunks: [hunk] }],
  };
}

describe("comments that turn tools off", () => {
  it.each([
    ["x = 1  # noqa: F841", "# noqa: F841"],
    ["x()  // eslint-disable-line no-undef", "// eslint-disable-line no-undef"],
    ["/* eslint-disable */", "/* eslint-disable */"],
    ["// @ts-nocheck", "// @ts-nocheck"],
    ["x: int = f()  # type: ignore[assignment]", "# type: ignore[assignment]"],
    ["# shellcheck disable=SC2086", "# shellcheck disable=SC2086"],
    ["f(); // NOLINT(bugprone-use-after-move)", "// NOLINT(bugprone-use-after-move)"],
    ["<!-- markdownlint-disable -->", "<!-- markdownlint-disable -->"],
    ['print("eslint-disable")', undefined],
    ["# codeflow-ignore ruff/F401 -- why", undefined],
  ])("%s", (line, text) => {
    const found = addedSilencers(change(" before", `+${line}`));
    expect(found).toEqual(text === undefined ? [] : [{ path: "a.py", line: 6, text }]);
  });

  it("are not those that were there, moved, or went", () => {
    expect(addedSilencers(change(" x  # noqa", "-y  # noqa: E1", "+    y  # noqa: E1", "-z  # nosec"))).toEqual([]);
  });
});

describe("what is kept from being told", () => {
  const suppressed = { kind: "inline", reason: "trust | me", isOwn: true } as const;
  it("is listed with rule, place and reason", () => {
    const finding = exampleFinding("a", { suppressed, line: 7 });
    const run = exampleRun({ at: "2026-01-01T00:00:00.000Z", findings: [finding] });
    const [findings = "", comments = ""] = silencedParts(run, change("+x  # noqa"));
    expect(findings).toContain("1 finding is suppressed by comments that this change adds");
    expect(findings).toContain("| warning | ruff/rule | src/a.py:7 | trust \\| me |");
    expect(comments).toContain("1 comment that this change adds turns rules of tools off");
    expect(comments).toContain("`# noqa`");
  });

  it("is nothing where comments were there before", () => {
    const before = exampleFinding("a", { suppressed: { kind: "inline", reason: "x" } });
    const gone = exampleFinding("b", { suppressed, state: "fixed" });
    expect(silencedParts(exampleRun({ at: "2026-01-01T00:00:00.000Z", findings: [before, gone] }), change())).toEqual(
      [],
    );
  });
});

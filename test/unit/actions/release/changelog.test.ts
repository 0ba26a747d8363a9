import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lostLines, updateChangelog } from "../../../../src/actions/release/changelog.ts";

const request = { version: "2.0.0", date: "2026-01-31", notes: "### Fixed\n\n- a hole" };

describe("changelogs", () => {
  it("lose no line, whatever stands in them, and settle at once", () => {
    const line = fc.constantFrom(
      "# Changelog",
      "## [Unreleased]",
      "## 1.0.0",
      "## [2.0.0] - 2026-01-01",
      "### Fixed",
      "### Added",
      "- a hole",
      "- another",
      "  more of it",
      "text",
      "",
      "",
      "```",
      "[1.0.0]: https://example.org",
    );
    const version = fc.constantFrom("2.0.0", "1.0.0", undefined);
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 25 }),
        version,
        fc.constantFrom("\n", "\r\n"),
        (lines, wanted, newline) => {
          const before = lines.join(newline);
          const once = updateChangelog(before, { ...request, version: wanted });
          expect(lostLines(before, once)).toEqual([]);
          expect(once).toContain("- a hole");
          const twice = updateChangelog(once, { ...request, version: wanted });
          expect(twice.split(/\r?\n/).filter((one) => one.trim() !== "")).toEqual(
            once.split(/\r?\n/).filter((one) => one.trim() !== ""),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("stay as they are around the new section", () => {
    const before = "# Log\n\n\nwords\n## 1.0.0 / 2025\n* a\n\n\n\n## 0.9.0\n* b\n\n[x]: https://example.org\n\n";
    expect(updateChangelog(before, request)).toBe(
      before.replace("words\n", "words\n\n## 2.0.0\n\n### Fixed\n\n- a hole\n\n"),
    );
  });

  it.each([
    ["1.9.0 (2025-01-01)\n==================", "2.0.0 (2026-01-31)\n==================\n\n## Fixed"],
    ["# v1.9.0", "# v2.0.0\n\n## Fixed"],
    ["### Version 1.9.0 - 2025-01-01", "### Version 2.0.0 - 2026-01-31\n\n#### Fixed"],
    ["## [1.9.0](https://example.org/a) (2025-01-01)", "## 2.0.0 (2026-01-31)\n\n### Fixed"],
    ["## 1.9.0 / 2025-01-01", "## 2.0.0 / 2026-01-31\n\n### Fixed"],
  ])("write the new heading as %j is", (newest, expected) => {
    const before = `Words\n\n${newest}\n\n- old\n\n\n`;
    expect(updateChangelog(before, request)).toBe(`Words\n\n${expected}\n\n- a hole\n\n${newest}\n\n- old\n\n\n`);
  });

  it("tell what would be lost", () => {
    expect(lostLines("a\nb\na\n", "a\nb\n")).toEqual(["a"]);
    expect(lostLines("a\n\n", "  a")).toEqual([]);
  });
});

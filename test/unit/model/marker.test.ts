import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bodyLimit,
  cutMarkdown,
  cutMarkdownBytes,
  defuseMarkers,
  hasMarker,
  keepMarker,
  markerOf,
  readMarkers,
  withMarker,
  withSection,
} from "../../../src/model/marker.ts";

describe("markers", () => {
  it("give every key back and never end early", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (key) => {
        const marker = markerOf("comment", key);
        expect(marker).toMatch(/^<!-- codeflow:comment [^\s<>]* -->$/);
        expect(marker.slice(4, -3)).not.toContain("--");
        expect(readMarkers(`before ${marker} behind`)).toEqual([{ kind: "comment", key: key.toWellFormed() }]);
      }),
    );
  });

  it("stay apart when one key begins with another", () => {
    expect(hasMarker(markerOf("comment", "gate-2"), "comment", "gate")).toBe(false);
    expect(hasMarker(markerOf("comment", "gate"), "thread", "gate")).toBe(false);
    expect(readMarkers("<!-- codeflow:comment %E0%A4%A -->")).toEqual([]);
  });

  it("cannot be brought in by the text", () => {
    const hostile = `quoted: ${markerOf("comment", "other")} ${markerOf("thread", "kept")}`;
    const body = withMarker(hostile, markerOf("comment", "mine"));
    expect(readMarkers(body)).toEqual([
      { kind: "comment", key: "mine" },
      { kind: "thread", key: "kept" },
    ]);
    expect(readMarkers(defuseMarkers(hostile))).toEqual([]);
  });

  it("survive an edit", () => {
    const before = withMarker("old", markerOf("thread", "a"));
    expect(keepMarker(before, "new")).toBe(withMarker("new", markerOf("thread", "a")));
    expect(keepMarker(before, before)).toBe(before);
    expect(keepMarker("a person's", "new")).toBe("new");
  });
});

describe("sections", () => {
  const marker = markerOf("issue", "a");

  it("keep what people wrote below", () => {
    const first = withSection("one", marker, undefined);
    expect(withSection("two", marker, `${first}\nA person's line.\n`)).toBe(
      `${withSection("two", marker, undefined)}\nA person's line.\n`,
    );
    expect(withSection("two", marker, first)).toBe(withSection("two", marker, undefined));
    const anew = withSection("two", marker, "Written anew by a person.");
    expect(anew).toBe(`${withSection("two", marker, undefined)}\n\nWritten anew by a person.`);
    expect(withSection("two", marker, anew)).toBe(anew);
    expect(withSection("two", marker, "")).toBe(withSection("two", marker, undefined));
  });

  it("are cut, not the people's text", () => {
    const theirs = `\n${"theirs ".repeat(100)}`;
    const before = withSection("one", marker, undefined) + theirs;
    const after = withSection("ours ".repeat(30_000), marker, before);
    expect(after.length).toBeLessThanOrEqual(bodyLimit);
    expect(after.endsWith(theirs)).toBe(true);
    expect(hasMarker(after, "issue", "a")).toBe(true);
  });
});

describe("cutting", () => {
  it("leaves short texts alone", () => {
    expect(cutMarkdown("short", 5)).toBe("short");
  });

  it("keeps the limit, whole characters and the marker", () => {
    const pieces = fc.constantFrom("\u{1f600}", "a word ", "\n", "\n```ts\n", "\n```\n", "<details>\n", "<!-- x -->");
    fc.assert(
      fc.property(
        fc.array(pieces, { minLength: 50, maxLength: 200 }),
        fc.integer({ min: 150, max: 400 }),
        (list, limit) => {
          const body = withMarker(list.join(""), markerOf("comment", "k"), { limit });
          expect(body.length).toBeLessThanOrEqual(limit);
          expect(body.isWellFormed()).toBe(true);
          expect(hasMarker(body, "comment", "k")).toBe(true);
        },
      ),
    );
  });

  it("closes the fence and the folds that it cuts", () => {
    const text = `<details><summary>All</summary>\n\n  ~~~~js\n${"const a = 1;\n".repeat(100)}  ~~~~\n\n</details>`;
    const cut = cutMarkdown(text, 300, "Cut.");
    expect(cut).toMatch(/const a = 1;\n {2}~~~~\n\n<\/details>\n\nCut\.$/);
    expect(cut.length).toBeLessThanOrEqual(300);
  });

  it("does not count what only looks like a fence", () => {
    const text = `\`\`\`not a fence\`\`\`\n${"word\n".repeat(100)}`;
    expect(cutMarkdown(text, 200, "Cut.")).toMatch(/word\n\nCut\.$/);
  });

  it("hides nothing behind an open comment", () => {
    expect(cutMarkdown(`text\n<!-- ${"hidden ".repeat(100)}-->`, 100, "Cut.")).toBe("text\n\nCut.");
  });

  it("counts bytes where a limit does", () => {
    for (const text of [
      "a\n".repeat(900),
      "漢字と🎉\n".repeat(300),
      "🎉".repeat(900),
      `<details>\n\n${"é ".repeat(900)}`,
    ]) {
      const cut = cutMarkdownBytes(text, 1_000);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1_000);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(400);
      expect(cut.isWellFormed()).toBe(true);
    }
    expect(cutMarkdownBytes("short", 1_000)).toBe("short");
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applySuggestions, applySuggestionsToFiles } from "../../../src/findings/edits.ts";
import type { Edit, Suggestion } from "../../../src/model/finding.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);
const edit = (start: number, end: number, replacement: string, path = "a.js"): Edit => ({
  path,
  start,
  end,
  text: replacement,
});
const suggest = (...edits: Edit[]): Suggestion => ({ message: "do it", safety: "safe", edits });

function run(content: string, ...suggestions: Suggestion[]): { out: string; skipped: (string | number)[][] } {
  const result = applySuggestions(bytes(content), suggestions, "a.js");
  return {
    out: text(result.bytes),
    skipped: result.skipped.map(({ suggestion, reason }) => [suggestions.indexOf(suggestion), reason]),
  };
}

describe("applySuggestions", () => {
  it("replaces, inserts and deletes by byte offsets", () => {
    expect(run("ä = 1;\n", suggest(edit(0, 2, "ö"), edit(6, 6, "00")), suggest(edit(7, 8, "")))).toEqual({
      out: "ö = 100;",
      skipped: [],
    });
  });

  it("applies all edits of a suggestion or none", () => {
    const result = run("one two three", suggest(edit(0, 3, "1")), suggest(edit(2, 5, "x"), edit(8, 13, "3")));
    expect(result).toEqual({ out: "1 two three", skipped: [[1, "overlap"]] });
  });

  it("takes the first by position, then by order, whatever order they are given in", () => {
    const later = suggest(edit(2, 6, "LATER"));
    const first = suggest(edit(0, 3, "FIRST"));
    expect(run("abcdefgh", later, first)).toEqual({ out: "FIRSTdefgh", skipped: [[0, "overlap"]] });
    expect(run("abcdefgh", suggest(edit(0, 3, "1")), suggest(edit(0, 3, "2"))).out).toBe("1defgh");
  });

  it("does not let edits of two suggestions meet within a line", () => {
    expect(run("ab", suggest(edit(0, 1, "x")), suggest(edit(1, 2, "y"))).skipped).toEqual([[1, "overlap"]]);
    expect(run("ab", suggest(edit(1, 1, "x")), suggest(edit(1, 1, "y"))).skipped).toEqual([[1, "overlap"]]);
    expect(run("ab", suggest(edit(0, 1, "x")), suggest(edit(1, 1, "y"))).skipped).toEqual([[1, "overlap"]]);
  });

  it("lets whole lines meet: removed neighbours, lines added at one place", () => {
    expect(run("a\nb\nc\n", suggest(edit(0, 2, "")), suggest(edit(2, 4, "")))).toEqual({ out: "c\n", skipped: [] });
    expect(run("x\n", suggest(edit(0, 0, "one\n")), suggest(edit(0, 0, "two\n")))).toEqual({
      out: "one\ntwo\nx\n",
      skipped: [],
    });
  });

  it("keeps touching edits and ordered insertions of one suggestion", () => {
    expect(run("ab", suggest(edit(0, 1, "x"), edit(1, 1, "-"), edit(1, 1, "+"), edit(1, 2, "y"))).out).toBe("x-+y");
  });

  it("takes an edit that two suggestions share once", () => {
    const importLine = edit(0, 0, 'import x from "x";\n');
    const result = run(
      "a; b;",
      suggest(importLine, edit(0, 1, "x(a)")),
      suggest({ ...importLine }, edit(3, 4, "x(b)")),
    );
    expect(result).toEqual({ out: 'import x from "x";\nx(a); x(b);', skipped: [] });
    expect(run("a; b;", suggest(importLine, edit(0, 1, "x(a)")), suggest(importLine, edit(3, 4, "x(b)"))).out).toBe(
      'import x from "x";\nx(a); x(b);',
    );
    expect(run("abc", suggest(edit(1, 2, "")), suggest(edit(1, 2, "")))).toEqual({ out: "ac", skipped: [] });
  });

  it("does not mistake two equal opening brackets for one", () => {
    const inner = suggest(edit(0, 0, "("), edit(1, 1, ")"));
    const outer = suggest(edit(0, 0, "("), edit(2, 2, ")"));
    expect(run("ab", inner, outer)).toEqual({ out: "(a)b", skipped: [[1, "overlap"]] });
    expect(run("ab", inner, suggest(edit(0, 0, "("), edit(1, 1, ")"))).out).toBe("(a)b");
  });

  it("says why a suggestion does not fit", () => {
    expect(
      run(
        "ä",
        suggest(edit(0, 9, "")),
        suggest(edit(1, 2, "")),
        suggest(edit(0, 2, ""), edit(0, 1, "x")),
        suggest(edit(0, 2, "ä")),
        suggest(edit(0, 0, "x", "b.js")),
        suggest(),
      ).skipped.toSorted(),
    ).toEqual([
      [0, "out-of-range"],
      [1, "splits-character"],
      [2, "splits-character"],
      [3, "no-change"],
      [4, "unknown-file"],
      [5, "no-change"],
    ]);
    expect(run("abc", suggest(edit(0, 2, ""), edit(1, 3, ""))).skipped).toEqual([[0, "overlaps-itself"]]);
  });

  it("edits several files together or not at all", () => {
    const files = new Map([
      ["a.js", bytes("export const old = 1;")],
      ["b.js", bytes("import { old } from './a.js';")],
    ]);
    const rename = suggest(edit(13, 16, "fresh"), edit(9, 12, "fresh", "b.js"));
    const both = applySuggestionsToFiles(files, [rename]);
    expect([...both.changed].map(([path, content]) => [path, text(content)])).toEqual([
      ["a.js", "export const fresh = 1;"],
      ["b.js", "import { fresh } from './a.js';"],
    ]);
    const blocked = applySuggestionsToFiles(files, [suggest(edit(8, 13, "x", "a.js")), rename]);
    expect([...blocked.changed.keys()]).toEqual(["a.js"]);
  });

  it("agrees with a slow model, keeps suggestions whole and is independent of timing", () => {
    const content = fc
      .array(fc.constantFrom("a", "b", "\n", "ä", " "), { maxLength: 30 })
      .map((parts) => parts.join(""));
    const edits = fc.array(
      fc.record({ start: fc.nat(40), length: fc.nat(5), text: fc.constantFrom("", "x", "y\n", "ö", "(") }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(content, fc.array(edits, { maxLength: 8 }), (source, lists) => {
        const suggestions = lists.map((list) =>
          suggest(...list.map(({ start, length, text: replacement }) => edit(start, start + length, replacement))),
        );
        const before = bytes(source);
        const result = applySuggestions(before, suggestions, "a.js");
        expect(result.applied.length + result.skipped.length).toBe(suggestions.length);
        expect(applySuggestions(before, suggestions, "a.js").bytes).toEqual(result.bytes);
        // Every byte of an applied edit is accounted for: removed ranges are disjoint or equal, so lengths add up.
        const unique = new Map<string, number>();
        const keys = new Set<string>();
        for (const suggestion of result.applied) {
          const own = JSON.stringify(suggestion.edits.filter((e) => e.start !== e.end || e.text !== ""));
          const seen = new Map<string, number>();
          for (const e of suggestion.edits) {
            const key = `${e.start}-${e.end}-${e.text}`;
            const count = e.start === e.end ? (seen.get(key) ?? 0) + 1 : 1;
            seen.set(key, count);
            const isShared = e.start !== e.end || e.text.endsWith("\n") || keys.has(own);
            const numbered = isShared ? `${key}#${count}` : `${key}#${own}#${count}`;
            unique.set(numbered, bytes(e.text).length - (e.end - e.start));
          }
          keys.add(own);
        }
        const grown = [...unique.values()].reduce((sum, delta) => sum + delta, 0);
        expect(result.bytes.length).toBe(before.length + grown);
        // Valid UTF-8 stays valid.
        expect(() => new TextDecoder("utf-8", { fatal: true }).decode(result.bytes)).not.toThrow();
        // A skipped overlap would have been applied alone.
        for (const { suggestion, reason } of result.skipped) {
          const alone = applySuggestions(before, [suggestion], "a.js");
          expect(alone.applied.length === 1).toBe(reason === "overlap");
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

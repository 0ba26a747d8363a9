import { describe, expect, it } from "vitest";
import { type Fixable, type FixLoopRequest, runFixLoop } from "../../../src/findings/fix-loop.ts";
import type { SuggestionSafety } from "../../../src/model/finding.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);

/** A rule that finds a word and wants another one in its place. */
interface Word {
  rule: string;
  find: string;
  replace: string | undefined;
  safety?: SuggestionSafety;
}

function find(files: ReadonlyMap<string, Uint8Array>, words: readonly Word[]): Fixable[] {
  const findings: Fixable[] = [];
  for (const [path, content] of files) {
    for (const word of words) {
      let ordinal = 0;
      for (let at = text(content).indexOf(word.find); at !== -1; at = text(content).indexOf(word.find, at + 1)) {
        findings.push({
          rule: word.rule,
          message: word.find,
          location: { path, startLine: 1, startColumn: at + 1, endLine: 1, endColumn: at + 1 + word.find.length },
          fingerprint: `${word.rule}${path}${ordinal++}`,
          ...(word.replace === undefined
            ? {}
            : {
                suggestions: [
                  {
                    message: "replace",
                    safety: word.safety ?? "safe",
                    edits: [{ path, start: at, end: at + word.find.length, text: word.replace }],
                  },
                ],
              }),
        });
      }
    }
  }
  return findings;
}

async function run(
  contents: Record<string, string>,
  words: readonly Word[],
  options: Partial<FixLoopRequest<Fixable>> = {},
) {
  const files = new Map(Object.entries(contents).map(([path, content]) => [path, bytes(content)]));
  const analysed: string[][] = [];
  const result = await runFixLoop({
    files,
    findings: find(files, words),
    level: "safe",
    analyze: async (changed) => {
      analysed.push([...changed.keys()]);
      return find(changed, words);
    },
    reparse: () => true,
    ...options,
  });
  return {
    ...result,
    analysed,
    after: Object.fromEntries([...result.changed].map(([path, content]) => [path, text(content)])),
    fixed: result.fixed.map(({ rule }) => rule),
    left: result.left.map(({ rule }) => rule),
    introduced: result.introduced.map(({ rule }) => rule),
  };
}

describe("runFixLoop", () => {
  it("repeats until nothing changes and looks again at changed files only", async () => {
    const result = await run({ "a.js": "one", "b.js": "quiet three" }, [
      { rule: "t/one", find: "one", replace: "two" },
      { rule: "t/two", find: "two", replace: "2" },
      { rule: "t/three", find: "three", replace: undefined },
    ]);
    expect(result.after).toEqual({ "a.js": "2" });
    expect(result.analysed).toEqual([["a.js"], ["a.js"]]);
    expect(result).toMatchObject({ passes: 2, fixed: ["t/one"], left: ["t/three"], introduced: [] });
  });

  it("comes back to overlapping fixes", async () => {
    const result = await run({ "a.js": "aaaa" }, [{ rule: "t/pair", find: "aa", replace: "b" }]);
    expect(result).toMatchObject({ after: { "a.js": "bb" }, passes: 2, left: [] });
    expect(result.fixed).toHaveLength(3);
  });

  it("applies unsafe fixes only when asked, suggested ones never", async () => {
    const words: Word[] = [
      { rule: "t/unsafe", find: "u", replace: "U", safety: "unsafe" },
      { rule: "t/suggested", find: "s", replace: "S", safety: "suggested" },
    ];
    expect((await run({ "a.js": "us" }, words)).after).toEqual({});
    const result = await run({ "a.js": "us" }, words, { level: "unsafe" });
    expect(result).toMatchObject({ after: { "a.js": "Us" }, fixed: ["t/unsafe"], left: ["t/suggested"] });
  });

  it("notices rules that undo each other, names them, and still applies the others", async () => {
    const result = await run({ "a.js": "tab end old" }, [
      { rule: "t/spaces", find: "tab", replace: "spaces" },
      { rule: "t/tabs", find: "spaces", replace: "tab" },
      { rule: "t/old", find: "old", replace: "newer" },
      { rule: "t/newer", find: "newer", replace: "newest" },
    ]);
    expect(result.oscillating).toEqual([{ path: "a.js", rules: ["t/spaces", "t/tabs"] }]);
    expect(Object.values(result.after)[0]).toMatch(/ end newest$/);
    expect(result.passes).toBeLessThan(10);
  });

  it("leaves a file as it was when all that happened to it was a quarrel", async () => {
    const result = await run({ "a.js": "x" }, [
      { rule: "t/x", find: "x", replace: "y" },
      { rule: "t/y", find: "y", replace: "x" },
    ]);
    expect(result).toMatchObject({ after: {}, fixed: [], left: ["t/x"], introduced: [], passes: 2 });
  });

  it("stops after ten passes and names who was not done", async () => {
    const result = await run({ "a.js": "g" }, [{ rule: "t/grow", find: "g", replace: "gh" }]);
    expect(result).toMatchObject({ passes: 10, unsettled: [{ path: "a.js", rules: ["t/grow"] }], left: ["t/grow"] });
  });

  it("puts a file back when a fix breaks it, names the rule and keeps the others' fixes", async () => {
    const words: Word[] = [
      { rule: "t/good", find: "good", replace: "better" },
      { rule: "t/breaks", find: "bad", replace: "(" },
    ];
    const result = await run({ "a.js": "good bad", "b.js": "bad" }, words, {
      reparse: (_path, content) => !text(content).includes("("),
    });
    expect(result).toMatchObject({
      after: { "a.js": "better bad" },
      fixed: ["t/good"],
      left: ["t/breaks", "t/breaks"],
      rolledBack: [
        { path: "a.js", rules: ["t/breaks"] },
        { path: "b.js", rules: ["t/breaks"] },
      ],
    });
  });

  it("blames a combination on all of its rules", async () => {
    const words: Word[] = [
      { rule: "t/a", find: "a", replace: "1" },
      { rule: "t/b", find: "b", replace: "2" },
    ];
    const result = await run({ "a.js": "a b" }, words, {
      reparse: (_path, content) => !/1.*2/.test(text(content)),
    });
    expect(result).toMatchObject({ after: {}, rolledBack: [{ path: "a.js", rules: ["t/a", "t/b"] }] });
  });

  it("takes a fix over two files back from both when one of them breaks", async () => {
    const files = new Map([
      ["a.js", bytes("a")],
      ["b.js", bytes("b")],
    ]);
    const finding: Fixable = {
      rule: "t/both",
      message: "both",
      location: { path: "a.js", startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 },
      fingerprint: "f",
      suggestions: [
        {
          message: "rename",
          safety: "safe",
          edits: [
            { path: "a.js", start: 0, end: 1, text: "x" },
            { path: "b.js", start: 0, end: 1, text: "(" },
          ],
        },
      ],
    };
    const result = await runFixLoop({
      files,
      findings: [finding],
      level: "safe",
      analyze: async () => [],
      reparse: (path) => path !== "b.js",
    });
    // `reparse` refuses every content of b.js, also the one before: such a file cannot be broken by a fix.
    expect([...result.changed.keys()]).toEqual(["a.js", "b.js"]);
    const strict = await runFixLoop({
      files,
      findings: [finding],
      level: "safe",
      analyze: async () => [],
      reparse: (_path, content) => text(content) !== "(",
    });
    expect(strict.changed.size).toBe(0);
    expect(strict.rolledBack).toEqual([{ path: "b.js", rules: ["t/both"] }]);
    expect(strict.left).toEqual([finding]);
  });
});

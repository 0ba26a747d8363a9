/** Reading lines and finding copies. */
import { describe, expect, it } from "vitest";
import { findClones } from "../../../../src/analyzers/duplication/clones.ts";
import { packLines, readCodeLines, unpackLines } from "../../../../src/analyzers/duplication/lines.ts";

const limits = { minimumLines: 10, minimumTokens: 20 };

function block(name: string, lines: number): string {
  return Array.from({ length: lines }, (_, i) => `${name}${i} = f(${i}, x);\n`).join("");
}

function clones(files: Record<string, string>) {
  const read = Object.entries(files).map(([path, text]) => ({
    path,
    lines: unpackLines(packLines(readCodeLines(path, text))),
  }));
  const { groups, duplicatedLines } = findClones(read, limits);
  return {
    groups: groups.map(({ places }) => places.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`)),
    duplicatedLines,
  };
}

describe("lines of code", () => {
  const hashes = (path: string, text: string): number[] => [...readCodeLines(path, text).hashes];

  it.each([
    ["a.js", "a  =  1", "a=1"],
    ["a.js", "a = 1 // note", "a = 1"],
    ["a.js", "a = /* note */ 1", "a = 1"],
    ["a.js", "/* one\n two */ a = 1", "\na = 1"],
    ["a.py", "a = 1  # note", "a = 1"],
    ["a.py", 'def f():\n  """doc\n  # text"""\n  a = 1', "def f():\n\n\n  a = 1"],
    ["a.js", 'import x from "y";\na = 1', "a = 1"],
    ["a.ts", 'import {\n  x,\n  y,\n} from "z";\na = 1', "a = 1"],
    ["a.ts", 'export {\n  x,\n} from "z";\na = 1', "a = 1"],
    ["a.go", 'import (\n\t"fmt"\n)\na := 1', "a := 1"],
    ["a.c", "if (a)\n{\n  b();\n}", "if (a)\n  b();"],
    ["a.js", "a = 1;\r\nb = 2;\r\n", "a = 1;\nb = 2;\n"],
  ])("in %s take %j for %j", (path, left, right) => {
    expect(hashes(path, left)).toEqual(hashes(path, right));
    expect(hashes(path, left).length).toBeGreaterThan(0);
  });

  it.each([
    ["a.js", "export function f(a) {\n b = 1;\n}", "export function f(a) {\n}"],
    ["a.js", "return x", "returnx"],
    ["a.js", 'a = "//b"', 'a = "//c"'],
    ["a.js", "a = `//b`", "a = `//c`"],
    ["a.js", 'a = "b  c"', 'a = "b c"'],
    ["a.rb", 'a = "#{b}"', 'a = "#{c}"'],
    ["a.rs", "fn f<'a>(x: &'a str)", "fn f<'b>(x: &'b str)"],
  ])("in %s tell %j from %j", (path, left, right) => {
    expect(hashes(path, left)).not.toEqual(hashes(path, right));
  });

  it("survive packing, long lines and far steps included", () => {
    const lines = readCodeLines("a.js", `${"\n".repeat(70_000)}${"f(x);".repeat(10_000)}\n\n\ny = "é😀"\n`);
    expect(unpackLines(packLines(lines))).toEqual(lines);
    expect([...lines.numbers]).toEqual([70_001, 70_004]);
  });
});

describe("copies", () => {
  it("of two files, and within one", () => {
    expect(clones({ "a.js": `x();\n${block("v", 12)}y();\n`, "b.js": `z();\n\n${block("v", 12)}` })).toEqual({
      groups: [["a.js:2-13", "b.js:3-14"]],
      duplicatedLines: 24,
    });
    expect(clones({ "a.js": `${block("v", 12)}y();\n${block("v", 12)}` }).groups).toEqual([
      ["a.js:1-12", "a.js:14-25"],
    ]);
  });

  it("are a group, not pairs", () => {
    const text = block("v", 12);
    expect(clones({ "a.js": text, "b.js": text, "c.js": text }).groups).toEqual([
      ["a.js:1-12", "b.js:1-12", "c.js:1-12"],
    ]);
  });

  it("that run on for some of them are told once more only when that is most of it", () => {
    const common = block("v", 12);
    const long = { "a.js": common + block("w", 40), "b.js": common + block("w", 40), "c.js": common };
    expect(clones(long).groups).toEqual([
      ["a.js:1-12", "b.js:1-12", "c.js:1-12"],
      ["a.js:6-52", "b.js:6-52"],
    ]);
  });

  it("are not found in a table that repeats itself, nor when one line differs in every few", () => {
    expect(clones({ "a.js": "row(1, 2);\n".repeat(15) }).groups).toEqual([]);
    const other = block("v", 40).replaceAll(/v(\d*5) /g, "w$1 ");
    expect(clones({ "a.js": block("v", 40), "b.js": other }).groups).toEqual([]);
  });

  it("do not cross from one file into the next", () => {
    expect(
      clones({ "a.js": block("v", 6), "b.js": block("w", 6), "c.js": block("v", 6), "d.js": block("w", 6) }).groups,
    ).toEqual([]);
  });

  it("are found in time that grows with the lines", () => {
    const files = Array.from({ length: 2_000 }, (_, i) => ({
      path: `${String(i).padStart(5, "0")}.js`,
      lines: readCodeLines("a.js", block("v", 60) + block(`w${i}_`, 140)),
    }));
    const start = performance.now();
    const { lines } = findClones(files, limits);
    expect(lines).toBe(400_000);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

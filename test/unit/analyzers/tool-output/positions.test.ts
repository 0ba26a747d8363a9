/** Positions as tools print them, whatever they count. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { locate, offsetOf, repositoryPath, utf16Column } from "../../../../src/analyzers/tool-output/positions.ts";
import type { ToolOutput } from "../../../../src/model/analyzer.ts";
import { SourceFile } from "../../../../src/model/source-file.ts";

function output(text: string | undefined, more: Partial<ToolOutput> = {}): ToolOutput {
  const source = text === undefined ? undefined : new SourceFile("a.txt", Buffer.from(text));
  return { stdout: "", stderr: "", exitCode: 0, root: "/repository", read: () => source, ...more };
}

describe("paths", () => {
  it.each([
    ["src/a.ts", undefined, "src/a.ts"],
    ["./src/a.ts", undefined, "src/a.ts"],
    ["/repository/src/a.ts", undefined, "src/a.ts"],
    ["file:///repository/src/a%20b.ts", undefined, "src/a b.ts"],
    ["src/a.ts", "web", "web/src/a.ts"],
    ["../lib/a.ts", "web", "lib/a.ts"],
    ["../../etc/passwd", "web", undefined],
    ["..", undefined, undefined],
    ["/usr/lib/go/src/fmt/print.go", undefined, undefined],
    ["/repository-of-another/a.ts", undefined, undefined],
    ["/repository/..hidden/a.ts", undefined, "..hidden/a.ts"],
  ])("%s seen from %s is %s", (printed, directory, expected) => {
    expect(repositoryPath(output("", directory === undefined ? {} : { directory }), printed)).toBe(expected);
  });

  it("knows a root that was reached through a symbolic link", () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "codeflow-link-")));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"));
    expect(repositoryPath(output("", { root: join(folder, "link") }), join(folder, "real", "a.ts"))).toBe("a.ts");
  });
});

describe("columns", () => {
  // é: 1 unit, 1 code point, 2 bytes; 🛒: 2 units, 1 code point, 4 bytes.
  it.each([
    ["utf16", 5],
    ["codepoint", 4],
    ["byte", 8],
  ] as const)("x stands at the same place in %s", (unit, column) => {
    expect(utf16Column("aé🛒x", column, unit)).toBe(5);
  });

  it("agree with the text for any line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(), (line, at) => {
        const characters = [...line];
        const before = characters.slice(0, at % (characters.length + 1));
        const units = before.join("").length + 1;
        expect(utf16Column(line, before.length + 1, "codepoint")).toBe(units);
        expect(utf16Column(line, Buffer.byteLength(before.join("")) + 1, "byte")).toBe(units);
      }),
    );
  });

  it("never leave the line", () => {
    const source = new SourceFile("a.txt", Buffer.from("ab\ncd\n"));
    expect(offsetOf(source, 1, 99, "byte")).toBe(2);
    expect(offsetOf(source, 9, 1, "utf16")).toBe(6);
  });
});

describe("locations", () => {
  const at = (text: string | undefined, range: Parameters<typeof locate>[2]): unknown => {
    const { startLine, startColumn, endLine, endColumn } = locate(output(text), "a.txt", range, "utf16")!;
    return [startLine, startColumn, endLine, endColumn];
  };

  it.each([
    ["a line alone is all of it", "one two\n", { line: 1 }, [1, 1, 1, 8]],
    ["a place without an end is the word there", "one two\n", { line: 1, column: 5 }, [1, 5, 1, 8]],
    ["or the character there", "a == b\n", { line: 1, column: 3 }, [1, 3, 1, 4]],
    ["the end of a line is empty", "ab\n", { line: 1, column: 3 }, [1, 3, 1, 3]],
    ["lines alone are whole lines", "a\nbb\nc\n", { line: 1, endLine: 2 }, [1, 1, 2, 3]],
    ["a line beyond the file is its last", "a\nb", { line: 7 }, [2, 1, 2, 2]],
    ["line 0 is the first", "ab\n", { line: 0 }, [1, 1, 1, 3]],
    ["an end before the start counts as none", "one two\n", { line: 1, column: 5, endColumn: 2 }, [1, 5, 1, 8]],
    ["without the text numbers stay as they are", undefined, { line: 7, column: 3, endColumn: 9 }, [7, 3, 7, 9]],
    ["without the text and an end it is empty", undefined, { line: 7, column: 3 }, [7, 3, 7, 3]],
  ] as const)("%s", (_, text, range, expected) => {
    expect(at(text, range)).toEqual(expected);
  });
});

/** Code frames: what is underlined stands under what is meant, whatever the line holds. */
import { describe, expect, it } from "vitest";
import { codeFrame } from "../../../src/reports/code-frame.ts";

function frame(
  text: string,
  startLine: number,
  startColumn: number,
  endLine: number,
  endColumn: number,
  width = 40,
): string {
  const lines = text.split("\n");
  const found = codeFrame({ path: "a", startLine, startColumn, endLine, endColumn }, (_, line) => lines[line - 1], {
    width,
    context: 0,
  });
  if (found === undefined) return "(none)";
  return found
    .map(({ number, text: shown, mark }) => {
      const underline = mark === undefined ? "" : `\n${" ".repeat(mark.start)}${"~".repeat(mark.length)}`;
      return `${number} ${shown}${underline.replace("\n", "\n  ")}`;
    })
    .join("\n");
}

describe("code frames", () => {
  it("expand tabs to their stops", () => {
    expect(frame("a\tb\tc", 1, 3, 1, 4)).toBe("1 a   b   c\n      ~");
    // A tab that is meant itself is underlined as wide as it is shown.
    expect(frame("a\tb", 1, 2, 1, 3)).toBe("1 a   b\n   ~~~");
  });

  it("leave the indentation out, unless it is what is meant", () => {
    expect(frame("\t\treturn x;", 1, 10, 1, 11)).toBe("1 return x;\n         ~");
    expect(frame("  \treturn x;", 1, 1, 1, 4)).toBe("1     return x;\n  ~~~~");
  });

  it("count wide characters as two columns and combining ones as none", () => {
    expect(frame("f(漢字, x)", 1, 7, 1, 8)).toBe("1 f(漢字, x)\n          ~");
    expect(frame("cafe\u0301 = x", 1, 9, 1, 10)).toBe("1 cafe\u0301 = x\n         ~");
  });

  it("show control and hidden characters", () => {
    expect(frame("a\u001b[31mb", 1, 7, 1, 8)).toBe("1 a␛[31mb\n        ~");
    expect(frame("a\u202eb", 1, 3, 1, 4)).toBe("1 a<U+202E>b\n           ~");
  });

  it("underline up to three lines, and of a longer block its first", () => {
    expect(frame("f(\n  a,\n  b);", 1, 1, 3, 5)).toBe("1 f(\n  ~~\n2   a,\n    ~~\n3   b);\n    ~~");
    expect(frame("f(\n a,\n b,\n c);", 1, 1, 4, 4)).toBe("1 f(\n  ~~");
    // The end in column 1 belongs to the line before.
    expect(frame("whole line\nnext", 1, 1, 2, 1)).toBe("1 whole line\n  ~~~~~~~~~~");
  });

  it("point at a place without an extent, also behind the line", () => {
    expect(frame("f(x", 1, 4, 1, 4)).toBe("1 f(x\n     ~");
    expect(frame("f(x", 1, 9, 1, 12)).toBe("1 f(x\n     ~");
  });

  it("cut a long line so that what is meant is seen", () => {
    const shown = frame(`${"a;".repeat(5_000_000)}HERE${"b;".repeat(1000)}`, 1, 10_000_001, 1, 10_000_005, 30);
    const [code = "", underline = ""] = shown.split("\n");
    expect(code.slice(2).length).toBeLessThanOrEqual(30);
    expect(code.slice(underline.indexOf("~"), underline.lastIndexOf("~") + 1)).toBe("HERE");
    expect(frame("x".repeat(100), 1, 1, 1, 101, 20)).toBe(`1 ${"x".repeat(19)}…\n  ${"~".repeat(20)}`);
  });

  it("are left out when there is no code to show", () => {
    expect(frame("", 1, 1, 1, 1)).toBe("(none)");
    expect(frame("a", 7, 1, 7, 2)).toBe("(none)");
  });
});

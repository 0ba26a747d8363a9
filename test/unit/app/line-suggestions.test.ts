/** Fixes as whole lines: where they begin and end, and what is not offered. */
import { describe, expect, it } from "vitest";
import { lineSuggestions } from "../../../src/app/line-suggestions.ts";
import type { Edit, Finding } from "../../../src/model/finding.ts";
import { exampleFinding } from "../../contract/example-run.ts";

const path = "src/a.js";

async function suggest(text: string, from: string, to: string, safety: "safe" | "suggested" = "safe") {
  const start = Buffer.from(text.slice(0, text.indexOf(from))).length;
  const edit: Edit = { path, start, end: start + Buffer.from(from).length, text: to };
  const finding: Finding = {
    ...exampleFinding("a", { path }),
    suggestions: [{ message: "fix", safety, edits: [edit] }],
  };
  return (await lineSuggestions([finding], () => text)).get(finding.fingerprint);
}

describe("fixes as whole lines", () => {
  it("replaces the line that an edit lies in", async () => {
    expect(await suggest("one();\nif (x === NaN) two();\n", "x === NaN", "isNaN(x)")).toEqual({
      startLine: 2,
      endLine: 2,
      text: "if (isNaN(x)) two();",
    });
  });

  it("takes a whole line away", async () => {
    expect(await suggest("one();\ndebugger;\ntwo();\n", "debugger;\n", "")).toEqual({
      startLine: 2,
      endLine: 2,
      text: "",
    });
  });

  it("replaces several lines by one", async () => {
    expect(await suggest("f(\n  1,\n);\ng();\n", "f(\n  1,\n)", "f(1)")).toEqual({
      startLine: 1,
      endLine: 3,
      text: "f(1);",
    });
  });

  it("works on a last line without a line end, with wide characters before it", async () => {
    expect(await suggest('const a = "äöü😀";\nvar b', "var b", "let b")).toEqual({
      startLine: 2,
      endLine: 2,
      text: "let b",
    });
  });

  it("says lines of CRLF files without their carriage returns", async () => {
    expect(await suggest("a();\r\nvar b;\r\nc();\r\n", "var b", "let b")).toEqual({
      startLine: 2,
      endLine: 2,
      text: "let b;",
    });
  });

  it("offers nothing that leaves the file broken", async () => {
    expect(await suggest("f(1);\n", ")", "")).toBeUndefined();
  });

  it("offers nothing that joins a line with the next one", async () => {
    expect(await suggest("a();\nb();\n", ";\n", "; ")).toBeUndefined();
  });

  it("offers nothing that a person has to choose", async () => {
    expect(await suggest("var a;\n", "var", "let", "suggested")).toBeUndefined();
  });
});

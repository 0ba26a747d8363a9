/** Complaints about people's files, as GitHub and code scanning read them. */
import { expect, it } from "vitest";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { githubDiagnostics, sarifDiagnostics } from "../../../src/reports/diagnostics.ts";
import { parseSarif } from "../../reports/validators.ts";

const diagnostics: readonly Diagnostic[] = [
  {
    file: ".codeflow/workflows/a b.yml",
    line: 3,
    column: 5,
    endLine: 3,
    endColumn: 9,
    severity: "error",
    code: "unknown-key",
    message: 'unknown key "a\u001b[31m"\n::error::x',
    hint: 'did you mean "b"?',
  },
  { file: "b.yml", line: 1, column: 1, severity: "warning", code: "unreachable-step", message: "see [this](1)" },
];

it("are annotations that nothing in them can break out of", () => {
  const text = githubDiagnostics(diagnostics);
  expect(text.split("\n")).toEqual([
    expect.stringMatching(
      /^::error file=\.codeflow\/workflows\/a b\.yml,line=3,endLine=3,col=5,endColumn=8,title=unknown-key::unknown key "a.*%0A::error::x \(did you mean "b"\?\)$/,
    ),
    "::warning file=b.yml,line=1,endLine=1,col=1,endColumn=1,title=unreachable-step::see [this](1)",
    "CodeFlow: 1 mistake.",
    "",
  ]);
  expect(text).not.toContain("\u001b");
});

it("are valid SARIF", () => {
  const text = sarifDiagnostics(diagnostics, { "unknown-key": { summary: "A key.", remedy: "Remove it." } }, "1.2.3");
  expect(parseSarif(text).runs[0]?.results.length).toBe(2);
  expect(text).toContain("a%20b.yml");
});

/** PHPStan: what is a finding, and what is an analysis that did not happen. */
import { expect, it } from "vitest";
import { phpstan } from "../../../../src/analyzers/phpstan.ts";
import type { ToolOutput } from "../../../../src/model/analyzer.ts";

function said(general: readonly string[], messages: readonly object[] = []): ToolOutput {
  const files = messages.length === 0 ? [] : { "/repository/src/Shop.php": { errors: messages.length, messages } };
  const totals = { errors: general.length, file_errors: messages.length };
  return {
    stdout: JSON.stringify({ totals, files, errors: general }),
    stderr: "",
    exitCode: 1,
    root: "/repository",
    read: () => undefined,
  };
}

it("takes an ignored error that it no longer meets for a finding", () => {
  const text = "Ignored error pattern #^Old\\.$# was not matched in reported errors.";
  expect(phpstan.parse(said([text]))).toMatchObject([
    { rule: "phpstan/ignore.unmatched", message: text, location: { path: "phpstan.neon", startLine: 1 } },
  ]);
});

it.each([
  ["in general", said(["Child process error (exit code 255): PHP Fatal error"])],
  // As 0.12 printed it when its parser met a newer PHP than it knew.
  [
    "in a file",
    said(
      [],
      [
        {
          message: "Internal error: PhpParser\\Lexer::getNextToken(): Return value must be of type int, null returned",
          line: null,
          ignorable: false,
        },
      ],
    ),
  ],
])("gives no answer when it broke %s", (_, output) => {
  expect(() => phpstan.parse(output)).toThrow(/phpstan could not/);
});

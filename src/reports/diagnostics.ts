/** Complaints about people's own files in formats that other programs read: GitHub's annotations and SARIF. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Location } from "../model/finding.ts";
import { annotation } from "./github.ts";
import { toJson } from "./json-text.ts";
import { count, pathToUri } from "./wording.ts";

export function githubDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const lines = diagnostics.map((diagnostic) =>
    annotation({
      severity: diagnostic.severity,
      rule: diagnostic.code,
      message: textOf(diagnostic),
      location: locationOf(diagnostic),
    }),
  );
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  return `${[...lines, `CodeFlow: ${count(errors, "mistake")}.`].join("\n")}\n`;
}

/** `rules`: what each code means. */
export function sarifDiagnostics(
  diagnostics: readonly Diagnostic[],
  rules: Readonly<Record<string, { readonly summary: string; readonly remedy: string }>>,
  version: string,
): string {
  const ids = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "CodeFlow",
            semanticVersion: version,
            rules: ids.map((id) => ({
              id,
              shortDescription: { text: rules[id]?.summary ?? id },
              help: { text: rules[id]?.remedy ?? "See the message." },
            })),
          },
        },
        automationDetails: { id: "codeflow-workflows/" },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "The root of the repository." } } },
        results: diagnostics.map((diagnostic) => {
          const { startLine, startColumn, endLine, endColumn } = locationOf(diagnostic);
          return {
            ruleId: diagnostic.code,
            ruleIndex: ids.indexOf(diagnostic.code),
            level: diagnostic.severity,
            message: { text: textOf(diagnostic).replace(/\[([^\][]*)\](?=\()/g, String.raw`\[$1\]`) },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: pathToUri(diagnostic.file), uriBaseId: "%SRCROOT%" },
                  region: { startLine, startColumn, endLine, endColumn },
                },
              },
            ],
          };
        }),
      },
    ],
  };
  return `${toJson(log, 1)}\n`;
}

function textOf({ message, hint }: Diagnostic): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

function locationOf({ file, line, column, endLine, endColumn }: Diagnostic): Location {
  return {
    path: file,
    startLine: line,
    startColumn: column,
    endLine: endLine ?? line,
    endColumn: endColumn ?? column + 1,
  };
}

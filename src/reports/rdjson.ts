/** Reviewdog's diagnostic format (rdjson): columns count bytes of UTF-8, ends are exclusive. */
import type { CheckRun } from "../model/check-run.ts";
import type { Finding, Range } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings } from "./active-findings.ts";
import { toJson } from "./json-text.ts";
import { FileTexts, utf8Range } from "./text-positions.ts";
import { safeUrl } from "./wording.ts";

export function render(run: CheckRun, context: ReportContext): string {
  const texts = new FileTexts(context);
  const result = {
    source: { name: "codeflow" },
    diagnostics: activeFindings(run).map((finding) => diagnostic(finding, context, texts)),
  };
  return `${toJson(result, 2)}\n`;
}

function diagnostic(finding: Finding, context: ReportContext, texts: FileTexts): unknown {
  const url = safeUrl(finding.helpUrl);
  const suggestions = suggestionsOf(finding, context, texts);
  return {
    message: finding.message,
    location: { path: finding.location.path, range: toRange(utf8Range(finding.location, context)) },
    severity: finding.severity.toUpperCase(),
    source: { name: finding.analyzer },
    code: { value: finding.rule, ...(url === undefined ? {} : { url }) },
    ...(suggestions.length === 0 ? {} : { suggestions }),
  };
}

/**
 * A suggestion of this format is one edit in the diagnostic's own file; several would be offered one by one, so only
 * changes that need no other edit are passed on.
 */
function suggestionsOf({ suggestions = [], location }: Finding, context: ReportContext, texts: FileTexts): unknown[] {
  return suggestions.flatMap(({ edits }) => {
    const [edit] = edits;
    if (edit === undefined || edits.length !== 1 || edit.path !== location.path) return [];
    const range = texts.editRange(edit);
    if (range === undefined) return [];
    return [{ range: toRange(utf8Range({ path: edit.path, ...range }, context)), text: edit.text }];
  });
}

function toRange({ startLine, startColumn, endLine, endColumn }: Range): unknown {
  return { start: { line: startLine, column: startColumn }, end: { line: endLine, column: endColumn } };
}

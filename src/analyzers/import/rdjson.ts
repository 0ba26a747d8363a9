/** Reviewdog's diagnostics, as one object (rdjson) or one a line (rdjsonl). */
import type { Edit, Severity } from "../../model/finding.ts";
import { ReportCollector, type ForeignRange, type ImportedReport, type ImportOptions } from "./collector.ts";
import { asInteger, asObject, asObjects, asString, at, type Json } from "./untrusted-value.ts";

export function isRdjson(value: unknown): boolean {
  return Array.isArray(at(value, "diagnostics"));
}

export function isDiagnostic(value: unknown): boolean {
  return typeof at(value, "message") === "string" && asObject(at(value, "location")) !== undefined;
}

export function importRdjson(value: unknown, options: ImportOptions): ImportedReport {
  return importDiagnostics(asObjects(at(value, "diagnostics")), asObject(value), "rdjson", options);
}

export function importRdjsonl(values: readonly unknown[], options: ImportOptions): ImportedReport {
  return importDiagnostics(asObjects(values), undefined, "rdjsonl", options);
}

function importDiagnostics(
  diagnostics: readonly Json[],
  result: Json | undefined,
  format: string,
  options: ImportOptions,
): ImportedReport {
  const name = asString(at(result, "source", "name")) ?? asString(at(diagnostics[0], "source", "name")) ?? "reviewdog";
  const collector = new ReportCollector(name, undefined, options);
  for (const diagnostic of diagnostics) {
    const source = asString(at(diagnostic, "source", "name"));
    const code = asString(at(diagnostic, "code", "value")) ?? "unnamed";
    const rule = source === undefined || source === name || code.startsWith(`${source}/`) ? code : `${source}/${code}`;
    collector.add({
      rule,
      message: asString(diagnostic["message"]) ?? "",
      path: asString(at(diagnostic, "location", "path")) ?? "",
      range: toRange(at(diagnostic, "location", "range")),
      severity: toSeverity(diagnostic["severity"]) ?? toSeverity(result?.["severity"]),
      helpUrl: asString(at(diagnostic, "code", "url")),
      suggestions: suggestions(diagnostic, collector),
    });
  }
  return collector.report(format);
}

function toRange(value: unknown): ForeignRange {
  return {
    startLine: asInteger(at(value, "start", "line")),
    startColumn: asInteger(at(value, "start", "column")),
    endLine: asInteger(at(value, "end", "line")),
    endColumn: asInteger(at(value, "end", "column")),
    columns: "bytes",
  };
}

/** Written as a name or as the number that the name has in the protocol. */
function toSeverity(value: unknown): Severity | undefined {
  if (value === "ERROR" || value === 1) return "error";
  if (value === "WARNING" || value === 2) return "warning";
  return value === "INFO" || value === 3 ? "info" : undefined;
}

function suggestions(diagnostic: Json, collector: ReportCollector): { message: string; edits: Edit[] }[] {
  const resolved = collector.resolve(asString(at(diagnostic, "location", "path")) ?? "");
  const file = "path" in resolved ? collector.options.read?.(resolved.path) : undefined;
  if (file === undefined || !file.isUtf8) return [];
  return asObjects(diagnostic["suggestions"]).map((suggestion) => {
    const { startLine, startColumn, endLine, endColumn } = collector.locate(file.path, toRange(suggestion["range"]));
    const text = typeof suggestion["text"] === "string" ? suggestion["text"] : "";
    const edit = file.edit(file.offset(startLine, startColumn), file.offset(endLine, endColumn), text);
    return { message: "Apply the tool's suggestion", edits: [edit] };
  });
}

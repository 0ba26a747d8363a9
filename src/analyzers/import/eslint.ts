/** ESLint's JSON (`--format json`), also written by stylelint-like tools that copy it. */
import type { Edit } from "../../model/finding.ts";
import { ReportCollector, type ImportedReport, type ImportOptions } from "./collector.ts";
import { asInteger, asObject, asObjects, asString, at, type Json } from "./untrusted-value.ts";

export function isEslint(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((file) => typeof at(file, "filePath") === "string" && Array.isArray(at(file, "messages")))
  );
}

export function importEslint(value: unknown, options: ImportOptions): ImportedReport {
  const collector = new ReportCollector("eslint", undefined, options);
  for (const file of asObjects(value)) {
    const path = asString(file["filePath"]) ?? "";
    for (const message of asObjects(file["messages"])) {
      const fatal = message["fatal"] === true;
      collector.add({
        rule: asString(message["ruleId"]) ?? (fatal ? "parse-error" : "unnamed"),
        message: asString(message["message"]) ?? "",
        path,
        range: {
          startLine: asInteger(message["line"]),
          startColumn: asInteger(message["column"]),
          endLine: asInteger(message["endLine"]),
          endColumn: asInteger(message["endColumn"]),
        },
        severity: fatal || message["severity"] === 2 ? "error" : "warning",
        suggestions: edits(message, path, collector),
      });
    }
    for (const message of asObjects(file["suppressedMessages"])) {
      collector.skip(path, `${asString(message["ruleId"]) ?? "a message"} suppressed in the report`);
    }
  }
  return collector.report("eslint");
}

/** Ranges of ESLint count UTF-16 code units of the text without its BOM, as ours do. */
function edits(message: Json, path: string, collector: ReportCollector): { message: string; edits: Edit[] }[] {
  const resolved = collector.resolve(path);
  const file = "path" in resolved ? collector.options.read?.(resolved.path) : undefined;
  if (file === undefined || !file.isUtf8) return [];
  const offers = [
    { message: "Apply ESLint's fix", fix: asObject(message["fix"]) },
    ...asObjects(message["suggestions"]).map((suggestion) => ({
      message: asString(suggestion["desc"]) ?? "Apply ESLint's suggestion",
      fix: asObject(suggestion["fix"]),
    })),
  ];
  return offers.flatMap(({ message, fix }) => {
    const range = Array.isArray(fix?.["range"]) ? fix["range"].map(asInteger) : [];
    const [start, end] = range;
    if (start === undefined || end === undefined || start < 0 || end < start || end > file.text.length) return [];
    const text = typeof fix?.["text"] === "string" ? fix["text"] : "";
    return [{ message, edits: [file.edit(start, end, text)] }];
  });
}

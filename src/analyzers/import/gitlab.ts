/** GitLab's code quality report: a list of Code Climate issues. */
import type { Category, Severity } from "../../model/finding.ts";
import { ReportCollector, type ImportedReport, type ImportOptions } from "./collector.ts";
import { asInteger, asObject, asObjects, asString, at, type Json } from "./untrusted-value.ts";

export function isGitlab(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof at(item, "description") === "string" && asObject(at(item, "location")) !== undefined)
  );
}

export function importGitlab(value: unknown, options: ImportOptions): ImportedReport {
  const issues = asObjects(value);
  const name = asString(issues[0]?.["engine_name"]) ?? "code-quality";
  const collector = new ReportCollector(name, undefined, options);
  for (const issue of issues) {
    const path = asString(at(issue, "location", "path")) ?? "";
    collector.add({
      rule: asString(issue["check_name"]) ?? "unnamed",
      message: asString(issue["description"]) ?? "",
      path,
      range: {
        startLine: asInteger(at(issue, "location", "lines", "begin")) ?? position(issue, "begin", "line"),
        startColumn: position(issue, "begin", "column"),
        endLine: asInteger(at(issue, "location", "lines", "end")) ?? position(issue, "end", "line"),
        endColumn: position(issue, "end", "column"),
      },
      severity: toSeverity(issue["severity"]),
      category: toCategory(issue["categories"]),
    });
  }
  return collector.report("gitlab");
}

function position(issue: Json, edge: "begin" | "end", unit: "line" | "column"): number | undefined {
  return asInteger(at(issue, "location", "positions", edge, unit));
}

function toSeverity(value: unknown): Severity {
  if (value === "blocker" || value === "critical") return "error";
  return value === "info" ? "info" : "warning";
}

const categories: Readonly<Record<string, Category>> = {
  "Bug Risk": "correctness",
  Complexity: "maintainability",
  Duplication: "maintainability",
  Clarity: "maintainability",
  Compatibility: "correctness",
  Performance: "performance",
  Security: "security",
  Style: "style",
};

function toCategory(value: unknown): Category | undefined {
  const [first] = Array.isArray(value) ? value : [];
  return typeof first === "string" && Object.hasOwn(categories, first) ? categories[first] : undefined;
}

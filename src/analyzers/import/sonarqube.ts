/** SonarQube: answers of its `api/issues/search`, and its generic issue format. */
import type { Category, Severity } from "../../model/finding.ts";
import { ReportCollector, type ForeignRange, type ImportedReport, type ImportOptions } from "./collector.ts";
import { asInteger, asObject, asObjects, asString, at, type Json } from "./untrusted-value.ts";

export function isSonar(value: unknown): boolean {
  const issues = at(value, "issues");
  return Array.isArray(issues) && issues.every((issue) => isSearchIssue(issue) || isGenericIssue(issue));
}

function isSearchIssue(issue: unknown): boolean {
  return typeof at(issue, "rule") === "string" && typeof at(issue, "component") === "string";
}

function isGenericIssue(issue: unknown): boolean {
  return typeof at(issue, "ruleId") === "string" && asObject(at(issue, "primaryLocation")) !== undefined;
}

export function importSonar(value: unknown, options: ImportOptions): ImportedReport {
  const issues = asObjects(at(value, "issues"));
  return issues.some(isGenericIssue) ? importGeneric(value, issues, options) : importSearch(value, issues, options);
}

function importSearch(value: unknown, issues: readonly Json[], options: ImportOptions): ImportedReport {
  const collector = new ReportCollector("sonarqube", undefined, options);
  const paths = new Map(
    asObjects(at(value, "components")).map(({ key, path }) => [asString(key) ?? "", asString(path)] as const),
  );
  for (const rule of asObjects(at(value, "rules"))) {
    const key = asString(rule["key"]);
    if (key !== undefined) collector.describe(key, { summary: asString(rule["name"]) });
  }
  for (const issue of issues) {
    const component = asString(issue["component"]) ?? "";
    // Without the list of components, the path is what follows the project's key.
    const project = asString(issue["project"]) ?? component.split(":")[0] ?? "";
    const path = paths.get(component) ?? component.slice(project.length + 1);
    const closed = issue["status"] === "CLOSED" || issue["status"] === "RESOLVED" || issue["resolution"] !== undefined;
    if (closed) {
      collector.skip(path, "closed in SonarQube");
      continue;
    }
    collector.add({
      rule: asString(issue["rule"]) ?? "unnamed",
      message: asString(issue["message"]) ?? "",
      path,
      range: sonarRange(issue["textRange"], issue["line"], "Offset"),
      severity: toSeverity(issue),
      category: toCategory(issue),
    });
  }
  const total = asInteger(at(value, "paging", "total")) ?? asInteger(at(value, "total")) ?? issues.length;
  if (total > issues.length) {
    // A page taken for the whole would be a clean bill that nobody wrote.
    collector.gap(`it holds ${issues.length} of ${total} issues: fetch every page`);
  }
  return collector.report("sonarqube");
}

function importGeneric(value: unknown, issues: readonly Json[], options: ImportOptions): ImportedReport {
  const rules = new Map(asObjects(at(value, "rules")).map((rule) => [asString(rule["id"]) ?? "", rule] as const));
  const engine =
    asString(issues[0]?.["engineId"]) ?? asString([...rules.values()][0]?.["engineId"]) ?? "sonarqube-generic";
  const collector = new ReportCollector(engine, undefined, options);
  for (const [id, rule] of rules) {
    collector.describe(id, {
      summary: asString(rule["name"]),
      rationale: asString(rule["description"]),
      severity: toSeverity(rule),
      category: toCategory(rule),
    });
  }
  for (const issue of issues) {
    const id = asString(issue["ruleId"]) ?? "unnamed";
    const rule = rules.get(id);
    collector.add({
      rule: id,
      message: asString(at(issue, "primaryLocation", "message")) ?? "",
      path: asString(at(issue, "primaryLocation", "filePath")) ?? "",
      range: sonarRange(at(issue, "primaryLocation", "textRange"), undefined, "Column"),
      severity: toSeverity(issue) ?? (rule === undefined ? undefined : toSeverity(rule)),
      category: toCategory(issue) ?? (rule === undefined ? undefined : toCategory(rule)),
    });
  }
  return collector.report("sonarqube");
}

/** Lines are 1-based, columns 0-based with an exclusive end. */
function sonarRange(range: unknown, line: unknown, unit: "Offset" | "Column"): ForeignRange {
  const oneBased = (value: unknown): number | undefined => {
    const column = asInteger(value);
    return column === undefined ? undefined : column + 1;
  };
  return {
    startLine: asInteger(at(range, "startLine")) ?? asInteger(line),
    startColumn: oneBased(at(range, `start${unit}`)),
    endLine: asInteger(at(range, "endLine")),
    endColumn: oneBased(at(range, `end${unit}`)),
  };
}

function toSeverity(issue: Json): Severity | undefined {
  const [impact] = asObjects(issue["impacts"]);
  const name = asString(issue["severity"]) ?? asString(impact?.["severity"]);
  switch (name) {
    case "BLOCKER":
    case "CRITICAL":
    case "HIGH":
      return "error";
    case "MAJOR":
    case "MINOR":
    case "MEDIUM":
    case "LOW":
      return "warning";
    case "INFO":
      return "info";
    default:
      return undefined;
  }
}

function toCategory(issue: Json): Category | undefined {
  const [impact] = asObjects(issue["impacts"]);
  switch (asString(issue["type"]) ?? asString(impact?.["softwareQuality"])) {
    case "BUG":
    case "RELIABILITY":
      return "correctness";
    case "VULNERABILITY":
    case "SECURITY":
    case "SECURITY_HOTSPOT":
      return "security";
    case "CODE_SMELL":
    case "MAINTAINABILITY":
      return "maintainability";
    default:
      return undefined;
  }
}

/** Checkstyle's XML, which also ktlint, PHP_CodeSniffer, detekt, ESLint and others write. */
import type { Severity } from "../../model/finding.ts";
import { ReportCollector, type ImportedReport, type ImportOptions } from "./collector.ts";
import { asInteger, asObject } from "./untrusted-value.ts";
import { attribute, children, parseXml } from "./xml.ts";

const severities: Readonly<Record<string, Severity>> = { error: "error", warning: "warning", info: "info" };

export function importCheckstyle(text: string, options: ImportOptions): ImportedReport {
  const root = asObject(parseXml(text, ["file", "error"])["checkstyle"]);
  const files = children(root, "file");
  const sources = files.flatMap((file) => children(file, "error").map((error) => attribute(error, "source") ?? ""));
  const tool = toolOf(sources);
  const collector = new ReportCollector(tool, tool === "checkstyle" ? attribute(root, "version") : undefined, options);
  for (const file of files) {
    const path = attribute(file, "name") ?? "";
    for (const error of children(file, "error")) {
      const severity = attribute(error, "severity")?.toLowerCase() ?? "error";
      if (severity === "ignore") continue;
      collector.add({
        rule: ruleOf(attribute(error, "source") ?? "unnamed"),
        message: attribute(error, "message") ?? "",
        path,
        range: {
          startLine: asInteger(attribute(error, "line")),
          startColumn: asInteger(attribute(error, "column")),
        },
        severity: severities[severity] ?? "warning",
        category: tool === "checkstyle" || tool === "ktlint" ? "style" : undefined,
      });
    }
  }
  return collector.report("checkstyle");
}

/** The format does not say who wrote it; the rules' names often do. */
function toolOf(sources: readonly string[]): string {
  const [first = ""] = sources;
  if (first.startsWith("com.puppycrawl.tools.checkstyle")) return "checkstyle";
  if (first.startsWith("eslint.rules.")) return "eslint";
  if (first.startsWith("detekt.")) return "detekt";
  if (first.startsWith("standard:") || first.startsWith("ktlint")) return "ktlint";
  if (/^(?:PSR\d*|Generic|Squiz|PEAR|Zend|Slevomat\w+)\.\w+\.\w+/.test(first)) return "phpcs";
  return "checkstyle";
}

function ruleOf(source: string): string {
  if (source.startsWith("com.puppycrawl.")) return (source.split(".").at(-1) ?? source).replace(/Check$/, "");
  return source.replace(/^(?:eslint\.rules|detekt)\./, "");
}

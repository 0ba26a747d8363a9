/** Checkstyle's XML: files with their findings; read by most CI servers. */
import type { CheckRun } from "../model/check-run.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings, groupByPath } from "./active-findings.ts";
import { xmlAttributes } from "./xml-text.ts";

export function render(run: CheckRun, _context: ReportContext): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<checkstyle version="4.3">'];
  for (const [path, findings] of groupByPath(activeFindings(run))) {
    lines.push(`  <file${xmlAttributes({ name: path })}>`);
    for (const { location, severity, message, rule } of findings) {
      const { startLine: line, startColumn: column } = location;
      lines.push(`    <error${xmlAttributes({ line, column, severity, message, source: rule })}/>`);
    }
    lines.push("  </file>");
  }
  lines.push("</checkstyle>");
  return `${lines.join("\n")}\n`;
}

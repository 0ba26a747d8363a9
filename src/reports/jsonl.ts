/** The run as JSON Lines: `run`, then every `finding`, then every `analyzer`, and `verdict` as the last line. */
import type { CheckRun } from "../model/check-run.ts";
import type { ReportContext } from "../model/report.ts";
import { toJson } from "./json-text.ts";
import { toAnalyzerJson, toFindingJson, toRunHeader, toSummaryJson, toVerdictJson } from "./json.ts";

// The verdict comes last so that a reader of a cut-off file can tell that it was cut off.
export function render(run: CheckRun, _context: ReportContext): string {
  const { status, reasons, conditions } = toVerdictJson(run);
  const lines = [
    { type: "run", ...toRunHeader(run) },
    ...run.findings.map((finding) => ({ type: "finding", ...toFindingJson(finding) })),
    ...run.analyzers.map((analyzer) => ({ type: "analyzer", ...toAnalyzerJson(analyzer) })),
    { type: "verdict", status, reasons, conditions, summary: toSummaryJson(run.summary) },
  ];
  return lines.map((line) => `${toJson(line)}\n`).join("");
}

/** GitLab's code quality report: the subset of Code Climate's format that merge requests show. */
import type { CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings } from "./active-findings.ts";
import { toJson } from "./json-text.ts";

export function render(run: CheckRun, _context: ReportContext): string {
  const seen = new Map<string, number>();
  const entries = activeFindings(run).map((finding) => {
    // GitLab drops all but one of the entries that share a fingerprint.
    const times = (seen.get(finding.fingerprint) ?? 0) + 1;
    seen.set(finding.fingerprint, times);
    const { path, startLine, endLine } = finding.location;
    return {
      description: finding.message,
      check_name: finding.rule,
      fingerprint: times === 1 ? finding.fingerprint : `${finding.fingerprint}-${times}`,
      severity: gitlabSeverity(finding),
      categories: [gitlabCategory(finding)],
      location: { path, lines: { begin: startLine, end: Math.max(startLine, endLine) } },
    };
  });
  return `${toJson(entries, 2)}\n`;
}

function gitlabSeverity({ severity, category }: Finding): "info" | "minor" | "major" | "critical" | "blocker" {
  if (severity === "info") return "info";
  if (severity === "warning") return category === "security" ? "major" : "minor";
  return category === "security" ? "blocker" : "critical";
}

/** Code Climate's names. */
function gitlabCategory({ category }: Finding): string {
  switch (category) {
    case "security":
    case "dependency":
      return "Security";
    case "performance":
      return "Performance";
    case "style":
    case "documentation":
      return "Style";
    case "maintainability":
      return "Complexity";
    case "correctness":
    case "test":
      return "Bug Risk";
  }
}

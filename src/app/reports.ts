/** Renders a checked project in one of the report formats. */
import type { CheckRun } from "../model/check-run.ts";
import type { ReportContext } from "../model/report.ts";
import { isReportFormat, renderReport, reportFormats } from "../reports/index.ts";
import type { JobSummaryFacts } from "../reports/job-summary.ts";
import type { CheckedProject } from "./check.ts";

export const reportIds: readonly string[] = reportFormats;

export interface Rendering extends Pick<ReportContext, "color" | "width" | "links"> {
  readonly verbose: boolean;
  readonly limit: number | undefined;
}

export async function renderRun(
  format: string,
  project: { readonly run: CheckedProject["run"]; readonly files: Pick<CheckedProject["files"], "line" | "text"> },
  how: Rendering,
): Promise<string> {
  if (!isReportFormat(format)) throw new Error(`no report format ${format}`);
  const { limit, ...rest } = how;
  return renderReport(format, project.run, {
    ...rest,
    ...(limit === undefined ? {} : { limit: limit === 0 ? Number.POSITIVE_INFINITY : limit }),
    line: (path, line) => project.files.line(path, line),
    fileText: (path) => project.files.text(path),
  });
}

/** The page that a job leaves behind. */
export async function renderJobSummary(run: CheckRun, facts: JobSummaryFacts): Promise<string> {
  const { jobSummary } = await import("../reports/job-summary.ts");
  return jobSummary(run, facts);
}

/** Every report format, one sorted entry each; the code of a format loads when it is first used. */
import type { CheckRun } from "../model/check-run.ts";
import { reportFormats, type ReportContext, type ReportFormat, type ReportFormatId } from "../model/report.ts";

export { reportFormats };
export type { ReportFormatId };

export const reports: Readonly<Record<ReportFormatId, ReportFormat>> = {
  agent: {
    id: "agent",
    summary: "One line a finding, for coding agents.",
    extension: "txt",
    mime: "text/plain",
    load: () => import("./agent.ts"),
  },
  checkstyle: {
    id: "checkstyle",
    summary: "Checkstyle's XML, which most CI servers can read.",
    extension: "xml",
    mime: "application/xml",
    load: () => import("./checkstyle.ts"),
  },
  github: {
    id: "github",
    summary: "Workflow commands that GitHub Actions shows as annotations.",
    extension: "txt",
    mime: "text/plain",
    load: () => import("./github.ts"),
  },
  gitlab: {
    id: "gitlab",
    summary: "GitLab's code quality report.",
    extension: "json",
    mime: "application/json",
    load: () => import("./gitlab.ts"),
  },
  html: {
    id: "html",
    summary: "One self-contained page with plots, filters and code.",
    extension: "html",
    mime: "text/html",
    load: () => import("./html.ts"),
  },
  json: {
    id: "json",
    summary: "Everything about the run, as one object with a published schema.",
    extension: "json",
    mime: "application/json",
    load: () => import("./json.ts"),
  },
  jsonl: {
    id: "jsonl",
    summary: "The same as JSON Lines: the run, then one finding a line, then the verdict.",
    extension: "jsonl",
    mime: "application/jsonl",
    load: () => import("./jsonl.ts"),
  },
  junit: {
    id: "junit",
    summary: "JUnit's XML: findings and unmet gate conditions as failed tests.",
    extension: "xml",
    mime: "application/xml",
    load: () => import("./junit.ts"),
  },
  markdown: {
    id: "markdown",
    summary: "Markdown for a job summary or a comment.",
    extension: "md",
    mime: "text/markdown",
    load: () => import("./markdown.ts"),
  },
  pretty: {
    id: "pretty",
    summary: "For people at a terminal: worst first, with code, a few at a time.",
    extension: "txt",
    mime: "text/plain",
    load: () => import("./pretty.ts"),
  },
  rdjson: {
    id: "rdjson",
    summary: "Reviewdog's diagnostic format.",
    extension: "json",
    mime: "application/json",
    load: () => import("./rdjson.ts"),
  },
  sarif: {
    id: "sarif",
    summary: "SARIF 2.1.0, fit for GitHub's code scanning.",
    extension: "sarif",
    mime: "application/sarif+json",
    load: () => import("./sarif.ts"),
  },
};

export function isReportFormat(id: string): id is ReportFormatId {
  return Object.hasOwn(reports, id);
}

/** Loads a format and renders the run with it. */
export async function renderReport(id: ReportFormatId, run: CheckRun, context: ReportContext): Promise<string> {
  const { render } = await reports[id].load();
  return render(run, context);
}

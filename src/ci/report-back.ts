/** Tells the runner: outputs, summary, annotations. The toolkit knows how the runner wants each of them. */
import type { World } from "../app/world.ts";
import type { CheckRun } from "../model/check-run.ts";
import { type Finding, severities, severityRank } from "../model/finding.ts";

/** Shown of each kind in a step; and of all kinds in a job. The first ones win, so the others are better not sent. */
const perStep = 10;

export interface Outputs {
  readonly verdict: string;
  readonly findings: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly new: number;
  readonly "new-errors": number;
  readonly "new-warnings": number;
  readonly fixed: number;
  /** Format to path. */
  readonly reports: Readonly<Record<string, string>>;
  readonly "sarif-file": string;
  /** One line. */
  readonly summary: string;
  /** Folder to hand over to the job that publishes. */
  readonly collected: string;
  readonly published: boolean;
}

export async function setOutputs(outputs: Partial<Outputs>): Promise<void> {
  const core = await import("@actions/core");
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

/** Keeps the token out of every line that the runner prints. */
export async function maskToken(token: string | undefined): Promise<void> {
  if (token === undefined) return;
  const core = await import("@actions/core");
  core.setSecret(token);
}

/** Runners of other makes may have no such page. */
export async function addSummary(markdown: string, env: World["env"]): Promise<void> {
  if ((env["GITHUB_STEP_SUMMARY"] ?? "") === "") return;
  const core = await import("@actions/core");
  await core.summary.addRaw(markdown, true).write();
}

export async function notice(message: string): Promise<void> {
  const core = await import("@actions/core");
  core.notice(message, { title: "CodeFlow" });
}

/** Newest and worst first; says what the limits hide. Only new ones where there is something to compare with. */
export async function annotate(run: CheckRun): Promise<void> {
  const core = await import("@actions/core");
  const send = { error: core.error, warning: core.warning, info: core.notice } as const;
  const told = run.findings.filter(
    ({ state, suppressed }) =>
      suppressed === undefined && (run.scope.kind === "all" ? state !== "fixed" : state === "new"),
  );
  const rank = ({ state, severity }: Finding): number =>
    (state === "new" ? 0 : severities.length) + severityRank(severity);
  const hidden: string[] = [];
  for (const severity of severities) {
    const ordered = told.filter((finding) => finding.severity === severity).sort((a, b) => rank(a) - rank(b));
    for (const finding of ordered.slice(0, perStep)) {
      const { path, startLine, startColumn, endLine, endColumn } = finding.location;
      send[severity](finding.message, {
        title: finding.rule,
        file: path,
        startLine,
        endLine: Math.max(startLine, endLine),
        // Columns only where it stays on one line; the runner's end column is inclusive.
        ...(startLine === endLine ? { startColumn, endColumn: Math.max(startColumn, endColumn - 1) } : {}),
      });
    }
    if (ordered.length > perStep) hidden.push(`${ordered.length - perStep} of ${ordered.length} ${severity}s`);
  }
  if (hidden.length > 0) {
    core.info(
      `Without an annotation: ${hidden.join(", ")}. GitHub shows ${perStep} of each kind a step and 50 a job; the newest and worst are sent. The job's summary counts all.`,
    );
  }
}

export function outputsOf(run: CheckRun): Partial<Outputs> {
  const active = run.findings.filter(({ state, suppressed }) => suppressed === undefined && state !== "fixed");
  const of = (severity: Finding["severity"], onlyNew: boolean): number =>
    active.filter((finding) => finding.severity === severity && (!onlyNew || finding.state === "new")).length;
  const [errors, warnings] = [of("error", true), of("warning", true)];
  const added = active.filter(({ state }) => state === "new").length;
  return {
    verdict: run.verdict.status,
    findings: active.length,
    errors: of("error", false),
    warnings: of("warning", false),
    infos: of("info", false),
    new: added,
    "new-errors": errors,
    "new-warnings": warnings,
    fixed: run.summary.fixed,
    summary: `${run.verdict.status}: ${added} new (${errors} errors, ${warnings} warnings), ${run.summary.fixed} fixed, ${active.length} findings in ${run.summary.files} files`,
  };
}

/** The report for a person at a terminal: calm, worst first, a few at a time, the verdict last where the eye rests. */
import type { CheckRun } from "../model/check-run.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings } from "./active-findings.ts";
import { createPalette } from "./palette.ts";
import { findingLines, restLines } from "./pretty-findings.ts";
import { selectFindings } from "./selection.ts";
import { quietLines, summaryLines } from "./pretty-summary.ts";
import { redactSecrets } from "./redacted-lines.ts";

const defaultLimit = 20;
const narrowest = 40;
/** Lines longer than this are hard to read, however wide the terminal is. */
const widest = 140;

export function render(run: CheckRun, given: ReportContext): string {
  const width = Math.min(widest, Math.max(narrowest, given.width));
  const context = { ...given, width, line: redactSecrets(run, given.line) };
  const paint = createPalette(context.color);
  const active = activeFindings(run);
  if (run.verdict.status === "passed" && active.length === 0 && run.notices.length === 0 && context.verbose !== true) {
    return `${quietLines(run, context, paint).join("\n")}\n`;
  }
  const everything = context.verbose === true;
  const limit = everything ? Infinity : (context.limit ?? defaultLimit);
  const selection = selectFindings(run, { limit, fold: !everything, old: everything });
  const lines = [
    ...findingLines(run, selection, context, paint),
    ...restLines(run, selection.rest, context, paint),
    ...summaryLines(run, { active, old: selection.old }, context, paint),
  ];
  return `${lines.join("\n")}\n`;
}

/** A run as a check of a commit: title, summary, and annotations worst first. */
import type { CheckAnnotation, CheckConclusion, CheckRunDraft } from "../../model/code-host.ts";
import type { CheckRun } from "../../model/check-run.ts";
import type { Finding } from "../../model/finding.ts";
import type { VerdictStatus } from "../../model/gate.ts";
import { cutMarkdown } from "../../model/marker.ts";
import { activeFindings, worstFirst } from "../active-findings.ts";
import { count, countSeverities, formatNumber } from "../wording.ts";
import { render } from "../markdown.ts";

/** https://docs.github.com/rest/checks/runs: 65,535 bytes for the summary (the adapter cuts there), 64 kB for a message. */
const summaryLimit = 60_000;
const messageLimit = 8_000;
const titleLimit = 255;

const conclusions: Record<VerdictStatus, CheckConclusion> = {
  passed: "success",
  failed: "failure",
  // Never green without having looked; and no fault of the author either.
  incomplete: "action_required",
};
const levels = { error: "failure", warning: "warning", info: "notice" } as const;

export interface CheckFacts {
  readonly name: string;
  readonly sha: string;
  readonly verdict: VerdictStatus;
  /** Annotations at most. */
  readonly annotations: number;
  /** Findings that people accepted for this pull request. */
  readonly accepted?: number;
  readonly detailsUrl?: string;
}

export function checkRunDraft(run: CheckRun, facts: CheckFacts): CheckRunDraft {
  const found = worstFirst(activeFindings(run).filter(({ state }) => state === "new"));
  const shown = found.slice(0, facts.annotations);
  const hidden = found.length - shown.length;
  const note =
    hidden === 0
      ? ""
      : `\n\n${count(hidden, "finding")} beyond the ${formatNumber(shown.length)} annotated ones, less severe.`;
  const accepted = facts.accepted ?? 0;
  const kept = accepted === 0 ? "" : `\n\n${count(accepted, "finding")} accepted in comments, not counted.`;
  return {
    name: facts.name,
    externalId: `codeflow/${facts.name}`,
    sha: facts.sha,
    status: "completed",
    conclusion: conclusions[facts.verdict],
    title: titleOf(found, facts).slice(0, titleLimit),
    summary: cutMarkdown(`${render(run, plain)}${note}${kept}`, summaryLimit),
    annotations: shown.map(annotationOf),
    ...(facts.detailsUrl === undefined ? {} : { detailsUrl: facts.detailsUrl }),
  };
}

function titleOf(found: readonly Finding[], { verdict, accepted = 0 }: CheckFacts): string {
  const title = found.length === 0 ? "Nothing new" : `${countSeverities(found)} new`;
  const said = accepted === 0 ? title : `${title}, ${formatNumber(accepted)} accepted`;
  return verdict === "incomplete" ? `Incomplete: ${said.toLowerCase()}` : said;
}

const plain = { line: () => undefined, color: false, width: 80, links: false } as const;

function annotationOf({ location, severity, rule, message }: Finding): CheckAnnotation {
  const { path, startLine, startColumn, endLine, endColumn } = location;
  return {
    path,
    startLine,
    endLine: Math.max(startLine, endLine),
    // The host refuses columns of a range over several lines, and an end before its start.
    ...(startLine === endLine && endColumn >= startColumn ? { startColumn, endColumn } : {}),
    level: levels[severity],
    title: rule.slice(0, titleLimit),
    message: message.slice(0, messageLimit).toWellFormed(),
  };
}

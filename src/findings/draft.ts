/** A finding in the making: how it begins, which files keep it out of the report, and the order of the report. */
import type { CheckSummary } from "../model/check-run.ts";
import { type Finding, type IdentifiedFinding, severityRank } from "../model/finding.ts";
import { type FileMarks, isLockfile } from "./generated.ts";
import type { PipelineInput } from "./pipeline-input.ts";

export type Draft = { -readonly [Key in keyof Finding]: Finding[Key] };

/** Severity, category and help come from the finding, else from its rule. */
export function draftOf(raw: IdentifiedFinding, input: Pick<PipelineInput, "definitions" | "analyzerVersions">): Draft {
  const slash = raw.rule.indexOf("/");
  const analyzer = slash === -1 ? raw.rule : raw.rule.slice(0, slash);
  const definition = input.definitions.get(raw.rule);
  const helpUrl = raw.helpUrl ?? definition?.helpUrl;
  return {
    rule: raw.rule,
    severity: raw.severity ?? definition?.severity ?? "warning",
    category: raw.category ?? definition?.category ?? "maintainability",
    message: raw.message,
    location: raw.location,
    ...(raw.related === undefined ? {} : { related: raw.related }),
    ...(helpUrl === undefined ? {} : { helpUrl }),
    ...(raw.suggestions === undefined ? {} : { suggestions: raw.suggestions }),
    analyzer,
    analyzerVersion: input.analyzerVersions.get(analyzer) ?? "",
    fingerprint: "",
    identity: raw.identity,
    state: "new",
    ...(raw.data === undefined ? {} : { data: raw.data }),
    ...(raw.allowedBy === undefined
      ? {}
      : { suppressed: { kind: "tool", reason: raw.allowedBy.text, location: raw.allowedBy.location } }),
  };
}

/** Keeps out of the report what is said about files that nobody writes by hand. */
export function markByFile(
  draft: Draft,
  marks: ReadonlyMap<string, FileMarks>,
  copied: ReadonlyMap<string, string> = new Map(),
): void {
  const { generated, vendored } = marks.get(draft.location.path) ?? {};
  const owner = copied.get(draft.location.path);
  if (vendored !== undefined) draft.suppressed = { kind: "vendored", reason: vendored };
  else if (owner !== undefined && !draft.rule.startsWith("secrets/"))
    draft.suppressed = { kind: "vendored", reason: `a copy: its head names ${owner}, the licence does not` };
  else if (generated !== undefined && !concernsGenerated(draft))
    draft.suppressed = { kind: "generated", reason: generated };
}

/** A leaked secret is leaked wherever it stands, a conflict marker breaks any file, and lockfiles are about dependencies. */
function concernsGenerated({ rule, category, location }: Draft): boolean {
  if (rule.startsWith("secrets/") || rule === "hygiene/private-key" || rule === "hygiene/conflict-marker") return true;
  return category === "dependency" && isLockfile(location.path);
}

const stateOrder: Readonly<Record<Finding["state"], number>> = { new: 0, unchanged: 1, fixed: 2 };

/** The order of the report: newest and worst first, then by place; what is suppressed comes after all that is not. */
export function compareForReport(a: Finding, b: Finding): number {
  return (
    Number(a.suppressed !== undefined) - Number(b.suppressed !== undefined) ||
    stateOrder[a.state] - stateOrder[b.state] ||
    severityRank(a.severity) - severityRank(b.severity) ||
    compareText(a.location.path, b.location.path) ||
    a.location.startLine - b.location.startLine ||
    a.location.startColumn - b.location.startColumn ||
    a.location.endLine - b.location.endLine ||
    a.location.endColumn - b.location.endColumn ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function summarize(findings: readonly Finding[]): Omit<CheckSummary, "files"> {
  const bySeverity = { error: 0, warning: 0, info: 0 };
  const states = { new: 0, unchanged: 0, fixed: 0 };
  let suppressed = 0;
  for (const finding of findings) {
    if (finding.suppressed !== undefined) {
      if (finding.state !== "fixed") suppressed += 1;
      continue;
    }
    states[finding.state] += 1;
    if (finding.state !== "fixed") bySeverity[finding.severity] += 1;
  }
  return { bySeverity, ...states, suppressed };
}

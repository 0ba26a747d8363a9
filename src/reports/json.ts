/** The run as one JSON object: the published interface of `--format json`, described by `json-schema.ts`. */
import type { AnalyzerRun, CheckRun, CheckScope, CheckSummary } from "../model/check-run.ts";
import type { Finding, Location, RelatedLocation, Suggestion, Suppression } from "../model/finding.ts";
import type { GateCondition, VerdictReason } from "../model/gate.ts";
import type { ReportContext } from "../model/report.ts";
import type { RuleDefinition } from "../model/rule.ts";
import { toJson } from "./json-text.ts";

/** A finding without what only the pipeline needs (`identity`). */
export interface FindingJson {
  rule: string;
  severity: Finding["severity"];
  category: Finding["category"];
  message: string;
  location: Location;
  state: Finding["state"];
  fingerprint: string;
  analyzer: string;
  analyzerVersion: string;
  inChange?: boolean;
  helpUrl?: string;
  related?: readonly RelatedLocation[];
  suggestions?: readonly Suggestion[];
  suppressed?: Suppression;
  data?: Readonly<Record<string, string | number>>;
}

export interface ScopeJson {
  kind: CheckScope["kind"];
  /** The commit that was compared with; null when there is none. */
  base: string | null;
  baseName?: string;
}

export interface VerdictJson {
  status: CheckRun["verdict"]["status"];
  reasons: readonly VerdictReason[];
  conditions: readonly { condition: GateCondition; value: number | null; held: boolean }[];
}

export interface CheckRunJson {
  schemaVersion: 1;
  codeflowVersion: string;
  id: string;
  startedAt: string;
  durationMs: number;
  repository: { head: string | null; branch: string | null };
  scope: ScopeJson;
  profile: CheckRun["profile"];
  verdict: VerdictJson;
  summary: CheckSummary;
  findings: readonly FindingJson[];
  analyzers: readonly AnalyzerRun[];
  rules: Readonly<Record<string, RuleDefinition>>;
  metrics: Readonly<Record<string, number>>;
  notices: readonly string[];
}

/** The JSON value of a run; keys in the order in which they are read. */
export function toCheckRunJson(run: CheckRun): CheckRunJson {
  return {
    ...toRunHeader(run),
    verdict: toVerdictJson(run),
    summary: toSummaryJson(run.summary),
    findings: run.findings.map(toFindingJson),
    analyzers: run.analyzers.map(toAnalyzerJson),
    rules: Object.fromEntries(sortedEntries(run.rules).map(([id, rule]) => [id, toRuleJson(rule)])),
    metrics: Object.fromEntries(sortedEntries(run.metrics)),
    notices: run.notices,
  };
}

export function toRunHeader(
  run: CheckRun,
): Pick<
  CheckRunJson,
  "schemaVersion" | "codeflowVersion" | "id" | "startedAt" | "durationMs" | "repository" | "scope" | "profile"
> {
  return {
    schemaVersion: run.schemaVersion,
    codeflowVersion: run.codeflowVersion,
    id: run.id,
    startedAt: run.startedAt,
    durationMs: run.durationMs,
    repository: { head: run.repository.head ?? null, branch: run.repository.branch ?? null },
    scope: toScopeJson(run.scope),
    profile: run.profile,
  };
}

export function toVerdictJson({ verdict }: CheckRun): VerdictJson {
  return {
    status: verdict.status,
    reasons: verdict.reasons.map(({ kind, message, condition, value, findings }) => ({
      kind,
      message,
      ...(condition === undefined ? {} : { condition: toConditionJson(condition) }),
      ...(value === undefined ? {} : { value }),
      ...(findings === undefined ? {} : { findings }),
    })),
    conditions: verdict.conditions.map(({ condition, value, held }) => ({
      condition: toConditionJson(condition),
      value: value ?? null,
      held,
    })),
  };
}

export function toFindingJson(finding: Finding): FindingJson {
  return {
    rule: finding.rule,
    severity: finding.severity,
    category: finding.category,
    message: finding.message,
    location: toLocationJson(finding.location),
    state: finding.state,
    fingerprint: finding.fingerprint,
    analyzer: finding.analyzer,
    analyzerVersion: finding.analyzerVersion,
    ...(finding.inChange === undefined ? {} : { inChange: finding.inChange }),
    ...(finding.helpUrl === undefined ? {} : { helpUrl: finding.helpUrl }),
    ...(finding.related === undefined
      ? {}
      : {
          related: finding.related.map(({ location, message }) => ({ location: toLocationJson(location), message })),
        }),
    ...(finding.suggestions === undefined ? {} : { suggestions: finding.suggestions.map(toSuggestionJson) }),
    ...(finding.suppressed === undefined ? {} : { suppressed: toSuppressionJson(finding.suppressed) }),
    ...(finding.data === undefined ? {} : { data: Object.fromEntries(sortedEntries(finding.data)) }),
  };
}

export function toSummaryJson(summary: CheckSummary): CheckSummary {
  const { files, bySeverity, suppressed, fixed, unchanged } = summary;
  return {
    files,
    bySeverity: { error: bySeverity.error, warning: bySeverity.warning, info: bySeverity.info },
    new: summary.new,
    unchanged,
    fixed,
    suppressed,
  };
}

export function toAnalyzerJson(analyzer: AnalyzerRun): AnalyzerRun {
  return {
    id: analyzer.id,
    version: analyzer.version,
    kind: analyzer.kind,
    status: analyzer.status,
    ...(analyzer.reason === undefined ? {} : { reason: analyzer.reason }),
    required: analyzer.required,
    files: analyzer.files,
    cachedFiles: analyzer.cachedFiles,
    findings: analyzer.findings,
    durationMs: analyzer.durationMs,
    skippedFiles: analyzer.skippedFiles.map(({ path, reason }) => ({ path, reason })),
  };
}

// Every object is rebuilt key by key: the order stays the same whoever made it, and nothing internal slips out.

function toScopeJson(scope: CheckScope): ScopeJson {
  if (scope.kind === "all") return { kind: "all", base: null };
  if (scope.kind === "staged") return { kind: "staged", base: scope.base ?? null };
  return { kind: "changed", base: scope.base, baseName: scope.baseName };
}

function toConditionJson({ metric, of, where, max, min }: GateCondition): GateCondition {
  return {
    metric,
    ...(of === undefined ? {} : { of }),
    ...(where === undefined ? {} : { where }),
    ...(max === undefined ? {} : { max }),
    ...(min === undefined ? {} : { min }),
  };
}

function toLocationJson({ path, startLine, startColumn, endLine, endColumn }: Location): Location {
  return { path, startLine, startColumn, endLine, endColumn };
}

function toSuggestionJson({ message, safety, edits }: Suggestion): Suggestion {
  return { message, safety, edits: edits.map(({ path, start, end, text }) => ({ path, start, end, text })) };
}

function toSuppressionJson({ kind, reason, location }: Suppression): Suppression {
  return { kind, reason, ...(location === undefined ? {} : { location: toLocationJson(location) }) };
}

function toRuleJson(rule: RuleDefinition): RuleDefinition {
  return {
    id: rule.id,
    summary: rule.summary,
    category: rule.category,
    severity: rule.severity,
    recommended: rule.recommended,
    ...(rule.rationale === undefined ? {} : { rationale: rule.rationale }),
    ...(rule.helpUrl === undefined ? {} : { helpUrl: rule.helpUrl }),
  };
}

function sortedEntries<Value>(record: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

export function render(run: CheckRun, _context: ReportContext): string {
  return `${toJson(toCheckRunJson(run), 2)}\n`;
}

/**
 * What one more run says about the findings known on its branch. Pure.
 *
 * - A finding that is seen is open (or suppressed, when every equal one is suppressed).
 * - An open or suppressed one that is not seen is fixed, but only if the run covered its file with its analyzer.
 * - A fixed one that is seen again is a regression.
 * - Runs may arrive late and out of order: a run changes nothing that a newer one has already said.
 */
import type { CheckRun } from "../model/check-run.ts";
import type { Finding, SuppressionKind } from "../model/finding.ts";
import type { RunCoverage } from "../model/store.ts";
import type { FindingEventKind, FindingStatus } from "./tables.ts";

/** A finding as the store knows it, with what may change from run to run. */
export interface KnownFinding {
  readonly id: string;
  readonly fingerprint: string;
  readonly rule: string;
  readonly analyzer: string;
  readonly path: string;
  readonly severity: string;
  readonly category: string;
  readonly message: string;
  readonly start_line: number;
  readonly occurrences: number;
  readonly status: FindingStatus;
  readonly suppression: string | null;
  readonly suppression_reason: string | null;
  readonly first_seen_check: string;
  readonly first_seen_at: string;
  readonly last_seen_check: string;
  readonly last_seen_at: string;
  readonly fixed_check: string | null;
  readonly fixed_at: string | null;
  readonly regressions: number;
}

/** A finding seen for the first time on its branch. */
export type NewFinding = Omit<KnownFinding, "id">;

export interface LifetimeChanges {
  readonly inserted: readonly NewFinding[];
  /** Ids of which only the last sighting moves. */
  readonly seenAgain: readonly string[];
  readonly updated: readonly { readonly id: string; readonly set: Partial<NewFinding> }[];
  readonly events: readonly { readonly id: string; readonly kind: FindingEventKind; readonly detail: string | null }[];
}

/** Somebody decided these; the other kinds say that the code is not the repository's or the finding is told elsewhere. */
const decisions: ReadonlySet<SuppressionKind> = new Set(["inline", "config", "tool", "baseline", "memory"]);

type Observation = Pick<
  KnownFinding,
  | "fingerprint"
  | "rule"
  | "analyzer"
  | "path"
  | "severity"
  | "category"
  | "message"
  | "start_line"
  | "occurrences"
  | "suppression"
  | "suppression_reason"
>;

export function advanceLifetimes(
  known: readonly KnownFinding[],
  run: Pick<CheckRun, "id" | "startedAt" | "findings">,
  coverage: RunCoverage,
): LifetimeChanges {
  const at = run.startedAt;
  const observed = observe(run.findings);
  const inserted: NewFinding[] = [];
  const seenAgain: string[] = [];
  const updated: { id: string; set: Partial<NewFinding> }[] = [];
  const events: { id: string; kind: FindingEventKind; detail: string | null }[] = [];

  for (const row of known) {
    const seen = observed.get(row.fingerprint);
    observed.delete(row.fingerprint);
    if (seen === undefined) {
      if (row.status === "fixed" || at <= row.last_seen_at || !coverage.covers(row.path, row.analyzer)) continue;
      updated.push({ id: row.id, set: { status: "fixed", fixed_check: run.id, fixed_at: at } });
      events.push({ id: row.id, kind: "fixed", detail: row.suppression });
      continue;
    }
    if (at < row.last_seen_at || (row.fixed_at !== null && at <= row.fixed_at)) {
      if (at < row.first_seen_at) updated.push({ id: row.id, set: { first_seen_check: run.id, first_seen_at: at } });
      continue;
    }
    const status = seen.suppression === null ? "open" : "suppressed";
    const changes: Record<string, string | number | null> = {};
    for (const [key, value] of Object.entries(seen)) {
      if (row[key as keyof Observation] !== value) changes[key] = value;
    }
    if (status !== row.status) changes["status"] = status;
    if (row.status === "fixed") {
      changes["fixed_check"] = null;
      changes["fixed_at"] = null;
    }
    if (row.status === "fixed" && status === "open") {
      changes["regressions"] = row.regressions + 1;
      events.push({ id: row.id, kind: "regressed", detail: null });
    } else if (status === "suppressed" && row.status !== "suppressed") {
      events.push({ id: row.id, kind: "suppressed", detail: `${seen.suppression}: ${seen.suppression_reason}` });
    } else if (status === "open" && row.status === "suppressed") {
      events.push({ id: row.id, kind: "unsuppressed", detail: null });
    }
    if (Object.keys(changes).length === 0) seenAgain.push(row.id);
    else updated.push({ id: row.id, set: { ...changes, last_seen_check: run.id, last_seen_at: at } });
  }

  for (const seen of observed.values()) {
    // Generated, vendored and duplicate findings have no life of their own.
    if (seen.suppression !== null && !decisions.has(seen.suppression as SuppressionKind)) continue;
    inserted.push({
      ...seen,
      status: seen.suppression === null ? "open" : "suppressed",
      first_seen_check: run.id,
      first_seen_at: at,
      last_seen_check: run.id,
      last_seen_at: at,
      fixed_check: null,
      fixed_at: null,
      regressions: 0,
    });
  }
  return { inserted, seenAgain, updated, events };
}

/** Equal findings are one, represented by the first that counts. */
function observe(findings: readonly Finding[]): Map<string, Observation> {
  const observed = new Map<string, Observation>();
  for (const finding of findings) {
    // Reported as gone against the base: not there.
    if (finding.state === "fixed") continue;
    const { fingerprint, suppressed, location } = finding;
    const before = observed.get(fingerprint);
    const counts = suppressed === undefined;
    if (before !== undefined && (!counts || before.suppression === null)) {
      const occurrences = before.occurrences + (counts === (before.suppression === null) ? 1 : 0);
      observed.set(fingerprint, { ...before, occurrences });
      continue;
    }
    observed.set(fingerprint, {
      fingerprint,
      rule: finding.rule,
      analyzer: finding.analyzer,
      path: location.path,
      severity: finding.severity,
      category: finding.category,
      message: finding.message,
      start_line: location.startLine,
      occurrences: 1,
      suppression: suppressed?.kind ?? null,
      suppression_reason: suppressed?.reason ?? null,
    });
  }
  return observed;
}

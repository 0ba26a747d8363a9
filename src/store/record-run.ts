/** Writes one finished run: its row, its metrics, and what it says about the findings' lifetimes. */
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import type { Insertable, Kysely } from "kysely";
import type { CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import type { RunCoverage } from "../model/store.ts";
import { advanceLifetimes, type LifetimeChanges, type NewFinding } from "./lifetimes.ts";
import type { FindingsTable, QualityChecksTable, Tables } from "./tables.ts";
import { uuidv7 } from "./uuid.ts";

/** Keeps a statement's parameters below every database's limit (SQLite 32,766, Postgres 65,535). */
const chunkRows = 500;

/** `packed` comes from `packFindings`; false when the run was there already. */
export async function recordRun(
  db: Kysely<Tables>,
  run: CheckRun,
  coverage: RunCoverage,
  packed: string,
): Promise<boolean> {
  const added = await db
    .insertInto("quality_checks")
    .values(checkRow(run, scopeOf(run, coverage), packed))
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows !== 1n) return false;

  const branch = branchOf(run);
  const scope = scopeOf(run, coverage);
  const { durationMs, findings, id, startedAt } = run;
  const counted = findings.filter(({ state, suppressed }) => state !== "fixed" && suppressed === undefined);
  const metrics: Record<string, number> = {
    ...run.metrics,
    "findings.total": counted.length,
    "findings.error": run.summary.bySeverity.error,
    "findings.warning": run.summary.bySeverity.warning,
    "findings.info": run.summary.bySeverity.info,
    "findings.new": run.summary.new,
    "duration.ms": durationMs,
  };
  const points = Object.entries(metrics)
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => ({ check_id: id, name, value, at: startedAt, branch, scope }));
  for (const chunk of chunks(points)) await db.insertInto("metrics").values(chunk).execute();
  const analyzers = run.analyzers.map((analyzer) => ({
    check_id: id,
    analyzer: analyzer.id,
    version: analyzer.version,
    status: analyzer.status,
    duration_ms: analyzer.durationMs,
    files: analyzer.files,
    cached_files: analyzer.cachedFiles,
    findings: analyzer.findings,
  }));
  for (const chunk of chunks(analyzers)) {
    await db
      .insertInto("analyzer_runs")
      .values(chunk)
      .onConflict((conflict) => conflict.columns(["check_id", "analyzer"]).doNothing())
      .execute();
  }

  // A detached HEAD may be any commit: taking it for the continuation of the last one would invent fixes and regressions.
  if (run.repository.branch === undefined && run.repository.head !== undefined) return true;
  const known = await db.selectFrom("findings").selectAll().where("branch", "=", branch).execute();
  await applyLifetimes(db, branch, run, advanceLifetimes(known, run, coverage));
  return true;
}

async function applyLifetimes(
  db: Kysely<Tables>,
  branch: string,
  run: CheckRun,
  { inserted, seenAgain, updated, events }: LifetimeChanges,
): Promise<void> {
  const now = new Date(run.startedAt);
  for (const chunk of chunks(inserted)) {
    const earlier = await firstSeenElsewhere(db, chunk);
    const rows = chunk.map((finding): Insertable<FindingsTable> => {
      const first = earlier.get(finding.fingerprint);
      const older = first !== undefined && first.first_seen_at < finding.first_seen_at;
      return { id: uuidv7(now), branch, ...finding, ...(older ? first : {}) };
    });
    await db.insertInto("findings").values(rows).execute();
  }
  for (const chunk of chunks(seenAgain)) {
    await db
      .updateTable("findings")
      .set({ last_seen_check: run.id, last_seen_at: run.startedAt })
      .where("id", "in", chunk)
      .execute();
  }
  for (const { id, set } of updated) await db.updateTable("findings").set(set).where("id", "=", id).execute();
  const rows = events.map(({ id, kind, detail }) => ({
    id: uuidv7(now),
    finding_id: id,
    check_id: run.id,
    kind,
    at: run.startedAt,
    detail,
  }));
  for (const chunk of chunks(rows)) await db.insertInto("finding_events").values(chunk).execute();
}

/** A finding that is new on this branch is as old as it is on the branch that this one was begun from. */
async function firstSeenElsewhere(
  db: Kysely<Tables>,
  findings: readonly NewFinding[],
): Promise<Map<string, Pick<NewFinding, "first_seen_check" | "first_seen_at">>> {
  const rows = await db
    .selectFrom("findings")
    .select(["fingerprint", "first_seen_check", "first_seen_at"])
    .where(
      "fingerprint",
      "in",
      findings.map(({ fingerprint }) => fingerprint),
    )
    .orderBy("first_seen_at", "desc")
    .execute();
  // The oldest comes last and wins.
  return new Map(rows.map(({ fingerprint, ...first }) => [fingerprint, first]));
}

/** `part`: `check src` and `check --only ruff` have the scope `all`, and yet their counts are not those of the checkout. */
function scopeOf({ scope }: CheckRun, { isWhole }: RunCoverage): string {
  return scope.kind === "all" && !isWhole ? "part" : scope.kind;
}

function checkRow(run: CheckRun, scopeName: string, packed: string): Insertable<QualityChecksTable> {
  const { repository, scope, summary, verdict } = run;
  return {
    id: run.id,
    started_at: run.startedAt,
    duration_ms: run.durationMs,
    branch: branchOf(run),
    head: repository.head ?? null,
    scope: scopeName,
    base: scope.kind === "all" ? null : (scope.base ?? null),
    profile: run.profile,
    codeflow_version: run.codeflowVersion,
    verdict: verdict.status,
    reasons: JSON.stringify(verdict.reasons),
    files: summary.files,
    errors: summary.bySeverity.error,
    warnings: summary.bySeverity.warning,
    infos: summary.bySeverity.info,
    new_findings: summary.new,
    unchanged_findings: summary.unchanged,
    fixed_findings: summary.fixed,
    suppressed_findings: summary.suppressed,
    findings_packed: packed,
  };
}

function branchOf(run: CheckRun): string {
  return run.repository.branch ?? "";
}

/** A run's findings as text a tenth of their size: text, because binary columns differ between databases. */
export async function packFindings(findings: readonly Finding[]): Promise<string> {
  const packed = await promisify(deflateRaw)(Buffer.from(JSON.stringify(findings)));
  return packed.toString("base64");
}

export async function unpackFindings(packed: string): Promise<readonly Finding[]> {
  const text = await promisify(inflateRaw)(Buffer.from(packed, "base64"));
  return JSON.parse(text.toString("utf8")) as readonly Finding[];
}

function* chunks<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += chunkRows) yield items.slice(start, start + chunkRows);
}

/** The questions that the history answers, and what it forgets; the same on every database. */
import type { Kysely, Selectable } from "kysely";
import type { Finding } from "../model/finding.ts";
import type { FindingLifetime, RunSummaryRow } from "../model/store.ts";
import { dayLength } from "./days.ts";
import { unpackFindings } from "./record-run.ts";
import type { QualityChecksTable, Tables } from "./tables.ts";

type Db = Kysely<Tables>;

const summaryColumns = [
  "id",
  "started_at",
  "duration_ms",
  "branch",
  "head",
  "scope",
  "verdict",
  "errors",
  "warnings",
  "infos",
  "new_findings",
  "fixed_findings",
] as const satisfies (keyof QualityChecksTable)[];

export async function selectRuns(
  db: Db,
  { limit, branch }: { limit: number; branch?: string },
): Promise<readonly RunSummaryRow[]> {
  let query = db.selectFrom("quality_checks").select(summaryColumns);
  if (branch !== undefined) query = query.where("branch", "=", branch);
  const rows = await query.orderBy("started_at", "desc").orderBy("id", "desc").limit(limit).execute();
  return rows.map(summaryOf);
}

export async function selectRun(
  db: Db,
  id: string,
): Promise<{ summary: RunSummaryRow; findings: readonly Finding[] | undefined } | undefined> {
  const row = await db
    .selectFrom("quality_checks")
    .select([...summaryColumns, "findings_packed"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const findings = row.findings_packed === null ? undefined : await unpackFindings(row.findings_packed);
  return { summary: summaryOf(row), findings };
}

function summaryOf(row: Pick<Selectable<QualityChecksTable>, (typeof summaryColumns)[number]>): RunSummaryRow {
  return {
    id: row.id,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    branch: row.branch === "" ? undefined : row.branch,
    head: row.head ?? undefined,
    scope: row.scope,
    verdict: row.verdict,
    errors: row.errors,
    warnings: row.warnings,
    infos: row.infos,
    new: row.new_findings,
    fixed: row.fixed_findings,
  };
}

export async function selectLifetimes(
  db: Db,
  request: { open?: boolean; limit: number; branch?: string; path?: string; rule?: string },
): Promise<readonly FindingLifetime[]> {
  const branch = request.branch ?? (await newestBranch(db));
  let query = db.selectFrom("findings").selectAll().where("branch", "=", branch).where("suppression", "is", null);
  if (request.open !== undefined) query = query.where("status", "=", request.open ? "open" : "fixed");
  if (request.path !== undefined) query = query.where("path", "=", request.path);
  if (request.rule !== undefined) query = query.where("rule", "=", request.rule);
  const rows = await query
    .orderBy("last_seen_at", "desc")
    .orderBy("path")
    .orderBy("start_line")
    .orderBy("fingerprint")
    .limit(request.limit)
    .execute();
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    rule: row.rule,
    path: row.path,
    severity: row.severity,
    message: row.message,
    firstSeenRun: row.first_seen_check,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    fixedAt: row.fixed_at ?? undefined,
    regressions: row.regressions,
  }));
}

export async function selectTrend(
  db: Db,
  request: { metric: string; limit: number; branch?: string },
): Promise<readonly { at: string; value: number }[]> {
  const branch = request.branch ?? (await newestBranch(db));
  const rows = await db
    .selectFrom("metrics")
    .select(["at", "value"])
    .where("name", "=", request.metric)
    .where("branch", "=", branch)
    // Runs over a part of the checkout count something else.
    .where("scope", "=", "all")
    .orderBy("at", "desc")
    .orderBy("check_id", "desc")
    .limit(request.limit)
    .execute();
  return rows.reverse();
}

export async function selectMetricNames(db: Db, request: { branch?: string }): Promise<readonly string[]> {
  const branch = request.branch ?? (await newestBranch(db));
  const rows = await db
    .selectFrom("metrics")
    .select("name")
    .distinct()
    .where("branch", "=", branch)
    .where("scope", "=", "all")
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

/** Runs that are looked at for the time that an analyzer takes. */
const recentRuns = 20;

export async function selectAnalyzerDurations(db: Db): Promise<ReadonlyMap<string, number>> {
  const recent = db.selectFrom("quality_checks").select("id").orderBy("started_at", "desc").limit(recentRuns);
  const rows = await db
    .selectFrom("analyzer_runs")
    .select(({ fn }) => ["analyzer", fn.avg<number | string>("duration_ms").as("mean")])
    .where("status", "=", "ran")
    .where("check_id", "in", recent)
    .groupBy("analyzer")
    .execute();
  // Postgres gives aggregates as text.
  return new Map(rows.map(({ analyzer, mean }) => [analyzer, Number(mean)]));
}

async function newestBranch(db: Db): Promise<string> {
  const newest = await db
    .selectFrom("quality_checks")
    .select("branch")
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return newest?.branch ?? "";
}

/** Runs whose findings are kept in full; of older ones the summary and the metrics stay. */
export const keptBodies = 200;
/** Days after which the findings of a branch without runs are forgotten; the branch is merged or dead. */
const branchDays = 90;

export async function forgetOld(db: Db, now: Date): Promise<void> {
  const oldestKept = await db
    .selectFrom("quality_checks")
    .select("started_at")
    .where("findings_packed", "is not", null)
    .orderBy("started_at", "desc")
    .offset(keptBodies - 1)
    .limit(1)
    .executeTakeFirst();
  if (oldestKept !== undefined) {
    await db
      .updateTable("quality_checks")
      .set({ findings_packed: null })
      .where("started_at", "<", oldestKept.started_at)
      .where("findings_packed", "is not", null)
      .execute();
  }
  const limit = new Date(now.getTime() - branchDays * dayLength).toISOString();
  const alive = db.selectFrom("quality_checks").select("branch").where("started_at", ">=", limit);
  const newest = await newestBranch(db);
  await db.deleteFrom("findings").where("branch", "not in", alive).where("branch", "!=", newest).execute();
}

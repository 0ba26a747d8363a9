/** The first tables: runs, findings and their lifetimes, metrics, and those that trackers, workflows and memory will fill. */
import type { Kysely } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable("workflows")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull().unique())
    .addColumn("definition", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("workflow_executions")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("workflow_id", "text", (column) => column.references("workflows.id"))
    .addColumn("workflow_name", "text", (column) => column.notNull())
    .addColumn("trigger", "text", (column) => column.notNull())
    .addColumn("event", "text")
    .addColumn("inputs", "text")
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("error", "text")
    .addColumn("started_at", "text", (column) => column.notNull())
    .addColumn("finished_at", "text")
    .execute();

  let checks = schema
    .createTable("quality_checks")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("started_at", "text", (column) => column.notNull())
    .addColumn("duration_ms", "double precision", (column) => column.notNull())
    .addColumn("branch", "text", (column) => column.notNull())
    .addColumn("head", "text")
    .addColumn("scope", "text", (column) => column.notNull())
    .addColumn("base", "text")
    .addColumn("profile", "text", (column) => column.notNull())
    .addColumn("codeflow_version", "text", (column) => column.notNull())
    .addColumn("verdict", "text", (column) => column.notNull())
    .addColumn("reasons", "text", (column) => column.notNull());
  const counts = ["files", "errors", "warnings", "infos"];
  const states = ["new_findings", "unchanged_findings", "fixed_findings", "suppressed_findings"];
  for (const count of [...counts, ...states]) checks = checks.addColumn(count, "integer", (column) => column.notNull());
  await checks.addColumn("findings_packed", "text").execute();
  await schema.createIndex("quality_checks_by_time").on("quality_checks").columns(["started_at"]).execute();
  await schema.createIndex("quality_checks_by_branch").on("quality_checks").columns(["branch", "started_at"]).execute();

  await schema
    .createTable("analyzer_runs")
    .addColumn("check_id", "text", (column) => column.notNull().references("quality_checks.id").onDelete("cascade"))
    .addColumn("analyzer", "text", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("duration_ms", "double precision", (column) => column.notNull())
    .addColumn("files", "integer", (column) => column.notNull())
    .addColumn("cached_files", "integer", (column) => column.notNull())
    .addColumn("findings", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("analyzer_runs_key", ["check_id", "analyzer"])
    .execute();
  await schema
    .createTable("metrics")
    .addColumn("check_id", "text", (column) => column.notNull().references("quality_checks.id").onDelete("cascade"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("value", "double precision", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("branch", "text", (column) => column.notNull())
    .addColumn("scope", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("metrics_key", ["check_id", "name"])
    .execute();
  await schema.createIndex("metrics_by_name").on("metrics").columns(["name", "branch", "at"]).execute();

  await schema
    .createTable("issues")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("fingerprint_group", "text", (column) => column.notNull())
    .addColumn("tracker", "text", (column) => column.notNull())
    .addColumn("project", "text", (column) => column.notNull())
    .addColumn("external_id", "text", (column) => column.notNull())
    .addColumn("url", "text", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("state_reason", "text")
    .addColumn("category", "text", (column) => column.notNull())
    .addColumn("priority", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addColumn("closed_at", "text")
    .addUniqueConstraint("issues_by_group", ["tracker", "project", "fingerprint_group"])
    .execute();
  await schema
    .createTable("learning_memory")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("rule", "text")
    .addColumn("path", "text")
    .addColumn("fingerprint", "text")
    .addColumn("content", "text", (column) => column.notNull())
    .addColumn("provenance", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("expires_at", "text")
    .execute();

  await schema
    .createTable("findings")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("branch", "text", (column) => column.notNull())
    .addColumn("fingerprint", "text", (column) => column.notNull())
    .addColumn("rule", "text", (column) => column.notNull())
    .addColumn("analyzer", "text", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("severity", "text", (column) => column.notNull())
    .addColumn("category", "text", (column) => column.notNull())
    .addColumn("message", "text", (column) => column.notNull())
    .addColumn("start_line", "integer", (column) => column.notNull())
    .addColumn("occurrences", "integer", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("suppression", "text")
    .addColumn("suppression_reason", "text")
    .addColumn("first_seen_check", "text", (column) => column.notNull())
    .addColumn("first_seen_at", "text", (column) => column.notNull())
    .addColumn("last_seen_check", "text", (column) => column.notNull())
    .addColumn("last_seen_at", "text", (column) => column.notNull())
    .addColumn("fixed_check", "text")
    .addColumn("fixed_at", "text")
    .addColumn("regressions", "integer", (column) => column.notNull())
    .addUniqueConstraint("findings_by_branch", ["branch", "fingerprint"])
    .execute();
  await schema.createIndex("findings_by_fingerprint").on("findings").columns(["fingerprint"]).execute();
  await schema
    .createTable("finding_events")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("finding_id", "text", (column) => column.notNull().references("findings.id").onDelete("cascade"))
    .addColumn("check_id", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("detail", "text")
    .execute();
  await schema.createIndex("finding_events_by_finding").on("finding_events").columns(["finding_id", "at"]).execute();
}

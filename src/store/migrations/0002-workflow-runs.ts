/** Workflow runs step by step: plans, leases, steps, their logs, and what they wait for. */
import type { Kysely } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  const { schema } = db;
  // One column a statement: SQLite takes no more.
  const texts = ["workflow_path", "parent_id", "parent_step", "root_id", "concurrency_group", "outputs"];
  for (const name of [...texts, "cancel_requested_at", "cancel_requested_by"]) {
    await schema.alterTable("workflow_executions").addColumn(name, "text").execute();
  }
  await schema.alterTable("workflow_executions").addColumn("depth", "integer").execute();
  await schema
    .createIndex("workflow_executions_by_status")
    .on("workflow_executions")
    .columns(["status", "started_at"])
    .execute();
  await schema.createIndex("workflow_executions_by_root").on("workflow_executions").columns(["root_id"]).execute();
  await schema.createIndex("workflow_executions_by_time").on("workflow_executions").columns(["started_at"]).execute();

  // Apart from the run's row, which is written often and must stay small.
  await schema
    .createTable("workflow_plans")
    .addColumn("run_id", "text", (column) =>
      column.primaryKey().references("workflow_executions.id").onDelete("cascade"),
    )
    .addColumn("plan", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("workflow_leases")
    .addColumn("run_id", "text", (column) =>
      column.primaryKey().references("workflow_executions.id").onDelete("cascade"),
    )
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("workflow_steps")
    .addColumn("run_id", "text", (column) => column.notNull().references("workflow_executions.id").onDelete("cascade"))
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("continued", "integer", (column) => column.notNull())
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("tries", "integer", (column) => column.notNull())
    .addColumn("started_at", "text")
    .addColumn("finished_at", "text")
    .addColumn("outputs", "text")
    .addColumn("items", "text")
    .addColumn("error", "text")
    .addPrimaryKeyConstraint("workflow_steps_key", ["run_id", "path"])
    .execute();
  await schema
    .createTable("step_logs")
    .addColumn("run_id", "text", (column) => column.notNull().references("workflow_executions.id").onDelete("cascade"))
    .addColumn("sequence", "integer", (column) => column.notNull())
    .addColumn("step", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("level", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("step_logs_key", ["run_id", "sequence"])
    .execute();
  await schema
    .createTable("workflow_waits")
    .addColumn("run_id", "text", (column) => column.notNull().references("workflow_executions.id").onDelete("cascade"))
    .addColumn("step", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("until", "text")
    .addColumn("prompt", "text")
    .addColumn("approvers", "text")
    .addColumn("child", "text")
    .addColumn("approved", "integer")
    .addColumn("decided_by", "text")
    .addColumn("decided_at", "text")
    .addColumn("comment", "text")
    .addPrimaryKeyConstraint("workflow_waits_key", ["run_id", "step"])
    .execute();
}

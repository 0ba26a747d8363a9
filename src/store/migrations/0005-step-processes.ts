/** Programs that steps began: what a killed process leaves running is ended before its step is repeated. */
import type { Kysely } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable("step_processes")
    .addColumn("run_id", "text", (column) => column.notNull().references("workflow_executions.id").onDelete("cascade"))
    .addColumn("step", "text", (column) => column.notNull())
    .addColumn("machine", "text", (column) => column.notNull())
    .addColumn("pid", "integer", (column) => column.notNull())
    .addColumn("start", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("step_processes_key", ["run_id", "step", "machine", "pid"])
    .execute();
}

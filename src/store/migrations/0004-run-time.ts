/** How long processes have had a run in their hands: its time limit goes on counting when it is resumed. */
import type { Kysely } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  const { schema } = db;
  await schema.alterTable("workflow_executions").addColumn("used_ms", "integer").execute();
  // The last sign of life of whoever has it; empty while nobody has.
  await schema.alterTable("workflow_executions").addColumn("seen_at", "text").execute();
}

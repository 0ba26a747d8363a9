/** Notices that were sent, and those that could not be delivered. */
import type { Kysely } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable("notices")
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("key", "text", (column) => column.notNull())
    .addColumn("thread", "text")
    .addColumn("digest", "text")
    .addColumn("reference", "text")
    .addColumn("first_sent_at", "text")
    .addColumn("claimed_until", "text")
    .addPrimaryKeyConstraint("notices_key", ["channel", "target", "key"])
    .execute();
  await schema
    .createIndex("notices_by_thread")
    .on("notices")
    .columns(["channel", "target", "thread", "first_sent_at"])
    .execute();
  await schema
    .createTable("notice_dead_letters")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("payload", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .execute();
}

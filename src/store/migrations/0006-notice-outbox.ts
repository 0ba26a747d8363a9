/** Notices that wait (quiet hours) or failed, one of a place; what is about to be sent, written before it is. */
import type { Kysely } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  const { schema } = db;
  for (const column of ["attempt", "attempt_digest", "attempt_at", "claimed_by"]) {
    await schema.alterTable("notices").addColumn(column, "text").execute();
  }
  await schema
    .createTable("notice_outbox")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("key", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("notice", "text", (column) => column.notNull())
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("notice_outbox_place", ["channel", "target", "key"])
    .execute();
  // What was kept until now was kept as it was sent: the notice itself is in it.
  const letters = await db.selectFrom("notice_dead_letters").selectAll().orderBy("at").execute();
  for (const { id, channel, target, payload, reason, attempts, at } of letters) {
    const notice = noticeOf(payload);
    if (notice === undefined) continue;
    await db
      .insertInto("notice_outbox")
      .values({
        id,
        channel,
        target,
        key: notice.key,
        state: "failed",
        notice: JSON.stringify(notice),
        digest: "",
        reason,
        attempts,
        at,
        updated_at: at,
      })
      .onConflict((conflict) =>
        conflict.columns(["channel", "target", "key"]).doUpdateSet({ notice: JSON.stringify(notice), updated_at: at }),
      )
      .execute();
  }
  await schema.dropTable("notice_dead_letters").execute();
}

function noticeOf(payload: unknown): { readonly key: string } | undefined {
  try {
    const { version: _version, sentAt: _sentAt, ...notice } = JSON.parse(String(payload)) as Record<string, unknown>;
    return typeof notice["key"] === "string" ? { ...notice, key: notice["key"] } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Brings a database to the newest layout, one process at a time and all or nothing. */
import type { Kysely } from "kysely";
import { exitCodes, Failure } from "../model/failure.ts";
import type { Migration } from "./migrations/index.ts";

const ledger = "codeflow_migrations";

interface Ledger {
  codeflow_migrations: { name: string; applied_at: string };
}

export interface MigrateRequest {
  readonly db: Kysely<any>;
  /** Runs the work in a transaction that no other process's migration can overlap. */
  readonly write: <Result>(work: (db: Kysely<any>) => Promise<Result>) => Promise<Result>;
  readonly migrations: readonly Migration[];
  readonly now: () => Date;
}

/** Throws Failure CF603 for a database that a newer CodeFlow has changed. */
export async function migrate({ db, write, migrations, now }: MigrateRequest): Promise<void> {
  // Looked at without a lock first: nearly always there is nothing to do, and then a read-only database will do.
  if ((await pending(db, migrations)).length === 0) return;
  await write(async (transaction) => {
    await transaction.schema
      .createTable(ledger)
      .ifNotExists()
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("applied_at", "text", (column) => column.notNull())
      .execute();
    // Asked again under the lock: another process may have been first.
    for (const { name, up } of await pending(transaction, migrations)) {
      await up(transaction);
      await (transaction as Kysely<Ledger>)
        .insertInto(ledger)
        .values({ name, applied_at: now().toISOString() })
        .execute();
    }
  });
}

async function pending(db: Kysely<any>, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === ledger)) return migrations;
  const rows = await (db as Kysely<Ledger>).selectFrom(ledger).select("name").execute();
  const applied = new Set(rows.map(({ name }) => name));
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...applied].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Failure("CF603", "the history was written by a newer CodeFlow", {
      why: `it has ${unknown.join(", ")}`,
      next: "use that version, or move the history's file away",
      exitCode: exitCodes.incomplete,
    });
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

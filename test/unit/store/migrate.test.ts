/** Migrations: in order, once, all or nothing. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrate } from "../../../src/store/migrate.ts";
import { type Migration, migrations } from "../../../src/store/migrations/index.ts";
import { type HistoryDatabase, openSqlite } from "../../../src/store/sqlite-database.ts";

let directory: string;
let database: HistoryDatabase;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "codeflow-migrate-"));
  database = await openSqlite(join(directory, "history.db"));
});
afterEach(async () => {
  await database.close();
  rmSync(directory, { recursive: true, force: true });
});

const now = (): Date => new Date("2026-03-01T00:00:00Z");
const run = (list: readonly Migration[]) =>
  migrate({ db: database.db, write: (work) => database.write(work), migrations: list, now });
const tables = async (): Promise<string[]> =>
  (await database.db.introspection.getTables()).map(({ name }) => name).sort();
const creating = (name: string): Migration => ({
  name,
  up: async (db) => {
    await db.schema.createTable(name).addColumn("id", "text").execute();
  },
});

it("every file in the folder is listed, in order, under its own name", () => {
  const files = readdirSync(join(import.meta.dirname, "../../../src/store/migrations")).filter((name) =>
    /^\d/.test(name),
  );
  expect(migrations.map(({ name }) => `${name}.ts`)).toEqual(files.sort());
});

it("makes the tables that the other parts count on", async () => {
  await run(migrations);
  expect(await tables()).toEqual(
    expect.arrayContaining([
      "workflows",
      "workflow_executions",
      "quality_checks",
      "issues",
      "metrics",
      "learning_memory",
      "findings",
      "finding_events",
    ]),
  );
});

it("runs only what is new, and nothing twice", async () => {
  await run([creating("one")]);
  await run([creating("one"), creating("two")]);
  await run([creating("one"), creating("two")]);
  expect(await tables()).toEqual(["codeflow_migrations", "one", "two"]);
});

it("leaves nothing behind when one fails", async () => {
  await run([creating("one")]);
  const failing: Migration = {
    name: "three",
    up: async (db) => {
      await creating("three").up(db);
      throw new Error("no");
    },
  };
  await expect(run([creating("one"), creating("two"), failing])).rejects.toThrow("no");
  expect(await tables()).toEqual(["codeflow_migrations", "one"]);
});

it("takes notices that could not be delivered along into the outbox, the newest of each", async () => {
  await run(migrations.filter(({ name }) => name < "0006"));
  const letter = (id: string, payload: string) =>
    (database.db as unknown as Kysely<{ notice_dead_letters: Record<string, string | number> }>)
      .insertInto("notice_dead_letters")
      .values({ id, channel: "webhook", target: "one", payload, reason: "status 500", attempts: 4, at: `2026-0${id}` })
      .execute();
  const payload = (title: string): string => JSON.stringify({ version: 1, sentAt: "now", key: "k", title });
  await letter("1", payload("Old"));
  await letter("2", payload("New"));
  await letter("3", "no JSON");
  await run(migrations);
  const rows = await database.db.selectFrom("notice_outbox").selectAll().execute();
  expect(rows).toMatchObject([{ id: "1", state: "failed", key: "k", reason: "status 500", attempts: 4 }]);
  expect(JSON.parse(rows[0]?.notice ?? "")).toEqual({ key: "k", title: "New" });
});

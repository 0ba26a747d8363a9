/** Writes what happens within a run; the statements are built once, as they run thousands of times a second. */
import type { CompiledQuery, Kysely } from "kysely";
import type { RunBatch } from "../model/workflow-run.ts";
import { logRow, stepRow, waitRow } from "./run-rows.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;

/** 14 columns a row: below every database's limit of parameters. */
const chunkRows = 200;

/** Statements by table and number of rows; `undefined` parameters are replaced on each call. */
const compiled = new Map<string, CompiledQuery>();

export async function writeBatch(db: Db, run: string, batch: RunBatch): Promise<void> {
  await insert(
    db,
    "steps",
    batch.steps.map((step) => stepRow(run, step)),
    (rows) =>
      db
        .insertInto("workflow_steps")
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(["run_id", "path"]).doUpdateSet(({ ref }) => ({
            name: ref("excluded.name"),
            status: ref("excluded.status"),
            continued: ref("excluded.continued"),
            attempt: ref("excluded.attempt"),
            tries: ref("excluded.tries"),
            started_at: ref("excluded.started_at"),
            finished_at: ref("excluded.finished_at"),
            outputs: ref("excluded.outputs"),
            items: ref("excluded.items"),
            error: ref("excluded.error"),
          })),
        )
        .compile(),
  );
  await insert(
    db,
    "logs",
    batch.logs.map((log) => logRow(run, log)),
    (rows) => db.insertInto("step_logs").values(rows).compile(),
  );
  for (const { step, machine, pid, start } of batch.processes ?? []) {
    await db
      .insertInto("step_processes")
      .values({ run_id: run, step, machine, pid, start })
      .onConflict((conflict) => conflict.columns(["run_id", "step", "machine", "pid"]).doUpdateSet({ start }))
      .execute();
  }
  for (const wait of batch.waits) {
    const row = waitRow(wait);
    await db
      .insertInto("workflow_waits")
      .values(row)
      .onConflict((conflict) => conflict.columns(["run_id", "step"]).doUpdateSet(row))
      .execute();
  }
}

async function insert<Row extends object>(
  db: Db,
  table: string,
  rows: readonly Row[],
  compile: (rows: readonly Row[]) => CompiledQuery,
): Promise<void> {
  for (let start = 0; start < rows.length; start += chunkRows) {
    const chunk = rows.slice(start, start + chunkRows);
    // Sizes vary when many steps run at once: only the frequent ones are worth keeping.
    if (chunk.length > maxKept && chunk.length < chunkRows) {
      await db.executeQuery(compile(chunk));
      continue;
    }
    const key = `${table} ${chunk.length}`;
    let query = compiled.get(key);
    if (query === undefined) compiled.set(key, (query = compile(chunk)));
    await db.executeQuery({ ...query, parameters: chunk.flatMap((row) => Object.values(row) as unknown[]) });
  }
}

const maxKept = 8;

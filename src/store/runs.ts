/**
 * Workflow runs in the repository's local database, beside the history.
 *
 * A run belongs to one process at a time through its lease. Whatever a process writes of a run is written in one
 * transaction with a look at the lease, so that one that slept through its lease's end can change nothing.
 */
import type { CompiledQuery, Kysely } from "kysely";
import { exitCodes, Failure } from "../model/failure.ts";
import type { Clock } from "../model/system.ts";
import type { Plan } from "../model/workflow.ts";
import type { RunOwner, RunRecord, RunStore } from "../model/workflow-run.ts";
import { isFinished } from "../model/workflow-run.ts";
import { openDatabase } from "./open-database.ts";
import { forgetProcesses, selectLeft, selectProcesses } from "./run-processes.ts";
import { cancelTree, liveLease, makeRoom, runAhead, selectDue, selectResumable, timeUsed } from "./run-turns.ts";
import { logOf, runOf, stepOf, waitOf } from "./run-rows.ts";
import { writeBatch } from "./run-writer.ts";
import { type HistoryDatabase, historyFailure } from "./sqlite-database.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;

/** Without a way to tell, every process counts as alive. */
const anybody: RunOwner = { id: "", isAlive: () => true };

export interface RunsOptions {
  readonly clock: Pick<Clock, "now">;
  /** The database is full at so many pages. */
  readonly maxPages?: number;
}

/** Throws a Failure: CF601 (no database module), CF602 (locked, full, read-only…), CF603 (written by a newer CodeFlow). */
export async function openRuns(path: string, { clock, maxPages }: RunsOptions): Promise<RunStore> {
  const now = (): Date => clock.now();
  const notices: string[] = [];
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw historyFailure(path, error, "what the run had done so far is kept: mend that and resume it");
    }
  };
  const database: HistoryDatabase = await guarded(() => openDatabase(path, now, (notice) => void notices.push(notice)));
  const { db } = database;
  if (maxPages !== undefined) await limitPages(db, maxPages);
  const write = <Result>(work: (db: Db) => Promise<Result>): Promise<Result> => guarded(() => database.write(work));

  return {
    notices,
    create: (run, owner) =>
      write(async (tx) => {
        const at = now().toISOString();
        const { plan, parent } = run;
        const above = parent === undefined ? undefined : await selectRun(tx, parent.run);
        const group = plan.concurrency?.group;
        const added = await tx
          .insertInto("workflow_executions")
          .values({
            id: run.id,
            workflow_id: null,
            workflow_name: plan.workflow.name,
            workflow_path: plan.workflow.path,
            trigger: plan.event.name,
            event: null,
            inputs: JSON.stringify(plan.inputs),
            status: "queued",
            error: null,
            started_at: at,
            finished_at: null,
            parent_id: parent?.run ?? null,
            parent_step: parent?.step ?? null,
            root_id: above?.root ?? run.id,
            concurrency_group: group ?? null,
            outputs: null,
            cancel_requested_at: null,
            cancel_requested_by: null,
            depth: above === undefined ? 0 : above.depth + 1,
            used_ms: 0,
            seen_at: null,
          })
          .onConflict((conflict) => conflict.column("id").doNothing())
          .executeTakeFirst();
        if (added.numInsertedOrUpdatedRows !== 1n) return;
        await tx
          .insertInto("workflow_plans")
          .values({ run_id: run.id, plan: JSON.stringify(plan) })
          .execute();
        if (group !== undefined) {
          await makeRoom(tx, run.id, group, plan.concurrency?.cancelInProgress === true, owner ?? anybody, now());
        }
      }),
    claim: (id, owner, leaseMs) =>
      write(async (tx) => {
        const record = await selectRun(tx, id);
        if (record === undefined) return { kind: "absent" };
        if (isFinished(record.status)) return { kind: "finished", record };
        const lease = await liveLease(tx, id, owner, now());
        if (lease !== undefined) return { kind: "held", by: lease };
        if (record.group !== undefined) {
          const ahead = await runAhead(tx, record, record.group, owner, now());
          if (ahead !== undefined) return { kind: "behind", run: ahead };
        }
        const values = { owner: owner.id, expires_at: later(now(), leaseMs) };
        await tx
          .insertInto("workflow_leases")
          .values({ run_id: id, ...values })
          .onConflict((conflict) => conflict.column("run_id").doUpdateSet(values))
          .execute();
        await tx
          .updateTable("workflow_executions")
          .set({ status: "running", seen_at: now().toISOString() })
          .where("id", "=", id)
          .execute();
        const { plan } = await tx
          .selectFrom("workflow_plans")
          .select("plan")
          .where("run_id", "=", id)
          .executeTakeFirstOrThrow();
        const newest = await tx
          .selectFrom("step_logs")
          .select(({ fn }) => fn.max("sequence").as("sequence"))
          .where("run_id", "=", id)
          .executeTakeFirst();
        return {
          kind: "claimed",
          run: {
            record: { ...record, status: "running" },
            plan: JSON.parse(plan) as Plan,
            steps: await selectSteps(tx, id),
            waits: await selectWaits(tx, id),
            lastSequence: Number(newest?.sequence ?? 0),
            processes: [...(await selectProcesses(tx, id)), ...(await selectLeft(tx))],
          },
        };
      }),
    renew: (id, owner, leaseMs) =>
      write(async (tx) => {
        const renewed = await tx
          .updateTable("workflow_leases")
          .set({ expires_at: later(now(), leaseMs) })
          .where("run_id", "=", id)
          .where("owner", "=", owner.id)
          .executeTakeFirst();
        const isHeld = renewed.numUpdatedRows === 1n;
        if (isHeld)
          await tx
            .updateTable("workflow_executions")
            .set(await timeUsed(tx, id, now()))
            .where("id", "=", id)
            .execute();
        const cancelRequested = (await selectRun(tx, id))?.cancelRequested;
        return { isHeld, ...(cancelRequested === undefined ? {} : { cancelRequested }) };
      }),
    record: (id, owner, batch) =>
      write(async (tx) => {
        await assertHeld(tx, id, owner);
        await writeBatch(tx, id, batch);
      }),
    release: (id, owner, end) =>
      write(async (tx) => {
        await assertHeld(tx, id, owner);
        await tx.deleteFrom("workflow_leases").where("run_id", "=", id).execute();
        await tx.deleteFrom("step_processes").where("run_id", "=", id).execute();
        await tx
          .updateTable("workflow_executions")
          .set({
            status: end.status,
            error: end.error ?? null,
            outputs: end.outputs === undefined ? null : JSON.stringify(end.outputs),
            finished_at: isFinished(end.status) ? now().toISOString() : null,
            ...(await timeUsed(tx, id, now())),
            seen_at: null,
          })
          .where("id", "=", id)
          .execute();
      }),
    requestCancel: (id, by, owner) =>
      write(async (tx) => {
        const record = await selectRun(tx, id);
        if (record === undefined || isFinished(record.status)) return record?.status;
        const at = now().toISOString();
        if ((await liveLease(tx, id, owner ?? anybody, now())) === undefined) {
          await cancelTree(tx, id, by, at);
          return "cancelled";
        }
        await tx
          .updateTable("workflow_executions")
          .set({ cancel_requested_at: at, cancel_requested_by: by })
          .where("id", "=", id)
          .execute();
        return record.status;
      }),
    decide: (id, step, decision) =>
      write(async (tx) => {
        const decided = await tx
          .updateTable("workflow_waits")
          .set({
            approved: decision.approved ? 1 : 0,
            decided_by: decision.by,
            decided_at: decision.at,
            comment: decision.comment ?? null,
          })
          .where("run_id", "=", id)
          .where("step", "=", step)
          .where("kind", "=", "approval")
          .where("decided_at", "is", null)
          .where(({ exists, selectFrom }) =>
            exists(
              selectFrom("workflow_steps")
                .select("path")
                .where("run_id", "=", id)
                .where("path", "=", step)
                .where("status", "=", "waiting"),
            ),
          )
          .executeTakeFirst();
        return decided.numUpdatedRows === 1n;
      }),
    reopen: (id, steps) =>
      write(async (tx) => {
        const record = await selectRun(tx, id);
        if (record === undefined || !isFinished(record.status)) return false;
        for (let start = 0; start < steps.length; start += 500) {
          const paths = steps.slice(start, start + 500);
          await tx
            .updateTable("workflow_steps")
            .set({ status: "queued", continued: 0, finished_at: null, outputs: null, items: null, error: null })
            .where("run_id", "=", id)
            .where("path", "in", paths)
            .execute();
          await tx.deleteFrom("workflow_waits").where("run_id", "=", id).where("step", "in", paths).execute();
        }
        await tx
          .updateTable("workflow_executions")
          .set({
            status: "queued",
            error: null,
            outputs: null,
            finished_at: null,
            used_ms: 0,
            cancel_requested_at: null,
            cancel_requested_by: null,
          })
          .where("id", "=", id)
          .execute();
        return true;
      }),
    run: (id) =>
      guarded(async () => {
        const record = await selectRun(db, id);
        if (record === undefined) return undefined;
        const row = await db.selectFrom("workflow_plans").select("plan").where("run_id", "=", id).executeTakeFirst();
        const children = await db
          .selectFrom("workflow_executions")
          .select("id")
          .where("parent_id", "=", id)
          .orderBy("started_at")
          .orderBy("id")
          .execute();
        if (row === undefined) return undefined;
        return { record, plan: JSON.parse(row.plan) as Plan, children: children.map((child) => child.id) };
      }),
    left: () => guarded(() => selectLeft(db)),
    forget: (processes) => write((tx) => forgetProcesses(tx, processes)),
    steps: (id) => guarded(() => selectSteps(db, id)),
    waits: (id) => guarded(() => selectWaits(db, id)),
    logs: (id, { step, after } = {}) =>
      guarded(async () => {
        let query = db.selectFrom("step_logs").selectAll().where("run_id", "=", id);
        if (step !== undefined) query = query.where("step", "=", step);
        if (after !== undefined) query = query.where("sequence", ">", after);
        return (await query.orderBy("sequence").execute()).map(logOf);
      }),
    runs: ({ limit, status, workflow, idPrefix, withCalled }) =>
      guarded(async () => {
        let query = db.selectFrom("workflow_executions").selectAll();
        if (withCalled !== true) query = query.where("parent_id", "is", null);
        if (status !== undefined) query = query.where("status", "=", status);
        if (workflow !== undefined) query = query.where("workflow_name", "=", workflow);
        // A range, as LIKE differs between databases.
        if (idPrefix !== undefined) query = query.where("id", ">=", idPrefix).where("id", "<", `${idPrefix}~`);
        const rows = await query.orderBy("started_at", "desc").orderBy("id", "desc").limit(limit).execute();
        return rows.map(runOf);
      }),
    due: (root) =>
      guarded(async () => (await selectDue(db, now().toISOString(), root)).map(({ run, step }) => ({ run, step }))),
    resumable: (owner) => guarded(() => selectResumable(db, owner, now())),
    close: () => database.close(),
  };
}

async function limitPages(db: Db, pages: number): Promise<void> {
  const { sql } = await import("kysely");
  await sql`pragma max_page_count = ${sql.lit(pages)}`.execute(db);
}

async function selectRun(db: Db, id: string): Promise<RunRecord | undefined> {
  const row = await db.selectFrom("workflow_executions").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : runOf(row);
}

async function selectSteps(db: Db, id: string) {
  const rows = await db.selectFrom("workflow_steps").selectAll().where("run_id", "=", id).orderBy("position").execute();
  return rows.map(stepOf);
}

async function selectWaits(db: Db, id: string) {
  const rows = await db.selectFrom("workflow_waits").selectAll().where("run_id", "=", id).orderBy("step").execute();
  return rows.map(waitOf);
}

async function assertHeld(db: Db, id: string, owner: RunOwner): Promise<void> {
  // Asked with every write: built once.
  leaseQuery ??= db.selectFrom("workflow_leases").select("owner").where("run_id", "=", "").compile();
  const { rows } = await db.executeQuery<{ owner: string }>({ ...leaseQuery, parameters: [id] });
  if (rows[0]?.owner === owner.id) return;
  throw new Failure("CF610", "this run is another process's now", {
    why: "it did not hear of this one for longer than the lease lasts",
    exitCode: exitCodes.incomplete,
  });
}

let leaseQuery: CompiledQuery | undefined;

function later(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}

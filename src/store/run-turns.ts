/** Whose turn it is: leases, concurrency groups, who is cancelled with whom, what can go on, how much time was used. */
import type { Kysely } from "kysely";
import type { RunOwner, RunRecord } from "../model/workflow-run.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;
const over = ["succeeded", "failed", "cancelled"];

/** Who holds the lease; undefined when nobody does who still lives. */
export async function liveLease(db: Db, id: string, owner: RunOwner, now: Date): Promise<string | undefined> {
  const lease = await db.selectFrom("workflow_leases").selectAll().where("run_id", "=", id).executeTakeFirst();
  const isLive = lease !== undefined && lease.expires_at > now.toISOString() && owner.isAlive(lease.owner);
  return isLive ? lease.owner : undefined;
}

/** Another run of the group that goes on or waits. One that a dead process left blocks nobody. */
export async function runAhead(
  db: Db,
  record: RunRecord,
  group: string,
  owner: RunOwner,
  now: Date,
): Promise<string | undefined> {
  const others = await db
    .selectFrom("workflow_executions")
    .select(["id", "status"])
    .where("concurrency_group", "=", group)
    .where("status", "in", ["running", "waiting"])
    .where("id", "!=", record.id)
    .execute();
  for (const { id, status } of others) {
    if (status === "waiting" || (await liveLease(db, id, owner, now)) !== undefined) return id;
  }
  return undefined;
}

/** The newest run of a group waits alone. */
export async function makeRoom(
  db: Db,
  id: string,
  group: string,
  cancelInProgress: boolean,
  owner: RunOwner,
  now: Date,
): Promise<void> {
  const by = `a newer run of the group ${group}`;
  const at = now.toISOString();
  const others = await db
    .selectFrom("workflow_executions")
    .select(["id", "status"])
    .where("concurrency_group", "=", group)
    .where("status", "not in", over)
    .where("id", "!=", id)
    .execute();
  for (const other of others) {
    const isHeld = (await liveLease(db, other.id, owner, now)) !== undefined;
    if (other.status === "queued" || (cancelInProgress && !isHeld)) await cancelTree(db, other.id, by, at);
    else if (cancelInProgress) {
      await db
        .updateTable("workflow_executions")
        .set({ cancel_requested_at: at, cancel_requested_by: by })
        .where("id", "=", other.id)
        .execute();
    }
  }
}

/** A run that nobody runs, the runs that it called, and their steps that were not done. */
export async function cancelTree(db: Db, id: string, by: string, at: string): Promise<void> {
  for (const run of await selectTree(db, id)) {
    await db
      .updateTable("workflow_steps")
      .set({ status: "cancelled", finished_at: at, error: `cancelled by ${by}` })
      .where("run_id", "=", run.id)
      .where("status", "in", ["queued", "running", "waiting"])
      .execute();
    await db
      .updateTable("workflow_executions")
      .set({ status: "cancelled", error: `cancelled by ${by}`, finished_at: at })
      .where("id", "=", run.id)
      .execute();
    await db.deleteFrom("workflow_leases").where("run_id", "=", run.id).execute();
  }
}

/** Not over: the run itself, and those that it called, directly or through others. */
async function selectTree(db: Db, id: string): Promise<readonly { readonly id: string }[]> {
  const of = await db.selectFrom("workflow_executions").select("root_id").where("id", "=", id).executeTakeFirst();
  const family = await db
    .selectFrom("workflow_executions")
    .select(["id", "parent_id", "status", "depth"])
    .where("root_id", "=", of?.root_id ?? id)
    .orderBy("depth")
    .execute();
  const within = new Set([id]);
  for (const run of family) if (run.parent_id !== null && within.has(run.parent_id)) within.add(run.id);
  return family.filter((run) => within.has(run.id) && !over.includes(run.status));
}

export async function selectDue(
  db: Db,
  at: string,
  root?: string,
): Promise<readonly { readonly run: string; readonly step: string; readonly root: string | null }[]> {
  let query = db
    .selectFrom("workflow_waits")
    .innerJoin("workflow_executions as execution", "execution.id", "workflow_waits.run_id")
    .innerJoin("workflow_steps", (join) =>
      join
        .onRef("workflow_steps.run_id", "=", "workflow_waits.run_id")
        .onRef("workflow_steps.path", "=", "workflow_waits.step"),
    )
    .leftJoin("workflow_executions as child", "child.id", "workflow_waits.child")
    .select(["workflow_waits.run_id as run", "workflow_waits.step as step", "execution.root_id as root"])
    .where("workflow_steps.status", "=", "waiting")
    .where(({ or, and, eb }) =>
      or([
        // A called run that waited and was cancelled from elsewhere: its caller waits for nothing any more.
        and([eb("workflow_waits.kind", "=", "run"), eb("child.status", "in", over)]),
        and([eb("workflow_waits.kind", "!=", "run"), or([eb("until", "<=", at), eb("decided_at", "is not", null)])]),
      ]),
    );
  if (root !== undefined) query = query.where("execution.root_id", "=", root);
  return query.orderBy("workflow_waits.run_id").orderBy("workflow_waits.step").execute();
}

export async function selectResumable(db: Db, owner: RunOwner, now: Date): Promise<readonly string[]> {
  const at = now.toISOString();
  const open = await db
    .selectFrom("workflow_executions")
    .select(["id", "status"])
    .where("parent_id", "is", null)
    .where("status", "not in", over)
    .orderBy("started_at")
    .orderBy("id")
    .execute();
  const done = new Set((await selectDue(db, at)).map(({ root }) => root));
  const result: string[] = [];
  for (const { id, status } of open) {
    if (status === "waiting" ? done.has(id) : (await liveLease(db, id, owner, now)) === undefined) result.push(id);
  }
  return result;
}

/** Time since the last sign of life, added to what was used before. */
export async function timeUsed(
  db: Db,
  id: string,
  now: Date,
): Promise<{ readonly used_ms: number; readonly seen_at: string }> {
  const row = await db
    .selectFrom("workflow_executions")
    .select(["used_ms", "seen_at"])
    .where("id", "=", id)
    .executeTakeFirst();
  // A clock that was set back takes nothing away.
  const more = row?.seen_at == null ? 0 : Math.max(0, now.getTime() - Date.parse(row.seen_at));
  return { used_ms: (row?.used_ms ?? 0) + more, seen_at: now.toISOString() };
}

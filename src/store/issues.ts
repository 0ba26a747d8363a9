/** The ledger of tracker issues in the repository's local database, beside the history. */
import type { Category } from "../model/finding.ts";
import type { IssueLedger, LedgerState, StoredIssue } from "../model/issue-ledger.ts";
import type { Clock } from "../model/system.ts";
import type { Priority } from "../model/tracker.ts";
import { openDatabase } from "./open-database.ts";
import { type HistoryDatabase, historyFailure } from "./sqlite-database.ts";
import type { IssuesTable } from "./tables.ts";
import { uuidv7 } from "./uuid.ts";

/** Throws a Failure: CF601 (no database module), CF602 (locked, full, read-only…), CF603 (written by a newer CodeFlow). */
export async function openIssues(
  path: string,
  { clock }: { readonly clock: Pick<Clock, "now"> },
): Promise<IssueLedger> {
  const notices: string[] = [];
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw historyFailure(path, error, "mend that and run it again: issues are found again by their markers");
    }
  };
  const database: HistoryDatabase = await guarded(() =>
    openDatabase(
      path,
      () => clock.now(),
      (notice) => void notices.push(notice),
    ),
  );
  return {
    notices,
    issues: (filter = {}) =>
      guarded(async () => {
        let query = database.db.selectFrom("issues").selectAll().orderBy("created_at").orderBy("id");
        if (filter.tracker !== undefined) query = query.where("tracker", "=", filter.tracker);
        if (filter.project !== undefined) query = query.where("project", "=", filter.project);
        return (await query.execute()).map(issueOf);
      }),
    put: (entry) =>
      guarded(() =>
        database.write(async (tx) => {
          const now = clock.now();
          const at = now.toISOString();
          const values = {
            external_id: entry.externalId,
            url: entry.url,
            title: entry.title,
            state: entry.state,
            state_reason: entry.reason ?? null,
            category: entry.category,
            priority: entry.priority,
            updated_at: at,
          };
          await tx
            .insertInto("issues")
            .values({
              id: uuidv7(now),
              fingerprint_group: entry.group,
              tracker: entry.tracker,
              project: entry.project,
              ...values,
              created_at: at,
              closed_at: entry.state === "closed" ? at : null,
            })
            .onConflict((conflict) =>
              conflict.columns(["tracker", "project", "fingerprint_group"]).doUpdateSet((eb) => ({
                ...values,
                // Since when, not when it was last looked at.
                closed_at: entry.state === "closed" ? eb.fn.coalesce("issues.closed_at", eb.val(at)) : null,
              })),
            )
            .execute();
        }),
      ),
    remove: ({ tracker, project, group }) =>
      guarded(() =>
        database.write(async (tx) => {
          await tx
            .deleteFrom("issues")
            .where("tracker", "=", tracker)
            .where("project", "=", project)
            .where("fingerprint_group", "=", group)
            .execute();
        }),
      ),
    close: () => database.close(),
  };
}

function issueOf(row: IssuesTable): StoredIssue {
  return {
    tracker: row.tracker,
    project: row.project,
    group: row.fingerprint_group,
    externalId: row.external_id,
    url: row.url,
    title: row.title,
    state: row.state as LedgerState,
    ...(row.state_reason === null ? {} : { reason: row.state_reason }),
    category: row.category as Category,
    priority: row.priority as Priority,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
  };
}

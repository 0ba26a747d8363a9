/** The ledger of notices in the repository's local database. */
import type { Kysely } from "kysely";
import type { KeptNotice, NoticeLedger, NoticePlace } from "../model/notice-ledger.ts";
import type { Notice } from "../model/notifier.ts";
import type { Clock, Log } from "../model/system.ts";
import { processOwner } from "../system/process-owner.ts";
import { openDatabase } from "./open-database.ts";
import { historyFailure } from "./sqlite-database.ts";
import type { Tables } from "./tables.ts";
import { uuidv7 } from "./uuid.ts";

const claimMs = 120_000;
/** The list is for a person to look at; nobody looks at more. */
const mostKept = 1_000;

export async function openNotices(
  path: string,
  { clock, log }: { readonly clock: Pick<Clock, "now">; readonly log: Pick<Log, "warn"> },
): Promise<NoticeLedger> {
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw historyFailure(path, error, "nothing was sent: without the ledger it might be said twice");
    }
  };
  const now = (): Date => clock.now();
  const owner = processOwner();
  const database = await guarded(() => openDatabase(path, now, (notice) => log.warn(notice)));
  const write = <Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> =>
    guarded(() => database.write(work));
  const at = (tx: Kysely<Tables>, place: NoticePlace) =>
    tx
      .updateTable("notices")
      .where("channel", "=", place.channel)
      .where("target", "=", place.target)
      .where("key", "=", place.key);
  const keptAt = (tx: Kysely<Tables>, place: NoticePlace) =>
    tx
      .deleteFrom("notice_outbox")
      .where("channel", "=", place.channel)
      .where("target", "=", place.target)
      .where("key", "=", place.key);
  return {
    claim: (place, digest, thread) =>
      write(async (tx) => {
        const moment = now();
        const until = new Date(moment.getTime() + claimMs).toISOString();
        const { channel, target, key } = place;
        const rows = tx.selectFrom("notices").where("channel", "=", channel).where("target", "=", target);
        const before = await rows.where("key", "=", key).selectAll().executeTakeFirst();
        const isClaimed = before?.claimed_until != null && before.claimed_until > moment.toISOString();
        if (isClaimed && owner.isAlive(before.claimed_by ?? "")) return { kind: "busy" };
        if (before?.reference != null && before.digest === digest) {
          await keptAt(tx, place).execute();
          return { kind: "unchanged", reference: before.reference };
        }
        const claim = { claimed_until: until, claimed_by: owner.id, thread: thread ?? null };
        if (before === undefined) {
          const none = { digest: null, reference: null, first_sent_at: null };
          const noAttempt = { attempt: null, attempt_digest: null, attempt_at: null };
          await tx
            .insertInto("notices")
            .values({ ...place, ...none, ...noAttempt, ...claim })
            .execute();
        } else {
          await at(tx, place).set(claim).execute();
        }
        const root =
          thread === undefined
            ? undefined
            : await rows
                .where("thread", "=", thread)
                .where("key", "<>", key)
                .where("reference", "is not", null)
                .orderBy("first_sent_at")
                .select("reference")
                .executeTakeFirst();
        const { attempt, attempt_digest, attempt_at } = before ?? {};
        return {
          kind: "mine",
          before: before?.reference ?? undefined,
          threadRoot: root?.reference ?? undefined,
          unsure:
            attempt == null || attempt_digest == null || attempt_at == null
              ? undefined
              : { id: attempt, digest: attempt_digest, at: attempt_at },
        };
      }),
    begin: (place, { id, digest }) =>
      write(async (tx) => {
        await at(tx, place)
          // Of a sending that is repeated, the first time counts: from then on it is looked for.
          .set(({ eb, ref, val }) => ({
            attempt: id,
            attempt_digest: digest,
            attempt_at: eb
              .case()
              .when("attempt", "=", id)
              .then(ref("attempt_at"))
              .else(val<string | null>(now().toISOString()))
              .end(),
          }))
          .execute();
      }),
    settle: (place, digest, reference) =>
      write(async (tx) => {
        const moment = now().toISOString();
        const { channel, target, key } = place;
        const row = await tx
          .selectFrom("notices")
          .where("channel", "=", channel)
          .where("target", "=", target)
          .where("key", "=", key)
          .select("claimed_until")
          .executeTakeFirst();
        const claimedAt = new Date(Date.parse(row?.claimed_until ?? moment) - claimMs).toISOString();
        // A text that came while this one was on its way is newer: it stays.
        await keptAt(tx, place)
          .where((eb) => eb.or([eb("digest", "=", digest), eb("updated_at", "<=", claimedAt)]))
          .execute();
        await at(tx, place)
          .set(({ fn, val }) => ({
            digest,
            reference,
            claimed_until: null,
            claimed_by: null,
            attempt: null,
            attempt_digest: null,
            attempt_at: null,
            first_sent_at: fn.coalesce("first_sent_at", val(moment)),
          }))
          .execute();
      }),
    release: (place, isRefused) =>
      write(async (tx) => {
        const none = { attempt: null, attempt_digest: null, attempt_at: null };
        await at(tx, place)
          .set({ claimed_until: null, claimed_by: null, ...(isRefused ? none : {}) })
          .execute();
      }),
    keep: ({ state, channel, target, notice, reason, digest }) =>
      write(async (tx) => {
        const moment = now();
        const time = moment.toISOString();
        const values = { state, notice: JSON.stringify(notice), digest, reason, updated_at: time };
        const tried = state === "failed" ? 1 : 0;
        await tx
          .insertInto("notice_outbox")
          .values({ id: uuidv7(moment), channel, target, key: notice.key, ...values, attempts: tried, at: time })
          .onConflict((conflict) =>
            conflict.columns(["channel", "target", "key"]).doUpdateSet(({ eb }) => ({
              ...values,
              attempts: eb("notice_outbox.attempts", "+", tried),
            })),
          )
          .execute();
        const newest = tx
          .selectFrom("notice_outbox")
          .select("id")
          .orderBy("updated_at", "desc")
          .orderBy("id", "desc")
          .limit(mostKept);
        await tx.deleteFrom("notice_outbox").where("id", "not in", newest).execute();
      }),
    kept: (state) =>
      guarded(async () => {
        const rows = database.db.selectFrom("notice_outbox").selectAll().orderBy("at").orderBy("id");
        const found = await (state === undefined ? rows : rows.where("state", "=", state)).execute();
        return found.map(keptOf);
      }),
    drop: (ids) =>
      write(async (tx) => {
        if (ids.length === 0) return 0;
        const { numDeletedRows } = await tx.deleteFrom("notice_outbox").where("id", "in", ids).executeTakeFirst();
        return Number(numDeletedRows);
      }),
    close: () => database.close(),
  };
}

function keptOf(row: Tables["notice_outbox"]): KeptNotice {
  const { id, state, channel, target, notice, reason, attempts, at: since, updated_at: updatedAt } = row;
  return { id, state, channel, target, notice: JSON.parse(notice) as Notice, reason, attempts, since, updatedAt };
}

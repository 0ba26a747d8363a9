/** The ledger of notices in the repository's local database. */
import type { Kysely } from "kysely";
import type { NoticeLedger, NoticePlace } from "../model/notice-ledger.ts";
import type { Clock, Log } from "../model/system.ts";
import { openDatabase } from "./open-database.ts";
import { historyFailure } from "./sqlite-database.ts";
import type { Tables } from "./tables.ts";
import { uuidv7 } from "./uuid.ts";

const claimMs = 120_000;
/** The list is for a person to look at; nobody looks at more. */
const keptDeadLetters = 1_000;

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
  const database = await guarded(() => openDatabase(path, now, (notice) => log.warn(notice)));
  const write = <Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> =>
    guarded(() => database.write(work));
  const at = (tx: Kysely<Tables>, place: NoticePlace) =>
    tx
      .updateTable("notices")
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
        if (before?.claimed_until != null && before.claimed_until > moment.toISOString()) return { kind: "busy" };
        if (before?.reference != null && before.digest === digest) {
          return { kind: "unchanged", reference: before.reference };
        }
        if (before === undefined) {
          const none = { digest: null, reference: null, first_sent_at: null };
          await tx
            .insertInto("notices")
            .values({ ...place, ...none, thread: thread ?? null, claimed_until: until })
            .execute();
        } else {
          await at(tx, place)
            .set({ claimed_until: until, thread: thread ?? null })
            .execute();
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
        return { kind: "mine", before: before?.reference ?? undefined, threadRoot: root?.reference ?? undefined };
      }),
    settle: (place, digest, reference) =>
      write(async (tx) => {
        const moment = now().toISOString();
        await at(tx, place)
          .set(({ fn, val }) => ({
            digest,
            reference,
            claimed_until: null,
            first_sent_at: fn.coalesce("first_sent_at", val(moment)),
          }))
          .execute();
      }),
    release: (place) =>
      write(async (tx) => {
        await at(tx, place).set({ claimed_until: null }).execute();
      }),
    addDeadLetter: (letter) =>
      write(async (tx) => {
        const moment = now();
        await tx
          .insertInto("notice_dead_letters")
          .values({ ...letter, id: uuidv7(moment), at: moment.toISOString() })
          .execute();
        const newest = tx
          .selectFrom("notice_dead_letters")
          .select("id")
          .orderBy("at", "desc")
          .orderBy("id", "desc")
          .limit(keptDeadLetters);
        await tx.deleteFrom("notice_dead_letters").where("id", "not in", newest).execute();
      }),
    deadLetters: (limit) =>
      guarded(() =>
        database.db
          .selectFrom("notice_dead_letters")
          .selectAll()
          .orderBy("at", "desc")
          .orderBy("id", "desc")
          .limit(limit)
          .execute(),
      ),
    close: () => database.close(),
  };
}

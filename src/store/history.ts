/**
 * The history of runs in the repository's local database.
 *
 * Lifetimes are kept per branch, by runs of every scope, each saying something only about the files and analyzers that it
 * covered. A finding first seen on a branch inherits its age from other branches. Runs on a detached HEAD are recorded
 * and plotted but move no lifetimes, as their commits need not follow one another; outside git there is one nameless
 * branch.
 */
import { dirname } from "node:path";
import { Failure } from "../model/failure.ts";
import type { HistoryStore } from "../model/store.ts";
import type { Clock, Log } from "../model/system.ts";
import { coverageOf } from "./coverage.ts";
import { sqliteCode } from "./driver.ts";
import {
  forgetOld,
  selectAnalyzerDurations,
  selectLifetimes,
  selectMetricNames,
  selectRun,
  selectRuns,
  selectTrend,
} from "./history-queries.ts";
import { isBroken, openDatabase, openMigrated, setBrokenAside } from "./open-database.ts";
import { packFindings, recordRun } from "./record-run.ts";
import { drainSpool } from "./spool.ts";
import { type HistoryDatabase, historyFailure } from "./sqlite-database.ts";

export interface HistoryOptions {
  readonly log: Log;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Opens (or begins) the history and takes in the runs that wait in the spool beside it. A broken file is moved aside and a
 * fresh one begun, told in `notices`. Throws a Failure: CF601 (no database module), CF602 (locked, full, read-only…),
 * CF603 (written by a newer CodeFlow).
 */
export async function openHistory(path: string, { log, clock }: HistoryOptions): Promise<HistoryStore> {
  const now = (): Date => clock.now();
  const notices: string[] = [];
  let closed = false;
  let replaced = false;
  const onReplaced = (notice: string): void => void notices.push(notice);
  /** Once more on a fresh file when this one turns out to be broken. */
  const using = async <Result>(work: (database: HistoryDatabase) => Promise<Result>): Promise<Result> => {
    try {
      return await work(database);
    } catch (error) {
      if (!isBroken(error) || replaced || closed) throw historyFailure(path, error);
      const { identity } = database;
      try {
        await database.close();
        replaced = true;
        setBrokenAside(path, identity, error, now, onReplaced);
        database = await openMigrated(path, now);
        return await work(database);
      } catch (second) {
        throw historyFailure(path, second);
      }
    }
  };

  let database: HistoryDatabase;
  try {
    database = await openDatabase(path, now, (notice) => {
      replaced = true;
      onReplaced(notice);
    });
  } catch (error) {
    throw historyFailure(path, error);
  }

  const store: HistoryStore = {
    notices,
    async recordRun(run, coverage) {
      // Before the lock is taken: compressing takes longer than writing.
      const packed = await packFindings(run.findings);
      await using((opened) =>
        opened.write(async (db) => {
          if (await recordRun(db, run, coverage, packed)) await forgetOld(db, now());
        }),
      );
    },
    runs: (request) => using(({ db }) => selectRuns(db, request)),
    run: (id) => using(({ db }) => selectRun(db, id)),
    lifetimes: (request) => using(({ db }) => selectLifetimes(db, request)),
    trend: (request) => using(({ db }) => selectTrend(db, request)),
    metricNames: (request) => using(({ db }) => selectMetricNames(db, request)),
    analyzerDurations: () => using(({ db }) => selectAnalyzerDurations(db)),
    async close() {
      if (closed) return;
      closed = true;
      await database.close();
    },
  };

  try {
    await drainSpool(
      dirname(path),
      async ({ run, coveredPaths }) => {
        try {
          await store.recordRun(run, coverageOf(run, coveredPaths));
        } catch (error) {
          if (!isRunAtFault(error)) throw error;
          // One run that cannot be stored must not keep the others waiting for ever.
          notices.push(`the run of ${run.startedAt} could not be taken into the history`);
          log.debug(`history: run ${run.id}: ${String((error as Failure).cause)}`);
        }
      },
      { log, now },
    );
  } catch (error) {
    // What is there can still be read; the waiting runs keep waiting.
    const failure = historyFailure(path, error);
    notices.push(`earlier runs could not be taken into the history (${failure.why ?? failure.message})`);
    log.debug(`history: ${error instanceof Failure ? String(error.cause) : String(error)}`);
  }
  return store;
}

/** The database is fine, the run is not: a value of the wrong kind, or too large. */
function isRunAtFault(error: unknown): boolean {
  const cause = error instanceof Failure ? error.cause : error;
  const code = sqliteCode(cause) ?? "";
  return cause instanceof TypeError || /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(code);
}

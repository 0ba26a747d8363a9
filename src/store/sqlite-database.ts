/** The history's database on SQLite: opening, write transactions, and which failures mean that the file is broken. */
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { CompiledQuery, Kysely } from "kysely";
import { exitCodes, Failure } from "../model/failure.ts";
import { fileIdentity } from "./broken-file.ts";
import { firstLine, isBusy, loadSqlite, sqliteCode } from "./driver.ts";
import type { Tables } from "./tables.ts";

/** "CFhi": tells our file from somebody else's. */
const applicationId = 0x43466869;
/** A run is recorded in well under a second; who waits longer than this waits for something that hangs. */
const busyTimeoutMs = 3_000;

/** Everything that a query needs; Postgres will fill the same shape. */
export interface HistoryDatabase {
  readonly db: Kysely<Tables>;
  /** One transaction that holds the write lock from its start, so that it never has to be given up half-way. */
  write<Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** Of the file, to tell later whether it is still the one that was opened. */
  readonly identity: string | undefined;
  close(): Promise<void>;
}

/** The file belongs to another program. */
export class ForeignDatabase extends Error {}

export async function openSqlite(path: string): Promise<HistoryDatabase> {
  return inTurn(path, () => openNow(path));
}

/**
 * SQLite waits for a lock by stopping the whole process. If it is this very process that holds it, through another
 * connection, nobody is left to give it up: what takes the lock is done one after another.
 */
async function inTurn<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const key = resolve(path);
  const before = turns.get(key);
  const mine = (async () => {
    await before;
    return work();
  })();
  const done = mine.then(
    () => undefined,
    () => undefined,
  );
  turns.set(key, done);
  try {
    return await mine;
  } finally {
    if (turns.get(key) === done) turns.delete(key);
  }
}

/** The last one in the queue, by file. */
const turns = new Map<string, Promise<void>>();

async function openNow(path: string): Promise<HistoryDatabase> {
  const Sqlite = loadSqlite();
  const { CompiledQuery, Kysely, SqliteDialect } = await import("kysely");
  mkdirSync(dirname(path), { recursive: true });
  const database = new Sqlite(path, { timeout: busyTimeoutMs });
  try {
    const id = database.pragma("application_id", { simple: true });
    if (id !== applicationId) {
      const tables = database.prepare("select count(*) from sqlite_master").pluck().get() as number;
      if (tables > 0) throw new ForeignDatabase("it belongs to another program");
      database.pragma(`application_id = ${applicationId}`);
    }
    if (database.pragma("journal_mode", { simple: true }) !== "wal")
      switchToWal(() => database.pragma("journal_mode = wal"));
    // With write-ahead logging this loses at most the last runs on a power cut, and never the file.
    database.pragma("synchronous = normal");
    database.pragma("foreign_keys = on");
  } catch (error) {
    database.close();
    throw error;
  }
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({
      database: { close: () => database.close(), prepare: rememberStatements((text) => database.prepare(text)) },
    }),
  });
  const [begin, commit, rollback] = ["begin immediate", "commit", "rollback"].map((text) =>
    CompiledQuery.raw(text),
  ) as [CompiledQuery, CompiledQuery, CompiledQuery];
  return {
    db,
    identity: fileIdentity(path),
    write: (work) =>
      inTurn(path, () =>
        db.connection().execute(async (connection) => {
          await connection.executeQuery(begin);
          try {
            const result = await work(connection);
            await connection.executeQuery(commit);
            return result;
          } catch (error) {
            // SQLite itself ends the transaction on a full disk.
            if (database.inTransaction) await connection.executeQuery(rollback);
            throw error;
          }
        }),
      ),
    async close() {
      await db.destroy();
      // Kysely closes only what it has used.
      if (database.open) database.close();
    },
  };
}

/** Preparing a statement takes longer than most of them run; the same few come again and again. */
function rememberStatements<Statement>(prepare: (text: string) => Statement): (text: string) => Statement {
  const known = new Map<string, Statement>();
  return (text) => {
    let statement = known.get(text);
    if (statement === undefined) {
      statement = prepare(text);
      if (known.size >= maxStatements) known.clear();
      known.set(text, statement);
    }
    return statement;
  };
}

const maxStatements = 100;

/** Two processes that make the file at once: the switch, unlike everything else, does not wait for its turn. */
function switchToWal(attempt: () => void): void {
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      attempt();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** What the person is told when the history cannot be used; failures pass through. */
export function historyFailure(
  path: string,
  error: unknown,
  next = "the verdict is not affected; this run is not in the history until that is mended",
): Failure {
  if (error instanceof Failure) return error;
  return new Failure("CF602", `the history ${path} cannot be used`, {
    why: reason(error),
    next,
    exitCode: exitCodes.incomplete,
    cause: error,
  });
}

function reason(error: unknown): string {
  if (isBusy(error)) return "another process holds it locked";
  const code = sqliteCode(error) ?? (error as NodeJS.ErrnoException | null)?.code ?? "";
  if (code === "SQLITE_FULL" || code === "ENOSPC") return "the disk is full";
  if (code.startsWith("SQLITE_READONLY") || code === "EROFS" || code === "EACCES") return "it cannot be written to";
  return firstLine(error);
}

/** Loads the native SQLite driver when it is first needed, and says what to do when it cannot be loaded. */
import { createRequire } from "node:module";
import type Sqlite from "better-sqlite3";
import { exitCodes, Failure } from "../model/failure.ts";

export type SqliteDatabase = Sqlite.Database;
export type SqliteConstructor = new (file: string, options?: Sqlite.Options) => SqliteDatabase;

let loaded: SqliteConstructor | undefined;

/**
 * Synchronous, because the result cache is opened on the path where every millisecond counts. Throws Failure CF601 when
 * the package or its compiled part is missing or does not fit this Node.
 */
export function loadSqlite(): SqliteConstructor {
  if (loaded !== undefined) return loaded;
  try {
    const constructor = createRequire(import.meta.url)("better-sqlite3") as SqliteConstructor;
    // The compiled part is loaded by the first database, so only opening one shows that it is there.
    new constructor(":memory:").close();
    loaded = constructor;
    return constructor;
  } catch (error) {
    throw new Failure("CF601", "the database module better-sqlite3 cannot be loaded", {
      why: firstLine(error),
      next: "reinstall CodeFlow's packages with this Node version (npm ci, or npm rebuild better-sqlite3)",
      exitCode: exitCodes.incomplete,
      cause: error,
    });
  }
}

/** One sentence for a log or a notice. */
export function sentence(failure: Failure): string {
  const why = failure.why === undefined ? "" : ` (${failure.why})`;
  const next = failure.next === undefined ? "" : `; ${failure.next}`;
  return `${failure.message}${why}${next}`;
}

/** The result code of a SQLite error (`SQLITE_BUSY`), undefined for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("SQLITE_") ? code : undefined;
}

/** Whether the file itself is at fault: broken, or not a database. */
export function isCorruption(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB");
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith("SQLITE_BUSY") ?? false;
}

export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}

/**
 * The result cache on disk: one SQLite table of key and value in the repository's CodeFlow directory.
 *
 * Nothing here may cost a verdict: whatever is wrong with the database (broken, locked, full, read-only, missing module)
 * is told once and then behaves as an empty cache, and a value whose checksum does not fit its key reads as absent.
 *
 * Values are kept as they are. Deflate was measured on 10 kB of project facts: it halves them for 95 µs in and 62 µs
 * out each, which is a second of every warm run over 14,000 files to save 70 MB of disk.
 */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { Failure } from "../model/failure.ts";
import type { ResultCache } from "../model/store.ts";
import type { Log } from "../model/system.ts";
import { fileIdentity, moveAside } from "./broken-file.ts";
import { dayLength, dayOf } from "./days.ts";
import { firstLine, isBusy, isCorruption, loadSqlite, sentence, type SqliteDatabase } from "./driver.ts";
import { memoryCache } from "./memory-cache.ts";

/** The layout is part of the name: an older and a newer CodeFlow in one repository leave each other alone. */
const fileName = "results-1.db";
const layoutVersion = 1;
/** "CFlw": tells our file from somebody else's database of the same name. */
const applicationId = 0x43466c77;
/** How long to wait for another process's write. A lost write costs time only, so does waiting. */
const busyTimeoutMs = 1_000;
const checksumBytes = 4;
/** SQLite refuses rows near 1 GB; nothing sensible is a tenth of this. */
const maxValueBytes = 64 * 1024 * 1024;

export interface ResultCacheOptions {
  readonly log: Log;
  readonly now?: () => Date;
}

/** `directory` is made if needed. Never throws; without a usable database every key is simply absent. */
export function openResultCache(directory: string, options: ResultCacheOptions): ResultCache {
  try {
    loadSqlite();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    options.log.warn(sentence(error));
    return memoryCache(options.now);
  }
  return new SqliteResultCache(directory, options);
}

/** Not one of ours, or not whole. */
class ForeignFile extends Error {}

type Row = [value: Buffer, used: number];

class SqliteResultCache implements ResultCache {
  readonly #file: string;
  readonly #log: Log;
  readonly #now: () => Date;
  #database: SqliteDatabase | undefined;
  /** Of the file that `#database` was opened on. */
  #identity: string | undefined;
  #writable = true;
  #warned = false;
  #rebuilt = false;
  /** Keys that were used and whose day of last use is to be moved forward when the cache closes. */
  readonly #touched = new Set<string>();

  constructor(directory: string, { log, now }: ResultCacheOptions) {
    this.#file = join(directory, fileName);
    this.#log = log;
    this.#now = now ?? (() => new Date());
    try {
      mkdirSync(directory, { recursive: true });
      this.#open();
    } catch (error) {
      this.#trouble(error);
    }
  }

  getMany(keys: readonly string[]): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    if (keys.length === 0) return found;
    this.#attempt(false, undefined, (database) => {
      const today = dayOf(this.#now());
      const get = database.prepare<[string], Row>("select value, used from results where key = ?").raw();
      let broken = 0;
      // One read transaction: without it every lookup would lock and unlock the file.
      database.exec("begin");
      try {
        // In key order neighbouring lookups share pages: 14,000 of 100,000 keys in 40 ms instead of 60.
        for (const key of [...keys].sort()) {
          const row = get.get(key);
          if (row === undefined) continue;
          const value = unseal(key, row[0]);
          if (value === undefined) {
            broken++;
            continue;
          }
          found.set(key, value);
          if (row[1] < today) this.#touched.add(key);
        }
      } finally {
        if (database.inTransaction) database.exec("rollback");
      }
      if (broken > 0) this.#log.debug(`result cache: ${broken} broken entries were ignored`);
    });
    return found;
  }

  putMany(entries: Iterable<readonly [key: string, value: Uint8Array]>): void {
    const rows = [...entries].filter(([, value]) => value.length <= maxValueBytes);
    if (rows.length === 0 || !this.#writable) return;
    this.#attempt(true, undefined, (database) => {
      const today = dayOf(this.#now());
      const put = database.prepare<[string, Buffer, number]>(
        "insert into results (key, value, used) values (?, ?, ?)" +
          " on conflict (key) do update set value = excluded.value, used = excluded.used",
      );
      this.#write(database, () => {
        for (const [key, value] of rows) {
          put.run(key, seal(key, value), today);
          this.#touched.delete(key);
        }
      });
    });
  }

  stats(): { bytes: number; entries: number; oldestUse: Date | undefined } {
    return this.#attempt(false, { bytes: 0, entries: 0, oldestUse: undefined }, (database) => {
      const [entries, oldest] = database.prepare("select count(*), min(used) from results").raw().get() as [
        number,
        number | null,
      ];
      let bytes = 0;
      for (const suffix of ["", "-wal"]) bytes += statSync(this.#file + suffix, { throwIfNoEntry: false })?.size ?? 0;
      return { bytes, entries, oldestUse: oldest === null ? undefined : new Date(oldest * dayLength) };
    });
  }

  prune({ unusedSince, maxBytes }: { unusedSince?: Date; maxBytes?: number }): number {
    this.#flushTouched();
    if (!this.#writable) return 0;
    return this.#attempt(true, 0, (database) => {
      let removed = 0;
      this.#write(database, () => {
        if (unusedSince !== undefined) {
          removed += database.prepare("delete from results where used < ?").run(dayOf(unusedSince)).changes;
        }
        if (maxBytes !== undefined) removed += removeOldest(database, maxBytes);
      });
      if (removed > 0) {
        database.exec("vacuum");
        database.pragma("wal_checkpoint(truncate)");
      }
      return removed;
    });
  }

  close(): void {
    this.#flushTouched();
    this.#drop();
  }

  /** Moves the day of last use forward, all keys in one go, at most once a day each: the reading path stays read-only. */
  #flushTouched(): void {
    if (this.#touched.size === 0 || !this.#writable) return;
    const keys = [...this.#touched];
    this.#touched.clear();
    this.#attempt(true, undefined, (database) => {
      const today = dayOf(this.#now());
      const touch = database.prepare<[number, string, number]>(
        "update results set used = ? where key = ? and used < ?",
      );
      try {
        this.#write(database, () => {
          for (const key of keys) touch.run(today, key, today);
        });
      } catch (error) {
        // Somebody else is writing: the day moves forward with the next run.
        if (!isBusy(error)) throw error;
        this.#log.debug("result cache: last uses were not noted, the database is busy");
      }
    });
  }

  #write(database: SqliteDatabase, work: () => void): void {
    database.exec("begin immediate");
    try {
      work();
      database.exec("commit");
    } finally {
      if (database.inTransaction) database.exec("rollback");
    }
  }

  #attempt<Result>(writing: boolean, otherwise: Result, work: (database: SqliteDatabase) => Result): Result {
    const database = this.#database;
    if (database === undefined) return otherwise;
    try {
      return work(database);
    } catch (error) {
      this.#trouble(error, writing);
      return otherwise;
    }
  }

  #open(): void {
    const Sqlite = loadSqlite();
    const deadline = performance.now() + busyTimeoutMs;
    for (;;) {
      this.#identity = fileIdentity(this.#file);
      const database = new Sqlite(this.#file, { timeout: busyTimeoutMs });
      try {
        this.#identity ??= fileIdentity(this.#file);
        prepareDatabase(database);
        this.#database = database;
        return;
      } catch (error) {
        database.close();
        // Switching a new file to write-ahead logging does not wait for others, unlike everything else.
        if (!isBusy(error) || performance.now() > deadline) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    }
  }

  /** Tells about it once and goes on without the database, or with a fresh one when the file was at fault. */
  #trouble(error: unknown, writing = false): void {
    this.#log.debug(`result cache: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const atFault = error instanceof ForeignFile || isCorruption(error);
    if (!atFault || this.#rebuilt) {
      this.#warn(`the result cache ${this.#file} cannot be used (${explain(error)}); results are not kept`);
      if (writing && isWriteTrouble(error)) this.#writable = false;
      else this.#drop();
      return;
    }
    this.#rebuilt = true;
    this.#drop();
    const aside = `${this.#file}.broken`;
    try {
      const moved = moveAside(this.#file, aside, this.#identity);
      this.#open();
      this.#warn(
        `the result cache was broken (${explain(error)}) and begins anew` +
          (moved ? `; the old file is ${aside}` : "; another process had already replaced it"),
      );
    } catch (second) {
      this.#trouble(second);
    }
  }

  #warn(message: string): void {
    if (this.#warned) this.#log.debug(message);
    else this.#log.warn(message);
    this.#warned = true;
  }

  #drop(): void {
    const database = this.#database;
    this.#database = undefined;
    try {
      database?.close();
    } catch (error) {
      // Closing writes back the log; a file that fails there is found broken by the next run, its values are sealed.
      this.#log.debug(`result cache: closing failed: ${firstLine(error)}`);
    }
  }
}

function prepareDatabase(database: SqliteDatabase): void {
  // The file holds nothing that cannot be computed again and every value is sealed: no need to wait for the disk.
  database.pragma("synchronous = off");
  const id = database.pragma("application_id", { simple: true });
  const version = database.pragma("user_version", { simple: true });
  if (id !== applicationId || version !== layoutVersion) {
    // The larger page keeps rows of a few kB next to their key; must be said before the first table.
    database.pragma("page_size = 16384");
    database.pragma("journal_mode = wal");
    createLayout(database);
  } else if (database.pragma("journal_mode", { simple: true }) !== "wal") {
    database.pragma("journal_mode = wal");
  }
  const columns = database.prepare("select name from pragma_table_info('results') order by cid").pluck().all();
  if (columns.join() !== "key,value,used") throw new ForeignFile("its tables are not those of a result cache");
}

function createLayout(database: SqliteDatabase): void {
  database.exec("begin immediate");
  try {
    // Asked again under the lock: another process may have been first.
    const id = database.pragma("application_id", { simple: true });
    const tables = database.prepare("select count(*) from sqlite_master").pluck().get() as number;
    if (id !== applicationId) {
      if (tables > 0) throw new ForeignFile("it belongs to another program");
      database.exec(
        "create table results (key text primary key, value blob not null, used integer not null) without rowid",
      );
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${layoutVersion}`);
    } else if (database.pragma("user_version", { simple: true }) !== layoutVersion) {
      throw new ForeignFile("its layout is unknown");
    }
    database.exec("commit");
  } finally {
    if (database.inTransaction) database.exec("rollback");
  }
}

/** Deletes the least recently used entries until what is left fits; returns how many. */
function removeOldest(database: SqliteDatabase, maxBytes: number): number {
  const [pages, free, pageSize] = ["page_count", "freelist_count", "page_size"].map(
    (name) => database.pragma(name, { simple: true }) as number,
  ) as [number, number, number];
  let excess = (pages - free) * pageSize - maxBytes;
  if (excess <= 0) return 0;
  const doomed: string[] = [];
  const candidates = database.prepare<[], [string, number]>(
    "select key, length(key) + length(value) from results order by used, key",
  );
  for (const [key, size] of candidates.raw().iterate()) {
    if (excess <= 0) break;
    doomed.push(key);
    excess -= size;
  }
  const remove = database.prepare<[string]>("delete from results where key = ?");
  for (const key of doomed) remove.run(key);
  return doomed.length;
}

/** The checksum covers the key, so that a value which a damaged file hands out for another key is refused as well. */
function seal(key: string, value: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(checksumBytes + value.length);
  sealed.set(value, checksumBytes);
  sealed.writeUInt32LE(crc32(value, crc32(key)));
  return sealed;
}

function unseal(key: string, sealed: unknown): Uint8Array | undefined {
  // A damaged row can hold any type.
  if (!Buffer.isBuffer(sealed) || sealed.length < checksumBytes) return undefined;
  const value = sealed.subarray(checksumBytes);
  return crc32(value, crc32(key)) === sealed.readUInt32LE() ? value : undefined;
}

/** What keeps us from writing but not from reading. */
function isWriteTrouble(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "SQLITE_FULL" || isBusy(error) || (typeof code === "string" && code.startsWith("SQLITE_READONLY"));
}

function explain(error: unknown): string {
  if (isBusy(error)) return "another process holds it locked";
  const code = (error as { code?: unknown } | null)?.code;
  if (code === "SQLITE_FULL" || code === "ENOSPC") return "the disk is full";
  return firstLine(error);
}

/** Opens the local database at its newest layout; a broken file is moved aside and a fresh one begun. */
import { fileIdentity, moveAside } from "./broken-file.ts";
import { firstLine, isCorruption } from "./driver.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";
import { ForeignDatabase, type HistoryDatabase, openSqlite } from "./sqlite-database.ts";

/** `onReplaced` is told in a sentence when the file was broken, once at most. */
export async function openDatabase(
  path: string,
  now: () => Date,
  onReplaced: (notice: string) => void,
): Promise<HistoryDatabase> {
  const identity = fileIdentity(path);
  try {
    return await openMigrated(path, now);
  } catch (error) {
    if (!isBroken(error)) throw error;
    setBrokenAside(path, identity, error, now, onReplaced);
    return openMigrated(path, now);
  }
}

export async function openMigrated(path: string, now: () => Date): Promise<HistoryDatabase> {
  const opened = await openSqlite(path);
  try {
    await migrate({ db: opened.db, write: (work) => opened.write(work), migrations, now });
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

export function setBrokenAside(
  path: string,
  identity: string | undefined,
  cause: unknown,
  now: () => Date,
  onReplaced: (notice: string) => void,
): void {
  const aside = `${path}.corrupt-${now().toISOString().slice(0, 19).replaceAll(":", "-")}`;
  if (moveAside(path, aside, identity)) {
    onReplaced(`the history was broken (${firstLine(cause)}) and begins anew; the old file is ${aside}`);
  }
}

export function isBroken(error: unknown): boolean {
  return isCorruption(error) || error instanceof ForeignDatabase;
}

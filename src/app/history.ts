/** Past runs: handing a finished one over, and opening what is stored. */
import type { CheckRun } from "../model/check-run.ts";
import { Failure } from "../model/failure.ts";
import type { HistoryStore } from "../model/store.ts";
import { spoolRun, spoolSize } from "../store/spool.ts";
import { openHistoryStore } from "./compose.ts";
import type { Place } from "./place.ts";
import type { World } from "./world.ts";

/** The hot path only appends a line; this much of it is worth opening the database for. */
const maxSpoolBytes = 1_000_000;

/**
 * Keeps a run. Whatever is wrong with the disk or the database is a warning: the verdict stands.
 * `coveredPaths`: the run's scope; undefined for the whole checkout.
 */
export async function recordRun(
  place: Place,
  run: CheckRun,
  coveredPaths: readonly string[] | undefined,
  world: World,
): Promise<void> {
  try {
    spoolRun(place.dataDirectory, { run, coveredPaths });
    if (spoolSize(place.dataDirectory) > maxSpoolBytes) {
      const history = await openPast(place, world);
      for (const notice of history.notices) world.log.warn(notice);
      await history.close();
    }
  } catch (error) {
    const reason =
      error instanceof Failure
        ? `${error.message}${error.why === undefined ? "" : ` (${error.why})`}`
        : (error as Error).message;
    world.log.warn(`this run is not in the history: ${reason}`);
  }
}

/** Throws a Failure that says what is wrong with the database. */
export async function openPast(place: Place, world: World): Promise<HistoryStore> {
  return openHistoryStore(place.dataDirectory, world);
}

/** The use cases behind `codeflow cache`: what is kept of earlier checks, and letting go of it. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { openCache } from "./compose.ts";
import { findPlace, type Place } from "./place.ts";
import type { World } from "./world.ts";

export interface CacheFacts {
  /** Absolute. */
  readonly directory: string;
  /** Of single files and analyzers. */
  readonly results: { readonly entries: number; readonly bytes: number; readonly oldestUse: string | undefined };
  /** Whole runs, repeated when nothing has changed. */
  readonly runs: { readonly entries: number; readonly bytes: number };
  /** Configurations that were read before. */
  readonly configurations: { readonly entries: number; readonly bytes: number };
  readonly bytes: number;
}

export interface CachePruning {
  readonly unusedSince: Date | undefined;
  readonly maxBytes: number | undefined;
}

export interface CachePruned {
  readonly removed: number;
  readonly freedBytes: number;
  readonly after: CacheFacts;
}

export async function lookAtCache(world: World): Promise<CacheFacts> {
  return factsOf(await findPlace(world), world);
}

/** History is no cache: it is left alone. */
export async function pruneCache(options: CachePruning, world: World): Promise<CachePruned> {
  const place = await findPlace(world);
  const before = await factsOf(place, world);
  let removed = 0;
  const cache = await openCache(place.dataDirectory, world);
  try {
    removed += cache.prune({
      ...(options.unusedSince === undefined ? {} : { unusedSince: options.unusedSince }),
      ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
    });
  } finally {
    cache.close();
  }
  for (const folder of ["runs", "config"]) {
    for (const { path, usedMs } of filesIn(join(place.dataDirectory, folder))) {
      const isOld = options.unusedSince !== undefined && usedMs < options.unusedSince.getTime();
      if (!isOld && options.maxBytes !== 0) continue;
      rmSync(path, { force: true });
      removed++;
    }
  }
  const after = await factsOf(place, world);
  return { removed, freedBytes: Math.max(0, before.bytes - after.bytes), after };
}

/** Other processes may be using it: entries go, the files stay. */
export async function clearCache(world: World): Promise<CachePruned> {
  return pruneCache({ unusedSince: undefined, maxBytes: 0 }, world);
}

async function factsOf(place: Place, world: World): Promise<CacheFacts> {
  const cache = await openCache(place.dataDirectory, world);
  let results: ReturnType<typeof cache.stats>;
  try {
    results = cache.stats();
  } finally {
    cache.close();
  }
  const runs = sizeOf(join(place.dataDirectory, "runs"));
  const configurations = sizeOf(join(place.dataDirectory, "config"));
  return {
    directory: place.dataDirectory,
    results: {
      entries: results.entries,
      bytes: results.bytes,
      oldestUse: results.oldestUse?.toISOString().slice(0, 10),
    },
    runs,
    configurations,
    bytes: results.bytes + runs.bytes + configurations.bytes,
  };
}

function sizeOf(folder: string): { entries: number; bytes: number } {
  const files = filesIn(folder);
  return { entries: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function filesIn(folder: string): { path: string; bytes: number; usedMs: number }[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    // Nothing was kept yet, or nothing can be.
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? [{ path, bytes: stat.size, usedMs: stat.mtimeMs }] : [];
  });
}

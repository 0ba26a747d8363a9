/** A result cache that lives as long as the process: for tests, and where no database can be had. */
import type { ResultCache } from "../model/store.ts";
import { dayLength, dayOf } from "./days.ts";

export function memoryCache(now: () => Date = () => new Date()): ResultCache {
  const entries = new Map<string, { value: Uint8Array; used: number }>();
  const size = (key: string, value: Uint8Array): number => Buffer.byteLength(key) + value.length;
  const total = (): number => {
    let bytes = 0;
    for (const [key, { value }] of entries) bytes += size(key, value);
    return bytes;
  };
  return {
    getMany(keys) {
      const today = dayOf(now());
      const found = new Map<string, Uint8Array>();
      for (const key of keys) {
        const entry = entries.get(key);
        if (entry === undefined) continue;
        entry.used = today;
        // A copy: what the caller does with its bytes must not change what the next one gets.
        found.set(key, entry.value.slice());
      }
      return found;
    },
    putMany(added) {
      const used = dayOf(now());
      for (const [key, value] of added) entries.set(key, { value: value.slice(), used });
    },
    stats() {
      let oldest: number | undefined;
      for (const { used } of entries.values()) oldest = Math.min(oldest ?? used, used);
      return {
        bytes: total(),
        entries: entries.size,
        oldestUse: oldest === undefined ? undefined : new Date(oldest * dayLength),
      };
    },
    prune({ unusedSince, maxBytes }) {
      const before = entries.size;
      if (unusedSince !== undefined) {
        const limit = dayOf(unusedSince);
        for (const [key, { used }] of entries) if (used < limit) entries.delete(key);
      }
      if (maxBytes !== undefined) {
        let bytes = total();
        for (const [key, { value }] of [...entries].sort(([, a], [, b]) => a.used - b.used)) {
          if (bytes <= maxBytes) break;
          entries.delete(key);
          bytes -= size(key, value);
        }
      }
      return before - entries.size;
    },
    close() {
      entries.clear();
    },
  };
}

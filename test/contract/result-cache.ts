/** What every result cache must do; run by the one on disk and by the one in memory. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ResultCache } from "../../src/model/store.ts";

export interface ResultCacheFactory {
  /** A new, empty cache that asks `now` for the time. */
  open(now: () => Date): ResultCache;
  /** The same cache again after `close`; undefined when it does not outlive that. */
  reopen?(now: () => Date): ResultCache;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (values: Map<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...values].map(([key, value]) => [key, new TextDecoder().decode(value)]));
const day =
  (date: string): (() => Date) =>
  () =>
    new Date(`${date}T12:00:00Z`);

export function resultCacheContract(name: string, factory: ResultCacheFactory): void {
  describe(`result cache contract: ${name}`, () => {
    let time = day("2026-03-01");
    let cache: ResultCache;
    beforeEach(() => {
      time = day("2026-03-01");
      cache = factory.open(() => time());
    });
    afterEach(() => {
      cache.close();
    });

    it("gives back what was put and leaves out what was not", () => {
      cache.putMany([
        ["a", bytes("one")],
        ["b", bytes("two")],
      ]);
      expect(texts(cache.getMany(["b", "missing", "a"]))).toEqual({ a: "one", b: "two" });
      expect(cache.getMany([]).size).toBe(0);
    });

    it("replaces a value", () => {
      cache.putMany([["a", bytes("old")]]);
      cache.putMany([["a", bytes("new")]]);
      expect(texts(cache.getMany(["a"]))).toEqual({ a: "new" });
      expect(cache.stats().entries).toBe(1);
    });

    it("keeps the last of two values for a key in one call", () => {
      cache.putMany([
        ["a", bytes("first")],
        ["a", bytes("second")],
      ]);
      expect(texts(cache.getMany(["a"]))).toEqual({ a: "second" });
    });

    it("takes empty values, binary values, large values, and keys of any characters", () => {
      const binary = Uint8Array.from({ length: 256 }, (_, index) => index);
      const large = new Uint8Array(3_000_000).fill(7);
      cache.putMany([
        ["", new Uint8Array()],
        ["binary", binary],
        ["large", large],
        ["ключ 'x'\n\u{1f600}", bytes("odd key")],
      ]);
      const found = cache.getMany(["", "binary", "large", "ключ 'x'\n\u{1f600}"]);
      expect(found.get("")).toHaveLength(0);
      expect([...(found.get("binary") ?? [])]).toEqual([...binary]);
      expect(Buffer.from(found.get("large") ?? []).equals(Buffer.from(large))).toBe(true);
      expect(new TextDecoder().decode(found.get("ключ 'x'\n\u{1f600}"))).toBe("odd key");
    });

    it("takes part of a larger buffer", () => {
      const whole = bytes("before VALUE after");
      cache.putMany([["part", whole.subarray(7, 12)]]);
      expect(texts(cache.getMany(["part"]))).toEqual({ part: "VALUE" });
    });

    it("does not share bytes with its callers", () => {
      const mine = bytes("mine");
      cache.putMany([["a", mine]]);
      mine.fill(0);
      cache.getMany(["a"]).get("a")?.fill(0);
      expect(texts(cache.getMany(["a"]))).toEqual({ a: "mine" });
    });

    it("answers thousands of keys at once", () => {
      const keys = Array.from({ length: 5_000 }, (_, index) => `key-${index}`);
      cache.putMany(keys.map((key) => [key, bytes(key.toUpperCase())] as const));
      const found = cache.getMany([...keys, ...keys.map((key) => `${key}-absent`)]);
      expect(found.size).toBe(5_000);
      expect(new TextDecoder().decode(found.get("key-4321"))).toBe("KEY-4321");
    });

    it("counts entries and knows the oldest use", () => {
      expect(cache.stats()).toMatchObject({ entries: 0, oldestUse: undefined });
      cache.putMany([["a", bytes("a")]]);
      time = day("2026-03-05");
      cache.putMany([["b", bytes("b")]]);
      const { entries, oldestUse, bytes: size } = cache.stats();
      expect(entries).toBe(2);
      expect(oldestUse?.toISOString().slice(0, 10)).toBe("2026-03-01");
      expect(size).toBeGreaterThan(0);
    });

    it("prunes what was not used since a day, and using is reading too", () => {
      cache.putMany(["read", "unread"].map((key) => [key, bytes(key)] as const));
      time = day("2026-03-10");
      cache.getMany(["read"]);
      expect(cache.prune({ unusedSince: new Date("2026-03-05T00:00:00Z") })).toBe(1);
      expect(texts(cache.getMany(["read", "unread"]))).toEqual({ read: "read" });
    });

    it("prunes the least recently used beyond a size", () => {
      const value = new Uint8Array(50_000);
      for (const [index, key] of ["old", "middle", "young"].entries()) {
        time = day(`2026-03-0${index + 1}`);
        cache.putMany([0, 1, 2, 3].map((part) => [`${key}-${part}`, value] as const));
      }
      const removed = cache.prune({ maxBytes: 480_000 });
      expect(removed).toBeGreaterThanOrEqual(3);
      expect(removed).toBeLessThan(8);
      const left = cache.getMany(["old-0", "old-1", "old-2", "young-0", "young-1", "young-2", "young-3"]);
      expect([...left.keys()].sort()).toEqual(["young-0", "young-1", "young-2", "young-3"]);
      expect(cache.prune({ maxBytes: 10_000_000 })).toBe(0);
    });

    it("answers nothing and takes nothing after it was closed, without throwing", () => {
      cache.putMany([["a", bytes("a")]]);
      cache.close();
      expect(cache.getMany(["a"]).size).toBe(0);
      expect(cache.stats().entries).toBe(0);
      cache.close();
    });

    const { reopen } = factory;
    if (reopen !== undefined) {
      it("outlives its process", () => {
        cache.putMany([["a", bytes("kept")]]);
        cache.close();
        cache = reopen(() => time());
        expect(texts(cache.getMany(["a"]))).toEqual({ a: "kept" });
      });

      it("notes the last use when it is closed", () => {
        cache.putMany(["read", "unread"].map((key) => [key, bytes(key)] as const));
        cache.close();
        time = day("2026-03-10");
        cache = reopen(() => time());
        cache.getMany(["read"]);
        cache.close();
        cache = reopen(() => time());
        expect(cache.prune({ unusedSince: new Date("2026-03-05T00:00:00Z") })).toBe(1);
        expect([...cache.getMany(["read", "unread"]).keys()]).toEqual(["read"]);
      });
    }
  });
}

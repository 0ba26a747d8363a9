/** A process of its own for the cache tests: `node cache-child.ts <directory> <mode> [argument]`; prints one JSON line. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { openResultCache } from "../../../src/store/result-cache.ts";

const [directory = "", mode = "", argument = ""] = process.argv.slice(2);
const warnings: string[] = [];
const say = (fact: unknown): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);

/** Every process writes the same value for a key, as a real cache does; sizes differ by key. */
export function valueOf(key: string): Uint8Array {
  return Buffer.from(`${key}:`.repeat(1 + (Number(key.replace(/\D/g, "")) % 60)));
}

if (mode === "lock") {
  const Sqlite = createRequire(import.meta.url)("better-sqlite3") as typeof import("better-sqlite3");
  const database = new Sqlite(join(directory, "results-1.db"));
  database.pragma("locking_mode = exclusive");
  database.exec("begin exclusive; insert into results values ('lock', x'00', 0)");
  say({ locked: true });
  // Until it is killed.
  setInterval(() => database.inTransaction, 1_000);
} else {
  const cache = openResultCache(directory, {
    log: { warn: (message) => warnings.push(message), info: () => undefined, debug: () => undefined },
  });
  let wrong = 0;
  let found = 0;
  const check = (keys: readonly string[]): void => {
    for (const [key, value] of cache.getMany(keys)) {
      found++;
      if (!Buffer.from(value).equals(valueOf(key))) wrong++;
    }
  };
  if (mode === "share") {
    for (let round = 0; round < 25; round++) {
      const keys = Array.from({ length: 200 }, (_, index) => `k${(round * 131 + index * 7) % 2_000}`);
      check(keys);
      cache.putMany(keys.map((key) => [key, valueOf(key)] as const));
    }
  } else if (mode === "write-forever") {
    say({ started: true });
    for (let round = 0; ; round++) {
      cache.putMany(
        Array.from({ length: 500 }, (_, index) => [`k${round % 7}${index}`, valueOf(`k${round % 7}${index}`)]),
      );
    }
  } else if (mode === "fill") {
    const block = new Uint8Array(1_000_000).fill(1);
    for (let index = 0; index < Number(argument); index++) cache.putMany([[`big${index}`, block]]);
    found = cache.getMany(["before"]).size;
  } else if (mode === "put") {
    cache.putMany([["a", valueOf("a1")]]);
    found = cache.getMany(["a"]).size;
  }
  cache.close();
  say({ warnings, wrong, found });
}

/** The result cache against everything that can happen to its file: it may lose values, never give a wrong one, never throw. */
import { execFile, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Log } from "../../../src/model/system.ts";
import { openResultCache } from "../../../src/store/result-cache.ts";

const Database = createRequire(import.meta.url)("better-sqlite3") as typeof Sqlite;
const child = join(import.meta.dirname, "cache-child.ts");
const run = promisify(execFile);

let directory: string;
let file: string;
let warnings: string[];
let log: Log;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "codeflow-cache-"));
  file = join(directory, "results-1.db");
  warnings = [];
  log = { warn: (message) => warnings.push(message), info: () => undefined, debug: () => undefined };
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const keys = Array.from({ length: 400 }, (_, index) => `key-${index}`);
const value = (key: string): Uint8Array => Buffer.from(`${key} `.repeat(40));

/** A closed, whole cache file of 400 entries. */
function fill(): void {
  const cache = openResultCache(directory, { log });
  cache.putMany(keys.map((key) => [key, value(key)] as const));
  cache.close();
}

/** Uses the cache as a run does; fails on a wrong value; returns how many were found before and after writing. */
function use(): { before: number; after: number } {
  const cache = openResultCache(directory, { log });
  const count = (): number => {
    const found = cache.getMany(keys);
    for (const [key, got] of found) expect(Buffer.from(got).equals(value(key)), key).toBe(true);
    return found.size;
  };
  const before = count();
  cache.putMany(keys.map((key) => [key, value(key)] as const));
  const after = count();
  cache.stats();
  cache.prune({ unusedSince: new Date(0) });
  cache.close();
  return { before, after };
}

describe("a file that is broken", () => {
  it("garbage instead of a database is moved away and rebuilt, with one warning", () => {
    writeFileSync(file, "this is no database, and long enough to be taken for one ".repeat(500));
    expect(use()).toEqual({ before: 0, after: 400 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("begins anew");
    expect(readFileSync(`${file}.broken`, "utf8")).toContain("this is no database");
    expect(use()).toEqual({ before: 400, after: 400 });
    expect(warnings).toHaveLength(1);
  });

  it("a truncated one is rebuilt", () => {
    fill();
    truncateSync(file, 40_000);
    expect(use().after).toBe(400);
    expect(warnings).toHaveLength(1);
  });

  it("an empty one is an empty cache", () => {
    writeFileSync(file, "");
    expect(use()).toEqual({ before: 0, after: 400 });
    expect(warnings).toEqual([]);
  });

  it("another program's database is moved away whole", () => {
    const foreign = new Database(file);
    foreign.exec(
      "create table results (id integer primary key, note text); insert into results (note) values ('keep')",
    );
    foreign.close();
    expect(use().after).toBe(400);
    expect(warnings).toHaveLength(1);
    const kept = new Database(`${file}.broken`);
    expect(kept.prepare("select note from results").pluck().get()).toBe("keep");
    kept.close();
  });

  it("our own with a table gone is rebuilt", () => {
    fill();
    const database = new Database(file);
    database.exec("drop table results");
    database.close();
    expect(use()).toEqual({ before: 0, after: 400 });
    expect(warnings).toHaveLength(1);
  });

  it("a value that was changed behind its checksum, swapped, or of another type reads as absent", () => {
    fill();
    const database = new Database(file);
    database.exec("update results set value = substr(value, 1, 30) || x'00' where key = 'key-1'");
    database.exec("update results set value = (select value from results where key = 'key-3') where key = 'key-2'");
    database.exec("update results set value = 'text' where key = 'key-4'");
    database.exec("update results set value = x'' where key = 'key-5'");
    database.close();
    const cache = openResultCache(directory, { log });
    expect([...cache.getMany(["key-1", "key-2", "key-3", "key-4", "key-5"]).keys()]).toEqual(["key-3"]);
    cache.close();
    expect(warnings).toEqual([]);
  });

  it("300 random damages never give a wrong value, throw, or warn twice", () => {
    fill();
    const whole = readFileSync(file);
    let seed = 20_260_301;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed % below;
    };
    let lost = 0;
    for (let round = 0; round < 300; round++) {
      for (const name of readdirSync(directory)) rmSync(join(directory, name));
      const damaged = Buffer.from(whole);
      const start = random(whole.length);
      const length = 1 + random(round % 3 === 0 ? 20_000 : 40);
      for (let at = start; at < Math.min(start + length, whole.length); at++) damaged[at] = random(256);
      writeFileSync(file, round % 10 === 0 ? damaged.subarray(0, start) : damaged);
      warnings.length = 0;
      if (use().before < 400) lost++;
      expect(warnings.length).toBeLessThanOrEqual(1);
    }
    // The damages were real.
    expect(lost).toBeGreaterThan(50);
  });

  it("a log beside it that is not its own does no harm", () => {
    fill();
    writeFileSync(`${file}-wal`, Buffer.alloc(100_000, 0x5a));
    expect(use()).toEqual({ before: 400, after: 400 });
    expect(warnings).toEqual([]);
  });
});

describe("a place that cannot be used", () => {
  it("a directory that cannot be made: one warning, an empty cache", () => {
    writeFileSync(join(directory, "in-the-way"), "");
    const cache = openResultCache(join(directory, "in-the-way", "cache"), { log });
    cache.putMany([["a", value("a")]]);
    expect(cache.getMany(["a"]).size).toBe(0);
    expect(cache.prune({ maxBytes: 0 })).toBe(0);
    cache.close();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("results are not kept");
  });

  it("a directory in the file's place", () => {
    mkdirSync(file);
    expect(use()).toEqual({ before: 0, after: 0 });
    expect(warnings).toHaveLength(1);
  });

  it.skipIf(process.platform === "win32")("a directory without write permission", async () => {
    fill();
    chmodSync(file, 0o444);
    chmodSync(directory, 0o555);
    try {
      // Permissions do not bind root: there the process gives up its rights first.
      const drop =
        process.getuid?.() === 0
          ? ["--import", "data:text/javascript,process.setgid(65534);process.setuid(65534)"]
          : [];
      const { stdout } = await run(process.execPath, [...drop, child, directory, "put"]);
      const result = JSON.parse(stdout) as { warnings: string[]; wrong: number; found: number };
      expect(result.warnings).toHaveLength(1);
      expect(result.found).toBe(0);
    } finally {
      chmodSync(directory, 0o755);
    }
  });

  it.skipIf(process.platform === "win32")(
    "a disk that is full: one warning, and what is there can still be read",
    () => {
      const cache = openResultCache(directory, { log });
      cache.putMany([["before", value("before")]]);
      cache.close();
      // A limit on file sizes (in blocks of 512 or 1024 bytes) is the full disk that needs no rights.
      const output = execFileSync(
        "sh",
        ["-c", 'ulimit -f 4000; exec "$0" "$@"', process.execPath, child, directory, "fill", "12"],
        {
          encoding: "utf8",
        },
      );
      const result = JSON.parse(output) as { warnings: string[]; found: number };
      expect(result.warnings).toHaveLength(1);
      const again = openResultCache(directory, { log });
      expect(again.getMany(["before"]).size).toBe(1);
      again.close();
      expect(warnings).toEqual([]);
    },
  );
});

describe("other processes", () => {
  it("a cache that another process holds locked: one warning, an empty cache, soon", async () => {
    fill();
    const holder = spawn(process.execPath, [child, directory, "lock"], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await new Promise((resolve) => holder.stdout.once("data", resolve));
      const start = performance.now();
      expect(use()).toEqual({ before: 0, after: 0 });
      expect(performance.now() - start).toBeLessThan(5_000);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain("locked");
    } finally {
      holder.kill("SIGKILL");
      await new Promise((resolve) => holder.once("exit", resolve));
    }
    expect(use()).toEqual({ before: 400, after: 400 });
    expect(warnings).toHaveLength(1);
  });

  it("four at once, from an empty directory: every value right, nobody warned", async () => {
    const results = await Promise.all(
      [1, 2, 3, 4].map(() => run(process.execPath, [child, join(directory, "new"), "share"])),
    );
    for (const { stdout } of results) expect(JSON.parse(stdout)).toMatchObject({ warnings: [], wrong: 0 });
  });

  it("killed while writing, 20 times: opens, no wrong value, nobody warned", async () => {
    for (let round = 0; round < 20; round++) {
      const writer = spawn(process.execPath, [child, directory, "write-forever"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((resolve) => writer.stdout.once("data", resolve));
      await new Promise((resolve) => setTimeout(resolve, (round * 7) % 60));
      writer.kill("SIGKILL");
      await new Promise((resolve) => writer.once("exit", resolve));
    }
    const { stdout } = await run(process.execPath, [child, directory, "share"]);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [], wrong: 0 });
    expect(use().after).toBe(400);
    expect(warnings).toEqual([]);
    expect(existsSync(`${file}.broken`)).toBe(false);
  });
});

describe("the native module", () => {
  const preload = (code: string): string[] => ["--import", `data:text/javascript,${encodeURIComponent(code)}`];
  const cases = {
    missing: `import { registerHooks } from "node:module";
      registerHooks({ resolve(name, context, next) {
        if (name === "better-sqlite3") throw Object.assign(new Error("Cannot find module 'better-sqlite3'"), { code: "MODULE_NOT_FOUND" });
        return next(name, context);
      } });`,
    "built for another Node": `process.dlopen = () => { throw new Error("was compiled against a different Node.js version"); };`,
  };
  for (const [name, code] of Object.entries(cases)) {
    it(`${name}: works in memory, with one warning that says what to do`, async () => {
      const { stdout } = await run(process.execPath, [...preload(code), child, directory, "put"]);
      const result = JSON.parse(stdout) as { warnings: string[]; found: number };
      expect(result.found).toBe(1);
      expect(result.warnings).toHaveLength(1);
      expect(result.warnings[0]).toMatch(/better-sqlite3 cannot be loaded .*npm/);
    });
  }
});

it("14,000 keys of 28,000 are read at once in well under a second", () => {
  const many = Array.from({ length: 28_000 }, (_, index) => `${(index * 2_654_435_761) >>> 0}`.padStart(64, "0"));
  const cache = openResultCache(directory, { log });
  cache.putMany(many.map((key, index) => [key, Buffer.alloc(index % 5 === 0 ? 600 : 2, 0x61)] as const));
  const start = performance.now();
  const found = cache.getMany(many.slice(0, 14_000));
  const took = performance.now() - start;
  cache.close();
  expect(found.size).toBe(14_000);
  // Measured at about 40 ms; the bound only has to tell a query a key from a scan a key on a loaded machine.
  expect(took).toBeLessThan(600);
});

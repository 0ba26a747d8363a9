/** Workflow runs in a database that is broken, locked, full, somebody else's, or from the future. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { RunStore } from "../../../src/model/workflow-run.ts";
import { openHistory } from "../../../src/store/history.ts";
import { openRuns } from "../../../src/store/runs.ts";
import { examplePlan, exampleStep, owner } from "../../contract/run-store.ts";

const Sqlite = createRequire(import.meta.url)("better-sqlite3") as typeof import("better-sqlite3");
const root = mkdtempSync(join(tmpdir(), "codeflow-runs-"));
let count = 0;
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});
const clock = { now: () => new Date("2026-03-20T10:00:00Z") };
const fresh = (): string => join(root, String(count++), "history.db");
const open = (path: string): Promise<RunStore> => openRuns(path, { clock });
const a = owner("a");
const step = { steps: [exampleStep("s", 0)], waits: [], logs: [] };

it("a broken file is moved aside and told of", async () => {
  const path = fresh();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.alloc(9_000, 0x5a));
  const store = await open(path);
  expect(store.notices).toEqual([expect.stringMatching(/was broken .* begins anew; the old file is .*corrupt-/)]);
  await store.create({ id: "r", plan: examplePlan() });
  expect(await store.runs({ limit: 9 })).toHaveLength(1);
  await store.close();
  expect(readdirSync(dirname(path)).some((name) => name.includes("corrupt"))).toBe(true);
});

it("breaking under a run is a failure that says so, not a run that goes on alone", async () => {
  const path = fresh();
  const store = await open(path);
  await store.create({ id: "r", plan: examplePlan() });
  await store.claim("r", a, 60_000);
  const second = new Sqlite(path);
  second.pragma("wal_checkpoint(truncate)");
  second.close();
  truncateSync(path, 4096);
  await expect(store.record("r", a, step)).rejects.toMatchObject({ code: "CF602", exitCode: 3 });
  await store.close();
});

it("locked by another process: says so, and goes on once it is free", async () => {
  const path = fresh();
  const store = await open(path);
  await store.create({ id: "r", plan: examplePlan() });
  await store.claim("r", a, 60_000);
  const other = new Sqlite(path);
  other.exec("begin immediate");
  await expect(store.record("r", a, step)).rejects.toMatchObject({
    code: "CF602",
    why: "another process holds it locked",
    next: expect.stringMatching(/resume/),
  });
  expect(await store.steps("r")).toEqual([]);
  other.exec("rollback");
  other.close();
  await store.record("r", a, step);
  expect(await store.steps("r")).toHaveLength(1);
  await store.close();
});

it("full: nothing half-written, and it says so", async () => {
  const path = fresh();
  const store = await open(path);
  await store.create({ id: "r", plan: examplePlan() });
  await store.close();
  // A limit of pages is the smallest full disk.
  const probe = new Sqlite(path);
  const pages = probe.pragma("page_count", { simple: true }) as number;
  probe.close();
  const logs = Array.from({ length: 5_000 }, (_, i) => ({
    sequence: i,
    step: "s",
    at: "2026-03-20T10:00:00.000Z",
    level: "info" as const,
    text: "x".repeat(1_000),
  }));
  const limited = await openRuns(path, { clock, maxPages: pages + 20 });
  await limited.claim("r", a, 60_000);
  await expect(limited.record("r", a, { ...step, logs })).rejects.toMatchObject({
    code: "CF602",
    why: "the disk is full",
  });
  expect([await limited.steps("r"), await limited.logs("r")]).toEqual([[], []]);
  await limited.record("r", a, step);
  expect(await limited.steps("r")).toHaveLength(1);
  await limited.close();
});

it("from a newer CodeFlow: left alone", async () => {
  const path = fresh();
  await (await open(path)).close();
  const other = new Sqlite(path);
  other.exec("insert into codeflow_migrations values ('9999-future', '2030')");
  other.close();
  await expect(open(path)).rejects.toMatchObject({ code: "CF603" });
});

it("shares the file with the history", async () => {
  const path = fresh();
  const log = { warn: () => undefined, info: () => undefined, debug: () => undefined };
  const [store, history] = await Promise.all([open(path), openHistory(path, { log, clock })]);
  await store.create({ id: "r", plan: examplePlan() });
  expect(await history.runs({ limit: 1 })).toEqual([]);
  // Both write at once: SQLite stops the process that waits, which must not be the one that is waited for.
  const started = performance.now();
  const another = await open(path);
  await store.claim("r", a, 60_000);
  await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      i % 2 === 0 ? store.record("r", a, step) : another.create({ id: `r${i}`, plan: examplePlan() }),
    ),
  );
  expect(performance.now() - started).toBeLessThan(2_500);
  await another.close();
  await Promise.all([store.close(), history.close()]);
});

/** The history against what happens to files and processes: the file may be lost, told; a run is whole or not there. */
import { execFile, spawn } from "node:child_process";
import {
  chmodSync,
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
import type { HistoryStore } from "../../../src/model/store.ts";
import { coverageOf } from "../../../src/store/coverage.ts";
import { openHistory } from "../../../src/store/history.ts";
import { keptBodies } from "../../../src/store/history-queries.ts";
import { spoolRun } from "../../../src/store/spool.ts";
import { exampleFinding, exampleRun } from "../../contract/example-run.ts";

const Database = createRequire(import.meta.url)("better-sqlite3") as typeof Sqlite;
const child = join(import.meta.dirname, "history-child.ts");
const run = promisify(execFile);
const log = { warn: () => undefined, info: () => undefined, debug: () => undefined };

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "codeflow-history-"));
  path = join(directory, "history.db");
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const open = (now = "2026-03-20T00:00:00Z"): Promise<HistoryStore> =>
  openHistory(path, { log, clock: { now: () => new Date(now) } });
const record = async (history: HistoryStore, at: string, branch = "main"): Promise<void> => {
  const example = exampleRun({ at, branch, findings: [exampleFinding("a"), exampleFinding(at)] });
  await history.recordRun(example, coverageOf(example, undefined));
};
const begin = async (): Promise<void> => {
  const history = await open();
  await record(history, "2026-03-01T00:00:00.000Z");
  await history.close();
};
const started = (mode: string) => {
  const process_ = spawn(process.execPath, [child, directory, mode], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise<typeof process_>((resolve) => process_.stdout.once("data", () => resolve(process_)));
};
const kill = (process_: Awaited<ReturnType<typeof started>>): Promise<unknown> => {
  const gone = new Promise((resolve) => process_.once("exit", resolve));
  process_.kill("SIGKILL");
  return gone;
};
/** Every run has its 40 findings in full, its metrics and its analyzers. */
const expectWholeRuns = (): number => {
  const database = new Database(path, { readonly: true });
  expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  const rows = database
    .prepare(
      "select warnings, length(findings_packed) as packed," +
        " (select count(*) from metrics where check_id = quality_checks.id) as metrics," +
        " (select count(*) from analyzer_runs where check_id = quality_checks.id) as analyzers," +
        " (select count(*) from findings where first_seen_check = quality_checks.id) as first from quality_checks",
    )
    .all() as { warnings: number; metrics: number; analyzers: number; first: number }[];
  for (const row of rows) {
    expect(row).toMatchObject({ warnings: 40, metrics: 7, analyzers: 1 });
    expect([0, 40]).toContain(row.first);
  }
  database.close();
  return rows.length;
};

describe("a broken file is moved aside and told", () => {
  it.each([
    ["garbage", () => writeFileSync(path, "no database ".repeat(2_000))],
    ["truncated", () => truncateSync(path, 20_000)],
    [
      "another program's",
      () => {
        rmSync(path);
        const foreign = new Database(path);
        foreign.exec("create table notes (text)");
        foreign.close();
      },
    ],
  ])("%s", async (_, damage) => {
    await begin();
    damage();
    const history = await open();
    await record(history, "2026-03-02T00:00:00.000Z");
    expect(await history.runs({ limit: 10 })).toHaveLength(1);
    expect(history.notices).toEqual([expect.stringContaining("history.db.corrupt-2026-03-20T00-00-00")]);
    await history.close();
    expect(readdirSync(directory)).toContain("history.db.corrupt-2026-03-20T00-00-00");
    const again = await open();
    expect(again.notices).toEqual([]);
    expect(await again.runs({ limit: 10 })).toHaveLength(1);
    await again.close();
  });

  it("when the damage shows only while a run is recorded", async () => {
    await begin();
    // The pages after the first two: the tables' roots.
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xee, 2 * 4_096));
    const history = await open();
    await record(history, "2026-03-02T00:00:00.000Z");
    expect(await history.runs({ limit: 10 })).toHaveLength(1);
    expect(history.notices).toHaveLength(1);
    await history.close();
  });

  it("an empty file is a new history", async () => {
    writeFileSync(path, "");
    const history = await open();
    await record(history, "2026-03-02T00:00:00.000Z");
    expect(history.notices).toEqual([]);
    await history.close();
  });
});

describe("a history that cannot be used says why and throws nothing but a Failure", () => {
  it("written by a newer CodeFlow: left alone", async () => {
    await begin();
    const database = new Database(path);
    database.exec("insert into codeflow_migrations values ('0999-later', '2027-01-01T00:00:00.000Z')");
    database.close();
    await expect(open()).rejects.toMatchObject({ name: "Failure", code: "CF603", exitCode: 3 });
    expect(readdirSync(directory).filter((name) => name.includes("corrupt"))).toEqual([]);
  });

  it("locked by another process: recording fails, reading does not", async () => {
    await begin();
    const history = await open();
    const holder = await started("lock");
    try {
      await expect(record(history, "2026-03-02T00:00:00.000Z")).rejects.toMatchObject({
        code: "CF602",
        why: "another process holds it locked",
      });
      expect(await history.runs({ limit: 9 })).toHaveLength(1);
    } finally {
      await kill(holder);
    }
    await record(history, "2026-03-03T00:00:00.000Z");
    expect(await history.runs({ limit: 9 })).toHaveLength(2);
    await history.close();
  });

  it("a directory in its place, a file in its directory's place", async () => {
    mkdirSync(path);
    await expect(open()).rejects.toMatchObject({ name: "Failure", code: "CF602" });
    writeFileSync(join(directory, "file"), "");
    await expect(
      openHistory(join(directory, "file", "history.db"), { log, clock: { now: () => new Date() } }),
    ).rejects.toMatchObject({ name: "Failure", code: "CF602" });
  });

  it.skipIf(process.platform === "win32")("without write permission", async () => {
    await begin();
    chmodSync(path, 0o444);
    chmodSync(directory, 0o555);
    try {
      // Permissions do not bind root: there the process gives up its rights first.
      const drop =
        process.getuid?.() === 0
          ? ["--import", "data:text/javascript,process.setgid(65534);process.setuid(65534)"]
          : [];
      const { stdout } = await run(process.execPath, [...drop, child, directory, "record", "1"]);
      expect(JSON.parse(stdout)).toMatchObject({ code: "CF602", why: expect.any(String) });
    } finally {
      chmodSync(directory, 0o755);
    }
  });

  it.skipIf(process.platform === "win32")("a full disk: what was there stays", async () => {
    await begin();
    const limited = ["-c", 'ulimit -f 1500; exec "$0" "$@"', process.execPath, child, directory, "record", "60"];
    const { stdout } = await run("sh", limited);
    expect(JSON.parse(stdout)).toMatchObject({ code: "CF602" });
    const history = await open();
    expect((await history.runs({ limit: 99 })).length).toBeGreaterThan(0);
    expect(history.notices).toEqual([]);
    await history.close();
  });

  it("without the database module: says what to do", async () => {
    const broken = `process.dlopen = () => { throw new Error("was compiled against a different Node.js version"); };`;
    const preload = ["--import", `data:text/javascript,${encodeURIComponent(broken)}`];
    const { stdout } = await run(process.execPath, [...preload, child, directory, "record", "1"]);
    expect(JSON.parse(stdout)).toMatchObject({ opened: false, code: "CF601", next: expect.stringContaining("npm") });
  });
});

describe("processes", () => {
  it("killed while recording, 50 times: opens, no half run", async () => {
    for (let round = 0; round < 50; round++) {
      const writer = await started("record-forever");
      await new Promise((resolve) => setTimeout(resolve, (round * 13) % 70));
      await kill(writer);
    }
    const history = await open();
    expect(history.notices).toEqual([]);
    await history.close();
    expect(expectWholeRuns()).toBeGreaterThanOrEqual(50);
    expect(readdirSync(directory).filter((name) => name.includes("corrupt"))).toEqual([]);
  });

  it("four that begin a new history at once", async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, [child, directory, "record", "5"])));
    for (const { stdout } of results) expect(JSON.parse(stdout)).toEqual({ recorded: 5 });
    const history = await open();
    expect(await history.runs({ limit: 99 })).toHaveLength(20);
    await history.close();
  });

  it("spooling and draining at once: every run arrives, once", async () => {
    const work = [...[1, 2, 3].map(() => ["spool", "60"]), ...[1, 2].map(() => ["drain", "15"])];
    const results = await Promise.all(work.map((args) => run(process.execPath, [child, directory, ...args])));
    const ids = results.slice(0, 3).flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    for (const { stdout } of results.slice(3)) expect(stdout).toBe("");
    const history = await open();
    const stored = (await history.runs({ limit: 9_999 })).map(({ id }) => id);
    await history.close();
    expect([...stored].sort()).toEqual([...ids].sort());
    expect(readdirSync(directory).filter((name) => name.startsWith("spool"))).toEqual([]);
    expect(expectWholeRuns()).toBe(180);
  });

  it("spoolers and drainers killed at random: whatever was spooled whole arrives once", async () => {
    for (let round = 0; round < 15; round++) {
      const both = await Promise.all([started("spool-forever"), started("drain-forever")]);
      await new Promise((resolve) => setTimeout(resolve, (round * 11) % 50));
      await Promise.all(both.map(kill));
    }
    const history = await open();
    expect(history.notices).toEqual([]);
    await history.close();
    expect(expectWholeRuns()).toBeGreaterThanOrEqual(15);
    expect(readdirSync(directory).filter((name) => name.startsWith("spool"))).toEqual([]);
  });
});

describe("the spool", () => {
  const at = (second: number): string => `2026-03-01T00:00:0${second}.000Z`;

  it("hands over what waits, oldest first, with what it covered", async () => {
    const gone = exampleRun({ at: at(2), findings: [exampleFinding("b", { path: "src/b.py" })] });
    spoolRun(directory, { run: gone, coveredPaths: ["src/b.py"] });
    const findings = [exampleFinding("a"), exampleFinding("b", { path: "src/b.py" })];
    spoolRun(directory, { run: exampleRun({ at: at(1), findings }), coveredPaths: undefined });
    const history = await open();
    expect((await history.runs({ limit: 9 })).map(({ startedAt }) => startedAt)).toEqual([at(2), at(1)]);
    expect(await history.lifetimes({ limit: 9, open: true })).toHaveLength(2);
    await history.close();
  });

  it("half-written and foreign lines cost nothing but themselves", async () => {
    spoolRun(directory, { run: exampleRun({ at: at(1) }), coveredPaths: undefined });
    const file = join(directory, "spool.jsonl");
    const half = readFileSync(file, "utf8").trim().slice(0, 300);
    writeFileSync(file, `${readFileSync(file, "utf8")}\n${half}`);
    spoolRun(directory, { run: exampleRun({ at: at(2) }), coveredPaths: undefined });
    writeFileSync(file, `${readFileSync(file, "utf8")}\n{"version":2}\nnull\n[]\n"text"\n`);
    const history = await open();
    expect(await history.runs({ limit: 9 })).toHaveLength(2);
    expect(history.notices).toEqual([]);
    await history.close();
  });

  it("a run that cannot be stored is told and does not stop the others", async () => {
    const { findings: _none, ...broken } = exampleRun({ at: at(1) });
    spoolRun(directory, { run: broken as ReturnType<typeof exampleRun>, coveredPaths: undefined });
    spoolRun(directory, { run: exampleRun({ at: at(2) }), coveredPaths: undefined });
    const history = await open();
    expect(await history.runs({ limit: 9 })).toHaveLength(1);
    expect(history.notices).toHaveLength(1);
    await history.close();
    expect(readdirSync(directory).filter((name) => name.startsWith("spool"))).toEqual([]);
  });

  it("waits on while the history is locked", async () => {
    await begin();
    spoolRun(directory, { run: exampleRun({ at: at(2) }), coveredPaths: undefined });
    const holder = await started("lock");
    try {
      const history = await open();
      expect(history.notices).toEqual([expect.stringContaining("locked")]);
      expect(await history.runs({ limit: 9 })).toHaveLength(1);
      await history.close();
    } finally {
      await kill(holder);
    }
    const history = await open();
    expect(await history.runs({ limit: 9 })).toHaveLength(2);
    await history.close();
  });
});

describe("forgetting", () => {
  it("old runs keep their summary, dead branches lose their findings", async () => {
    const history = await open("2026-08-01T00:00:00Z");
    await record(history, "2026-03-01T00:00:00.000Z", "dead");
    for (let index = 0; index < keptBodies; index++) {
      await record(history, new Date(Date.UTC(2026, 6, 1) + index * 60_000).toISOString());
    }
    const rows = await history.runs({ limit: 999 });
    expect(rows).toHaveLength(keptBodies + 1);
    expect((await history.run(rows.at(-1)?.id ?? ""))?.findings).toBeUndefined();
    expect((await history.run(rows.at(-2)?.id ?? ""))?.findings).toHaveLength(2);
    expect(await history.lifetimes({ limit: 9, branch: "dead" })).toEqual([]);
    expect(await history.lifetimes({ limit: 9, branch: "main", open: true })).toHaveLength(2);
    await history.close();
  });
});

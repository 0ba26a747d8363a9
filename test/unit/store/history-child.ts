/** A process of its own for the history tests: `node history-child.ts <directory> <mode> [count]`. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { coverageOf } from "../../../src/store/coverage.ts";
import { openHistory } from "../../../src/store/history.ts";
import { spoolRun } from "../../../src/store/spool.ts";
import { exampleFinding, exampleRun } from "../../contract/example-run.ts";

const [directory = "", mode = "", argument = "0"] = process.argv.slice(2);
const path = join(directory, "history.db");
const log = { warn: () => undefined, info: () => undefined, debug: () => undefined };
const say = (fact: unknown): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);
const time = (index: number): string =>
  new Date(Date.UTC(2026, 2, 1) + process.pid * 1_000_000 + index * 1_000).toISOString();
/** Always 40 findings and as many in the counts: a half-recorded run shows. */
const whole = (index: number) =>
  exampleRun({
    at: time(index),
    findings: Array.from({ length: 40 }, (_, at) => exampleFinding(`f${index % 3}-${at}`)),
    metrics: { last: index },
  });

if (mode === "lock") {
  const Sqlite = createRequire(import.meta.url)("better-sqlite3") as typeof import("better-sqlite3");
  const database = new Sqlite(path);
  database.exec("begin immediate");
  say("locked");
  // Until it is killed; the timer keeps the database from being collected.
  setInterval(() => database.inTransaction, 1_000);
} else if (mode === "record-forever") {
  const history = await openHistory(path, { log, clock: { now: () => new Date() } });
  for (let index = 0; ; index++) {
    const run = whole(index);
    await history.recordRun(run, coverageOf(run, undefined));
    // After the first: however slow the machine, every killed process has left one whole run.
    if (index === 0) say("started");
  }
} else if (mode === "spool-forever") {
  for (let index = 0; ; index++) {
    spoolRun(directory, { run: whole(index), coveredPaths: undefined });
    if (index === 0) say("started");
    // A drain records a run in ten times the time that spooling takes: without a pause it would never catch up.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
} else if (mode === "spool") {
  const ids: string[] = [];
  for (let index = 0; index < Number(argument); index++) {
    const run = whole(index);
    spoolRun(directory, { run, coveredPaths: undefined });
    ids.push(run.id);
  }
  say(ids);
} else if (mode === "drain") {
  for (let index = 0; index < Number(argument); index++) {
    const history = await openHistory(path, { log, clock: { now: () => new Date() } });
    if (history.notices.length > 0) say(history.notices);
    await history.close();
  }
} else if (mode === "drain-forever") {
  say("started");
  for (;;) await (await openHistory(path, { log, clock: { now: () => new Date() } })).close();
} else if (mode === "record") {
  try {
    const history = await openHistory(path, { log, clock: { now: () => new Date() } });
    let recorded = 0;
    try {
      for (; recorded < Number(argument); recorded++) {
        // Findings that do not compress, to fill the disk.
        const noise = Array.from({ length: 300 }, () => exampleFinding(crypto.randomUUID() + crypto.randomUUID()));
        const run = exampleRun({ at: time(recorded), findings: noise });
        await history.recordRun(run, coverageOf(run, undefined));
      }
      say({ recorded });
    } catch (error) {
      const { code, why } = error as { code?: string; why?: string };
      say({ recorded, code, why });
    }
    await history.close();
  } catch (error) {
    const { code, why, next } = error as { code?: string; why?: string; next?: string };
    say({ opened: false, code, why, next });
  }
}

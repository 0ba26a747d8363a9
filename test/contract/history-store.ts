/** What every history must do; run by SQLite now and by Postgres later. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CheckRun } from "../../src/model/check-run.ts";
import type { HistoryStore } from "../../src/model/store.ts";
import { coverageOf } from "../../src/store/coverage.ts";
import { exampleFinding, type ExampleRun, exampleRun } from "./example-run.ts";

export function historyStoreContract(name: string, open: () => Promise<HistoryStore>): void {
  describe(`history contract: ${name}`, () => {
    let history: HistoryStore;
    beforeEach(async () => {
      history = await open();
    });
    afterEach(async () => {
      await history.close();
    });

    const record = async (example: ExampleRun & { paths?: readonly string[] }): Promise<CheckRun> => {
      const run = exampleRun(example);
      await history.recordRun(run, coverageOf(run, example.paths));
      return run;
    };
    const day = (number: number): string => `2026-03-${String(number).padStart(2, "0")}T10:00:00.000Z`;
    /** `name first..last fixed regressions` of every finding that counts. */
    const lifetimes = async (options: { open?: boolean; branch?: string } = {}): Promise<string[]> => {
      const rows = await history.lifetimes({ limit: 1_000, ...options });
      const short = (at: string | undefined): string => (at === undefined ? "-" : String(Number(at.slice(8, 10))));
      return rows
        .map((row) =>
          [
            row.message.replace("finding ", ""),
            `${short(row.firstSeenAt)}..${short(row.lastSeenAt)}`,
            `fixed ${short(row.fixedAt)}`,
            `back ${row.regressions}`,
          ].join(" "),
        )
        .sort();
    };
    const a = exampleFinding("a");
    const b = exampleFinding("b", { path: "src/b.py" });

    it("is empty at first", async () => {
      expect(await history.runs({ limit: 10 })).toEqual([]);
      expect(await history.run("nothing")).toBeUndefined();
      expect(await history.lifetimes({ limit: 10 })).toEqual([]);
      expect(await history.trend({ metric: "findings.total", limit: 10 })).toEqual([]);
      expect((await history.analyzerDurations()).size).toBe(0);
      expect(history.notices).toEqual([]);
    });

    it("gives back what was recorded, newest first", async () => {
      const first = await record({ at: day(1), findings: [a, exampleFinding("e", { severity: "error" })] });
      const second = await record({
        at: day(2),
        branch: "topic",
        scope: { kind: "staged", base: "b".repeat(40) },
        paths: ["src/a.py"],
      });
      const rows = await history.runs({ limit: 10 });
      expect(rows.map(({ id }) => id)).toEqual([second.id, first.id]);
      expect(rows[1]).toEqual({
        id: first.id,
        startedAt: day(1),
        durationMs: 123.5,
        branch: "main",
        head: "a".repeat(40),
        scope: "all",
        verdict: "failed",
        errors: 1,
        warnings: 1,
        infos: 0,
        new: 2,
        fixed: 0,
      });
      expect((await history.runs({ limit: 1 })).map(({ id }) => id)).toEqual([second.id]);
      expect((await history.runs({ limit: 9, branch: "topic" })).map(({ id }) => id)).toEqual([second.id]);
      expect((await history.run(first.id))?.findings).toEqual(first.findings);
    });

    it("records a run once", async () => {
      const run = exampleRun({ at: day(1), findings: [a] });
      await history.recordRun(run, coverageOf(run, undefined));
      await record({ at: day(2) });
      await history.recordRun(run, coverageOf(run, undefined));
      expect(await history.runs({ limit: 10 })).toHaveLength(2);
      expect(await lifetimes()).toEqual(["a 1..1 fixed 2 back 0"]);
    });

    it("keeps lifetimes: seen, fixed, back", async () => {
      await record({ at: day(1), findings: [a, b] });
      await record({ at: day(2), findings: [a] });
      expect(await lifetimes()).toEqual(["a 1..2 fixed - back 0", "b 1..1 fixed 2 back 0"]);
      await record({ at: day(3), findings: [a, b] });
      expect(await lifetimes()).toEqual(["a 1..3 fixed - back 0", "b 1..3 fixed - back 1"]);
      await record({ at: day(4), findings: [] });
      expect(await lifetimes({ open: true })).toEqual([]);
      expect(await lifetimes({ open: false })).toEqual(["a 1..3 fixed 4 back 0", "b 1..3 fixed 4 back 1"]);
    });

    it("a run says nothing about files that it did not cover", async () => {
      await record({ at: day(1), findings: [a, b] });
      await record({ at: day(2), findings: [], scope: { kind: "staged", base: undefined }, paths: ["src/b.py"] });
      expect(await lifetimes()).toEqual(["a 1..1 fixed - back 0", "b 1..1 fixed 2 back 0"]);
    });

    it.each(["failed", "skipped"] as const)("nor about analyzers that %s", async (status) => {
      await record({ at: day(1), findings: [a] });
      await record({ at: day(2), findings: [], analyzers: [{ status }] });
      expect(await lifetimes()).toEqual(["a 1..1 fixed - back 0"]);
      await record({ at: day(3), findings: [], analyzers: [{ id: "oxlint" }] });
      expect(await lifetimes()).toEqual(["a 1..1 fixed - back 0"]);
      await record({ at: day(4), findings: [], analyzers: [{ status: "cached" }] });
      expect(await lifetimes()).toEqual(["a 1..1 fixed 4 back 0"]);
    });

    it("nor about files that an analyzer could not judge", async () => {
      await record({ at: day(1), findings: [a, b] });
      await record({ at: day(2), analyzers: [{ skippedFiles: [{ path: "src/a.py", reason: "too large" }] }] });
      expect(await lifetimes()).toEqual(["a 1..1 fixed - back 0", "b 1..1 fixed 2 back 0"]);
    });

    it("a finding that moved to another file lives on", async () => {
      await record({ at: day(1), findings: [a] });
      const moved = exampleFinding("a", { path: "src/moved.py", line: 80, severity: "error" });
      await record({ at: day(2), findings: [moved] });
      expect(await lifetimes()).toEqual(["a 1..2 fixed - back 0"]);
      expect(await history.lifetimes({ limit: 9, path: "src/moved.py" })).toMatchObject([{ severity: "error" }]);
      expect(await history.lifetimes({ limit: 9, path: "src/a.py" })).toEqual([]);
      expect(await history.lifetimes({ limit: 9, rule: "ruff/rule" })).toHaveLength(1);
      expect(await history.lifetimes({ limit: 9, rule: "ruff/other" })).toEqual([]);
    });

    it("suppressed findings do not count, and suppressing is no fix", async () => {
      const hidden = exampleFinding("a", { suppressed: { kind: "inline", reason: "accepted" } });
      await record({ at: day(1), findings: [a] });
      await record({ at: day(2), findings: [hidden] });
      expect(await lifetimes()).toEqual([]);
      await record({ at: day(3), findings: [a] });
      expect(await lifetimes()).toEqual(["a 1..3 fixed - back 0"]);
      await record({ at: day(4), findings: [hidden] });
      await record({ at: day(5), findings: [] });
      expect(await lifetimes()).toEqual([]);
    });

    it("vendored, generated and duplicate findings leave no trace", async () => {
      const kinds = ["vendored", "generated", "duplicate"] as const;
      const findings = kinds.map((kind) => exampleFinding(kind, { suppressed: { kind, reason: kind } }));
      await record({ at: day(1), findings });
      await record({ at: day(2), findings: kinds.map((kind) => exampleFinding(kind)) });
      expect(await lifetimes()).toEqual(kinds.map((kind) => `${kind} 2..2 fixed - back 0`).sort());
    });

    it("findings that a run reports as fixed are not seen", async () => {
      await record({ at: day(1), findings: [a] });
      await record({ at: day(2), findings: [exampleFinding("a", { state: "fixed" })] });
      expect(await lifetimes()).toEqual(["a 1..1 fixed 2 back 0"]);
    });

    it("equal findings are one", async () => {
      const hidden = exampleFinding("a", { suppressed: { kind: "inline", reason: "this one" } });
      await record({ at: day(1), findings: [hidden, a, a] });
      expect(await lifetimes()).toEqual(["a 1..1 fixed - back 0"]);
    });

    it("branches have lifetimes of their own, and a new branch inherits ages", async () => {
      await record({ at: day(1), findings: [a, b] });
      await record({ at: day(2), branch: "topic", findings: [a, exampleFinding("c")] });
      await record({ at: day(3), findings: [b] });
      expect(await lifetimes({ branch: "main" })).toEqual(["a 1..1 fixed 3 back 0", "b 1..3 fixed - back 0"]);
      expect(await lifetimes({ branch: "topic" })).toEqual(["a 1..2 fixed - back 0", "c 2..2 fixed - back 0"]);
      // Without a name: the branch of the newest run.
      expect(await lifetimes()).toEqual(await lifetimes({ branch: "main" }));
    });

    it("a detached HEAD moves no lifetimes; outside git there is one nameless branch", async () => {
      await record({ at: day(1), findings: [a] });
      await record({ at: day(2), branch: null, findings: [b] });
      expect(await lifetimes({ branch: "main" })).toEqual(["a 1..1 fixed - back 0"]);
      expect(await lifetimes()).toEqual([]);
      await record({ at: day(3), branch: null, head: null, findings: [b] });
      expect(await lifetimes()).toEqual(["b 3..3 fixed - back 0"]);
    });

    it("runs that arrive late change nothing that newer ones have said", async () => {
      await record({ at: day(5), findings: [a] });
      await record({ at: day(3), findings: [] });
      expect(await lifetimes()).toEqual(["a 5..5 fixed - back 0"]);
      await record({ at: day(2), findings: [a] });
      expect(await lifetimes()).toEqual(["a 2..5 fixed - back 0"]);
      await record({ at: day(7), findings: [] });
      await record({ at: day(6), findings: [a] });
      expect(await lifetimes()).toEqual(["a 2..5 fixed 7 back 0"]);
    });

    it("plots metrics of whole runs on one branch, oldest first", async () => {
      await record({ at: day(1), findings: [a, b], metrics: { "duplication.percent": 2.5 } });
      await record({ at: day(3), findings: [a], metrics: { "duplication.percent": 1.25 } });
      await record({
        at: day(2),
        scope: { kind: "staged", base: undefined },
        paths: [],
        metrics: { "duplication.percent": 99 },
      });
      await record({ at: day(2), branch: "topic", metrics: { "duplication.percent": 50 } });
      // `check src`: its scope is everything, narrowed by a path.
      await record({ at: day(4), paths: ["src/a.py"], metrics: { "duplication.percent": 98 } });
      const trend = (metric: string, limit = 10) => history.trend({ metric, limit, branch: "main" });
      expect(await trend("duplication.percent")).toEqual([
        { at: day(1), value: 2.5 },
        { at: day(3), value: 1.25 },
      ]);
      expect(await trend("findings.total", 1)).toEqual([{ at: day(3), value: 1 }]);
      expect(await trend("duration.ms", 1)).toEqual([{ at: day(3), value: 123.5 }]);
      const names = ["duplication.percent", "duration.ms", "findings.error", "findings.info", "findings.new"];
      expect(await history.metricNames({ branch: "main" })).toEqual([...names, "findings.total", "findings.warning"]);
      expect(await history.metricNames({ branch: "nowhere" })).toEqual([]);
    });

    it("averages the time of analyzers over the runs in which they ran", async () => {
      await record({ at: day(1), analyzers: [{ durationMs: 100 }, { id: "oxlint", durationMs: 10 }] });
      await record({ at: day(2), analyzers: [{ durationMs: 300 }, { id: "oxlint", status: "cached", durationMs: 0 }] });
      expect([...(await history.analyzerDurations())].sort()).toEqual([
        ["oxlint", 10],
        ["ruff", 200],
      ]);
    });

    it("takes thousands of findings at once, again and gone", async () => {
      const many = Array.from({ length: 3_000 }, (_, index) =>
        exampleFinding(`n${index}`, { path: `src/${index % 90}.py` }),
      );
      await record({ at: day(1), findings: many });
      await record({ at: day(2), findings: many.slice(1_000) });
      expect(await history.lifetimes({ limit: 9_999, open: true })).toHaveLength(2_000);
      expect(await history.lifetimes({ limit: 9_999, open: false })).toHaveLength(1_000);
    });

    it("takes odd texts as they are", async () => {
      const odd = {
        ...exampleFinding("odd", { path: 'it\'s\n"odd"/ключ\u{1f600}.py' }),
        message: "'; drop table findings; -- \\ %_",
      };
      const run = await record({ at: day(1), findings: [odd], branch: "it's/odd" });
      expect((await history.run(run.id))?.findings).toEqual([odd]);
      expect(await history.lifetimes({ limit: 1, branch: "it's/odd" })).toMatchObject([{ message: odd.message }]);
    });
  });
}

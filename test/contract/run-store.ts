/** What every store of workflow runs must do; run by the fake, by SQLite now and by Postgres later. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Plan } from "../../src/model/workflow.ts";
import type { RunOwner, RunStore, StepRecord } from "../../src/model/workflow-run.ts";

export function examplePlan(concurrency?: Plan["concurrency"]): Plan {
  return {
    workflow: {
      id: "example",
      name: "Example",
      path: ".codeflow/workflows/example.yml",
      source: "repository",
      inputs: {},
      secrets: [],
      permissions: {},
      outputs: {},
    },
    event: { name: "manual", payload: { text: "it's {odd} \u{1f600}" } },
    inputs: { level: 3 },
    env: {},
    ...(concurrency === undefined ? {} : { concurrency }),
    steps: [],
    needs: [],
  };
}

export function exampleStep(path: string, position: number, more: Partial<StepRecord> = {}): StepRecord {
  return {
    path,
    position,
    kind: "action",
    name: path,
    status: "running",
    continued: false,
    attempt: 1,
    tries: 1,
    startedAt: "2026-03-20T10:00:00.000Z",
    ...more,
  };
}

export function owner(id: string, dead: readonly string[] = []): RunOwner {
  return { id, isAlive: (other) => !dead.includes(other) };
}

export function runStoreContract(name: string, open: (now: () => Date) => Promise<RunStore>): void {
  describe(`run store contract: ${name}`, () => {
    let time = Date.parse("2026-03-20T10:00:00Z");
    let store: RunStore;
    const a = owner("a");
    const b = owner("b");
    beforeEach(async () => {
      time = Date.parse("2026-03-20T10:00:00Z");
      store = await open(() => new Date(time));
    });
    afterEach(async () => {
      await store.close();
    });
    const create = async (id: string, plan = examplePlan()): Promise<void> => {
      time += 1;
      await store.create({ id, plan });
    };
    const nothing = { steps: [], waits: [], logs: [] };

    it("gives back what was created, once", async () => {
      await create("r1");
      await create("r1", examplePlan({ group: "other", cancelInProgress: false }));
      await create("r2");
      const found = await store.run("r1");
      expect(found?.plan).toEqual(examplePlan());
      expect(found?.record).toEqual({
        id: "r1",
        workflow: "example",
        name: "Example",
        path: ".codeflow/workflows/example.yml",
        trigger: "manual",
        status: "queued",
        root: "r1",
        depth: 0,
        createdAt: "2026-03-20T10:00:00.001Z",
        usedMs: 0,
      });
      expect((await store.runs({ limit: 9 })).map(({ id }) => id)).toEqual(["r2", "r1"]);
      expect((await store.runs({ limit: 9, idPrefix: "r1" })).map(({ id }) => id)).toEqual(["r1"]);
      expect((await store.runs({ limit: 1, workflow: "Example" })).map(({ id }) => id)).toEqual(["r2"]);
      expect(await store.runs({ limit: 9, status: "failed" })).toEqual([]);
      expect(await store.run("r3")).toBeUndefined();
      expect(await store.claim("r3", a, 1_000)).toEqual({ kind: "absent" });
    });

    it("lets one process have a run, until its lease ends or it is known to be dead", async () => {
      await create("r1");
      expect((await store.claim("r1", a, 1_000)).kind).toBe("claimed");
      expect(await store.claim("r1", b, 1_000)).toEqual({ kind: "held", by: "a" });
      expect(await store.claim("r1", a, 1_000)).toEqual({ kind: "held", by: "a" });
      time += 900;
      expect(await store.renew("r1", a, 1_000)).toEqual({ isHeld: true });
      time += 900;
      expect((await store.claim("r1", b, 1_000)).kind).toBe("held");
      time += 200;
      expect((await store.claim("r1", b, 1_000)).kind).toBe("claimed");
      expect(await store.renew("r1", a, 1_000)).toEqual({ isHeld: false });
      await expect(store.record("r1", a, nothing)).rejects.toMatchObject({ code: "CF610" });
      await expect(store.release("r1", a, { status: "failed" })).rejects.toMatchObject({ code: "CF610" });
      expect((await store.claim("r1", owner("c", ["b"]), 1_000)).kind).toBe("claimed");
    });

    it("gives one of many that ask at once the run", async () => {
      await create("r1");
      const owners = Array.from({ length: 20 }, (_, i) => owner(`o${i}`));
      const claims = await Promise.all(owners.map((each) => store.claim("r1", each, 1_000)));
      expect(claims.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
    });

    it("gives back steps, waits and logs to whoever goes on", async () => {
      await create("r1");
      await store.claim("r1", a, 1_000);
      const steps = [
        exampleStep("one", 0, { outputs: { text: "ä\u{1f600}", list: [1, null, { a: true }] }, status: "succeeded" }),
        exampleStep("each", 1, { kind: "foreach", items: ["x", { y: 1 }] }),
        exampleStep("each[0]", 2, { error: "it's broken", continued: true, status: "failed" }),
      ];
      const log = (sequence: number, step: string) =>
        ({ sequence, step, at: "2026-03-20T10:00:00.000Z", level: "output", text: `line ${sequence}` }) as const;
      await store.record("r1", a, { steps, waits: [], logs: [log(1, "one"), log(2, "each[0]")] });
      const again = exampleStep("each", 9, { kind: "foreach", items: ["x", { y: 1 }], attempt: 2 });
      const wait = { run: "r1", step: "ask", kind: "approval", prompt: "Sure?", approvers: ["o'cat"] } as const;
      await store.record("r1", a, {
        steps: [again, exampleStep("ask", 3, { status: "waiting" })],
        waits: [wait],
        logs: [log(3, "one")],
      });
      await store.release("r1", a, { status: "queued" });
      const claim = await store.claim("r1", b, 1_000);
      expect(claim).toMatchObject({ kind: "claimed", run: { lastSequence: 3, waits: [wait], plan: examplePlan() } });
      const expected = [steps[0], { ...again, position: 1 }, steps[2], exampleStep("ask", 3, { status: "waiting" })];
      expect(claim.kind === "claimed" ? claim.run.steps : []).toEqual(expected);
      expect(await store.steps("r1")).toEqual(expected);
      expect((await store.logs("r1")).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      expect((await store.logs("r1", { step: "one", after: 1 })).map(({ text }) => text)).toEqual(["line 3"]);
    });

    it("takes thousands of steps and log lines at once", async () => {
      await create("r1");
      await store.claim("r1", a, 1_000);
      const steps = Array.from({ length: 1_001 }, (_, i) => exampleStep(`s${i}`, i));
      const logs = steps.map(({ path, position }) => ({
        sequence: position,
        step: path,
        at: "2026-03-20T10:00:00.000Z",
        level: "info" as const,
        text: path,
      }));
      await store.record("r1", a, { steps, waits: [], logs });
      expect(await store.steps("r1")).toEqual(steps);
      expect(await store.logs("r1")).toEqual(logs);
    });

    it("keeps how a run ended, and lets it be claimed no more", async () => {
      await create("r1");
      await store.claim("r1", a, 1_000);
      await store.release("r1", a, { status: "failed", error: "build: broken", outputs: { a: [1] } });
      const ended = { status: "failed", error: "build: broken", outputs: { a: [1] } };
      expect((await store.run("r1"))?.record).toMatchObject({ ...ended, finishedAt: "2026-03-20T10:00:00.001Z" });
      expect(await store.claim("r1", b, 1_000)).toMatchObject({ kind: "finished", record: ended });
    });

    it("counts the time that a run was in somebody's hands, up to the last sign of life", async () => {
      const usedMs = async () => (await store.run("r1"))?.record.usedMs;
      await create("r1");
      time += 5_000;
      await store.claim("r1", a, 10_000);
      time += 1_000;
      await store.renew("r1", a, 10_000);
      expect(await usedMs()).toBe(1_000);
      time += 500;
      await store.release("r1", a, { status: "waiting" });
      expect(await usedMs()).toBe(1_500);
      time += 3_600_000;
      await store.claim("r1", a, 1_000);
      time += 200;
      await store.renew("r1", a, 1_000);
      // From here on nobody heard of it: it was killed.
      time += 9_000;
      const claim = await store.claim("r1", b, 1_000);
      expect(claim.kind === "claimed" ? claim.run.record.usedMs : undefined).toBe(1_700);
      time += 300;
      await store.release("r1", b, { status: "failed" });
      expect(await usedMs()).toBe(2_000);
      // Whoever tries it again means it to have its time.
      await store.reopen("r1", []);
      expect(await usedMs()).toBe(0);
    });

    it("asks whoever runs it to cancel, and cancels at once what nobody runs", async () => {
      expect(await store.requestCancel("r1", "octocat")).toBeUndefined();
      await create("r1");
      await store.claim("r1", a, 1_000);
      await store.record("r1", a, { ...nothing, steps: [exampleStep("s", 0)] });
      await store.create({ id: "c1", plan: examplePlan(), parent: { run: "r1", step: "s" } });
      expect(await store.requestCancel("r1", "octocat")).toBe("running");
      expect(await store.renew("r1", a, 1_000)).toMatchObject({ isHeld: true, cancelRequested: { by: "octocat" } });
      time += 2_000;
      expect(await store.requestCancel("r1", "octocat")).toBe("cancelled");
      expect((await store.run("r1"))?.record.status).toBe("cancelled");
      expect((await store.run("c1"))?.record.status).toBe("cancelled");
      expect(await store.steps("r1")).toMatchObject([{ status: "cancelled", error: "cancelled by octocat" }]);
      await create("r2", examplePlan({ group: "g", cancelInProgress: false }));
      await store.claim("r2", a, 60_000);
      expect(await store.requestCancel("r2", "octocat", b)).toBe("running");
      expect(await store.requestCancel("r2", "octocat", owner("c", ["a"]))).toBe("cancelled");
      const plan = examplePlan({ group: "g", cancelInProgress: true });
      await create("r3", plan);
      await store.claim("r3", a, 60_000);
      await store.create({ id: "r4", plan }, owner("c", ["a"]));
      expect((await store.run("r3"))?.record.status).toBe("cancelled");
      expect(await store.requestCancel("r1", "octocat")).toBe("cancelled");
    });

    it("knows who called whom", async () => {
      await create("r1");
      await store.create({ id: "c1", plan: examplePlan(), parent: { run: "r1", step: "call" } });
      await store.create({ id: "c2", plan: examplePlan(), parent: { run: "c1", step: "x/y" } });
      expect((await store.run("r1"))?.children).toEqual(["c1"]);
      expect((await store.run("c2"))?.record).toMatchObject({
        parent: { run: "c1", step: "x/y" },
        root: "r1",
        depth: 2,
      });
      expect((await store.runs({ limit: 9 })).map(({ id }) => id)).toEqual(["r1"]);
      expect(await store.runs({ limit: 9, withCalled: true })).toHaveLength(3);
    });

    it("keeps one run of a group going and one waiting", async () => {
      const plan = examplePlan({ group: "release", cancelInProgress: false });
      await create("r1", plan);
      expect((await store.claim("r1", a, 1_000)).kind).toBe("claimed");
      await create("r2", plan);
      expect(await store.claim("r2", b, 1_000)).toEqual({ kind: "behind", run: "r1" });
      await create("r3", plan);
      expect(await store.claim("r2", b, 1_000)).toMatchObject({ kind: "finished", record: { status: "cancelled" } });
      expect((await store.run("r2"))?.record.error).toBe("cancelled by a newer run of the group release");
      await store.release("r1", a, { status: "waiting" });
      expect(await store.claim("r3", b, 1_000)).toEqual({ kind: "behind", run: "r1" });
      await store.claim("r1", a, 1_000);
      expect((await store.claim("r3", owner("c", ["a"]), 1_000)).kind).toBe("claimed");
    });

    it("cancels what goes on in a group when the newer run says so", async () => {
      const plan = examplePlan({ group: "pr-1", cancelInProgress: true });
      await create("r1", plan);
      await store.claim("r1", a, 1_000);
      await create("r2", plan);
      expect((await store.renew("r1", a, 1_000)).cancelRequested?.by).toBe("a newer run of the group pr-1");
      await store.release("r1", a, { status: "waiting" });
      await create("r3", plan);
      expect((await store.run("r1"))?.record.status).toBe("cancelled");
      expect((await store.claim("r3", b, 1_000)).kind).toBe("claimed");
    });

    it("keeps groups of called runs as well, and cancels only the called run and what it called", async () => {
      const plan = examplePlan({ group: "deploy", cancelInProgress: true });
      const parentOf = (run: string) => ({ run, step: "call" });
      await create("r1");
      await store.claim("r1", a, 1_000);
      await store.record("r1", a, { ...nothing, steps: [exampleStep("call", 0, { status: "waiting" })] });
      await store.create({ id: "c1", plan, parent: parentOf("r1") });
      await store.create({ id: "d1", plan: examplePlan(), parent: parentOf("c1") });
      await store.claim("c1", a, 1_000);
      await create("r2");
      await store.create({
        id: "c2",
        plan: examplePlan({ group: "deploy", cancelInProgress: false }),
        parent: parentOf("r2"),
      });
      expect((await store.run("c2"))?.record.group).toBe("deploy");
      expect(await store.claim("c2", b, 1_000)).toEqual({ kind: "behind", run: "c1" });
      await store.release("c1", a, { status: "waiting" });
      await store.record("r1", a, { ...nothing, waits: [{ run: "r1", step: "call", kind: "run", child: "c1" }] });
      await store.release("r1", a, { status: "waiting" });
      expect(await store.resumable(b)).toEqual(["r2"]);
      await store.create({ id: "c3", plan, parent: parentOf("r2") });
      const statusOf = async (id: string) => (await store.run(id))?.record.status;
      expect(await statusOf("c1")).toBe("cancelled");
      expect(await statusOf("d1")).toBe("cancelled");
      expect(await statusOf("c2")).toBe("cancelled");
      expect(await statusOf("r1")).toBe("waiting");
      // Its caller has nothing to wait for any more.
      expect(await store.resumable(b)).toEqual(["r1", "r2"]);
      expect(await store.due("r1")).toEqual([{ run: "r1", step: "call" }]);
      expect((await store.claim("c3", b, 1_000)).kind).toBe("claimed");
    });

    it("knows which programs of unfinished steps may run on, until they are known to have ended", async () => {
      const of = (run: string, step: string, pid: number) => ({ run, step, machine: "m/1", pid, start: `boot/${pid}` });
      await create("r1");
      await store.claim("r1", a, 1_000);
      await store.record("r1", a, {
        ...nothing,
        steps: [exampleStep("done", 0, { status: "succeeded" }), exampleStep("s", 1)],
        processes: [of("r1", "done", 7), of("r1", "s", 8), { ...of("r1", "s", 9), start: "old" }],
      });
      await store.record("r1", a, { ...nothing, processes: [of("r1", "s", 9)] });
      expect(await store.left()).toEqual([]);
      time += 1_000;
      const claim = await store.claim("r1", b, 1_000);
      const processes = claim.kind === "claimed" ? claim.run.processes : [];
      expect(processes).toEqual([of("r1", "s", 8), of("r1", "s", 9)]);
      await store.forget([of("r1", "s", 8)]);
      time += 1_000;
      // Cancelled while nobody has it: they are told of to whoever looks next.
      expect(await store.requestCancel("r1", "octocat")).toBe("cancelled");
      expect(await store.left()).toEqual([of("r1", "done", 7), of("r1", "s", 9)]);
      await create("r2");
      const other = await store.claim("r2", b, 1_000);
      expect(other.kind === "claimed" ? other.run.processes : []).toEqual([of("r1", "done", 7), of("r1", "s", 9)]);
      await store.forget(await store.left());
      await store.record("r2", b, { ...nothing, steps: [exampleStep("s", 0)], processes: [of("r2", "s", 5)] });
      // Whoever gives a run back has ended its programs.
      await store.release("r2", b, { status: "failed" });
      expect(await store.left()).toEqual([]);
    });

    it("takes one decision where one is waited for", async () => {
      await create("r1");
      await store.claim("r1", a, 1_000);
      const decision = { approved: true, by: "octocat", at: "2026-03-20T11:00:00.000Z", comment: "fine" };
      expect(await store.decide("r1", "ask", decision)).toBe(false);
      await store.record("r1", a, {
        steps: [exampleStep("ask", 0, { status: "waiting" }), exampleStep("nap", 1, { status: "waiting" })],
        waits: [
          { run: "r1", step: "ask", kind: "approval", prompt: "?", approvers: [] },
          { run: "r1", step: "nap", kind: "delay", until: "2026-03-21T00:00:00.000Z" },
        ],
        logs: [],
      });
      expect(await store.decide("r1", "nap", decision)).toBe(false);
      expect(await store.decide("r1", "ask", decision)).toBe(true);
      expect(await store.decide("r1", "ask", { ...decision, approved: false })).toBe(false);
      expect(await store.waits("r1")).toMatchObject([{ step: "ask", decision }, { step: "nap" }]);
    });

    it("names the runs that can go on, oldest first", async () => {
      await create("queued");
      await create("waiting");
      await create("running");
      await store.claim("waiting", a, 1_000);
      await store.claim("running", a, 1_000);
      await store.create({ id: "called", plan: examplePlan(), parent: { run: "waiting", step: "call" } });
      await store.claim("called", a, 1_000);
      await store.record("called", a, {
        steps: [exampleStep("nap", 0, { status: "waiting" })],
        waits: [{ run: "called", step: "nap", kind: "delay", until: new Date(time + 500).toISOString() }],
        logs: [],
      });
      await store.release("called", a, { status: "waiting" });
      await store.release("waiting", a, { status: "waiting" });
      expect(await store.resumable(b)).toEqual(["queued"]);
      expect(await store.resumable(owner("c", ["a"]))).toEqual(["queued", "running"]);
      time += 500;
      expect(await store.resumable(b)).toEqual(["queued", "waiting"]);
      expect(await store.due("waiting")).toEqual([{ run: "called", step: "nap" }]);
      expect(await store.due("running")).toEqual([]);
      time += 500;
      expect(await store.resumable(b)).toEqual(["queued", "waiting", "running"]);
    });

    it("reopens steps of a finished run", async () => {
      await create("r1");
      expect(await store.reopen("r1", [])).toBe(false);
      await store.claim("r1", a, 1_000);
      const failed = exampleStep("bad", 1, {
        status: "failed",
        error: "broken",
        outputs: { a: 1 },
        attempt: 2,
        tries: 2,
      });
      await store.record("r1", a, { ...nothing, steps: [exampleStep("good", 0, { status: "succeeded" }), failed] });
      await store.release("r1", a, { status: "failed", error: "bad: broken" });
      expect(await store.reopen("r1", ["bad", "never"])).toBe(true);
      expect((await store.run("r1"))?.record).not.toHaveProperty("error");
      const claim = await store.claim("r1", b, 1_000);
      expect(claim.kind === "claimed" ? claim.run.steps : []).toEqual([
        exampleStep("good", 0, { status: "succeeded" }),
        exampleStep("bad", 1, { status: "queued", attempt: 2, tries: 2 }),
      ]);
    });
  });
}

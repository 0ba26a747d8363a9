/** What becomes of runs and their steps: order, conditions, failures, waiting, cancelling, resuming. */
import { describe, expect, it } from "vitest";
import type { ActionDefinition } from "../../../src/model/action.ts";
import { action, call, createWorld, parallel, plan, script, settle } from "./world.ts";

describe("order and conditions", () => {
  it("runs steps one after another and hands outputs on, with their types", async () => {
    const world = createWorld();
    const run = await world.run(
      plan(
        [
          action("one", "test.echo", { with: { list: [1, 2], text: "a" } }),
          action("two", "test.echo", {
            with: { list: "${{ steps.one.outputs.list }}", text: "<${{ steps.one.outputs.text }}>" },
          }),
        ],
        {},
        { outputs: { result: "${{ steps.two.outputs.list }}" } },
      ),
    );
    expect(run).toMatchObject({ status: "succeeded", outputs: { result: [1, 2] } });
    expect(run.records[1]?.outputs).toEqual({ list: [1, 2], text: "<a>" });
    expect(world.events.map(({ type }) => type)).toEqual([
      "run-started",
      "step-started",
      "step-finished",
      "step-started",
      "step-finished",
      "run-finished",
    ]);
  });

  it("after a failure runs only what asks for it", async () => {
    const run = await createWorld().run(
      plan([
        action("bad", "test.fail"),
        action("next", "test.echo"),
        action("clean", "test.echo", { if: "always()" }),
        action("tell", "test.echo", { if: "failure()" }),
        action("last", "test.echo", { if: "true" }),
        action("apart", "test.echo", { needs: [] }),
      ]),
    );
    expect(run).toMatchObject({ status: "failed", error: "bad: broken 1" });
    expect([...run.steps].sort()).toEqual([
      "apart succeeded",
      "bad failed",
      "clean succeeded",
      "last skipped",
      "next skipped",
      "tell succeeded",
    ]);
  });

  it("goes on after a failure that is excused, and says what it was", async () => {
    const run = await createWorld().run(
      plan([
        action("bad", "test.fail", { continueOnError: true }),
        action("next", "test.echo", { with: { was: "${{ steps.bad.outcome }}/${{ steps.bad.conclusion }}" } }),
      ]),
    );
    expect(run.status).toBe("succeeded");
    expect(run.records[1]?.outputs).toEqual({ was: "failure/success" });
  });

  it("skips what needs a skipped step, and only that", async () => {
    const run = await createWorld().run(
      plan([
        action("a", "test.echo", { if: "false" }),
        action("b", "test.echo", { needs: ["a"] }),
        action("c", "test.echo", { needs: ["b"], if: "always()" }),
        action("d", "test.echo", { needs: [] }),
        action("e", "test.echo"),
      ]),
    );
    expect([...run.steps].sort()).toEqual(["a skipped", "b skipped", "c succeeded", "d succeeded", "e succeeded"]);
    expect(run.records.find(({ path }) => path === "b")?.error).toBe("a was skipped");
  });

  it("runs the steps of a parallel together, no more than it may at a time", async () => {
    const world = createWorld();
    const started = world.run(
      plan([
        parallel(
          "both",
          ["a", "b", "c"].map((id) => action(id, "test.hang", { timeoutSeconds: 5 })),
          2,
        ),
      ]),
    );
    await settle();
    expect((await world.store.steps(world.events[0]?.run ?? "")).map(({ path }) => path)).toEqual([
      "both",
      "both/a",
      "both/b",
    ]);
    await world.pass(5_000);
    await world.pass(5_000);
    expect(await started).toMatchObject({ status: "failed", error: "both: 3 of 3 failed" });
  });

  it("runs a step for each item and lists the outputs", async () => {
    const run = await createWorld().run(
      plan(
        [
          action("each", "test.echo", {
            foreach: { items: '${{ fromJSON(\'["x","y"]\') }}', maxParallel: 1 },
            with: { value: "${{ item }}${{ index }}" },
          }),
        ],
        {},
        { outputs: { second: "${{ steps.each.outputs[1].value }}" } },
      ),
    );
    expect(run.outputs).toEqual({ second: "y1" });
    expect(run.steps).toEqual(["each succeeded", "each[0] succeeded", "each[1] succeeded"]);
  });

  it("fails what is no list, an expression that cannot be evaluated, inputs that do not fit", async () => {
    for (const [step, error] of [
      [action("s", "test.echo", { foreach: { items: "${{ 5 }}", maxParallel: 1 } }), /no list/],
      [action("s", "test.echo", { if: "fromJSON('x')" }), /condition/],
      [action("s", "test.send", { with: { text: 5 } }), /inputs do not fit: text/],
      [action("s", "test.none"), /there is no action test.none/],
    ] as const) {
      expect((await createWorld().run(plan([step]))).error).toMatch(error);
    }
  });

  it("adds the step's own outputs to those of the action", async () => {
    const run = await createWorld().run(
      plan([
        action("a", "test.echo", {
          with: { n: 2 },
          outputs: { twice: "${{ steps.a.outputs.n }}${{ steps.a.outputs.n }}" },
        }),
      ]),
    );
    expect(run.records[0]?.outputs).toEqual({ n: 2, twice: "22" });
  });
});

describe("failures and time", () => {
  it("tries again with growing delays, drawn by chance", async () => {
    const world = createWorld();
    const retry = { attempts: 4, delaySeconds: 2, factor: 3, maxDelaySeconds: 10 };
    const running = world.run(plan([action("flaky", "test.fail", { with: { times: 3 }, retry })]));
    for (let i = 0; i < 6; i++) {
      await settle();
      await world.pass(5_000);
    }
    const run = await running;
    expect(run).toMatchObject({ status: "succeeded", records: [{ attempt: 4, tries: 4 }] });
    expect(world.events.flatMap((event) => (event.type === "step-retrying" ? [event.delayMs] : []))).toEqual([
      1_000, 3_000, 5_000,
    ]);
  });

  it("never tries a verdict again, and keeps its outputs", async () => {
    const retry = { attempts: 4, delaySeconds: 2, factor: 3, maxDelaySeconds: 10 };
    const run = await createWorld().run(plan([action("no", "test.fail", { with: { verdict: true }, retry })]));
    expect(run).toMatchObject({ error: "no: refused", records: [{ attempt: 1, outputs: { reason: "rule" } }] });
  });

  it.each([false, true])("ends a step that takes too long (deaf: %s)", async (deaf) => {
    const world = createWorld();
    const running = world.run(plan([action("slow", "test.hang", { with: { deaf }, timeoutSeconds: 30 })]));
    await settle();
    await world.pass(30_000);
    await world.pass(5_000);
    expect(await running).toMatchObject({ status: "failed", error: "slow: it took longer than 30 s" });
  });

  it("ends a run that takes too long, cleaning up", async () => {
    const world = createWorld();
    const steps = [action("slow", "test.hang"), action("clean", "test.echo", { if: "always()" })];
    const running = world.run(plan(steps, {}, { timeoutSeconds: 45 }));
    await settle();
    await world.pass(45_000);
    expect(await running).toMatchObject({
      status: "failed",
      error: "it took longer than 45 s",
      steps: ["slow cancelled", "clean succeeded"],
    });
  });
});

describe("cancelling", () => {
  it("ends what runs, runs what cleans up, and says who wanted it", async () => {
    const world = createWorld();
    const stop = new AbortController();
    const running = world.run(
      plan([
        parallel("both", [action("a", "test.hang"), action("b", "test.hang")]),
        action("next", "test.echo"),
        action("clean", "test.echo", { if: "cancelled()" }),
      ]),
      { signal: stop.signal, cancelledBy: "Ctrl-C" },
    );
    await settle();
    stop.abort();
    expect(await running).toMatchObject({
      status: "cancelled",
      error: "cancelled by Ctrl-C",
      steps: ["both cancelled", "both/a cancelled", "both/b cancelled", "next cancelled", "clean succeeded"],
    });
  });

  it("hears of it from another process", async () => {
    const world = createWorld();
    const running = world.run(plan([action("a", "test.hang")]));
    await settle();
    await world.store.requestCancel(world.events[0]?.run ?? "", "octocat");
    await world.pass(1_000);
    expect(await running).toMatchObject({ status: "cancelled", error: "cancelled by octocat" });
  });

  it("reaches called workflows", async () => {
    const world = createWorld();
    const stop = new AbortController();
    const running = world.run(plan([call("call", plan([action("inner", "test.hang")], {}, { name: "Inner" }))]), {
      signal: stop.signal,
    });
    await settle();
    stop.abort();
    expect((await running).status).toBe("cancelled");
    const runs = await world.store.runs({ limit: 9, withCalled: true });
    expect(runs.map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
  });
});

describe("called workflows", () => {
  const inner = plan(
    [action("echo", "test.echo", { with: { n: "${{ inputs.n }}" } })],
    { inputs: { n: 1 } },
    {
      name: "Inner",
      inputs: { n: { type: "number", required: false, default: 1 } },
      outputs: { n: "${{ steps.echo.outputs.n }}" },
    },
  );

  it("get typed inputs and give outputs, as runs of their own", async () => {
    const world = createWorld();
    const run = await world.run(
      plan([call("call", inner, { with: { n: "7" } })], {}, { outputs: { n: "${{ steps.call.outputs.n }}" } }),
    );
    expect(run).toMatchObject({ status: "succeeded", outputs: { n: 7 } });
    const child = (await world.store.run(run.id))?.children[0] ?? "";
    expect((await world.store.run(child))?.record).toMatchObject({ parent: { run: run.id, step: "call" }, depth: 1 });
  });

  it("fail their caller, wrong inputs too", async () => {
    const bad = plan([action("bad", "test.fail")], {}, { name: "Inner" });
    expect((await createWorld().run(plan([call("call", bad)]))).error).toBe(
      "call: the workflow Inner failed: bad: broken 1",
    );
    expect((await createWorld().run(plan([call("call", inner, { with: { n: "x" } })]))).error).toMatch(
      /expected a number/,
    );
  });

  it("cannot call one another without end", async () => {
    const world = createWorld();
    const calling = (depth: number): ReturnType<typeof plan> =>
      plan(depth === 0 ? [action("a", "test.echo")] : [call("call", calling(depth - 1))]);
    expect((await world.run(calling(10))).status).toBe("succeeded");
    expect((await world.run(calling(12))).error).toMatch(/more than 10 deep/);
  });
});

describe("waiting", () => {
  it("gives the run back, and goes on when it is time", async () => {
    const world = createWorld();
    const steps = [
      action("before", "test.send", { with: { text: "once" } }),
      action("nap", "test.wait", { with: { until: "2026-03-20T12:00:00Z" } }),
      action("after", "test.send", { with: { text: "then" } }),
    ];
    const first = await world.run(plan(steps));
    expect(first).toMatchObject({ status: "waiting", steps: ["before succeeded", "nap waiting"] });
    expect(await world.resume(first.id)).toMatchObject({ status: "waiting" });
    await world.pass(2 * 3_600_000);
    expect(await world.store.resumable({ id: "x", isAlive: () => true })).toEqual([first.id]);
    expect(await world.another("there").resume(first.id)).toMatchObject({ status: "succeeded" });
    expect(world.sent).toEqual(["once"]);
  });

  it.each([
    [true, "succeeded", undefined],
    [false, "failed", "ask: refused by octocat: not now"],
  ])("for a decision: %s", async (approved, status, error) => {
    const world = createWorld();
    const first = await world.run(
      plan(
        [action("ask", "test.ask")],
        {},
        { outputs: { by: "${{ steps.ask.outputs.approved-by || steps.ask.outputs.refused-by }}" } },
      ),
    );
    await world.store.decide(first.id, "ask", {
      approved,
      by: "octocat",
      at: "2026-03-20T11:00:00Z",
      comment: "not now",
    });
    expect(await world.resume(first.id)).toMatchObject({ status, error, outputs: { by: "octocat" } });
  });

  it("a decision that nobody takes is a refusal", async () => {
    const world = createWorld();
    const first = await world.run(plan([action("ask", "test.ask", { with: { expires: "2026-03-20T10:30:00Z" } })]));
    await world.pass(3_600_000);
    expect((await world.resume(first.id)).error).toMatch(/nobody approved before/);
  });

  it("of a called workflow is its caller's too; the rest goes on meanwhile", async () => {
    const world = createWorld();
    const inner = plan([action("ask", "test.ask")], {}, { name: "Inner" });
    const first = await world.run(plan([call("call", inner), action("other", "test.echo", { needs: [] })]));
    expect(first).toMatchObject({ status: "waiting", steps: ["call waiting", "other succeeded"] });
    const child = (await world.store.run(first.id))?.children[0] ?? "";
    await world.store.decide(child, "ask", { approved: true, by: "octocat", at: "2026-03-20T11:00:00Z" });
    expect(await world.resume(first.id)).toMatchObject({ status: "succeeded" });
    expect((await world.store.run(first.id))?.children).toEqual([child]);
  });
});

describe("decisions while other steps still run", () => {
  const approved = { approved: true, by: "octocat", at: "2026-03-20T11:00:00Z" };
  const slow = (seconds: number) =>
    action("slow", "test.hang", { needs: [], timeoutSeconds: seconds, continueOnError: true });
  const idOf = (world: ReturnType<typeof createWorld>): string => world.events[0]?.run ?? "";

  it("are seen by the process that runs, and what waited goes on at once", async () => {
    const world = createWorld();
    const running = world.run(
      plan([
        action("ask", "test.ask"),
        action("after", "test.send", { needs: ["ask"], with: { text: "approved" } }),
        slow(60),
      ]),
    );
    await settle();
    await world.pass(1_000);
    expect(world.sent).toEqual([]);
    await world.store.decide(idOf(world), "ask", approved);
    await world.pass(1_000);
    expect(world.sent).toEqual(["approved"]);
    await world.pass(58_000);
    expect(await running).toMatchObject({ status: "succeeded" });
  });

  it("a refusal as well, and a time that has come", async () => {
    const world = createWorld();
    const running = world.run(
      plan([
        action("ask", "test.ask"),
        action("nap", "test.wait", { needs: [], with: { until: "2026-03-20T10:00:30Z" } }),
        action("after", "test.send", { needs: ["nap"], with: { text: "awake" } }),
        slow(60),
      ]),
    );
    await settle();
    await world.pass(30_000);
    await world.pass(1_000);
    expect(world.sent).toEqual(["awake"]);
    await world.store.decide(idOf(world), "ask", { ...approved, approved: false });
    await world.pass(1_000);
    await world.pass(28_000);
    expect(await running).toMatchObject({ status: "failed", error: "ask: refused by octocat" });
  });

  it("within a parallel, of a called workflow, and of one that it calls", async () => {
    const world = createWorld();
    const asking = plan([action("ask", "test.ask")], {}, { name: "Asking" });
    const between = plan([call("inner", asking)], {}, { name: "Between" });
    const running = world.run(
      plan([
        parallel("both", [action("left", "test.ask"), slow(60)]),
        call("call", between, { needs: [] }),
        action("after", "test.send", { needs: ["call"], with: { text: "called" } }),
      ]),
    );
    await settle();
    await world.pass(1_000);
    const stepOf = async (path: string) =>
      (await world.store.steps(idOf(world))).find((step) => step.path === path)?.status;
    await world.store.decide(idOf(world), "both/left", approved);
    await world.pass(1_000);
    expect(await stepOf("both/left")).toBe("succeeded");
    expect(await stepOf("both")).toBe("running");
    const runs = await world.store.runs({ limit: 9, withCalled: true });
    const deepest = runs.find(({ depth }) => depth === 2);
    expect(deepest?.status).toBe("waiting");
    await world.store.decide(deepest?.id ?? "", "ask", approved);
    await world.pass(1_000);
    await world.pass(500);
    expect(world.sent).toEqual(["called"]);
    await world.pass(60_000);
    expect(await running).toMatchObject({ status: "succeeded" });
  });

  it("of one item of a foreach, while the others go on", async () => {
    const world = createWorld();
    const ask = world.actions.get("test.ask");
    const hang = world.actions.get("test.hang");
    if (ask === undefined || hang === undefined) throw new Error("no actions");
    world.actions.set("test.either", {
      ...hang,
      id: "test.either",
      inputs: ask.inputs,
      run: (context, inputs: unknown) =>
        context.step.key.endsWith("[0]") ? ask.run(context, inputs) : hang.run(context, inputs),
    });
    const running = world.run(
      plan([
        action("each", "test.either", {
          foreach: { items: "${{ fromJSON('[1,2]') }}", maxParallel: 2 },
          timeoutSeconds: 10,
        }),
        action("after", "test.send", { if: "always()", with: { text: "then" } }),
      ]),
    );
    await settle();
    const statusOf = async (path: string) =>
      (await world.store.steps(idOf(world))).find((step) => step.path === path)?.status;
    await world.store.decide(idOf(world), "each[0]", approved);
    await world.pass(1_000);
    expect([await statusOf("each[0]"), await statusOf("each[1]")]).toEqual(["succeeded", "running"]);
    await world.pass(9_000);
    expect(await running).toMatchObject({
      status: "failed",
      steps: ["each failed", "each[0] succeeded", "each[1] failed", "after succeeded"],
    });
  });

  it("goes on within one item of a foreach, called workflows and all", async () => {
    const world = createWorld();
    const asking = plan(
      [action("ask", "test.ask"), action("go", "test.send", { with: { text: "went" } })],
      {},
      { name: "Asking" },
    );
    const apart = [call("call", asking), { ...slow(60), decision: "depends" as const }].map((step) => ({
      ...step,
      waitsFor: [],
    }));
    const each = parallel("each", apart, 99, { foreach: { items: "${{ fromJSON('[1,2]') }}", maxParallel: 2 } });
    const running = world.run(plan([each]));
    await settle();
    await world.pass(1_000);
    const called = (await world.store.runs({ limit: 9, withCalled: true })).filter(({ depth }) => depth === 1);
    expect(called).toHaveLength(2);
    for (const { id } of called) {
      await world.store.decide(id, "ask", approved);
      await world.pass(1_000);
    }
    expect(world.sent).toEqual(["went", "went"]);
    await world.pass(60_000);
    expect(await running).toMatchObject({ status: "succeeded" });
  });

  it("a run that is cancelled waits for nothing", async () => {
    const world = createWorld();
    const stop = new AbortController();
    const asking = plan([action("ask", "test.ask")], {}, { name: "Asking" });
    const running = world.run(plan([action("ask", "test.ask"), call("call", asking, { needs: [] }), slow(60)]), {
      signal: stop.signal,
    });
    await settle();
    stop.abort();
    expect(await running).toMatchObject({
      status: "cancelled",
      steps: ["ask cancelled", "call cancelled", "slow cancelled"],
    });
    const runs = await world.store.runs({ limit: 9, withCalled: true });
    expect(runs.map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
  });
});

describe("secrets and strangers", () => {
  it("shows what is declared, and hides it everywhere", async () => {
    const world = createWorld();
    const run = await world.run(
      plan(
        [
          action("a", "test.send", { with: { text: "token ${{ secrets.TOKEN }} ${{ secrets.OTHER }}" } }),
          action("b", "test.echo", { with: { it: "x ${{ secrets.TOKEN }}" } }),
        ],
        {},
        { secrets: ["TOKEN"] },
      ),
      { secrets: { TOKEN: "s3cr3t-value", OTHER: "not-declared" } },
    );
    expect(world.sent).toEqual(["token s3cr3t-value "]);
    expect(run.records[1]?.outputs).toEqual({ it: "x ***" });
    expect(JSON.stringify([await world.store.logs(run.id), world.events])).not.toMatch(/s3cr3t|not-declared/);
  });

  it("runs scripts with the declared environment only, and none for a stranger", async () => {
    const world = createWorld();
    const given = plan([script("s", "true", { env: { A: "${{ inputs.a }}" } })], {
      inputs: { a: "1" },
      env: { B: "2" },
    });
    const run = await world.run(given);
    const { CODEFLOW_OUTPUT: output, ...env } = world.execs[0]?.env ?? {};
    expect(output).toMatch(/output$/);
    expect(env).toEqual({
      PATH: "/bin",
      HOME: "/home/me",
      A: "1",
      B: "2",
      CODEFLOW_RUN_ID: run.id,
      CODEFLOW_STEP: "s",
    });
    expect((await createWorld().run(given, { isTrusted: false })).error).toMatch(/run: is refused/);
  });

  it("gives a stranger's run none of the secrets that its workflow file declares, and still hides them", async () => {
    const step = action("s", "test.echo", {
      with: { secret: "${{ secrets.KEY }}", all: "${{ toJSON(secrets) }}", typed: "hunter2-key" },
    });
    const base = plan([step]);
    const given = { ...base, workflow: { ...base.workflow, secrets: ["KEY"] }, env: { K: "x${{ secrets.KEY }}" } };
    const outputsOf = async (isTrusted: boolean) =>
      (await createWorld().run(given, { isTrusted, secrets: { KEY: "hunter2-key" } })).records[0]?.outputs;
    expect(await outputsOf(true)).toMatchObject({ secret: "***" });
    expect(await outputsOf(false)).toEqual({ secret: null, all: "{}", typed: "***" });
  });

  it("counts the rows of a log, not only its text: a flood of short lines ends it too", async () => {
    const world = createWorld();
    world.actions.set("test.flood", {
      ...(world.actions.get("test.echo") as ActionDefinition),
      id: "test.flood",
      run: async (context) => {
        for (let i = 0; i < 50_000; i++) context.log.info("y");
        return {};
      },
    });
    const { id } = await world.run(plan([action("s", "test.flood")]));
    const logs = await world.store.logs(id);
    expect(logs.length).toBeLessThan(15_000);
    expect(logs.at(-1)?.text).toMatch(/not kept/);
  });
});

describe("resuming", () => {
  it("takes over from a dead process: what is done stays, what was begun is done again with the same key", async () => {
    const first = createWorld();
    const keys: string[] = [];
    const given = plan([
      action("one", "test.send", { with: { text: "1" } }),
      action("each", "test.echo", {
        foreach: { items: "${{ fromJSON('[1,2]') }}", maxParallel: 1 },
        with: { n: "${{ item }}" },
      }),
      action("two", "test.hang"),
      action("three", "test.send", { with: { text: "3" } }),
    ]);
    const id = await first.engine.create(given);
    const left = first.resume(id).catch((error: unknown) => error);
    await settle(40);
    const second = first.another("there", ["here"]);
    const hang = second.actions.get("test.hang");
    if (hang === undefined) throw new Error("no test.hang");
    second.actions.set("test.hang", {
      ...hang,
      run: async (context) => {
        keys.push(`${context.step.key} ${context.step.attempt}`);
        return {};
      },
    });
    const run = await second.resume(id);
    expect(run.status).toBe("succeeded");
    expect([...first.sent, ...second.sent]).toEqual(["1", "3"]);
    expect(keys).toEqual([`${id}/two 2`]);
    expect(run.records.find(({ path }) => path === "two")).toMatchObject({ attempt: 2, tries: 1 });
    // The process that was taken for dead comes back: it can write nothing and lets go.
    await first.pass(1_000);
    expect(await left).toMatchObject({ message: "another process has the run" });
    expect((await first.store.run(id))?.record.status).toBe("succeeded");
  });

  it("ends what a dead process left running before it repeats the step, and only that", async () => {
    const first = createWorld();
    const id = await first.engine.create(plan([script("one", "true"), action("two", "test.hang")]));
    const left = first.resume(id).catch((error: unknown) => error);
    await settle(40);
    const here = { id: "here", isAlive: () => true };
    const mark = { run: id, machine: "here", start: "1" };
    await first.store.record(id, here, {
      steps: [],
      waits: [],
      logs: [],
      processes: [
        { ...mark, step: "one", pid: 11 },
        { ...mark, step: "two", pid: 22 },
      ],
    });
    const second = first.another("there", ["here"]);
    const hang = second.actions.get("test.hang");
    if (hang === undefined) throw new Error("no test.hang");
    let endedBefore: number[] = [];
    second.actions.set("test.hang", {
      ...hang,
      run: async () => {
        endedBefore = [...second.ended];
        return {};
      },
    });
    expect((await second.resume(id)).status).toBe("succeeded");
    expect(endedBefore).toEqual([22]);
    expect((await second.store.logs(id, { step: "two" })).map(({ text }) => text)).toEqual([
      "what the process before this one left running was ended (process group 22)",
    ]);
    await first.pass(1_000);
    expect(await left).toBeInstanceOf(Error);
  });

  it("counts the time that was used before, by a dead process too; waiting is free", async () => {
    const world = createWorld();
    const steps = [
      action("slow", "test.hang", { timeoutSeconds: 20, continueOnError: true }),
      action("nap", "test.wait", { with: { until: "2026-03-20T12:00:00Z" } }),
      action("long", "test.hang"),
    ];
    const first = world.run(plan(steps, {}, { timeoutSeconds: 60 }));
    await settle();
    await world.pass(20_000);
    const { id, status } = await first;
    expect(status).toBe("waiting");
    await world.pass(2 * 3_600_000);
    const killed = world.resume(id).catch((error: unknown) => error);
    await settle();
    for (let second = 0; second < 10; second++) await world.pass(1_000);
    // Its process is dead, as far as the next one can tell.
    const there = world.another("there", ["here"]);
    const last = there.resume(id);
    await settle();
    await there.pass(29_000);
    expect((await there.store.run(id))?.record.status).toBe("running");
    await there.pass(1_000);
    expect(await last).toMatchObject({ status: "failed", error: "it took longer than 60 s" });
    await world.pass(1_000);
    expect(await killed).toBeInstanceOf(Error);
  });

  it("refuses a run that another process has", async () => {
    const world = createWorld();
    const id = await world.engine.create(plan([action("a", "test.hang")]));
    const running = world.resume(id);
    await settle();
    await expect(world.another("there").resume(id)).rejects.toThrow("held");
    await world.store.requestCancel(id, "me");
    await world.pass(1_000);
    await running;
  });

  it("lets go of a run when nothing can be stored", async () => {
    const world = createWorld();
    const id = await world.engine.create(plan([action("a", "test.send", { with: { text: "x" } })]));
    world.store.record = async () => {
      throw new Error("the disk is full");
    };
    await expect(world.resume(id)).rejects.toThrow("the disk is full");
    expect(world.sent).toEqual([]);
  });
});

describe("concurrency groups", () => {
  it("the second run waits for the first", async () => {
    const world = createWorld();
    const concurrency = { group: "g", cancelInProgress: false };
    const first = world.run(plan([action("a", "test.hang", { timeoutSeconds: 5 })], { concurrency }));
    await settle();
    const second = world.run(plan([action("b", "test.echo")], { concurrency }));
    await settle();
    expect(world.events.some(({ type }) => type === "run-blocked")).toBe(true);
    await world.pass(5_000);
    await first;
    await world.pass(500);
    expect((await second).status).toBe("succeeded");
  });
});

describe("concurrency groups of called workflows", () => {
  const concurrency = { group: "deploy", cancelInProgress: false };
  const hanging = (more: Parameters<typeof plan>[1]) =>
    plan([action("inner", "test.hang", { timeoutSeconds: 5 })], more, { name: "Deploy" });

  it("a called run waits for another of its group, whoever called that", async () => {
    const world = createWorld();
    const first = world.run(plan([call("call", hanging({ concurrency }))]));
    await settle();
    const quick = plan([action("a", "test.echo")], { concurrency }, { name: "Deploy" });
    const second = world.run(plan([call("call", quick)]));
    await settle();
    expect(world.events.filter(({ type }) => type === "run-blocked")).toHaveLength(1);
    await world.pass(5_000);
    expect((await first).status).toBe("failed");
    await world.pass(500);
    expect((await second).status).toBe("succeeded");
  });

  it("cancels what another process runs of the group, and its caller is told", async () => {
    const here = createWorld();
    const cancelling = { group: "deploy", cancelInProgress: true };
    const first = here.run(plan([call("call", hanging({ concurrency: cancelling }))]));
    await settle();
    const there = here.another("there");
    const quick = plan([action("a", "test.echo")], { concurrency: cancelling }, { name: "Deploy" });
    const second = there.resume(await there.engine.create(plan([call("call", quick)]), "0197b000"));
    await settle();
    await here.pass(1_000);
    expect(await first).toMatchObject({
      status: "failed",
      error: "call: the workflow Deploy was cancelled: cancelled by a newer run of the group deploy",
    });
    await there.pass(500);
    expect((await second).status).toBe("succeeded");
  });

  it("is named by inputs that the caller's steps give", async () => {
    const world = createWorld();
    const inner = plan(
      [action("a", "test.echo")],
      { concurrencyOf: { group: "deploy-${{ inputs.to }}", cancelInProgress: "inputs.to == 'test'" } },
      { name: "Deploy", inputs: { to: { type: "string", required: true } } },
    );
    const run = await world.run(
      plan([
        action("where", "test.echo", { with: { to: "test" } }),
        call("call", inner, { with: { to: "${{ steps.where.outputs.to }}" } }),
      ]),
    );
    expect(run.status).toBe("succeeded");
    const child = (await world.store.run(run.id))?.children[0] ?? "";
    const stored = await world.store.run(child);
    expect(stored?.record.group).toBe("deploy-test");
    expect(stored?.plan.concurrency).toEqual({ group: "deploy-test", cancelInProgress: true });
  });

  it("fails instead of waiting for its own caller", async () => {
    const world = createWorld();
    const inner = plan([action("a", "test.echo")], { concurrency }, { name: "Deploy" });
    const middle = plan([call("inner", inner)], {}, { name: "Middle" });
    expect((await world.run(plan([call("call", middle)], { concurrency }))).error).toMatch(
      /Deploy would wait for its own caller: both are in the group deploy/,
    );
  });

  it("one that waits its turn ends with the step that called it", async () => {
    const world = createWorld();
    const first = world.run(hanging({ concurrency }));
    await settle();
    const quick = plan([action("a", "test.echo")], { concurrency }, { name: "Deploy" });
    const second = world.run(plan([call("call", quick, { timeoutSeconds: 2 })]));
    await settle();
    await world.pass(2_000);
    await world.pass(500);
    expect(await second).toMatchObject({ status: "failed", error: "call: it took longer than 2 s" });
    const runs = await world.store.runs({ limit: 9, withCalled: true });
    expect(runs.find(({ parent }) => parent !== undefined)?.status).toBe("cancelled");
    await world.pass(5_000);
    await first;
  });
});

describe("the time of a step that calls", () => {
  it("ends the called run too, its cleaning up waited for", async () => {
    const world = createWorld();
    const inner = plan(
      [
        action("hang", "test.hang", { with: { deaf: true } }),
        action("clean", "test.send", { if: "always()", with: { text: "clean" } }),
      ],
      {},
      { name: "Inner" },
    );
    const running = world.run(plan([call("call", inner, { timeoutSeconds: 10 })]));
    await settle();
    await world.pass(10_000);
    await world.pass(5_000);
    expect(await running).toMatchObject({ status: "failed", error: "call: it took longer than 10 s" });
    expect(world.sent).toEqual(["clean"]);
    const runs = await world.store.runs({ limit: 9, withCalled: true });
    expect(runs.map(({ status, error }) => [status, error])).toContainEqual(["cancelled", "cancelled by its caller"]);
  });
});

describe("size", () => {
  it("10,000 steps in a row, 1,000 side by side, 2,000 items", async () => {
    const world = createWorld();
    const many = Array.from({ length: 10_000 }, (_, i) => action(`s${i}`, "test.echo"));
    expect((await world.run(plan(many))).records).toHaveLength(10_000);
    const wide = Array.from({ length: 1_000 }, (_, i) => action(`s${i}`, "test.echo", { needs: [] }));
    expect((await world.run(plan(wide))).status).toBe("succeeded");
    expect((await world.run(plan([parallel("all", wide)]))).status).toBe("succeeded");
    const items = JSON.stringify(Array.from({ length: 2_000 }, (_, i) => i));
    const each = action("each", "test.echo", { foreach: { items: `\${{ fromJSON('${items}') }}`, maxParallel: 50 } });
    expect((await world.run(plan([each]))).records).toHaveLength(2_001);
  });
});

describe("many at a time", () => {
  it("runs a hundred in one process, each with its own steps", async () => {
    const world = createWorld();
    const given = (i: number) =>
      plan([
        action("a", "test.echo", { with: { i } }),
        action("b", "test.echo", { with: { i: "${{ steps.a.outputs.i }}" } }),
      ]);
    const ended = await Promise.all(Array.from({ length: 100 }, (_, i) => world.run(given(i))));
    expect(ended.map(({ records }) => records[1]?.outputs)).toEqual(ended.map((_, i) => ({ i })));
  });
});

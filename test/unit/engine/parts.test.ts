/** The engine's smaller parts by themselves. */
import { describe, expect, it } from "vitest";
import { retryDelayMs } from "../../../src/engine/backoff.ts";
import { childId } from "../../../src/engine/child-id.ts";
import { createJournal } from "../../../src/engine/journal.ts";
import { createRedactor } from "../../../src/engine/redact.ts";
import { stepsToRepeat } from "../../../src/engine/repeat.ts";
import { walk } from "../../../src/engine/walk.ts";
import type { RunBatch, StepRecord } from "../../../src/model/workflow-run.ts";
import { exampleStep, owner } from "../../contract/run-store.ts";
import { action, parallel, plan } from "./world.ts";

describe("redaction", () => {
  it("hides secrets in every form they come in, also lines of them, also in keys", () => {
    const redactor = createRedactor(['pa"ss word', "first-line\nsecond-line", ""]);
    const base64 = Buffer.from('pa"ss word').toString("base64");
    const text = `pa"ss word ${JSON.stringify('pa"ss word')} ${encodeURIComponent('pa"ss word')} ${base64} second-line`;
    expect(redactor.text(text)).toBe('*** "***" *** *** ***');
    expect(redactor.value({ a: ["first-line"], "second-line": 1, b: null })).toEqual({ a: ["***"], "***": 1, b: null });
  });
  it("hides a secret in base64 whatever stands before and behind it", () => {
    const redactor = createRedactor(["hunter2-topsecret>>>"]);
    for (const before of ["", "u:", "u:p", "user"]) {
      for (const behind of ["", "\n", "@x", "abc"]) {
        for (const encoding of ["base64", "base64url"] as const) {
          const text = Buffer.from(`${before}hunter2-topsecret>>>${behind}`).toString(encoding);
          const left = Buffer.from(redactor.text(text).replace("***", ""), "base64").toString("latin1");
          expect(redactor.text(text)).toContain("***");
          expect(left).not.toContain("secret");
        }
      }
    }
  });
  it("does nothing without secrets, and never garbles texts over tiny ones", () => {
    const value = { a: "text" };
    expect(createRedactor([]).value(value)).toBe(value);
    expect(createRedactor(["a"]).text("banana")).toBe("banana");
  });
});

describe("retries", () => {
  const policy = { attempts: 9, delaySeconds: 2, factor: 2, maxDelaySeconds: 10 };
  it("wait longer each time, up to a limit, and anything less by chance", () => {
    expect([1, 2, 3, 4, 60].map((failures) => retryDelayMs(policy, failures, () => 1))).toEqual([
      2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
    expect(retryDelayMs(policy, 3, () => 0)).toBe(0);
    expect(retryDelayMs(policy, 3, () => 0.25)).toBe(2_000);
  });
});

describe("ids of called runs", () => {
  it("follow from the caller, and look like its own", () => {
    const parent = "0197a000-1111-7222-8333-444455556666";
    const id = childId(parent, "call", 1, 0);
    expect(id).toMatch(/^0197a000-1111-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(childId(parent, "call", 1, 0)).toBe(id);
    const others = [childId(parent, "call", 2, 0), childId(parent, "call", 1, 1), childId(parent, "call2", 1, 0)];
    expect(new Set([id, ...others]).size).toBe(4);
  });
});

describe("the journal", () => {
  it("writes what is told together in one go, the newest of each step", async () => {
    const batches: RunBatch[] = [];
    const journal = createJournal(
      { record: async (_run, _owner, batch) => void batches.push(batch) },
      "r",
      owner("a"),
      () => undefined,
    );
    journal.step(exampleStep("a", 0));
    journal.step(exampleStep("b", 1));
    journal.step(exampleStep("a", 0, { status: "succeeded" }));
    await journal.flush();
    expect(batches.map(({ steps }) => steps.map(({ path, status }) => `${path} ${status}`))).toEqual([
      ["a succeeded", "b running"],
    ]);
    await journal.flush();
    expect(batches).toHaveLength(1);
  });
  it("writes one batch after another, and nothing after a failure", async () => {
    let writes = 0;
    const told: unknown[] = [];
    const store = {
      record: async () => {
        writes++;
        if (writes === 2) throw new Error("full");
      },
    };
    const journal = createJournal(store, "r", owner("a"), (error) => told.push(error));
    for (const path of ["a", "b", "c"]) {
      journal.step(exampleStep(path, 0));
      if (path === "a") await journal.flush();
      else await expect(journal.flush()).rejects.toThrow("full");
    }
    expect([writes, told.length]).toEqual([2, 1]);
  });
});

describe("walking", () => {
  const step = (id: string, waitsFor: readonly string[]) => action(id, "x", { waitsFor, needs: waitsFor });
  it("starts each step once, as soon as what it waits for has ended", async () => {
    const order: string[] = [];
    const steps = [step("d", ["b", "c"]), step("b", ["a"]), step("a", []), step("c", ["a"])];
    await walk(steps, 9, async ({ id }) => {
      order.push(id);
      return "succeeded";
    });
    expect(order).toEqual(["a", "b", "c", "d"]);
  });
  it("stops at a fault, after what runs has ended", async () => {
    const ended: string[] = [];
    const steps = [step("a", []), step("b", []), step("c", ["b"])];
    const walking = walk(steps, 9, async ({ id }) => {
      if (id === "a") throw new Error("fault");
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended.push(id);
      return "succeeded";
    });
    await expect(walking).rejects.toThrow("fault");
    expect(ended).toEqual(["b"]);
  });
});

describe("retrying a run", () => {
  const given = plan([
    action("a", "x"),
    parallel("both", [action("left", "x"), action("right", "x")]),
    action("c", "x"),
    action("apart", "x", { needs: ["a"] }),
  ]);
  const records = (ends: Record<string, StepRecord["status"]>): StepRecord[] =>
    Object.entries(ends).map(([path, status], position) => exampleStep(path, position, { status }));
  const ended = records({
    a: "succeeded",
    both: "failed",
    "both/left": "succeeded",
    "both/right": "failed",
    c: "skipped",
    apart: "succeeded",
  });

  it("repeats what did not succeed and what waited for it", () => {
    expect(stepsToRepeat(given, ended)?.sort()).toEqual(["both", "both/right", "c"]);
  });
  it("repeats a step and what depends on it, whole", () => {
    expect(stepsToRepeat(given, ended, "both")?.sort()).toEqual(["both", "both/left", "both/right", "c"]);
    expect(stepsToRepeat(given, ended, "apart")).toEqual(["apart"]);
    expect(stepsToRepeat(given, ended, "left")?.sort()).toEqual(["both", "both/left", "c"]);
    expect(stepsToRepeat(given, ended, "a")).toHaveLength(6);
    expect(stepsToRepeat(given, ended, "none")).toBeUndefined();
  });
});

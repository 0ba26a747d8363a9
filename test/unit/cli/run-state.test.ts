/** The tree of a run that goes on, as lines. */
import { expect, it } from "vitest";
import { RunTree } from "../../../src/cli/run-state.ts";
import type { RunRecord, StepRecord, WorkflowEvent } from "../../../src/model/workflow-run.ts";
import { exampleStep } from "../../contract/run-store.ts";
import { action, parallel, plan } from "../engine/world.ts";

const at = "2026-03-20T10:00:00.000Z";
const now = Date.parse(at) + 5_000;
const record = (id: string, parent?: RunRecord["parent"]): RunRecord => ({
  id,
  workflow: "w",
  name: `Workflow ${id}`,
  path: "w.yml",
  trigger: "manual",
  status: "running",
  root: "r",
  depth: parent === undefined ? 0 : 1,
  createdAt: at,
  usedMs: 0,
  ...(parent === undefined ? {} : { parent }),
});
const steps = [action("a", "x"), parallel("both", [action("l", "x"), action("r", "x")])];
const started = (run: RunRecord): WorkflowEvent => ({
  type: "run-started",
  run: run.id,
  at,
  record: run,
  plan: plan(steps),
  isResumed: false,
});
const begin = (run: string, step: StepRecord): WorkflowEvent => ({ type: "step-started", run, at, step });
const end = (run: string, step: StepRecord): WorkflowEvent => ({ type: "step-finished", run, at, step });
const text = (tree: RunTree, height = 20): string[] =>
  tree
    .lines(now, height)
    .map(
      ({ mark, text: name, detail, indent }) =>
        `${"  ".repeat(indent)}${[mark, name, detail].filter((part) => part !== "").join(" ")}`,
    );

it("shows steps within steps, called runs under their callers, and what is said last", () => {
  const tree = new RunTree();
  tree.take(started(record("r")));
  tree.take(
    end("r", exampleStep("a", 0, { status: "failed", error: "no\nway", finishedAt: "2026-03-20T10:00:02.000Z" })),
  );
  tree.take(begin("r", exampleStep("both", 1, { kind: "parallel" })));
  tree.take(begin("r", exampleStep("both/l", 2)));
  tree.take(started(record("c", { run: "r", step: "both/l" })));
  tree.take(begin("c", exampleStep("deep", 0)));
  const log = { sequence: 1, step: "deep", at, level: "output", text: "com\u001b[2Jpiling" } as const;
  tree.take({ type: "step-log", run: "c", at, log });
  expect(text(tree)).toEqual([
    "Workflow r  1/4 running",
    "  ✗ a 2.0 s  no",
    "  ▸ both 5.0 s",
    "    ▸ both/l 5.0 s",
    expect.stringMatching(/^ {6}▸ deep 5\.0 s {2}com.*piling$/),
  ]);
  expect(text(tree).join("")).not.toContain("\u001b");
});

it("in a low terminal keeps what goes on and what failed, and counts the rest", () => {
  const tree = new RunTree();
  tree.take(started(record("r")));
  for (let i = 0; i < 50; i++) {
    const status = i === 10 ? "failed" : i === 20 ? "running" : "succeeded";
    tree.take(begin("r", exampleStep(`s${i}`, i, { status })));
  }
  const lines = text(tree, 8);
  expect(lines).toHaveLength(8);
  expect(lines.map((line) => line.trim().split(" ")[1])).toEqual([
    "r",
    "s10",
    "s20",
    "s46",
    "s47",
    "s48",
    "s49",
    "and",
  ]);
  expect(lines.at(-1)).toContain("44 more");
});

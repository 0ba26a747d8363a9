/** What the workflow engine costs a step, with every step stored: 2,000 steps that do nothing, one after another. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan, PlannedStep } from "../src/model/workflow.ts";
import { createEngine } from "../src/engine/engine.ts";
import { openRuns } from "../src/store/runs.ts";
import { uuidv7 } from "../src/store/uuid.ts";
import { median } from "./measure.ts";

const stepCount = 2_000;

/** Median milliseconds a step over the repetitions. */
export async function measureEngine(repetitions: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "codeflow-bench-engine-"));
  const clock = { now: () => new Date(), monotonic: () => performance.now() };
  const store = await openRuns(join(folder, "history.db"), { clock });
  const schema = { parse: (value: unknown) => value, safeParse: (data: unknown) => ({ success: true, data }) as const };
  const nothing = {
    id: "bench.nothing",
    summary: "Does nothing.",
    inputs: schema,
    outputs: schema,
    needs: [],
    effects: "none",
    run: async () => ({}),
  } as const;
  const engine = createEngine({
    store,
    owner: { id: "bench", isAlive: () => true },
    clock,
    random: Math.random,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        });
      }),
    exec: () => Promise.reject(new Error("nothing is executed")),
    processes: { mark: () => undefined, end: async () => "gone" },
    environment: {},
    makeFolder: () => mkdtempSync(join(tmpdir(), "codeflow-step-")),
    action: async () => nothing,
    newId: () => uuidv7(new Date()),
  });
  const times: number[] = [];
  try {
    for (let i = 0; i < repetitions; i++) {
      const id = await engine.create(planOf(stepCount));
      const start = performance.now();
      const outcome = await engine.run(id, { ports: {}, root: folder, repo: {}, secrets: {}, isTrusted: true });
      times.push((performance.now() - start) / stepCount);
      const stored = await store.steps(id);
      const succeeded = stored.filter(({ status }) => status === "succeeded").length;
      if (outcome.kind !== "ended" || outcome.record.status !== "succeeded" || succeeded !== stepCount) {
        throw new Error(`the run ended ${JSON.stringify(outcome)} with ${succeeded} stored steps`);
      }
    }
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return median(times);
}

function planOf(count: number): Plan {
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const steps = Array.from({ length: count }, (_, index): PlannedStep => {
    const id = `step-${index}`;
    return {
      id,
      step: {
        kind: "action",
        id,
        hasOwnId: true,
        uses: "bench.nothing",
        with: index === 0 ? {} : { before: `\${{ steps.step-${index - 1}.outcome }}` },
        continueOnError: false,
        env: {},
        outputs: {},
        place,
      },
      waitsFor: index === 0 ? [] : [`step-${index - 1}`],
      hasNeeds: false,
      decision: "runs",
      effects: "none",
      needs: [],
    };
  });
  return {
    workflow: {
      id: "bench",
      name: "Bench",
      path: "bench.yml",
      source: "given",
      inputs: {},
      secrets: [],
      permissions: {},
      outputs: {},
    },
    event: { name: "manual", payload: {} },
    inputs: {},
    env: {},
    steps,
    needs: [],
  };
}

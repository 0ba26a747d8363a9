/** Workflows whose process is killed at random moments: resumed, they lose no step and double no effect. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isFinished, type RunRecord, type StepRecord } from "../../src/model/workflow-run.ts";
import { openRuns } from "../../src/store/runs.ts";

const bin = join(import.meta.dirname, "../../bin/codeflow.js");
const root = mkdtempSync(join(tmpdir(), "codeflow-crash-"));
const kills = 100;

/**
 * The verb: whoever makes the key's folder first has the effect; everybody else finds it done. At once, as what a killed
 * process left running is ended wherever it is.
 */
const effect = `
echo "$CODEFLOW_STEP" >> "$ATTEMPTS"
key="$(echo "$NAME$CODEFLOW_STEP" | tr '/[]' '___')"
mkdir "$LEDGER.d/$key" 2>/dev/null || true
sleep 0.02
echo "key=$key" >> "$CODEFLOW_OUTPUT"`;
const block = (pad: number): string => effect.replaceAll("\n", `\n${" ".repeat(pad)}`);

const env = (pad: number, name = "main-"): string =>
  [`ATTEMPTS: \${{ inputs.attempts }}`, `LEDGER: \${{ inputs.ledger }}`, `NAME: ${name}`].join(`\n${" ".repeat(pad)}`);
const inputs = `inputs:
  ledger: { type: string, required: true }
  attempts: { type: string, required: true }`;

const main = `name: Crash
on: manual
${inputs}
env:
  ${env(2)}
outputs:
  keys: \${{ toJSON(steps.each.outputs.*.key) }} \${{ steps.call.outputs.key }} \${{ steps.right.outputs.key }}
steps:
  - id: one
    run: |${block(6)}
  - id: two
    run: |${block(6)}
  - id: both
    parallel:
      - id: left
        run: |${block(10)}
      - id: right
        run: |${block(10)}
      - id: middle
        run: |${block(10)}
  - id: each
    foreach: \${{ fromJSON('["a","b","c","d"]') }}
    run: |${block(6)}
  - id: call
    workflow: inner
    with:
      ledger: \${{ inputs.ledger }}
      attempts: \${{ inputs.attempts }}
  - id: apart
    needs: [one]
    run: |${block(6)}
  - id: last
    needs: [call, apart]
    run: |${block(6)}
`;
const inner = `name: Inner
on: manual
${inputs}
env:
  ${env(2, "inner-")}
outputs:
  key: \${{ steps.deep.outputs.key }}
steps:
  - id: deep
    run: |${block(6)}
  - id: deeper
    run: |${block(6)}
`;
const expected = [
  ...["one", "two", "both_left", "both_right", "both_middle", "apart", "last"].map((step) => `main-${step}`),
  ...[0, 1, 2, 3].map((index) => `main-each_${index}_`),
  ...["deep", "deeper"].map((step) => `inner-${step}`),
].sort();

beforeAll(() => {
  execFileSync("git", ["init", "-q", root]);
  mkdirSync(join(root, ".codeflow/workflows"), { recursive: true });
  writeFileSync(join(root, ".codeflow/workflows/main.yml"), main);
  writeFileSync(join(root, ".codeflow/workflows/inner.yml"), inner);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

interface Stored {
  readonly record: RunRecord;
  /** Of the run and of those that it called, by `run/path`. */
  readonly steps: ReadonlyMap<string, StepRecord>;
}

async function stored(ledger: string): Promise<Stored | undefined> {
  const path = join(root, ".git/codeflow/history.db");
  if (!existsSync(path)) return undefined;
  const store = await openRuns(path, { clock: { now: () => new Date() } });
  try {
    expect(store.notices).toEqual([]);
    for (const record of await store.runs({ limit: 3 })) {
      const run = await store.run(record.id);
      if (run?.plan.inputs["ledger"] !== ledger) continue;
      const steps = new Map<string, StepRecord>();
      for (const id of [record.id, ...run.children]) {
        for (const step of await store.steps(id))
          steps.set(`${id === record.id ? "main" : "inner"} ${step.path}`, step);
      }
      return { record, steps };
    }
    return undefined;
  } finally {
    await store.close();
  }
}

function start(args: readonly string[]): { child: ChildProcess; ended: Promise<number | null>; said: () => string } {
  const child = spawn(process.execPath, [bin, ...args, "--json", "--quiet"], { cwd: root });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return { child, ended, said: () => said };
}

const attemptsIn = (file: string): string[] => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);

it.skipIf(process.platform === "win32")(
  `${kills} kills: nothing lost, nothing doubled, nothing finished done again`,
  { timeout: 1_200_000 },
  async () => {
    let killed = 0;
    let duration = 0;
    let outputs: unknown;
    let midway = 0;
    for (let number = 0; killed < kills; number++) {
      const ledger = join(root, `ledger-${number}`);
      const attempts = join(root, `attempts-${number}`);
      mkdirSync(`${ledger}.d`);
      const given = ["run", "main", "--input", `ledger=${ledger}`, "--input", `attempts=${attempts}`];
      let run: Stored | undefined;
      // The first is left alone, to know what and how long.
      for (let tries = 0; run === undefined || !isFinished(run.record.status); tries++) {
        const begun = performance.now();
        const process = start(run === undefined ? given : ["run", "--resume", run.record.id]);
        const isKilled = number > 0 && tries < 4 && killed < kills;
        const timer = isKilled
          ? setTimeout(() => process.child.kill("SIGKILL"), duration * (0.15 + 0.85 * Math.random()))
          : undefined;
        const code = await process.ended;
        clearTimeout(timer);
        if (!isKilled) expect(code, process.said()).toBe(0);
        if (number === 0) duration = performance.now() - begun;
        if (code === null) killed++;
        const before = run;
        run = await stored(ledger);
        if (code === null && run !== undefined && !isFinished(run.record.status) && run.steps.size > 0) midway++;
        // Whatever was stored as finished stays exactly as it was.
        for (const [path, step] of before?.steps ?? []) {
          if (isFinished(step.status)) expect(run?.steps.get(path)).toEqual(step);
        }
      }
      expect(readdirSync(`${ledger}.d`).sort()).toEqual(expected);
      expect(run.record.status).toBe("succeeded");
      outputs ??= run.record.outputs;
      expect(run.record.outputs).toEqual(outputs);
      // As often as the store says, and no more often, was each step's script begun.
      const begun = [...run.steps.values()].filter(({ kind }) => kind === "run");
      const most = begun.reduce((sum, step) => sum + step.attempt, 0);
      expect(attemptsIn(attempts).length).toBeLessThanOrEqual(most);
      expect(begun.every(({ tries }) => tries === 1)).toBe(true);
    }
    expect(killed).toBe(kills);
    // Not all of them before the first step or after the last.
    expect(midway).toBeGreaterThan(kills / 4);
  },
);

/** 500 broken inputs for every bundled analyzer: no crash, no hang, a stated skip at worst. */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { analyzers } from "../../src/analyzers/index.ts";

const child = join(import.meta.dirname, "mutations-child.ts");
/** Far above what any input needs, also on a loaded machine. */
const silenceMs = 60_000;
const batchSilenceMs = 300_000;
const maxMsPerInput = 20_000;

interface Result {
  readonly last: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly report:
    | {
        readonly judged: number;
        readonly skipped: number;
        readonly findings: number;
        readonly slowest: { readonly ms: number; readonly name: string };
        readonly problems: readonly string[];
      }
    | undefined;
}

function attack(id: string, patienceMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const started = spawn(process.execPath, ["--max-old-space-size=1500", child, id], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let line = "";
    let last = "";
    let stderr = "";
    let timer: NodeJS.Timeout | undefined;
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => started.kill("SIGKILL"), patienceMs);
    };
    watch();
    started.stdout.on("data", (data: Buffer) => {
      watch();
      const lines = (line + data.toString()).split("\n");
      line = lines.pop() ?? "";
      last = lines.at(-1) ?? last;
    });
    started.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    started.once("error", reject);
    started.once("close", (code, signal) => {
      clearTimeout(timer);
      const report = last.startsWith("done ") ? (JSON.parse(last.slice(5)) as Result["report"]) : undefined;
      resolve({ last, code, signal, stderr, report });
    });
  });
}

/** As many at once as there are processors: each is busy all the time. */
const slots = availableParallelism();
let free = slots;
const waiting: (() => void)[] = [];

async function withSlot<T>(work: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free--;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }
}

describe("500 broken inputs", { concurrent: true, timeout: 600_000 }, () => {
  const bundled = analyzers.filter(({ kind }) => kind !== "tool");
  it.each(bundled.map(({ id, kind }) => [id, kind] as const))("%s", async (id, kind) => {
    await withSlot(async () => {
      const { last, code, signal, stderr, report } = await attack(id, kind === "batch" ? batchSilenceMs : silenceMs);
      expect({ code, signal }, `ended (or hung) at: ${last}\n${stderr.slice(-2_000)}`).toEqual({
        code: 0,
        signal: null,
      });
      expect(report?.problems.slice(0, 10)).toEqual([]);
      expect((report?.judged ?? 0) + (report?.skipped ?? 0)).toBeGreaterThanOrEqual(500);
      if (kind !== "batch") expect(report?.slowest.ms, report?.slowest.name).toBeLessThan(maxMsPerInput);
    });
  });
});

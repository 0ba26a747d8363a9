/** Analyzers that read syntax trees survive hostile texts: no crash of native code, no hang, a stated skip at worst. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const child = join(import.meta.dirname, "patterns/robustness-child.ts");

function run(id: string): Promise<{ code: number | null; signal: string | null; out: string; error: string }> {
  return new Promise((resolve) => {
    const started = spawn(process.execPath, [child, id], { stdio: ["ignore", "pipe", "pipe"], timeout: 110_000 });
    let out = "";
    let error = "";
    started.stdout.on("data", (data: Buffer) => (out += data.toString()));
    started.stderr.on("data", (data: Buffer) => (error += data.toString()));
    started.on("close", (code, signal) => resolve({ code, signal, out, error }));
  });
}

it.each(["patterns", "complexity", "debugging", "duplication", "exports"])("%s", { timeout: 120_000 }, async (id) => {
  const { code, signal, out, error } = await run(id);
  expect({ code, signal, error }).toEqual({ code: 0, signal: null, error: "" });
  const { judged, skipped, slowest } = JSON.parse(out);
  expect(judged + skipped).toBeGreaterThan(500);
  expect(slowest.ms, slowest.name).toBeLessThan(20_000);
});

/** Wall time, CPU time and peak memory of one program and everything that it starts. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

export interface Measurement {
  readonly wallMs: number;
  /** User and system time of the whole process tree. */
  readonly cpuMs: number;
  /** Largest resident size of any one process of the tree. */
  readonly peakMiB: number;
}

/** Output is thrown away; a verdict's exit code (0, 1, 3) is an answer, anything else a fault. */
export function measure(command: string, args: readonly string[], cwd: string): Measurement {
  const result = spawnSync("python3", [join(import.meta.dirname, "measure.py"), command, ...args], {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${result.stderr}`);
  const [wallMs = 0, cpuMs = 0, peakMiB = 0, code = 0] = result.stdout.trim().split(" ").map(Number);
  if (code !== 0 && code !== 1 && code !== 3) throw new Error(`${command} ${args.join(" ")} exited with ${code}`);
  return { wallMs, cpuMs, peakMiB };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

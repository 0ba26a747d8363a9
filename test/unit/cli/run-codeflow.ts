/** The command line in this process: arguments and environment in; exit code, output and messages out. */
import { PassThrough } from "node:stream";
import { main } from "../../../src/cli/main.ts";

export async function runCodeflow(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const text = { out: "", err: "" };
  stdout.on("data", (chunk: Buffer) => void (text.out += chunk.toString()));
  stderr.on("data", (chunk: Buffer) => void (text.err += chunk.toString()));
  const code = await main({
    argv,
    version: "1.0.0",
    cwd,
    env,
    stdin: new PassThrough(),
    stdout,
    stderr,
    cores: 2,
    signal: new AbortController().signal,
  });
  return { code, ...text };
}

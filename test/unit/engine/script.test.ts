/** Scripts in real shells. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseOutputs, runScript, type ScriptRequest } from "../../../src/engine/script.ts";
import { createExec } from "../../../src/system/exec.ts";

const root = mkdtempSync(join(tmpdir(), "codeflow-script-"));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

async function run(script: string, more: Partial<ScriptRequest> = {}) {
  const lines: string[] = [];
  const env = { PATH: process.env["PATH"] ?? "", VALUE: "it's $HOME" };
  const outputs = await runScript({
    shell: "bash",
    script,
    root,
    workingDirectory: undefined,
    env,
    exec: createExec({}),
    makeFolder: () => mkdtempSync(join(tmpdir(), "codeflow-step-")),
    signal: new AbortController().signal,
    onLine: (line) => lines.push(line),
    ...more,
  });
  return { outputs, lines };
}

describe.skipIf(process.platform === "win32")("scripts", () => {
  it("give lines and outputs, and see their own environment alone", async () => {
    const { outputs, lines } = await run(
      'echo "$VALUE"; printf "no end"; echo "a=1" >> "$CODEFLOW_OUTPUT"; env | sed "s/=.*//" | sort | tr "\\n" " " >&2',
    );
    expect(outputs).toEqual({ a: "1" });
    expect(lines).toContain("it's $HOME");
    expect(lines).toContain("no end");
    expect(
      lines
        .find((line) => line.includes("PATH"))
        ?.trim()
        .split(" ")
        .filter((name) => !/^(_|PWD|SHLVL|OLDPWD)$/.test(name)),
    ).toEqual(["CODEFLOW_OUTPUT", "PATH", "VALUE"]);
  });

  it.each([
    ["false; echo never", "bash", /exit code 1/],
    ["false | true; echo never", "bash", /exit code 1/],
    ["exit 7", "sh", /exit code 7/],
    ["kill -9 $$", "sh", /ended by SIGKILL/],
  ] as const)("fail with the first command that fails: %s", async (script, shell, message) => {
    await expect(run(script, { shell })).rejects.toThrow(message);
  });

  it("end, with what they started, when they are no longer wanted", async () => {
    const stop = new AbortController();
    const started = performance.now();
    const running = run("sleep 30 & sleep 30", { signal: stop.signal, onLine: () => undefined });
    setTimeout(() => stop.abort(new Error("enough")), 200);
    await expect(running).rejects.toThrow("enough");
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("stay in the checkout and leave nothing behind", async () => {
    await expect(run("pwd", { workingDirectory: "../.." })).rejects.toThrow(/outside of the checkout/);
    const { lines } = await run('pwd; dirname "$CODEFLOW_OUTPUT"', { workingDirectory: "." });
    expect(() => readdirSync(lines[1] ?? "")).toThrow(/ENOENT/);
  });
});

describe("outputs", () => {
  const parse = (text: string) => parseOutputs(Buffer.from(text));
  it("are GitHub's format", () => {
    expect(parse("a=1\nb=x=y\n\nc<<END\none\ntwo=2\nEND\nd=\n")).toEqual({ a: "1", b: "x=y", c: "one\ntwo=2", d: "" });
    expect(parse("a=1\r\nb<<E\r\nx\r\nE\r\n")).toEqual({ a: "1", b: "x" });
    expect(parse("a=<<b")).toEqual({ a: "<<b" });
  });
  it.each(["nonsense", "a<<END\nnever", "=x", "<<E\nE"])("are refused when they are not: %j", (text) => {
    expect(() => parse(text)).toThrow(/CODEFLOW_OUTPUT line 1/);
  });
});

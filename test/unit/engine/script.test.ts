/** Scripts in real shells. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseOutputs, runScript, type ScriptRequest } from "../../../src/engine/script.ts";
import { createExec } from "../../../src/system/exec.ts";

const root = mkdtempSync(join(tmpdir(), "codeflow-script-"));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const hasPwsh = (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, "pwsh")));

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

  it.each([
    [
      "python",
      "import os, sys\nprint(sys.argv[1:], os.environ['VALUE'])\nopen(os.environ['CODEFLOW_OUTPUT'], 'a').write('a=1\\n')",
    ],
    [
      "node",
      "const { appendFileSync } = require('node:fs');\nconsole.log([], process.env.VALUE);\nappendFileSync(process.env.CODEFLOW_OUTPUT, 'a=1\\n');",
    ],
    [
      "node",
      "import { appendFileSync } from 'node:fs';\nconsole.log([], process.env.VALUE);\nappendFileSync(process.env.CODEFLOW_OUTPUT, 'a=1\\n');",
    ],
    ["sh", "echo [] $VALUE\necho a=1 >> $CODEFLOW_OUTPUT"],
  ] as const)("are %s too", async (shell, script) => {
    expect(await run(script, { shell })).toEqual({ outputs: { a: "1" }, lines: ["[] it's $HOME"] });
  });

  it.each([
    ["python", "raise SystemExit(3)", /exit code 3/],
    ["python", "def x(:", /exit code 1/],
    ["node", "throw new Error('no')", /exit code 1/],
    ["node", "process.exit(4)", /exit code 4/],
  ] as const)("and fail as %s does: %s", async (shell, script, message) => {
    await expect(run(script, { shell })).rejects.toThrow(message);
  });

  it("are given to PowerShell as GitHub gives them", async () => {
    const seen: { args: readonly string[]; text: string }[] = [];
    await run("tool.exe", {
      shell: "pwsh",
      makeFolder: () => mkdtempSync(join(tmpdir(), "codeflow-it's-")),
      exec: async ({ command, args }) => {
        const [, path = ""] = /^\. '(.*)'$/.exec(args[1] ?? "") ?? [];
        seen.push({ args: [command, args[0] ?? ""], text: readFileSync(path.replaceAll("''", "'"), "utf8") });
        return { exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), timedOut: false };
      },
    });
    expect(seen).toEqual([
      {
        args: ["pwsh", "-command"],
        text: "$ErrorActionPreference = 'stop'\ntool.exe\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }",
      },
    ]);
  });

  it.skipIf(!hasPwsh)("run in PowerShell, and fail with the last program's code", async () => {
    const script = "Write-Output $env:VALUE\n'a=1' >> $env:CODEFLOW_OUTPUT";
    expect(await run(script, { shell: "pwsh" })).toEqual({ outputs: { a: "1" }, lines: ["it's $HOME"] });
    await expect(run("sh -c 'exit 5'", { shell: "pwsh" })).rejects.toThrow(/exit code 5/);
    await expect(run("Get-Item /no/such/item; Write-Output never", { shell: "pwsh" })).rejects.toThrow(/exit code 1/);
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

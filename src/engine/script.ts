/** `run:` steps: a script in a shell, with the environment that the workflow declares and nothing of ours. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Exec } from "../model/system.ts";
import type { RunStep } from "../model/workflow.ts";

export interface ScriptRequest {
  readonly shell: RunStep["shell"];
  readonly script: string;
  /** Absolute. */
  readonly root: string;
  /** Relative to the root. */
  readonly workingDirectory: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly exec: Exec;
  /** A new folder, for the script and its outputs. */
  readonly makeFolder: () => string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** A script that ended with another code than 0. */
export class ScriptFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ScriptFailed";
  }
}

interface Shell {
  readonly command: string;
  readonly args: (path: string) => readonly string[];
  readonly file: string;
  readonly wrap?: (script: string) => string;
}

/**
 * As GitHub calls them, so that the first command that fails fails the step:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#exit-codes-and-error-action-preference
 */
const shells: Readonly<Record<ScriptRequest["shell"], Shell>> = {
  bash: { command: "bash", args: (path) => ["--noprofile", "--norc", "-eo", "pipefail", path], file: "step.sh" },
  sh: { command: "sh", args: (path) => ["-e", path], file: "step.sh" },
  pwsh: {
    command: "pwsh",
    args: (path) => ["-command", `. '${path.replaceAll("'", "''")}'`],
    file: "step.ps1",
    // A program that fails stops no PowerShell: the last one's code is the script's.
    wrap: (script) =>
      [
        "$ErrorActionPreference = 'stop'",
        script,
        "if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }",
      ].join("\n"),
  },
  // Debian has no `python`, Windows no `python3`.
  python: { command: process.platform === "win32" ? "python" : "python3", args: (path) => [path], file: "step.py" },
  // GitHub has no such keyword: this is its `node {0}`.
  node: { command: "node", args: (path) => [path], file: "step.js" },
};

const maxOutputFileBytes = 1_048_576;

/** Resolves to the outputs that the script wrote to the file `CODEFLOW_OUTPUT`. */
export async function runScript(request: ScriptRequest): Promise<Record<string, string>> {
  const { command, args, file, wrap } = shells[request.shell];
  const cwd = directoryInside(request.root, request.workingDirectory);
  const folder = request.makeFolder();
  try {
    const outputFile = join(folder, "output");
    writeFileSync(outputFile, "");
    writeFileSync(join(folder, file), wrap === undefined ? request.script : wrap(request.script));
    const lines = [lineReader(request.onLine), lineReader(request.onLine)];
    const result = await request.exec({
      command,
      args: args(join(folder, file)),
      cwd,
      env: { ...request.env, CODEFLOW_OUTPUT: outputFile },
      signal: request.signal,
      onOutput: (chunk, stream) => lines[stream === "stdout" ? 0 : 1]?.take(chunk),
    });
    for (const reader of lines) reader.end();
    if (result.exitCode !== 0) {
      throw new ScriptFailed(
        result.killedBy === undefined
          ? `the script ended with exit code ${result.exitCode}`
          : `the script was ended by ${result.killedBy}`,
      );
    }
    return parseOutputs(readFileSync(outputFile).subarray(0, maxOutputFileBytes + 1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function directoryInside(root: string, directory: string | undefined): string {
  const path = resolve(root, directory ?? ".");
  const inside = relative(root, path);
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new ScriptFailed(`working-directory ${directory} is outside of the checkout`);
  }
  return path;
}

/** Lines as they come; one that is never ended comes at the end. */
function lineReader(onLine: (line: string) => void) {
  const decoder = new TextDecoder();
  let rest = "";
  return {
    take(chunk: Uint8Array): void {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
      rest = parts.pop() ?? "";
      for (const line of parts) onLine(line);
    },
    end(): void {
      rest += decoder.decode();
      if (rest !== "") onLine(rest);
    },
  };
}

/** GitHub's format: `name=value`, or `name<<END`, lines, `END`. */
export function parseOutputs(content: Uint8Array): Record<string, string> {
  if (content.length > maxOutputFileBytes) throw new ScriptFailed("its outputs are larger than 1 MiB");
  const lines = new TextDecoder()
    .decode(content)
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/);
  const outputs: Record<string, string> = {};
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (line === "") continue;
    const heredoc = line.indexOf("<<");
    const equals = line.indexOf("=");
    if (equals > 0 && (heredoc < 0 || equals < heredoc)) {
      outputs[line.slice(0, equals)] = line.slice(equals + 1);
    } else if (heredoc > 0 && heredoc + 2 < line.length) {
      const end = lines.indexOf(line.slice(heredoc + 2), i + 1);
      if (end < 0) throw new ScriptFailed(`in CODEFLOW_OUTPUT line ${i + 1}: ${line.slice(heredoc + 2)} never comes`);
      outputs[line.slice(0, heredoc)] = lines.slice(i + 1, end).join("\n");
      i = end;
    } else throw new ScriptFailed(`in CODEFLOW_OUTPUT line ${i + 1}: neither name=value nor name<<END`);
  }
  return outputs;
}

/** mypy as the repository configures it. */
import { join } from "node:path";
import type { ToolAnalyzer, ToolDetection, ToolOutput, ToolProject } from "../model/analyzer.ts";
import type { RawFinding, Severity } from "../model/finding.ts";
import { detectionOf, findExecutable, isAtLeast, joinDetections, type Place } from "./tool-detection/detect.ts";
import { listSetting } from "./tool-detection/file-arguments.ts";
import { sectionBody } from "./tool-detection/manifests.ts";
import { withDependencies } from "./tool-detection/python-environment.ts";
import { pythonPlaces } from "./tool-detection/python.ts";
import { isBelow, isMaterial, relativeTo } from "./tool-detection/tracked-files.ts";
import { excerpt, readJsonLines } from "./tool-output/json-output.ts";
import { locate, type ColumnUnit, type PrintedRange } from "./tool-output/positions.ts";

export const mypy: ToolAnalyzer = {
  id: "mypy",
  summary: "Type errors in Python, by the repository's own mypy and its settings.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: ["mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"],
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 600,
  appliesTo: ({ path }) => /\.pyi?$/.test(path),

  async detect(project) {
    const detections: ToolDetection[] = [];
    for (const place of await pythonPlaces(project, {
      files: ["mypy.ini", ".mypy.ini"],
      table: "tool.mypy",
      section: "mypy",
    })) {
      const found = await findExecutable(project, place.directory, {
        names: ["mypy"],
        from: "both",
        install: "install the repository's development dependencies (into .venv, or activate their environment)",
      });
      const settings = { targets: JSON.stringify(await targetsOf(project, place)) };
      detections.push(detectionOf({ ...place, settings }, await withDependencies(project, place.directory, found)));
    }
    return joinDetections(detections);
  },

  command(invocation) {
    const json = isAtLeast(invocation.version, 1, 11);
    return {
      args: [
        ...(json
          ? ["--output", "json"]
          : ["--show-column-numbers", "--show-error-end", "--show-error-codes", "--no-color-output"]),
        "--no-pretty",
        "--no-error-summary",
        "--cache-dir",
        join(invocation.tempDirectory, "mypy-cache"),
        ...listSetting(invocation.settings, "targets"),
      ],
      // Not documented; mypy/main.py: 0 clean, 1 messages, 2 blocking errors (syntax, bad usage): then a file's syntax
      // error is a message like any other, and everything else is refused below.
      acceptedExitCodes: [0, 1, 2],
      ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
    };
  },

  parse(output) {
    const lines = output.stdout.split("\n").filter((line) => line.trim() !== "");
    if (output.exitCode !== 0 && lines.length === 0) throw new Error(`mypy could not work${excerpt(output.stderr)}`);
    return lines.some((line) => line.startsWith("{")) ? readJsonMessages(output) : readTextMessages(output, lines);
  },
};

function readJsonMessages(output: ToolOutput): RawFinding[] {
  const findings: RawFinding[] = [];
  for (const message of readJsonLines("mypy", output.stdout)) {
    const severity = message.member("severity").text();
    if (severity === "note") continue;
    const endColumn = message.member("end_column").numberOr(undefined);
    add(findings, output, {
      path: message.member("file").text(),
      // Columns from 0, the end exclusive; -1 where there is none.
      range: {
        line: message.member("line").number(),
        column: message.member("column").number() + 1,
        endLine: message.member("end_line").numberOr(undefined),
        ...(endColumn === undefined || endColumn < 0 ? {} : { endColumn: endColumn + 1 }),
      },
      unit: "codepoint",
      message: message.member("message").text(),
      code: message.member("code").textOr("misc"),
      hint: message.member("hint").textOr(undefined),
    });
  }
  return findings;
}

/** `src/a.py:6:18:6:23: error: Message  [code]`; notes elaborate on what stands above them. */
function readTextMessages(output: ToolOutput, lines: readonly string[]): RawFinding[] {
  const findings: RawFinding[] = [];
  for (const line of lines) {
    const match = /^(.+?):(\d+)(?::(\d+)(?::(\d+):(\d+))?)?: (error|note|warning): (.*?)(?:\s+\[([\w-]+)\])?$/.exec(
      line,
    );
    if (match === null) {
      if (/^(?:Success: |Found \d+ error)/.test(line)) continue;
      throw new Error(`mypy printed something else than messages${excerpt(line)}`);
    }
    const [, path = "", row, column, endRow, endColumn, kind, message = "", code] = match;
    if (kind === "note") continue;
    add(findings, output, {
      path,
      range: {
        line: Number(row),
        column: column === undefined ? undefined : Number(column),
        endLine: endRow === undefined ? undefined : Number(endRow),
        // Here the end is the last column that belongs to it.
        endColumn: endColumn === undefined ? undefined : Number(endColumn) + 1,
      },
      unit: "byte",
      message,
      code: code ?? "misc",
      hint: undefined,
    });
  }
  return findings;
}

interface Message {
  readonly path: string;
  readonly range: PrintedRange;
  readonly unit: ColumnUnit;
  readonly message: string;
  readonly code: string;
  readonly hint: string | undefined;
}

function add(findings: RawFinding[], output: ToolOutput, said: Message): void {
  const { path, range, unit, code, hint } = said;
  const location = locate(
    output,
    path,
    range.line < 1 ? { line: 1, column: 1, endLine: 1, endColumn: 1 } : range,
    unit,
  );
  if (location === undefined) return;
  const isMissingStub = /^import(?:-not-found|-untyped)?$/.test(code);
  findings.push({
    rule: `mypy/${code}`,
    // Where stubs come from is the hint's one useful line.
    message: hint === undefined || !isMissingStub ? said.message : `${said.message} (${hint.split("\n")[0] ?? ""})`,
    location,
    // What is not installed here says nothing of the code.
    severity: (isMissingStub ? "info" : "error") satisfies Severity,
    category: /^(?:import|unused-|no-untyped|no-any|type-arg|redundant-|deprecated)/.test(code)
      ? "maintainability"
      : "correctness",
    helpUrl: `https://mypy.readthedocs.io/en/stable/_refs.html#code-${code}`,
  });
}

/** What to check where the settings name nothing: packages, else everything. mypy refuses to guess. */
async function targetsOf(project: ToolProject, place: Place): Promise<string[]> {
  const [path = ""] = place.evidence;
  const text = (await project.read(path)) ?? "";
  const body = sectionBody(text, path.endsWith("pyproject.toml") ? "tool.mypy" : "mypy");
  if (/^\s*(?:files|packages|modules)\s*=/m.test(body)) return [];
  const packages = new Set<string>();
  for (const file of project.paths) {
    if (!file.endsWith("/__init__.py") || !isBelow(file, place.directory) || isMaterial(file)) continue;
    const parts = relativeTo(place.directory, file).split("/");
    if (parts.length === 2) packages.add(parts[0] ?? "");
    else if (parts.length === 3 && parts[0] === "src") packages.add("src");
  }
  return packages.size === 0 ? ["."] : [...packages].sort();
}

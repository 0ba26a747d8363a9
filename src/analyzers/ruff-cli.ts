/** Ruff at the repository's own version; the bundled `ruff` analyzer judges by the same settings without it. */
import type { ToolAnalyzer, ToolOutput } from "../model/analyzer.ts";
import type { Category, RawFinding, Suggestion } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { pythonPlaces } from "./tool-detection/python.ts";
import { outermost } from "./tool-detection/tracked-files.ts";
import { readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate, offsetOf, repositoryPath } from "./tool-output/positions.ts";

export const ruffCli: ToolAnalyzer = {
  id: "ruff-cli",
  summary: "Ruff's lint rules, by the repository's own version of Ruff.",
  version: "1",
  kind: "tool",
  // The bundled engine gives the same answers in the quicker profiles, but for the difference of versions.
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: ["ruff.toml", ".ruff.toml", "pyproject.toml"],
  // isort's rules look for first-party packages on disk.
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 120,
  appliesTo: ({ path }) => /\.(?:pyi?|ipynb)$/.test(path),

  async detect(project) {
    const places = await pythonPlaces(project, { files: ["ruff.toml", ".ruff.toml"], table: "tool.ruff" });
    // The settings nearest to each file are looked up, so the outermost place speaks for the inner ones.
    const outer = outermost(places.map(({ directory }) => directory));
    return detectPlaces(
      project,
      places.filter(({ directory }) => outer.includes(directory)),
      { names: ["ruff"], from: "both", install: "install it as the repository does, or with `uv tool install ruff`" },
    );
  },

  command(invocation) {
    const names = fileArguments(invocation);
    return {
      args: [
        "check",
        "--output-format",
        "json",
        "--no-cache",
        "--no-fix",
        // Files that the settings exclude stay excluded although they are named.
        "--force-exclude",
        "--quiet",
        "--",
        ...(names.length === 0 ? ["."] : names),
      ],
      // https://docs.astral.sh/ruff/linter/#exit-codes: 0 nothing found, 1 violations, 2 could not run.
      acceptedExitCodes: [0, 1],
      ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    for (const diagnostic of readJson("ruff", output.stdout, output.stderr).list()) {
      const printed = diagnostic.member("filename").text();
      // Positions in a notebook are those of a cell, which no line of the file corresponds to.
      const cell = diagnostic.member("cell").numberOr(undefined);
      const start = diagnostic.member("location");
      const end = diagnostic.member("end_location");
      const location = locate(
        output,
        printed,
        cell === undefined ? rangeOf(start, end) : { line: 1, endLine: 1, column: 1, endColumn: 1 },
        "codepoint",
      );
      if (location === undefined) continue;
      const code = diagnostic.member("code").textOr("invalid-syntax");
      const url = diagnostic.member("url").textOr(undefined);
      const message = diagnostic.member("message").text();
      const fix = cell === undefined ? readFix(output, printed, diagnostic.member("fix")) : undefined;
      findings.push({
        rule: `ruff-cli/${code}`,
        message: cell === undefined ? message : `${message} (cell ${cell}, line ${start.member("row").number()})`,
        location,
        severity: isError(code) ? "error" : "warning",
        category: categoryOf(code),
        ...(url === undefined ? {} : { helpUrl: url }),
        ...(fix === undefined ? {} : { suggestions: [fix] }),
      });
    }
    return findings;
  },
};

function readFix(output: ToolOutput, printed: string, fix: JsonOutput): Suggestion | undefined {
  if (fix.isAbsent) return undefined;
  const path = repositoryPath(output, printed);
  const source = path === undefined ? undefined : output.read(path);
  if (source === undefined || !source.isUtf8) return undefined;
  const applicability = fix.member("applicability").textOr("display");
  return {
    message: fix.member("message").textOr("Apply Ruff's fix"),
    safety: applicability === "safe" ? "safe" : applicability === "unsafe" ? "unsafe" : "suggested",
    edits: fix
      .member("edits")
      .list()
      .map((edit) => {
        const range = rangeOf(edit.member("location"), edit.member("end_location"));
        return source.edit(
          offsetOf(source, range.line, range.column, "codepoint"),
          offsetOf(source, range.endLine, range.endColumn, "codepoint"),
          edit.member("content").textOr(""),
        );
      }),
  };
}

/** Rows and columns from 1, columns in characters, the end exclusive. */
function rangeOf(
  start: JsonOutput,
  end: JsonOutput,
): { line: number; column: number; endLine: number; endColumn: number } {
  return {
    line: start.member("row").number(),
    column: start.member("column").number(),
    endLine: end.member("row").number(),
    endColumn: end.member("column").number(),
  };
}

/** Ruff has no severities; these break the program: syntax errors, pycodestyle's E9, undefined names, bad formats. */
function isError(code: string): boolean {
  return /^(?:invalid-syntax|E9\d\d|F(?:40[24]|50\d|52[1-4]|62[12]|63\d|70\d|82[1-3])|PLE\d+)$/.test(code);
}

/** By the prefixes of https://docs.astral.sh/ruff/rules/. */
const prefixes: readonly (readonly [RegExp, Category])[] = [
  [/^(?:invalid-syntax|F[5678]|E[79]|B\d|PLE|ASYNC|DTZ|DJ|RUF00[6-9]|LOG|G\d|INT|EXE|YTT|FAST|AIR)/, "correctness"],
  [/^S\d/, "security"],
  [/^PT\d/, "test"],
  [/^(?:D\d|DOC\d|CPY)/, "documentation"],
  [/^(?:PERF|FURB)/, "performance"],
  [/^(?:E\d|W\d|I\d|Q\d|COM|N8|ISC|ICN)/, "style"],
];

function categoryOf(code: string): Category {
  return prefixes.find(([prefix]) => prefix.test(code))?.[1] ?? "maintainability";
}

/** Pyright as the repository configures it. */
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { pythonPlaces } from "./tool-detection/python.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

export const pyright: ToolAnalyzer = {
  id: "pyright",
  summary: "Type errors in Python, by the repository's own Pyright and its settings.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: ["pyrightconfig.json", "pyproject.toml"],
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 900,
  appliesTo: ({ path }) => /\.pyi?$/.test(path),

  detect: async (project) =>
    detectPlaces(project, await pythonPlaces(project, { files: ["pyrightconfig.json"], table: "tool.pyright" }), {
      names: ["pyright"],
      from: "both",
      install: "install the repository's development dependencies, or `npm install --global pyright`",
    }),

  command: ({ directory }) => ({
    // Without files: naming one would switch the configured lists of files off.
    args: ["--outputjson"],
    // https://microsoft.github.io/pyright/#/command-line?id=pyright-exit-codes: 0 no errors, 1 errors, 2 fatal,
    // 3 unreadable configuration, 4 bad arguments.
    acceptedExitCodes: [0, 1],
    // The wrapper on PyPI otherwise looks for a newer version of what it wraps.
    env: { PYRIGHT_PYTHON_IGNORE_WARNINGS: "1" },
    ...(directory === undefined ? {} : { cwd: directory }),
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    const root = readJson("pyright", output.stdout, output.stderr);
    // No file found is a configuration that looks elsewhere, not a clean project.
    if (root.member("summary").member("filesAnalyzed").number() === 0)
      throw new Error("pyright found no file to check");
    for (const diagnostic of root.member("generalDiagnostics").list()) {
      const range = diagnostic.member("range");
      const whole = { line: 1, column: 1, endLine: 1, endColumn: 1 };
      const location = locate(
        output,
        diagnostic.member("file").text(),
        range.isAbsent
          ? whole
          : {
              line: range.member("start").member("line").number() + 1,
              column: range.member("start").member("character").number() + 1,
              endLine: range.member("end").member("line").number() + 1,
              endColumn: range.member("end").member("character").number() + 1,
            },
        "utf16",
      );
      if (location === undefined) continue;
      const rule = diagnostic.member("rule").textOr("syntax");
      const isMissing = /^reportMissing(?:Imports|ModuleSource|TypeStubs)$/.test(rule);
      findings.push({
        rule: `pyright/${rule}`,
        message: diagnostic.member("message").text(),
        location,
        // What is not installed here says nothing of the code.
        severity: isMissing ? "info" : severityOf(diagnostic.member("severity").text()),
        category: /^report(?:Unused|Deprecated|Missing|Unnecessary|Untyped|Unknown|Private)/.test(rule)
          ? "maintainability"
          : "correctness",
        ...(rule === "syntax" ? {} : { helpUrl: `https://microsoft.github.io/pyright/#/configuration?id=${rule}` }),
      });
    }
    return findings;
  },
};

function severityOf(severity: string): Severity {
  return severity === "error" ? "error" : severity === "warning" ? "warning" : "info";
}

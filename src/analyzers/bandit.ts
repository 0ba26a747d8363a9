/** Bandit: security problems in Python, as the repository configures it. */
import { basename } from "node:path";
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { preCommitHook } from "./tool-detection/manifests.ts";
import { pythonPlaces } from "./tool-detection/python.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

export const bandit: ToolAnalyzer = {
  id: "bandit",
  summary: "Security problems in Python, by the repository's own Bandit.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: [".bandit", "bandit.yaml", "bandit.yml", ".bandit.yaml", ".bandit.yml", "pyproject.toml"],
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) => path.endsWith(".py"),

  async detect(project) {
    const places = await pythonPlaces(project, {
      files: [".bandit", "bandit.yaml", "bandit.yml", ".bandit.yaml", ".bandit.yml"],
      table: "tool.bandit",
    });
    const hook = places.length === 0 ? await preCommitHook(project, ["bandit"]) : undefined;
    if (hook !== undefined) places.push({ directory: "", evidence: [hook] });
    return detectPlaces(project, places, {
      names: ["bandit"],
      from: "both",
      install: "install the repository's development dependencies, or `pipx install bandit`",
    });
  },

  command(invocation) {
    const file = basename(invocation.evidence[0] ?? "");
    const settings =
      file === ".bandit" ? ["--ini", file] : /^(?:\.?bandit\.ya?ml|pyproject\.toml)$/.test(file) ? ["-c", file] : [];
    return {
      args: ["--format", "json", "--quiet", ...settings, ...fileArguments(invocation)],
      // https://bandit.readthedocs.io/en/latest/man/bandit.html: 0 nothing found, 1 issues (or nothing to look at).
      acceptedExitCodes: [0, 1],
      ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    const root = readJson("bandit", output.stdout, output.stderr);
    for (const error of root.member("errors").list()) {
      const printed = error.member("filename").text();
      const location = locate(output, printed, { line: 1, column: 1, endLine: 1, endColumn: 1 }, "byte");
      if (location === undefined) continue;
      findings.push({
        rule: "bandit/unreadable",
        message: `Bandit cannot read the file: ${error.member("reason").text()}`,
        location,
        severity: "warning",
        category: "correctness",
      });
    }
    for (const result of root.member("results").list()) {
      // Byte offsets from 0, since 1.7; the end belongs to `end_col_offset` of the last line of the range.
      const column = result.member("col_offset").numberOr(undefined);
      const endColumn = result.member("end_col_offset").numberOr(undefined);
      const line = result.member("line_number").number();
      const lines = result.member("line_range").listOrEmpty();
      const location = locate(
        output,
        result.member("filename").text(),
        column === undefined || column < 0
          ? { line }
          : {
              line,
              column: column + 1,
              ...(endColumn === undefined || endColumn <= 0
                ? {}
                : { endLine: lines.at(-1)?.number() ?? line, endColumn: endColumn + 1 }),
            },
        "byte",
      );
      if (location === undefined) continue;
      findings.push({
        rule: `bandit/${result.member("test_id").text()}`,
        message: result.member("issue_text").text(),
        location,
        severity: severityOf(result.member("issue_severity").text(), result.member("issue_confidence").text()),
        category: "security",
        helpUrl: result.member("more_info").text(),
      });
    }
    return findings;
  },
};

/** Bandit says how bad and how sure; what it is not sure of counts one step less. */
function severityOf(severity: string, confidence: string): Severity {
  const isSure = confidence === "HIGH" || confidence === "MEDIUM";
  if (severity === "HIGH") return isSure ? "error" : "warning";
  return severity === "MEDIUM" && isSure ? "warning" : "info";
}

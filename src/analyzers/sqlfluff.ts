/** SQLFluff as the repository configures it. */
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { pythonPlaces } from "./tool-detection/python.ts";
import { outermost } from "./tool-detection/tracked-files.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

export const sqlfluff: ToolAnalyzer = {
  id: "sqlfluff",
  summary: "Style and mistakes in SQL, by the repository's own SQLFluff and its dialect.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: [".sqlfluff", ".sqlfluffignore", "pyproject.toml", "setup.cfg", "tox.ini"],
  // With the dbt templater a model is what its macros make of it.
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 900,
  appliesTo: ({ path }) => /\.sql$/i.test(path),

  async detect(project) {
    const places = await pythonPlaces(project, { files: [".sqlfluff"], table: "tool.sqlfluff", section: "sqlfluff" });
    // Settings are gathered from each file upwards, so the outermost place speaks for the inner ones.
    const outer = outermost(places.map(({ directory }) => directory));
    return detectPlaces(
      project,
      places.filter(({ directory }) => outer.includes(directory)),
      { names: ["sqlfluff"], from: "both", install: "`pipx install sqlfluff`" },
    );
  },

  command(invocation) {
    return {
      args: ["lint", "--format", "json", "--nocolor", "--disable-progress-bar", ...fileArguments(invocation)],
      // https://docs.sqlfluff.com/en/stable/reference/cli.html: 0 clean, 1 violations, 2 could not run; 65 is what
      // versions before 1.0 said for violations.
      acceptedExitCodes: [0, 1, 65],
      ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    for (const file of readJson("sqlfluff", output.stdout, output.stderr).list()) {
      const printed = file.member("filepath").text();
      for (const violation of file.member("violations").list()) {
        const code = violation.member("code").textOr("PRS");
        // Since 3.0 with both ends; before only where it begins.
        const line = violation.member("start_line_no").numberOr(undefined);
        const column = violation.member("start_line_pos").numberOr(undefined);
        const location = locate(
          output,
          printed,
          {
            line: line ?? violation.member("line_no").number(),
            column: column ?? violation.member("line_pos").number(),
            endLine: violation.member("end_line_no").numberOr(undefined),
            endColumn: violation.member("end_line_pos").numberOr(undefined),
          },
          "codepoint",
        );
        if (location === undefined) continue;
        findings.push({
          rule: `sqlfluff/${code}`,
          message: violation.member("description").text(),
          location,
          severity: severityOf(code, violation.member("warning").value === true),
          category: categoryOf(code),
        });
      }
    }
    return findings;
  },
};

/** PRS: cannot be parsed; LXR and TMP: cannot be read or templated. */
function severityOf(code: string, isWarning: boolean): Severity {
  if (isWarning) return "info";
  return /^(?:PRS|LXR|TMP)$/.test(code) ? "error" : "warning";
}

/** The groups of https://docs.sqlfluff.com/en/stable/reference/rules.html; Lnnn are those of versions before 2.0. */
function categoryOf(code: string): Category {
  if (/^(?:PRS|LXR|TMP|RF0[123]|AM0[1-7]|ST0[37]|L0(?:2[0168]|25|37|38|44|45|47|49|51|54))/.test(code))
    return "correctness";
  return /^(?:ST|AL|RF|CV)/.test(code) ? "maintainability" : "style";
}

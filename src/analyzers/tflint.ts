/** TFLint as the repository configures it. */
import { join } from "node:path";
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces, isAtLeast } from "./tool-detection/detect.ts";
import { directoryOf, outermost, trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

export const tflint: ToolAnalyzer = {
  id: "tflint",
  summary: "Mistakes in Terraform, by TFLint with the repository's plugins and rules.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: [".tflint.hcl"],
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) => /\.(?:tf|tfvars|tf\.json)$/.test(path),

  async detect(project) {
    const places = outermost(trackedFiles(project, [".tflint.hcl"]).map(directoryOf)).map((directory) => ({
      directory,
      evidence: [directory === "" ? ".tflint.hcl" : `${directory}/.tflint.hcl`],
    }));
    return detectPlaces(project, places, {
      names: ["tflint"],
      from: "both",
      install: "see https://github.com/terraform-linters/tflint#installation, then run `tflint --init`",
    });
  },

  command: ({ version, directory, root }) => ({
    args: [
      "--format=json",
      "--no-color",
      // Modules below have no settings of their own and are judged by those found here.
      ...(isAtLeast(version, 0, 44) ? ["--recursive", `--config=${join(root, directory ?? "", ".tflint.hcl")}`] : []),
    ],
    // https://github.com/terraform-linters/tflint#exit-statuses: 0 no issues, 1 errors occurred, 2 issues found.
    acceptedExitCodes: [0, 2],
    ...(directory === undefined ? {} : { cwd: directory }),
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    const root = readJson("tflint", output.stdout, output.stderr);
    const failure = root.member("errors").listOrEmpty()[0];
    if (failure !== undefined) throw new Error(`tflint failed: ${failure.member("message").text()}`);
    for (const issue of root.member("issues").list()) {
      const range = issue.member("range");
      const [start, end] = [range.member("start"), range.member("end")];
      const line = start.member("line").number();
      const location = locate(
        output,
        range.member("filename").text(),
        line < 1
          ? { line: 1, column: 1, endLine: 1, endColumn: 1 }
          : {
              line,
              column: start.member("column").number(),
              endLine: end.member("line").number(),
              endColumn: end.member("column").number(),
            },
        // HCL counts what a reader sees as one character.
        "codepoint",
      );
      if (location === undefined) continue;
      const rule = issue.member("rule");
      const name = rule.member("name").text();
      const link = rule.member("link").textOr("");
      findings.push({
        rule: `tflint/${name}`,
        message: issue.member("message").text(),
        location,
        severity: severityOf(rule.member("severity").text()),
        category: categoryOf(name),
        ...(link === "" ? {} : { helpUrl: link }),
      });
    }
    return findings;
  },
};

function severityOf(severity: string): Severity {
  return severity === "error" ? "error" : severity === "warning" ? "warning" : "info";
}

function categoryOf(rule: string): Category {
  if (/_naming_convention$|_comment_syntax$|_standard_module_structure$/.test(rule)) return "style";
  if (/_documented_/.test(rule)) return "documentation";
  if (/_required_(?:version|providers)$|_module_(?:pinned_source|version)$/.test(rule)) return "dependency";
  return /_unused_|_deprecated_|_typed_/.test(rule) ? "maintainability" : "correctness";
}

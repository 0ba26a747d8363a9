/** Semgrep with the rules that lie in the repository. */
import type { ToolAnalyzer, ToolOutput } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity, Suggestion } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate, offsetOf } from "./tool-output/positions.ts";

const configs = [".semgrep.yml", ".semgrep.yaml", "semgrep.yml", "semgrep.yaml"];

export const semgrep: ToolAnalyzer = {
  id: "semgrep",
  summary: "Patterns that the repository's own Semgrep rules look for.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: [...configs, ".semgrepignore"],
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 900,
  appliesTo: () => true,

  async detect(project) {
    // Rules from the registry would be downloaded, and their results change from day to day.
    const file = configs.find((path) => project.paths.has(path));
    const rule = [...project.paths].find((path) => /^\.semgrep\/.*\.ya?ml$/.test(path));
    const evidence = file ?? rule;
    if (evidence === undefined) return undefined;
    const settings = { config: file ?? ".semgrep" };
    return detectPlaces(project, [{ directory: "", evidence: [evidence], settings }], {
      names: ["semgrep"],
      from: "both",
      install: "`pipx install semgrep`",
    });
  },

  command: ({ settings }) => ({
    args: [
      "scan",
      "--config",
      settings?.["config"] ?? ".semgrep.yml",
      "--json",
      "--quiet",
      "--metrics=off",
      "--disable-version-check",
      ".",
    ],
    // https://semgrep.dev/docs/cli-reference#exit-codes: 0 ran, with or without findings; 1 findings where --error is
    // set; 2 and more: could not work.
    acceptedExitCodes: [0, 1],
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    const root = readJson("semgrep", output.stdout, output.stderr);
    for (const error of root.member("errors").list()) {
      // `warn`: a file that it could not parse in full, which it says of every unusual dialect.
      if (error.member("level").text() === "error") {
        throw new Error(`semgrep failed: ${error.member("message").textOr("no reason given")}`);
      }
    }
    for (const result of root.member("results").list()) {
      const printed = result.member("path").text();
      const [start, end] = [result.member("start"), result.member("end")];
      const location = locate(
        output,
        printed,
        {
          line: start.member("line").number(),
          column: start.member("col").number(),
          endLine: end.member("line").number(),
          endColumn: end.member("col").number(),
        },
        "codepoint",
      );
      if (location === undefined) continue;
      const extra = result.member("extra");
      const metadata = extra.member("metadata");
      const fix = readFix(output, location.path, start, end, extra.member("fix"));
      findings.push({
        // The path of the rule's file is put before its id: `semgrep.rules.no-eval`.
        rule: `semgrep/${result.member("check_id").text().split(".").at(-1) ?? ""}`,
        message: extra.member("message").text().trim(),
        location,
        severity: severityOf(extra.member("severity").text()),
        category: metadata.isAbsent ? "correctness" : categoryOf(metadata.member("category").textOr("")),
        ...(fix === undefined ? {} : { suggestions: [fix] }),
      });
    }
    return findings;
  },
};

function readFix(
  output: ToolOutput,
  path: string,
  start: JsonOutput,
  end: JsonOutput,
  fix: JsonOutput,
): Suggestion | undefined {
  const source = output.read(path);
  if (fix.isAbsent || source === undefined || !source.isUtf8) return undefined;
  const at = (place: JsonOutput): number =>
    offsetOf(source, place.member("line").number(), place.member("col").number(), "codepoint");
  return { message: "Apply the rule's fix", safety: "suggested", edits: [source.edit(at(start), at(end), fix.text())] };
}

/** ERROR, WARNING, INFO, and since 1.72 also CRITICAL, HIGH, MEDIUM, LOW. */
function severityOf(severity: string): Severity {
  if (/^(?:ERROR|CRITICAL|HIGH)$/.test(severity)) return "error";
  return /^(?:WARNING|MEDIUM)$/.test(severity) ? "warning" : "info";
}

/** https://semgrep.dev/docs/contributing/contributing-to-semgrep-rules-repository#category. */
function categoryOf(category: string): Category {
  switch (category) {
    case "security":
    case "performance":
    case "maintainability":
      return category;
    case "best-practice":
      return "maintainability";
    default:
      return "correctness";
  }
}

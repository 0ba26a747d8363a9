/** SwiftLint as the repository configures it. */
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { Category, RawFinding } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { directoryOf, outermost, trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

export const swiftlint: ToolAnalyzer = {
  id: "swiftlint",
  summary: "Swift style and conventions, by SwiftLint with the repository's settings.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: [".swiftlint.yml"],
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) => path.endsWith(".swift"),

  async detect(project) {
    const directories = outermost(trackedFiles(project, [".swiftlint.yml"]).map(directoryOf));
    const places = directories.map((directory) => ({
      directory,
      evidence: [directory === "" ? ".swiftlint.yml" : `${directory}/.swiftlint.yml`],
    }));
    return detectPlaces(project, places, {
      names: ["swiftlint"],
      from: "both",
      versionArgs: ["version"],
      install: "`brew install swiftlint`, or see https://github.com/realm/SwiftLint#installation",
    });
  },

  command: (invocation) => ({
    // Files that the settings exclude stay excluded although they are named.
    args: ["lint", "--reporter", "json", "--quiet", "--no-cache", "--force-exclude", ...fileArguments(invocation)],
    // https://github.com/realm/SwiftLint#command-line: 0 no serious violations, 2 serious ones, 1 bad usage or
    // configuration.
    acceptedExitCodes: [0, 2],
    ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    for (const violation of readJson("swiftlint", output.stdout, output.stderr).list()) {
      const rule = violation.member("rule_id").text();
      const file = violation.member("file").textOr(undefined);
      if (file === undefined) continue;
      const location = locate(
        output,
        file,
        {
          line: violation.member("line").numberOr(1) ?? 1,
          column: violation.member("character").numberOr(undefined),
        },
        "utf16",
      );
      if (location === undefined) continue;
      findings.push({
        rule: `swiftlint/${rule}`,
        message: violation.member("reason").text(),
        location,
        severity: violation.member("severity").text() === "Error" ? "error" : "warning",
        category: categoryOf(rule),
        helpUrl: `https://realm.github.io/SwiftLint/${rule}.html`,
      });
    }
    return findings;
  },
};

/** The kinds (lint, metrics, performance, style, idiomatic) of https://realm.github.io/SwiftLint/rule-directory.html. */
function categoryOf(rule: string): Category {
  if (/(?:_length|_complexity|_count|^nesting|^large_tuple)$|^unused_|^todo$/.test(rule)) return "maintainability";
  if (
    /^(?:contains_over_|empty_(?:count|string)|first_where|last_where|reduce_into|sorted_first_last|flatmap_over)/.test(
      rule,
    )
  )
    return "performance";
  if (
    /^(?:force_|weak_|unowned_|discarded_|duplicate_|invalid_|private_unit_test|unhandled_|identical_|strong_iboutlet|overridden_super|array_init|class_delegate|notification_center|dynamic_inline)/.test(
      rule,
    )
  )
    return "correctness";
  return /^missing_docs$|_doc(?:s|_comment)?/.test(rule) ? "documentation" : "style";
}

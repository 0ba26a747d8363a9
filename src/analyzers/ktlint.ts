/** ktlint as the repository uses it. */
import { join } from "node:path";
import type { ToolAnalyzer, ToolProject } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { automationUse, preCommitHook } from "./tool-detection/manifests.ts";
import { trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

export const ktlint: ToolAnalyzer = {
  id: "ktlint",
  summary: "Kotlin style, by ktlint with the repository's .editorconfig.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: [".editorconfig"],
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) => /\.kts?$/.test(path),

  async detect(project) {
    const evidence =
      (await configuredIn(project)) ??
      (await preCommitHook(project, ["ktlint", "ktlint-docker"])) ??
      (await automationUse(project, /(?:^|[\s;&|(])ktlint(?:\s+\S|$)|ktlintCheck/));
    if (evidence === undefined) return undefined;
    return detectPlaces(project, [{ directory: "", evidence: [evidence] }], {
      names: ["ktlint"],
      from: "both",
      install: "see https://pinterest.github.io/ktlint/latest/install/cli; a build plugin's copy is not used",
    });
  },

  command(invocation) {
    // Its log goes to standard output as well, so the report gets a file.
    const outputFile = join(invocation.tempDirectory, "ktlint.json");
    return {
      args: [`--reporter=json,output=${outputFile}`, "--log-level=error", ...fileArguments(invocation)],
      // https://pinterest.github.io/ktlint/latest/install/cli/: 0 clean, 1 errors found (or bad usage, then without a
      // report).
      acceptedExitCodes: [0, 1],
      outputFile,
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    for (const file of readJson("ktlint", output.file ?? "", output.stderr).list()) {
      for (const error of file.member("errors").list()) {
        const rule = error.member("rule").textOr("");
        const message = error.member("message").text();
        const location = locate(
          output,
          file.member("file").text(),
          { line: error.member("line").number(), column: error.member("column").number() },
          "utf16",
        );
        if (location === undefined) continue;
        const isUnreadable = rule === "" || message.startsWith("Not a valid Kotlin file");
        const name = rule.replace(/^standard:/, "");
        findings.push({
          rule: `ktlint/${isUnreadable ? "syntax" : name}`,
          message,
          location,
          severity: isUnreadable ? "error" : "warning",
          category: isUnreadable ? "correctness" : "style",
          ...(rule.startsWith("standard:")
            ? { helpUrl: `https://pinterest.github.io/ktlint/latest/rules/standard/#${name}` }
            : {}),
        });
      }
    }
    return findings;
  },
};

/** `ktlint_…` keys in .editorconfig, or the Gradle plugin. */
async function configuredIn(project: ToolProject): Promise<string | undefined> {
  for (const path of trackedFiles(project, [".editorconfig"])) {
    if (/^\s*ktlint_/m.test((await project.read(path)) ?? "")) return path;
  }
  for (const path of trackedFiles(project, ["build.gradle.kts", "build.gradle"])) {
    if (/org\.jlleitschuh\.gradle\.ktlint|org\.jmailen\.kotlinter/.test((await project.read(path)) ?? "")) return path;
  }
  return undefined;
}

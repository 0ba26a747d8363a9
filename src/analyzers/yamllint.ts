/** yamllint as the repository configures it. */
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { preCommitHook } from "./tool-detection/manifests.ts";
import { trackedFiles } from "./tool-detection/tracked-files.ts";
import { excerpt } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

const configs = [".yamllint", ".yamllint.yaml", ".yamllint.yml"];

export const yamllint: ToolAnalyzer = {
  id: "yamllint",
  summary: "Problems in YAML files, by yamllint with the repository's settings.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: configs,
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 120,
  appliesTo: ({ path }) => /\.ya?ml$/.test(path),

  async detect(project) {
    // It looks for its settings in the working directory only, so those of the root speak for the repository.
    const evidence =
      trackedFiles(project, configs).find((path) => !path.includes("/")) ??
      (await preCommitHook(project, ["yamllint"]));
    if (evidence === undefined) return undefined;
    return detectPlaces(project, [{ directory: "", evidence: [evidence] }], {
      names: ["yamllint"],
      from: "both",
      install: "get it from the system's packages or with `pipx install yamllint`",
    });
  },

  command: (invocation) => ({
    args: ["--format", "parsable", "--", ...fileArguments(invocation)],
    // https://yamllint.readthedocs.io/en/stable/rules.html#exit-codes: 0 no errors, 1 errors, 2 only warnings (with
    // --strict); a refused configuration is 255.
    acceptedExitCodes: [0, 1, 2],
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    for (const line of output.stdout.split(/\r?\n/)) {
      if (line === "") continue;
      const match = /^(.+?):(\d+):(\d+): \[(error|warning)\] (.*?)(?: \(([\w-]+)\))?$/.exec(line);
      if (match === null) throw new Error(`yamllint printed something else than problems${excerpt(line)}`);
      const [, path = "", row, column, level, message = "", rule = "syntax"] = match;
      const location = locate(output, path, { line: Number(row), column: Number(column) }, "codepoint");
      if (location === undefined) continue;
      const isContent = /^(?:syntax|key-duplicates|octal-values|truthy|anchors)$/.test(rule);
      findings.push({
        rule: `yamllint/${rule}`,
        message: message.replace(/^syntax error: /, ""),
        location,
        severity: level === "error" ? "error" : "warning",
        category: isContent ? "correctness" : "style",
        ...(rule === "syntax"
          ? {}
          : {
              helpUrl: `https://yamllint.readthedocs.io/en/stable/rules.html#module-yamllint.rules.${rule.replaceAll("-", "_")}`,
            }),
      });
    }
    // A configuration error is said on standard error alone, with the same exit code as problems in files.
    if (findings.length === 0 && output.exitCode !== 0) {
      throw new Error(`yamllint ended with ${output.exitCode} and named no problem${excerpt(output.stderr)}`);
    }
    return findings;
  },
};

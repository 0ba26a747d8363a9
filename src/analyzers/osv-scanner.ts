/** OSV-Scanner: dependencies with known vulnerabilities, less those that the repository ignores. */
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces, isAtLeast } from "./tool-detection/detect.ts";
import { automationUse, preCommitHook } from "./tool-detection/manifests.ts";
import { trackedFiles } from "./tool-detection/tracked-files.ts";
import { locatePackage } from "./tool-output/lock-file.ts";
import { readJson } from "./tool-output/json-output.ts";

export const osvScanner: ToolAnalyzer = {
  id: "osv-scanner",
  summary: "Dependencies with known vulnerabilities, by OSV-Scanner (which asks osv.dev).",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: ["osv-scanner.toml"],
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 600,
  appliesTo: () => true,

  async detect(project) {
    const evidence =
      trackedFiles(project, ["osv-scanner.toml"])[0] ??
      (await preCommitHook(project, ["osv-scanner"])) ??
      (await automationUse(project, /(?:^|[\s;&|(])osv-scanner\s+\S|google\/osv-scanner-action/));
    if (evidence === undefined) return undefined;
    return detectPlaces(project, [{ directory: "", evidence: [evidence] }], {
      names: ["osv-scanner"],
      from: "both",
      install: "see https://google.github.io/osv-scanner/installation",
    });
  },

  command: ({ version }) => ({
    args: isAtLeast(version, 2)
      ? ["scan", "source", "--recursive", "--format", "json", "."]
      : ["--recursive", "--format", "json", "."],
    // https://google.github.io/osv-scanner/output/#return-codes: 0 no vulnerability, 1 some, 127 an error, 128 no
    // packages to look at.
    acceptedExitCodes: [0, 1, 128],
  }),

  parse(output) {
    // Without lock files there is no report, and nothing that could be wrong.
    if (output.exitCode === 128) return [];
    const findings: RawFinding[] = [];
    for (const result of readJson("osv-scanner", output.stdout, output.stderr).member("results").listOrNull()) {
      const source = result.member("source").member("path").text();
      for (const item of result.member("packages").list()) {
        const name = item.member("package").member("name").text();
        const version = item.member("package").member("version").textOr("");
        const location = locatePackage(output, source, name, version);
        if (location === undefined) continue;
        const known = new Map(
          item
            .member("vulnerabilities")
            .listOrEmpty()
            .map((vulnerability) => [vulnerability.member("id").text(), vulnerability] as const),
        );
        // A group is one vulnerability under all of its names. A package that is only listed has none.
        for (const group of item.member("groups").listOrEmpty()) {
          const ids = group
            .member("ids")
            .list()
            .map((id) => id.text());
          const id = ids[0];
          if (id === undefined) continue;
          const summary = known.get(id)?.member("summary").textOr("known vulnerability") ?? "known vulnerability";
          const score = group.member("max_severity").textOr("");
          findings.push({
            rule: `osv-scanner/${id}`,
            message: `${name} ${version}: ${summary}`,
            location,
            severity: severityOf(score),
            category: "dependency",
            helpUrl: `https://osv.dev/${id}`,
            anchor: `${name}@${version}`,
            ...(score === "" ? {} : { data: { cvss: Number(score) } }),
          });
        }
      }
    }
    return findings;
  },
};

/** CVSS base scores, in the bands of https://www.first.org/cvss/specification-document. */
function severityOf(score: string): Severity {
  const value = Number(score);
  if (score === "" || Number.isNaN(value)) return "warning";
  return value >= 7 ? "error" : value >= 4 ? "warning" : "info";
}

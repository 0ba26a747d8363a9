/** Trivy: vulnerable dependencies, misconfigured infrastructure, secrets, as the repository configures it. */
import { join } from "node:path";
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces, isAtLeast } from "./tool-detection/detect.ts";
import { locatePackage } from "./tool-output/lock-file.ts";
import { readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

const configs = ["trivy.yaml", "trivy.yml", ".trivyignore", ".trivyignore.yaml"];

export const trivy: ToolAnalyzer = {
  id: "trivy",
  summary: "Vulnerable dependencies and misconfiguration, by Trivy with the repository's settings.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: configs,
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 900,
  appliesTo: () => true,

  async detect(project) {
    const evidence = configs.find((path) => project.paths.has(path));
    if (evidence === undefined) return undefined;
    return detectPlaces(project, [{ directory: "", evidence: [evidence] }], {
      names: ["trivy"],
      from: "both",
      install: "see https://trivy.dev/latest/getting-started/installation",
    });
  },

  command({ version, tempDirectory }) {
    const outputFile = join(tempDirectory, "trivy.json");
    return {
      args: [
        "filesystem",
        "--format",
        "json",
        "--output",
        outputFile,
        "--quiet",
        // Databases are the person's to fetch (`trivy filesystem --download-db-only`); without one it says so and fails.
        "--skip-db-update",
        "--skip-java-db-update",
        // Its name until 0.51.
        isAtLeast(version, 0, 51) ? "--skip-check-update" : "--skip-policy-update",
        "--offline-scan",
        "--exit-code",
        "0",
        ".",
      ],
      // https://trivy.dev/latest/docs/configuration/others/#exit-code: 0 by the option above, 1 could not work.
      acceptedExitCodes: [0],
      outputFile,
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    const root = readJson("trivy", output.file ?? "", output.stderr);
    root.member("SchemaVersion").number();
    for (const result of root.member("Results").listOrEmpty()) {
      const target = result.member("Target").text();
      for (const item of result.member("Vulnerabilities").listOrEmpty()) {
        const name = item.member("PkgName").text();
        const version = item.member("InstalledVersion").text();
        const location = locatePackage(output, target, name, version);
        if (location === undefined) continue;
        const fixed = item.member("FixedVersion").textOr("");
        findings.push({
          rule: `trivy/${item.member("VulnerabilityID").text()}`,
          message: `${name} ${version}: ${item.member("Title").textOr("known vulnerability")}${fixed === "" ? "" : ` (fixed in ${fixed})`}`,
          location,
          severity: severityOf(item.member("Severity").text()),
          category: "dependency",
          anchor: `${name}@${version}`,
          ...url(item),
        });
      }
      for (const item of result.member("Misconfigurations").listOrEmpty()) {
        if (item.member("Status").textOr("FAIL") !== "FAIL") continue;
        add(item, item.member("ID").text(), item.member("Message").text(), item.member("CauseMetadata"));
      }
      for (const item of result.member("Secrets").listOrEmpty()) {
        add(item, item.member("RuleID").text(), item.member("Title").text(), item);
      }
      for (const item of result.member("Licenses").listOrEmpty()) {
        const name = item.member("PkgName").textOr("");
        // Of a package's licence the target is a heading ("Node.js"), not always a file.
        const path = item.member("FilePath").textOr("") || target;
        const location = locatePackage(output, path, name, "");
        if (location === undefined) continue;
        const category = item.member("Category").textOr("unknown");
        findings.push({
          rule: `trivy/license-${category}`,
          message: `${name === "" ? path : name} is under ${item.member("Name").text()} (${category})`,
          location,
          severity: severityOf(item.member("Severity").text()),
          category: "dependency",
          ...(name === "" ? {} : { anchor: name }),
        });
      }

      function add(item: JsonOutput, id: string, message: string, place: JsonOutput): void {
        const start = place.isAbsent ? 0 : (place.member("StartLine").numberOr(0) ?? 0);
        const end = place.isAbsent ? 0 : (place.member("EndLine").numberOr(0) ?? 0);
        const location = locate(
          output,
          target,
          start < 1 ? { line: 1, column: 1, endLine: 1, endColumn: 1 } : { line: start, endLine: Math.max(start, end) },
          "utf16",
        );
        if (location === undefined) return;
        findings.push({
          rule: `trivy/${id}`,
          message,
          location,
          severity: severityOf(item.member("Severity").text()),
          category: "security",
          ...url(item),
        });
      }
    }
    return findings;
  },
};

function url(item: JsonOutput): { helpUrl?: string } {
  const link = item.member("PrimaryURL").textOr("");
  return link === "" ? {} : { helpUrl: link };
}

function severityOf(severity: string): Severity {
  if (severity === "CRITICAL" || severity === "HIGH") return "error";
  return severity === "MEDIUM" ? "warning" : "info";
}

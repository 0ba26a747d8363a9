/** Checkstyle: Java, by the checks that the repository's own file lists. */
import { join } from "node:path";
import type { ToolAnalyzer, ToolProject } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { trackedFiles } from "./tool-detection/tracked-files.ts";
import { locate, repositoryPath } from "./tool-output/positions.ts";
import { readXml } from "./tool-output/xml-output.ts";

const configs = [
  "checkstyle.xml",
  ".checkstyle.xml",
  "checkstyle-config.xml",
  "checkstyle_checks.xml",
  "google_checks.xml",
  "sun_checks.xml",
];

export const checkstyle: ToolAnalyzer = {
  id: "checkstyle",
  summary: "Java style and simple mistakes, by Checkstyle with the repository's own list of checks.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: [...configs, "suppressions.xml", "checkstyle-suppressions.xml"],
  // Some checks (packages, translations) look at several files.
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 600,
  appliesTo: ({ path }) => path.endsWith(".java"),

  async detect(project) {
    const evidence = await findConfig(project);
    if (evidence === undefined) return undefined;
    return detectPlaces(project, [{ directory: "", evidence: [evidence] }], {
      names: ["checkstyle"],
      from: "both",
      install: "get it from the system's packages or https://checkstyle.org; a build plugin's copy is not used",
    });
  },

  command(invocation) {
    const outputFile = join(invocation.tempDirectory, "checkstyle.xml");
    return {
      args: [
        "-c",
        invocation.evidence[0] ?? "checkstyle.xml",
        "-f",
        "xml",
        "-o",
        outputFile,
        ...fileArguments(invocation),
      ],
      // https://checkstyle.org/cmdline.html: the number of errors, -1 for bad usage, -2 for a failure; all modulo 256.
      // So the code says nothing, and the report must be there and complete.
      acceptedExitCodes: Array.from({ length: 256 }, (_, code) => code),
      outputFile,
    };
  },

  parse(output) {
    const root = readXml("checkstyle", output.file ?? output.stdout);
    if (root.name !== "checkstyle") throw new Error(`checkstyle wrote <${root.name}> where <checkstyle> was expected`);
    const findings: RawFinding[] = [];
    for (const file of root.children) {
      const printed = file.attributes["name"] ?? "";
      const path = repositoryPath(output, printed);
      for (const error of file.children) {
        if (error.name === "exception") throw new Error(`checkstyle failed in ${printed}`);
        const { severity = "error", message = "", source = "" } = error.attributes;
        if (severity === "ignore" || path === undefined) continue;
        const line = Math.max(1, Number(error.attributes["line"] ?? "1"));
        const column = Number(error.attributes["column"] ?? "0");
        const text = output.read(path)?.line(line);
        const location = locate(
          output,
          printed,
          { line, column: column > 0 ? unexpanded(text ?? "", column) : undefined },
          "utf16",
        );
        if (location === undefined) continue;
        const { check, group } = nameOf(source);
        findings.push({
          rule: `checkstyle/${check}`,
          message,
          location,
          severity: severityOf(severity),
          category: groups[group] ?? "maintainability",
          ...(check === source || group === ""
            ? {}
            : { helpUrl: `https://checkstyle.org/checks/${group}/${check.toLowerCase()}.html` }),
        });
      }
    }
    return findings;
  },
};

/** A list of checks under a usual name, or any XML file with "checkstyle" in its path that is one. */
async function findConfig(project: ToolProject): Promise<string | undefined> {
  const candidates = [
    ...trackedFiles(project, configs),
    ...[...project.paths]
      .filter((path) => /checkstyle[^/]*\.xml$/i.test(path) && !/suppress|\/(?:test|resources)\//i.test(path))
      .sort(),
  ];
  for (const path of new Set(candidates)) {
    if (/<module\s+name\s*=\s*["']Checker["']/.test((await project.read(path)) ?? "")) return path;
  }
  return undefined;
}

/** Checkstyle's `tabWidth` unless a list of checks says otherwise; columns are those of the text with tabs expanded. */
const tabWidth = 8;

/** The 1-based column in the text as it is of a 1-based column in the text with its tabs expanded. */
function unexpanded(text: string, column: number): number {
  let expanded = 0;
  for (let index = 0; index < text.length; index++) {
    if (expanded >= column - 1) return index + 1;
    expanded += text[index] === "\t" ? tabWidth - (expanded % tabWidth) : 1;
  }
  return text.length + 1;
}

/** `com.puppycrawl.tools.checkstyle.checks.blocks.NeedBracesCheck` or, with an id of its own, just that. */
function nameOf(source: string): { check: string; group: string } {
  const match = /(?:\.checks(?:\.([a-z]+))?)?\.(\w+?)(?:Check)?$/.exec(source);
  return { check: match?.[2] ?? (source === "" ? "unknown" : source), group: match?.[1] ?? "" };
}

function severityOf(severity: string): Severity {
  return severity === "error" ? "error" : severity === "warning" ? "warning" : "info";
}

/** The groups of https://checkstyle.org/checks.html. */
const groups: Readonly<Record<string, Category>> = {
  annotation: "maintainability",
  blocks: "style",
  coding: "correctness",
  design: "maintainability",
  header: "style",
  imports: "maintainability",
  indentation: "style",
  javadoc: "documentation",
  metrics: "maintainability",
  modifier: "style",
  naming: "style",
  sizes: "maintainability",
  whitespace: "style",
};

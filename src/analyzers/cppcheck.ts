/** Cppcheck: C and C++, where the repository configures it. */
import { join } from "node:path";
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { Category, RawFinding, RelatedLocation, Severity } from "../model/finding.ts";
import { detectPlaces } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { trackedFiles } from "./tool-detection/tracked-files.ts";
import { locate } from "./tool-output/positions.ts";
import { readXml, type XmlElement } from "./tool-output/xml-output.ts";

const suppressionFiles = [
  ".cppcheck-suppressions",
  ".cppcheck_suppressions",
  "cppcheck-suppressions.txt",
  "cppcheck_suppressions.txt",
];

export const cppcheck: ToolAnalyzer = {
  id: "cppcheck",
  summary: "Errors in C and C++, by the repository's own Cppcheck.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: suppressionFiles,
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 900,
  appliesTo: ({ path }) => /\.(?:c|cc|cpp|cxx|c\+\+|ipp|tpp)$/i.test(path),

  async detect(project) {
    const suppressions = trackedFiles(project, suppressionFiles)[0];
    const projectFile = [...project.paths].find((path) => !path.includes("/") && path.endsWith(".cppcheck"));
    const evidence = projectFile ?? suppressions;
    if (evidence === undefined) return undefined;
    const settings: Record<string, string> = {};
    if (projectFile !== undefined) settings["project"] = projectFile;
    if (suppressions !== undefined) settings["suppressions"] = suppressions;
    return detectPlaces(project, [{ directory: "", evidence: [evidence], settings }], {
      names: ["cppcheck"],
      from: "path",
      install: "get it from the system's packages or https://cppcheck.sourceforge.io",
    });
  },

  command(invocation) {
    const { settings, tempDirectory } = invocation;
    const outputFile = join(tempDirectory, "cppcheck.xml");
    const suppressions = settings?.["suppressions"];
    const projectFile = settings?.["project"];
    return {
      args: [
        "--xml",
        "--xml-version=2",
        `--output-file=${outputFile}`,
        "--quiet",
        "--inline-suppr",
        ...(suppressions === undefined ? [] : [`--suppressions-list=${suppressions}`]),
        // A project file says itself what to look for; otherwise what is wrong, not what could be nicer.
        ...(projectFile === undefined
          ? ["--enable=warning,performance,portability", ...fileArguments(invocation)]
          : [`--project=${projectFile}`]),
      ],
      // https://cppcheck.sourceforge.io/manual.html: 0 whatever was found (without --error-exitcode); 1 bad usage.
      acceptedExitCodes: [0],
      outputFile,
    };
  },

  parse(output) {
    const root = readXml("cppcheck", output.file ?? output.stderr);
    if (root.name !== "results") throw new Error(`cppcheck wrote <${root.name}> where <results> was expected`);
    const findings: RawFinding[] = [];
    for (const error of root.children.find(({ name }) => name === "errors")?.children ?? []) {
      const { id = "unknown", severity = "", msg = "", verbose } = error.attributes;
      // About Cppcheck's own work (missing includes, limits), not about the code.
      if (severity === "information" || severity === "debug" || severity === "none") continue;
      const places = error.children.filter(({ name }) => name === "location");
      const [first, ...others] = places.map((place) => ({ place, location: locationOf(output, place) }));
      if (first?.location === undefined) continue;
      const related: RelatedLocation[] = others.flatMap(({ place, location }) =>
        location === undefined ? [] : [{ location, message: place.attributes["info"] ?? "see here" }],
      );
      findings.push({
        rule: `cppcheck/${id}`,
        message: msg === "" ? (verbose ?? id) : msg,
        location: first.location,
        severity: severityOf(severity, id),
        category: categoryOf(severity, id),
        ...(related.length === 0 ? {} : { related }),
      });
    }
    return findings;
  },
};

/** Lines and columns from 1; columns count bytes; 0 when there is none. */
function locationOf(output: Parameters<typeof locate>[0], place: XmlElement): ReturnType<typeof locate> {
  const line = Number(place.attributes["line"] ?? "0");
  const column = Number(place.attributes["column"] ?? "0");
  return locate(
    output,
    place.attributes["file"] ?? "",
    { line: Math.max(1, line), column: column > 0 ? column : undefined },
    "byte",
  );
}

function severityOf(severity: string, id: string): Severity {
  // It could not read the file, so it says nothing of it.
  if (/^(?:syntaxError|preprocessorErrorDirective|internalAstError|unknownMacro)$/.test(id)) return "warning";
  return severity === "error" ? "error" : severity === "warning" ? "warning" : "info";
}

function categoryOf(severity: string, id: string): Category {
  if (/^(?:arrayIndexOutOfBounds|bufferAccessOutOfBounds|useAfterFree|deallocuse|doubleFree|nullPointer)/.test(id))
    return "security";
  if (severity === "performance") return "performance";
  return severity === "style" ? "maintainability" : "correctness";
}

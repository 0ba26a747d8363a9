/** zizmor: security of GitHub workflows, as the repository configures it. */
import type { ToolAnalyzer, ToolOutput } from "../model/analyzer.ts";
import type { Location, RawFinding, RelatedLocation, Severity } from "../model/finding.ts";
import { detectPlaces, isAtLeast } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { automationUse, preCommitHook } from "./tool-detection/manifests.ts";
import { readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate, repositoryPath } from "./tool-output/positions.ts";

const configs = ["zizmor.yml", "zizmor.yaml", ".github/zizmor.yml", ".github/zizmor.yaml"];

export const zizmor: ToolAnalyzer = {
  id: "zizmor",
  summary: "Security problems in GitHub workflows and actions, by zizmor with the repository's settings.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: ["zizmor.yml", "zizmor.yaml"],
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 120,
  appliesTo: ({ path }) => /^\.github\/(?:workflows\/[^/]+|dependabot)\.ya?ml$|(?:^|\/)action\.ya?ml$/.test(path),

  async detect(project) {
    const evidence =
      configs.find((path) => project.paths.has(path)) ??
      (await preCommitHook(project, ["zizmor"])) ??
      (await automationUse(project, /(?:^|[\s;&|(])zizmor\s+\S|zizmor-action|uvx\s+zizmor/));
    if (evidence === undefined) return undefined;
    return detectPlaces(project, [{ directory: "", evidence: [evidence] }], {
      names: ["zizmor"],
      from: "both",
      install: "see https://docs.zizmor.sh/installation",
    });
  },

  command: (invocation) => ({
    args: [
      "--format=json",
      "--offline",
      // Gone in 0.9, back in 1.5.
      ...(isAtLeast(invocation.version, 1, 5) ? ["--no-progress"] : []),
      "--",
      ...fileArguments(invocation),
    ],
    // https://docs.zizmor.sh/usage/#exit-codes: 0 nothing, 11 to 14 findings by the worst severity (10 until 1.14:
    // of unknown severity), 1 an error, 2 bad usage, 3 nothing to look at.
    acceptedExitCodes: [0, 10, 11, 12, 13, 14],
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    for (const item of readJson("zizmor", output.stdout, output.stderr).list()) {
      if (item.member("ignored").value === true) continue;
      const places = item
        .member("locations")
        .list()
        .map((place) => ({
          location: locationOf(output, place),
          kind: place.member("symbolic").member("kind").textOr("Related"),
          annotation: place.member("symbolic").member("annotation").textOr(""),
        }));
      const primary = places.find(({ kind }) => kind === "Primary") ?? places[0];
      if (primary?.location === undefined) continue;
      const related: RelatedLocation[] = places.flatMap((place) =>
        place === primary || place.kind === "Hidden" || place.location === undefined
          ? []
          : [{ location: place.location, message: place.annotation }],
      );
      const description = item.member("desc").text();
      findings.push({
        rule: `zizmor/${item.member("ident").text()}`,
        message: primary.annotation === "" ? description : `${description}: ${primary.annotation}`,
        location: primary.location,
        severity: severityOf(item.member("determinations").member("severity").text()),
        category: "security",
        helpUrl: item.member("url").text(),
        ...(related.length === 0 ? {} : { related }),
      });
    }
    return findings;
  },
};

/** Bytes from the file's start, or rows and columns counted from 0. */
function locationOf(output: ToolOutput, place: JsonOutput): Location | undefined {
  const key = place.member("symbolic").member("key").member("Local");
  if (key.isAbsent) return undefined;
  // `given_path` until 1.15 or so; `verbatim_path` since.
  const printed = key.member("verbatim_path").textOr(undefined) ?? key.member("given_path").text();
  const concrete = place.member("concrete").member("location");
  const path = repositoryPath(output, printed);
  const source = path === undefined ? undefined : output.read(path);
  const span = concrete.member("offset_span");
  if (source !== undefined && !span.isAbsent) {
    return source.location(
      source.offsetOfByte(span.member("start").number() + source.bomLength),
      source.offsetOfByte(span.member("end").number() + source.bomLength),
    );
  }
  const [start, end] = [concrete.member("start_point"), concrete.member("end_point")];
  return locate(
    output,
    printed,
    {
      line: start.member("row").number() + 1,
      column: start.member("column").number() + 1,
      endLine: end.member("row").number() + 1,
      endColumn: end.member("column").number() + 1,
    },
    "byte",
  );
}

function severityOf(severity: string): Severity {
  return severity === "High" ? "error" : severity === "Medium" ? "warning" : "info";
}

/** RuboCop as the repository configures it. */
import { basename } from "node:path";
import type { ToolAnalyzer, ToolProject } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces, findExecutable, detectionOf, joinDetections, type Place } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { directoryOf, outermost, trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

export const rubocop: ToolAnalyzer = {
  id: "rubocop",
  summary: "RuboCop with the repository's own version, settings and plugins.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: [".rubocop.yml", ".rubocop_todo.yml", "Gemfile.lock", ".ruby-version"],
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) =>
    /(?:\.(?:rb|rake|ru|gemspec|jbuilder|thor)|(?:^|\/)(?:Gemfile|Rakefile|Capfile|Guardfile|Podfile|Fastfile|Vagrantfile))$/.test(
      path,
    ),

  async detect(project) {
    const paths = trackedFiles(project, [".rubocop.yml"]);
    const places: Place[] = outermost(paths.map(directoryOf)).map((directory) => ({
      directory,
      evidence: [directory === "" ? ".rubocop.yml" : `${directory}/.rubocop.yml`],
    }));
    const detections = [];
    for (const place of places) {
      if (await isInBundle(project, place.directory)) {
        // The plugins that the settings require are those of the bundle.
        const answer = await findExecutable(project, place.directory, {
          names: ["bundle"],
          from: "both",
          versionArgs: ["exec", "rubocop", "--version"],
          install: "run `bundle install` (Bundler comes with `gem install bundler`)",
          // Bundler's own words: a gem of the bundle, or the program, is not installed.
          absentPattern: /command not found: rubocop|could not find|bundle install/i,
        });
        detections.push(detectionOf(place, answer));
      } else {
        const alone = await detectPlaces(project, [place], {
          names: ["rubocop"],
          from: "both",
          install: "`gem install rubocop`",
        });
        if (alone !== undefined) detections.push(alone);
      }
    }
    return joinDetections(detections);
  },

  command: (invocation) => ({
    args: [
      ...(basename(invocation.executable).startsWith("bundle") ? ["exec", "rubocop"] : []),
      "--format",
      "json",
      "--cache",
      "false",
      "--no-color",
      // Files that the settings exclude stay excluded although they are named.
      "--force-exclusion",
      "--",
      ...fileArguments(invocation),
    ],
    // https://docs.rubocop.org/rubocop/usage/basic_usage.html#exit-codes: 0 no offenses, 1 offenses, 2 could not work.
    acceptedExitCodes: [0, 1],
    ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    const root = readJson("rubocop", jsonPart(output.stdout), output.stderr);
    root.member("summary").member("inspected_file_count").number();
    for (const file of root.member("files").list()) {
      for (const offense of file.member("offenses").list()) {
        const cop = offense.member("cop_name").text();
        const place = offense.member("location");
        const location = locate(
          output,
          file.member("path").text(),
          {
            line: place.member("start_line").numberOr(1),
            column: place.member("start_column").numberOr(undefined),
            endLine: place.member("last_line").numberOr(undefined),
            // The last column belongs to the offense.
            endColumn: (place.member("last_column").numberOr(0) ?? 0) + 1,
          },
          "codepoint",
        );
        if (location === undefined) continue;
        const severity = offense.member("severity").text();
        findings.push({
          rule: `rubocop/${cop}`,
          message: offense.member("message").text(),
          location,
          severity: severityOf(severity),
          category: categoryOf(cop),
        });
      }
    }
    return findings;
  },
};

/** Plugins greet on standard output before the report begins. */
function jsonPart(stdout: string): string {
  const start = stdout.indexOf('{"metadata"');
  return start === -1 ? stdout : stdout.slice(start);
}

async function isInBundle(project: ToolProject, directory: string): Promise<boolean> {
  for (const at of new Set([directory, ""])) {
    const lock = await project.read(at === "" ? "Gemfile.lock" : `${at}/Gemfile.lock`);
    if (lock !== undefined && /^ {4}rubocop \(/m.test(lock)) return true;
    const gemfile = await project.read(at === "" ? "Gemfile" : `${at}/Gemfile`);
    if (gemfile !== undefined && /^\s*gem\s+["']rubocop/m.test(gemfile)) return true;
  }
  return false;
}

/** info, refactor, convention are wishes; warning, error, fatal are mistakes. */
function severityOf(severity: string): Severity {
  if (severity === "error" || severity === "fatal") return "error";
  return severity === "warning" || severity === "convention" ? "warning" : "info";
}

const departments: Readonly<Record<string, Category>> = {
  Bundler: "dependency",
  Capybara: "test",
  FactoryBot: "test",
  Gemspec: "dependency",
  Layout: "style",
  Lint: "correctness",
  Metrics: "maintainability",
  Minitest: "test",
  Naming: "style",
  Performance: "performance",
  Rails: "correctness",
  RSpec: "test",
  Security: "security",
  Sorbet: "correctness",
  Style: "style",
  ThreadSafety: "correctness",
};

function categoryOf(cop: string): Category {
  if (cop.startsWith("Style/Documentation")) return "documentation";
  return departments[cop.split("/")[0] ?? ""] ?? "maintainability";
}

/** Stylelint as the repository installs and configures it. */
import { join } from "node:path";
import type { ToolAnalyzer, ToolProject } from "../model/analyzer.ts";
import type { Category, RawFinding } from "../model/finding.ts";
import { detectPlaces, type Place } from "./tool-detection/detect.ts";
import { fileArguments, listSetting, targetsSetting, withinTargets } from "./tool-detection/file-arguments.ts";
import { manifestsAbove, npmLookup, packageManifest, scriptUse } from "./tool-detection/manifests.ts";
import { directoryOf, outermost, trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

const modules = ["js", "cjs", "mjs", "ts", "cts", "mts"];
const configs = [
  ".stylelintrc",
  ...["json", "yaml", "yml", ...modules].map((extension) => `.stylelintrc.${extension}`),
  ...modules.map((extension) => `stylelint.config.${extension}`),
];

export const stylelint: ToolAnalyzer = {
  id: "stylelint",
  summary: "Stylelint with the repository's own version, configuration and plugins.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: [...configs, ".stylelintignore", "package.json"],
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) => /\.(?:css|pcss|postcss|scss|sass|less|vue)$/.test(path),

  async detect(project) {
    const places = await findPlaces(project);
    return detectPlaces(project, places, ({ directory }) => npmLookup(project, directory, "stylelint"));
  },

  command(invocation) {
    const { settings, tempDirectory, directory = "" } = invocation;
    const extensions = listSetting(settings, "extensions");
    const files = withinTargets(invocation.files, directory, listSetting(settings, "targets")).filter((file) =>
      extensions.some((extension) => file.endsWith(extension)),
    );
    const names = fileArguments({ ...invocation, files });
    // The report went to standard output before version 16 and goes to standard error since; a file stays a file.
    const outputFile = join(tempDirectory, "stylelint.json");
    return {
      args: [
        "--formatter",
        "json",
        "--output-file",
        outputFile,
        "--allow-empty-input",
        "--no-color",
        "--",
        ...(names.length === 0 ? ["__no_file_to_lint__.css"] : names),
      ],
      // https://stylelint.io/user-guide/cli#exit-codes: 0 no errors, 1 fatal, 2 lint problems, 64 bad usage, 78 bad
      // configuration.
      acceptedExitCodes: [0, 2],
      outputFile,
      ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    for (const file of readJson("stylelint", output.file ?? output.stdout, output.stderr).list()) {
      const printed = file.member("source").textOr(undefined);
      const warnings = file.member("warnings").list();
      // Complaints about the configuration itself have no source.
      if (printed === undefined) continue;
      for (const warning of warnings) {
        const rule = warning.member("rule").textOr("unknown");
        const location = locate(
          output,
          printed,
          {
            line: warning.member("line").numberOr(1),
            column: warning.member("column").numberOr(undefined),
            endLine: warning.member("endLine").numberOr(undefined),
            endColumn: warning.member("endColumn").numberOr(undefined),
          },
          "utf16",
        );
        if (location === undefined) continue;
        findings.push({
          rule: `stylelint/${rule}`,
          message: warning
            .member("text")
            .text()
            .replace(/\s+\([\w/@-]+\)$/, ""),
          location,
          severity: warning.member("severity").text() === "error" ? "error" : "warning",
          category: categoryOf(rule),
          ...(rule.includes("/") || rule === "CssSyntaxError"
            ? {}
            : { helpUrl: `https://stylelint.io/user-guide/rules/${rule}` }),
        });
      }
    }
    return findings;
  },
};

/** Rules about code that does not do what it says (https://stylelint.io/user-guide/rules#avoid-errors). */
const errors =
  /(?:^|[/-])(?:CssSyntaxError|(?:no-)?(?:invalid|unknown|duplicate|deprecated|empty|descending|irregular|missing|overrides?|unmatchable|nonstandard)(?:-|$))/;

function categoryOf(rule: string): Category {
  if (errors.test(rule)) return "correctness";
  return /(?:max-|disallowed|no-important|specificity)/.test(rule) ? "maintainability" : "style";
}

async function findPlaces(project: ToolProject): Promise<Place[]> {
  const evidence = new Map<string, string>();
  for (const path of trackedFiles(project, configs)) {
    const directory = directoryOf(path);
    if (!evidence.has(directory)) evidence.set(directory, path);
  }
  for (const path of trackedFiles(project, ["package.json"])) {
    const manifest = await packageManifest(project, directoryOf(path));
    if (manifest !== undefined && "stylelint" in manifest.value && !evidence.has(directoryOf(path))) {
      evidence.set(directoryOf(path), path);
    }
  }
  const places: Place[] = [];
  // Configuration is looked up from each file, so the outermost place speaks for the inner ones.
  for (const directory of outermost(evidence.keys())) {
    const path = evidence.get(directory) ?? directory;
    const manifests = await manifestsAbove(project, directory);
    const said = `${(await project.read(path)) ?? ""} ${manifests.flatMap(({ dependencies }) => [...dependencies]).join(" ")}`;
    const use = scriptUse(await packageManifest(project, directory), "stylelint", [
      "--config",
      "--config-basedir",
      "--custom-syntax",
      "--formatter",
      "-f",
      "--ignore-path",
      "--max-warnings",
      "--output-file",
      "-o",
    ]);
    places.push({
      directory,
      evidence: [path],
      settings: {
        targets: targetsSetting(project.paths, directory, use?.targets ?? []),
        extensions: JSON.stringify([
          ".css",
          ...(/postcss/.test(said) ? [".pcss", ".postcss"] : []),
          // Without their syntax every such file would only be a syntax error.
          ...(/stylelint-config[\w-]*-scss|postcss-scss|stylelint-scss/.test(said) ? [".scss"] : []),
          ...(/stylelint-config[\w-]*-less|postcss-less/.test(said) ? [".less"] : []),
          ...(/postcss-sass\b/.test(said) ? [".sass"] : []),
          ...(/stylelint-config[\w-]*-vue|postcss-html/.test(said) ? [".vue"] : []),
        ]),
      },
    });
  }
  return places;
}

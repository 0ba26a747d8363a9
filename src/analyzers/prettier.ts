/** Prettier: which files are not formatted as the repository asks for. */
import type { ToolAnalyzer, ToolProject } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import { detectPlaces, type Place } from "./tool-detection/detect.ts";
import { fileArguments, listSetting, targetsSetting, withinTargets } from "./tool-detection/file-arguments.ts";
import { npmLookup, packageManifest, scriptUse } from "./tool-detection/manifests.ts";
import { directoryOf, outermost, trackedFiles } from "./tool-detection/tracked-files.ts";
import { excerpt } from "./tool-output/json-output.ts";
import { locate, repositoryPath } from "./tool-output/positions.ts";

const modules = ["js", "cjs", "mjs", "ts", "cts", "mts"];
const configs = [
  ".prettierrc",
  ...["json", "json5", "yaml", "yml", "toml", ...modules].map((extension) => `.prettierrc.${extension}`),
  ...modules.map((extension) => `prettier.config.${extension}`),
];

/** Where no script says what is formatted, only what nobody formats by hand. */
const usual = /\.(?:[cm]?[jt]sx?|css|scss|less|vue)$/;

const rules = [
  {
    id: "prettier/format",
    summary: "The file is not formatted as Prettier would with the repository's settings.",
    category: "style",
    severity: "warning",
    recommended: true,
    helpUrl: "https://prettier.io/docs/cli",
  },
  {
    id: "prettier/syntax-error",
    summary: "Prettier cannot read the file.",
    category: "correctness",
    severity: "error",
    recommended: true,
  },
] as const;

export const prettier: ToolAnalyzer = {
  id: "prettier",
  summary: "Files that are not formatted as the repository's own Prettier would.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules,
  configFiles: [...configs, ".prettierignore", ".editorconfig", "package.json"],
  scope: "file",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) =>
    /\.(?:[cm]?[jt]sx?|css|scss|less|vue|html?|json5?|jsonc|ya?ml|md|mdx|graphql|gql|hbs|handlebars)$/.test(path),

  async detect(project) {
    const places = await findPlaces(project);
    return detectPlaces(project, places, ({ directory }) => npmLookup(project, directory, "prettier"));
  },

  command(invocation) {
    const targets = listSetting(invocation.settings, "targets");
    const files =
      targets.length === 0
        ? invocation.files.filter((file) => usual.test(file))
        : withinTargets(invocation.files, invocation.directory ?? "", targets);
    const names = fileArguments({ ...invocation, files });
    return {
      args: [
        "--list-different",
        "--ignore-unknown",
        "--no-color",
        // Without any file Prettier refuses to start; a pattern without a match is what this option is for.
        "--no-error-on-unmatched-pattern",
        "--",
        ...(names.length === 0 ? ["__no_file_to_check__"] : names),
      ],
      // https://prettier.io/docs/cli#--check: 0 all formatted, 1 some are not, 2 something went wrong (in a file:
      // read from what it says of each).
      acceptedExitCodes: [0, 1, 2],
      ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    for (const line of output.stdout.split("\n")) {
      const printed = line.trim();
      if (printed === "") continue;
      const path = repositoryPath(output, printed);
      if (path === undefined) continue;
      // Names are all it prints; anything else on standard output means that it is not listing.
      if (!usualName.test(printed)) throw new Error(`prettier printed something else than files${excerpt(printed)}`);
      findings.push({
        rule: "prettier/format",
        message: "not formatted as Prettier would",
        location: { path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
        anchor: "format",
      });
    }
    const errors = readErrors(output.stderr);
    for (const { file, message, line, column } of errors) {
      const location = locate(output, file, { line, column }, "utf16");
      if (location !== undefined) findings.push({ rule: "prettier/syntax-error", message, location });
    }
    if (output.exitCode === 2 && errors.length === 0) {
      throw new Error(`prettier could not work${excerpt(output.stderr)}`);
    }
    if (output.exitCode === 1 && findings.length === 0) {
      throw new Error(`prettier says that files differ and names none${excerpt(output.stderr)}`);
    }
    return findings;
  },
};

const usualName = /^[^\0]*\.[A-Za-z0-9]+$/;

/** `[error] src/a.ts: SyntaxError: Variable declaration expected. (1:14)`; every other first line is no file's fault. */
function readErrors(stderr: string): { file: string; message: string; line: number; column: number }[] {
  const errors = [];
  for (const line of stderr.split("\n")) {
    const text = /^\[error\] (.*)$/.exec(line)?.[1];
    // The frame below the message: `> 1 | code`, `    |   ^`, `  2 | code`, and empty lines.
    if (text === undefined || text.trim() === "" || /^\s*>?\s*\d*\s*\|/.test(text)) continue;
    const match = /^(.+?): (SyntaxError: .*|\w*Error: .*) \((\d+):(\d+)\)$/.exec(text);
    if (match === null) throw new Error(`prettier failed${excerpt(text)}`);
    const [, file = "", message = "", row, column] = match;
    errors.push({ file, message, line: Number(row), column: Number(column) });
  }
  return errors;
}

async function findPlaces(project: ToolProject): Promise<Place[]> {
  const evidence = new Map<string, string>();
  for (const path of trackedFiles(project, configs)) {
    const directory = directoryOf(path);
    if (!evidence.has(directory)) evidence.set(directory, path);
  }
  for (const path of trackedFiles(project, ["package.json"])) {
    const directory = directoryOf(path);
    const manifest = await packageManifest(project, directory);
    if (manifest === undefined || evidence.has(directory)) continue;
    const isCalled = manifest.dependencies.has("prettier") && scriptUse(manifest, "prettier", []) !== undefined;
    if ("prettier" in manifest.value || isCalled) evidence.set(directory, path);
  }
  const places: Place[] = [];
  // Each file's own configuration is looked up from where it lies, so the outermost place speaks for the inner ones.
  for (const directory of outermost(evidence.keys())) {
    const use = scriptUse(await packageManifest(project, directory), "prettier", optionsWithValue);
    places.push({
      directory,
      evidence: [evidence.get(directory) ?? directory],
      settings: { targets: targetsSetting(project.paths, directory, use?.targets ?? []) },
    });
  }
  return places;
}

const optionsWithValue = [
  "--config",
  "--ignore-path",
  "--log-level",
  "--loglevel",
  "--parser",
  "--plugin",
  "--cache-location",
];

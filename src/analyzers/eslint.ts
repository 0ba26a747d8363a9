/** ESLint as the repository installs and configures it. */
import type { ToolAnalyzer, ToolDetection, ToolProject } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity, Suggestion } from "../model/finding.ts";
import { detectionOf, findExecutable, isAtLeast, joinDetections, type Place } from "./tool-detection/detect.ts";
import { fileArguments, listSetting, targetsSetting, withinTargets } from "./tool-detection/file-arguments.ts";
import { npmLookup, packageManifest, scriptUse } from "./tool-detection/manifests.ts";
import { directoryOf, outermost, trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate, repositoryPath } from "./tool-output/positions.ts";

const flatConfigs = ["js", "mjs", "cjs", "ts", "mts", "cts"].map((extension) => `eslint.config.${extension}`);
const legacyConfigs = ["", ".js", ".cjs", ".yaml", ".yml", ".json"].map((extension) => `.eslintrc${extension}`);

/** Extensions that ESLint 8 lints when a directory is given and nothing else is said. */
const legacyExtensions = [".js", ".cjs", ".mjs"];

export const eslint: ToolAnalyzer = {
  id: "eslint",
  summary: "ESLint with the repository's own version, configuration and plugins.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: [...flatConfigs, ...legacyConfigs, ".eslintignore", "package.json", "tsconfig.json", ".editorconfig"],
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) => /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/.test(path),

  async detect(project) {
    const places = await findPlaces(project);
    const detections: ToolDetection[] = [];
    for (const place of places) {
      const answer = await findExecutable(
        project,
        place.directory,
        await npmLookup(project, place.directory, "eslint"),
      );
      // From version 10 on each file's own configuration is looked up, so one run from the outermost place will do.
      const isCovered =
        "version" in answer &&
        isAtLeast(answer.version, 10) &&
        detections.some(
          (other) => other.status === "found" && other.executable === answer.executable && !("directory" in other),
        );
      if (!isCovered) detections.push(detectionOf(place, answer));
    }
    return joinDetections(detections);
  },

  command(invocation) {
    const { settings, version } = invocation;
    const isLegacy = settings?.["kind"] === "legacy";
    const targets = listSetting(settings, "targets");
    let files = withinTargets(invocation.files, invocation.directory ?? "", targets);
    if (isLegacy) {
      const extensions = listSetting(settings, "extensions");
      files = files.filter((file) => extensions.some((extension) => file.endsWith(extension)));
    }
    const names = fileArguments({ ...invocation, files });
    return {
      args: [
        "--format",
        "json",
        ...listSetting(settings, "options"),
        // A file that the configuration ignores is no complaint of ours; ESLint 8 without this option is filtered below.
        ...(!isLegacy && isAtLeast(version, 8, 51) ? ["--no-warn-ignored"] : []),
        "--no-error-on-unmatched-pattern",
        "--",
        ...(names.length === 0 ? ["__no_file_to_lint__"] : names),
      ],
      // https://eslint.org/docs/latest/use/command-line-interface#exit-codes: 0 no errors, 1 errors (or too many
      // warnings), 2 a configuration problem or crash.
      acceptedExitCodes: [0, 1],
      ...(isLegacy ? { env: { ESLINT_USE_FLAT_CONFIG: "false" } } : {}),
      ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    for (const file of readJson("eslint", output.stdout, output.stderr).list()) {
      const printed = file.member("filePath").text();
      const path = repositoryPath(output, printed);
      for (const message of file.member("messages").list()) {
        const rule = message.member("ruleId").textOr(undefined);
        const isFatal = message.member("fatal").value === true;
        const text = message.member("message").text();
        // Without a rule and not fatal: "File ignored …", an unused directive (which has a null rule before 8.56).
        if (rule === undefined && !isFatal && text.startsWith("File ignored")) continue;
        const location = locate(
          output,
          printed,
          {
            line: message.member("line").numberOr(1),
            column: message.member("column").numberOr(undefined),
            endLine: message.member("endLine").numberOr(undefined),
            endColumn: message.member("endColumn").numberOr(undefined),
          },
          "utf16",
        );
        if (location === undefined || path === undefined) continue;
        const source = output.read(path);
        const suggestions: Suggestion[] = [];
        const add = (fix: JsonOutput, description: string, safety: Suggestion["safety"]): void => {
          if (source === undefined || !source.isUtf8 || fix.isAbsent) return;
          const [start, end] = fix.member("range").list();
          if (start === undefined || end === undefined) return;
          // ESLint counts from after the byte order mark; -1 means removing it, which hygiene does.
          if (start.number() < 0) return;
          suggestions.push({
            message: description,
            safety,
            edits: [source.edit(start.number(), end.number(), fix.member("text").text())],
          });
        };
        // What `eslint --fix` applies by itself keeps behaviour by ESLint's own rule for authors; suggestions do not.
        add(message.member("fix"), `Fix ${rule ?? "it"}`, "safe");
        for (const suggestion of message.member("suggestions").listOrEmpty()) {
          add(suggestion.member("fix"), suggestion.member("desc").textOr("Apply the suggestion"), "suggested");
        }
        findings.push({
          rule: `eslint/${rule ?? (isFatal ? "parse-error" : "unused-directive")}`,
          message: text,
          location,
          severity: (message.member("severity").number() === 2 ? "error" : "warning") satisfies Severity,
          category: categoryOf(rule, isFatal),
          ...(suggestions.length === 0 ? {} : { suggestions }),
        });
      }
    }
    return findings;
  },
};

async function findPlaces(project: ToolProject): Promise<Place[]> {
  const flat = trackedFiles(project, flatConfigs);
  const legacy = trackedFiles(project, legacyConfigs);
  for (const path of trackedFiles(project, ["package.json"])) {
    const manifest = await packageManifest(project, directoryOf(path));
    if (manifest !== undefined && "eslintConfig" in manifest.value) legacy.push(path);
  }
  const places: Place[] = [];
  const flatDirectories = new Set(flat.map(directoryOf));
  for (const path of flat) places.push(await placeOf(project, path, "flat"));
  // An eslintrc cascades from the file upwards, so the outermost directory's run knows the inner ones.
  for (const directory of outermost(legacy.map(directoryOf))) {
    const path = legacy.find((file) => directoryOf(file) === directory);
    if (path !== undefined && !flatDirectories.has(directory) && !flatDirectories.has("")) {
      places.push(await placeOf(project, path, "legacy"));
    }
  }
  return places;
}

/** Options with a value that decide what is linted and how: repeated as the repository's own script has them. */
const keptOptions = [
  "--config",
  "-c",
  "--flag",
  "--ignore-path",
  "--ignore-pattern",
  "--resolve-plugins-relative-to",
  "--rulesdir",
];
/** Other options with a value, so that the value is not taken for a file. */
const otherOptions = [
  "--cache-location",
  "--concurrency",
  "--ext",
  "--format",
  "-f",
  "--max-warnings",
  "--output-file",
  "-o",
  "--parser",
  "--parser-options",
  "--plugin",
  "--rule",
];

async function placeOf(project: ToolProject, path: string, kind: "flat" | "legacy"): Promise<Place> {
  const directory = directoryOf(path);
  const manifest = await packageManifest(project, directory);
  const use = scriptUse(manifest, "eslint", [...keptOptions, ...otherOptions]);
  const options: string[] = [];
  for (const name of keptOptions) {
    for (const value of use?.options.get(name) ?? []) if (value !== "") options.push(name, value);
  }
  const text = (await project.read(path)) ?? "";
  const extensions = use?.options
    .get("--ext")
    ?.flatMap((list) => list.split(","))
    .map((extension) => (extension.startsWith(".") ? extension : `.${extension}`));
  const settings: Record<string, string> = {
    kind,
    targets: targetsSetting(project.paths, directory, use?.targets ?? []),
    options: JSON.stringify(options),
  };
  if (kind === "legacy") {
    const typescript = /typescript/.test(text) ? [".ts", ".tsx", ".mts", ".cts"] : [];
    const jsx = /react|jsx/.test(text) ? [".jsx"] : [];
    settings["extensions"] = JSON.stringify(extensions ?? [...legacyExtensions, ...typescript, ...jsx]);
  }
  return {
    directory,
    evidence: [path],
    settings,
    ...(kind === "flat" && isPerFile(text) ? { scope: "file" as const } : {}),
  };
}

/** Packages whose rules look at nothing but the file; anything else that a configuration imports may look further. */
const perFilePackages =
  /^(?:@eslint\/(?:js|compat|eslintrc|json|markdown|css)|eslint\/config|globals|typescript-eslint|eslint-config-(?:prettier|standard)|eslint-plugin-(?:react|react-hooks|react-refresh|jsx-a11y|unicorn|promise|regexp|security|vue|svelte|simple-import-sort|unused-imports|jest|vitest|mocha|cypress|testing-library|jsdoc|perfectionist)(?:\/.*)?|@stylistic\/eslint-plugin|neostandard|node:.*)$/;

/** Whether nothing in a flat configuration's text makes a file's result depend on other files. */
function isPerFile(text: string): boolean {
  if (/projectService|parserOptions|type-?checked|requireTypeChecking|import\(|require\(/i.test(text)) return false;
  const imports = [...text.matchAll(/\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']/gm)].map(
    ([, from, bare]) => from ?? bare ?? "",
  );
  return imports.every((name) => perFilePackages.test(name));
}

const securityPlugins = /^(?:security|no-unsanitized|no-secrets|@microsoft\/sdl|xss|scanjs-rules)\//;
const testPlugins = /^(?:jest|vitest|mocha|cypress|playwright|testing-library|jest-dom|ava|qunit)\//;
const documentationRules = /^(?:jsdoc|tsdoc)\//;
const styleRules =
  /^(?:prettier|@stylistic(?:\/\w+)?|simple-import-sort|perfectionist|sort-[\w-]+|import(?:-x)?\/(?:order|first|newline-after-import))(?:\/|$)|^(?:@typescript-eslint\/|vue\/|react\/)?(?:indent|quotes|semi|comma-dangle|jsx-indent|html-indent|max-len|eol-last|no-trailing-spaces|[a-z-]*spac[a-z-]*|brace-style|camelcase|naming-convention|quote-props|curly|eqeqeq-style|padding-line[a-z-]*|lines-[a-z-]*|capitalized-comments|arrow-parens|object-curly-newline)$/;
const securityRules =
  /^(?:no-eval|no-implied-eval|no-new-func|no-script-url|react\/no-danger|react\/jsx-no-target-blank|vue\/no-v-html|@typescript-eslint\/no-implied-eval)$/;
const maintainabilityRules =
  /(?:^|\/)(?:complexity|max-[a-z-]+|no-unused-[a-z-]+|no-console|no-explicit-any|prefer-[a-z-]+|no-var|no-else-return|no-useless-[a-z-]+|no-magic-numbers|no-duplicate-imports|ban-ts-comment|no-shadow|no-non-null-assertion|explicit-[a-z-]+|consistent-[a-z-]+|no-empty-function|no-empty-interface|no-require-imports|no-var-requires|one-var|func-style|object-shorthand|no-nested-ternary|no-lonely-if|no-warning-comments|prop-types|display-name)$/;
const performanceRules =
  /(?:^|\/)(?:no-await-in-loop|no-img-element|jsx-no-bind|jsx-no-constructed-context-values|no-array-index-key-perf)$/;

function categoryOf(rule: string | undefined, isFatal: boolean): Category {
  if (isFatal) return "correctness";
  if (rule === undefined) return "maintainability";
  if (securityPlugins.test(rule) || securityRules.test(rule)) return "security";
  if (testPlugins.test(rule)) return "test";
  if (documentationRules.test(rule)) return "documentation";
  if (performanceRules.test(rule)) return "performance";
  if (styleRules.test(rule)) return "style";
  if (maintainabilityRules.test(rule)) return "maintainability";
  return "correctness";
}

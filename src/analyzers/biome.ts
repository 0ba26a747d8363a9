/** Biome: lint, format and import order as the repository's `biome.json` asks for. */
import { join } from "node:path";
import type { ToolAnalyzer, ToolOutput } from "../model/analyzer.ts";
import type { Category, Location, RawFinding, Severity, Suggestion } from "../model/finding.ts";
import { detectPlaces, isAtLeast } from "./tool-detection/detect.ts";
import { fileArguments } from "./tool-detection/file-arguments.ts";
import { npmLookup } from "./tool-detection/manifests.ts";
import { directoryOf, outermost, trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate, offsetOf, repositoryPath } from "./tool-output/positions.ts";

const configs = ["biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc"];

export const biome: ToolAnalyzer = {
  id: "biome",
  summary: "Biome's lint rules, formatting and import order, with the repository's own version and settings.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: [...configs, ".editorconfig", "package.json"],
  // Rules of the `project` domain follow imports; detection says where none can be on.
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) => /\.(?:[cm]?[jt]sx?|jsonc?|css|graphql|gql|html|vue|svelte|astro|grit)$/.test(path),

  async detect(project) {
    const paths = trackedFiles(project, configs);
    const places = [];
    for (const directory of outermost(paths.map(directoryOf))) {
      const path = paths.find((file) => directoryOf(file) === directory) ?? directory;
      const text = (await project.read(path)) ?? "";
      places.push({ directory, evidence: [path], ...(looksFurther.test(text) ? {} : { scope: "file" as const }) });
    }
    return detectPlaces(project, places, ({ directory }) => npmLookup(project, directory, "biome", "@biomejs/biome"));
  },

  command(invocation) {
    // Since 2.4 a second report can be written beside the first: JSON knows every place, rdjson the fixes.
    const fixes = isAtLeast(invocation.version, 2, 4) ? join(invocation.tempDirectory, "biome.rdjson") : undefined;
    return {
      args: [
        "check",
        "--reporter=json",
        ...(fixes === undefined ? [] : ["--reporter=rdjson", `--reporter-file=${fixes}`]),
        "--max-diagnostics=none",
        "--no-errors-on-unmatched",
        "--files-ignore-unknown=true",
        "--colors=off",
        ...fileArguments(invocation),
      ],
      // Not documented as a list: 0 without errors, 1 with errors (or a refused configuration, then without JSON).
      acceptedExitCodes: [0, 1],
      ...(fixes === undefined ? {} : { outputFile: fixes }),
      ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
    };
  },

  parse(output) {
    const fixes = output.file === undefined ? new Map<string, Suggestion>() : readFixes(output, output.file);
    const findings: RawFinding[] = [];
    const root = readJson("biome", output.stdout, output.stderr);
    root.member("summary").member("errors").number();
    const seen = new Set<string>();
    for (const diagnostic of root.member("diagnostics").list()) {
      const category = diagnostic.member("category").textOr("");
      // Advice about `biome.json` itself (deprecated keys); a broken one ends without a report.
      if (category === "deserialize" || category === "configuration" || category.startsWith("internalError/")) continue;
      const text = diagnostic.member("message");
      const message = typeof text.value === "string" ? text.value : diagnostic.member("description").text();
      // The formatter gives up on a file that the parser has already complained about.
      if (category === "format" && /parsing errors/.test(message)) continue;
      const location = locationOf(output, diagnostic.member("location"));
      if (location === undefined) continue;
      const rule = `biome/${category.replace(/^(?:lint|assist)\//, "")}`;
      const key = JSON.stringify([rule, location, message]);
      // A syntax error is said once by each of the linter, the formatter and the import sorter.
      if (seen.has(key)) continue;
      seen.add(key);
      const suggestion = fixes.get(fixKey(category, location));
      findings.push({
        rule,
        message: category === "format" ? "not formatted as Biome would" : message,
        location,
        severity: severityOf(diagnostic.member("severity").text()),
        category: categoryOf(category),
        ...(category === "format" ? { anchor: "format" } : {}),
        ...(suggestion === undefined ? {} : { suggestions: [suggestion] }),
      });
    }
    return findings;
  },
};

/** Settings under which a file's result may depend on others: domains, plugins, inherited settings, these rules. */
const looksFurther =
  /"(?:extends|plugins|domains|nursery|all)"|noImportCycles|noUndeclaredDependencies|noPrivateImports|noUnresolvedImports|noFloatingPromises|noMisusedPromises|useExhaustiveSwitchCases/;

/** Biome 2 prints lines and columns (code points); Biome 1 byte offsets. A finding about the whole file has neither. */
function locationOf(output: ToolOutput, printed: JsonOutput): Location | undefined {
  const path = printed.member("path");
  const name =
    typeof path.value === "string" ? path.value : path.isAbsent ? undefined : path.member("file").textOr(undefined);
  if (name === undefined) return undefined;
  const repository = repositoryPath(output, name);
  if (repository === undefined) return undefined;
  const whole = { path: repository, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };
  const span = printed.member("span");
  if (!span.isAbsent) {
    const [start, end] = span.list();
    const source = output.read(repository);
    if (start === undefined || end === undefined || source === undefined) return whole;
    return source.location(source.offsetOfByte(start.number()), source.offsetOfByte(end.number()));
  }
  const start = printed.member("start");
  if (start.isAbsent || start.member("line").number() === 0) return whole;
  const end = printed.member("end");
  return locate(
    output,
    name,
    {
      line: start.member("line").number(),
      column: start.member("column").number(),
      endLine: end.member("line").number(),
      endColumn: end.member("column").number(),
    },
    "codepoint",
  );
}

/** By rule and place. rdjson does not say which fixes Biome calls safe, so none counts as that. */
function readFixes(output: ToolOutput, text: string): Map<string, Suggestion> {
  const fixes = new Map<string, Suggestion>();
  for (const diagnostic of readJson("biome (rdjson)", text).member("diagnostics").list()) {
    const place = diagnostic.member("location");
    const replacements = diagnostic.member("suggestions").listOrEmpty();
    if (place.isAbsent || replacements.length === 0) continue;
    const printed = place.member("path").text();
    const location = locate(output, printed, rangeOf(place.member("range")), "codepoint");
    const source = location === undefined ? undefined : output.read(location.path);
    if (location === undefined || source === undefined || !source.isUtf8) continue;
    const category = diagnostic.member("code").member("value").text();
    fixes.set(fixKey(category, location), {
      message: `Fix ${category}`,
      safety: "unsafe",
      edits: replacements.map((replacement) => {
        const range = rangeOf(replacement.member("range"));
        return source.edit(
          offsetOf(source, range.line, range.column, "codepoint"),
          offsetOf(source, range.endLine, range.endColumn, "codepoint"),
          replacement.member("text").text(),
        );
      }),
    });
  }
  return fixes;
}

function rangeOf(range: JsonOutput): { line: number; column: number; endLine: number; endColumn: number } {
  const [start, end] = [range.member("start"), range.member("end")];
  return {
    line: start.member("line").number(),
    column: start.member("column").number(),
    endLine: end.member("line").number(),
    endColumn: end.member("column").number(),
  };
}

function fixKey(category: string, location: Location): string {
  return JSON.stringify([category, location.path, location.startLine, location.startColumn]);
}

function severityOf(severity: string): Severity {
  if (severity === "error" || severity === "fatal") return "error";
  return severity === "warning" ? "warning" : "info";
}

const groups: Readonly<Record<string, Category>> = {
  a11y: "correctness",
  complexity: "maintainability",
  correctness: "correctness",
  nursery: "correctness",
  performance: "performance",
  security: "security",
  style: "style",
  suspicious: "correctness",
};

/** `lint/suspicious/noDebugger`, `assist/source/organizeImports`, `format`, `parse`, `plugin`. */
function categoryOf(category: string): Category {
  if (category === "format" || category.startsWith("assist/") || category === "organizeImports") return "style";
  if (/\/noUnused[A-Z]/.test(category)) return "maintainability";
  return groups[category.split("/")[1] ?? ""] ?? "correctness";
}

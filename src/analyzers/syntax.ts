/** JSON, YAML and TOML that no parser reads, and keys that are written twice. */
import type { FileAnalyzer } from "../model/analyzer.ts";
import { SkipFile } from "../model/failure.ts";
import type { RuleDefinition } from "../model/rule.ts";

const rules: readonly RuleDefinition[] = [
  {
    id: "syntax/json",
    summary: "A JSON file does not parse.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "Comments and trailing commas are accepted in files whose readers accept them (`tsconfig.json`, `.vscode/*`, `appsettings.json`, `*.jsonc`…) and comments wherever somebody wrote one. Templates, JSON lines and test inputs are left alone.",
  },
  {
    id: "syntax/json-trailing-comma",
    summary: "A JSON file has a trailing comma.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "Lenient readers accept it; `JSON.parse`, Python, Go, Java and jq do not.",
  },
  {
    id: "syntax/json-duplicate-key",
    summary: "A key occurs twice in one JSON object.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "Most readers silently keep the last value. Keys that serve as comments (`//`, `_comment`) may repeat.",
  },
  {
    id: "syntax/yaml",
    summary: "A YAML file does not parse.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "Only what no common parser accepts is reported; unknown tags are fine. Templates (Helm, Jinja, ERB) and test inputs are left alone.",
  },
  {
    id: "syntax/yaml-duplicate-key",
    summary: "A key occurs twice in one YAML mapping.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "Some readers refuse it, the others silently keep the last value.",
  },
  {
    id: "syntax/toml",
    summary: "A TOML file does not parse.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale: "Templates and test inputs are left alone.",
  },
];

const json =
  /\.(?:json|jsonc|webmanifest|geojson|jsonld|ipynb|avsc|arb|har|code-workspace)$|(?:^|\/)\.(?:eslintrc|jshintrc|swcrc)$/i;
const yaml = /\.ya?ml$|(?:^|\/)(?:\.clang-format|\.clang-tidy)$/i;
const toml = /\.toml$|(?:^|\/)Pipfile$/i;
/** Written by tools: broken only by merges, which the hygiene analyzer sees. */
const lockFile = /(?:^|\/)(?:package-lock|npm-shrinkwrap|composer\.lock|Pipfile\.lock)\.json$|(?:^|\/)pnpm-lock\.yaml$/;
/** Measured: the YAML parser reads about 5 MB a second. */
const largest = { json: 20_000_000, yaml: 1_000_000, toml: 5_000_000 };

export const syntax: FileAnalyzer = {
  kind: "file",
  id: "syntax",
  summary: "JSON, YAML and TOML that does not parse, and keys that are written twice.",
  version: "2+jsonc-parser-3.3.1+yaml-2.9.1+smol-toml-1.9.1",
  profile: "fast",
  rules,
  appliesTo: ({ path, mode }) =>
    mode.startsWith("100") && (json.test(path) || yaml.test(path) || toml.test(path)) && !lockFile.test(path),
  load: async () => ({
    analyze: async (file) => {
      if (file.bytes.includes(0)) throw new SkipFile("contains NUL bytes: not text");
      const format = json.test(file.path) ? "json" : yaml.test(file.path) ? "yaml" : "toml";
      if (file.bytes.length > largest[format]) throw new SkipFile(`larger than ${largest[format] / 1_000_000} MB`);
      try {
        if (format === "json") return (await import("./syntax/json.ts")).checkJson(file);
        if (format === "yaml") return (await import("./syntax/yaml.ts")).checkYaml(file);
        return (await import("./syntax/toml.ts")).checkToml(file);
      } catch (error) {
        // Parsers that recurse overflow the stack on input nested some thousand levels deep.
        if (error instanceof RangeError) throw new SkipFile("nested too deeply");
        throw error;
      }
    },
  }),
};

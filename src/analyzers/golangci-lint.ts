/** golangci-lint as the repository configures it. */
import { isAbsolute, join, posix } from "node:path";
import type { ToolAnalyzer, ToolDetection, ToolOutput } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity, Suggestion } from "../model/finding.ts";
import { detectionOf, findExecutable, isAtLeast, joinDetections } from "./tool-detection/detect.ts";
import { goEnvironment, goFor, goModules } from "./tool-detection/go.ts";
import { directoryOf, trackedFiles, upwards } from "./tool-detection/tracked-files.ts";
import { readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

const configs = [".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json"];

export const golangciLint: ToolAnalyzer = {
  id: "golangci-lint",
  summary: "The Go linters that the repository's .golangci.yml turns on.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: [...configs, "go.mod", "go.sum", "go.work"],
  scope: "project",
  // What it compiles and remembers goes to the user's caches.
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 900,
  appliesTo: ({ path }) => path.endsWith(".go") || /(?:^|\/)go\.(?:mod|sum)$/.test(path),

  async detect(project) {
    const configured = new Map(trackedFiles(project, configs).map((path) => [directoryOf(path), path]));
    const detections: ToolDetection[] = [];
    for (const module of goModules(project)) {
      // Its settings are looked up from the working directory upwards.
      const evidence = upwards(module.directory).map((directory) => configured.get(directory));
      const path = evidence.find((found) => found !== undefined);
      if (path === undefined) continue;
      const go = await goFor(project, module);
      const answer =
        "reason" in go
          ? go
          : await findExecutable(project, module.directory, {
              names: ["golangci-lint"],
              from: "both",
              install: "see https://golangci-lint.run/welcome/install",
            });
      detections.push(
        detectionOf(
          {
            directory: module.directory,
            evidence: [path],
            settings: { vendored: module.isVendored ? "yes" : "no" },
          },
          answer,
        ),
      );
    }
    return joinDetections(detections);
  },

  command({ version, directory, settings, tempDirectory }) {
    // Standard output is all that versions before 1.44 report to; their log goes to standard error.
    const outputFile = isAtLeast(version, 1, 44) ? join(tempDirectory, "golangci-lint.json") : undefined;
    return {
      args: [
        "run",
        ...(outputFile === undefined
          ? ["--out-format=json"]
          : isAtLeast(version, 2)
            ? [`--output.json.path=${outputFile}`, "--show-stats=false"]
            : [`--out-format=json:${outputFile}`]),
        // Version 2 counts paths from the configuration's directory, or from where the configuration says.
        ...(isAtLeast(version, 2, 1) ? ["--path-mode=abs"] : isAtLeast(version, 1, 30) ? ["--path-prefix="] : []),
        // With its usual caps a fixed finding would uncover another one, which then looked new.
        "--max-issues-per-linter=0",
        "--max-same-issues=0",
        "./...",
      ],
      // pkg/exitcodes: 0 nothing, 1 issues; 2 and more: warnings in tests, failure, timeout, no Go files, no
      // configuration, an error was logged.
      acceptedExitCodes: [0, 1],
      ...(outputFile === undefined ? {} : { outputFile }),
      env: goEnvironment(settings?.["vendored"] === "yes"),
      ...(directory === undefined ? {} : { cwd: directory }),
    };
  },

  parse(output) {
    const findings: RawFinding[] = [];
    const root = readJson("golangci-lint", output.file ?? output.stdout, output.stderr);
    // Its report says what it could not do beside what it found.
    const failure = root.member("Report");
    if (!failure.isAbsent && failure.member("Error").textOr("") !== "") {
      throw new Error(`golangci-lint failed: ${failure.member("Error").text()}`);
    }
    for (const issue of root.member("Issues").listOrNull()) {
      const linter = issue.member("FromLinter").text();
      const place = issue.member("Pos");
      const column = place.member("Column").numberOr(0) ?? 0;
      const line = place.member("Line").numberOr(1) ?? 1;
      const location = locate(
        output,
        printedPath(output, place.member("Filename").text()),
        { line: Math.max(1, line), column: column > 0 ? column : undefined },
        "byte",
      );
      if (location === undefined) continue;
      const text = issue.member("Text").text();
      const code = /^([A-Z]{1,3}\d{3,4}): /.exec(text)?.[1];
      const fix = readReplacement(output, location.path, issue);
      findings.push({
        rule: `golangci-lint/${code === undefined ? linter : `${linter}/${code}`}`,
        message: text,
        location,
        severity: severityOf(issue.member("Severity").textOr(""), linter),
        category: categoryOf(linter),
        helpUrl: `https://golangci-lint.run/docs/linters/configuration/#${linter}`,
        ...(fix === undefined ? {} : { suggestions: [fix] }),
      });
    }
    return findings;
  },
};

/** Relative to the working directory, or (2.0, and 1.64 where it is told so) to one above it: where there is such a file. */
function printedPath(output: ToolOutput, printed: string): string {
  if (isAbsolute(printed) || output.directory === undefined) return printed;
  const above = upwards(output.directory).map((directory) => posix.join(directory, printed));
  const path = above.find((candidate) => output.read(candidate) !== undefined);
  return path === undefined ? printed : posix.join(output.root, path);
}

/**
 * Version 1: `{ "NeedOnlyDelete", "NewLines", "Inline": { "StartCol", "Length", "NewString" } }` over `LineRange` or the
 * issue's line. Version 2 prints positions of its own memory instead, which mean nothing here.
 */
function readReplacement(output: ToolOutput, path: string, issue: JsonOutput): Suggestion | undefined {
  const replacement = issue.member("Replacement");
  const source = output.read(path);
  if (replacement.isAbsent || source === undefined || !source.isUtf8) return undefined;
  const line = issue.member("Pos").member("Line").number();
  const range = issue.member("LineRange");
  const from = range.isAbsent ? line : (range.member("From").numberOr(line) ?? line);
  const to = range.isAbsent ? line : (range.member("To").numberOr(line) ?? line);
  // `unused` says where a declaration begins and not where it ends: { "From": 18, "To": 0 }.
  if (to < from) return undefined;
  const message = "Apply the linter's fix";
  const inline = replacement.member("Inline");
  if (!inline.isAbsent) {
    const start = source.byteOffset(source.offset(from, 1)) + inline.member("StartCol").number();
    const end = start + inline.member("Length").number();
    return { message, safety: "suggested", edits: [{ path, start, end, text: inline.member("NewString").text() }] };
  }
  const lines = replacement
    .member("NewLines")
    .listOrEmpty()
    .map((one) => one.text());
  const text = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  const edit = source.edit(source.offset(from, 1), source.offset(to + 1, 1), text);
  return { message, safety: "suggested", edits: [edit] };
}

/** Without severities of its own configuration an issue has none; what does not compile is an error. */
function severityOf(severity: string, linter: string): Severity {
  if (severity === "error" || linter === "typecheck") return "error";
  return /^(?:info|low|note|hint)$/.test(severity) ? "info" : "warning";
}

const security = /^(?:gosec|bidichk)$/;
const style =
  /^(?:gofmt|gofumpt|goimports|gci|golines|whitespace|wsl(?:_v5)?|nlreturn|lll|godot|stylecheck|tagalign|dupword|nakedret|revive|golint|importas|misspell|swaggo)$/;
const maintainability =
  /^(?:unused|deadcode|structcheck|varcheck|gocyclo|cyclop|gocognit|funlen|nestif|maintidx|dupl|goconst|mnd|gomnd|interfacebloat|unparam|unconvert|depguard|gochecknoglobals|gochecknoinits|ireturn|gosimple|gocritic|nolintlint|godox|forbidigo)$/;
const performance = /^(?:prealloc|perfsprint|maligned|bodyclose-perf|fieldalignment)$/;
const test = /^(?:paralleltest|testifylint|testpackage|thelper|tparallel|usetesting|tenv|ginkgolinter)$/;

function categoryOf(linter: string): Category {
  if (security.test(linter)) return "security";
  if (style.test(linter)) return "style";
  if (maintainability.test(linter)) return "maintainability";
  if (performance.test(linter)) return "performance";
  if (linter === "gomoddirectives" || linter === "gomodguard") return "dependency";
  return test.test(linter) ? "test" : "correctness";
}

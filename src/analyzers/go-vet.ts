/** go vet: suspicious constructs in Go, by the toolchain that builds the module. */
import type { ToolAnalyzer, ToolDetection, ToolOutput } from "../model/analyzer.ts";
import type { Category, Location, RawFinding, Suggestion } from "../model/finding.ts";
import { detectionOf, joinDetections } from "./tool-detection/detect.ts";
import { goEnvironment, goFor, goModules } from "./tool-detection/go.ts";
import { excerpt, readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate, repositoryPath } from "./tool-output/positions.ts";

export const goVet: ToolAnalyzer = {
  id: "go-vet",
  summary: "Suspicious constructs and type errors in Go, by `go vet`.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: ["go.mod", "go.sum", "go.work"],
  scope: "project",
  // What it compiles goes to the user's build cache.
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 600,
  appliesTo: ({ path }) => path.endsWith(".go") || /(?:^|\/)go\.(?:mod|sum)$/.test(path),

  async detect(project) {
    const detections: ToolDetection[] = [];
    for (const module of goModules(project)) {
      detections.push(
        detectionOf(
          {
            directory: module.directory,
            evidence: [module.path],
            settings: { vendored: module.isVendored ? "yes" : "no" },
          },
          await goFor(project, module),
        ),
      );
    }
    return joinDetections(detections);
  },

  command: ({ directory, settings }) => ({
    args: ["vet", "-json", "./..."],
    // With -json findings end with 0; 1 or 2 (by version) when a package does not compile, which is said per file.
    // https://pkg.go.dev/cmd/vet
    acceptedExitCodes: [0, 1, 2],
    env: goEnvironment(settings?.["vendored"] === "yes"),
    ...(directory === undefined ? {} : { cwd: directory }),
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    const seen = new Set<string>();
    const add = (finding: RawFinding): void => {
      // A package and its test variant say the same.
      const key = JSON.stringify([finding.rule, finding.message, finding.location]);
      if (!seen.has(key)) findings.push(finding);
      seen.add(key);
    };
    // Standard error until Go 1.25, standard output since.
    const lines = `${output.stdout}\n${output.stderr}`.split(/\r?\n/);
    let last: RawFinding | undefined;
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index] ?? "";
      if (line === "" || line.startsWith("# ")) continue;
      if (line === "{" || line === "{}") {
        const end = line === "{}" ? index : lines.indexOf("}", index);
        const text = lines.slice(index, end === -1 ? undefined : end + 1).join("\n");
        if (end !== -1) index = end;
        else index = lines.length;
        for (const finding of readPackages(output, readJson("go vet", text))) add(finding);
        continue;
      }
      if (line.startsWith("\t") && last !== undefined) continue;
      last = readCompileError(output, line);
      if (last !== undefined) add(last);
    }
    if (findings.length === 0 && output.exitCode !== 0) {
      throw new Error(`go vet ended with ${output.exitCode} and named no file${excerpt(output.stderr)}`);
    }
    return findings;
  },
};

/** `{"package": {"analyzer": [{"posn": "/a/b.go:4:2", "message": "…"}]}}`, or `{"error": "…"}` in an analyzer's place. */
function readPackages(output: ToolOutput, packages: JsonOutput): RawFinding[] {
  const findings: RawFinding[] = [];
  for (const [, analyzers] of packages.entries()) {
    for (const [name, diagnostics] of analyzers.entries()) {
      if (!Array.isArray(diagnostics.value))
        throw new Error(`go vet: ${name} failed${excerpt(JSON.stringify(diagnostics.value))}`);
      for (const diagnostic of diagnostics.list()) {
        const location = locationOf(output, diagnostic.member("posn").text(), diagnostic.member("end").textOr(""));
        if (location === undefined) continue;
        const suggestions = diagnostic
          .member("suggested_fixes")
          .listOrEmpty()
          .map((fix) => readFix(output, fix))
          .filter((fix) => fix !== undefined);
        findings.push({
          rule: `go-vet/${name}`,
          message: diagnostic.member("message").text(),
          location,
          severity: "warning",
          category: categoryOf(name),
          helpUrl: `https://pkg.go.dev/golang.org/x/tools/go/analysis/passes/${name}`,
          ...(suggestions.length === 0 ? {} : { suggestions }),
        });
      }
    }
  }
  return findings;
}

/** `file:line:column`, the column counts bytes from 1. */
function locationOf(output: ToolOutput, posn: string, end: string): Location | undefined {
  const start = /^(.+?):(\d+)(?::(\d+))?$/.exec(posn);
  if (start === null) return undefined;
  const stop = /:(\d+):(\d+)$/.exec(end);
  return locate(
    output,
    start[1] ?? "",
    {
      line: Number(start[2]),
      column: start[3] === undefined ? undefined : Number(start[3]),
      ...(stop === null ? {} : { endLine: Number(stop[1]), endColumn: Number(stop[2]) }),
    },
    "byte",
  );
}

/** Edits are byte offsets into files. */
function readFix(output: ToolOutput, fix: JsonOutput): Suggestion | undefined {
  const edits = [];
  for (const edit of fix.member("edits").listOrEmpty()) {
    const path = repositoryPath(output, edit.member("filename").text());
    if (path === undefined) return undefined;
    edits.push({
      path,
      start: edit.member("start").number(),
      end: edit.member("end").number(),
      text: edit.member("new").text(),
    });
  }
  return edits.length === 0 ? undefined : { message: fix.member("message").text(), safety: "suggested", edits };
}

/** `vet: ./shop.go:4:9: cannot use …`; what only says that a dependency is not there is no finding. */
function readCompileError(output: ToolOutput, line: string): RawFinding | undefined {
  const match = /^(?:vet: )?(.+?\.go):(\d+)(?::(\d+))?: (.*)$/.exec(line);
  if (match === null) {
    // `too many errors`, `exit status 2`, and notes such as `go: warning: "./..." matched no packages`.
    if (/^(?:too many errors|exit status \d+|note: |go: warning: )/.test(line)) return undefined;
    throw new Error(`go vet could not work${excerpt(line)}`);
  }
  const [, path = "", row, column, message = ""] = match;
  if (
    /no required module provides|cannot find (?:module|package)|is not in (?:GOROOT|std)|could not import|missing go\.sum/.test(
      message,
    )
  ) {
    throw new Error(`go vet could not load the packages${excerpt(message)}`);
  }
  const location = locate(
    output,
    path,
    { line: Number(row), column: column === undefined ? undefined : Number(column) },
    "byte",
  );
  if (location === undefined) return undefined;
  return { rule: "go-vet/compile", message, location, severity: "error", category: "correctness" };
}

function categoryOf(analyzer: string): Category {
  if (/^(?:tests|testinggoroutine)$/.test(analyzer)) return "test";
  return /^(?:structtag|stdmethods|directive|buildtag|unusedresult)$/.test(analyzer)
    ? "maintainability"
    : "correctness";
}

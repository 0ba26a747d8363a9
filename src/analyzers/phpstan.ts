/** PHPStan as the repository configures it. */
import { basename, posix } from "node:path";
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { Category, RawFinding } from "../model/finding.ts";
import { detectPlaces, type Place } from "./tool-detection/detect.ts";
import { directoryOf, trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

/** In the order in which PHPStan itself looks for them. */
const configs = ["phpstan.neon", "phpstan.neon.dist", "phpstan.dist.neon"];

/** src/Analyser/Ignore/IgnoredErrorHelperResult.php: of an ignored error that names no path. */
const unmatched = /^Ignored error pattern .* was not matched in reported errors\.$/s;
const firstColumn = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };

export const phpstan: ToolAnalyzer = {
  id: "phpstan",
  summary: "Type errors and dead code in PHP, by the repository's own PHPStan.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: [...configs, "phpstan-baseline.neon", "phpstan-baseline.php", "composer.lock"],
  scope: "project",
  // Its cache goes to the system's temporary directory unless the configuration names another.
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 900,
  appliesTo: ({ path }) => path.endsWith(".php"),

  async detect(project) {
    const places: Place[] = [];
    for (const name of configs) {
      for (const path of trackedFiles(project, [name])) {
        const directory = directoryOf(path);
        if (!places.some((place) => place.directory === directory)) places.push({ directory, evidence: [path] });
      }
    }
    return detectPlaces(project, places, {
      // A PHAR in the repository's own places is run as a program too.
      names: ["phpstan", "phpstan.phar"],
      from: "both",
      install: "run `composer install`",
    });
  },

  command: ({ directory, evidence }) => ({
    args: [
      "analyse",
      "--error-format=json",
      "--no-progress",
      "--no-interaction",
      "--no-ansi",
      "--memory-limit=-1",
      "--configuration",
      basename(evidence[0] ?? "phpstan.neon"),
    ],
    // https://phpstan.org/user-guide/command-line-usage: 0 no errors, 1 errors (also of its own, then without the
    // list of files, or with errors that belong to no file).
    acceptedExitCodes: [0, 1],
    ...(directory === undefined ? {} : { cwd: directory }),
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    const root = readJson("phpstan", output.stdout, output.stderr);
    root.member("totals").member("file_errors").number();
    const general = root
      .member("errors")
      .list()
      .map((error) => error.text());
    for (const message of general) {
      // Said of the configuration, and the only general error that is a finding: the analysis itself was complete.
      if (!unmatched.test(message)) throw new Error(`phpstan could not work: ${message}`);
      const directory = output.directory ?? "";
      const path = configs.map((name) => posix.join(directory, name)).find((one) => output.read(one) !== undefined);
      findings.push({
        rule: "phpstan/ignore.unmatched",
        message,
        location: { path: path ?? posix.join(directory, "phpstan.neon"), ...firstColumn },
        severity: "error",
        category: "maintainability",
        helpUrl: "https://phpstan.org/user-guide/ignoring-errors#reporting-unused-ignores",
      });
    }
    // PHP has one kind of array: without files this is an empty list.
    const files = root.member("files");
    for (const [printed, file] of Array.isArray(files.value) ? [] : files.entries()) {
      // `src/A.php (in context of class B)`: said of a trait.
      const path = printed.replace(/ \(in context of .*\)$/, "");
      for (const message of file.member("messages").list()) {
        const text = message.member("message").text();
        // Said of a file, and yet it is the analysis that broke there.
        if (text.startsWith("Internal error: ")) throw new Error(`phpstan could not analyse ${path}: ${text}`);
        const line = message.member("line").numberOr(undefined);
        const location = locate(
          output,
          path,
          line === undefined ? { line: 1, column: 1, endLine: 1, endColumn: 1 } : { line },
          "utf16",
        );
        if (location === undefined) continue;
        const identifier = message.member("identifier").textOr("error") ?? "error";
        findings.push({
          rule: `phpstan/${identifier}`,
          message: text,
          location,
          // It knows no severities: everything of the chosen level fails it.
          severity: "error",
          category: categoryOf(identifier),
          ...(identifier === "error" ? {} : { helpUrl: `https://phpstan.org/error-identifiers/${identifier}` }),
        });
      }
    }
    return findings;
  },
};

function categoryOf(identifier: string): Category {
  return /(?:^|\.)(?:unused|deprecated|deadCode|alreadyNarrowedType|alwaysTrue|alwaysFalse)|^missingType\.|\.unreachable$/.test(
    identifier,
  )
    ? "maintainability"
    : "correctness";
}

/** Clippy: Rust lints, where the repository configures or runs it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ToolAnalyzer, ToolDetection, ToolOutput, ToolProject } from "../model/analyzer.ts";
import type { Category, Location, RawFinding, RelatedLocation, Suggestion } from "../model/finding.ts";
import { askWith, detectionOf, findExecutable, joinDetections, type Executable } from "./tool-detection/detect.ts";
import { automationUse, hasTomlTable } from "./tool-detection/manifests.ts";
import { directoryOf, outermost, trackedFiles } from "./tool-detection/tracked-files.ts";
import { excerpt, readJsonLines, type JsonOutput } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

const configs = ["clippy.toml", ".clippy.toml"];

/** With rustup, `cargo` would otherwise install the toolchain that the repository names. */
const offline = { CARGO_NET_OFFLINE: "true", RUSTUP_AUTO_INSTALL: "0" };

export const clippy: ToolAnalyzer = {
  id: "clippy",
  summary: "Rust lints and compiler errors, by the repository's own Clippy settings.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: [],
  openRules: true,
  configFiles: [...configs, "Cargo.toml", "Cargo.lock", "rust-toolchain", "rust-toolchain.toml", "config.toml"],
  scope: "project",
  effects: { reads: ["**"], writes: ["target"] },
  timeoutSeconds: 1800,
  appliesTo: ({ path }) => path.endsWith(".rs") || /(?:^|\/)Cargo\.(?:toml|lock)$/.test(path),

  async detect(project) {
    const evidence = await findEvidence(project);
    if (evidence === undefined) return undefined;
    const detections: ToolDetection[] = [];
    for (const directory of outermost(trackedFiles(project, ["Cargo.toml"]).map(directoryOf))) {
      // Cargo's own directory keeps what is compiled; unless git ignores it, that would show up as new files.
      const ignored = `${(await project.read(".gitignore")) ?? ""}\n${directory === "" ? "" : ((await project.read(`${directory}/.gitignore`)) ?? "")}`;
      const place = {
        directory,
        evidence: [evidence],
        settings: { target: /^\/?(?:\*\*\/)?target(?:\/\*{0,2})?\s*$/m.test(ignored) ? "own" : "temporary" },
      };
      detections.push(detectionOf(place, await cargoFor(project, directory)));
    }
    return joinDetections(detections);
  },

  command: ({ directory, settings, tempDirectory }) => ({
    args: [
      "clippy",
      "--workspace",
      "--all-targets",
      "--message-format=json",
      "--quiet",
      // Neither the network nor Cargo.lock is touched.
      "--frozen",
    ],
    // https://doc.rust-lang.org/cargo/commands/cargo-check.html#exit-status: 0 built, 101 failed: with errors in the
    // code there are messages that say so, else it could not work.
    acceptedExitCodes: [0, 101],
    env: {
      ...offline,
      ...(settings?.["target"] === "own" ? {} : { CARGO_TARGET_DIR: join(tempDirectory, "target") }),
    },
    ...(directory === undefined ? {} : { cwd: directory }),
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    const seen = new Set<string>();
    let finished: boolean | undefined;
    for (const line of readJsonLines("cargo clippy", output.stdout)) {
      const reason = line.member("reason").text();
      if (reason === "build-finished") finished = line.member("success").value === true;
      if (reason !== "compiler-message") continue;
      const finding = readMessage(output, line.member("message"));
      if (finding === undefined) continue;
      // Library and its tests are compiled apart and say the same.
      const key = JSON.stringify([finding.rule, finding.message, finding.location]);
      if (!seen.has(key)) findings.push(finding);
      seen.add(key);
    }
    const hasErrors = findings.some(({ severity }) => severity === "error");
    if (finished === undefined || (!finished && !hasErrors)) {
      throw new Error(`cargo clippy did not finish${excerpt(output.stderr)}`);
    }
    return findings;
  },
};

async function findEvidence(project: ToolProject): Promise<string | undefined> {
  const own = trackedFiles(project, configs)[0];
  if (own !== undefined) return own;
  for (const path of trackedFiles(project, ["Cargo.toml"])) {
    const text = (await project.read(path)) ?? "";
    if (hasTomlTable(text, "lints.clippy") || hasTomlTable(text, "workspace.lints.clippy")) return path;
  }
  return automationUse(project, /\bcargo\s+(?:\+\S+\s+)?clippy\b|clippy-check|rust-clippy/);
}

async function cargoFor(project: ToolProject, directory: string): Promise<Executable> {
  const cargo = await findExecutable(project, directory, {
    names: ["cargo"],
    from: "path",
    versionArgs: ["clippy", "--version"],
    install: "`rustup component add clippy`",
    // cargo without that subcommand; rustup's proxy without the component, or without any toolchain.
    absentPattern: /no such (?:sub)?command|is not installed|no override and no default toolchain/i,
    askOutside: true,
  });
  if ("reason" in cargo) return cargo;
  if (!existsSync(join(project.root, directory, "Cargo.lock"))) {
    return { reason: "there is no Cargo.lock, and making one is not ours to do; run `cargo generate-lockfile`" };
  }
  const metadata = await askWith(
    project,
    offline,
    [cargo.executable, "metadata", "--frozen", "--format-version", "1"],
    directory,
  );
  return metadata === undefined || metadata.exitCode === 0
    ? cargo
    : { reason: `cargo cannot load the workspace offline${excerpt(metadata.stderr)}; run \`cargo fetch\`` };
}

function readMessage(output: ToolOutput, message: JsonOutput): RawFinding | undefined {
  const level = message.member("level").text();
  // `failure-note` and the closing `error: aborting …` have no span; notes only elaborate.
  if (level !== "error" && level !== "warning" && !level.startsWith("error")) return undefined;
  const spans = message.member("spans").list();
  const primary = spans.find((span) => span.member("is_primary").value === true);
  if (primary === undefined) return undefined;
  const location = locationOf(output, primary);
  if (location === undefined) return undefined;
  const code = message.member("code");
  const name = code.isAbsent
    ? "rustc"
    : code
        .member("code")
        .text()
        .replace(/^clippy::/, "");
  const isClippy = !code.isAbsent && code.member("code").text().startsWith("clippy::");
  const related: RelatedLocation[] = [];
  for (const span of spans) {
    const label = span.member("label").textOr(undefined);
    const at = span === primary || label === undefined ? undefined : locationOf(output, span);
    if (at !== undefined && label !== undefined) related.push({ location: at, message: label });
  }
  const suggestions = message
    .member("children")
    .list()
    .map((child) => readSuggestion(output, child))
    .filter((suggestion) => suggestion !== undefined);
  return {
    rule: `clippy/${name}`,
    message: message.member("message").text(),
    location,
    severity: level === "warning" ? "warning" : "error",
    category: categoryOf(name, isClippy),
    ...(isClippy ? { helpUrl: `https://rust-lang.github.io/rust-clippy/master/index.html#${name}` } : {}),
    ...(related.length === 0 ? {} : { related }),
    ...(suggestions.length === 0 ? {} : { suggestions }),
  };
}

/** The span in the repository's own file: out of a macro of elsewhere, to the place where it is called. */
function locationOf(output: ToolOutput, span: JsonOutput): Location | undefined {
  for (let at = span; ;) {
    const file = at.member("file_name").text();
    const location = file.startsWith("<")
      ? undefined
      : locate(
          output,
          file,
          {
            line: at.member("line_start").number(),
            column: at.member("column_start").number(),
            endLine: at.member("line_end").number(),
            endColumn: at.member("column_end").number(),
          },
          "codepoint",
        );
    // A path such as `/rustc/…/library/core/src/macros/mod.rs` lies outside; one below the root must exist.
    if (location !== undefined && output.read(location.path) !== undefined) return location;
    const expansion = at.member("expansion");
    if (expansion.isAbsent) return location;
    at = expansion.member("span");
  }
}

/** What `cargo clippy --fix` would apply by itself is safe; guesses are for people; placeholders are no edits. */
function readSuggestion(output: ToolOutput, child: JsonOutput): Suggestion | undefined {
  const edits = [];
  let isSafe = true;
  for (const span of child.member("spans").list()) {
    const replacement = span.member("suggested_replacement").textOr(undefined);
    if (replacement === undefined) continue;
    const applicability = span.member("suggestion_applicability").textOr("Unspecified");
    if (applicability !== "MachineApplicable" && applicability !== "MaybeIncorrect") return undefined;
    isSafe &&= applicability === "MachineApplicable";
    const location = locate(output, span.member("file_name").text(), { line: 1 }, "codepoint");
    const source = location === undefined ? undefined : output.read(location.path);
    // An edit inside of a macro's expansion is none of the file that it names.
    if (source === undefined || !source.isUtf8 || !span.member("expansion").isAbsent) return undefined;
    edits.push({
      path: source.path,
      start: span.member("byte_start").number() + source.bomLength,
      end: span.member("byte_end").number() + source.bomLength,
      text: replacement,
    });
  }
  if (edits.length === 0) return undefined;
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  // Several replacements of one stretch are alternatives, not parts of one change.
  const overlap = sorted.some((edit, index) => {
    const next = sorted[index + 1];
    return next !== undefined && next.path === edit.path && next.start < edit.end;
  });
  if (overlap || new Set(sorted.map(({ path, start, end }) => `${path}:${start}:${end}`)).size < sorted.length) {
    return undefined;
  }
  return { message: child.member("message").text(), safety: isSafe ? "safe" : "suggested", edits };
}

const performance =
  /(?:^|_)(?:clone|box|alloc|vec|large|copy|iter|collect|inefficient|redundant_clone|large_enum_variant)(?:_|$)/;
const style =
  /^(?:needless_return|redundant_field_names|len_zero|collapsible_|single_|manual_|match_like|let_and_return|uninlined_format_args|module_inception|new_without_default|wrong_self_convention|upper_case|enum_variant_names|should_implement_trait|non_(?:snake|camel|upper))/;
const maintainability =
  /^(?:unused_|dead_code|too_many_|cognitive_complexity|type_complexity|missing_|must_use|deprecated|needless_|unnecessary_|redundant_|unreachable_)/;

function categoryOf(name: string, isClippy: boolean): Category {
  if (name === "rustc" || /^E\d+$/.test(name)) return "correctness";
  if (/^missing_(?:docs|errors_doc|panics_doc|safety_doc)/.test(name)) return "documentation";
  if (style.test(name)) return "style";
  if (maintainability.test(name)) return "maintainability";
  return isClippy && performance.test(name) ? "performance" : "correctness";
}

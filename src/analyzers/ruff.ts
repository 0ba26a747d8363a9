/** Python by ruff's WASM build, with the repository's own ruff settings read as data. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Batch, BatchAnalyzer, BatchResult, FileEntry, FileNote } from "../model/analyzer.ts";
import type { RawFinding, SuggestionSafety } from "../model/finding.ts";
import { SourceFile } from "../model/source-file.ts";
import type { FileSettings } from "./ruff/config.ts";
import type { HostJob, HostLine, RuffDiagnostic } from "./ruff/protocol.ts";
import {
  categoryOf,
  defaultSettings,
  needsMoreThanText,
  newcomers,
  ruffRules,
  safeFixes,
  syntaxRule,
} from "./ruff/rules.ts";

const engineVersion = "0.17.4";
const maxBytes = 2 * 1024 * 1024;

/** The program to run beside this one; the build lists `src/analyzers/ruff/host.ts` as an entry of this name. */
export const ruffHostEntry = "ruff-host";

const known = new Map(ruffRules.map((rule) => [rule.id, rule]));

export const ruff: BatchAnalyzer = {
  kind: "batch",
  id: "ruff",
  summary: "Python by ruff.",
  version: `ruff-${engineVersion}+5`,
  profile: "fast",
  rules: ruffRules,
  openRules: true,
  configFiles: [".ruff.toml", "ruff.toml", "pyproject.toml"],
  parallelism: 2,
  minimumBatch: 150,
  appliesTo: (file: FileEntry) => file.mode.startsWith("100") && /\.(?:py|pyi|pyw)$/i.test(file.path),
  run,
};

type Chosen = FileSettings | undefined;

async function run(batch: Batch<unknown>): Promise<BatchResult> {
  const [{ readRepositoryConfig }, { fixtureFolders, ruleExamples }] = await Promise.all([
    import("./ruff/config.ts"),
    import("./ruff/expected.ts"),
  ]);
  const repository = await readRepositoryConfig(batch.config);
  const skipped = new Map<string, string>();
  const chosen = new Map<string, Chosen>();
  /** By file: the configuration that is told of what the engine does not know. */
  const sources = new Map<string, string>();
  const groups = new Map<string, { settings: Record<string, unknown>; source: string | undefined; files: string[] }>();
  // The same for every file that the repository does not configure: made once, not thousands of times.
  const unconfigured = defaultSettings(batch.isRuleOn);
  const unconfiguredKey = JSON.stringify([unconfigured, undefined]);
  for (const path of batch.files) {
    const own = repository.settingsFor(path);
    if (own === "excluded") continue;
    if (ruleExamples.test(path) || (own === undefined && fixtureFolders.test(path))) {
      skipped.set(path, "an input of tests, which may be wrong on purpose");
      continue;
    }
    const named = (batch.rulesNamed?.(path) ?? []).map((rule) => rule.slice("ruff/".length)).filter(isCode);
    const settings = withRules(own?.settings ?? unconfigured, named);
    const source = own?.source ?? (named.length > 0 ? "codeflow.yml" : undefined);
    chosen.set(path, own);
    if (source !== undefined) sources.set(path, source);
    const key = settings === unconfigured ? unconfiguredKey : JSON.stringify([settings, source]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { settings, source, files: [path] });
    else group.files.push(path);
  }
  if (chosen.size === 0) return { findings: [], skipped };
  const findings: RawFinding[] = [];
  const answered = new Set<string>();
  /** By configuration file. */
  const said = new Map<string, string>();
  for (const line of await askHost(batch, { root: batch.root, maxBytes, groups: [...groups.values()] })) {
    if ("note" in line) {
      if (line.source === undefined) continue;
      const before = said.get(line.source);
      said.set(line.source, before === undefined ? `ruff ${engineVersion}: ${line.note}` : `${before}, ${line.note}`);
      continue;
    }
    answered.add(line.path);
    if ("skip" in line) skipped.set(line.path, line.skip);
    else if (line.diagnostics.length > 0) {
      findings.push(...(await convert(batch, line.path, line.diagnostics, chosen.get(line.path), skipped)));
    }
  }
  const missing = [...chosen.keys()].find((path) => !answered.has(path));
  if (missing !== undefined) throw new Error(`ruff gave no answer for ${missing}`);
  const notes = new Map<string, FileNote>();
  for (const [path, source] of sources) {
    const reason = said.get(source);
    if (reason !== undefined) notes.set(path, { path: source, reason });
  }
  return { findings, skipped, notes };
}

function isCode(name: string): boolean {
  return /^[A-Z]+\d+$/.test(name);
}

/** The settings with rules turned on that codeflow.yml names, whatever else they select. */
function withRules(settings: Record<string, unknown>, codes: readonly string[]): Record<string, unknown> {
  if (codes.length === 0) return settings;
  const lint = (settings["lint"] ?? {}) as Record<string, readonly string[] | undefined>;
  const without = (list: readonly string[] | undefined): readonly string[] =>
    (list ?? []).filter((selector) => !codes.includes(selector));
  return {
    ...settings,
    lint: {
      ...lint,
      "extend-select": [...without(lint["extend-select"]), ...codes],
      ...(lint["ignore"] === undefined ? {} : { ignore: without(lint["ignore"]) }),
      ...(lint["extend-ignore"] === undefined ? {} : { "extend-ignore": without(lint["extend-ignore"]) }),
    },
  };
}

async function askHost(batch: Batch<unknown>, job: HostJob): Promise<HostLine[]> {
  const result = await batch.exec({
    command: process.execPath,
    args: hostArguments(),
    cwd: batch.tempDirectory,
    input: JSON.stringify(job),
    signal: batch.signal,
  });
  if (result.exitCode !== 0) {
    const reason = result.stderr.toString("utf8").trim().split("\n").slice(-6).join("\n");
    throw new Error(`the ruff process ended with ${result.killedBy ?? result.exitCode}: ${reason}`);
  }
  return result.stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as HostLine);
}

/**
 * V8 would spend seconds optimising ten megabytes of WASM. Only as a flag of the command line does this stop it: set
 * from inside, one file costs 3.8 CPU seconds instead of 0.2.
 */
const engineFlags = ["--liftoff-only"];

/** From source the host is TypeScript, which Node runs as it is; in the bundle it lies beside the chunks. */
function hostArguments(): string[] {
  if (!import.meta.url.endsWith(".ts")) {
    return [...engineFlags, fileURLToPath(new URL(`./${ruffHostEntry}.js`, import.meta.url))];
  }
  // The flag is the default since 22.18.
  const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  return [...engineFlags, ...flags, fileURLToPath(new URL("./ruff/host.ts", import.meta.url))];
}

async function convert(
  batch: Batch<unknown>,
  path: string,
  diagnostics: readonly RuffDiagnostic[],
  own: Chosen,
  skipped: Map<string, string>,
): Promise<RawFinding[]> {
  const [{ selects }, { isExpected, whyNotPython }] = await Promise.all([
    import("./ruff/config.ts"),
    import("./ruff/expected.ts"),
  ]);
  const source = new SourceFile(path, await readFile(join(batch.root, path)));
  const syntax = diagnostics.filter(isSyntaxError).toSorted(byPosition)[0];
  if (syntax !== undefined) {
    const foreign = whyNotPython(source);
    if (foreign === undefined) return [toFinding(syntax, source, own)];
    skipped.set(path, foreign);
    return [];
  }
  if (own === undefined && /\{\{-? ?cookiecutter\./.test(source.text)) {
    skipped.set(path, "a template");
    return [];
  }
  // The engine judges a stub as if it were a module: undefined and repeated names are normal there.
  if (path.endsWith(".pyi")) return [];
  return diagnostics
    .filter(({ code }) => code !== null && !needsMoreThanText.has(code))
    .filter((diagnostic) =>
      own === undefined
        ? !isExpected(diagnostic, source)
        : !own.ignored.some((selector) => selects(selector, diagnostic.code ?? "")) &&
          !isLaterConvention(diagnostic, own),
    )
    .toSorted(byPosition)
    .map((diagnostic) => toFinding(diagnostic, source, own));
}

/** What a configuration for an earlier ruff cannot have meant; 0.17 began to want `import datetime as dt`. */
function isLaterConvention(diagnostic: RuffDiagnostic, own: FileSettings): boolean {
  const code = diagnostic.code ?? "";
  if (newcomers.has(code)) return !JSON.stringify(own.settings).includes(`"${code}"`);
  return (
    diagnostic.code === "ICN001" &&
    diagnostic.message.startsWith("`datetime`") &&
    !JSON.stringify(own.settings).includes('"datetime"')
  );
}

function isSyntaxError({ code }: RuffDiagnostic): boolean {
  return code === null || code === "invalid-syntax" || code === "E999";
}

function byPosition(a: RuffDiagnostic, b: RuffDiagnostic): number {
  return (
    a.start_location.row - b.start_location.row ||
    a.start_location.column - b.start_location.column ||
    ((a.code ?? "") < (b.code ?? "") ? -1 : 1)
  );
}

function toFinding(diagnostic: RuffDiagnostic, source: SourceFile, own: Chosen): RawFinding {
  const rule = isSyntaxError(diagnostic) ? syntaxRule : `ruff/${diagnostic.code}`;
  const start = offsetOf(source, diagnostic.start_location);
  const end = offsetOf(source, diagnostic.end_location);
  const edits = source.isUtf8
    ? (diagnostic.fix?.edits ?? []).map((edit) =>
        source.edit(offsetOf(source, edit.location), offsetOf(source, edit.end_location), edit.content ?? ""),
      )
    : [];
  const message = diagnostic.message.trim();
  return {
    rule,
    message: /[.!?)]$/.test(message) ? message : `${message}.`,
    location: source.location(start, end),
    ...(known.has(rule) ? {} : { severity: "warning" as const, category: categoryOf(diagnostic.code ?? "") }),
    ...(edits.length === 0
      ? {}
      : {
          suggestions: [
            {
              message: diagnostic.fix?.message ?? "Apply ruff's fix",
              safety: safetyOf(diagnostic, source, own),
              edits,
            },
          ],
        }),
  };
}

function offsetOf(source: SourceFile, position: { row: number; column: number }): number {
  return source.offset(position.row, position.column);
}

function safetyOf(diagnostic: RuffDiagnostic, source: SourceFile, own: Chosen): SuggestionSafety {
  const code = diagnostic.code ?? "";
  const isIn = (selectors: readonly string[]): boolean => selectors.some((selector) => code.startsWith(selector));
  if (own !== undefined && isIn(own.extendUnsafe)) return "unsafe";
  if (own !== undefined && isIn(own.extendSafe)) return "safe";
  // Others import names from a package's face.
  if (code === "F401" && source.path.endsWith("__init__.py")) return "unsafe";
  const losesComment = (diagnostic.fix?.edits ?? []).some((edit) =>
    source.text.slice(offsetOf(source, edit.location), offsetOf(source, edit.end_location)).includes("#"),
  );
  return safeFixes.has(code) && !losesComment ? "safe" : "unsafe";
}

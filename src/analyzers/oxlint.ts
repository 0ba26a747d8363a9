/** JavaScript and TypeScript by oxlint, with the repository's own oxlint settings read as data. */
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Batch, BatchAnalyzer, BatchResult, FileEntry, FileNote } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import { SourceFile } from "../model/source-file.ts";
import { codeConfigNames, configNames } from "./oxlint/config.ts";
import type { OxlintDiagnostic } from "./oxlint/output.ts";
import { defaultConfig, engineName, oxlintRules, syntaxRule } from "./oxlint/rules.ts";

const engineVersion = "1.94.0";
/** Above this a file is data or a bundle; one line of it can cost seconds. */
const maxBytes = 1024 * 1024;
/** Well below the smallest limit on a command line (32,767 characters on Windows). */
const maxArgumentLength = process.platform === "win32" ? 20_000 : 200_000;

/** Inputs of tests are often wrong on purpose. They are judged where the repository configures oxlint itself. */
const fixtureFolders =
  /(?:^|\/)(?:__)?(?:fixtures?|testdata|test-data|test_data|test-fixtures|__snapshots__|snapshots|baselines|tests?\/(?:[^/]+\/)*[\w-]*[-_]data)(?:__)?\//i;

const maxLibraryBytes = 150 * 1024;
const libraryFolders = /(?:^|\/)(?:assets|public|static|javascripts?|lib|libs|vendors?|third[-_]party|deps)\/.*\.js$/i;

/** Where pieces of code lie that something else puts together. */
const pieceFolders = /(?:^|\/)(?:snippets?|code-?fixes|templates?|stubs?|blueprints|generators?|corpus)\//i;

export const oxlint: BatchAnalyzer = {
  kind: "batch",
  id: "oxlint",
  summary: "JavaScript and TypeScript (also in Vue, Svelte and Astro files) by oxlint.",
  version: `oxlint-${engineVersion}+5`,
  profile: "fast",
  rules: oxlintRules,
  openRules: true,
  configFiles: [...configNames, ".eslintignore"],
  parallelism: 1,
  minimumBatch: 1,
  appliesTo: (file: FileEntry) =>
    file.mode.startsWith("100") &&
    /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/i.test(file.path) &&
    !/[.-]min\.[cm]?js$/i.test(file.path),
  run,
};

async function run(batch: Batch<unknown>): Promise<BatchResult> {
  const [{ readRepositoryConfig, withRules }, { withFixes }] = await Promise.all([
    import("./oxlint/config.ts"),
    import("./oxlint/fixes.ts"),
  ]);
  const repository = await readRepositoryConfig(batch.config);
  const findings: RawFinding[] = [];
  const skipped = new Map<string, string>();
  const notes = new Map<string, FileNote>();
  /** Files of equal settings go through oxlint together. */
  const groups = new Map<string, { configured: boolean; named: readonly string[]; files: string[] }>();
  // The same for every file that the repository does not configure: made once, not thousands of times.
  const unconfigured = defaultConfig(batch.isRuleOn);
  const unconfiguredKey = JSON.stringify(unconfigured);
  for (const path of batch.files) {
    if (codeConfigNames.includes(path.slice(path.lastIndexOf("/") + 1))) {
      skipped.set(path, "an oxlint configuration that is a program is not executed; its settings do not count");
      continue;
    }
    const settings = repository.settingsFor(path);
    if (settings === "ignored") continue;
    const configured = settings !== undefined;
    if (!configured && fixtureFolders.test(path)) {
      skipped.set(path, "an input of tests, which may be wrong on purpose");
      continue;
    }
    const named = batch.rulesNamed?.(path) ?? [];
    const chosen = withRules(settings ?? unconfigured, named);
    const key = chosen === unconfigured ? unconfiguredKey : JSON.stringify(chosen);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { configured, named, files: [path] });
    else group.files.push(path);
  }
  let number = 0;
  for (const [settings, group] of groups) {
    const small = withoutLargeFiles(batch, group.files, group.configured, skipped);
    if (small.length === 0) continue;
    const config = join(batch.tempDirectory, `oxlintrc-${++number}.json`);
    await writeFile(config, settings);
    for (const files of chunks(small)) {
      const diagnostics = await lint(batch, config, files, skipped);
      await noteUnknown(config, group.named, files, notes);
      const converted = await convert(batch, diagnostics, group.configured, skipped);
      if (converted.length > 0) findings.push(...(await withFixes(batch, binary(), config, converted)));
    }
  }
  return { findings, skipped, notes };
}

/** Rules that codeflow.yml names and the engine has not got, which were dropped on the way. */
async function noteUnknown(
  config: string,
  named: readonly string[],
  files: readonly string[],
  notes: Map<string, FileNote>,
): Promise<void> {
  if (named.length === 0) return;
  const { rules = {} } = JSON.parse(await readFile(config, "utf8")) as { rules?: Record<string, unknown> };
  const unknown = named.filter((rule) => rule !== syntaxRule && !(engineName(rule) in rules));
  if (unknown.length === 0) return;
  const reason = `oxlint ${engineVersion} has no rule, or none for one file alone, ${unknown.join(", ")}`;
  for (const file of files) notes.set(file, { path: "codeflow.yml", reason });
}

function withoutLargeFiles(
  batch: Batch<unknown>,
  files: readonly string[],
  configured: boolean,
  skipped: Map<string, string>,
): string[] {
  const small: string[] = [];
  for (const path of files) {
    // Not one asynchronous call after the other: each would wait for its turn behind all that goes on meanwhile, and the
    // engine, which has threads of its own, would start seconds later.
    const { size } = statSync(join(batch.root, path));
    if (size > maxBytes) skipped.set(path, `larger than ${maxBytes / 1024} KiB`);
    else if (!configured && size > maxLibraryBytes && libraryFolders.test(path)) {
      skipped.set(path, "a library that was copied in, by its size and place");
    } else small.push(path);
  }
  return small;
}

function* chunks(files: readonly string[]): Generator<readonly string[]> {
  let chunk: string[] = [];
  let length = 0;
  for (const file of files) {
    if (length + file.length + 3 > maxArgumentLength && chunk.length > 0) {
      yield chunk;
      chunk = [];
      length = 0;
    }
    chunk.push(file);
    length += file.length + 3;
  }
  if (chunk.length > 0) yield chunk;
}

async function lint(
  batch: Batch<unknown>,
  config: string,
  files: readonly string[],
  skipped: Map<string, string>,
): Promise<readonly OxlintDiagnostic[]> {
  const { parseOutput } = await import("./oxlint/output.ts");
  const result = await batch.exec({
    command: process.execPath,
    // With our configuration named and nested ones disabled, oxlint loads no configuration that is a program.
    // The `./` keeps a name that starts with a dash from being an option.
    args: [binary(), "-c", config, "--disable-nested-config", "--no-ignore", "-f", "json"].concat(
      files.map((file) => `./${file}`),
    ),
    cwd: batch.root,
    signal: batch.signal,
  });
  const stdout = result.stdout.toString("utf8");
  if (result.exitCode === 0 || result.exitCode === 1) {
    const diagnostics = parseOutput(stdout);
    if (diagnostics !== undefined) return diagnostics;
    if (await dropUnknownRules(config, stdout)) return lint(batch, config, files, skipped);
    throw new Error(`oxlint did not print JSON: ${stdout.slice(0, 400).trim()}`);
  }
  // A file that makes the engine crash (nesting beyond its stack) must not cost the others their result.
  if (batch.signal.aborted) throw new Error("aborted", { cause: batch.signal.reason });
  const only = files[0];
  if (only === undefined) return [];
  if (files.length === 1) {
    if (result.killedBy === undefined && result.exitCode < 128) {
      throw new Error(`oxlint ended with ${result.exitCode}: ${result.stderr.toString("utf8").slice(0, 400).trim()}`);
    }
    skipped.set(only, "oxlint crashed on it");
    return [];
  }
  const middle = files.length >> 1;
  return [
    ...(await lint(batch, config, files.slice(0, middle), skipped)),
    ...(await lint(batch, config, files.slice(middle), skipped)),
  ];
}

/** A rule that this version does not know (the repository may use another) is left out instead of failing all files. */
async function dropUnknownRules(config: string, message: string): Promise<boolean> {
  const unknown = [...message.matchAll(/Rule '([^']+)' not found in plugin '([^']+)'/g)].map((m) => [m[2], m[1]]);
  const plugins = [...message.matchAll(/Plugin '([^']+)' not found/g)].map((m) => m[1]);
  if (unknown.length === 0 && plugins.length === 0) return false;
  const settings = JSON.parse(await readFile(config, "utf8")) as { rules?: Record<string, unknown> };
  const before = Object.entries(settings.rules ?? {});
  const kept = before.filter(([rule]) => {
    const slash = rule.lastIndexOf("/");
    const plugin = slash < 0 ? "eslint" : rule.slice(0, slash);
    const name = rule.slice(slash + 1);
    return !plugins.includes(plugin) && !unknown.some((entry) => entry[1] === name);
  });
  if (kept.length === before.length) return false;
  await writeFile(config, JSON.stringify({ ...settings, rules: Object.fromEntries(kept) }));
  return true;
}

async function convert(
  batch: Batch<unknown>,
  diagnostics: readonly OxlintDiagnostic[],
  configured: boolean,
  skipped: Map<string, string>,
): Promise<RawFinding[]> {
  const { toFinding } = await import("./oxlint/output.ts");
  const byFile = new Map<string, OxlintDiagnostic[]>();
  for (const diagnostic of diagnostics) {
    const path = diagnostic.filename?.replaceAll("\\", "/").replace(/^\.\//, "");
    if (path === undefined) {
      const failed = /^Failed to open file (.*) with error "(.*)"$/s.exec(diagnostic.message);
      const file = batch.files.find((candidate) => failed?.[1]?.replaceAll("\\", "/").endsWith(`/${candidate}`));
      if (failed === null || file === undefined) throw new Error(`oxlint: ${diagnostic.message}`);
      skipped.set(file, failed[2] === "stream did not contain valid UTF-8" ? "not UTF-8" : (failed[2] ?? "unreadable"));
      continue;
    }
    const list = byFile.get(path);
    if (list === undefined) byFile.set(path, [diagnostic]);
    else list.push(diagnostic);
  }
  const findings: RawFinding[] = [];
  for (const [path, list] of byFile) {
    const source = new SourceFile(path, await readFile(join(batch.root, path)));
    const syntax = list.find(({ code }) => code === undefined);
    const foreign = syntax === undefined ? undefined : whyNotScript(source);
    if (foreign !== undefined) {
      skipped.set(path, foreign);
      continue;
    }
    // After the first syntax error the parser guesses; what it says then is about its guess.
    for (const diagnostic of syntax === undefined ? list : [syntax]) {
      const finding = toFinding(diagnostic, source, configured);
      if (finding !== undefined) findings.push(finding);
    }
  }
  return findings;
}

/** Why a file that does not parse is no JavaScript or TypeScript that somebody got wrong. */
function whyNotScript(source: SourceFile): string | undefined {
  const { path, text } = source;
  if (/\.(?:vue|svelte|astro)$/i.test(path)) return "its script part cannot be parsed alone";
  if (fixtureFolders.test(path)) return "an input of tests that does not parse";
  if (pieceFolders.test(path)) return "a piece of code that does not parse alone";
  const head = text.slice(0, 4096);
  if (head.includes("\0")) return "binary";
  if (/\.ts$/i.test(path) && /^\s*<(?:\?xml|!DOCTYPE)/.test(head)) return "XML, not TypeScript";
  if (/@flow\b|\bimport typeof\b|^\s*(?:export )?opaque type\b/m.test(head)) return "Flow, not JavaScript";
  if (/\.jsx?$/i.test(path) && /^[ \t]*import type\b|^[ \t]*(?:export )?type \w+(?:<[^>]*>)? =/m.test(text)) {
    return "Flow, not JavaScript";
  }
  if (/<%[=\-#]?|\{%-?\s|\{\{[#/>!]?[^}]*\}\}|^#(?:if|include|define|endif)\b|<\?php/m.test(text)) return "a template";
  return undefined;
}

let cachedBinary: string | undefined;

function binary(): string {
  if (cachedBinary === undefined) {
    const require = createRequire(import.meta.url);
    cachedBinary = join(dirname(require.resolve("oxlint/package.json")), "bin", "oxlint");
  }
  return cachedBinary;
}

/**
 * `npm run bench`: the budgets, as ratios measured in one run on one machine, medians.
 *
 * - `--short`: fewer files and repetitions, for CI: prints, never fails on noise.
 * - `--repo PATH` (repeatable): also a real code base; it is cloned to a temporary folder first.
 * - `--only NAME,…`: some of the sections.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { generateRepository } from "./generate-repository.ts";
import { measure, median, type Measurement } from "./measure.ts";

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    repo: { type: "string", multiple: true, default: [] },
    only: { type: "string" },
  },
});
const short = values.short;
const repetitions = short ? 3 : 9;
const fileCount = short ? 2_000 : 14_000;
const cores = availableParallelism();
const project = join(import.meta.dirname, "..");
const bin = join(project, "bin/codeflow.js");
const work = mkdtempSync(join(tmpdir(), "codeflow-bench-"));
const sections = values.only?.split(",");

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly budget: string;
  readonly held: boolean | undefined;
}
const rows: Row[] = [];

function row(what: string, measured: string, budget = "", held?: boolean): void {
  rows.push({ what, measured, budget, held });
  print(`${what}: ${measured}${budget === "" ? "" : ` (budget ${budget}: ${held ? "held" : "missed"})`}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function wants(section: string): boolean {
  return sections === undefined || sections.includes(section);
}

function codeflow(cwd: string, ...args: string[]): Measurement {
  return measure(process.execPath, [bin, ...args], cwd);
}

function repeat(times: number, job: () => Measurement): Measurement[] {
  return Array.from({ length: times }, job);
}

function wall(measurements: readonly Measurement[]): number {
  return median(measurements.map(({ wallMs }) => wallMs));
}

function cpu(measurements: readonly Measurement[]): number {
  return median(measurements.map(({ cpuMs }) => cpuMs));
}

function ms(value: number): string {
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(2)} s`;
}

function git(cwd: string, ...args: string[]): string {
  const result = spawnSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@example.invalid", ...args], {
    cwd,
    encoding: "utf8",
  });
  if (result.status !== 0) throw new Error(`git ${args.join(" ")}: ${result.stderr}`);
  return result.stdout;
}

interface Report {
  readonly summary: { readonly files: number };
  readonly analyzers: readonly { id: string; kind: string; status: string; files: number; cachedFiles: number }[];
}

function report(cwd: string, ...args: string[]): Report {
  const result = spawnSync(process.execPath, [bin, "check", "--format", "json", ...args], {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  return JSON.parse(result.stdout) as Report;
}

/** Adds or edits files and stages them. */
function stage(root: string, count: number, mark: string): string[] {
  const files = git(root, "ls-files", "*.ts", "*.py").trim().split("\n").slice(0, count);
  for (const file of files) {
    const path = join(root, file);
    const comment = file.endsWith(".py") ? "#" : "//";
    writeFileSync(path, `${readFileSync(path, "utf8")}${comment} ${mark}\n`);
  }
  git(root, "add", "-A");
  return files;
}

try {
  print(
    `${cores} cores, ${cpus()[0]?.model ?? "?"}, Node ${process.versions.node}; ${fileCount} files, median of ${repetitions}`,
  );
  const node = wall(repeat(repetitions * 2, () => measure(process.execPath, ["-e", "0"], work)));
  row("an empty node -e 0", ms(node));

  if (wants("start")) {
    const version = wall(repeat(repetitions * 2, () => codeflow(work, "--version")));
    row("codeflow --version", ratio(version, node), "1.4 x node", version <= 1.4 * node);
    const help = wall(repeat(repetitions, () => codeflow(work, "--help")));
    row("codeflow --help", ratio(help, node));
  }

  if (wants("engine")) {
    const { measureEngine } = await import("./engine.ts");
    const perStep = await measureEngine(repetitions);
    const what = "workflow engine, ms a step over 2,000 no-op steps, stored";
    row(what, `${perStep.toFixed(3)} ms`, "0.3 ms", perStep <= 0.3);
  }

  const root = join(work, "generated");
  const needsRepository = ["cold", "unchanged", "edit", "staged", "lefthook", "linters", "detect"].some(wants);
  if (needsRepository) generateRepository(root, fileCount);
  if (wants("cold")) cold("generated", root);
  if (wants("unchanged") && needsRepository) unchanged("generated", root, node);
  if (wants("detect")) detect("generated", root, node);
  if (wants("edit")) edit(root);
  if (wants("staged")) staged(root, node);
  if (wants("lefthook")) lefthook(root);
  if (wants("linters")) linters("generated", root);
  for (const repo of values.repo) {
    const name = basename(repo.replace(/\/(repo|\.git)?$/, ""));
    const clone = join(work, name);
    git(work, "clone", "-q", repo, clone);
    cold(name, clone);
    unchanged(name, clone, node);
    if (wants("detect")) detect(name, clone, node);
    if (wants("linters")) linters(name, clone);
  }

  print("");
  print("| what | measured | budget | |");
  print("|---|---|---|---|");
  for (const { what, measured, budget, held } of rows) {
    print(`| ${what} | ${measured} | ${budget} | ${held === undefined ? "" : held ? "held" : "missed"} |`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

function ratio(value: number, unit: number): string {
  return `${(value / unit).toFixed(2)} x node (${ms(value)})`;
}

/** The whole against its parts: each analyzer alone on the same files. */
function cold(name: string, root: string): void {
  const times = short ? 1 : 2;
  const together = repeat(times + 1, () => codeflow(root, "check", "--no-cache", "--no-exec", "--quiet"));
  const { analyzers, summary } = report(root, "--no-exec");
  const own = analyzers.filter(({ files, kind }) => files > 0 && kind !== "tool").map(({ id }) => id);
  // What every run pays once: start, listing, no analyzer with work to do.
  // Beside every analyzer: it is taken off each of them, so that an error in it counts as many times.
  const idle: Measurement[] = [];
  const alone: Measurement[][] = [];
  for (const id of own) {
    idle.push(codeflow(root, "check", "--quiet", "--no-exec", "--no-cache", "--only", "commits"));
    alone.push(repeat(times, () => codeflow(root, "check", "--no-cache", "--no-exec", "--quiet", "--only", id)));
  }
  const slowest = Math.max(...alone.map(wall));
  const sum = alone.reduce((total, one) => total + Math.max(0, cpu(one) - cpu(idle)), cpu(idle));
  const budget = Math.max(slowest, sum / cores) * 1.05 + 100;
  row(
    `check, cold, ${name} (${summary.files} files, ${own.length} analyzers)`,
    `${ms(wall(together))}; ${(wall(together) / budget).toFixed(2)} of the budget`,
    `max(slowest alone ${ms(slowest)}, CPU / ${cores} ${ms(sum / cores)}) x 1.05 + 100 ms`,
    wall(together) <= budget,
  );
  const peak = median(together.map(({ peakMiB }) => peakMiB));
  row(
    `memory of the cold check, ${name}`,
    `${peak.toFixed(0)} MiB, ${((peak / summary.files) * 1000).toFixed(0)} MiB per 1,000 files`,
  );
}

function unchanged(name: string, root: string, node: number): void {
  codeflow(root, "check", "--quiet");
  codeflow(root, "check", "--quiet");
  const value = wall(repeat(repetitions, () => codeflow(root, "check", "--quiet")));
  row(`check, nothing changed, ${name}`, ratio(value, node), "4 x node", value <= 4 * node);
}

function detect(name: string, root: string, node: number): void {
  const files = git(root, "ls-files").trimEnd().split("\n").length;
  const runs = repeat(repetitions, () => codeflow(root, "detect"));
  const value = wall(runs);
  // What starting costs is in it, so a smaller repository is given no less.
  const budget = Math.max(300, (files / 14_000) * 300);
  row(
    `detect, ${name} (${files} files)`,
    `${ratio(value, node)}, ${ms(cpu(runs))} of CPU`,
    "300 ms for 14,000 files",
    value <= budget,
  );
}

function edit(root: string): void {
  codeflow(root, "check", "--quiet");
  const before = report(root);
  const [file = ""] = git(root, "ls-files", "*.ts").split("\n");
  const path = join(root, file);
  writeFileSync(path, readFileSync(path, "utf8").replace("total = 0", "total = 0 + 0"));
  const start = performance.now();
  const { analyzers } = report(root);
  const took = performance.now() - start;
  const rerun = analyzers
    .filter(({ files, cachedFiles }) => files > cachedFiles)
    .map(({ id, files, cachedFiles }) => `${id} ${files - cachedFiles}`);
  const wide = analyzers.filter(
    ({ id, files, cachedFiles }) => files - cachedFiles > 1 && before.analyzers.some((one) => one.id === id),
  );
  row(
    "after a one-line edit, files looked at again",
    `${rerun.join(", ")} (${ms(took)})`,
    "the edited file only",
    wide.length === 0,
  );
  git(root, "checkout", "-q", "--", file);
}

function staged(root: string, node: number): void {
  const seen: Measurement[] = [];
  const fresh: Measurement[] = [];
  for (let i = 0; i < repetitions; i++) {
    stage(root, 50, `staged ${i}`);
    fresh.push(codeflow(root, "check", "--staged", "--quiet"));
    seen.push(codeflow(root, "check", "--staged", "--quiet"));
    git(root, "reset", "-q", "--hard");
  }
  row("check --staged, 50 files, seen before", ratio(wall(seen), node), "3 x node", wall(seen) <= 3 * node);
  row("check --staged, 50 files, never seen", ratio(wall(fresh), node));
}

/** Lefthook starts the same analyzers as commands of their own, side by side. */
function lefthook(root: string): void {
  stage(root, 50, "for lefthook");
  const ids = report(root, "--staged", "--no-exec", "--no-cache")
    .analyzers.filter(({ files }) => files > 0)
    .map(({ id }) => id);
  const commands = ids.map(
    (id) =>
      `    ${id}:\n      run: ${process.execPath} ${bin} check --no-cache --no-exec --quiet --staged --only ${id}\n`,
  );
  writeFileSync(
    join(root, "lefthook.yml"),
    `output: false\npre-commit:\n  parallel: true\n  commands:\n${commands.join("")}`,
  );
  git(root, "config", "core.hooksPath", ".git/hooks");
  const hook = join(project, "node_modules/.bin/lefthook");
  const times = short ? 1 : 5;
  const theirs = repeat(times, () => measure(hook, ["run", "pre-commit", "--force", "--no-auto-install"], root));
  const ours = repeat(times, () => codeflow(root, "check", "--staged", "--no-cache", "--no-exec", "--quiet"));
  row(
    `check --staged, 50 files never seen, beside lefthook (${ids.length} analyzers as commands)`,
    `${(wall(ours) / wall(theirs)).toFixed(2)} x (${ms(wall(ours))} against ${ms(wall(theirs))})`,
    "0.6 x",
    wall(ours) <= 0.6 * wall(theirs),
  );
  rmSync(join(root, "lefthook.yml"));
  git(root, "reset", "-q", "--hard");
}

/** Whole repository, the JavaScript and TypeScript files that all three can read. */
function linters(name: string, root: string): void {
  const folder = join(work, `linters-${name}`);
  const files = git(root, "ls-files", "*.js", "*.jsx", "*.ts", "*.tsx", "*.mjs", "*.cjs")
    .split("\n")
    .filter((file) => file !== "" && !file.endsWith(".d.ts"));
  if (files.length === 0) return;
  for (const file of files) cpSync(join(root, file), join(folder, file));
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  for (const dependency of ["eslint", "@eslint", "@typescript-eslint", "typescript"]) {
    try {
      symlinkSync(join(project, "node_modules", dependency), join(folder, "node_modules", dependency));
    } catch {
      // Not installed here: ESLint then reads plain JavaScript only, which the row says.
    }
  }
  writeFileSync(
    join(folder, "eslint.config.mjs"),
    'import js from "@eslint/js";\nexport default [{ ...js.configs.recommended, files: ["**/*.{js,mjs,cjs,jsx}"] }];\n',
  );
  writeFileSync(join(folder, "biome.json"), '{ "formatter": { "enabled": false }, "linter": { "enabled": true } }\n');
  const times = short ? 1 : 3;
  const ours = repeat(times, () =>
    codeflow(folder, "check", "--no-cache", "--no-exec", "--quiet", "--profile", "fast"),
  );
  const biome = repeat(times, () =>
    measure(join(project, "node_modules/.bin/biome"), ["lint", "--max-diagnostics=1", "."], folder),
  );
  row(
    `check --profile fast beside biome lint, ${name}, ${files.length} files`,
    `${(wall(ours) / wall(biome)).toFixed(2)} x (${ms(wall(ours))} against ${ms(wall(biome))})`,
  );
  const scripts = files.filter((file) => /\.[mc]?jsx?$/.test(file)).length;
  if (scripts > 0) {
    const eslint = repeat(times, () =>
      measure(process.execPath, [join(project, "node_modules/eslint/bin/eslint.js"), "--no-warn-ignored", "."], folder),
    );
    row(
      `the same beside eslint (its recommended rules, ${scripts} JavaScript files)`,
      `${(wall(ours) / wall(eslint)).toFixed(2)} x (${ms(wall(ours))} against ${ms(wall(eslint))})`,
    );
  }
}

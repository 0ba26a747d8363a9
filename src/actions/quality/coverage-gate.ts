/** `quality.coverage-gate`: coverage of the change's lines and of the whole, against minimums. */
import { lstat, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { type ActionContext, defineAction, StepFailed } from "../../model/action.ts";
import { code, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { createPathResolver, type LineHits, readCoverage } from "./coverage-reports.ts";

/** Where test runners put their reports without being told. */
const usualPlaces = [
  "coverage/lcov.info",
  "lcov.info",
  "coverage.lcov",
  "coverage/cobertura-coverage.xml",
  "coverage.xml",
  "cobertura.xml",
  "target/site/jacoco/jacoco.xml",
  "build/reports/jacoco/test/jacocoTestReport.xml",
  "coverage.out",
  "cover.out",
];

export const coverageGate = defineAction({
  id: "quality.coverage-gate",
  summary: "Hold the coverage of the change's lines, and of the whole, to minimums; no report is a failure.",
  description: `Reads lcov, Cobertura, JaCoCo and Go cover profiles, several of which are merged line by line. Only lines that the report knows count: blank lines and
comments are neither covered nor missed. A changed source file that no report mentions is listed in \`unmeasured\`; it fails the step with
\`fail-on-unmeasured\`, and with \`min-change\` when nothing else of the change was measured either. Without a report the step fails: coverage that was not measured is never green.

\`\`\`yaml
- uses: quality.coverage-gate
  with: { reports: [coverage/lcov.info], min-change: 80 }
\`\`\``,
  inputs: z.strictObject({
    reports: textList
      .optional()
      .describe("Paths or globs of reports; the usual places of the root and of each package unless said."),
    "min-change": z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe("Least coverage of the lines that the change added, in percent."),
    "min-total": z.number().min(0).max(100).optional().describe("Least coverage of everything, in percent."),
    ignore: textList.optional().describe("Globs of files that do not count."),
    "fail-on-unmeasured": z
      .boolean()
      .default(false)
      .describe("Fail the step when changed source files are in no report."),
    "max-age-hours": z
      .number()
      .min(0)
      .optional()
      .describe("Refuse a report that was written longer ago: it may be of another commit."),
  }),
  outputs: z.object({
    total: z.number().nullable().describe("Percent of all lines that are covered; null when a report has no lines."),
    change: z
      .number()
      .nullable()
      .describe("Percent of the change's lines that are covered; null when none of them can be."),
    "change-lines": z.number().describe("Lines of the change that the report knows."),
    "change-covered": z.number().describe("How many of them are covered."),
    files: z
      .array(z.object({ path: z.string(), lines: z.number(), covered: z.number(), missed: z.array(z.number()) }))
      .describe("Changed files, with the lines that are not covered."),
    unmeasured: z.array(z.string()).describe("Changed source files of the reports' languages that no report mentions."),
    reports: z.array(z.object({ path: z.string(), format: z.string(), files: z.number() })).describe("What was read."),
    summary: z.string().describe("The same as Markdown, for a comment."),
  }),
  needs: ["repo"],
  effects: "none",
  async run(context, inputs) {
    const { repo, summarize, clock } = context;
    const known = (await repo.files()).map(({ path }) => path);
    const paths = await findReports(context, listOf(inputs.reports), known);
    const resolve = createPathResolver(known, repo.root);
    const isIgnored = createPathMatcher(listOf(inputs.ignore));
    const merged: LineHits = new Map();
    const reports: { path: string; format: string; files: number }[] = [];
    for (const path of paths) {
      const age = inputs["max-age-hours"];
      if (age !== undefined) {
        const { mtime } = await lstat(join(repo.root, path));
        const hours = (clock.now().getTime() - mtime.getTime()) / 3_600_000;
        if (hours > age)
          throw new StepFailed(`${path} is ${Math.round(hours)} hours old, more than ${age}: run the tests again`);
      }
      const text = await readFile(join(repo.root, path), "utf8");
      let read: ReturnType<typeof readCoverage>;
      try {
        read = readCoverage(text);
      } catch (error) {
        throw new StepFailed(`${path} cannot be read as a coverage report: ${(error as Error).message}`);
      }
      for (const [written, lines] of read.hits) {
        const file = resolve(written, path);
        if (file === undefined || isIgnored(file)) continue;
        const into = merged.get(file) ?? new Map<number, number>();
        merged.set(file, into);
        for (const [line, count] of lines) into.set(line, Math.max(into.get(line) ?? 0, count));
      }
      reports.push({ path, format: read.format, files: read.hits.size });
    }
    if (merged.size === 0) {
      throw new StepFailed(
        `${paths.join(", ")}: none of the files in it is a file of this repository, so nothing was measured`,
      );
    }
    const totals = count([...merged.values()]);
    const wantsChange =
      inputs["min-change"] !== undefined || inputs["min-total"] === undefined || inputs["fail-on-unmeasured"];
    const changed = wantsChange ? addedLines(await repo.change()) : new Map<string, Set<number>>();
    const files: { path: string; lines: number; covered: number; missed: number[] }[] = [];
    const unmeasured: string[] = [];
    const languages = new Set([...merged.keys()].map(languageOf).filter((language) => language !== undefined));
    for (const [path, added] of changed) {
      if (isIgnored(path) || added.size === 0) continue;
      const lines = merged.get(path);
      if (lines === undefined) {
        const language = languageOf(path);
        if (language !== undefined && languages.has(language) && !isBeside.test(path)) unmeasured.push(path);
        continue;
      }
      const measured = [...lines].filter(([line]) => added.has(line));
      const missed = measured
        .filter(([, hits]) => hits === 0)
        .map(([line]) => line)
        .sort((a, b) => a - b);
      if (measured.length > 0)
        files.push({ path, lines: measured.length, covered: measured.length - missed.length, missed });
    }
    const changeLines = files.reduce((sum, { lines }) => sum + lines, 0);
    const changeCovered = files.reduce((sum, { covered }) => sum + covered, 0);
    const [total, change] = [percent(totals.covered, totals.lines), percent(changeCovered, changeLines)];
    const rows = files
      .filter(({ missed }) => missed.length > 0)
      .slice(0, 30)
      .map(({ path, lines, covered, missed }) => [code(path), `${covered}/${lines}`, ranges(missed)]);
    const more = unmeasured.length > 10 ? ` and ${unmeasured.length - 10} more` : "";
    const ofChange =
      change !== null
        ? `${change} % of the change (${changeCovered} of ${changeLines} lines)`
        : unmeasured.length > 0
          ? "nothing of the change was measured"
          : "no line of the change can be covered";
    const summary = [
      `**Coverage**: ${ofChange}, ${total ?? 0} % of everything`,
      ...(rows.length === 0 ? [] : ["", markdownTable(["File", "Covered", "Missed lines"], rows)]),
      ...(unmeasured.length === 0 ? [] : ["", `In no report: ${unmeasured.slice(0, 10).map(code).join(", ")}${more}`]),
    ].join("\n");
    summarize(summary);
    const outputs = {
      total,
      change,
      "change-lines": changeLines,
      "change-covered": changeCovered,
      files,
      unmeasured,
      reports,
      summary,
    };
    const wrong: string[] = [];
    const minChange = inputs["min-change"];
    const minTotal = inputs["min-total"];
    if (minChange !== undefined && outputs.change !== null && outputs.change < minChange) {
      wrong.push(`${outputs.change} % of the change's lines are covered, less than ${minChange} %`);
    }
    // What no test has ever loaded is in no report: that is the least covered code of all.
    if (minChange !== undefined && outputs.change === null && unmeasured.length > 0 && !inputs["fail-on-unmeasured"]) {
      wrong.push(`nothing of the change was measured; in no report: ${unmeasured.slice(0, 5).join(", ")}`);
    }
    if (minTotal !== undefined && (outputs.total ?? 0) < minTotal)
      wrong.push(`${outputs.total ?? 0} % of all lines are covered, less than ${minTotal} %`);
    if (inputs["fail-on-unmeasured"] && unmeasured.length > 0) wrong.push(`in no report: ${unmeasured.join(", ")}`);
    if (wrong.length > 0) throw new StepFailed(wrong.join("; "), outputs);
    return outputs;
  },
});

/** Tests, declarations and settings, which nobody measures. */
const isBeside =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e)\/|[._-](?:test|spec|stories|config)\.|(?:^|\/)(?:test_|conftest\.py$)|_test\.|Tests?\.(?:java|kt|cs)$|\.d\.[cm]?ts$/;

const manifest =
  /^(.*\/)(?:package\.json|pyproject\.toml|setup\.py|pom\.xml|build\.gradle(?:\.kts)?|go\.mod|Cargo\.toml)$/;

async function findReports(
  { repo }: ActionContext<"repo">,
  asked: readonly string[],
  known: readonly string[],
): Promise<string[]> {
  const exists = async (path: string): Promise<boolean> =>
    (await lstat(join(repo.root, path)).catch(() => undefined))?.isFile() === true;
  if (asked.length === 0) {
    const found: string[] = [];
    // Of the root, and of each package of a monorepo.
    for (const folder of new Set(["", ...known.flatMap((path) => manifest.exec(path)?.[1] ?? [])])) {
      for (const place of usualPlaces) if (await exists(`${folder}${place}`)) found.push(`${folder}${place}`);
    }
    if (found.length > 0) return found;
    throw new StepFailed(
      `there is no coverage report in the usual places (${usualPlaces.join(", ")}, at the root or in a package): run the tests with coverage first, or name \`reports\``,
    );
  }
  const found: string[] = [];
  for (const one of asked) {
    if (one.startsWith("/") || one.split("/").includes(".."))
      throw new StepFailed(`${one} leads out of the repository`);
    if (!/[*?[{]/.test(one)) {
      if (!(await exists(one))) throw new StepFailed(`there is no coverage report ${one}: the tests did not write it`);
      found.push(one);
      continue;
    }
    // Reports are ignored by git more often than not, so the disk is asked, without what is installed.
    const matches = createPathMatcher([one]);
    const all = await readdir(repo.root, { recursive: true });
    const hits = all
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => !/(?:^|\/)(?:node_modules|\.git)\//.test(path) && matches(path));
    const files: string[] = [];
    for (const path of hits) if (await exists(path)) files.push(path);
    if (files.length === 0) throw new StepFailed(`no coverage report matches ${one}: the tests did not write any`);
    found.push(...files.sort());
  }
  return [...new Set(found)];
}

function addedLines({ files }: Awaited<ReturnType<ActionContext<"repo">["repo"]["change"]>>): Map<string, Set<number>> {
  return new Map(
    files
      .filter(({ status }) => status !== "removed")
      .map(({ path, hunks = [] }) => {
        const numbers = new Set<number>();
        for (const { newStart, newLines, lines } of hunks) {
          if (lines.length === 0) for (let i = 0; i < newLines; i++) numbers.add(newStart + i);
          let line = newStart;
          for (const text of lines) {
            if (text.startsWith("+")) numbers.add(line);
            if (text.startsWith("+") || text.startsWith(" ")) line++;
          }
        }
        return [path, numbers];
      }),
  );
}

function count(files: readonly ReadonlyMap<number, number>[]): { lines: number; covered: number } {
  let lines = 0;
  let covered = 0;
  for (const file of files) {
    lines += file.size;
    for (const hits of file.values()) if (hits > 0) covered++;
  }
  return { lines, covered };
}

/** Rounded down: 79.999 % is not 80 %. */
function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.floor((part / whole) * 10_000) / 100;
}

/** Files of one language are measured by one report, whatever their extension. */
function languageOf(path: string): string | undefined {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  if (/^(?:[cm]?[jt]sx?|vue|svelte)$/.test(extension)) return "javascript";
  if (/^(?:java|kt|kts|scala|groovy)$/.test(extension)) return "jvm";
  if (/^(?:c|cc|cpp|cxx|m|mm|swift)$/.test(extension)) return "native";
  return /^(?:py|go|rs|rb|php|cs|dart|ex|exs|lua|pl)$/.test(extension) ? extension : undefined;
}

/** `3, 7-9`. */
function ranges(lines: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const from = lines[i] ?? 0;
    while (lines[i + 1] === (lines[i] ?? 0) + 1) i++;
    const to = lines[i] ?? 0;
    parts.push(from === to ? `${from}` : `${from}-${to}`);
  }
  return parts.slice(0, 15).join(", ") + (parts.length > 15 ? ", …" : "");
}

/** `pr.analyze`: what a pull request changes, how risky that is, and the facts that say so. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { code, counted, markdownTable, plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import {
  areaOf,
  breakingSigns,
  changesDependencies,
  type FileRole,
  roleOf,
  sensitivePaths,
  type Sign,
  untestedFiles,
} from "./change-facts.ts";
import { sizeNames, sizeOf } from "./change-size.ts";
import { parseHeader } from "./conventional-header.ts";

const fact = z.object({ what: z.string(), path: z.string(), fact: z.string() });
const shown = 10;

export const analyze = defineAction({
  id: "pr.analyze",
  summary: "Say how large and how risky the pull request is, what it touches and what it lacks, with the facts.",
  description: `Everything is read from the diff and the commit messages; nothing is guessed by a model. Risk is a sum of factors, each
with its points and its fact: size, sensitive paths, dependencies, signs of a breaking change, source without tests, removed tests, many
areas. From 2 points on it is medium, from 5 high. Signs are signs: a name that is declared no more may have been private.

\`\`\`yaml
- id: analysis
  uses: pr.analyze
- if: steps.analysis.outputs.risk == 'high'
  uses: pr.request-reviewers
  with: { teams: [senior] }
\`\`\``,
  inputs: z.strictObject({
    ignore: textList.default([]).describe("Globs of files that do not count."),
    "min-untested-lines": z
      .number()
      .int()
      .positive()
      .default(10)
      .describe("New lines from which a source file should come with a test."),
    summary: z.boolean().default(true).describe("Add the report to the run's summary."),
  }),
  outputs: z.object({
    size: z.enum(sizeNames).describe("As `pr.size-label` has it."),
    changes: z.number().describe("Changed lines of files that people write."),
    files: z.number().describe("Number of these files."),
    areas: z
      .array(z.object({ name: z.string(), files: z.number(), changes: z.number() }))
      .describe("Packages or folders, most changed first."),
    roles: z.record(z.string(), z.number()).describe("Number of files by what they are for."),
    risk: z.enum(["low", "medium", "high"]).describe("The sum of the factors."),
    score: z.number().describe("Points."),
    factors: z
      .array(z.object({ what: z.string(), points: z.number(), facts: z.array(z.string()) }))
      .describe("What makes up the risk."),
    "missing-tests": z.array(z.string()).describe("Source files with new lines of which no changed test speaks."),
    breaking: z.array(fact).describe("Signs of a breaking change."),
    report: z.string().describe("All of it as Markdown."),
    "is-whole": z.boolean().describe("Whether the whole diff could be read."),
  }),
  needs: ["host", "pullRequest"],
  effects: "none",
  async run({ host, pullRequest, summarize }, inputs) {
    const change = await pullRequest.change();
    const pull = await pullRequest.get();
    const { size, changes, files } = sizeOf(change, undefined, listOf(inputs.ignore));
    const all = change.files;

    const areas = new Map<string, { files: number; changes: number }>();
    const roles: Partial<Record<FileRole, number>> = {};
    for (const file of files) {
      const role = roleOf(file.path);
      roles[role] = (roles[role] ?? 0) + 1;
      const area = areas.get(areaOf(file.path)) ?? { files: 0, changes: 0 };
      areas.set(areaOf(file.path), { files: area.files + 1, changes: area.changes + file.additions + file.deletions });
    }
    const sortedAreas = [...areas]
      .map(([name, counts]) => ({ name, ...counts }))
      .sort((a, b) => b.changes - a.changes || (a.name < b.name ? -1 : 1));

    const breaking: Sign[] = [...breakingSigns(files)];
    if (parseHeader(pull.title)?.isBreaking === true)
      breaking.unshift({ what: "the title says so", path: "", fact: pull.title });
    for (const { sha, message } of await host.commits(pullRequest.number)) {
      const [first = ""] = message.split("\n");
      const says = parseHeader(first)?.isBreaking === true || /^BREAKING[ -]CHANGE: /m.test(message);
      if (says) breaking.push({ what: `commit ${sha.slice(0, 12)} says so`, path: "", fact: first });
    }
    const untested = untestedFiles(files, inputs["min-untested-lines"]).map(({ path }) => path);

    const factors: { what: string; points: number; facts: string[] }[] = [];
    const factor = (what: string, points: number, facts: readonly string[]): void => {
      if (points > 0 && facts.length > 0) factors.push({ what, points, facts: [...facts].slice(0, shown) });
    };
    factor("it is large", Math.max(sizeNames.indexOf(size) - 2, 0), [`${changes} changed lines, size ${size}`]);
    for (const [what, pattern] of sensitivePaths) {
      factor(
        `it touches ${what}`,
        2,
        files.map(({ path }) => path).filter((path) => pattern.test(path) && !["test", "docs"].includes(roleOf(path))),
      );
    }
    factor(
      "it changes dependencies",
      1,
      all.filter(changesDependencies).map(({ path }) => path),
    );
    factor(
      "it may break those who use it",
      2,
      breaking.map(({ what, path }) => (path === "" ? what : `${path}: ${what}`)),
    );
    factor("new source comes without tests", 1, untested);
    factor(
      "tests are removed",
      1,
      all.filter(({ path, status }) => status === "removed" && roleOf(path) === "test").map(({ path }) => path),
    );
    factor("it spreads over many areas", sortedAreas.length >= 5 ? 1 : 0, [
      sortedAreas.map(({ name }) => name).join(", "),
    ]);
    factor(
      "it brings binary files",
      1,
      files
        .filter(({ isBinary, path }) => isBinary && !/\.(?:png|jpe?g|gif|webp|ico|woff2?|pdf)$/i.test(path))
        .map(({ path }) => path),
    );
    const score = factors.reduce((sum, { points }) => sum + points, 0);
    const risk = score >= 5 ? ("high" as const) : score >= 2 ? ("medium" as const) : ("low" as const);

    const report = [
      `**Size ${size}** (${counted(changes, "changed line")} in ${counted(files.length, "file")}), **risk ${risk}** (${counted(score, "point")})`,
      factors.length === 0
        ? ""
        : markdownTable(
            ["Why", "Points", "Facts"],
            factors.map(({ what, points, facts }) => [plain(what), `${points}`, facts.map(code).join("<br>")]),
          ),
      sortedAreas.length === 0
        ? ""
        : markdownTable(
            ["Area", "Files", "Changed lines"],
            sortedAreas.slice(0, shown).map((area) => [code(area.name), `${area.files}`, `${area.changes}`]),
          ),
      sortedAreas.length > shown ? `and ${counted(sortedAreas.length - shown, "area")} more` : "",
      ...change.gaps.map(
        ({ path, reason }) => `Not looked at: ${path === undefined ? "" : `${code(path)}: `}${plain(reason)}`,
      ),
    ]
      .filter((part) => part !== "")
      .join("\n\n");
    if (inputs.summary) summarize(report);
    return {
      size,
      changes,
      files: files.length,
      areas: sortedAreas,
      roles,
      risk,
      score,
      factors,
      "missing-tests": untested,
      breaking,
      report,
      "is-whole": change.gaps.length === 0,
    };
  },
});

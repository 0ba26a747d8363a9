/** `quality.console-logs`: output and breakpoints that debugging left behind. */
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { activeFindings, wholeCheck } from "./check-findings.ts";
import { readConsoleCalls } from "./console-calls.ts";

export const consoleLogs = defineAction({
  id: "quality.console-logs",
  summary:
    "Find breakpoints and debugging output that was left in the code; on request every console call of JavaScript.",
  description: `Leftovers are what the analyzer \`debugging\` finds in twelve languages: breakpoints, focused tests, output that only says \`here\`.
\`all-calls: true\` adds every \`console.…\` call of the named methods in JavaScript and TypeScript, read from the syntax tree: comments and strings are no calls.
With \`changed-only\` only lines that the change added count.`,
  inputs: z.strictObject({
    "all-calls": z.boolean().default(false).describe("List every console call of the named methods."),
    methods: textList.default(["log", "debug", "dir", "table", "trace"]).describe("Methods of `console` that count."),
    ignore: textList
      .default(["**/*.{test,spec}.*", "**/{test,tests,__tests__,scripts,bin,examples,bench}/**"])
      .describe("Globs of files in which console calls are fine."),
    "changed-only": z.boolean().default(false).describe("Only lines that the change added."),
    "fail-on-findings": z.boolean().default(false).describe("Fail the step when anything is found."),
    limit: z.int().min(0).default(100).describe("How many are listed."),
  }),
  outputs: z.object({
    count: z.number().describe("How many there are."),
    found: z
      .array(z.object({ path: z.string(), line: z.number(), what: z.string(), kind: z.enum(["leftover", "console"]) }))
      .describe("By path and line."),
  }),
  needs: ["check", "repo"],
  effects: "none",
  async run({ check, repo, signal, summarize }, inputs) {
    const added = inputs["changed-only"] ? addedLines(await repo.change()) : undefined;
    const { run } = await wholeCheck(check, { scope: "all", only: ["debugging"] });
    const found: { path: string; line: number; what: string; kind: "leftover" | "console" }[] = activeFindings(run).map(
      ({ location, message }) => ({ path: location.path, line: location.startLine, what: message, kind: "leftover" }),
    );
    if (inputs["all-calls"]) {
      const methods = new Set(listOf(inputs.methods));
      const isIgnored = createPathMatcher(listOf(inputs.ignore));
      const known = new Set(found.map(({ path, line }) => `${path}:${line}`));
      for (const { path, mode } of await repo.files()) {
        if (
          !mode.startsWith("100") ||
          !/\.[cm]?[jt]sx?$/.test(path) ||
          /\.min\.|\.d\.[cm]?ts$/.test(path) ||
          isIgnored(path)
        )
          continue;
        if (added !== undefined && !added.has(path)) continue;
        signal.throwIfAborted();
        const text = await repo.readText(path);
        if (text === undefined || !text.includes("console")) continue;
        for (const { line, method } of await readConsoleCalls(path, text, methods)) {
          if (!known.has(`${path}:${line}`)) found.push({ path, line, what: `console.${method}`, kind: "console" });
        }
      }
    }
    const counting = found
      .filter(({ path, line }) => added === undefined || added.get(path)?.has(line) === true)
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
    const outputs = { count: counting.length, found: counting.slice(0, inputs.limit) };
    summarize(
      counting.length === 0
        ? "**Debugging output**: nothing found"
        : `**Debugging output**: ${counting.length}\n\n${markdownTable(
            ["Where", "What"],
            counting.slice(0, 30).map(({ path, line, what }) => [code(`${path}:${line}`), code(what)]),
          )}`,
    );
    if (inputs["fail-on-findings"] && counting.length > 0) {
      throw new StepFailed(
        `${counted(counting.length, "leftover")} of debugging: ${counting
          .slice(0, 3)
          .map(({ path, line, what }) => `${path}:${line} ${what}`)
          .join("; ")}`,
        outputs,
      );
    }
    return outputs;
  },
});

function addedLines(change: {
  readonly files: readonly {
    readonly path: string;
    readonly hunks?: readonly {
      readonly newStart: number;
      readonly newLines: number;
      readonly lines: readonly string[];
    }[];
  }[];
}): Map<string, Set<number>> {
  const added = new Map<string, Set<number>>();
  for (const { path, hunks = [] } of change.files) {
    const numbers = new Set<number>();
    for (const { newStart, newLines, lines } of hunks) {
      let line = newStart;
      // Without its lines, all of a hunk counts.
      if (lines.length === 0) for (let i = 0; i < newLines; i++) numbers.add(newStart + i);
      for (const text of lines) {
        if (text.startsWith("+")) numbers.add(line);
        if (text.startsWith("+") || text.startsWith(" ")) line++;
      }
    }
    added.set(path, numbers);
  }
  return added;
}

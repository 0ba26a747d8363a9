/** `quality.duplication-report`: blocks of code that stand in several places. */
import { z } from "zod";
import { duplication } from "../../analyzers/duplication.ts";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { runProjectAnalyzer } from "./project-facts.ts";

export const duplicationReport = defineAction({
  id: "quality.duplication-report",
  summary: "List the largest blocks of code that stand in several places, and the share of duplicated lines.",
  description: `Comments, white space and imports do not count; tests, migrations, examples and generated files are left out.
\`maximum-percent\` turns the report into a limit.`,
  inputs: z.strictObject({
    paths: textList.optional().describe("Globs of the files to compare; all unless said."),
    "minimum-lines": z.int().min(8).default(10).describe("Lines of code from which a block is listed."),
    "minimum-tokens": z.int().min(20).default(60).describe("Tokens from which a block is listed."),
    "include-tests": z.boolean().default(false).describe("Compare tests too."),
    "maximum-percent": z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe("Fail the step when more of the lines are duplicated."),
    top: z.int().min(1).max(500).default(20).describe("Blocks listed."),
  }),
  outputs: z.object({
    percent: z.number().describe("Duplicated lines of all lines of code."),
    lines: z.number().describe("Duplicated lines."),
    count: z.number().describe("Blocks that are as large as asked."),
    blocks: z
      .array(
        z.object({
          lines: z.number(),
          places: z.array(z.object({ path: z.string(), line: z.number(), "end-line": z.number() })),
        }),
      )
      .describe("The largest first."),
  }),
  needs: ["repo"],
  effects: "none",
  async run(context, inputs) {
    const globs = listOf(inputs.paths);
    const { findings, metrics } = await runProjectAnalyzer(
      context,
      duplication,
      {
        minimumLines: inputs["minimum-lines"],
        minimumTokens: inputs["minimum-tokens"],
        includeTests: inputs["include-tests"],
      },
      globs.length === 0 ? () => true : createPathMatcher(globs),
    );
    const blocks = findings
      .map(({ location, related = [], data }) => ({
        lines: Number(data?.["lines"]),
        places: [location, ...related.map((one) => one.location)].map(({ path, startLine, endLine, endColumn }) => ({
          path,
          line: startLine,
          "end-line": endColumn === 1 ? endLine - 1 : endLine,
        })),
      }))
      .sort((a, b) => b.lines * b.places.length - a.lines * a.places.length);
    const percent = metrics?.["duplication.percent"] ?? 0;
    const outputs = {
      percent,
      lines: metrics?.["duplication.lines"] ?? 0,
      count: blocks.length,
      blocks: blocks.slice(0, inputs.top),
    };
    const table = markdownTable(
      ["Lines", "Places"],
      outputs.blocks.map(({ lines, places }) => [
        `${lines}`,
        places
          .slice(0, 5)
          .map((one) => code(`${one.path}:${one.line}`))
          .join(" "),
      ]),
    );
    context.summarize(
      `**Duplication**: ${percent} % of the lines, ${counted(blocks.length, "block")}${blocks.length === 0 ? "" : `\n\n${table}`}`,
    );
    const maximum = inputs["maximum-percent"];
    if (maximum !== undefined && percent > maximum) {
      throw new StepFailed(`${percent} % of the lines are duplicated, more than ${maximum} %`, outputs);
    }
    return outputs;
  },
});

/** `quality.complexity-report`: the functions that are hardest to follow. */
import { z } from "zod";
import { complexity } from "../../analyzers/complexity.ts";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { runProjectAnalyzer } from "./project-facts.ts";

export const complexityReport = defineAction({
  id: "quality.complexity-report",
  summary: "Rank functions by cognitive complexity, with totals to follow over time.",
  description: `Measures every function of every language that has a bundled grammar; generated and vendored files are left out, tests too unless asked for.
\`maximum\` turns the report into a limit.

\`\`\`yaml
- uses: quality.complexity-report
  with: { changed-only: true, maximum: 40 }
\`\`\``,
  inputs: z.strictObject({
    paths: textList.optional().describe("Globs of the files to measure; all unless said."),
    "changed-only": z.boolean().default(false).describe("Only files that the change touches."),
    "include-tests": z.boolean().default(false).describe("Measure tests too."),
    threshold: z.int().min(1).default(15).describe("Cognitive complexity above which a function counts as complex."),
    maximum: z.int().min(1).optional().describe("Fail the step when a function's cognitive complexity is above."),
    top: z.int().min(1).max(500).default(20).describe("Functions listed."),
  }),
  outputs: z.object({
    functions: z
      .array(
        z.object({
          name: z.string(),
          path: z.string(),
          line: z.number(),
          cognitive: z.number(),
          cyclomatic: z.number(),
          lines: z.number(),
          nesting: z.number(),
          parameters: z.number(),
        }),
      )
      .describe("The hardest first."),
    measured: z.number().describe("Functions measured."),
    complex: z.number().describe("Functions above `threshold`."),
    average: z.number().describe("Mean cognitive complexity."),
    highest: z.number().describe("The largest cognitive complexity."),
  }),
  needs: ["repo"],
  effects: "none",
  async run(context, inputs) {
    const globs = listOf(inputs.paths);
    const isMatch = globs.length === 0 ? () => true : createPathMatcher(globs);
    const changed = inputs["changed-only"]
      ? new Set((await context.repo.change()).files.map(({ path }) => path))
      : undefined;
    const result = await runProjectAnalyzer(
      context,
      complexity,
      // Each function has at least one path: with a limit of none, each is answered with its measures.
      { cyclomatic: 0, cognitive: inputs.threshold, includeTests: inputs["include-tests"] },
      (path) => isMatch(path) && (changed?.has(path) ?? true),
    );
    const all = result.findings
      .filter(({ rule }) => rule === "complexity/cyclomatic")
      .map(({ anchor = "", location, data = {} }) => ({
        name: anchor,
        path: location.path,
        line: location.startLine,
        cognitive: Number(data["cognitive"]),
        cyclomatic: Number(data["cyclomatic"]),
        lines: Number(data["lines"]),
        nesting: Number(data["nesting"]),
        parameters: Number(data["parameters"]),
      }))
      .sort(
        (a, b) =>
          b.cognitive - a.cognitive || b.cyclomatic - a.cyclomatic || (a.path < b.path ? -1 : 1) || a.line - b.line,
      );
    const complex = all.filter(({ cognitive }) => cognitive > inputs.threshold);
    const outputs = {
      functions: all.slice(0, inputs.top),
      measured: all.length,
      complex: complex.length,
      average: result.metrics?.["complexity.cognitive.average"] ?? 0,
      highest: all[0]?.cognitive ?? 0,
    };
    context.summarize(
      [
        `**Complexity**: ${counted(all.length, "function")}, ${complex.length} above ${inputs.threshold}, ${outputs.average} on average`,
        "",
        ...(complex.length === 0
          ? []
          : [
              markdownTable(
                ["Function", "Where", "Cognitive", "Paths", "Lines"],
                complex
                  .slice(0, inputs.top)
                  .map((one) => [
                    code(one.name),
                    code(`${one.path}:${one.line}`),
                    `${one.cognitive}`,
                    `${one.cyclomatic}`,
                    `${one.lines}`,
                  ]),
              ),
            ]),
      ].join("\n"),
    );
    const { maximum } = inputs;
    if (maximum !== undefined && outputs.highest > maximum) {
      const over = all.filter(({ cognitive }) => cognitive > maximum);
      throw new StepFailed(
        `${counted(over.length, "function")} above a cognitive complexity of ${maximum}: ${over
          .slice(0, 3)
          .map((one) => `${one.name} (${one.path}:${one.line}, ${one.cognitive})`)
          .join(", ")}`,
        outputs,
      );
    }
    return outputs;
  },
});

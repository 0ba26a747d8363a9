/** `quality.gate`: judges conditions over a check and shows each with its value. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { scopeInput } from "./check-findings.ts";

export const gate = defineAction({
  id: "quality.gate",
  summary: "Judge gate conditions over findings and metrics; the step fails when one does not hold.",
  description: `A condition that could not be measured makes the verdict incomplete, and that fails the step too: nothing is green without having been
looked at. Without \`conditions\` the configured gate decides.

\`\`\`yaml
- uses: quality.gate
  with:
    conditions: ["new.error=0", "all.security<=0", "duplication.percent<=5"]
\`\`\``,
  inputs: z.strictObject({
    conditions: textList
      .optional()
      .describe("`METRIC<=NUMBER`, `METRIC>=NUMBER` or `METRIC=NUMBER`; the configured ones unless said."),
    scope: scopeInput,
    base: z.string().optional().describe("With `changed`: branch or commit to compare with."),
    "fail-step": z.boolean().default(true).describe("False only answers."),
  }),
  outputs: z.object({
    verdict: z.enum(["passed", "failed", "incomplete"]).describe("The answer."),
    passed: z.boolean().describe("Whether it is `passed`."),
    reasons: z.array(z.string()).describe("Why not."),
    conditions: z
      .array(z.object({ condition: z.string(), value: z.number().nullable(), held: z.boolean() }))
      .describe("Each condition with its value; null where it was not measured."),
  }),
  needs: ["check"],
  effects: "none",
  async run({ check, summarize }, inputs) {
    const asked = listOf(inputs.conditions);
    const { run } = await check.run({
      scope: inputs.scope,
      ...(inputs.base === undefined ? {} : { base: inputs.base }),
      ...(asked.length === 0 ? {} : { gate: asked }),
    });
    const conditions = run.verdict.conditions.map(({ condition, value, held }, index) => ({
      condition: asked[index] ?? describe(condition),
      value: value ?? null,
      held,
    }));
    const reasons = run.verdict.reasons.map(({ message }) => message);
    const { status } = run.verdict;
    summarize(
      [
        `**Gate ${status}**`,
        "",
        markdownTable(
          ["Condition", "Value", ""],
          conditions.map(({ condition, value, held }) => [
            code(condition),
            value === null ? "not measured" : `${value}`,
            held ? "held" : "**not held**",
          ]),
        ),
      ].join("\n"),
    );
    const outputs = { verdict: status, passed: status === "passed", reasons, conditions };
    if (status !== "passed" && inputs["fail-step"])
      throw new StepFailed(`the gate is ${status}: ${reasons.join("; ")}`, outputs);
    return outputs;
  },
});

function describe({
  metric,
  of,
  where,
  min,
  max,
}: {
  metric: string;
  of?: string;
  where?: object;
  min?: number;
  max?: number;
}): string {
  const what =
    where === undefined
      ? ""
      : ` ${Object.entries(where)
          .map(([key, value]) => `${key} ${String(value)}`)
          .join(", ")}`;
  const bounds = [...(min === undefined ? [] : [`>= ${min}`]), ...(max === undefined ? [] : [`<= ${max}`])].join(
    " and ",
  );
  return `${of === undefined ? "" : `${of} `}${metric}${what} ${bounds}`;
}

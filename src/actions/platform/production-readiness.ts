/** `platform.production-readiness`: what a prototype lacks before it can be run for others. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { judgeReadiness, type ReadinessCheck } from "./readiness.ts";

export const productionReadiness = defineAction({
  id: "platform.production-readiness",
  summary:
    "Say what a prototype lacks: tests, CI, locked dependencies, environment handling, deployment, security headers, licence, documents.",
  description:
    "Made for exports from AI builders, true of any repository. Every answer names the file that it rests on. Required are " +
    "tests, CI, locked dependencies, environment handling, a way to deploy and, for web applications, security headers.\n\n" +
    "```yaml\n- id: ready\n  uses: platform.production-readiness\n- uses: flow.summary\n  with: { markdown: '${{ steps.ready.outputs.markdown }}' }\n```",
  inputs: z.strictObject({}),
  outputs: z.object({
    ready: z.boolean().describe("Nothing required is missing."),
    missing: z.array(z.string()).describe("Ids of the checks that found something missing, required ones first."),
    builders: z.array(z.string()).describe("AI builders that it was made with."),
    checks: z
      .array(
        z.object({
          id: z.string(),
          title: z.string(),
          status: z.enum(["there", "missing", "not-needed"]),
          required: z.boolean(),
          fact: z.string(),
          advice: z.string(),
        }),
      )
      .describe("Every check with what it rests on."),
    markdown: z.string().describe("The same as a table."),
  }),
  needs: ["repo", "platforms"],
  effects: "none",
  async run(context) {
    const platforms = await context.platforms.detect();
    const paths = (await context.repo.files()).map(({ path }) => path);
    const checks = await judgeReadiness({ paths, platforms, read: (path) => context.repo.readText(path) });
    const missing = checks
      .filter(({ status }) => status === "missing")
      .sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
    return {
      ready: missing.every(({ isRequired }) => !isRequired),
      missing: missing.map(({ id }) => id),
      builders: platforms.detections
        .filter(({ kind, status }) => kind === "ai-builder" && status === "active")
        .map(({ name }) => name),
      checks: checks.map(({ isRequired, ...rest }) => ({ ...rest, required: isRequired })),
      markdown: table(checks),
    };
  },
});

function table(checks: readonly ReadinessCheck[]): string {
  const words = { there: "there", missing: "**missing**", "not-needed": "not needed" } as const;
  const cell = (text: string): string => text.replace(/\s+/g, " ").replaceAll("|", String.raw`\|`);
  return [
    "| what | | found | next |",
    "| --- | --- | --- | --- |",
    ...checks.map(
      (one) =>
        `| ${one.title}${one.isRequired ? "" : " (optional)"} | ${words[one.status]} | ${cell(one.fact)} | ${cell(one.advice)} |`,
    ),
  ].join("\n");
}

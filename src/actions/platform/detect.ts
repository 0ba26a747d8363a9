/** `platform.detect`: what the repository is built with and by. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { platformKinds } from "../../model/platform.ts";

export const detect = defineAction({
  id: "platform.detect",
  summary: "Detect AI builders, coding agents, hosting, CI, frameworks, languages and package managers, with evidence.",
  description:
    "The same answers as `codeflow detect`. Nothing is executed; fixtures, vendored code and documents are no evidence.\n\n" +
    "```yaml\n- id: stack\n  uses: platform.detect\n- if: contains(steps.stack.outputs.ids, 'nextjs')\n  uses: flow.log\n  with: { message: a Next.js application }\n```",
  inputs: z.strictObject({
    kinds: z.array(z.enum(platformKinds)).default([]).describe("Only these kinds; all when empty."),
    "min-confidence": z.number().min(0).max(1).default(0.5).describe("Leave out what is less certain."),
    "active-only": z.boolean().default(true).describe("Leave out what only history or leftovers tell of."),
  }),
  outputs: z.object({
    ids: z.array(z.string()).describe("Ids of what was detected, each once."),
    languages: z.array(z.string()).describe("Languages, by share of bytes."),
    detections: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          kind: z.string(),
          confidence: z.number(),
          status: z.string(),
          scope: z.string(),
          evidence: z.array(z.string()),
        }),
      )
      .describe("Each with its evidence."),
    packages: z.array(z.string()).describe("Folders with a manifest of their own; the root is `.`."),
  }),
  needs: ["platforms"],
  effects: "none",
  async run(context, given) {
    const report = await context.platforms.detect();
    for (const notice of report.notices) context.log.warn(notice);
    const detections = report.detections.filter(
      (one) =>
        (given.kinds.length === 0 || given.kinds.includes(one.kind)) &&
        one.confidence >= given["min-confidence"] &&
        (!given["active-only"] || one.status === "active"),
    );
    const languages = detections
      .filter(({ kind }) => kind === "language")
      .sort((a, b) => (b.amount?.share ?? 0) - (a.amount?.share ?? 0));
    return {
      ids: [...new Set(detections.map(({ id }) => id))],
      languages: [...new Set(languages.map(({ name }) => name))],
      detections: detections.map((one) => ({
        id: one.id,
        name: one.name,
        kind: one.kind,
        confidence: Math.round(one.confidence * 100) / 100,
        status: one.status,
        scope: one.scope,
        evidence: one.evidence.map(({ path, line, commit, signal }) =>
          path === undefined
            ? `${signal}${commit === undefined ? "" : ` (${commit.slice(0, 8)})`}`
            : `${path}${line === undefined ? "" : `:${line}`} ${signal}`,
        ),
      })),
      packages: report.packages.map(({ path }) => path || "."),
    };
  },
});

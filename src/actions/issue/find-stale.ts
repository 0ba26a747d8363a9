/** `issue.find-stale`: open issues without a word of people for long. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { counted, markdownTable, plain } from "../markdown-table.ts";
import { findStaleIssues, staleInputs } from "./staleness.ts";

export const findStale = defineAction({
  id: "issue.find-stale",
  summary: "Find open issues in which nobody has said anything for long.",
  description: `What counts is when a person last wrote, not when a label or a bot touched the issue. Pull requests are left out. It changes
nothing; \`issue.close-stale\` marks and closes.

\`\`\`yaml
- id: stale
  uses: issue.find-stale
  with: { min-age-days: 90 }
\`\`\``,
  inputs: z.strictObject({
    ...staleInputs,
    limit: z.number().int().positive().default(100).describe("At most so many."),
    summary: z.boolean().default(true).describe("Add the list to the run's summary."),
  }),
  outputs: z.object({
    count: z.number().describe("How many were found."),
    issues: z
      .array(
        z.object({ id: z.string(), title: z.string(), url: z.string(), days: z.number(), "last-word": z.string() }),
      )
      .describe("Longest silent first."),
  }),
  needs: ["tracker"],
  effects: "none",
  async run({ tracker, clock, summarize }, inputs) {
    const found = await findStaleIssues(tracker, clock.now(), inputs, inputs.limit);
    const issues = found
      .map(({ issue: { id, title, url }, days, lastWord }) => ({ id, title, url, days, "last-word": lastWord }))
      .sort((a, b) => b.days - a.days || (a.id < b.id ? -1 : 1));
    if (inputs.summary && issues.length > 0) {
      const rows = issues.map(({ id, title, url, days }) => [`[${plain(id)}](${url})`, plain(title), `${days}`]);
      summarize(
        `**${counted(issues.length, "issue")}** without a word for ${inputs["min-age-days"]} days\n\n${markdownTable(["Issue", "Title", "Days"], rows)}`,
      );
    }
    return { count: issues.length, issues };
  },
});

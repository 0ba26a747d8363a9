/** `issue.comment`: one comment on an issue that is kept up to date. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { chosenIssue, issueInputs } from "./chosen-issue.ts";

export const comment = defineAction({
  id: "issue.comment",
  summary: "Keep one comment on an issue up to date.",
  description: `Found again by a hidden marker; saying the same again changes nothing. What people wrote is never touched.

\`\`\`yaml
- uses: issue.comment
  with: { body: "Seen in \${{ event.repository.name }}." }
\`\`\``,
  inputs: z.strictObject({
    ...issueInputs,
    body: z.string().min(1).describe("Markdown."),
    key: z.string().min(1).optional().describe("Which of our comments it is; this very step when absent."),
  }),
  outputs: z.object({
    outcome: z.enum(["created", "updated", "unchanged"]).describe("What became of the comment."),
    id: z.string().describe("The issue's id."),
    url: z.string().describe("Where the comment is read."),
  }),
  needs: ["tracker"],
  effects: "outside",
  async run(context, inputs) {
    const { id } = await chosenIssue(context, inputs);
    const key = inputs.key ?? `${context.step.workflow}/${context.step.id}`;
    const { comment, outcome } = await context.tracker.ensureComment(id, key, inputs.body);
    return { outcome, id, url: comment.url };
  },
});

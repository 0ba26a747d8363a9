/** `issue.close`: closes an issue, with a last word. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { findChosen, issueInputs } from "./chosen-issue.ts";

export const close = defineAction({
  id: "issue.close",
  summary: "Close an issue, with a last comment.",
  description: `Without \`apply: true\` it only says what it would do. Closing a closed issue changes nothing and says nothing again. A key of
which there is no issue is no mistake: it was never opened.

\`\`\`yaml
- uses: issue.close
  with: { issue-key: dead-code, comment: All of it is gone., apply: true }
\`\`\``,
  inputs: z.strictObject({
    ...issueInputs,
    as: z.enum(["completed", "not-planned"]).default("completed").describe("Why."),
    comment: z.string().optional().describe("Markdown, said before it is closed."),
    apply: z.boolean().default(false).describe("Really close it."),
  }),
  outputs: z.object({
    outcome: z.enum(["closed", "would-close", "unchanged", "absent"]).describe("What became of it."),
    id: z.string().describe("The tracker's id; empty when there is no issue."),
  }),
  needs: ["tracker"],
  effects: "outside",
  async run(context, inputs) {
    const issue = await findChosen(context, inputs);
    if (issue === undefined) return { outcome: "absent" as const, id: "" };
    const { id } = issue;
    if (issue.state === "closed") return { outcome: "unchanged" as const, id };
    if (!inputs.apply) {
      context.log.info(`would close ${id} (${issue.title}); it was not, without \`apply: true\``);
      return { outcome: "would-close" as const, id };
    }
    const key = `close/${context.step.workflow}/${context.step.id}`;
    const said = inputs.comment === undefined || inputs.comment.trim() === "" ? {} : { comment: inputs.comment, key };
    const { outcome } = await context.tracker.closeIssue(id, { as: inputs.as, ...said });
    return { outcome, id };
  },
});

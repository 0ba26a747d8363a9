/** `pr.answer-comment`: the one answer to the comment that started the run. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { answerCommand } from "./command-answer.ts";
import { commentOf } from "./event-comment.ts";

export const answerComment = defineAction({
  id: "pr.answer-comment",
  summary: "Answer the comment that started the run: below it in the conversation, or in its thread in the diff.",
  description: `There is one answer a comment: a second run edits it, and \`pr.handle-comment\` does not allow a command that has one. So it is the last
step, with \`if: always() && …\`, lest somebody waits for an answer to something that failed. Lists of people and mentions in the text
are the workflow's own business: what a comment said belongs in code.

\`\`\`yaml
- if: \${{ always() && steps.comment.outputs.allowed }}
  uses: pr.answer-comment
  with:
    body: >-
      \${{ steps.fix.outcome == 'success' && 'Done.' || 'It failed, and the run says why.' }}
\`\`\``,
  inputs: z.strictObject({ body: z.string().trim().min(1).describe("Markdown.") }),
  outputs: z.object({
    outcome: z.enum(["created", "updated", "unchanged"]).describe("What became of the answer."),
    id: z.number().describe("Its number on the host."),
  }),
  needs: ["host"],
  effects: "outside",
  async run({ host, event }, { body }) {
    const comment = commentOf(event);
    if (comment === undefined)
      throw new StepFailed(`the event ${event.name} brings no comment: trigger on issue_comment`);
    return answerCommand(host, event, comment, body);
  },
});

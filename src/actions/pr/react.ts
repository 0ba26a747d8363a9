/** `pr.react`: an emoji on a comment or on the pull request itself. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { commentOf } from "./event-comment.ts";

export const react = defineAction({
  id: "pr.react",
  summary: "React with an emoji to the comment that started the run, or to the pull request.",
  description: `Reacting twice is once.

\`\`\`yaml
- uses: pr.react
  with: { content: rocket }
\`\`\``,
  inputs: z.strictObject({
    content: z.enum(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]).describe("The emoji."),
    target: z
      .enum(["auto", "comment", "review-comment", "issue"])
      .default("auto")
      .describe("On what: `auto` is the event's comment, else the pull request or issue itself."),
    id: z.number().int().positive().optional().describe("Number of another comment, pull request or issue."),
  }),
  outputs: z.object({
    target: z.string().describe("`comment`, `review-comment` or `issue`."),
    id: z.number().describe("Its number."),
  }),
  needs: ["host"],
  effects: "outside",
  async run({ host, event }, inputs) {
    const said = commentOf(event);
    const number = event.pullRequest?.number ?? event.issue?.number;
    const kind = inputs.target === "auto" ? (said?.kind ?? "issue") : inputs.target;
    const id = inputs.id ?? (kind === "issue" ? number : said?.id);
    if (id === undefined)
      throw new StepFailed(
        `this event has no ${kind === "issue" ? "pull request or issue" : "comment"} to react to: give its \`id\``,
      );
    await host.react({ kind, id }, inputs.content);
    return { target: kind, id };
  },
});

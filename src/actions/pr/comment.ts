/** `pr.comment`: one comment that is kept up to date. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { hasMarker } from "../../model/marker.ts";

export const comment = defineAction({
  id: "pr.comment",
  summary: "Keep one comment on the pull request up to date.",
  description: `The comment is found again by a hidden marker: a second run edits it, and a run that says the same changes nothing. What people
wrote is never touched. A text beyond 65,536 characters is cut with a note.

\`\`\`yaml
- uses: pr.comment
  with:
    key: coverage
    body: "Coverage of the change: \${{ steps.coverage.outputs.percent }} %"
\`\`\``,
  inputs: z.strictObject({
    body: z.string().describe("Markdown."),
    key: z
      .string()
      .min(1)
      .optional()
      .describe("Which of our comments it is; steps with the same key edit the same one. This very step when absent."),
    "when-empty": z
      .enum(["nothing", "delete"])
      .default("nothing")
      .describe("What an empty body does: leave everything as it is, or delete our comment with this key."),
    keep: z
      .boolean()
      .default(false)
      .describe("Leave our comment with this key as it is, when there is one: an answer that was given stands."),
  }),
  outputs: z.object({
    outcome: z.enum(["created", "updated", "unchanged", "deleted", "nothing"]).describe("What became of the comment."),
    id: z.number().nullable().describe("Its number on the host; null when there is none."),
    url: z.string().describe("Where it is read; empty when there is none."),
  }),
  needs: ["host", "pullRequest"],
  effects: "outside",
  async run({ host, pullRequest, step }, { body, key, ...inputs }) {
    const ownKey = key ?? `${step.workflow}/${step.id}`;
    const find = async () => {
      const { login } = await host.viewer();
      return (await host.comments(pullRequest.number)).find(
        (each) => each.author.login === login && hasMarker(each.body, "comment", ownKey),
      );
    };
    const kept = inputs.keep ? await find() : undefined;
    if (kept !== undefined) return { outcome: "unchanged" as const, id: kept.id, url: kept.url };
    if (body.trim() !== "") {
      const { comment, outcome } = await host.ensureComment(pullRequest.number, ownKey, body);
      return { outcome, id: comment.id, url: comment.url };
    }
    const nothing = { outcome: "nothing" as const, id: null, url: "" };
    if (inputs["when-empty"] === "nothing") return nothing;
    const ours = await find();
    if (ours === undefined) return nothing;
    await host.deleteComment(ours.id);
    return { outcome: "deleted" as const, id: null, url: "" };
  },
});

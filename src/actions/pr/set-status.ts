/** `pr.set-status`: a commit status. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";

export const setStatus = defineAction({
  id: "pr.set-status",
  summary: "Set a commit status on the head of the pull request.",
  description: `Setting the same again changes nothing. The description is cut at 140 characters, GitHub's limit.

\`\`\`yaml
- uses: pr.set-status
  with: { context: codeflow/title, state: success, description: The title is fine }
\`\`\``,
  inputs: z.strictObject({
    context: z.string().min(1).default("codeflow").describe("The status' name."),
    state: z.enum(["pending", "success", "failure", "error"]).describe("What it says."),
    description: z.string().default("").describe("One line beside it."),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Where more is to be read."),
    sha: z.string().optional().describe("Another commit than the event's or the pull request's head."),
  }),
  outputs: z.object({
    outcome: z.enum(["set", "unchanged"]).describe("Whether it said something else before."),
    sha: z.string().describe("The commit."),
  }),
  needs: ["host"],
  effects: "outside",
  async run({ host, event }, { url, sha: wanted, ...status }) {
    const number = event.pullRequest?.number;
    const head = number === undefined ? undefined : (await host.pullRequest(number))?.head.sha;
    const sha = wanted ?? event.pullRequest?.headSha ?? head ?? event.sha;
    if (sha === undefined) throw new StepFailed("this event names no commit: give its `sha`");
    if (!/^[0-9a-f]{40,64}$/.test(sha)) throw new StepFailed(`${JSON.stringify(sha)} is no full commit id`);
    const { outcome } = await host.setStatus(sha, { ...status, ...(url === undefined ? {} : { url }) });
    return { outcome, sha };
  },
});

/** `pr.open`: proposes a branch, in one pull request that is kept up to date. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";

export const open = defineAction({
  id: "pr.open",
  summary: "Propose a branch as a pull request, or bring the open one up to date.",
  description: `A branch has one open pull request to a base: a second run edits its title and text, and a run that says the same changes
nothing. The branch must have been pushed, and must hold something that its base lacks. On GitHub the job's own token may open pull
requests only where the repository's settings allow that to Actions, and such a pull request starts no workflows.

\`\`\`yaml
- uses: repo.commit-and-push
  with: { message: "docs: update", branch: codeflow/docs }
- uses: pr.open
  with: { head: codeflow/docs, title: "docs: update" }
\`\`\``,
  inputs: z.strictObject({
    head: z.string().min(1).describe("The branch, as it is called on the code host."),
    base: z.string().min(1).optional().describe("Where it is to be merged; the default branch unless said."),
    title: z.string().trim().min(1).describe("The title."),
    body: z.string().default("").describe("Markdown."),
    draft: z.boolean().default(false).describe("Open it as a draft; an open one stays what it is."),
  }),
  outputs: z.object({
    outcome: z.enum(["created", "updated", "unchanged"]).describe("What became of the pull request."),
    number: z.number().describe("Its number."),
    url: z.string().describe("Where it is read."),
  }),
  needs: ["host"],
  effects: "outside",
  async run({ host }, { head, title, body, draft, ...inputs }) {
    const base = inputs.base ?? (await host.repository()).defaultBranch;
    if (head === base) throw new StepFailed(`${head} cannot be proposed to itself: name another branch in \`head\``);
    const { pullRequest, outcome } = await host.ensurePullRequest({ head, base, title, body, isDraft: draft });
    return { outcome, number: pullRequest.number, url: pullRequest.url };
  },
});

/** `pr.request-reviewers`: asks people and teams for a review. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { listOf, textList } from "../text-list.ts";

export const requestReviewers = defineAction({
  id: "pr.request-reviewers",
  summary: "Ask people and teams to review the pull request.",
  description: `The author, people who are asked already and people who gave a review are left out, so that nobody is called twice. Who cannot
review is named in \`refused\`, not thrown. Nothing is asked on a draft, unless told otherwise.

\`\`\`yaml
- id: owners
  uses: repo.codeowners-for
- uses: pr.request-reviewers
  with:
    users: \${{ steps.owners.outputs.users }}
    max: 2
\`\`\``,
  inputs: z.strictObject({
    users: textList.default([]).describe("Logins, best first; a leading `@` is dropped."),
    teams: textList.default([]).describe("Slugs of teams."),
    max: z
      .number()
      .int()
      .positive()
      .optional()
      .describe("At most so many people, those counted who are asked already."),
    "on-drafts": z.boolean().default(false).describe("Ask on drafts too."),
  }),
  outputs: z.object({
    requested: z.array(z.string()).describe("People and teams that are asked now."),
    refused: z.array(z.string()).describe("People and teams that cannot review here."),
    skipped: z.string().describe("Why nobody was asked; empty when somebody was."),
  }),
  needs: ["host", "pullRequest"],
  effects: "outside",
  async run({ host, pullRequest, log }, inputs) {
    const pull = await pullRequest.get();
    const nobody = (skipped: string) => ({ requested: [], refused: [], skipped });
    if (pull.state === "closed") return nobody("the pull request is closed");
    if (pull.isDraft && !inputs["on-drafts"]) return nobody("the pull request is a draft");
    const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
    const named = [...new Set(listOf(inputs.users).map((login) => login.replace(/^@/, "")))];
    const reviewed = (await host.reviews(pullRequest.number)).map(({ author }) => author.login);
    const known = [...pull.requestedReviewers, ...reviewed];
    const candidates = named.filter(
      (login) => !same(login, pull.author.login) && !known.some((one) => same(one, login)),
    );
    const already = named.filter((login) => known.some((one) => same(one, login))).length;
    const users = candidates.slice(0, inputs.max === undefined ? undefined : Math.max(inputs.max - already, 0));
    const teams = listOf(inputs.teams)
      .map((team) => team.replace(/^@?(?:[^/]+\/)?/, ""))
      .filter((team) => !pull.requestedTeams.some((one) => same(one, team)));
    if (users.length === 0 && teams.length === 0) return nobody("nobody is left to ask");
    const { requested, refused } = await host.requestReviewers(pullRequest.number, { users, teams });
    for (const name of refused) log.warn(`${name} cannot review here: no such person or team, or no access`);
    return {
      requested: [...requested],
      refused: [...refused],
      skipped: requested.length === 0 ? "none of them can review" : "",
    };
  },
});

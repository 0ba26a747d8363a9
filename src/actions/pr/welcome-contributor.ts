/** `pr.welcome-contributor`: a word to somebody's first pull request. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";

export const welcomeContributor = defineAction({
  id: "pr.welcome-contributor",
  summary: "Welcome somebody whose first pull request this is.",
  description: `Who is new is asked of the host: somebody without write access who has contributed nothing, and has no other
pull request among the 300 updated last. Bots are not welcomed, and nobody is
twice. The default text links the repository's CONTRIBUTING.md, when there is one.

\`\`\`yaml
- uses: pr.welcome-contributor
  with: { label: first contribution }
\`\`\``,
  inputs: z.strictObject({
    message: z
      .string()
      .optional()
      .describe("Markdown; `{author}` and `{number}` are filled in. A short welcome when absent."),
    label: z.string().optional().describe("A label to add."),
  }),
  outputs: z.object({
    welcomed: z.boolean().describe("Whether the author is new."),
    author: z.string().describe("Login of the author."),
    reason: z.string().describe("Why nobody was welcomed; empty when somebody was."),
  }),
  needs: ["host", "pullRequest"],
  effects: "outside",
  async run({ host, pullRequest }, inputs) {
    const { number } = pullRequest;
    const { author, authorAssociation, base, url } = await pullRequest.get();
    const nobody = (reason: string) => ({ welcomed: false, author: author.login, reason });
    if (author.isBot) return nobody("the author is a bot");
    if (["admin", "maintain", "write"].includes(await host.permissionOf(author.login)))
      return nobody("the author has write access");
    // The host's word saves asking for lists; a first one that was never merged only they tell.
    if (["COLLABORATOR", "CONTRIBUTOR", "MEMBER", "OWNER"].includes(authorAssociation)) {
      return nobody("the author has contributed before");
    }
    const others = await host.pullRequests({ state: "all", limit: 300 });
    if (others.some((pull) => pull.number < number && pull.author.login === author.login)) {
      return nobody("the author has opened pull requests before");
    }
    const guides = ["CONTRIBUTING.md", ".github/CONTRIBUTING.md", "docs/CONTRIBUTING.md"];
    let guide: string | undefined;
    for (const path of guides) {
      if (guide === undefined && (await host.readFile(path, base.branch)) !== undefined) guide = path;
    }
    const root = url.replace(/\/pull\/\d+$/, "");
    const read =
      guide === undefined ? "" : ` How we work is written down in [${guide}](${root}/blob/${base.branch}/${guide}).`;
    const text =
      inputs.message ??
      `Welcome, @{author}, and thank you for your first pull request here. The checks below say what they find; somebody will look at it soon.${read}`;
    const body = text.replaceAll("{author}", author.login).replaceAll("{number}", `${number}`);
    await host.ensureComment(number, "welcome", body);
    if (inputs.label !== undefined) await host.addLabels(number, [inputs.label]);
    return { welcomed: true, author: author.login, reason: "" };
  },
});

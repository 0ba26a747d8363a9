/** `repo.find-merged-branches`: branches whose work is already in another branch. */
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code, counted, markdownTable, plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { requireWholeHistory } from "../whole-history.ts";
import { checkedOutBranches, createMergeJudge, lastingBranches, listBranches } from "./merged-branches.ts";

export const findMergedBranches = defineAction({
  id: "repo.find-merged-branches",
  summary: "Find branches whose work is already in the default branch: merged, rebased or squashed.",
  description: `A branch counts as \`merged\` when its newest commit is there, as \`rebased\` when each of its patches is, as \`squashed\` when all
of it came as one commit (same patch or same tree). Never listed: the default branch, the branch merged into, branches that are checked
out, those that match \`protected\`. A branch at the very commit of its target may also be one that nobody has begun to work on: \`min-age-days\`
keeps those. Deletes nothing; hand \`branches\` to \`repo.delete-branches\`.

\`\`\`yaml
- id: merged
  uses: repo.find-merged-branches
  with: { where: remote, min-age-days: 14 }
- uses: repo.delete-branches
  with:
    where: remote
    branches: \${{ steps.merged.outputs.branches }}
    apply: true
\`\`\``,
  inputs: z.strictObject({
    into: z.string().optional().describe("Branch or commit that took the work in; the default branch unless said."),
    where: z
      .enum(["local", "remote"])
      .default("local")
      .describe("Branches of this clone, or of the remote as last fetched."),
    remote: z.string().default("origin").describe("Name of the remote."),
    protected: textList.default(lastingBranches).describe("Globs of branches that are never listed."),
    "min-age-days": z.number().min(0).default(0).describe("Only branches without a commit for so long."),
    "history-limit": z.int().min(1).default(2_000).describe("How many commits are searched for a squashed branch."),
    summary: z.boolean().default(true).describe("Add a table to the run's summary."),
  }),
  outputs: z.object({
    branches: z
      .array(
        z.object({
          name: z.string(),
          sha: z.string(),
          kind: z.enum(["merged", "rebased", "squashed"]),
          "updated-at": z.string(),
          author: z.string(),
        }),
      )
      .describe("Oldest first."),
    count: z.number().describe("How many."),
    unmerged: z.array(z.string()).describe("Branches that hold work of their own, sorted."),
    into: z.string().describe("What they were compared with."),
  }),
  needs: ["repo"],
  effects: "none",
  async run({ repo, clock, summarize }, inputs) {
    if (inputs.remote.startsWith("-")) throw new StepFailed(`${inputs.remote} is no name of a remote`);
    await requireWholeHistory(repo, "which branches were merged cannot be told");
    const into = inputs.into ?? repo.defaultBranch;
    if (into === undefined) throw new StepFailed("the default branch is not known: name the branch in `into`");
    const isRemote = inputs.where === "remote";
    const target = isRemote && inputs.into === undefined ? `refs/remotes/${inputs.remote}/${into}` : into;
    const place = isRemote ? ({ kind: "remote", remote: inputs.remote } as const) : ({ kind: "local" } as const);
    const commit = (await repo.git(["rev-parse", "--verify", "--end-of-options", `${target}^{commit}`])).trim();
    const judge = createMergeJudge(repo, commit, inputs["history-limit"]);
    const isProtected = createPathMatcher(listOf(inputs.protected));
    const inUse = isRemote ? new Set<string>() : await checkedOutBranches(repo);
    const youngest = clock.now().getTime() - inputs["min-age-days"] * 86_400_000;
    const branches = [];
    const unmerged: string[] = [];
    for (const { name, sha, updatedAt, author } of await listBranches(repo, place)) {
      if (name === into || name === repo.defaultBranch || inUse.has(name) || isProtected(name)) continue;
      if (Date.parse(updatedAt) > youngest) continue;
      const kind = await judge(sha);
      if (kind === undefined) unmerged.push(name);
      else branches.push({ name, sha, kind, "updated-at": updatedAt, author });
    }
    branches.sort((a, b) =>
      a["updated-at"] === b["updated-at"] ? (a.name < b.name ? -1 : 1) : a["updated-at"] < b["updated-at"] ? -1 : 1,
    );
    if (inputs.summary && branches.length > 0) {
      summarize(
        [
          `${counted(branches.length, "branch", "branches")} with nothing left to bring into ${code(into)}`,
          "",
          markdownTable(
            ["Branch", "How", "Last commit", "Author"],
            branches.map((one) => [code(one.name), one.kind, one["updated-at"].slice(0, 10), plain(one.author)]),
          ),
        ].join("\n"),
      );
    }
    return { branches, count: branches.length, unmerged: unmerged.sort(), into };
  },
});

/** `repo.delete-branches`: removes branches that have nothing of their own left, and says what it would do otherwise. */
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction, type Repository, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import { code, counted, markdownTable, plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { requireWholeHistory } from "../whole-history.ts";
import { checkedOutBranches, createMergeJudge, lastingBranches, listBranches } from "./merged-branches.ts";

const branchInput = z.union([z.string(), z.looseObject({ name: z.string(), sha: z.string().optional() })]);

export const deleteBranches = defineAction({
  id: "repo.delete-branches",
  summary: "Delete branches, only with `apply: true`; never the default branch, protected ones or unmerged work.",
  description: `Without \`apply: true\` it only lists what it would do. Each branch is deleted only while it stands at the commit that was looked at,
so that a push in between saves it. Kept, with the reason: the default branch, branches that are checked out, those that match
\`protected\`, those that moved, and those that hold work which is not in the default branch (unless \`allow-unmerged: true\`).
Takes names, or the \`branches\` output of \`repo.find-merged-branches\`. A branch that is gone already is no error.`,
  inputs: z.strictObject({
    branches: z.union([z.array(branchInput), z.string()]).describe("Names, or objects with `name` and `sha`."),
    where: z.enum(["local", "remote"]).default("local").describe("Branches of this clone, or of the remote."),
    remote: z.string().default("origin").describe("Name of the remote."),
    into: z.string().optional().describe("What counts as having taken the work in; the default branch unless said."),
    protected: textList
      .default(["main", "master", "develop", "trunk", ...lastingBranches])
      .describe("Globs of branches that are never deleted."),
    "allow-unmerged": z.boolean().default(false).describe("Also delete branches that hold work of their own."),
    apply: z.boolean().default(false).describe("Really delete."),
  }),
  outputs: z.object({
    deleted: z.array(z.string()).describe("Branches that were deleted."),
    "would-delete": z.array(z.string()).describe("Without `apply`: branches that would be."),
    kept: z.array(z.object({ name: z.string(), reason: z.string() })).describe("Branches that stay, and why."),
  }),
  needs: ["repo"],
  effects: "outside",
  async run({ repo, summarize, log }, inputs) {
    if (inputs.remote.startsWith("-")) throw new StepFailed(`${inputs.remote} is no name of a remote`);
    if (!inputs["allow-unmerged"])
      await requireWholeHistory(repo, "which branches hold work of their own cannot be told");
    const isRemote = inputs.where === "remote";
    const wanted: readonly { readonly name: string; readonly sha?: string }[] =
      typeof inputs.branches === "string"
        ? listOf(inputs.branches).map((name) => ({ name }))
        : inputs.branches.map(asBranch);
    const into = inputs.into ?? repo.defaultBranch;
    if (into === undefined) throw new StepFailed("the default branch is not known: name the branch in `into`");
    const place = isRemote ? ({ kind: "remote", remote: inputs.remote } as const) : ({ kind: "local" } as const);
    const known = new Map((await listBranches(repo, place)).map((branch) => [branch.name, branch.sha]));
    const target = isRemote && inputs.into === undefined ? `refs/remotes/${inputs.remote}/${into}` : into;
    const commit = (await repo.git(["rev-parse", "--verify", "--end-of-options", `${target}^{commit}`])).trim();
    const judge = createMergeJudge(repo, commit, 2_000);
    const isProtected = createPathMatcher(listOf(inputs.protected));
    const inUse = isRemote ? new Set<string>() : await checkedOutBranches(repo);

    const deleted: string[] = [];
    const wouldDelete: string[] = [];
    const kept: { name: string; reason: string }[] = [];
    for (const { name, sha } of wanted) {
      const current = known.get(name);
      const reason =
        name === into || name === repo.defaultBranch
          ? "it is the default branch"
          : isProtected(name)
            ? "it is protected"
            : inUse.has(name)
              ? "it is checked out"
              : current === undefined
                ? "there is no such branch"
                : sha !== undefined && sha !== current
                  ? `it moved to ${current.slice(0, 12)}`
                  : !inputs["allow-unmerged"] && (await judge(current)) === undefined
                    ? `it holds work that is not in ${into}`
                    : undefined;
      if (reason !== undefined || current === undefined) {
        kept.push({ name, reason: reason ?? "there is no such branch" });
      } else if (!inputs.apply) wouldDelete.push(name);
      else {
        const refused = await remove(repo, name, current, isRemote ? inputs.remote : undefined);
        if (refused === undefined) deleted.push(name);
        else kept.push({ name, reason: refused });
      }
    }
    for (const { name, reason } of kept) log.info(`${name} stays: ${reason}`);
    if (deleted.length + wouldDelete.length > 0) {
      const rows = [
        ...deleted.map((name) => [code(name), "deleted"]),
        ...wouldDelete.map((name) => [code(name), "would be deleted"]),
      ];
      const title = inputs.apply
        ? `${counted(deleted.length, "branch", "branches")} deleted`
        : `${counted(wouldDelete.length, "branch", "branches")} would be deleted; nothing was, without \`apply: true\``;
      const stay = kept.map(({ name, reason }) => [code(name), `kept: ${plain(reason)}`]);
      summarize(`${title}\n\n${markdownTable(["Branch", "What"], [...rows, ...stay])}`);
    }
    return { deleted, "would-delete": wouldDelete, kept };
  },
});

function asBranch(one: z.infer<typeof branchInput>): { name: string; sha?: string } {
  if (typeof one === "string") return { name: one };
  return { name: one.name, ...(one.sha === undefined ? {} : { sha: one.sha }) };
}

/** Why it was refused; undefined when it is gone. Git itself compares the commit at the moment of deleting. */
async function remove(
  repo: Repository,
  name: string,
  sha: string,
  remote: string | undefined,
): Promise<string | undefined> {
  const ref = `refs/heads/${name}`;
  try {
    if (remote === undefined) await repo.git(["update-ref", "-d", ref, sha]);
    else
      await repo.git(["push", "--quiet", "--no-verify", `--force-with-lease=${ref}:${sha}`, "--", remote, `:${ref}`]);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (remote !== undefined && (await repo.git(["ls-remote", "--heads", "--", remote, ref])).trim() === "")
      return undefined;
    return `git refused: ${(error.why ?? error.message).trim().split("\n").at(-1) ?? ""}`;
  }
}

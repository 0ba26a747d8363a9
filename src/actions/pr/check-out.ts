/** `pr.check-out`: brings the checkout to the pull request's branch. */
import { z } from "zod";
import { type ActionContext, defineAction, type Repository, StepFailed } from "../../model/action.ts";
import type { HostPullRequest } from "../../model/code-host.ts";
import { Failure } from "../../model/failure.ts";
import { isAncestor } from "../repo/remote-branch.ts";

export const checkOut = defineAction({
  id: "pr.check-out",
  summary: "Check out the pull request's own branch, so that later steps see and push to it.",
  description: `For workflows that a comment starts: GitHub hands them a checkout of the default branch. Missing commits are fetched, those up to
the merge-base too. Refused, with the reason in \`reason\`: branches of forks, which are not ours to run or to push to, closed pull requests,
a checkout with edits that are not committed, and a local branch with commits that the pull request lacks. Nothing is ever thrown away.

For steps that only read, \`detached\` takes the pull request's newest commit by itself, of a fork and of a closed one too: nothing of
a fork's is executed by any step, and there is no branch that could be pushed by mistake.

\`\`\`yaml
- id: head
  uses: pr.check-out
- uses: quality.run-checks
  with: { scope: changed, base: "\${{ steps.head.outputs.base }}", fix: safe }
\`\`\``,
  inputs: z.strictObject({
    required: z.boolean().default(true).describe("Fail the step when it is refused; otherwise only `ready` tells."),
    detached: z.boolean().default(false).describe("The commit without its branch, for steps that only read."),
    remote: z
      .string()
      .regex(/^[^-]/, "a name must not start with a dash")
      .default("origin")
      .describe("Name of the remote that the branch is fetched from."),
  }),
  outputs: z.object({
    ready: z.boolean().describe("Whether the pull request's branch is checked out now."),
    reason: z.string().describe("Why it is not; empty when it is."),
    branch: z.string().describe("The branch."),
    head: z.string().describe("Its newest commit."),
    base: z.string().describe("Commit where it left its base; empty when it is not checked out."),
  }),
  needs: ["repo", "host", "pullRequest"],
  effects: "workspace",
  async run(context, { required, detached, remote }) {
    const pull = await context.pullRequest.get({ refresh: true });
    const { branch, sha } = pull.head;
    const reason = await (detached ? refusalOfCommit : refusal)(context, remote, pull);
    if (reason === "") {
      const { base } = await context.pullRequest.change();
      return { ready: true, reason, branch, head: sha, base };
    }
    const outputs = { ready: false, reason, branch, head: sha, base: "" };
    if (required) throw new StepFailed(`#${pull.number} is not checked out: ${reason}`, outputs);
    context.log.warn(reason);
    return outputs;
  },
});

/** Empty once it is checked out. */
async function refusal(
  { repo }: ActionContext<"repo">,
  remote: string,
  pull: Pick<HostPullRequest, "head" | "isFork" | "state">,
): Promise<string> {
  const { branch, sha } = pull.head;
  if (pull.isFork) return "its branch belongs to a fork";
  if (pull.state !== "open") return "the pull request is closed";
  if (repo.branch === branch && repo.head === sha) return "";
  const missing = await bring(repo, remote, sha, `refs/heads/${branch}`);
  if (missing !== "") return missing;
  const own = `refs/heads/${branch}`;
  const isThere = (await repo.git(["for-each-ref", "--format=%(refname)", own])).trim() === own;
  if (isThere && !(await isAncestor(repo, own, sha)))
    return `the local branch ${branch} has commits that the pull request lacks`;
  await repo.git(["switch", "--quiet", "--no-guess", "--no-track", "-C", branch, sha]);
  return "";
}

/** As above, without the branch. GitHub keeps the commits of forks under the pull request's number. */
async function refusalOfCommit(
  { repo }: ActionContext<"repo">,
  remote: string,
  { number, head: { sha } }: Pick<HostPullRequest, "head" | "number">,
): Promise<string> {
  if (repo.head === sha) return "";
  const missing = await bring(repo, remote, sha, `refs/pull/${number}/head`);
  if (missing !== "") return missing;
  await repo.git(["switch", "--quiet", "--detach", sha]);
  return "";
}

async function bring(repo: Repository, remote: string, sha: string, ref: string): Promise<string> {
  if ((await repo.git(["status", "--porcelain", "--untracked-files=no"])).trim() !== "")
    return "the checkout has edits that are not committed";
  if (await has(repo, sha)) return "";
  await repo.git(["fetch", "--quiet", "--no-tags", "--", remote, ref]);
  return (await has(repo, sha)) ? "" : `${remote} does not have ${sha.slice(0, 12)}: the branch moved on`;
}

async function has(repo: Repository, sha: string): Promise<boolean> {
  try {
    await repo.git(["cat-file", "-e", `${sha}^{commit}`]);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** `repo.commit-and-push`: commits what changed in the checkout and brings the branch to the remote. */
import { z } from "zod";
import { defineAction, type Repository, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import { listOf, textList } from "../text-list.ts";
import { identityOf } from "./commit-identity.ts";
import { isAncestor, remoteTip } from "./remote-branch.ts";

export const commitAndPush = defineAction({
  id: "repo.commit-and-push",
  summary:
    "Commit what changed in the checkout and push the branch; never by force, never to the default branch unless allowed.",
  description: `Nothing to commit is fine: \`committed\` is false. Repeating the step after a crash does not commit twice: a commit that is
already there is pushed, and a remote branch that already holds the same tree on top of the same parent is taken over.
A remote branch with commits that the checkout lacks is refused with a message; nothing is ever overwritten.
Hooks of the repository do not run. With a detached head, name the \`branch\` to push to.

\`\`\`yaml
- uses: repo.commit-and-push
  with:
    message: "docs: update the command list"
    paths: [README.md, docs]
\`\`\``,
  inputs: z.strictObject({
    message: z.string().trim().min(1).describe("The commit's message."),
    paths: textList.optional().describe("Pathspecs of what to commit; everything that changed unless said."),
    branch: z.string().optional().describe("Branch on the remote; the one that is checked out unless said."),
    remote: z.string().default("origin").describe("Name of the remote."),
    push: z.boolean().default(true).describe("False only commits."),
    "allow-default-branch": z.boolean().default(false).describe("Permit committing and pushing to the default branch."),
    "author-name": z
      .string()
      .optional()
      .describe("Name of the author, and of the committer where the environment names none; git's own unless said."),
    "author-email": z.string().optional().describe("Its address."),
  }),
  outputs: z.object({
    committed: z.boolean().describe("Whether a commit was made by this call."),
    pushed: z.boolean().describe("Whether the remote branch moved."),
    commit: z.string().describe("The branch's newest commit."),
    branch: z.string().describe("The branch."),
    files: z.array(z.string()).describe("Files of the new commit, sorted."),
  }),
  needs: ["repo"],
  effects: "outside",
  async run({ repo, log }, inputs) {
    const branch = inputs.branch ?? repo.branch;
    if (branch === undefined) throw new StepFailed("no branch is checked out: name the `branch` to push to");
    await checkBranchName(repo, branch);
    refuseDefaultBranch(repo, branch, inputs["allow-default-branch"]);
    if (inputs.remote.startsWith("-")) throw new StepFailed(`${inputs.remote} is no name of a remote`);

    const paths = listOf(inputs.paths);
    await repo.git(["add", "--all", "--", ...(paths.length === 0 ? [":/"] : paths)]);
    const staged = [
      "diff",
      "--cached",
      "--name-only",
      "--no-renames",
      "-z",
      ...(paths.length === 0 ? [] : ["--", ...paths]),
    ];
    const files = (await repo.git(staged))
      .split("\0")
      .filter((path) => path !== "")
      .sort();
    const parent = await currentCommit(repo);

    let committed = false;
    if (files.length > 0) {
      const taken = inputs.push
        ? await takeOver(repo, inputs.remote, branch, parent, inputs.message, paths)
        : undefined;
      if (taken !== undefined) {
        log.info(`${branch} on ${inputs.remote} already holds this commit (${taken.slice(0, 12)})`);
        return { committed: false, pushed: false, commit: taken, branch, files };
      }
      const identity = await identityOf(repo, inputs["author-name"], inputs["author-email"]);
      // `--only` leaves alone what else somebody had staged.
      const only = paths.length === 0 ? [] : ["--only", "--", ...files];
      await repo.git(
        [
          ...identity.config,
          "--literal-pathspecs",
          "commit",
          "--quiet",
          "--no-verify",
          "--file=-",
          ...identity.author,
          ...only,
        ],
        {
          input: `${inputs.message}\n`,
        },
      );
      committed = true;
    }
    const commit = await currentCommit(repo);
    if (commit === undefined) throw new StepFailed("there is nothing to commit, and no commit to push");
    const pushed = inputs.push && (await push(repo, inputs.remote, branch, commit, committed));
    if (!committed && !pushed) log.info("nothing to commit");
    return { committed, pushed, commit, branch, files };
  },
});

async function checkBranchName(repo: Repository, branch: string): Promise<void> {
  try {
    await repo.git(["check-ref-format", `refs/heads/${branch}`]);
  } catch (error) {
    if (error instanceof Failure) throw new StepFailed(`${JSON.stringify(branch)} is no name of a branch`);
    throw error;
  }
}

function refuseDefaultBranch(repo: Repository, branch: string, isAllowed: boolean): void {
  // Where nobody could say which one is the default, the usual names are guarded.
  const defaults = repo.defaultBranch === undefined ? ["main", "master"] : [repo.defaultBranch];
  if (isAllowed || !defaults.includes(branch)) return;
  throw new StepFailed(
    `${branch} is the default branch: make another with repo.create-branch, or set \`allow-default-branch: true\``,
  );
}

async function currentCommit(repo: Repository): Promise<string | undefined> {
  const head = await repo.git(["rev-parse", "--revs-only", "HEAD"]);
  return head.trim() === "" ? undefined : head.trim();
}

/** The push of an earlier, killed attempt: the remote holds our tree and message on our parent. The branch then moves there. */
async function takeOver(
  repo: Repository,
  remote: string,
  branch: string,
  parent: string | undefined,
  message: string,
  paths: readonly string[],
): Promise<string | undefined> {
  const tip = await remoteTip(repo, remote, branch);
  // With paths, the index may hold more than what is committed: its tree says nothing.
  if (tip === undefined || tip === parent || parent === undefined || paths.length > 0) return undefined;
  await repo.git(["fetch", "--quiet", "--no-tags", "--", remote, `refs/heads/${branch}`]);
  const facts = (await repo.git(["log", "-1", "--format=%T%n%P%n%B", tip])).split("\n");
  const tree = (await repo.git(["write-tree"])).trim();
  const [theirTree, theirParents, ...theirMessage] = facts;
  if (theirTree !== tree || theirParents !== parent || theirMessage.join("\n").trim() !== message) return undefined;
  await repo.git(["update-ref", "HEAD", tip, parent]);
  return tip;
}

async function push(
  repo: Repository,
  remote: string,
  branch: string,
  commit: string,
  isNew: boolean,
): Promise<boolean> {
  const tip = await remoteTip(repo, remote, branch);
  if (tip === commit) return false;
  // Nothing was committed and the remote is ahead: there is nothing of ours to bring there.
  if (!isNew && tip !== undefined && (await isAncestor(repo, commit, tip))) return false;
  try {
    await repo.git(["push", "--quiet", "--no-verify", "--", remote, `${commit}:refs/heads/${branch}`], {
      timeoutMs: 300_000,
    });
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const said = `${error.message} ${error.why ?? ""}`;
    const now = await remoteTip(repo, remote, branch);
    if (now === commit) return true;
    if (now !== undefined && !(await isAncestor(repo, now, commit))) {
      throw new StepFailed(
        `${remote}/${branch} has commits that this checkout lacks (it is at ${now.slice(0, 12)}); the push was refused and nothing was overwritten. ` +
          `The commit ${commit.slice(0, 12)} is kept here: fetch, rebase it, and run the step again`,
        { committed: isNew, pushed: false, commit, branch },
      );
    }
    throw new StepFailed(`${remote} refused the push to ${branch}: ${said.trim()}`, {
      committed: isNew,
      pushed: false,
      commit,
      branch,
    });
  }
}

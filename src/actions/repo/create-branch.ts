/** `repo.create-branch`: makes a branch, switches to it and brings it to the remote. */
import { z } from "zod";
import { defineAction, type Repository, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import { identityOf } from "./commit-identity.ts";
import { isAncestor, remoteTip } from "./remote-branch.ts";

export const createBranch = defineAction({
  id: "repo.create-branch",
  summary: "Make a branch, switch to it, and push it when asked.",
  description: `A branch that exists at the same commit is left as it is; one that exists elsewhere is used where it stands
(\`if-exists: reuse\`) or fails the step. That holds for a branch that only the remote has too, as when an earlier run pushed it and nobody
has merged it yet: it is fetched and built upon, so that pushing to it again needs no force. With \`bring-up-to-date\`, \`from\` is merged
into it; a conflict fails the step, and what was checked out before is checked out again. No branch is ever moved but forward. Uncommitted edits come along; where git would have to overwrite
them, it refuses and so does the step.

\`\`\`yaml
- uses: repo.create-branch
  with: { name: "codeflow/update-docs" }
\`\`\``,
  inputs: z.strictObject({
    name: z.string().min(1).describe("The branch."),
    from: z.string().default("HEAD").describe("Commit, branch or tag at which it starts."),
    switch: z.boolean().default(true).describe("Check it out."),
    push: z.boolean().default(false).describe("Bring it to the remote, never by force."),
    remote: z.string().default("origin").describe("Name of the remote."),
    "bring-up-to-date": z
      .boolean()
      .default(false)
      .describe("Merge `from` into a branch that exists and lacks it; needs `switch`."),
    "if-exists": z.enum(["reuse", "fail"]).default("reuse").describe("What to do when it exists at another commit."),
  }),
  outputs: z.object({
    outcome: z.enum(["created", "existing"]).describe("Whether it was made by this call."),
    branch: z.string().describe("The branch."),
    commit: z.string().describe("Where it stands."),
    pushed: z.boolean().describe("Whether the remote was told."),
  }),
  needs: ["repo"],
  effects: "outside",
  async run({ repo }, inputs) {
    const { name, remote } = inputs;
    if (name.startsWith("-") || remote.startsWith("-")) throw new StepFailed("a name must not start with a dash");
    if (!(await succeeds(repo, ["check-ref-format", `refs/heads/${name}`]))) {
      throw new StepFailed(`${JSON.stringify(name)} is no name of a branch`);
    }
    const wanted = await commitOf(repo, inputs.from);
    if (wanted === undefined) throw new StepFailed(`there is no commit ${inputs.from} to start from`);
    if (inputs["bring-up-to-date"] && !inputs.switch) throw new StepFailed("`bring-up-to-date` needs `switch: true`");
    const local = await commitOf(repo, `refs/heads/${name}`);
    const existing = local ?? (await fetched(repo, remote, name, wanted));
    if (existing !== undefined && existing !== wanted && inputs["if-exists"] === "fail") {
      throw new StepFailed(`the branch ${name} exists at ${existing.slice(0, 12)}, not at ${wanted.slice(0, 12)}`);
    }
    if (local === undefined) await repo.git(["branch", "--no-track", "--", name, existing ?? wanted]);
    const before = { branch: repo.branch, head: repo.head };
    if (inputs.switch) await repo.git(["switch", "--quiet", "--no-guess", name]);
    if (inputs["bring-up-to-date"] && existing !== undefined) await merge(repo, name, wanted, inputs.from, before);
    const commit = (await commitOf(repo, `refs/heads/${name}`)) ?? wanted;
    if (inputs.push)
      await repo.git(["push", "--quiet", "--no-verify", "--", remote, `refs/heads/${name}:refs/heads/${name}`]);
    return {
      outcome: existing === undefined ? ("created" as const) : ("existing" as const),
      branch: name,
      commit,
      pushed: inputs.push,
    };
  },
});

/** A branch of the remote that holds more than `wanted` does; the rest has nothing to build upon. */
async function fetched(repo: Repository, remote: string, name: string, wanted: string): Promise<string | undefined> {
  const remotes = (await repo.git(["remote"])).split("\n");
  const tip = remotes.includes(remote) ? await remoteTip(repo, remote, name) : undefined;
  if (tip === undefined) return undefined;
  await repo.git(["fetch", "--quiet", "--no-tags", "--", remote, `refs/heads/${name}`]);
  return (await isAncestor(repo, tip, wanted)) ? undefined : tip;
}

/** Whole or not at all: after a conflict the checkout stands where it stood. */
async function merge(
  repo: Repository,
  name: string,
  wanted: string,
  from: string,
  before: { readonly branch: string | undefined; readonly head: string | undefined },
): Promise<void> {
  if (await isAncestor(repo, wanted, "HEAD")) return;
  const { config } = await identityOf(repo);
  try {
    await repo.git([
      ...config,
      "merge",
      "--quiet",
      "--no-edit",
      "--no-verify",
      "-m",
      `Merge ${from === "HEAD" ? (before.branch ?? wanted.slice(0, 12)) : from} into ${name}`,
      wanted,
    ]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await succeeds(repo, ["merge", "--abort"]);
    const place = before.branch === undefined ? ["--detach", before.head ?? wanted] : [before.branch];
    await repo.git(["switch", "--quiet", ...place]);
    throw new StepFailed(
      `${name} holds changes that do not merge with ${wanted.slice(0, 12)}: merge or delete it, then run this again`,
    );
  }
}

async function commitOf(repo: Repository, revision: string): Promise<string | undefined> {
  try {
    return (await repo.git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`])).trim();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

async function succeeds(repo: Repository, args: readonly string[]): Promise<boolean> {
  try {
    await repo.git(args);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

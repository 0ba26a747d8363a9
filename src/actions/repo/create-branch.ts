/** `repo.create-branch`: makes a branch, switches to it and brings it to the remote. */
import { z } from "zod";
import { defineAction, type Repository, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";

export const createBranch = defineAction({
  id: "repo.create-branch",
  summary: "Make a branch, switch to it, and push it when asked.",
  description: `A branch that exists at the same commit is left as it is; one that exists elsewhere is used where it stands
(\`if-exists: reuse\`) or fails the step. No branch is ever moved. Uncommitted edits come along; where git would have to overwrite
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
    const existing = await commitOf(repo, `refs/heads/${name}`);
    if (existing === undefined) await repo.git(["branch", "--no-track", "--", name, wanted]);
    else if (existing !== wanted && inputs["if-exists"] === "fail") {
      throw new StepFailed(`the branch ${name} exists at ${existing.slice(0, 12)}, not at ${wanted.slice(0, 12)}`);
    }
    const commit = existing ?? wanted;
    if (inputs.switch) await repo.git(["switch", "--quiet", "--no-guess", name]);
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

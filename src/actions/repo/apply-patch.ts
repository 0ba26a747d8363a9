/** `repo.apply-patch`: applies a patch to the checkout, all of it or nothing. */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { type ActionContext, defineAction, type Repository, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";

export const applyPatch = defineAction({
  id: "repo.apply-patch",
  summary: "Apply a patch to the checkout, all of it or nothing.",
  description: `Checked before anything is written. Where the lines have moved, \`three-way\` merges with the blobs that the patch names, and
stages the result as git does; a merge that would leave a conflict is refused. A patch that is already applied changes nothing.
Paths outside of the repository, inside \`.git\` or behind symbolic links are refused by git.

\`\`\`yaml
- uses: repo.apply-patch
  with: { file: fixes.patch }
\`\`\``,
  inputs: z.strictObject({
    patch: z.string().optional().describe("The patch's text, as `git diff` prints it."),
    file: z.string().optional().describe("A file of the checkout that holds it."),
    "three-way": z.boolean().default(true).describe("Merge where the lines have moved."),
    "check-only": z.boolean().default(false).describe("Only say whether it would apply."),
  }),
  outputs: z.object({
    outcome: z.enum(["applied", "merged", "already-applied", "would-apply"]).describe("What became of it."),
    changed: z.boolean().describe("Whether files were written."),
    files: z.array(z.string()).describe("Files that the patch is about, sorted."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, inputs) {
    const { repo } = context;
    if ((inputs.patch === undefined) === (inputs.file === undefined))
      throw new StepFailed("give either `patch` or `file`");
    const text = inputs.patch ?? (await repo.readText(inputs.file ?? ""));
    if (text === undefined) throw new StepFailed(`there is no patch ${inputs.file}`);
    if (text.trim() === "") return { outcome: "already-applied" as const, changed: false, files: [] };
    // A YAML block may have lost the last line break, without which git calls the patch corrupt.
    const patch = text.endsWith("\n") ? text : `${text}\n`;

    const files = await filesOf(repo, patch);
    const plainly = await attempt(repo, ["apply", "--check", "-"], patch);
    if (plainly === undefined) {
      if (inputs["check-only"]) return { outcome: "would-apply" as const, changed: false, files };
      await repo.git(["apply", "-"], { input: patch });
      return { outcome: "applied" as const, changed: true, files };
    }
    if ((await attempt(repo, ["apply", "--check", "--reverse", "-"], patch)) === undefined) {
      return { outcome: "already-applied" as const, changed: false, files };
    }
    if (!inputs["three-way"]) throw new StepFailed(`the patch does not apply, nothing was changed: ${plainly}`);
    const edited = await repo.git(["--literal-pathspecs", "diff", "--name-only", "-z", "--", ...files]);
    if (edited !== "") {
      const list = edited
        .split("\0")
        .filter((path) => path !== "")
        .join(", ");
      throw new StepFailed(
        `the patch does not apply as it is, and ${list} has edits that are not staged, so it cannot be merged; nothing was changed: ${plainly}`,
      );
    }
    const conflict = await rehearseMerge(context, patch);
    if (conflict !== undefined) throw new StepFailed(`the patch does not apply, nothing was changed: ${conflict}`);
    if (inputs["check-only"]) return { outcome: "would-apply" as const, changed: false, files };
    await repo.git(["apply", "--3way", "-"], { input: patch });
    return { outcome: "merged" as const, changed: true, files };
  },
});

async function filesOf(repo: Repository, patch: string): Promise<string[]> {
  const stat = await attempt(repo, ["apply", "--numstat", "-z", "-"], patch, true);
  if (stat.failure !== undefined) throw new StepFailed(`the patch cannot be read: ${stat.failure}`);
  const files = stat.output.split("\0").flatMap((record) => {
    const path = record.split("\t")[2];
    return path === undefined || path === "" ? [] : [path];
  });
  return [...new Set(files)].sort();
}

/** Why git refuses; undefined when it does not. */
async function attempt(repo: Repository, args: readonly string[], input: string): Promise<string | undefined>;
async function attempt(
  repo: Repository,
  args: readonly string[],
  input: string,
  wantsOutput: true,
): Promise<{ readonly output: string; readonly failure: string | undefined }>;
async function attempt(repo: Repository, args: readonly string[], input: string, wantsOutput?: true) {
  try {
    const output = await repo.git(args, { input });
    return wantsOutput ? { output, failure: undefined } : undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const failure = (error.why ?? error.message).trim();
    return wantsOutput ? { output: "", failure } : failure;
  }
}

/**
 * `git apply --check --3way` answers yes to merges that end in conflict markers (git 2.39), so the merge is made in a copy
 * of the index, where only a whole one exits with 0.
 */
async function rehearseMerge(
  { repo, exec, signal }: ActionContext<"repo">,
  patch: string,
): Promise<string | undefined> {
  const index = resolve(repo.root, (await repo.git(["rev-parse", "--git-path", "index"])).trim());
  const folder = await mkdtemp(join(tmpdir(), "codeflow-apply-"));
  try {
    const copy = join(folder, "index");
    await copyFile(index, copy);
    const result = await exec({
      command: "env",
      args: [
        `GIT_INDEX_FILE=${copy}`,
        "LC_ALL=C",
        "git",
        "-c",
        "core.fsmonitor=false",
        "apply",
        "--cached",
        "--3way",
        "-",
      ],
      cwd: repo.root,
      input: patch,
      timeoutMs: 120_000,
      signal,
    });
    if (result.exitCode === 0) return undefined;
    const said = result.stderr.toString().trim().split("\n");
    return said.filter((line) => /^error:|conflict/i.test(line)).join("; ") || said.join("; ");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

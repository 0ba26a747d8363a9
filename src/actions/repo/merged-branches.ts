/** Which branches have nothing left to bring into another: merged, rebased or squashed there. */
import type { Repository } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";

export interface Branch {
  readonly name: string;
  readonly sha: string;
  /** ISO time of the newest commit. */
  readonly updatedAt: string;
  readonly author: string;
}

/** `merged`: its commit is there. `rebased`: each of its patches is. `squashed`: all of it is there as one commit. */
export type MergeKind = "merged" | "rebased" | "squashed";

/** Where branches are listed: of this clone, or as last fetched from a remote. */
export type BranchPlace = { readonly kind: "local" } | { readonly kind: "remote"; readonly remote: string };

/** Globs of branches that live on after they were merged: of releases, versions and published pages. */
export const lastingBranches = [
  "release/**",
  "releases/**",
  "maintenance/**",
  "support/**",
  "stable/**",
  "*-stable",
  "v[0-9]*",
  "[0-9]*.[0-9x]*",
  "gh-pages",
];

export async function listBranches(repo: Repository, place: BranchPlace): Promise<readonly Branch[]> {
  const prefix = place.kind === "local" ? "refs/heads/" : `refs/remotes/${place.remote}/`;
  const output = await repo.git([
    "for-each-ref",
    "--format=%(refname)%00%(objectname)%00%(committerdate:iso-strict)%00%(authorname)",
    prefix,
  ]);
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [ref = "", sha = "", date = "", author = ""] = line.split("\0");
      return { name: ref.slice(prefix.length), sha, updatedAt: new Date(date).toISOString(), author };
    })
    .filter(({ name }) => name !== "HEAD");
}

/** Branches that are checked out in any working tree of this clone. */
export async function checkedOutBranches(repo: Repository): Promise<ReadonlySet<string>> {
  const output = await repo.git(["worktree", "list", "--porcelain"]);
  return new Set([...output.matchAll(/^branch refs\/heads\/(.+)$/gm)].map((match) => match[1] ?? ""));
}

/** `historyLimit`: commits of the target that are looked at for a squashed branch, newest first. */
export function createMergeJudge(repo: Repository, target: string, historyLimit: number) {
  /** Where each patch and each tree came in last: 0 is the target's newest commit. Read once for all branches. */
  const patches = new Map<string, number>();
  const trees = new Map<string, number>();
  let read = 0;

  /** A chunk at a time: the patches of a long history are larger than a text can be. */
  async function readUntil(depth: number): Promise<void> {
    while (read < Math.min(depth, historyLimit)) {
      const chunk = Math.min(commitsPerChunk, historyLimit - read);
      const range = [`--max-count=${chunk}`, `--skip=${read}`, "--first-parent", target];
      const commits = (await repo.git(["log", "--format=%H %T", ...range])).split("\n").filter((line) => line !== "");
      if (commits.length === 0) return;
      const position = new Map<string, number>();
      for (const [index, line] of commits.entries()) {
        const [commit = "", tree = ""] = line.split(" ");
        position.set(commit, read + index);
        if (!trees.has(tree)) trees.set(tree, read + index);
      }
      const log = await repo.git(["log", "-p", "-m", "--format=commit %H", ...patchOptions, ...range]);
      for (const { id, commit } of await patchIds(log)) {
        const at = position.get(commit);
        if (at !== undefined && !patches.has(id)) patches.set(id, at);
      }
      read += commits.length;
    }
  }

  async function patchIds(patch: string): Promise<readonly { readonly id: string; readonly commit: string }[]> {
    if (patch.trim() === "") return [];
    const output = await repo.git(["patch-id", "--stable"], { input: patch });
    return output
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [id = "", commit = ""] = line.split(" ");
        return { id, commit };
      });
  }

  return async function judge(branch: string): Promise<MergeKind | undefined> {
    const base = await mergeBase(repo, target, branch);
    if (base === undefined) return undefined;
    const tip = (await repo.git(["rev-parse", `${branch}^{commit}`])).trim();
    if (base === tip) return "merged";
    const cherry = (await repo.git(["cherry", target, branch])).split("\n").filter((line) => line !== "");
    if (cherry.length > 0 && cherry.every((line) => line.startsWith("-"))) return "rebased";
    const whole = await patchIds(await repo.git(["diff", ...patchOptions, base, tip]));
    // Only what came in since they parted: an older commit with the same patch was taken back, and the branch brings it anew.
    const depth = Number((await repo.git(["rev-list", "--count", "--first-parent", `${base}..${target}`])).trim());
    await readUntil(depth);
    const isSince = (at: number | undefined): boolean => at !== undefined && at < depth;
    if (whole.some(({ id }) => isSince(patches.get(id)))) return "squashed";
    // A squash that was made when nothing else had happened leaves the very same tree, whatever the diff looks like.
    const tree = (await repo.git(["rev-parse", `${tip}^{tree}`])).trim();
    const baseTree = (await repo.git(["rev-parse", `${base}^{tree}`])).trim();
    return tree !== baseTree && isSince(trees.get(tree)) ? "squashed" : undefined;
  };
}

const commitsPerChunk = 100;

/** A person's settings would change the text that patch ids are made of. */
const patchOptions = ["--no-color", "--no-ext-diff", "--no-textconv", "--full-index", "--no-renames", "-U3"];

async function mergeBase(repo: Repository, a: string, b: string): Promise<string | undefined> {
  try {
    return (await repo.git(["merge-base", a, b])).split("\n")[0]?.trim();
  } catch (error) {
    // Git answers 1 for histories that never met.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

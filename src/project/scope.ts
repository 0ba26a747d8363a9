/** Which files a check is about, what they are compared with, and which lines changed. */
import type { CheckScope } from "../model/check-run.ts";
import { Failure } from "../model/failure.ts";
import { commitTree, indexTree, plainFolder, type Tree, workingTree } from "./checkout.ts";
import type { DiffEntry, Git, Repository, StatusEntry } from "./git.ts";
import { createLineMap, type LineMap } from "./line-map.ts";

export type ScopeRequest =
  | { readonly kind: "all" }
  | { readonly kind: "staged" }
  | { readonly kind: "changed"; readonly base: string | undefined };

export interface ResolvedScope {
  readonly scope: CheckScope;
  readonly head: Tree;
  /** Paths of `head` that the check is about. */
  readonly targets: ReadonlySet<string>;
  /** Absent for `all`. */
  readonly change:
    | {
        readonly base: Tree;
        readonly baseCommit: string | undefined;
        /** Paths of `base` that the change edits, moves or removes. */
        readonly baseTargets: ReadonlySet<string>;
        /** Old path to new path. */
        readonly renames: ReadonlyMap<string, string>;
        readonly lines: LineMap;
      }
    | undefined;
}

export async function resolveScope(
  git: Git,
  repository: Repository,
  request: ScopeRequest,
  /** GITHUB_BASE_REF, in CI. */
  ciBase: string | undefined,
  /** What differs on disk, when somebody asked already. */
  status: Promise<readonly StatusEntry[]> | undefined,
): Promise<ResolvedScope> {
  if (repository.worktree === undefined) {
    if (request.kind === "staged") {
      throw new Failure("CF220", "--staged needs a working tree", {
        why: `${repository.gitDirectory} is a bare repository`,
      });
    }
    const head = await commitTree(git, repository.head);
    if (request.kind === "all") return everything(head);
    const base = await findBase(git, repository, request.base, ciBase);
    return withChange(git, head, base, [base.commit, "HEAD"], {
      kind: "changed",
      base: base.commit,
      baseName: base.name,
    });
  }
  if (request.kind === "staged") {
    const headCommit = repository.head;
    const against = headCommit ?? (await emptyTree(git));
    const head = await indexTree(git);
    return withChange(git, head, { commit: headCommit, name: "HEAD" }, ["--cached", against], {
      kind: "staged",
      base: headCommit,
    });
  }
  if (request.kind === "changed") {
    const base = await findBase(git, repository, request.base, ciBase);
    const head = await workingTree(git, repository.worktree, status);
    return withChange(git, head, base, [base.commit], { kind: "changed", base: base.commit, baseName: base.name });
  }
  return everything(await workingTree(git, repository.worktree, status));
}

/** The scope of a folder outside git: all of it. */
export async function resolveFolder(root: string, request: ScopeRequest): Promise<ResolvedScope> {
  if (request.kind !== "all") {
    throw new Failure("CF221", `--${request.kind} needs a git repository`, {
      why: `${root} is not inside one`,
      next: "run codeflow check without it, or git init first",
    });
  }
  return everything(await plainFolder(root));
}

function everything(head: Tree): ResolvedScope {
  return { scope: { kind: "all" }, head, targets: new Set(head.entries.keys()), change: undefined };
}

async function withChange(
  git: Git,
  head: Tree,
  base: { readonly commit: string | undefined; readonly name: string },
  sides: readonly string[],
  scope: CheckScope,
): Promise<ResolvedScope> {
  // Of what is outside of a sparse checkout there is only one side here.
  const diff = (await git.diff(sides)).filter(({ path }) => head.unread?.has(path) !== true);
  const baseTree = await baseOf(git, head, diff, base.commit);
  const targets = new Set<string>();
  const baseTargets = new Set<string>();
  const renames = new Map<string, string>();
  const whole = new Set<string>();
  const patched: string[] = [];
  const add = (entry: Pick<DiffEntry, "status" | "path" | "oldPath">): void => {
    const inHead = head.entries.has(entry.path);
    if (inHead) targets.add(entry.path);
    if (entry.status === "R" && entry.oldPath !== undefined) {
      renames.set(entry.oldPath, entry.path);
      if (baseTree.entries.has(entry.oldPath)) baseTargets.add(entry.oldPath);
      if (inHead) patched.push(entry.oldPath, entry.path);
    } else if (entry.status === "A" || entry.status === "C") {
      if (inHead) whole.add(entry.path);
    } else {
      if (baseTree.entries.has(entry.path)) baseTargets.add(entry.path);
      if (inHead) patched.push(entry.path);
    }
  };
  for (const entry of diff) add(entry);
  // Untracked files are in the tree but in no diff.
  for (const path of head.untracked ?? []) add({ status: baseTree.entries.has(path) ? "M" : "A", path });
  const patch = patched.length === 0 ? "" : await git.patch(sides, patched.length > 500 ? [] : patched);
  return {
    scope,
    head,
    targets,
    change: { base: baseTree, baseCommit: base.commit, baseTargets, renames, lines: createLineMap(patch, whole) },
  };
}

/**
 * The base is the head with the change taken back: listing a commit of 14,000 files would cost more than everything
 * else that a hook does. Unmerged paths have no single old side there, so only then the commit itself is listed.
 */
async function baseOf(git: Git, head: Tree, diff: readonly DiffEntry[], commit: string | undefined): Promise<Tree> {
  if (commit === undefined || diff.some(({ status }) => status === "U")) return commitTree(git, commit);
  const entries = new Map(head.entries);
  for (const path of head.untracked ?? []) entries.delete(path);
  for (const { path } of diff) entries.delete(path);
  for (const { path, oldPath, oldMode, oldBlob, status } of diff) {
    if (status === "A" || status === "C" || oldBlob === undefined) continue;
    const old = oldPath ?? path;
    entries.set(old, { path: old, mode: oldMode, blob: oldBlob });
  }
  return { origin: "objects", root: undefined, entries };
}

async function emptyTree(git: Git): Promise<string> {
  return (await git.run(["hash-object", "-t", "tree", "--stdin"], "")).toString().trim();
}

async function findBase(
  git: Git,
  repository: Repository,
  requested: string | undefined,
  ciBase: string | undefined,
): Promise<{ readonly commit: string; readonly name: string }> {
  const { head } = repository;
  if (head === undefined) {
    throw new Failure("CF222", "there is nothing to compare with", {
      why: "this repository has no commits yet",
      next: "run codeflow check, or codeflow check --staged before the first commit",
    });
  }
  const candidates =
    requested !== undefined
      ? [requested, `origin/${requested}`]
      : ciBase !== undefined
        ? [`origin/${ciBase}`, ciBase]
        : await defaultBranches(git);
  for (const name of candidates) {
    const commit = await git.commit(name);
    if (commit === undefined) continue;
    const mergeBase = await git.mergeBase(commit, head);
    if (mergeBase !== undefined) return { commit: mergeBase, name };
    throw new Failure("CF223", `${name} and HEAD have no common commit here`, {
      why: repository.isShallow
        ? "this clone is shallow: the commit where they parted was not fetched"
        : "their histories are unrelated",
      next: repository.isShallow
        ? `git fetch --deepen=200 origin ${name.replace(/^origin\//, "")} (again until it is found), or fetch-depth: 0 in actions/checkout`
        : "name another base: codeflow check --changed BASE",
    });
  }
  throw new Failure(
    "CF224",
    requested === undefined ? "no base to compare with" : `there is no revision ${requested}`,
    {
      why:
        requested === undefined
          ? `none of ${candidates.join(", ")} exists here`
          : repository.isShallow
            ? "this clone is shallow and does not have it"
            : "git knows no commit of that name",
      next:
        requested === undefined
          ? "name one: codeflow check --changed BASE"
          : repository.isShallow
            ? `git fetch --depth=200 origin ${requested}`
            : "git branch -a lists what there is",
    },
  );
}

/** Names that may be the branch that work is merged into, best first. */
async function defaultBranches(git: Git): Promise<string[]> {
  const result = await git.attempt(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"]);
  const remoteHead = result.exitCode === 0 ? [result.stdout.toString().trim()] : [];
  return [...new Set([...remoteHead, "origin/main", "origin/master", "main", "master"])];
}

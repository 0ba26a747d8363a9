/** Commits, the pull requests they are in, and the comparison of two of them. */
import { bytes, ok, type Reply, type RepositoryCall } from "../http/call.ts";
import { type Route, repositoryRoute } from "../http/router.ts";
import { commitShape } from "../shapes/commits.ts";
import { repositoryApi, repositoryPage } from "../shapes/links.ts";
import { fileShape, simplePullShape } from "../shapes/pulls.ts";
import { diffTrees, rawDiff } from "../world/diff.ts";
import { emptyTree, git, listCommits, mergeBaseOf, resolveCommit } from "../world/git.ts";
import { pullCommits, pullsOf } from "../world/pulls.ts";
import { notFound, Refusal } from "../world/refusal.ts";
import { repositoryByName } from "../world/state.ts";

function requireCommit(call: RepositoryCall, name: string): string {
  const sha = resolveCommit(call.repository.gitDir, name);
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${name}`);
  return sha;
}

/** `branch`, `owner:branch` or `owner:repo:branch`, whose objects are fetched when they live in a fork. */
function compared(call: RepositoryCall, name: string): string {
  const parts = name.split(":");
  const ref = parts.at(-1) ?? name;
  if (parts.length > 1) {
    const owner = parts[0] ?? "";
    const repo = parts.length > 2 ? (parts[1] ?? "") : call.repository.name;
    const other = repositoryByName(call.world, `${owner}/${repo}`);
    const sha = other === undefined ? undefined : resolveCommit(other.gitDir, ref);
    if (other === undefined || sha === undefined) throw notFound();
    if (other !== call.repository) git(call.repository.gitDir, ["fetch", "--quiet", "--no-tags", other.gitDir, sha]);
    return sha;
  }
  const sha = resolveCommit(call.repository.gitDir, ref);
  if (sha === undefined) throw notFound();
  return sha;
}

function compare(call: RepositoryCall): Reply {
  const { world, repository } = call;
  const [baseName = "", headName = ""] = call.param("range").split("...");
  const base = compared(call, baseName);
  const head = compared(call, headName);
  const mergeBase = mergeBaseOf(repository.gitDir, base, head);
  if (mergeBase === undefined) throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
  if (/\.diff\b/.test(call.accept)) {
    return bytes(rawDiff(repository.gitDir, mergeBase, head), "application/vnd.github.diff; charset=utf-8");
  }
  const ahead = listCommits(repository.gitDir, ["--reverse", "--topo-order", `${base}..${head}`]);
  const behind = listCommits(repository.gitDir, [`${head}..${base}`]).length;
  const status = ahead.length === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged";
  const changes = diffTrees(repository.gitDir, mergeBase, head).slice(0, world.limits.compareFiles);
  const one = (sha: string) => {
    const [commit] = listCommits(repository.gitDir, ["-1", sha]);
    return commit === undefined ? null : commitShape(world, repository, commit);
  };
  const api = repositoryApi(world, repository, `/compare/${call.param("range")}`);
  const page = repositoryPage(world, repository, `/compare/${call.param("range")}`);
  // Files come with the first page only; the pages are of commits.
  const first = (Number(call.query.get("page") ?? 1) || 1) === 1;
  return call.page(
    ahead,
    (commit) => commitShape(world, repository, commit),
    (commits) => ({
      url: api,
      html_url: page,
      permalink_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      base_commit: one(base),
      merge_base_commit: one(mergeBase),
      status,
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits,
      ...(first ? { files: changes.map((change) => fileShape(world, repository, head, change)) } : {}),
    }),
  );
}

export const commitRoutes: readonly Route[] = [
  repositoryRoute("GET", "/compare/*range", "contents:read", compare),

  repositoryRoute("GET", "/commits", "contents:read", (call) => {
    const { world, repository, query } = call;
    const start = requireCommit(call, query.get("sha") ?? repository.defaultBranch);
    const filters = [
      ...(query.has("since") ? [`--since=${query.get("since")}`] : []),
      ...(query.has("until") ? [`--until=${query.get("until")}`] : []),
      ...(query.has("author") ? [`--author=${query.get("author")}`] : []),
    ];
    const paths = query.has("path") ? ["--", query.get("path") ?? ""] : [];
    const commits = listCommits(repository.gitDir, [...filters, start, ...paths]);
    return call.page(commits, (commit) => commitShape(world, repository, commit));
  }),

  repositoryRoute("GET", "/commits/:sha/pulls", "pull_requests:read", (call) => {
    const { world, repository } = call;
    const sha = requireCommit(call, call.param("sha"));
    const found = pullsOf(repository).filter(
      (issue) =>
        issue.pull.mergeCommitSha === sha || pullCommits(repository, issue).some((commit) => commit.sha === sha),
    );
    return call.page(found, (issue) => simplePullShape(world, repository, issue));
  }),

  repositoryRoute("GET", "/commits/:sha", "contents:read", (call) => {
    const { world, repository } = call;
    const sha = requireCommit(call, call.param("sha"));
    const [commit] = listCommits(repository.gitDir, ["-1", sha]);
    if (commit === undefined) throw notFound();
    if (/\.sha\b/.test(call.accept)) return bytes(sha, "application/vnd.github.sha; charset=utf-8");
    const from = commit.parents[0] ?? emptyTree;
    if (/\.diff\b/.test(call.accept)) {
      return bytes(rawDiff(repository.gitDir, from, sha), "application/vnd.github.diff; charset=utf-8");
    }
    const files = diffTrees(repository.gitDir, from, sha).slice(0, world.limits.compareFiles);
    return ok(commitShape(world, repository, commit, files));
  }),
];

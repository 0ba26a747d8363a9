/** Pull requests: open, list, change, read the diff, merge, ask for reviews. */
import * as z from "zod";
import { bytes, created, ok, type Reply, type RepositoryCall } from "../http/call.ts";
import { checkAuthor, type Route, repositoryRoute } from "../http/router.ts";
import { commitShape } from "../shapes/commits.ts";
import { fileShape, pullShape, simplePullShape } from "../shapes/pulls.ts";
import { userShape } from "../shapes/people.ts";
import { pullChanges } from "../world/anchors.ts";
import { rawDiff } from "../world/diff.ts";
import { git } from "../world/git.ts";
import { checkBody } from "../world/issues.ts";
import {
  closePull,
  computeMergeability,
  diffTooLarge,
  headLabel,
  mergePull,
  openPull,
  pullCommits,
  pullsOf,
  rebasePull,
  reopenPull,
} from "../world/pulls.ts";
import { requireChecks } from "../world/protection.ts";
import { Refusal, validationFailed } from "../world/refusal.ts";
import { isAtLeast, roleOf } from "../world/repositories.ts";
import { type PullIssue, type Repository, repositoryByName } from "../world/state.ts";

const NewPull = z.object({
  title: z.string(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  maintainer_can_modify: z.boolean().optional(),
  head_repo: z.string().optional(),
});
const PullChange = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
});
const Merge = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).optional(),
});
const Reviewers = z.object({
  reviewers: z.array(z.string()).optional(),
  team_reviewers: z.array(z.string()).optional(),
});

/** `branch` or `owner:branch`, in this repository or in the owner's fork of it. */
function headOf(call: RepositoryCall, head: string): { readonly repository: Repository; readonly ref: string } {
  const colon = head.indexOf(":");
  if (colon < 0) return { repository: call.repository, ref: head };
  const owner = head.slice(0, colon);
  const own = owner.toLowerCase() === call.repository.owner.login.toLowerCase();
  const repository = own ? call.repository : repositoryByName(call.world, `${owner}/${call.repository.name}`);
  if (repository === undefined) throw validationFailed({ resource: "PullRequest", field: "head", code: "invalid" });
  return { repository, ref: head.slice(colon + 1) };
}

function listed(call: RepositoryCall): PullIssue[] {
  const { query } = call;
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const base = query.get("base");
  const found = pullsOf(call.repository).filter(
    (issue) =>
      (state === "all" || issue.state === state) &&
      // A head without its owner filters nothing: a trap of the real API.
      (head === null || !head.includes(":") || headLabel(issue) === head) &&
      (base === null || issue.pull.baseRef === base),
  );
  if (query.get("sort") === "updated") found.sort((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime());
  return query.get("direction") === "asc" ? found : found.reverse();
}

function diffText(call: RepositoryCall, issue: PullIssue, type: "diff" | "patch"): Reply {
  const { world, repository } = call;
  const excess = diffTooLarge(world, repository, issue);
  if (excess !== undefined) {
    const advice = "Consider using 'List pull requests files' API or locally cloning the repository instead.";
    throw new Refusal(
      406,
      `Sorry, the diff exceeded the maximum number of ${excess.unit} (${excess.limit}). ${advice}`,
      [{ resource: "PullRequest", field: "diff", code: "too_large" }],
    );
  }
  const { mergeBase, headSha } = issue.pull;
  const text =
    type === "diff"
      ? rawDiff(repository.gitDir, mergeBase, headSha)
      : git(repository.gitDir, ["format-patch", "--stdout", `${mergeBase}..${headSha}`]);
  return bytes(text, `application/vnd.github.${type}; charset=utf-8`);
}

function change(call: RepositoryCall, issue: PullIssue): void {
  const input = call.read(PullChange);
  const { world, repository, user } = call;
  checkAuthor(call, issue.author);
  if (input.title === "") throw validationFailed({ resource: "PullRequest", field: "title", code: "missing_field" });
  if (typeof input.body === "string") checkBody(world, "PullRequest", input.body);
  issue.title = input.title ?? issue.title;
  if (input.body !== undefined) issue.body = input.body ?? "";
  issue.updatedAt = world.now();
  if (input.base !== undefined && input.base !== issue.pull.baseRef) {
    if (!repository.refs.has(`refs/heads/${input.base}`)) {
      throw validationFailed({ resource: "PullRequest", field: "base", code: "invalid" });
    }
    issue.pull.baseRef = input.base;
    rebasePull(world, repository, issue);
  }
  if (input.title !== undefined || input.body !== undefined || input.base !== undefined) {
    world.happened(repository, user, { event: "pull_request", action: "edited", issue });
  }
  if (input.state === "closed" && issue.state === "open") closePull(world, repository, issue, user);
  if (input.state === "open" && issue.state === "closed") reopenPull(world, repository, issue, user);
}

export const pullRoutes: readonly Route[] = [
  repositoryRoute("GET", "/pulls", "pull_requests:read", (call) =>
    call.page(listed(call), (issue) => simplePullShape(call.world, call.repository, issue)),
  ),

  repositoryRoute("POST", "/pulls", "pull_requests:open", (call) => {
    const input = call.read(NewPull);
    const head = headOf(call, input.head);
    const { token } = call.viewer;
    const mayOpen = token?.kind === "installation" || isAtLeast(roleOf(head.repository, call.user), "write");
    if (!mayOpen) throw validationFailed({ resource: "PullRequest", field: "head", code: "invalid" });
    const issue = openPull(call.world, call.repository, {
      ...call.speaker,
      title: input.title,
      body: input.body ?? "",
      headRepository: head.repository,
      headRef: head.ref,
      baseRef: input.base,
      draft: input.draft ?? false,
      maintainerCanModify: input.maintainer_can_modify ?? head.repository !== call.repository,
    });
    return created(pullShape(call.world, call.repository, issue));
  }),

  repositoryRoute("GET", "/pulls/:number", "pull_requests:read", (call) => {
    const issue = call.pull();
    if (/\.diff\b/.test(call.accept)) return diffText(call, issue, "diff");
    if (/\.patch\b/.test(call.accept)) return diffText(call, issue, "patch");
    const reply = ok(pullShape(call.world, call.repository, issue));
    // The first answer does not know yet; asking makes it find out.
    if (issue.pull.mergeable === null && issue.state === "open")
      computeMergeability(call.world, call.repository, issue);
    return reply;
  }),

  repositoryRoute("PATCH", "/pulls/:number", "pull_requests:open", (call) => {
    const issue = call.pull();
    change(call, issue);
    return ok(pullShape(call.world, call.repository, issue));
  }),

  repositoryRoute("GET", "/pulls/:number/files", "pull_requests:read", (call) => {
    const issue = call.pull();
    const changes = pullChanges(call.repository, issue).slice(0, call.world.limits.pullFiles);
    return call.page(changes, (each) => fileShape(call.world, call.repository, issue.pull.headSha, each));
  }),

  repositoryRoute("GET", "/pulls/:number/commits", "pull_requests:read", (call) => {
    const limit = 250;
    const commits = pullCommits(call.repository, call.pull()).slice(0, limit);
    return call.page(commits, (commit) => commitShape(call.world, call.repository, commit));
  }),

  repositoryRoute("GET", "/pulls/:number/merge", "pull_requests:read", (call) => {
    if (call.pull().pull.mergedAt === null) throw new Refusal(404, "Not Found");
    return { status: 204 };
  }),

  repositoryRoute("PUT", "/pulls/:number/merge", "contents:write", (call) => {
    const input = call.read(Merge);
    requireChecks(call.repository, call.pull());
    const sha = mergePull(call.world, call.repository, call.pull(), {
      by: call.user,
      method: input.merge_method ?? "merge",
      title: input.commit_title,
      message: input.commit_message,
      sha: input.sha,
    });
    return ok({ sha, merged: true, message: "Pull Request successfully merged" });
  }),

  repositoryRoute("GET", "/pulls/:number/requested_reviewers", "pull_requests:read", (call) => {
    const users = call.pull().pull.requestedReviewers;
    return ok({ users: users.map((user) => userShape(call.world, user)), teams: [] });
  }),

  repositoryRoute("POST", "/pulls/:number/requested_reviewers", "pull_requests:write", (call) => {
    const issue = call.pull();
    const { repository, world } = call;
    const input = call.read(Reviewers);
    // Nobody has teams here, so every name of one is wrong.
    if ((input.team_reviewers ?? []).length > 0)
      throw new Refusal(422, "Could not resolve to a node with the global id");
    const users = (input.reviewers ?? []).map((login) => {
      const user = world.users.get(login.toLowerCase());
      if (user === issue.author) throw new Refusal(422, "Review cannot be requested from pull request author.");
      const collaborates =
        user !== undefined && (user === repository.owner || repository.collaborators.has(login.toLowerCase()));
      if (user === undefined || !collaborates) {
        const text = "Reviews may only be requested from collaborators.";
        throw new Refusal(422, `${text} One or more of the users or teams you specified is not a collaborator.`);
      }
      return user;
    });
    issue.pull.requestedReviewers = [...new Set([...issue.pull.requestedReviewers, ...users])];
    world.happened(repository, call.user, { event: "pull_request", action: "review_requested", issue });
    return created(simplePullShape(world, repository, issue));
  }),

  repositoryRoute("DELETE", "/pulls/:number/requested_reviewers", "pull_requests:write", (call) => {
    const issue = call.pull();
    const gone = (call.read(Reviewers).reviewers ?? []).map((login) => login.toLowerCase());
    issue.pull.requestedReviewers = issue.pull.requestedReviewers.filter(
      (user) => !gone.includes(user.login.toLowerCase()),
    );
    return ok(simplePullShape(call.world, call.repository, issue));
  }),
];

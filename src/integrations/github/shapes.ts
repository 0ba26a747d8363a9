/** What is read of GitHub's answers, checked on arrival, and its translation into the model. */
import * as z from "zod";
import type { HostComment, HostPullRequest, HostUser } from "../../model/code-host.ts";

export const UserShape = z.object({ login: z.string(), type: z.string().optional() }).nullish();

/** Accounts that are gone show as `ghost`, as on GitHub's own pages. */
export function userOf(user: z.infer<typeof UserShape>): HostUser {
  const login = user?.login ?? "ghost";
  return { login, isBot: user?.type === "Bot" || login.endsWith("[bot]") };
}

export const LabelName = z.union([
  z.string(),
  z.object({ name: z.string().nullish() }).transform(({ name }) => name ?? ""),
]);

export const RepositoryShape = z.object({
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string(),
  private: z.boolean(),
  archived: z.boolean().optional(),
  html_url: z.string(),
  clone_url: z.string(),
});

const count = z.number().optional();

export const PullShape = z.object({
  node_id: z.string(),
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  draft: z.boolean().optional(),
  merged: z.boolean().optional(),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  user: UserShape,
  author_association: z.string().optional(),
  head: z.object({
    ref: z.string(),
    sha: z.string(),
    repo: z.object({ full_name: z.string() }).nullish(),
  }),
  base: z.object({ ref: z.string(), sha: z.string(), repo: z.object({ full_name: z.string() }).nullish() }),
  labels: z.array(LabelName).optional(),
  assignees: z.array(z.object({ login: z.string() })).nullish(),
  requested_reviewers: z.array(z.object({ login: z.string() })).nullish(),
  requested_teams: z.array(z.object({ slug: z.string() })).nullish(),
  mergeable: z.boolean().nullish(),
  mergeable_state: z.string().optional(),
  auto_merge: z.object({}).nullish(),
  additions: count,
  deletions: count,
  changed_files: count,
  created_at: z.string(),
  updated_at: z.string(),
  html_url: z.string(),
});
export type PullShape = z.infer<typeof PullShape>;

export function pullOf(pull: PullShape): HostPullRequest {
  const isMerged = pull.merged ?? typeof pull.merged_at === "string";
  const from = pull.head.repo?.full_name;
  return {
    number: pull.number,
    title: pull.title,
    body: pull.body ?? "",
    state: pull.state,
    isMerged,
    isDraft: pull.draft ?? false,
    author: userOf(pull.user),
    authorAssociation: pull.author_association ?? "NONE",
    head: { branch: pull.head.ref, sha: pull.head.sha, repository: from },
    base: { branch: pull.base.ref, sha: pull.base.sha },
    // A fork that was deleted leaves no name.
    isFork: from === undefined || from.toLowerCase() !== pull.base.repo?.full_name.toLowerCase(),
    labels: pull.labels ?? [],
    assignees: (pull.assignees ?? []).map(({ login }) => login),
    requestedReviewers: (pull.requested_reviewers ?? []).map(({ login }) => login),
    requestedTeams: (pull.requested_teams ?? []).map(({ slug }) => slug),
    isMergeable: pull.mergeable ?? undefined,
    mergeState: pull.mergeable_state ?? "unknown",
    hasAutoMerge: pull.auto_merge !== null && pull.auto_merge !== undefined,
    additions: pull.additions ?? 0,
    deletions: pull.deletions ?? 0,
    changedFiles: pull.changed_files ?? 0,
    createdAt: pull.created_at,
    updatedAt: pull.updated_at,
    ...(typeof pull.merged_at === "string" ? { mergedAt: pull.merged_at } : {}),
    // Before the merge it is the commit of a trial.
    ...(isMerged && typeof pull.merge_commit_sha === "string" ? { mergeCommit: pull.merge_commit_sha } : {}),
    url: pull.html_url,
  };
}

export const CommentShape = z.object({
  id: z.number(),
  body: z.string().nullish(),
  user: UserShape,
  created_at: z.string(),
  updated_at: z.string(),
  html_url: z.string(),
  author_association: z.string().optional(),
});

export function commentOf(comment: z.infer<typeof CommentShape>): HostComment {
  return {
    id: comment.id,
    author: userOf(comment.user),
    body: comment.body ?? "",
    createdAt: comment.created_at,
    updatedAt: comment.updated_at,
    url: comment.html_url,
    authorAssociation: comment.author_association ?? "NONE",
  };
}

/** GitHub keeps texts as they are but for line ends. */
export function isSameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.replaceAll("\r\n", "\n").trimEnd();
  return plain(a) === plain(b);
}

/** Issues and their comments as the API shows them. */
import type { RestEndpointMethodTypes as Rest } from "@octokit/rest";
import { timestamp } from "../world/git.ts";
import { nodeId } from "../world/ids.ts";
import { commentsOf, findLabel } from "../world/issues.ts";
import { associationOf } from "../world/repositories.ts";
import type { Issue, IssueComment, Repository, World } from "../world/state.ts";
import { issuePage, repositoryApi } from "./links.ts";
import { labelShape, milestoneShape, nullableUser, reactionCounts, userShape, viaApp } from "./people.ts";

type IssueShape = Rest["issues"]["get"]["response"]["data"];
type CommentShape = Rest["issues"]["getComment"]["response"]["data"];

export function labelsOf(world: World, repository: Repository, issue: Issue) {
  return issue.labels.flatMap((name) => {
    const label = findLabel(repository, name);
    return label === undefined ? [] : [labelShape(world, repository, label)];
  });
}

export function issueShape(world: World, repository: Repository, issue: Issue): IssueShape {
  const url = repositoryApi(world, repository, `/issues/${issue.number}`);
  const page = issuePage(world, repository, issue);
  const pullUrl = repositoryApi(world, repository, `/pulls/${issue.number}`);
  return {
    id: issue.id,
    node_id: nodeId(issue.pull === undefined ? "I" : "PR", issue.pull?.id ?? issue.id),
    url,
    repository_url: repositoryApi(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: page,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body === "" ? null : issue.body,
    user: userShape(world, issue.author),
    labels: labelsOf(world, repository, issue),
    assignee: nullableUser(world, issue.assignees[0] ?? null),
    assignees: issue.assignees.map((user) => userShape(world, user)),
    milestone: issue.milestone === null ? null : milestoneShape(world, repository, issue.milestone),
    locked: issue.locked,
    active_lock_reason: issue.lockReason,
    comments: commentsOf(repository, issue).length,
    ...(issue.pull === undefined
      ? {}
      : {
          draft: issue.pull.draft,
          pull_request: {
            url: pullUrl,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: issue.pull.mergedAt === null ? null : timestamp(issue.pull.mergedAt),
          },
        }),
    closed_at: issue.closedAt === null ? null : timestamp(issue.closedAt),
    closed_by: nullableUser(world, issue.closedBy),
    created_at: timestamp(issue.createdAt),
    updated_at: timestamp(issue.updatedAt),
    author_association: associationOf(repository, issue.author),
    reactions: reactionCounts(url, issue.reactions),
    performed_via_github_app: viaApp(world, issue),
  };
}

export function commentShape(world: World, repository: Repository, comment: IssueComment): CommentShape {
  const url = repositoryApi(world, repository, `/issues/comments/${comment.id}`);
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url,
    html_url: `${issuePage(world, repository, comment.issue)}#issuecomment-${comment.id}`,
    issue_url: repositoryApi(world, repository, `/issues/${comment.issue.number}`),
    body: comment.body,
    user: userShape(world, comment.author),
    created_at: timestamp(comment.createdAt),
    updated_at: timestamp(comment.updatedAt),
    author_association: associationOf(repository, comment.author),
    reactions: reactionCounts(url, comment.reactions),
    performed_via_github_app: viaApp(world, comment),
  };
}

/** Issues and the conversation below them; pull requests are issues too. */
import { bodyTooLong, Refusal, validationFailed } from "./refusal.ts";
import type { Issue, IssueComment, Pull, Remark, Repository, User, World } from "./state.ts";

/** GitHub counts characters, not bytes. */
export function checkBody(world: World, resource: string, body: string): void {
  if ([...body].length > world.limits.bodyCharacters) throw bodyTooLong(resource, world.limits.bodyCharacters);
}

export function newRemark(world: World, author: User, body: string, appSlug?: string): Remark {
  const now = world.now();
  const remark = { id: world.nextId(), author, body, createdAt: now, updatedAt: now, reactions: [] };
  return appSlug === undefined ? remark : { ...remark, appSlug };
}

export interface NewIssue {
  readonly author: User;
  readonly title: string;
  readonly body: string;
  readonly labels?: readonly string[];
  readonly assignees?: readonly User[];
  readonly appSlug?: string;
  readonly pull?: Pull;
}

export function newIssue(world: World, repository: Repository, wanted: NewIssue): Issue {
  checkBody(world, wanted.pull === undefined ? "Issue" : "PullRequest", wanted.body);
  const issue: Issue = {
    ...newRemark(world, wanted.author, wanted.body, wanted.appSlug),
    number: repository.issues.size + 1,
    title: wanted.title,
    state: "open",
    stateReason: null,
    locked: false,
    lockReason: null,
    labels: [],
    assignees: [...(wanted.assignees ?? [])],
    milestone: null,
    closedAt: null,
    closedBy: null,
    ...(wanted.pull === undefined ? {} : { pull: wanted.pull }),
  };
  repository.issues.set(issue.number, issue);
  addLabels(world, repository, issue, wanted.labels ?? []);
  if (wanted.pull === undefined)
    world.happened(repository, wanted.author, { event: "issues", action: "opened", issue });
  return issue;
}

/** Labels that the repository does not know are made on the way, grey, as GitHub does. */
export function addLabels(world: World, repository: Repository, issue: Issue, names: readonly string[]): void {
  for (const name of names) {
    const known = findLabel(repository, name);
    if (known === undefined) repository.labels.push({ id: world.nextId(), name, color: "ededed", description: null });
    const spelled = known?.name ?? name;
    if (!issue.labels.includes(spelled)) issue.labels.push(spelled);
  }
}

/** Label names differ by more than case. */
export function findLabel(repository: Repository, name: string): Repository["labels"][number] | undefined {
  return repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
}

export function addComment(
  world: World,
  repository: Repository,
  issue: Issue,
  said: { readonly author: User; readonly body: string; readonly appSlug?: string },
): IssueComment {
  if (said.body.trim() === "") {
    const message = "Body cannot be blank";
    throw new Refusal(422, "Validation Failed", [
      { resource: "IssueComment", code: "unprocessable", field: "data", message },
    ]);
  }
  checkBody(world, "IssueComment", said.body);
  const comment = { ...newRemark(world, said.author, said.body, said.appSlug), issue };
  repository.comments.set(comment.id, comment);
  issue.updatedAt = world.now();
  world.happened(repository, said.author, { event: "issue_comment", action: "created", comment });
  return comment;
}

/** Editing keeps everything but the text and the time. */
export function editRemark(world: World, resource: string, remark: Remark, body: string): void {
  if (body.trim() === "") throw validationFailed({ resource, field: "body", code: "missing_field" });
  checkBody(world, resource, body);
  remark.body = body;
  // A comment edited within the second in which it was made still counts as edited.
  remark.updatedAt = world.now();
}

export function commentsOf(repository: Repository, issue: Issue): IssueComment[] {
  return [...repository.comments.values()].filter((comment) => comment.issue === issue);
}

export function setIssueState(
  world: World,
  repository: Repository,
  issue: Issue,
  by: User,
  state: "open" | "closed",
  reason: Issue["stateReason"] | undefined,
): void {
  const changed = issue.state !== state;
  issue.state = state;
  if (state === "closed") {
    issue.stateReason = reason ?? (changed ? "completed" : issue.stateReason);
    issue.closedAt = changed ? world.now() : issue.closedAt;
    issue.closedBy = changed ? by : issue.closedBy;
  } else {
    issue.stateReason = changed ? "reopened" : issue.stateReason;
    issue.closedAt = null;
    issue.closedBy = null;
  }
  issue.updatedAt = world.now();
  if (!changed) return;
  const action = state === "closed" ? "closed" : "reopened";
  world.happened(repository, by, { event: "issues", action, issue });
}

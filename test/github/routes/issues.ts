/** Issues: make, list, change, lock, assign. */
import * as z from "zod";
import { created, noContent, ok, type RepositoryCall } from "../http/call.ts";
import { checkAuthor, type Route, repositoryRoute } from "../http/router.ts";
import { issueShape } from "../shapes/issues.ts";
import { addLabels, checkBody, newIssue, setIssueState } from "../world/issues.ts";
import { closePull, reopenPull } from "../world/pulls.ts";
import { Refusal, validationFailed } from "../world/refusal.ts";
import { isAtLeast, roleOf } from "../world/repositories.ts";
import { isPullIssue, type Issue, type User } from "../world/state.ts";

const Labels = z.array(z.union([z.string(), z.object({ name: z.string() }).transform((label) => label.name)]));
const NewIssue = z.object({
  title: z.union([z.string(), z.number()]),
  body: z.string().nullish(),
  labels: Labels.optional(),
  assignee: z.string().nullish(),
  assignees: z.array(z.string()).optional(),
  milestone: z.number().nullish(),
});
const IssueChange = z.object({
  title: z.string().nullish(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.enum(["completed", "not_planned", "duplicate", "reopened"]).nullish(),
  labels: Labels.optional(),
  assignees: z.array(z.string()).optional(),
  milestone: z.number().nullish(),
});
const Lock = z.object({ lock_reason: z.enum(["off-topic", "too heated", "resolved", "spam"]).optional() });
const Assignees = z.object({ assignees: z.array(z.string()).optional() });

/** Issues and comments take labels and assignees only from those who may triage; others' are dropped silently. */
function mayTriage(call: RepositoryCall): boolean {
  return call.viewer.token?.kind === "installation" || isAtLeast(roleOf(call.repository, call.viewer.user), "triage");
}

/** Who cannot be assigned is refused on an issue's making and left out, silently, on a later addition. */
function assignable(call: RepositoryCall, logins: readonly string[], strict: boolean): User[] {
  return logins.flatMap((login) => {
    const user = call.world.users.get(login.toLowerCase());
    if (user !== undefined && isAtLeast(roleOf(call.repository, user), "triage")) return [user];
    if (strict) throw validationFailed({ resource: "Issue", field: "assignees", code: "invalid", value: login });
    return [];
  });
}

function setMilestone(call: RepositoryCall, issue: Issue, number: number | null): void {
  const milestone = call.repository.milestones.find((each) => each.number === number) ?? null;
  if (number !== null && milestone === null) {
    throw validationFailed({ resource: "Issue", field: "milestone", code: "invalid", value: number });
  }
  issue.milestone = milestone;
}

function listed(call: RepositoryCall): Issue[] {
  const { query } = call;
  const state = query.get("state") ?? "open";
  const labels = (query.get("labels") ?? "").toLowerCase().split(",").filter(Boolean);
  const since = query.get("since");
  const creator = query.get("creator")?.toLowerCase();
  const assignee = query.get("assignee")?.toLowerCase();
  const found = [...call.repository.issues.values()].filter(
    (issue) =>
      (state === "all" || issue.state === state) &&
      labels.every((label) => issue.labels.some((each) => each.toLowerCase() === label)) &&
      (since === null || issue.updatedAt >= new Date(since)) &&
      (creator === undefined || issue.author.login.toLowerCase() === creator) &&
      (assignee === undefined || assignedTo(issue, assignee)),
  );
  const byUpdate = query.get("sort") === "updated";
  found.sort((a, b) => (byUpdate ? a.updatedAt.getTime() - b.updatedAt.getTime() : 0) || a.number - b.number);
  return query.get("direction") === "asc" ? found : found.reverse();
}

function assignedTo(issue: Issue, assignee: string): boolean {
  if (assignee === "none") return issue.assignees.length === 0;
  if (assignee === "*") return issue.assignees.length > 0;
  return issue.assignees.some((user) => user.login.toLowerCase() === assignee);
}

function change(call: RepositoryCall, issue: Issue): void {
  const input = call.read(IssueChange);
  const { world, repository, user } = call;
  if (!mayTriage(call)) checkAuthor(call, issue.author);
  if (typeof input.body === "string") checkBody(world, "Issue", input.body);
  const reopened = input.state_reason === "reopened" || input.state_reason === null;
  if (input.state === "closed" && input.state_reason === "reopened") {
    throw validationFailed({ resource: "Issue", field: "state_reason", code: "invalid" });
  }
  if (input.title === "") throw validationFailed({ resource: "Issue", field: "title", code: "missing_field" });
  if (typeof input.title === "string") issue.title = input.title;
  if (input.body !== undefined) issue.body = input.body ?? "";
  if (input.labels !== undefined && mayTriage(call)) {
    issue.labels = [];
    addLabels(world, repository, issue, input.labels);
  }
  if (input.assignees !== undefined) issue.assignees = assignable(call, input.assignees, true);
  if (input.milestone !== undefined) setMilestone(call, issue, input.milestone);
  issue.updatedAt = world.now();
  if (input.state !== undefined) {
    if (!isPullIssue(issue)) {
      setIssueState(world, repository, issue, user, input.state, reopened ? undefined : input.state_reason);
    } else if (input.state !== issue.state) {
      (input.state === "closed" ? closePull : reopenPull)(world, repository, issue, user);
    }
  }
  if (!isPullIssue(issue)) world.happened(repository, user, { event: "issues", action: "edited", issue });
}

export const issueRoutes: readonly Route[] = [
  repositoryRoute("GET", "/issues", "issues:read", (call) =>
    call.page(listed(call), (issue) => issueShape(call.world, call.repository, issue)),
  ),

  repositoryRoute("POST", "/issues", "issues:open", (call) => {
    const input = call.read(NewIssue);
    if (input.title === "") throw validationFailed({ resource: "Issue", field: "title", code: "missing_field" });
    const { world, repository } = call;
    const triage = mayTriage(call);
    const logins = input.assignees ?? (typeof input.assignee === "string" ? [input.assignee] : []);
    const issue = newIssue(world, repository, {
      ...call.speaker,
      title: String(input.title),
      body: input.body ?? "",
      labels: triage ? (input.labels ?? []) : [],
      assignees: triage ? assignable(call, logins, true) : [],
    });
    if (triage && typeof input.milestone === "number") setMilestone(call, issue, input.milestone);
    return created(issueShape(world, repository, issue));
  }),

  repositoryRoute("GET", "/issues/:number", "issues|pull_requests:read", (call) =>
    ok(issueShape(call.world, call.repository, call.issue())),
  ),

  repositoryRoute("PATCH", "/issues/:number", "issues|pull_requests:open", (call) => {
    const issue = call.issue();
    change(call, issue);
    return ok(issueShape(call.world, call.repository, issue));
  }),

  repositoryRoute("PUT", "/issues/:number/lock", "issues|pull_requests:triage", (call) => {
    const issue = call.issue();
    issue.lockReason = call.read(Lock).lock_reason ?? null;
    issue.locked = true;
    return noContent;
  }),

  repositoryRoute("DELETE", "/issues/:number/lock", "issues|pull_requests:triage", (call) => {
    const issue = call.issue();
    issue.locked = false;
    issue.lockReason = null;
    return noContent;
  }),

  repositoryRoute("POST", "/issues/:number/assignees", "issues|pull_requests:triage", (call) => {
    const issue = call.issue();
    const added = assignable(call, call.read(Assignees).assignees ?? [], false);
    issue.assignees = [...new Set([...issue.assignees, ...added])].slice(0, 10);
    return created(issueShape(call.world, call.repository, issue));
  }),

  repositoryRoute("DELETE", "/issues/:number/assignees", "issues|pull_requests:triage", (call) => {
    const issue = call.issue();
    const gone = (call.read(Assignees).assignees ?? []).map((login) => login.toLowerCase());
    issue.assignees = issue.assignees.filter((user) => !gone.includes(user.login.toLowerCase()));
    return ok(issueShape(call.world, call.repository, issue));
  }),
];

/** A locked conversation is closed to all but those who can write. */
export function checkUnlocked(call: RepositoryCall, issue: Issue): void {
  if (!issue.locked || call.viewer.token?.kind === "installation") return;
  if (isAtLeast(roleOf(call.repository, call.viewer.user), "write")) return;
  throw new Refusal(403, "Unable to create comment because issue is locked.");
}

/** Labels of repositories and issues, and milestones. */
import * as z from "zod";
import { created, noContent, ok, type Reply, type RepositoryCall } from "../http/call.ts";
import { type Route, repositoryRoute } from "../http/router.ts";
import { labelsOf } from "../shapes/issues.ts";
import { labelShape, milestoneShape } from "../shapes/people.ts";
import { addLabels, findLabel } from "../world/issues.ts";
import { notFound, validationFailed } from "../world/refusal.ts";
import { isPullIssue, type Issue, type Label } from "../world/state.ts";

const NewLabel = z.object({
  name: z.string(),
  color: z.string().optional(),
  description: z.string().nullish(),
});
const LabelChange = z.object({
  new_name: z.string().optional(),
  color: z.string().optional(),
  description: z.string().nullish(),
});
/** Clients send `{ labels: [...] }`, a bare list, or objects with a name. */
const LabelName = z.union([z.string(), z.object({ name: z.string() }).transform((label) => label.name)]);
const LabelNames = z.union([z.array(LabelName), z.object({ labels: z.array(LabelName) }).transform((it) => it.labels)]);

const maxDescription = 100;

function checkLabel(label: {
  readonly color?: string | undefined;
  readonly description?: string | null | undefined;
}): void {
  if (label.color !== undefined && !/^[0-9a-f]{6}$/i.test(label.color)) {
    throw validationFailed({ resource: "Label", field: "color", code: "invalid" });
  }
  if ((label.description ?? "").length > maxDescription) {
    const message = `description is too long (maximum is ${maxDescription} characters)`;
    throw validationFailed({ resource: "Label", field: "description", code: "custom", message });
  }
}

function requireLabel(call: RepositoryCall): Label {
  const label = findLabel(call.repository, call.param("name"));
  if (label === undefined) throw notFound();
  return label;
}

function labelled(call: RepositoryCall, issue: Issue): Reply {
  issue.updatedAt = call.world.now();
  return ok(labelsOf(call.world, call.repository, issue));
}

function told(call: RepositoryCall, issue: Issue, action: "labeled" | "unlabeled"): void {
  if (isPullIssue(issue)) {
    call.world.happened(call.repository, call.user, { event: "pull_request", action, issue });
  } else {
    call.world.happened(call.repository, call.user, { event: "issues", action, issue });
  }
}

export const labelRoutes: readonly Route[] = [
  repositoryRoute("GET", "/labels", "issues|pull_requests:read", (call) =>
    call.page(call.repository.labels, (label) => labelShape(call.world, call.repository, label)),
  ),

  repositoryRoute("POST", "/labels", "issues|pull_requests:write", (call) => {
    const input = call.read(NewLabel);
    checkLabel(input);
    if (findLabel(call.repository, input.name) !== undefined) {
      throw validationFailed({ resource: "Label", code: "already_exists", field: "name" });
    }
    const label: Label = {
      id: call.world.nextId(),
      name: input.name,
      color: (input.color ?? "ededed").toLowerCase(),
      description: input.description ?? null,
    };
    call.repository.labels.push(label);
    return created(labelShape(call.world, call.repository, label));
  }),

  repositoryRoute("GET", "/labels/:name", "issues|pull_requests:read", (call) =>
    ok(labelShape(call.world, call.repository, requireLabel(call))),
  ),

  repositoryRoute("PATCH", "/labels/:name", "issues|pull_requests:write", (call) => {
    const input = call.read(LabelChange);
    checkLabel(input);
    const label = requireLabel(call);
    const old = label.name;
    label.name = input.new_name ?? label.name;
    label.color = input.color ?? label.color;
    if (input.description !== undefined) label.description = input.description;
    for (const issue of call.repository.issues.values()) {
      issue.labels = issue.labels.map((name) => (name === old ? label.name : name));
    }
    return ok(labelShape(call.world, call.repository, label));
  }),

  repositoryRoute("DELETE", "/labels/:name", "issues|pull_requests:write", (call) => {
    const label = requireLabel(call);
    call.repository.labels.splice(call.repository.labels.indexOf(label), 1);
    for (const issue of call.repository.issues.values()) {
      issue.labels = issue.labels.filter((name) => name !== label.name);
    }
    return noContent;
  }),

  repositoryRoute("GET", "/issues/:number/labels", "issues|pull_requests:read", (call) =>
    call.page(labelsOf(call.world, call.repository, call.issue()), (label) => label),
  ),

  repositoryRoute("POST", "/issues/:number/labels", "issues|pull_requests:triage", (call) => {
    const issue = call.issue();
    addLabels(call.world, call.repository, issue, call.read(LabelNames));
    told(call, issue, "labeled");
    return labelled(call, issue);
  }),

  repositoryRoute("PUT", "/issues/:number/labels", "issues|pull_requests:triage", (call) => {
    const issue = call.issue();
    const names = call.read(LabelNames);
    issue.labels = [];
    addLabels(call.world, call.repository, issue, names);
    told(call, issue, "labeled");
    return labelled(call, issue);
  }),

  repositoryRoute("DELETE", "/issues/:number/labels", "issues|pull_requests:triage", (call) => {
    const issue = call.issue();
    issue.labels = [];
    told(call, issue, "unlabeled");
    return noContent;
  }),

  repositoryRoute("DELETE", "/issues/:number/labels/:name", "issues|pull_requests:triage", (call) => {
    const issue = call.issue();
    const name = call.param("name").toLowerCase();
    if (!issue.labels.some((each) => each.toLowerCase() === name)) throw notFound();
    issue.labels = issue.labels.filter((each) => each.toLowerCase() !== name);
    told(call, issue, "unlabeled");
    return labelled(call, issue);
  }),

  repositoryRoute("GET", "/milestones", "issues|pull_requests:read", (call) =>
    call.page(call.repository.milestones, (milestone) => milestoneShape(call.world, call.repository, milestone)),
  ),

  repositoryRoute("POST", "/milestones", "issues|pull_requests:write", (call) => {
    const input = call.read(z.object({ title: z.string() }));
    const { world, repository } = call;
    const milestone = {
      id: world.nextId(),
      number: repository.milestones.length + 1,
      title: input.title,
      state: "open" as const,
      creator: call.user,
      createdAt: world.now(),
    };
    repository.milestones.push(milestone);
    return created(milestoneShape(world, repository, milestone));
  }),
];

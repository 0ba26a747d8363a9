/** GitHub's deliveries as trigger events: every payload is accepted or ignored, none is thrown at. Pure. */
import type { SlashCommand, TriggerEvent } from "../model/event.ts";
import { findCommand } from "../model/slash-commands.ts";

type Json = Readonly<Record<string, unknown>>;
type Parts = Partial<Omit<TriggerEvent, "payload">>;

/** Undefined for what starts nothing: other events, deleted branches. `name` is that of the delivery's header. */
export function eventFromPayload(githubEventName: string, payload: unknown): TriggerEvent | undefined {
  if (!isObject(payload)) return undefined;
  const parts = partsOf(githubEventName, payload);
  if (parts?.name === undefined) return undefined;
  const { name, ...rest } = parts;
  const sender = objectAt(payload, "sender");
  const actor = textAt(sender, "login");
  const isBot = textAt(sender, "type") === "Bot" || actor?.endsWith("[bot]") === true;
  return withoutUndefined({
    name,
    action:
      rest.action ??
      (name === "push" || name === "manual" || name === "schedule" ? undefined : textAt(payload, "action")),
    actor,
    isBot: actor === undefined ? undefined : isBot,
    repository: repositoryOf(payload),
    ...rest,
    payload,
  });
}

function partsOf(event: string, payload: Json): Parts | undefined {
  switch (event) {
    case "pull_request":
    case "pull_request_target":
      return { name: "pull_request", ...pullRequestParts(objectAt(payload, "pull_request")) };
    case "pull_request_review":
      return {
        name: "pull_request_review",
        ...pullRequestParts(objectAt(payload, "pull_request")),
        ...authorOf(objectAt(payload, "review")),
      };
    case "pull_request_review_comment":
      return {
        name: "pull_request_review_comment",
        ...pullRequestParts(objectAt(payload, "pull_request")),
        ...commentParts(payload),
      };
    case "issue_comment":
      return { name: "issue_comment", ...issueParts(objectAt(payload, "issue")), ...commentParts(payload) };
    case "issues":
      return { name: "issues", ...issueParts(objectAt(payload, "issue")) };
    case "label": {
      const name = textAt(objectAt(payload, "label"), "name");
      return { name: "label", ...(name === undefined ? {} : { labels: [name] }) };
    }
    case "push":
      return pushParts(payload);
    case "create":
    case "delete": {
      const tag = textAt(payload, "ref");
      // Branches that come and go are pushes.
      if (textAt(payload, "ref_type") !== "tag" || tag === undefined) return undefined;
      return { name: "tag", action: event === "create" ? "created" : "deleted", tag };
    }
    case "check_suite":
      return checkSuiteParts(objectAt(payload, "check_suite"));
    case "manual":
    case "workflow_dispatch":
      return { name: "manual", ...refParts(textAt(payload, "ref")) };
    case "schedule":
      return { name: "schedule", ...maybe("scheduledFor", textAt(payload, "scheduled_for")) };
    case "codeflow":
      return {
        name: "codeflow",
        ...maybe("branch", textAt(payload, "branch")),
        ...maybe("sha", textAt(payload, "sha")),
      };
    default:
      return undefined;
  }
}

function pullRequestParts(pullRequest: Json | undefined): Parts {
  const number = numberAt(pullRequest, "number");
  const head = objectAt(pullRequest, "head");
  const base = objectAt(pullRequest, "base");
  if (pullRequest === undefined || number === undefined) return {};
  const headRepository = objectAt(head, "repo");
  const headId = numberAt(headRepository, "id");
  const baseId = numberAt(objectAt(base, "repo"), "id");
  const headSha = textAt(head, "sha");
  return withoutUndefined({
    branch: textAt(base, "ref"),
    sha: headSha,
    labels: labelsOf(pullRequest),
    ...authorOf(pullRequest),
    pullRequest: withoutUndefined({
      number,
      headBranch: textAt(head, "ref"),
      headSha,
      baseSha: textAt(base, "sha"),
      // A head whose repository is gone, or not said, is a stranger's.
      isFork: head === undefined ? undefined : headId === undefined || baseId === undefined || headId !== baseId,
      isDraft: booleanAt(pullRequest, "draft"),
    }),
  });
}

function issueParts(issue: Json | undefined): Parts {
  const number = numberAt(issue, "number");
  if (issue === undefined || number === undefined) return {};
  const isPullRequest = isObject(issue["pull_request"]);
  return withoutUndefined({
    labels: labelsOf(issue),
    ...authorOf(issue),
    ...(isPullRequest
      ? { pullRequest: withoutUndefined({ number, isDraft: booleanAt(issue, "draft") }) }
      : { issue: { number } }),
  });
}

/** What a comment says counts when it is new or changed, not when it is taken away. */
function commentParts(payload: Json): { readonly command?: SlashCommand; readonly authorAssociation?: string } {
  const comment = objectAt(payload, "comment");
  const body = textAt(comment, "body");
  const command = body === undefined || textAt(payload, "action") === "deleted" ? undefined : findCommand(body);
  return { ...authorOf(comment), ...maybe("command", command) };
}

function pushParts(payload: Json): Parts | undefined {
  const ref = refParts(textAt(payload, "ref"));
  if (payload["deleted"] === true || (ref.branch === undefined && ref.tag === undefined)) return undefined;
  const after = textAt(payload, "after");
  return withoutUndefined({
    name: "push" as const,
    ...ref,
    sha: after,
    paths: ref.tag === undefined ? pushedPaths(payload) : undefined,
  });
}

/** GitHub lists so many at most; a longer push does not say all that it touches. */
const maxListedCommits = 2_048;

/** Undefined when the delivery does not tell: a new branch, a forced push, one that is too long. */
function pushedPaths(payload: Json): string[] | undefined {
  const { commits } = payload;
  if (!Array.isArray(commits) || commits.length === 0 || commits.length >= maxListedCommits) return undefined;
  if (payload["created"] === true || payload["forced"] === true) return undefined;
  const paths = new Set<string>();
  for (const commit of commits as unknown[]) {
    if (!isObject(commit)) return undefined;
    for (const key of ["added", "modified", "removed"]) {
      const listed = commit[key];
      if (!Array.isArray(listed)) return undefined;
      for (const path of listed as unknown[]) if (typeof path === "string") paths.add(path);
    }
  }
  return [...paths].sort();
}

function checkSuiteParts(suite: Json | undefined): Parts {
  const pullRequests = suite?.["pull_requests"];
  const [first] = Array.isArray(pullRequests) ? (pullRequests as unknown[]) : [];
  const pullRequest = isObject(first) ? pullRequestParts(first) : {};
  return withoutUndefined({
    name: "check_suite" as const,
    ...pullRequest,
    branch: textAt(suite, "head_branch") ?? pullRequest.branch,
    sha: textAt(suite, "head_sha") ?? pullRequest.sha,
  });
}

function refParts(ref: string | undefined): { readonly branch?: string; readonly tag?: string } {
  if (ref?.startsWith("refs/heads/") === true) return { branch: ref.slice("refs/heads/".length) };
  if (ref?.startsWith("refs/tags/") === true) return { tag: ref.slice("refs/tags/".length) };
  return {};
}

function repositoryOf(payload: Json): TriggerEvent["repository"] {
  const repository = objectAt(payload, "repository");
  const owner = objectAt(repository, "owner");
  const login = textAt(owner, "login") ?? textAt(owner, "name");
  const name = textAt(repository, "name");
  if (login === undefined || name === undefined) return undefined;
  return { owner: login, name, ...maybe("defaultBranch", textAt(repository, "default_branch")) };
}

function labelsOf(thing: Json): string[] | undefined {
  const { labels } = thing;
  if (!Array.isArray(labels)) return undefined;
  return (labels as unknown[]).flatMap((label) => {
    const name = typeof label === "string" ? label : isObject(label) ? textAt(label, "name") : undefined;
    return name === undefined ? [] : [name];
  });
}

function authorOf(thing: Json | undefined): { readonly authorAssociation?: string } {
  return maybe("authorAssociation", textAt(thing, "author_association"));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectAt(value: Json | undefined, key: string): Json | undefined {
  const found = value?.[key];
  return isObject(found) ? found : undefined;
}

function textAt(value: Json | undefined, key: string): string | undefined {
  const found = value?.[key];
  return typeof found === "string" && found !== "" ? found : undefined;
}

function numberAt(value: Json | undefined, key: string): number | undefined {
  const found = value?.[key];
  return typeof found === "number" && Number.isSafeInteger(found) ? found : undefined;
}

function booleanAt(value: Json | undefined, key: string): boolean | undefined {
  const found = value?.[key];
  return typeof found === "boolean" ? found : undefined;
}

function maybe<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: Value });
}

type Defined<Value> = { [Key in keyof Value as undefined extends Value[Key] ? never : Key]: Value[Key] } & {
  [Key in keyof Value as undefined extends Value[Key] ? Key : never]?: Exclude<Value[Key], undefined>;
};

function withoutUndefined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<Value>;
}

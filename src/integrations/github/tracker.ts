/** GitHub's issues as a tracker: each of ours found again by the marker in its body. */
import * as z from "zod";
import type { HostComment, HostUser } from "../../model/code-host.ts";
import { hasMarker, markerOf, readMarkers, withSection } from "../../model/marker.ts";
import {
  priorities,
  type Priority,
  type Tracker,
  type TrackerComment,
  type TrackerIssue,
  withoutSightings,
} from "../../model/tracker.ts";
import { type Client, createClient, type GithubOptions, required } from "./client.ts";
import { commentVerbs } from "./comments.ts";
import { labelVerbs } from "./labels.ts";
import { isSameText, LabelName, userOf, UserShape } from "./shapes.ts";
import { askViewer } from "./threads.ts";

const read = "issues: read";
const write = "issues: write";

export function createGithubTracker(options: GithubOptions): Tracker {
  const client = createClient(options);
  let viewing: Promise<HostUser> | undefined;
  const viewer = (): Promise<HostUser> => (viewing ??= askViewer(client));
  const talk = commentVerbs(client, viewer);
  const labelling = labelVerbs(client);
  const finder = createFinder(client, viewer);

  async function patch(number: number, params: Record<string, unknown>): Promise<Issue> {
    return client.send(
      {
        route: "PATCH /repos/{owner}/{repo}/issues/{number}",
        params: { number, ...params },
        what: `update issue #${number}`,
        permission: write,
      },
      Issue,
    );
  }

  async function issue(id: string): Promise<TrackerIssue | undefined> {
    const found = await finder.read(id);
    return found === undefined ? undefined : issueOf(found);
  }

  async function requireIssue(id: string): Promise<Issue> {
    return required(await finder.read(id), `issue ${id}`);
  }

  async function current(number: number): Promise<TrackerIssue> {
    return issueOf(await requireIssue(String(number)));
  }

  const tracker: Tracker = {
    id: "github",
    project: client.slug,

    async ensureIssue({ key, knownId, title, body: given, labels = [], assignees = [], priority }) {
      const marker = markerOf("issue", key);
      // First, where cutting a long text does not reach it.
      const body = priority === undefined ? given : `${markerOf("priority", priority)}\n${given}`;
      const known = (knownId === undefined ? undefined : await finder.readOurs(knownId)) ?? (await finder.find(key));
      if (known === undefined) {
        const created = await client.send(
          {
            route: "POST /repos/{owner}/{repo}/issues",
            params: { title, body: withSection(body, marker, undefined), labels: [...labels, ...labelOf(priority)] },
            what: `open the issue "${title}"`,
            permission: write,
            makesContent: true,
          },
          Issue,
          () => finder.find(key),
        );
        finder.remember(created);
        // One who cannot be assigned would refuse the whole issue.
        if (assignees.length > 0) await labelling.assign(created.number, assignees);
        return { issue: assignees.length > 0 ? await current(created.number) : issueOf(created), outcome: "created" };
      }
      const { number } = known;
      const { login } = await viewer();
      const isOurClosing = known.closed_by?.login === login;
      const isRejected = known.state_reason === "not_planned" || known.state_reason === "duplicate";
      if (known.state === "closed" && isRejected && !isOurClosing) {
        return { issue: issueOf(known), outcome: "declined" };
      }
      const text = withSection(body, marker, known.body ?? "");
      const isReopened = known.state === "closed";
      const wanted = {
        ...(known.title === title ? {} : { title }),
        ...(isSameText(withoutSightings(known.body ?? ""), withoutSightings(text)) ? {} : { body: text }),
        ...(isReopened ? { state: "open", state_reason: "reopened" } : {}),
      };
      const moved = movedPriority(known, priority);
      const freshLabels = lacking(known.labels, [...labels, ...moved.added]);
      const goneLabels = known.labels.filter((name) => lacking([name], moved.removed).length < moved.removed.length);
      const freshPeople = lacking(known.assignees?.map((person) => person.login) ?? [], assignees);
      if (Object.keys(wanted).length > 0) await patch(number, wanted);
      if (freshLabels.length > 0) await labelling.addLabels(number, freshLabels);
      if (goneLabels.length > 0) await labelling.removeLabels(number, goneLabels);
      const refused = freshPeople.length > 0 ? (await labelling.assign(number, freshPeople)).unknown : [];
      const isChanged =
        Object.keys(wanted).length > 0 ||
        freshLabels.length + goneLabels.length > 0 ||
        refused.length < freshPeople.length;
      if (!isChanged) return { issue: issueOf(known), outcome: "unchanged" };
      return { issue: await current(number), outcome: isReopened ? "reopened" : "updated" };
    },

    async closeIssue(id, { as = "completed", comment, key = "closed" } = {}) {
      const found = await requireIssue(id);
      if (found.state === "closed") return { outcome: "unchanged" };
      if (comment !== undefined) await talk.ensureComment(found.number, key, comment);
      await patch(found.number, { state: "closed", state_reason: as === "completed" ? "completed" : "not_planned" });
      return { outcome: "closed" };
    },

    issue,

    async findIssue(key) {
      const found = await finder.find(key);
      return found === undefined ? undefined : issueOf(found);
    },

    async issues({ state = "open", labels = [], updatedBefore, updatedSince, limit = Infinity }) {
      const params = {
        state,
        sort: "updated",
        direction: "asc",
        ...(labels.length === 0 ? {} : { labels: labels.join(",") }),
        ...(updatedSince === undefined ? {} : { since: updatedSince }),
      };
      const list = await client.list(
        { route: "GET /repos/{owner}/{repo}/issues", params, what: "list issues", permission: read },
        Issue,
      );
      return list
        .map(issueOf)
        .filter((each) => each.isPullRequest !== true)
        .filter(({ updatedAt }) => updatedBefore === undefined || Date.parse(updatedAt) < Date.parse(updatedBefore))
        .slice(0, limit);
    },

    async comments(id) {
      return (await talk.comments((await requireIssue(id)).number)).map(trackerComment);
    },
    async ensureComment(id, key, body) {
      const { comment, outcome } = await talk.ensureComment(numberOf(id), key, body);
      return { comment: trackerComment(comment), outcome };
    },
    addLabels: (id, labels) => labelling.addLabels(numberOf(id), labels),
    removeLabels: (id, labels) => labelling.removeLabels(numberOf(id), labels),
    assign: (id, people) => labelling.assign(numberOf(id), people),
  };
  return tracker;
}

/** Ours among all issues. Search lags behind by minutes, so the list of what we opened is read, once whole, then what is new. */
function createFinder(client: Client, viewer: () => Promise<HostUser>) {
  const ours = new Map<number, Issue>();
  let since: string | undefined;

  async function readIssue(id: string): Promise<Issue | undefined> {
    if (!/^\d+$/.test(id)) return undefined;
    return client.find(
      {
        route: "GET /repos/{owner}/{repo}/issues/{number}",
        params: { number: Number(id) },
        what: `read issue #${id}`,
        permission: read,
      },
      Issue,
    );
  }

  return {
    read: readIssue,
    /** Whatever became of its marker: people may have written the whole body anew. */
    async readOurs(id: string): Promise<Issue | undefined> {
      const [issue, { login }] = [await readIssue(id), await viewer()];
      return issue?.user?.login === login && issue.pull_request === undefined ? issue : undefined;
    },
    remember(issue: Issue): void {
      ours.set(issue.number, issue);
    },
    async find(key: string): Promise<Issue | undefined> {
      const { login } = await viewer();
      const params = {
        state: "all",
        creator: login,
        sort: "updated",
        direction: "asc",
        ...(since === undefined ? {} : { since }),
      };
      const list = await client.list(
        { route: "GET /repos/{owner}/{repo}/issues", params, what: "look for our issues", permission: read },
        Issue,
      );
      for (const issue of list) {
        if (issue.user?.login === login && issue.pull_request === undefined) ours.set(issue.number, issue);
        if (since === undefined || issue.updated_at > since) since = issue.updated_at;
      }
      const candidates = [...ours.values()].sort((a, b) => a.number - b.number);
      for (const { number, body } of candidates) {
        if (!hasMarker(body ?? "", "issue", key)) continue;
        // The list does not say who closed it, and it may be gone since.
        const now = await readIssue(String(number));
        if (now !== undefined && hasMarker(now.body ?? "", "issue", key)) return now;
        ours.delete(number);
      }
      return undefined;
    },
  };
}

const Issue = z.object({
  number: z.number(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  state_reason: z.string().nullish(),
  closed_by: UserShape,
  user: UserShape,
  labels: z.array(LabelName),
  assignees: z.array(z.object({ login: z.string() })).nullish(),
  milestone: z.object({ title: z.string() }).nullish(),
  comments: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
  pull_request: z.object({}).optional(),
});
type Issue = z.infer<typeof Issue>;

const reasons: Readonly<Record<string, "completed" | "not-planned" | "duplicate">> = {
  completed: "completed",
  not_planned: "not-planned",
  duplicate: "duplicate",
};

function issueOf(issue: Issue): TrackerIssue {
  const author = userOf(issue.user);
  return {
    id: String(issue.number),
    url: issue.html_url,
    title: issue.title,
    body: issue.body ?? "",
    state: issue.state,
    ...(issue.state === "closed" ? { closedAs: reasons[issue.state_reason ?? ""] ?? "completed" } : {}),
    author: author.login,
    isBot: author.isBot,
    labels: issue.labels,
    assignees: (issue.assignees ?? []).map(({ login }) => login),
    priority: priorityOf(issue.labels),
    createdAt: issue.created_at,
    updatedAt: issue.updated_at,
    comments: issue.comments,
    ...(issue.milestone === null || issue.milestone === undefined ? {} : { milestone: issue.milestone.title }),
    ...(issue.pull_request === undefined ? {} : { isPullRequest: true }),
  };
}

function labelOf(priority: Priority | undefined): string[] {
  return priority === undefined || priority === "none" ? [] : [`priority: ${priority}`];
}

/** Only from what we said last: another label, or none, is a person's decision. */
function movedPriority(
  { body, labels }: Issue,
  priority: Priority | undefined,
): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  const none = { added: [], removed: [] };
  const said = readMarkers(body ?? "").find(({ kind }) => kind === "priority")?.key;
  if (priority === undefined || said === priority) return none;
  const last = priorities.find((each) => each === said);
  if (last === undefined) return priorityOf(labels) === "none" ? { added: labelOf(priority), removed: [] } : none;
  const [before] = labelOf(last);
  if (before !== undefined && lacking(labels, [before]).length > 0) return none;
  return { added: labelOf(priority), removed: labelOf(last) };
}

/** GitHub has no field for it: a label says it, `priority: high` or `priority/high`. */
function priorityOf(labels: readonly string[]): Priority {
  for (const label of labels) {
    const word = /^priority\s*[:/-]\s*(\w+)$/i.exec(label)?.[1]?.toLowerCase();
    const priority = priorities.find((each) => each === word);
    if (priority !== undefined) return priority;
  }
  return "none";
}

function trackerComment({ id, author, body, createdAt, url }: HostComment): TrackerComment {
  return { id: String(id), author: author.login, isBot: author.isBot, body, createdAt, url };
}

function numberOf(id: string): number {
  // No issue has this number: the host says so in its own words.
  return /^\d+$/.test(id) ? Number(id) : 0;
}

function lacking(own: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((name) => !own.some((each) => each.toLowerCase() === name.toLowerCase()));
}

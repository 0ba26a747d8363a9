/** Linear as a tracker: each issue of ours found again by the marker in its description. */
import { hasMarker, markerOf, withMarker, withSection } from "../../model/marker.ts";
import type { Priority, Tracker, TrackerComment, TrackerIssue } from "../../model/tracker.ts";
import { absent, createClient, type LinearOptions, refused } from "./client.ts";
import { Comment, documents, Issue, shapes, type User } from "./documents.ts";

const priorityNumbers: Readonly<Record<Priority, number>> = { none: 0, urgent: 1, high: 2, medium: 3, low: 4 };
const priorityNames = ["none", "urgent", "high", "medium", "low"] as const;
/** Of the kinds of states; the newest of them has a kind of its own for duplicates. */
const closedTypes = ["completed", "canceled", "duplicate"];

export function createLinearTracker(options: LinearOptions): Tracker {
  const client = createClient(options);
  const inTeam = { team: { key: { eq: options.team } } };
  let asking: Promise<Setting> | undefined;
  const setting = (): Promise<Setting> => (asking ??= askSetting());

  async function askSetting() {
    const { viewer, teams } = await client.ask({
      what: "read the team",
      document: documents.setting,
      variables: { team: options.team },
      shape: shapes.setting,
    });
    const [team] = teams.nodes;
    if (team === undefined) throw absent(`the team ${options.team}`);
    const states = team.states.nodes.toSorted((a, b) => a.position - b.position);
    const stateOf = (name: string | undefined, kinds: readonly string[]): string => {
      const found =
        name === undefined
          ? kinds.map((kind) => states.find(({ type }) => type === kind)).find((state) => state !== undefined)
          : states.find((state) => isSame(state.name, name));
      if (found === undefined) throw refused("find the team's state", `there is no ${name ?? kinds.join(" or ")}`);
      return found.id;
    };
    const project = team.projects.nodes.find(({ name }) => isSame(name, options.project ?? ""));
    if (options.project !== undefined && project === undefined) {
      throw refused("find the project", `the team has none named ${options.project}`);
    }
    return { viewer, teamId: team.id, projectId: project?.id, stateOf };
  }
  type Setting = Awaited<ReturnType<typeof askSetting>>;

  const openState = async (): Promise<string> =>
    (await setting()).stateOf(options.states?.open, ["unstarted", "backlog", "triage"]);

  async function list(what: string, filter: Record<string, unknown>): Promise<Issue[]> {
    const variables = { filter: { ...inTeam, ...filter } };
    return client.list({ what, document: documents.issues, variables, node: Issue });
  }

  async function read(id: string): Promise<Issue | undefined> {
    const [, team = "", number = ""] = /^(\w+)-(\d{1,9})$/.exec(id) ?? [];
    if (!isSame(team, options.team)) return undefined;
    return (await list(`read ${id}`, { number: { eq: Number(number) } }))[0];
  }

  async function requireIssue(id: string): Promise<Issue> {
    const found = await read(id);
    if (found === undefined) throw absent(`issue ${id}`);
    return found;
  }

  async function find(key: string): Promise<Issue | undefined> {
    const marker = markerOf("issue", key);
    const filter = { creator: { isMe: { eq: true } }, description: { contains: marker } };
    const found = await list("look for our issue", filter);
    return found
      .filter(({ description }) => hasMarker(description ?? "", "issue", key))
      .sort((a, b) => a.number - b.number)[0];
  }

  async function update(issue: Issue, input: Record<string, unknown>): Promise<void> {
    const what = `update ${issue.identifier}`;
    if (issue.archivedAt !== null && issue.archivedAt !== undefined) {
      await client.ask({ what, document: documents.unarchive, variables: { id: issue.id }, shape: shapes.unarchive });
    }
    const variables = { id: issue.id, input };
    await client.ask({ what, document: documents.updateIssue, variables, shape: shapes.updateIssue });
  }

  async function labelIds(names: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const name of names) ids.push((await findLabel(name))?.id ?? (await createLabel(name)));
    return [...new Set(ids)];
  }

  /** The team's, or the workspace's. */
  async function findLabel(name: string) {
    const filter = { name: { eqIgnoreCase: name }, or: [inTeam, { team: { null: true } }] };
    const found = await client.list({
      what: "read labels",
      document: documents.labels,
      variables: { filter },
      node: shapes.label,
    });
    return found[0];
  }

  async function createLabel(name: string): Promise<string> {
    const { teamId } = await setting();
    const { issueLabelCreate } = await client.ask({
      what: `make the label ${name}`,
      document: documents.createLabel,
      variables: { input: { name, teamId } },
      shape: shapes.createLabel,
      async recover() {
        const issueLabel = await findLabel(name);
        return issueLabel === undefined ? undefined : { issueLabelCreate: { success: true as const, issueLabel } };
      },
    });
    return issueLabelCreate.issueLabel.id;
  }

  async function findPerson(name: string): Promise<User | undefined> {
    const filter = { or: [{ displayName: { eqIgnoreCase: name } }, { email: { eqIgnoreCase: name } }] };
    const found = await client.list({
      what: `look for ${name}`,
      document: documents.users,
      variables: { filter },
      node: shapes.user,
    });
    return found[0];
  }

  async function firstKnown(people: readonly string[]): Promise<User | undefined> {
    for (const name of people) {
      const person = await findPerson(name);
      if (person !== undefined) return person;
    }
    return undefined;
  }

  async function comments(issue: Issue): Promise<Comment[]> {
    const variables = { filter: { issue: { id: { eq: issue.id } } } };
    const what = `read the comments of ${issue.identifier}`;
    const found = await client.list({ what, document: documents.comments, variables, node: Comment });
    return found.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  }

  async function ownComment(issue: Issue, key: string): Promise<Comment | undefined> {
    const { viewer } = await setting();
    return (await comments(issue)).find(({ user, body }) => user?.id === viewer.id && hasMarker(body, "comment", key));
  }

  const tracker: Tracker = {
    id: "linear",
    project: options.project === undefined ? options.team : `${options.team}/${options.project}`,

    async ensureIssue({ key, title, body, labels = [], assignees = [], priority }) {
      const marker = markerOf("issue", key);
      const known = await find(key);
      const { teamId, projectId, viewer } = await setting();
      if (known === undefined) {
        const person = await firstKnown(assignees);
        const { issueCreate } = await client.ask({
          what: `open the issue "${title}"`,
          document: documents.createIssue,
          variables: {
            input: {
              teamId,
              title,
              description: withSection(body, marker, undefined),
              stateId: await openState(),
              labelIds: await labelIds(labels),
              ...(projectId === undefined ? {} : { projectId }),
              ...(priority === undefined ? {} : { priority: priorityNumbers[priority] }),
              ...(person === undefined ? {} : { assigneeId: person.id }),
            },
          },
          shape: shapes.createIssue,
          async recover() {
            const issue = await find(key);
            return issue === undefined ? undefined : { issueCreate: { success: true as const, issue } };
          },
        });
        return { issue: await seen(issueCreate.issue), outcome: "created" };
      }
      const isClosed = closedTypes.includes(known.state.type);
      if (isClosed && known.state.type !== "completed" && closerOf(known) !== viewer.id) {
        return { issue: await seen(known), outcome: "declined" };
      }
      const text = withSection(body, marker, known.description ?? "");
      const person = (known.assignee ?? undefined) === undefined ? await firstKnown(assignees) : undefined;
      const fresh = lacking(known, labels);
      const input = {
        ...(known.title === title ? {} : { title }),
        ...(sameText(known.description ?? "", text) ? {} : { description: text }),
        ...(priority === undefined || known.priority === priorityNumbers[priority]
          ? {}
          : { priority: priorityNumbers[priority] }),
        ...(fresh.length === 0 ? {} : { addedLabelIds: await labelIds(fresh) }),
        ...(person === undefined ? {} : { assigneeId: person.id }),
        ...(isClosed ? { stateId: await openState() } : {}),
      };
      if (Object.keys(input).length === 0) return { issue: await seen(known), outcome: "unchanged" };
      await update(known, input);
      const issue = await seen(await requireIssue(known.identifier));
      return { issue, outcome: isClosed ? "reopened" : "updated" };
    },

    async closeIssue(id, { as = "completed", comment, key = "closed" } = {}) {
      const found = await requireIssue(id);
      if (closedTypes.includes(found.state.type)) return { outcome: "unchanged" };
      if (comment !== undefined) await tracker.ensureComment(id, key, comment);
      const { stateOf } = await setting();
      const { completed, canceled } = options.states ?? {};
      const stateId = as === "completed" ? stateOf(completed, ["completed"]) : stateOf(canceled, ["canceled"]);
      await update(found, { stateId });
      return { outcome: "closed" };
    },

    async issue(id) {
      const found = await read(id);
      return found === undefined ? undefined : seen(found);
    },
    async findIssue(key) {
      const found = await find(key);
      return found === undefined ? undefined : seen(found);
    },
    async issues({ state = "open", labels = [], updatedBefore, updatedSince, limit = Infinity }) {
      const type = state === "all" ? undefined : { [state === "open" ? "nin" : "in"]: closedTypes };
      const updatedAt = {
        ...(updatedBefore === undefined ? {} : { lt: updatedBefore }),
        ...(updatedSince === undefined ? {} : { gte: updatedSince }),
      };
      const found = await list("list issues", {
        ...(type === undefined ? {} : { state: { type } }),
        ...(Object.keys(updatedAt).length === 0 ? {} : { updatedAt }),
        and: labels.map((name) => ({ labels: { some: { name: { eqIgnoreCase: name } } } })),
      });
      const sorted = found.sort((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt) || a.number - b.number);
      return Promise.all(sorted.slice(0, limit).map((issue) => seen(issue, false)));
    },
    async comments(id) {
      return (await comments(await requireIssue(id))).map(commentOf);
    },
    async ensureComment(id, key, body) {
      const issue = await requireIssue(id);
      const text = withMarker(body, markerOf("comment", key));
      const known = await ownComment(issue, key);
      if (known !== undefined && sameText(known.body, text)) return { comment: commentOf(known), outcome: "unchanged" };
      const what = `comment on ${id}`;
      if (known !== undefined) {
        const variables = { id: known.id, input: { body: text } };
        const answer = await client.ask({
          what,
          document: documents.updateComment,
          variables,
          shape: shapes.updateComment,
        });
        return { comment: commentOf(answer.commentUpdate.comment), outcome: "updated" };
      }
      const answer = await client.ask({
        what,
        document: documents.createComment,
        variables: { input: { issueId: issue.id, body: text } },
        shape: shapes.createComment,
        async recover() {
          const comment = await ownComment(issue, key);
          return comment === undefined ? undefined : { commentCreate: { success: true as const, comment } };
        },
      });
      return { comment: commentOf(answer.commentCreate.comment), outcome: "created" };
    },
    async addLabels(id, labels) {
      const issue = await requireIssue(id);
      const fresh = lacking(issue, labels);
      if (fresh.length > 0) await update(issue, { addedLabelIds: await labelIds(fresh) });
    },
    async removeLabels(id, labels) {
      const issue = await requireIssue(id);
      const gone = issue.labels.nodes.filter(({ name }) => labels.some((label) => isSame(label, name)));
      if (gone.length > 0) await update(issue, { removedLabelIds: gone.map((label) => label.id) });
    },
    /** An issue of Linear has one assignee: the first that is known, unless there is one. */
    async assign(id, people) {
      const issue = await requireIssue(id);
      const found = await Promise.all(people.map(findPerson));
      const person = found.find((one) => one !== undefined);
      const isFree = issue.assignee === null || issue.assignee === undefined;
      if (person !== undefined && isFree) await update(issue, { assigneeId: person.id });
      return { unknown: people.filter((_, at) => found[at] === undefined) };
    },
  };
  return tracker;

  async function seen(issue: Issue, withComments = true): Promise<TrackerIssue> {
    return issueOf(issue, withComments ? (await comments(issue)).length : 0);
  }
}

function issueOf(issue: Issue, comments: number): TrackerIssue {
  const { type, name } = issue.state;
  const isClosed = closedTypes.includes(type);
  const isDuplicate = type === "duplicate" || (type === "canceled" && /^duplicate/i.test(name));
  return {
    id: issue.identifier,
    url: issue.url,
    title: issue.title,
    body: issue.description ?? "",
    state: isClosed ? "closed" : "open",
    ...(isClosed ? { closedAs: isDuplicate ? "duplicate" : type === "completed" ? "completed" : "not-planned" } : {}),
    author: issue.creator?.displayName ?? issue.botActor?.name ?? "",
    isBot: (issue.botActor ?? undefined) !== undefined,
    labels: issue.labels.nodes.map((label) => label.name),
    assignees: issue.assignee === null || issue.assignee === undefined ? [] : [issue.assignee.displayName],
    priority: priorityNames[issue.priority] ?? "none",
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    comments,
  };
}

function commentOf({ id, body, url, createdAt, user, botActor }: Comment): TrackerComment {
  const author = user?.displayName ?? botActor?.name ?? "";
  return { id, author, isBot: (botActor ?? undefined) !== undefined, body, createdAt, url };
}

/** Who moved it to the state that it is in. */
function closerOf({ history, state }: Issue): string | undefined {
  const moves = history.nodes.filter(({ toState }) => toState?.type === state.type);
  return moves.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))[0]?.actor?.id;
}

function lacking(issue: Issue, wanted: readonly string[]): string[] {
  return wanted.filter((name) => !issue.labels.nodes.some((label) => isSame(label.name, name)));
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Linear writes line ends its own way. */
function sameText(a: string, b: string): boolean {
  return a.replaceAll("\r\n", "\n").trimEnd() === b.replaceAll("\r\n", "\n").trimEnd();
}

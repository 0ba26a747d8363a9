/** Linear as a tracker: each issue of ours found again by its id, its attachment, or the marker in its description. */
import { Failure } from "../../model/failure.ts";
import { markerOf, withMarker } from "../../model/marker.ts";
import type { IssueLink, Priority, Tracker, TrackerComment, TrackerIssue } from "../../model/tracker.ts";
import { absent, createClient, type LinearOptions } from "./client.ts";
import { createDirectory, isSame } from "./directory.ts";
import { Comment, documents, Issue, shapes } from "./documents.ts";
import {
  attachmentOf,
  commentIdOf,
  describe,
  digestOf,
  type Identity,
  identityOf,
  isCommentOf,
  isMarked,
  isSameText,
  keyOf,
  type Territory,
} from "./identity.ts";

const priorityNumbers: Readonly<Record<Priority, number>> = { none: 0, urgent: 1, high: 2, medium: 3, low: 4 };
const priorityNames = ["none", "urgent", "high", "medium", "low"] as const;
/** Of the kinds of states; the newest of them has a kind of its own for duplicates. */
const closedTypes = ["completed", "canceled", "duplicate"];

export function createLinearTracker(options: LinearOptions): Tracker {
  const client = createClient(options);
  const inTeam = { team: { key: { eq: options.team } } };
  const { setting, openState, labelIds, findPerson, firstKnown } = createDirectory(client, options);
  async function list(what: string, filter: Record<string, unknown>): Promise<Issue[]> {
    const variables = { filter: { ...inTeam, ...filter } };
    return client.list({ what, document: documents.issues, variables, node: Issue });
  }

  async function read(id: string): Promise<Issue | undefined> {
    const [, team, number] = /^(\w+)-(\d{1,9})$/.exec(id) ?? [];
    if (team === undefined) return undefined;
    // An issue of ours may have been moved to another team.
    return (await list(`read ${id}`, { team: { key: { eqIgnoreCase: team } }, number: { eq: Number(number) } }))[0];
  }

  async function requireIssue(id: string): Promise<Issue> {
    const found = await read(id);
    if (found === undefined) throw absent(`issue ${id}`);
    return found;
  }

  async function territory(): Promise<Territory> {
    return { teamId: (await setting()).teamId, scope: options.scope ?? "" };
  }

  /** Wherever it was moved to, archived or not: made again it would be there twice. */
  async function find(identity: Identity, knownId?: string): Promise<Issue | undefined> {
    const { viewer } = await setting();
    const isOurs = (issue: Issue): boolean => issue.creator?.id === viewer.id;
    if (knownId !== undefined) {
      const known = await read(knownId);
      if (known !== undefined && isOurs(known)) return known;
    }
    const { id, url, marker } = identity;
    const filter = {
      creator: { isMe: { eq: true } },
      or: [{ id: { eq: id } }, { description: { contains: marker } }],
    };
    const { attached, found } = await client.ask({
      what: "look for our issue",
      document: documents.ours,
      variables: { url, filter },
      shape: shapes.ours,
    });
    const candidates = [
      ...found.nodes.filter((issue) => issue.id === id || isMarked(issue, identity)),
      ...attached.nodes.filter(({ creator }) => creator?.id === viewer.id).map(({ issue }) => issue),
    ];
    return candidates.filter(isOurs).sort((a, b) => a.number - b.number)[0];
  }

  /** Undefined: not there. What lies in the bin is answered here, whatever lists say. */
  async function readById(id: string): Promise<Issue | undefined> {
    try {
      const { issue } = await client.ask({
        what: "read an issue",
        document: documents.issue,
        variables: { id },
        shape: shapes.issue,
      });
      return issue;
    } catch (error) {
      if (error instanceof Failure && error.code === "CF702") return undefined;
      throw error;
    }
  }

  /** Who moved it to the state that it is in. */
  async function closerOf(issue: Issue): Promise<string | undefined> {
    const answer = await client.ask({
      what: `read the history of ${issue.identifier}`,
      document: documents.moves,
      variables: { id: issue.id },
      shape: shapes.moves,
    });
    const moves = answer.issue.history.nodes.filter(({ toState }) => toState?.type === issue.state.type);
    return moves.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))[0]?.actor?.id;
  }

  /** Ours, but not ours to change: in the bin, moved to another team, or closed as not wanted by somebody else. */
  async function isDeclined(issue: Issue): Promise<boolean> {
    const { viewer, teamId } = await setting();
    if (issue.trashed === true || issue.team.id !== teamId) return true;
    const isRejected = closedTypes.includes(issue.state.type) && issue.state.type !== "completed";
    return isRejected && (await closerOf(issue)) !== viewer.id;
  }

  /** The address is the attachment's identity: where it is there, its title and data are brought up to date. */
  async function attach(
    issue: Issue,
    { key, url }: Identity,
    body: string,
    priority: Priority | undefined,
  ): Promise<void> {
    const metadata = {
      codeflowKey: key,
      codeflowText: digestOf(body),
      ...(priority === undefined ? {} : { codeflowPriority: priorityNumbers[priority] }),
    };
    await addAttachment(issue, { url, title: "CodeFlow findings", subtitle: key.slice(0, 200), metadata });
  }

  /** What is attached already may be Linear's own richer one, by its integration: it is left. */
  async function attachLinks(issue: Issue, links: readonly IssueLink[]): Promise<void> {
    const known = new Set(issue.attachments.nodes.map(({ url }) => url));
    for (const { url, title } of links) if (!known.has(url)) await addAttachment(issue, { url, title });
  }

  async function addAttachment(issue: Issue, attachment: Readonly<Record<string, unknown>>): Promise<void> {
    await client.ask({
      what: `attach to ${issue.identifier}`,
      document: documents.attach,
      variables: { input: { issueId: issue.id, ...attachment } },
      shape: shapes.attach,
    });
  }

  async function update(issue: Issue, input: Record<string, unknown>): Promise<void> {
    const what = `update ${issue.identifier}`;
    if (issue.archivedAt !== null && issue.archivedAt !== undefined) {
      await client.ask({ what, document: documents.unarchive, variables: { id: issue.id }, shape: shapes.unarchive });
    }
    const variables = { id: issue.id, input };
    await client.ask({ what, document: documents.updateIssue, variables, shape: shapes.updateIssue });
  }

  async function comments(issue: Issue): Promise<Comment[]> {
    const variables = { filter: { issue: { id: { eq: issue.id } } } };
    const what = `read the comments of ${issue.identifier}`;
    const found = await client.list({ what, document: documents.comments, variables, node: Comment });
    return found.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  }

  async function ownComment(issue: Issue, key: string): Promise<Comment | undefined> {
    const { viewer } = await setting();
    return (await comments(issue)).find(
      ({ id, user, body }) => user?.id === viewer.id && (id === commentIdOf(issue.id, key) || isCommentOf(body, key)),
    );
  }

  const tracker: Tracker = {
    id: "linear",
    project: options.project === undefined ? options.team : `${options.team}/${options.project}`,

    async ensureIssue(draft) {
      const { key, title, body, labels = [], assignees = [], links = [], priority } = draft;
      const identity = identityOf(key, await territory());
      const found = await find(identity, draft.knownId);
      const { issue: known, isNew } = found === undefined ? await create() : { issue: found, isNew: false };
      if (isNew) {
        await attach(known, identity, body, priority);
        await attachLinks(known, links);
        return { issue: await seen(await requireById(known)), outcome: "created" };
      }
      if (await isDeclined(known)) return { issue: await seen(known), outcome: "declined" };
      const isClosed = closedTypes.includes(known.state.type);
      const before = known.description ?? "";
      const text = describe(body, identity, before);
      const { viewer } = await setting();
      const { codeflowText: told, codeflowPriority: given } =
        attachmentOf(known, identity, viewer.id)?.metadata ?? ({} as Record<string, unknown>);
      // Another one than we gave it is a person's decision.
      const isOurs = given === undefined || given === known.priority;
      // Linear's editor may write Markdown its own way: what we last wrote is known by its digest.
      const isTold = told === digestOf(body) || isSameText(before, text);
      const person = (known.assignee ?? undefined) === undefined ? await firstKnown(assignees) : undefined;
      const fresh = lacking(known, labels);
      const input = {
        ...(known.title === title ? {} : { title }),
        ...(isTold ? {} : { description: text }),
        ...(isOurs && priority !== undefined && known.priority !== priorityNumbers[priority]
          ? { priority: priorityNumbers[priority] }
          : {}),
        ...(fresh.length === 0 ? {} : { addedLabelIds: await labelIds(fresh) }),
        ...(person === undefined ? {} : { assigneeId: person.id }),
        ...(isClosed ? { stateId: await openState() } : {}),
      };
      const isChanged = Object.keys(input).length > 0;
      if (isChanged) await update(known, input);
      // Missing after a crash, or it tells of an older text.
      const isTagged = told === digestOf(body) && (priority === undefined || given === priorityNumbers[priority]);
      if (!isTagged) await attach(known, identity, body, priority);
      await attachLinks(known, links);
      if (!isChanged) return { issue: await seen(known), outcome: "unchanged" };
      return { issue: await seen(await requireById(known)), outcome: isClosed ? "reopened" : "updated" };

      async function create(): Promise<{ readonly issue: Issue; readonly isNew: boolean }> {
        const { teamId, projectId } = await setting();
        const person = await firstKnown(assignees);
        const input = {
          id: identity.id,
          teamId,
          title,
          description: describe(body, identity, ""),
          stateId: await openState(),
          labelIds: await labelIds(labels),
          ...(projectId === undefined ? {} : { projectId }),
          ...(priority === undefined ? {} : { priority: priorityNumbers[priority] }),
          ...(person === undefined ? {} : { assigneeId: person.id }),
        };
        try {
          const { issueCreate } = await client.ask({
            what: `open the issue "${title}"`,
            document: documents.createIssue,
            variables: { input },
            shape: shapes.createIssue,
            async recover() {
              const issue = await find(identity);
              return issue === undefined ? undefined : { issueCreate: { success: true as const, issue } };
            },
          });
          return { issue: issueCreate.issue, isNew: true };
        } catch (error) {
          // Another process was faster, or the issue lies in the bin: its id is taken.
          if (!(error instanceof Failure) || error.code !== "CF702") throw error;
          const issue = await readById(identity.id);
          if (issue === undefined) throw error;
          return { issue, isNew: false };
        }
      }
    },

    async closeIssue(id, { as = "completed", comment, key = "closed" } = {}) {
      const found = await requireIssue(id);
      const { stateOf, teamId } = await setting();
      const isElsewhere = found.trashed === true || found.team.id !== teamId;
      if (isElsewhere || closedTypes.includes(found.state.type)) return { outcome: "unchanged" };
      if (comment !== undefined) await tracker.ensureComment(id, key, comment);
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
      const found = await find(identityOf(key, await territory()));
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
      if (known !== undefined && isSameText(known.body, text))
        return { comment: commentOf(known), outcome: "unchanged" };
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
      const input = { issueId: issue.id, body: text };
      const create = (more: Record<string, unknown>) =>
        client.ask({
          what,
          document: documents.createComment,
          variables: { input: { ...input, ...more } },
          shape: shapes.createComment,
          async recover() {
            const comment = await ownComment(issue, key);
            return comment === undefined ? undefined : { commentCreate: { success: true as const, comment } };
          },
        });
      const answer = await create({ id: commentIdOf(issue.id, key) }).catch((error: unknown) => {
        // The id of one that a person deleted stays taken: said again, the marker has to do.
        if (error instanceof Failure && error.code === "CF702") return create({});
        throw error;
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

  async function requireById({ id, identifier }: Issue): Promise<Issue> {
    const found = await readById(id);
    if (found === undefined) throw absent(`issue ${identifier}`);
    return found;
  }

  async function seen(issue: Issue, withComments = true): Promise<TrackerIssue> {
    const key = keyOf(issue, await territory(), (await setting()).viewer.id);
    const about = issueOf(issue, withComments ? (await comments(issue)).length : 0);
    return key === undefined ? about : { ...about, key };
  }
}

function issueOf(issue: Issue, comments: number): TrackerIssue {
  const { type, name } = issue.state;
  const isTrashed = issue.trashed === true;
  const isClosed = isTrashed || closedTypes.includes(type);
  const isDuplicate = type === "duplicate" || (type === "canceled" && /^duplicate/i.test(name));
  return {
    id: issue.identifier,
    url: issue.url,
    title: issue.title,
    body: issue.description ?? "",
    state: isClosed ? "closed" : "open",
    ...(isClosed
      ? { closedAs: isDuplicate ? "duplicate" : type === "completed" && !isTrashed ? "completed" : "not-planned" }
      : {}),
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

function lacking(issue: Issue, wanted: readonly string[]): string[] {
  return wanted.filter((name) => !issue.labels.nodes.some((label) => isSame(label.name, name)));
}

/** An issue tracker in memory: JSON in (`TrackerSeed`), the port's verbs on it, JSON out (`state`). */
import { Failure } from "../../../src/model/failure.ts";
import { hasMarker, markerOf, withMarker, withSection } from "../../../src/model/marker.ts";
import { type Tracker, type TrackerComment, type TrackerIssue, withoutSightings } from "../../../src/model/tracker.ts";
import type { TrackerStage } from "../tracker.ts";

/** Everything is optional but an issue's id; JSON, as `tracker:` of an action case holds it. */
export interface TrackerSeed {
  /** `codeflow[bot]` unless said. */
  readonly viewer?: string;
  readonly people?: readonly string[];
  readonly issues?: readonly (Partial<TrackerIssue> & {
    readonly id: string;
    /** Makes it one of ours: the hidden marker is put into its body. */
    readonly key?: string;
    readonly closedBy?: string;
  })[];
  readonly comments?: readonly {
    readonly on: string;
    readonly author: string;
    readonly body: string;
    readonly at?: string;
  }[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type FakeIssue = Mutable<Omit<TrackerIssue, "comments">> & { closedBy?: string };

/** Plain data; `expect.tracker` of a case is a subset of it. */
export interface TrackerState {
  issues: FakeIssue[];
  comments: (Mutable<TrackerComment> & { on: string })[];
  /** What changed something, in order: `ensureIssue 1 created`. */
  writes: string[];
}

export interface FakeTracker extends Tracker {
  readonly state: TrackerState;
  /** One second further with every asking. */
  readonly time: () => string;
}

export function createFakeTracker(seed: TrackerSeed = {}, now = "2026-01-01T00:00:00.000Z"): FakeTracker {
  const viewer = seed.viewer ?? "codeflow[bot]";
  let ticks = Date.parse(now);
  const time = (): string => new Date((ticks += 1_000)).toISOString();
  const isBot = (login: string): boolean => login.endsWith("[bot]");
  const state: TrackerState = { issues: [], comments: [], writes: [] };

  /** What we gave an issue: another priority is a person's. */
  const given = new Map<string, TrackerIssue["priority"]>();
  const newIssue = (from: Partial<TrackerIssue> & { id: string }): FakeIssue => {
    const { comments: _comments, ...rest } = from;
    const author = from.author ?? "octocat";
    const at = from.createdAt ?? time();
    return {
      url: `https://tracker.example/issues/${from.id}`,
      title: `Issue ${from.id}`,
      body: "",
      state: "open",
      author,
      isBot: isBot(author),
      priority: "none",
      createdAt: at,
      updatedAt: at,
      ...rest,
      labels: [...(from.labels ?? [])],
      assignees: [...(from.assignees ?? [])],
    };
  };
  const addComment = (on: string, author: string, body: string, at = time()): TrackerState["comments"][number] => {
    const id = `c${state.comments.length + 1}`;
    const url = `https://tracker.example/issues/${on}#${id}`;
    const comment = { on, id, author, isBot: isBot(author), body, createdAt: at, url };
    state.comments.push(comment);
    return comment;
  };
  for (const { key, ...issue } of seed.issues ?? []) {
    const body =
      key === undefined ? (issue.body ?? "") : withSection(issue.body ?? "", markerOf("issue", key), undefined);
    state.issues.push(newIssue({ ...(key === undefined ? {} : { author: viewer }), ...issue, body }));
  }
  for (const { on, author, body, at } of seed.comments ?? []) addComment(on, author, body, at);

  const seen = ({ closedBy: _closedBy, ...issue }: FakeIssue): TrackerIssue =>
    structuredClone({ ...issue, comments: state.comments.filter(({ on }) => on === issue.id).length });
  const require = (id: string): FakeIssue => {
    const issue = state.issues.find((each) => each.id === id);
    if (issue !== undefined) return issue;
    throw new Failure("CF703", `issue ${id} is not there`, { why: "the tracker answered 404", exitCode: 3 });
  };
  const ofKey = (key: string): FakeIssue | undefined =>
    state.issues.find((issue) => issue.author === viewer && hasMarker(issue.body, "issue", key));
  const wrote = (issue: FakeIssue, what: string): void => {
    issue.updatedAt = time();
    state.writes.push(what);
  };
  const assignable = (people: readonly string[]): string[] => people.filter((login) => seed.people?.includes(login));
  /** Those of `wanted` that are not there yet. */
  const fresh = (own: readonly string[], wanted: readonly string[]): string[] =>
    wanted.filter((name) => !own.some((each) => each.toLowerCase() === name.toLowerCase()));

  const tracker: Tracker = {
    id: "github",
    project: "octo/demo",
    async ensureIssue({ key, knownId, title, body, labels = [], assignees = [], priority }) {
      const marker = markerOf("issue", key);
      const known = state.issues.find(({ id, author }) => id === knownId && author === viewer);
      const issue = known ?? ofKey(key);
      if (issue === undefined) {
        const numbers = state.issues.map(({ id }) => Number(id)).filter((id) => !Number.isNaN(id));
        const created = newIssue({
          id: String(Math.max(0, ...numbers) + 1),
          title,
          body: withSection(body, marker, undefined),
          author: viewer,
          labels,
          assignees: assignable(assignees),
          ...(priority === undefined ? {} : { priority }),
        });
        state.issues.push(created);
        if (priority !== undefined) given.set(created.id, priority);
        state.writes.push(`ensureIssue ${created.id} created`);
        return { issue: seen(created), outcome: "created" };
      }
      const isDone = issue.closedAs === undefined || issue.closedAs === "completed";
      if (issue.state === "closed" && issue.closedBy !== viewer && !isDone) {
        return { issue: seen(issue), outcome: "declined" };
      }
      const text = withSection(body, marker, issue.body);
      const wanted = {
        title,
        body: withoutSightings(text) === withoutSightings(issue.body) ? issue.body : text,
        labels: [...issue.labels, ...fresh(issue.labels, labels)],
        assignees: [...issue.assignees, ...fresh(issue.assignees, assignable(assignees))],
        priority: given.get(issue.id) === issue.priority ? (priority ?? issue.priority) : issue.priority,
      };
      if (priority !== undefined) given.set(issue.id, priority);
      const isReopened = issue.state === "closed";
      const isSame = Object.entries(wanted).every(
        ([name, value]) => JSON.stringify(issue[name as keyof typeof wanted]) === JSON.stringify(value),
      );
      if (isSame && !isReopened) return { issue: seen(issue), outcome: "unchanged" };
      Object.assign(issue, wanted, { state: "open" });
      delete issue.closedAs;
      delete issue.closedBy;
      const outcome = isReopened ? "reopened" : "updated";
      wrote(issue, `ensureIssue ${issue.id} ${outcome}`);
      return { issue: seen(issue), outcome };
    },
    async closeIssue(id, { as = "completed", comment, key = "closed" } = {}) {
      const issue = require(id);
      if (issue.state === "closed") return { outcome: "unchanged" };
      if (comment !== undefined) await tracker.ensureComment(id, key, comment);
      Object.assign(issue, { state: "closed", closedAs: as, closedBy: viewer });
      wrote(issue, `closeIssue ${id} ${as}`);
      return { outcome: "closed" };
    },
    async issue(id) {
      const issue = state.issues.find((each) => each.id === id);
      return issue === undefined ? undefined : seen(issue);
    },
    async findIssue(key) {
      const issue = ofKey(key);
      return issue === undefined ? undefined : seen(issue);
    },
    async issues({ state: wanted = "open", labels = [], updatedBefore, updatedSince, limit }) {
      return state.issues
        .filter((issue) => issue.isPullRequest !== true && (wanted === "all" || issue.state === wanted))
        .filter((issue) => fresh(issue.labels, labels).length === 0)
        .filter(({ updatedAt }) => updatedBefore === undefined || updatedAt < updatedBefore)
        .filter(({ updatedAt }) => updatedSince === undefined || updatedAt >= updatedSince)
        .sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1))
        .slice(0, limit)
        .map(seen);
    },
    async comments(id) {
      require(id);
      return state.comments.filter(({ on }) => on === id).map(({ on: _on, ...comment }) => comment);
    },
    async ensureComment(id, key, body) {
      const issue = require(id);
      const text = withMarker(body, markerOf("comment", key));
      const mine = state.comments.find(
        (comment) => comment.on === id && comment.author === viewer && hasMarker(comment.body, "comment", key),
      );
      if (mine?.body === text) return { comment: { ...mine }, outcome: "unchanged" };
      if (mine !== undefined) {
        mine.body = text;
        wrote(issue, `ensureComment ${id} updated`);
        return { comment: { ...mine }, outcome: "updated" };
      }
      const comment = addComment(id, viewer, text);
      wrote(issue, `ensureComment ${id} created`);
      return { comment: { ...comment }, outcome: "created" };
    },
    async addLabels(id, labels) {
      const issue = require(id);
      const added = fresh(issue.labels, labels);
      issue.labels = [...issue.labels, ...added];
      if (added.length > 0) wrote(issue, `addLabels ${id} ${added.join(", ")}`);
    },
    async removeLabels(id, labels) {
      const issue = require(id);
      const kept = fresh(labels, issue.labels);
      const gone = issue.labels.filter((name) => !kept.includes(name));
      issue.labels = kept;
      if (gone.length > 0) wrote(issue, `removeLabels ${id} ${gone.join(", ")}`);
    },
    async assign(id, people) {
      const issue = require(id);
      const added = fresh(issue.assignees, assignable(people));
      issue.assignees = [...issue.assignees, ...added];
      if (added.length > 0) wrote(issue, `assign ${id} ${added.join(", ")}`);
      return { unknown: people.filter((login) => !assignable([login]).includes(login)) };
    },
  };
  return Object.assign(tracker, { state, time });
}

/** The people of the tracker in memory. */
export function fakeTrackerStage(): TrackerStage {
  const tracker = createFakeTracker({ people: ["octocat", "hubot"] });
  const change = (id: string, to: Partial<FakeIssue>): void => {
    for (const issue of tracker.state.issues)
      if (issue.id === id) Object.assign(issue, to, { updatedAt: tracker.time() });
  };
  return {
    tracker,
    people: ["octocat", "hubot"],
    async createIssue(author, title, body, labels) {
      const id = String(tracker.state.issues.length + 1);
      const at = tracker.time();
      const common = { id, title, body, author, isBot: false, labels: [...labels], assignees: [] };
      const rest = { url: `https://tracker.example/issues/${id}`, state: "open", priority: "none" } as const;
      tracker.state.issues.push({ ...common, ...rest, createdAt: at, updatedAt: at });
      return id;
    },
    async edit(id, to) {
      change(id, to);
    },
    async prioritise(id, priority) {
      change(id, { priority });
    },
    async close(id, login, as) {
      change(id, { state: "closed", closedBy: login, closedAs: as });
    },
    async comment(id, login, body) {
      const comment = { on: id, id: `p${tracker.state.comments.length}`, author: login, isBot: false, body };
      tracker.state.comments.push({ ...comment, createdAt: tracker.time(), url: "https://tracker.example/comment" });
    },
  };
}

/** Brings a tracker in step with the findings of a check: one issue for each group, closed when the group is gone. */
import type { CheckRun } from "../../model/check-run.ts";
import type { IssueSettings } from "../../model/config.ts";
import type { Finding } from "../../model/finding.ts";
import type { IssueLedger, LedgerEntry, StoredIssue } from "../../model/issue-ledger.ts";
import { readMarkers } from "../../model/marker.ts";
import { type IssueLink, type Tracker, type TrackerIssue, withoutSightings } from "../../model/tracker.ts";
import { namesEveryFile, namesFile } from "../../reports/issues/group-text.ts";
import { type PlannedIssue, planIssues, readGroupKey } from "../../reports/issues/plan-issues.ts";

export type SyncOutcome = "created" | "updated" | "unchanged" | "reopened" | "declined" | "closed" | "kept";

export interface SyncedIssue {
  readonly key: string;
  readonly title: string;
  readonly outcome: SyncOutcome;
  /** Findings of the group in this run. */
  readonly findings: number;
  readonly priority: string;
  /** Absent while there is no issue. */
  readonly id?: string;
  readonly url?: string;
  /** Why it is left as it is. */
  readonly reason?: string;
}

export interface SyncRequest {
  readonly run: CheckRun;
  /** The run looked at the whole checkout: only then is something gone that it did not find. */
  readonly isWhole: boolean;
  readonly settings: IssueSettings;
  readonly tracker: Tracker;
  readonly ledger: IssueLedger;
  readonly dryRun: boolean;
  readonly packageOf: (path: string) => string;
  readonly linkOf?: (finding: Finding) => string | undefined;
  /** The commit, the pull request, the run. */
  readonly seenAt?: readonly IssueLink[];
  /** For trackers that have a place for links. */
  readonly links?: readonly IssueLink[];
  /** People as the tracker names them, most concerned first; asked when an issue is made or comes back. */
  readonly assigneesOf?: (findings: readonly Finding[]) => Promise<readonly string[]>;
}

/**
 * Safe to repeat and to cut off anywhere: issues are found again by their markers, and what was about to be made is in
 * the ledger before it is. A dry run writes neither to the tracker nor to the ledger.
 */
export async function syncFindings(request: SyncRequest): Promise<readonly SyncedIssue[]> {
  const { run, settings, tracker, ledger, dryRun, packageOf, linkOf, seenAt } = request;
  const stored = await ledger.issues({ tracker: tracker.id, project: tracker.project });
  const entries = new Map(stored.map((entry) => [entry.group, entry]));
  const strays = await findStrays(tracker, settings, entries);
  const known = new Set([
    ...stored.filter(({ state }) => state !== "closed").map(({ group }) => group),
    ...strays.keys(),
  ]);
  // What a person does not want keeps its key too: else its findings would come back in the issue of the rest.
  for (const { group, reason } of stored) if (reason === "not-planned" || reason === "duplicate") known.add(group);
  const planned = planIssues({
    findings: run.findings,
    settings,
    known,
    packageOf,
    places: { ...(linkOf === undefined ? {} : { linkOf }), ...(seenAt === undefined ? {} : { seenAt }) },
  });
  const synced: SyncedIssue[] = [];
  for (const issue of planned)
    synced.push(
      await (dryRun ? foresee(issue, tracker, entries.get(issue.draft.key)) : ensure(issue, request, entries)),
    );
  const current = new Set(planned.map(({ draft }) => draft.key));
  const gone = [...entries.values()].filter(({ group, state }) => state !== "closed" && !current.has(group));
  for (const entry of gone) {
    const closed = await closeGone(entry.group, entry, request);
    if (closed !== undefined) synced.push(closed);
  }
  for (const [key, issue] of strays) {
    if (current.has(key)) continue;
    const { id: externalId, url, title } = issue;
    const closed = await closeGone(
      key,
      { externalId, url, title, category: "maintainability", priority: "none" },
      request,
    );
    if (closed !== undefined) synced.push(closed);
  }
  return synced;
}

/** Open issues of ours that this ledger does not know: it was begun anew, or another machine made them. */
async function findStrays(
  tracker: Tracker,
  { labels }: IssueSettings,
  entries: ReadonlyMap<string, unknown>,
): Promise<ReadonlyMap<string, TrackerIssue>> {
  const strays = new Map<string, TrackerIssue>();
  const [label] = labels;
  if (label === undefined) return strays;
  for (const issue of await tracker.issues({ state: "open", labels: [label] })) {
    const key = issue.key ?? readMarkers(issue.body).find(({ kind }) => kind === "issue")?.key;
    if (key === undefined || readGroupKey(key) === undefined || entries.has(key) || strays.has(key)) continue;
    // A marker can be copied: only the tracker's own look says that the issue is ours.
    if ((await tracker.findIssue(key))?.id === issue.id) strays.set(key, issue);
  }
  return strays;
}

async function ensure(
  { draft, group, category }: PlannedIssue,
  { tracker, ledger, links = [], assigneesOf }: SyncRequest,
  entries: ReadonlyMap<string, StoredIssue>,
): Promise<SyncedIssue> {
  const common = {
    tracker: tracker.id,
    project: tracker.project,
    group: draft.key,
    category,
    priority: draft.priority,
  };
  if (!entries.has(draft.key)) {
    await ledger.put({ ...common, externalId: "", url: "", title: draft.title, state: "pending" });
  }
  const before = entries.get(draft.key);
  // Whom a person took away is not put back.
  const assignees = before?.state === "open" ? [] : ((await assigneesOf?.(group.findings)) ?? []);
  const { issue, outcome } = await tracker.ensureIssue({
    ...draft,
    ...knownIdOf(before),
    ...(assignees.length === 0 ? {} : { assignees }),
    ...(links.length === 0 ? {} : { links }),
  });
  const entry: LedgerEntry = {
    ...common,
    externalId: issue.id,
    url: issue.url,
    title: issue.title,
    state: issue.state,
    ...(issue.closedAs === undefined ? {} : { reason: issue.closedAs }),
  };
  const isSame =
    before !== undefined &&
    Object.entries(entry).every(([name, value]) => before[name as keyof LedgerEntry] === value) &&
    before.reason === entry.reason;
  if (!isSame) await ledger.put(entry);
  return {
    ...described(draft.key, draft.title, group.findings.length, draft.priority, issue),
    outcome,
    ...(outcome === "declined" ? { reason: "a person closed it as not wanted, deleted it, or moved it away" } : {}),
  };
}

function knownIdOf(entry: StoredIssue | undefined): { readonly knownId?: string } {
  return entry === undefined || entry.externalId === "" ? {} : { knownId: entry.externalId };
}

/** What `ensure` would do, as far as looking tells it. */
async function foresee(
  { draft, group }: PlannedIssue,
  tracker: Tracker,
  entry: StoredIssue | undefined,
): Promise<SyncedIssue> {
  const { knownId } = knownIdOf(entry);
  const known = knownId === undefined ? undefined : await tracker.issue(knownId);
  const issue = known ?? (await tracker.findIssue(draft.key));
  const about = described(draft.key, draft.title, group.findings.length, draft.priority, issue);
  if (issue === undefined) return { ...about, outcome: "created" };
  if (issue.state === "open") {
    const isSame = issue.title === draft.title && withoutSightings(issue.body).includes(withoutSightings(draft.body));
    return { ...about, outcome: isSame ? "unchanged" : "updated" };
  }
  return { ...about, outcome: issue.closedAs === "completed" ? "reopened" : "declined" };
}

type Gone = Pick<LedgerEntry, "externalId" | "url" | "title" | "category" | "priority">;

async function closeGone(key: string, entry: Gone, request: SyncRequest): Promise<SyncedIssue | undefined> {
  const { tracker, ledger, dryRun, settings } = request;
  const common = { tracker: tracker.id, project: tracker.project, group: key };
  const issue = entry.externalId === "" ? await tracker.findIssue(key) : await tracker.issue(entry.externalId);
  if (issue === undefined) {
    // Never made, or deleted by a person: nothing to close.
    if (!dryRun) await ledger.remove(common);
    return undefined;
  }
  const about = described(key, entry.title, 0, entry.priority, issue);
  if (issue.state === "open") {
    const reason = whyKept(key, issue, request);
    if (reason !== undefined) return { ...about, outcome: "kept", reason };
  }
  if (dryRun) return issue.state === "open" ? { ...about, outcome: "closed" } : undefined;
  const isRegrouped = readGroupKey(key)?.by !== settings.group && key !== `findings/rest/${settings.group}`;
  const { outcome } = await tracker.closeIssue(issue.id, {
    as: "completed",
    comment: isRegrouped
      ? "Findings are grouped in another way now: what is left of this is in other issues."
      : "Nothing of this has an issue of its own any more: it is fixed, accepted, or too little.",
    key: "findings-gone",
  });
  await ledger.put({
    ...common,
    externalId: issue.id,
    url: issue.url,
    title: issue.title,
    state: "closed",
    reason: issue.closedAs ?? "completed",
    category: entry.category,
    priority: entry.priority,
  });
  return outcome === "closed" ? { ...about, outcome: "closed" } : undefined;
}

/** Why the run cannot say that a group is gone. */
function whyKept(key: string, issue: TrackerIssue, { run, isWhole }: SyncRequest): string | undefined {
  if (!isWhole) return "this check looked at a part of the checkout only";
  const group = readGroupKey(key);
  const analyzer = group?.by === "rule" ? group.name.split("/")[0] : undefined;
  const concerned = run.analyzers.filter(({ id }) => analyzer === undefined || id === analyzer);
  if (analyzer !== undefined && !concerned.some(({ status }) => status === "ran" || status === "cached")) {
    return `${analyzer} did not run`;
  }
  const failed = concerned.find(({ status }) => status === "failed");
  if (failed !== undefined) return `${failed.id} failed`;
  if (analyzer === undefined && run.verdict.reasons.some(({ kind }) => kind === "incomplete")) {
    return "the check is incomplete";
  }
  const unjudged = concerned.flatMap(({ skippedFiles }) => skippedFiles.map(({ path }) => path));
  const named = unjudged.find((path) => group?.name === path || namesFile(issue.body, path));
  if (named !== undefined) return `${named} could not be judged`;
  return unjudged.length > 0 && !namesEveryFile(issue.body)
    ? "some files could not be judged, and the issue does not name all of its own"
    : undefined;
}

function described(
  key: string,
  title: string,
  findings: number,
  priority: string,
  issue: TrackerIssue | undefined,
): Omit<SyncedIssue, "outcome"> {
  return { key, title, findings, priority, ...(issue === undefined ? {} : { id: issue.id, url: issue.url }) };
}

/** The use cases behind `codeflow issues`: a whole check, its findings as issues of a tracker, and the ledger of them. */
import type { CodeHost } from "../model/code-host.ts";
import type { Config, IssueGrouping, TrackerId } from "../model/config.ts";
import type { StoredIssue } from "../model/issue-ledger.ts";
import type { Tracker } from "../model/tracker.ts";
import type { CheckOptions } from "./check.ts";
import { checkAfresh } from "./check-afresh.ts";
import { findHostAccess, openCodeHost, openConfiguredTracker, openIssueLedger } from "./compose.ts";
import { assigneesFor } from "./issues/assignees.ts";
import { packagesOf } from "./issues/packages.ts";
import { type SyncedIssue, syncFindings } from "./issues/sync-findings.ts";
import { whereaboutsOf } from "./issues/whereabouts.ts";
import { findPlace, type Place } from "./place.ts";
import type { World } from "./world.ts";

export interface SyncIssuesRequest {
  readonly dryRun: boolean;
  /** Instead of the configured ones. */
  readonly tracker: TrackerId | undefined;
  readonly group: IssueGrouping | undefined;
  readonly noExec: boolean;
  readonly onEvent?: CheckOptions["onEvent"];
}

export interface SyncIssuesResult {
  readonly tracker: string;
  readonly project: string;
  readonly dryRun: boolean;
  readonly issues: readonly SyncedIssue[];
  /** Why the check did not see everything. */
  readonly incomplete: readonly string[];
}

/** Tests hand in their own. */
export interface Outside {
  tracker(world: World, place: Place, config: Config): Promise<Tracker>;
  /** Undefined where there is no token for it. */
  host(world: World, place: Place): Promise<CodeHost | undefined>;
}

async function openHostOf(world: World, { git }: Place): Promise<CodeHost | undefined> {
  const access = await findHostAccess(world, { git });
  return access === undefined ? undefined : openCodeHost(world, access);
}

export async function syncIssues(
  request: SyncIssuesRequest,
  world: World,
  version: string,
  outside: Outside = { tracker: openConfiguredTracker, host: openHostOf },
): Promise<SyncIssuesResult> {
  const options: CheckOptions = {
    paths: [],
    scope: { kind: "all" },
    profile: undefined,
    only: [],
    skip: [],
    noExec: request.noExec,
    noCache: false,
    imports: [],
    reports: [],
    baseline: undefined,
    gate: [],
    ...(request.onEvent === undefined ? {} : { onEvent: request.onEvent }),
  };
  const { run, place, configured } = await checkAfresh(options, world, version);
  const settings = {
    ...configured.issues,
    ...(request.tracker === undefined ? {} : { tracker: request.tracker }),
    ...(request.group === undefined ? {} : { group: request.group }),
  };
  const tracker = await outside.tracker(world, place, { ...configured, issues: settings });
  const ledger = await openIssueLedger(place.dataDirectory, world);
  try {
    for (const notice of ledger.notices) world.log.warn(notice);
    const host = await outside.host(world, place);
    const { linkOf, seenAt, pullRequest } = await whereaboutsOf(place, run.repository.head, host, world);
    const { log } = world;
    const issues = await syncFindings({
      run,
      isWhole: true,
      settings,
      tracker,
      ledger,
      dryRun: request.dryRun,
      packageOf: await packagesOf(place.git),
      seenAt,
      links: pullRequest === undefined ? [] : [pullRequest],
      ...(linkOf === undefined ? {} : { linkOf }),
      assigneesOf: assigneesFor({ place, sources: settings.assign, tracker: settings.tracker, host, log }),
    });
    const incomplete = run.verdict.reasons.filter(({ kind }) => kind === "incomplete").map(({ message }) => message);
    return { tracker: tracker.id, project: tracker.project, dryRun: request.dryRun, issues, incomplete };
  } finally {
    await ledger.close();
  }
}

/** What the ledger of this clone knows. */
export async function listIssues(world: World): Promise<readonly StoredIssue[]> {
  const { dataDirectory } = await findPlace(world);
  const ledger = await openIssueLedger(dataDirectory, world);
  try {
    for (const notice of ledger.notices) world.log.warn(notice);
    return await ledger.issues();
  } finally {
    await ledger.close();
  }
}

/** The use cases behind `codeflow issues`: a whole check, its findings as issues of a tracker, and the ledger of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dirname } from "node:path/posix";
import type { Config, IssueGrouping, TrackerId } from "../model/config.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import type { StoredIssue } from "../model/issue-ledger.ts";
import type { Tracker } from "../model/tracker.ts";
import { codeownersPaths, parseCodeowners } from "../project/codeowners.ts";
import { readRemote } from "../project/remote.ts";
import type { CheckOptions } from "./check.ts";
import { checkAfresh } from "./check-afresh.ts";
import { openConfiguredTracker, openIssueLedger } from "./compose.ts";
import { type SyncedIssue, syncFindings } from "./issues/sync-findings.ts";
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

/** `open`: the tracker; tests hand in their own. */
export async function syncIssues(
  request: SyncIssuesRequest,
  world: World,
  version: string,
  open: (world: World, place: Place, config: Config) => Promise<Tracker> = openConfiguredTracker,
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
  const tracker = await open(world, place, { ...configured, issues: settings });
  const ledger = await openIssueLedger(place.dataDirectory, world);
  try {
    for (const notice of ledger.notices) world.log.warn(notice);
    const linkOf = await linksTo(place, run.repository.head);
    const ownersOf = settings.assign === "codeowners" ? ownersIn(place) : undefined;
    const issues = await syncFindings({
      run,
      isWhole: true,
      settings,
      tracker,
      ledger,
      dryRun: request.dryRun,
      packageOf: await packagesOf(place),
      ...(linkOf === undefined ? {} : { linkOf }),
      ...(ownersOf === undefined ? {} : { ownersOf }),
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

/** The line on the code host, at the commit that was checked: a branch moves on under a link. */
async function linksTo(place: Place, head: string | undefined): Promise<((finding: Finding) => string) | undefined> {
  const remote = place.git === undefined || head === undefined ? undefined : await readRemote(place.git);
  if (remote === undefined) return undefined;
  const base = `https://${remote.host.replace(/^ssh\./, "")}/${remote.slug}/blob/${head}`;
  return ({ location: { path, startLine, endLine, endColumn } }) => {
    const last = endColumn === 1 && endLine > startLine ? endLine - 1 : endLine;
    const lines = last > startLine ? `#L${startLine}-L${last}` : `#L${startLine}`;
    return `${base}/${path.split("/").map(encodeURIComponent).join("/")}${lines}`;
  };
}

const maxOwners = 2;

/** Owners of most of the files, each once; teams and mail addresses cannot be assigned. */
function ownersIn(place: Place): ((findings: readonly Finding[]) => readonly string[]) | undefined {
  if (place.repository?.worktree === undefined) return undefined;
  const text = codeownersPaths.map((path) => readIfThere(join(place.root, path))).find((found) => found !== undefined);
  if (text === undefined) return undefined;
  const codeowners = parseCodeowners(text);
  return (findings) => {
    const counts = new Map<string, number>();
    for (const path of new Set(findings.map(({ location }) => location.path))) {
      for (const owner of codeowners.ownersOf(path).owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    return [...counts]
      .filter(([owner]) => /^@[^/]+$/.test(owner))
      .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
      .slice(0, maxOwners)
      .map(([owner]) => owner.slice(1));
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw new Failure("CF430", `${path} cannot be read`, { why: (error as Error).message, exitCode: exitCodes.usage });
  }
}

const manifests =
  /^(?:package\.json|pyproject\.toml|setup\.py|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|[^/]+\.(?:gemspec|csproj))$/;

/** By the nearest folder with a manifest that git knows of; the root outside of git. */
async function packagesOf(place: Place): Promise<(path: string) => string> {
  if (place.git === undefined) return () => ".";
  const { stdout } = await place.git.attempt(["ls-files", "-z"]);
  const folders = new Set(
    stdout
      .toString()
      .split("\0")
      .filter((path) => manifests.test(path.slice(path.lastIndexOf("/") + 1)))
      .map((path) => dirname(path)),
  );
  return (path) => {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) if (folders.has(folder)) return folder;
    return ".";
  };
}

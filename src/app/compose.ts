/** Builds the adapters: the only place that knows which ones there are. Doors ask for a world, use cases for a store. */
import { join } from "node:path";
import type { Config, IssueSettings } from "../model/config.ts";
import { Failure } from "../model/failure.ts";
import type { IssueLedger } from "../model/issue-ledger.ts";
import type { Place } from "./place.ts";
import type { CodeHost } from "../model/code-host.ts";
import type { Tracker } from "../model/tracker.ts";
import type { Git } from "../project/git.ts";
import { readRemote } from "../project/remote.ts";
import type { HistoryStore, ResultCache } from "../model/store.ts";
import { makeTemporaryFolder } from "./check/temporary-folder.ts";
import { createHttp } from "../system/http.ts";
import { endProcessGroup, markProcess } from "../system/process-group.ts";
import { processOwner } from "../system/process-owner.ts";
import { sleep } from "../system/sleep.ts";
import { uuidv7 } from "../store/uuid.ts";
import type { ActionDefinition } from "../model/action.ts";
import type { Http } from "../model/system.ts";
import type { RunStore } from "../model/workflow-run.ts";
import type { Engine } from "../engine/engine.ts";
import { createExec, killAllGroups } from "../system/exec.ts";
import { createLog } from "../system/log.ts";
import type { NotifierRequest, OpenDesk } from "./notices.ts";
import type { World } from "./world.ts";

export interface WorldRequest extends Pick<World, "cwd" | "env" | "cores" | "signal"> {
  /** Where lines for the person beside the report go. */
  readonly write: (text: string) => void;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export function composeWorld({ write, quiet, verbose, ...given }: WorldRequest): World {
  return {
    ...given,
    exec: createExec(given.env),
    clock: { now: () => new Date(), monotonic: () => performance.now() },
    log: createLog({ write, quiet, verbose, secrets: secretValues(given.env) }),
  };
}

/** Ends every program that was started and still runs; for the end of the process. */
export function endPrograms(): void {
  killAllGroups();
}

/** `undefined`: nothing is kept, nothing is reused. */
export async function openCache(dataDirectory: string | undefined, world: World): Promise<ResultCache> {
  if (dataDirectory === undefined) {
    const { memoryCache } = await import("../store/memory-cache.ts");
    return memoryCache();
  }
  const { openResultCache } = await import("../store/result-cache.ts");
  return openResultCache(join(dataDirectory, "cache"), { log: world.log });
}

/** Loaded when asked for: the database library costs start-up time. Throws a Failure that says what is wrong with it. */
export async function openHistoryStore(dataDirectory: string, world: World): Promise<HistoryStore> {
  const { openHistory } = await import("../store/history.ts");
  return openHistory(join(dataDirectory, "history.db"), { log: world.log, clock: world.clock });
}

/** Values of variables whose names say that they are secret; they are masked in every line that is logged. */
function secretValues(env: World["env"]): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && /TOKEN|SECRET|WEBHOOK_URL|PASSWORD|API_?KEY|PRIVATE_KEY|CREDENTIAL/i.test(name)
      ? [value]
      : [],
  );
}

/** Workflow runs, in the same database as the history. Throws a Failure that says what is wrong with it. */
export async function openRunStore(dataDirectory: string, world: World): Promise<RunStore> {
  const { openRuns } = await import("../store/runs.ts");
  return openRuns(join(dataDirectory, "history.db"), { clock: world.clock });
}

/** How the repository is reached on its code host; undefined without a token, or when no repository is named. */
export interface HostAccess {
  /** `owner/name`. */
  readonly slug: string;
  readonly token: string;
  readonly apiUrl: string | undefined;
}

/** `slug`: the event's. Else what the environment says, else the clone's `origin` where it is on that very host. */
export async function findHostAccess(
  world: World,
  given: { readonly slug?: string | undefined; readonly git?: Git | undefined },
): Promise<HostAccess | undefined> {
  const { readEnvironment } = await import("../config/environment.ts");
  const { token, apiUrl, repository } = readEnvironment(world.env).codeHost;
  if (token === undefined) return undefined;
  const slug = given.slug ?? repository ?? (given.git === undefined ? undefined : await slugOf(given.git, apiUrl));
  return slug === undefined ? undefined : { slug, token, apiUrl };
}

/** The token goes to one host only: a clone of another one is none of its business. */
async function slugOf(git: Git, apiUrl: string | undefined): Promise<string | undefined> {
  const remote = await readRemote(git);
  const host = apiUrl === undefined ? "github.com" : (URL.parse(apiUrl)?.host ?? "").replace(/^api\./, "");
  return remote?.host.replace(/^ssh\./, "") === host ? remote.slug : undefined;
}

/** Loaded when asked for: the SDK costs start-up time. */
export async function openCodeHost(world: World, access: HostAccess): Promise<CodeHost> {
  const { createGithubHost } = await import("../integrations/github/index.ts");
  return createGithubHost(githubOptions(world, access));
}

export async function openTracker(world: World, access: HostAccess): Promise<Tracker> {
  const { createGithubTracker } = await import("../integrations/github/index.ts");
  return createGithubTracker(githubOptions(world, access));
}

/** The one that the configuration names, by what the environment gives. Throws a Failure that says what is missing. */
export async function openConfiguredTracker(world: World, place: Place, { issues }: Config): Promise<Tracker> {
  if (issues.tracker === "linear") return openLinear(world, place, issues.linear);
  const access = await findHostAccess(world, { git: place.git });
  if (access === undefined) {
    throw new Failure("CF431", "GitHub's issues cannot be reached", {
      why: "there is no token, or it is not clear which repository is meant",
      next: "set GITHUB_TOKEN, and GITHUB_REPOSITORY where the remote does not say it",
    });
  }
  return openTracker(world, access);
}

/** Whether Linear can be asked: a key, and the team that issues are for. */
export async function hasLinear(world: World, { issues }: Config): Promise<boolean> {
  const { readEnvironment } = await import("../config/environment.ts");
  return readEnvironment(world.env).linear.apiKey !== undefined && issues.linear !== undefined;
}

async function openLinear(world: World, { git }: Place, place: IssueSettings["linear"]): Promise<Tracker> {
  const { readEnvironment } = await import("../config/environment.ts");
  const { apiKey, apiUrl } = readEnvironment(world.env).linear;
  if (apiKey === undefined || place === undefined) {
    throw new Failure("CF432", "Linear cannot be reached", {
      why: apiKey === undefined ? "there is no key" : "it is not said which team the issues are for",
      next:
        apiKey === undefined
          ? "set LINEAR_API_KEY"
          : "write issues: { tracker: linear, linear: { team: KEY } } into codeflow.yml",
    });
  }
  const { createLinearTracker } = await import("../integrations/linear/index.ts");
  const { log, signal } = world;
  const remote = git === undefined ? undefined : await readRemote(git);
  return createLinearTracker({
    apiKey,
    ...place,
    ...(remote === undefined ? {} : { scope: `${remote.host.replace(/^ssh\./, "")}/${remote.slug}` }),
    log,
    signal,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  });
}

/** The ledger of issues, in the same database as the history. Throws a Failure that says what is wrong with it. */
export async function openIssueLedger(dataDirectory: string, world: World): Promise<IssueLedger> {
  const { openIssues } = await import("../store/issues.ts");
  return openIssues(join(dataDirectory, "history.db"), { clock: world.clock });
}

function githubOptions({ log, clock, signal }: World, { slug, token, apiUrl }: HostAccess) {
  return { slug, token, log, clock, signal, ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }) };
}

/** Whether there is anybody to tell; the configuration is read only where the environment does not settle it. */
export async function hasNotifier(world: World, webhooks: () => Promise<boolean>): Promise<boolean> {
  const { readNoticeEnvironment } = await import("../config/notice-environment.ts");
  const { slackBotToken, slackWebhookUrl } = readNoticeEnvironment(world.env);
  return slackBotToken !== undefined || slackWebhookUrl !== undefined || (await webhooks());
}

/** Throws a Failure when a webhook's secret is missing or the ledger cannot be opened. */
export async function openNotifier(world: World, request: Omit<NotifierRequest, "environment">): Promise<OpenDesk> {
  const { readNoticeEnvironment } = await import("../config/notice-environment.ts");
  const { openNotifierWith } = await import("./notices.ts");
  const environment = readNoticeEnvironment(world.env);
  const wait = (ms: number): Promise<void> => sleep(ms, world.signal ?? new AbortController().signal);
  return openNotifierWith({ ...request, environment }, { http: composeHttp(), wait }, world);
}

export function composeHttp(): Http {
  return createHttp({ random: Math.random, now: () => new Date() });
}

/** `action`: the catalog. */
export async function composeEngine(
  store: RunStore,
  world: World,
  action: (id: string) => Promise<ActionDefinition | undefined>,
): Promise<Engine> {
  const { createEngine } = await import("../engine/engine.ts");
  const { stepEnvironment } = await import("./step-environment.ts");
  return createEngine({
    store,
    owner: processOwner(),
    clock: world.clock,
    random: Math.random,
    sleep,
    exec: world.exec,
    processes: { mark: markProcess, end: endProcessGroup },
    environment: stepEnvironment(world.env),
    action,
    makeFolder: makeTemporaryFolder,
    newId: () => uuidv7(world.clock.now()),
  });
}

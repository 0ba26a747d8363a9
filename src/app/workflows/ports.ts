/** What workflows are given on this machine: the checkout, checks, the history, the outside. */
import type { ActionNeed, ActionPorts, CommandPort, PullRequestPort, Repository } from "../../model/action.ts";
import type { CodeHost, HostPullRequest } from "../../model/code-host.ts";
import type { CommandPolicy } from "../../model/command-policy.ts";
import type { TriggerEvent } from "../../model/event.ts";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { Notifier } from "../../model/notifier.ts";
import type { HistoryStore } from "../../model/store.ts";
import type { Tracker } from "../../model/tracker.ts";
import { changeOf } from "../change-of.ts";
import { readCommandPolicy } from "../command-policy.ts";
import {
  composeHttp,
  findHostAccess,
  hasLinear,
  hasNotifier,
  type HostAccess,
  openCodeHost,
  openConfiguredTracker,
  openHistoryStore,
  openNotifier,
  openTracker,
} from "../compose.ts";
import { defaultConfig } from "../../config/defaults.ts";
import type { OpenDesk } from "../notices.ts";
import { configOnDisk, lookAtConfig } from "../project-config.ts";
import type { Place } from "../place.ts";
import type { World } from "../world.ts";
import { type CheckPorts, openCheckPorts } from "./check-ports.ts";

export interface LocalPorts {
  readonly ports: Partial<ActionPorts>;
  readonly repository: Repository | undefined;
  /** The run is about a stranger's code: nothing of it may be executed. */
  readonly isStranger: boolean;
  close(): Promise<void>;
}

/** What there will be, without opening it: for planning. */
export async function availablePorts(
  place: Place,
  event: TriggerEvent,
  world: World,
): Promise<ReadonlySet<ActionNeed>> {
  const ports: ActionNeed[] = ["check", "history", "http", "platforms", "workflows"];
  if (place.repository?.worktree !== undefined) ports.push("repo");
  const access = await accessOf(place, event, world);
  if (await hasTracker(place, access, world)) ports.push("tracker");
  if (access !== undefined) {
    ports.push("host", "commands");
    if (event.pullRequest !== undefined) ports.push("publisher", "pullRequest");
  }
  const webhooks = async (): Promise<boolean> =>
    Object.keys((await lookAtConfig(place)).config?.notices.webhooks ?? {}).length > 0;
  if (await hasNotifier(world, webhooks)) ports.push("notifier");
  return new Set(ports);
}

function accessOf(place: Place, { repository }: TriggerEvent, world: World): Promise<HostAccess | undefined> {
  const slug = repository === undefined ? undefined : `${repository.owner}/${repository.name}`;
  return findHostAccess(world, { slug, git: place.git });
}

const hostNeeds: ReadonlySet<ActionNeed> = new Set([
  "commands",
  "host",
  "notifier",
  "publisher",
  "pullRequest",
  "tracker",
]);

/** The code host and what is on it, as far as the workflow asks for it. */
async function openHostPorts(
  place: Place,
  event: TriggerEvent,
  needs: readonly ActionNeed[],
  world: World,
): Promise<Partial<ActionPorts>> {
  // A comment does not say whose code it is about: the host is asked.
  const isOpen = event.pullRequest !== undefined && event.pullRequest.isFork === undefined;
  if (!isOpen && !needs.some((need) => hostNeeds.has(need))) return {};
  const access = await accessOf(place, event, world);
  const tracker = needs.includes("tracker") ? await trackerOf(place, access, world) : undefined;
  const trackers = tracker === undefined ? {} : { tracker };
  if (access === undefined) return trackers;
  const host = await openCodeHost(world, access);
  return {
    host,
    ...trackers,
    ...(event.pullRequest === undefined
      ? {}
      : { pullRequest: pullRequestPort(host, event.pullRequest.number, place, world) }),
  };
}

/** The configured tracker: Linear where the configuration says so, else the issues of the event's repository. */
async function trackerOf(place: Place, access: HostAccess | undefined, world: World): Promise<Tracker | undefined> {
  const { config } = await lookAtConfig(place);
  if (config?.issues.tracker === "linear") return openConfiguredTracker(world, place, config);
  return access === undefined ? undefined : openTracker(world, access);
}

async function hasTracker(place: Place, access: HostAccess | undefined, world: World): Promise<boolean> {
  const { config } = await lookAtConfig(place);
  return config?.issues.tracker === "linear" ? hasLinear(world, config) : access !== undefined;
}

function pullRequestPort(host: CodeHost, number: number, place: Place, world: World): PullRequestPort {
  let asked: Promise<HostPullRequest> | undefined;
  async function ask(): Promise<HostPullRequest> {
    const found = await host.pullRequest(number);
    if (found !== undefined) return found;
    throw new Failure("CF703", `pull request #${number} of ${host.slug} is not there`, {
      why: "the code host answered 404",
      next: "check its number, and that the token may see the repository",
      exitCode: exitCodes.incomplete,
    });
  }
  const port: PullRequestPort = {
    number,
    get({ refresh = false } = {}) {
      if (refresh || asked === undefined) asked = ask();
      return asked;
    },
    async change() {
      return changeOf(host, await port.get(), place.git, world.log);
    },
  };
  return port;
}

export async function openPorts(
  place: Place,
  event: TriggerEvent,
  needs: readonly ActionNeed[],
  world: World,
  version: string,
): Promise<LocalPorts> {
  let repository: Repository | undefined;
  if (place.repository?.worktree !== undefined) {
    const { openRepository } = await import("../../project/repository.ts");
    repository = await openRepository({
      root: place.root,
      exec: world.exec,
      env: world.env,
      base: event.pullRequest?.baseSha,
      head: event.pullRequest?.headSha,
      defaultBranch: event.repository?.defaultBranch,
    });
  }
  let history: HistoryStore | undefined;
  if (needs.includes("history")) history = await openHistoryStore(place.dataDirectory, world);
  const hostPorts = await openHostPorts(place, event, needs, world);
  const { host, pullRequest } = hostPorts;
  const isStranger = await isStrangers(event, pullRequest);
  const notifier = needs.includes("notifier") ? await openNotices(place, event, host, isStranger, world) : undefined;
  const checks: CheckPorts = openCheckPorts(world, version, { isStranger, base: await baseHere(place, event) });
  return {
    ports: {
      ...(repository === undefined ? {} : { repo: repository }),
      ...(history === undefined ? {} : { history }),
      check: checks.check,
      http: composeHttp(),
      ...hostPorts,
      ...(notifier === undefined ? {} : { notifier }),
      ...(host === undefined ? {} : { commands: commandPort(host, pullRequest, event) }),
      ...(host === undefined || pullRequest === undefined ? {} : { publisher: checks.publisherOn(host, pullRequest) }),
      platforms: {
        async detect() {
          const { detect } = await import("../detect.ts");
          return detect(world);
        },
      },
    },
    repository,
    isStranger,
    close: async () => {
      await history?.close();
      await notifier?.close();
    },
  };
}

function commandPort(host: CodeHost, pullRequest: PullRequestPort | undefined, event: TriggerEvent): CommandPort {
  let read: Promise<CommandPolicy> | undefined;
  const ask = async (): Promise<CommandPolicy> => {
    const base = (await pullRequest?.get())?.base.branch;
    const branch = base ?? event.repository?.defaultBranch ?? (await host.repository()).defaultBranch;
    return readCommandPolicy(host, branch);
  };
  return { policy: () => (read ??= ask()) };
}

/** Where the event's pull request began, as far as this clone has it: a runner's knows no branch but what is checked out. */
async function baseHere({ git }: Place, { pullRequest }: TriggerEvent): Promise<string | undefined> {
  const { baseSha, headSha } = pullRequest ?? {};
  if (git === undefined || baseSha === undefined) return undefined;
  const known = await git.commit(baseSha);
  if (known !== undefined) return known;
  // GitHub's merge of it may be with a later commit of the base: that one then.
  const isMerge = headSha !== undefined && (await git.commit("HEAD^2")) === headSha;
  return isMerge ? git.commit("HEAD^1") : undefined;
}

async function openNotices(
  place: Place,
  event: TriggerEvent,
  host: CodeHost | undefined,
  isStranger: boolean,
  world: World,
): Promise<Notifier & { close(): Promise<void> }> {
  // The checkout may hold a stranger's configuration: it must not say who is told, nor which secrets sign it.
  const config = isStranger ? defaultConfig.notices : (await configOnDisk(place)).notices;
  const notifier = await openNotifier(world, { config, event, dataDirectory: place.dataDirectory, host });
  if (!isStranger) return { ...notifier, close: () => flushAndClose(notifier, world) };
  const reason = "it is about a stranger's pull request, whose configuration is not trusted to say who is told";
  return { ...notifier, send: () => Promise.resolve({ status: "withheld", reason }) };
}

/** At the end: what this run said itself has overtaken what was held of the same. */
async function flushAndClose(notifier: OpenDesk, world: World): Promise<void> {
  try {
    await notifier.flush();
  } catch (error) {
    // The run is over and has its own outcome; what is held stays held.
    if (!(error instanceof Failure)) throw error;
    world.log.warn(`notices that quiet hours held were not sent: ${error.message}`);
  } finally {
    await notifier.close();
  }
}

/** Unknown counts as a stranger's, but for a person at their own checkout. */
async function isStrangers(event: TriggerEvent, pullRequest: PullRequestPort | undefined): Promise<boolean> {
  if (event.pullRequest === undefined) return false;
  if (event.pullRequest.isFork !== undefined) return event.pullRequest.isFork;
  if (pullRequest !== undefined) return (await pullRequest.get()).isFork;
  return event.name !== "manual";
}

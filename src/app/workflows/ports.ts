/** What workflows are given on this machine: the checkout, checks, the history, the outside. */
import type { ActionNeed, ActionPorts, CheckPort, PullRequestPort, Repository } from "../../model/action.ts";
import type { CodeHost, HostPullRequest } from "../../model/code-host.ts";
import type { TriggerEvent } from "../../model/event.ts";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { HistoryStore } from "../../model/store.ts";
import { changeOf } from "../change-of.ts";
import { checkAfresh } from "../check-afresh.ts";
import type { CheckedProject } from "../check.ts";
import {
  composeHttp,
  findHostAccess,
  type HostAccess,
  openCodeHost,
  openHistoryStore,
  openTracker,
} from "../compose.ts";
import type { Place } from "../place.ts";
import { renderRun } from "../reports.ts";
import type { World } from "../world.ts";

export interface LocalPorts {
  readonly ports: Partial<ActionPorts>;
  readonly repository: Repository | undefined;
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
  if ((await accessOf(place, event, world)) !== undefined) {
    ports.push("host", "tracker");
    if (event.pullRequest !== undefined) ports.push("pullRequest");
  }
  return new Set(ports);
}

function accessOf(place: Place, { repository }: TriggerEvent, world: World): Promise<HostAccess | undefined> {
  const slug = repository === undefined ? undefined : `${repository.owner}/${repository.name}`;
  return findHostAccess(world, { slug, git: place.git });
}

/** The code host and what is on it, as far as the workflow asks for it. */
async function openHostPorts(
  place: Place,
  event: TriggerEvent,
  needs: readonly ActionNeed[],
  world: World,
): Promise<Partial<ActionPorts>> {
  if (!needs.some((need) => need === "host" || need === "tracker" || need === "pullRequest")) return {};
  const access = await accessOf(place, event, world);
  if (access === undefined) return {};
  const host = await openCodeHost(world, access);
  return {
    host,
    ...(needs.includes("tracker") ? { tracker: await openTracker(world, access) } : {}),
    ...(event.pullRequest === undefined
      ? {}
      : { pullRequest: pullRequestPort(host, event.pullRequest.number, place, world) }),
  };
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
  return {
    ports: {
      ...(repository === undefined ? {} : { repo: repository }),
      ...(history === undefined ? {} : { history }),
      check: checkPort(world, version, event.pullRequest?.isFork === true),
      http: composeHttp(),
      ...(await openHostPorts(place, event, needs, world)),
      platforms: {
        async detect() {
          const { detect } = await import("../detect.ts");
          return detect(world);
        },
      },
    },
    repository,
    close: async () => history?.close(),
  };
}

/** `codeflow check` over the checkout; `isStranger`: the repository's own tools are never run. */
function checkPort(world: World, version: string, isStranger: boolean): CheckPort {
  const checked = new WeakMap<object, CheckedProject>();
  return {
    async run({
      scope = "all",
      base,
      paths = [],
      only = [],
      skip = [],
      gate = [],
      imports = [],
      profile,
      fix,
      noExec,
    }) {
      const project = await checkAfresh(
        {
          paths,
          scope: scope === "changed" ? { kind: "changed", base } : { kind: scope },
          profile,
          only,
          skip,
          noExec: noExec === true || isStranger,
          noCache: false,
          imports,
          reports: [],
          baseline: undefined,
          gate,
          ...(fix === undefined ? {} : { fix: { level: fix, dryRun: false } }),
        },
        world,
        version,
      );
      checked.set(project.run, project);
      return {
        run: project.run,
        exitCode: project.exitCode,
        fixedFiles: (project.fix?.written ?? []).map(({ path }) => path),
      };
    },
    async render(run, format, { limit } = {}) {
      // Of a run that another step made (or that was read from the store) the code itself is not at hand.
      const project = checked.get(run) ?? { run, files: { line: () => undefined, text: () => undefined } };
      return renderRun(format, project, { color: false, width: 100, links: false, verbose: false, limit });
    },
  };
}

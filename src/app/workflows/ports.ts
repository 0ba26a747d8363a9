/** What workflows are given on this machine: the checkout, checks, the history, the outside. */
import type { ActionNeed, ActionPorts, CheckPort, Repository } from "../../model/action.ts";
import type { TriggerEvent } from "../../model/event.ts";
import type { HistoryStore } from "../../model/store.ts";
import { checkAfresh } from "../check-afresh.ts";
import type { CheckedProject } from "../check.ts";
import { composeHttp, openHistoryStore } from "../compose.ts";
import type { Place } from "../place.ts";
import { renderRun } from "../reports.ts";
import type { World } from "../world.ts";

export interface LocalPorts {
  readonly ports: Partial<ActionPorts>;
  readonly repository: Repository | undefined;
  close(): Promise<void>;
}

/** What there will be, without opening it: for planning. */
export function availablePorts(place: Place): ReadonlySet<ActionNeed> {
  const always: ActionNeed[] = ["check", "history", "http", "platforms", "workflows"];
  return new Set(place.repository?.worktree === undefined ? always : [...always, "repo"]);
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

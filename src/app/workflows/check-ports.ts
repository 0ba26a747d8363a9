/** The ports of checks: running one over the checkout, and saying one on a pull request. */
import type { CheckPort, PublisherPort, PullRequestPort } from "../../model/action.ts";
import type { CodeHost } from "../../model/code-host.ts";
import { exitCodes, Failure } from "../../model/failure.ts";
import { checkAfresh, type FreshCheck } from "../check-afresh.ts";
import { publisherPort } from "../publish-check.ts";
import { renderRun } from "../reports.ts";
import type { World } from "../world.ts";
import { contains } from "./contains.ts";

export interface CheckPorts {
  readonly check: CheckPort;
  /** On this pull request. */
  publisherOn(host: CodeHost, pullRequest: PullRequestPort): PublisherPort;
}

export interface CheckPortsRequest {
  /** The repository's own tools are never run, and a change is judged by the rules of its base. */
  readonly isStranger: boolean;
  /** What a change is compared with where the step does not say it; undefined: the default branch. */
  readonly base: string | undefined;
}

export function openCheckPorts(
  world: World,
  version: string,
  { isStranger, base: usualBase }: CheckPortsRequest,
): CheckPorts {
  const checked = new WeakMap<object, FreshCheck>();
  const check: CheckPort = {
    async run({
      scope = "all",
      base = usualBase,
      paths = [],
      only = [],
      skip = [],
      gate = [],
      imports = [],
      profile,
      fix,
      fixRules,
      noExec,
      fresh = false,
    }) {
      const project = await checkAfresh(
        {
          paths,
          scope: scope === "changed" ? { kind: "changed", base } : { kind: scope },
          profile,
          only,
          skip,
          noExec: noExec === true || isStranger,
          noCache: fresh,
          imports,
          reports: [],
          baseline: undefined,
          gate,
          ...(fix === undefined
            ? {}
            : { fix: { level: fix, dryRun: false, ...(fixRules === undefined ? {} : { rules: fixRules }) } }),
          // A stranger's change is judged by the configuration of what it is compared with.
          ...(isStranger && scope === "changed" ? { trust: "base" as const } : {}),
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
  return {
    check,
    publisherOn: (host, pullRequest) => ({
      async publish(run, options) {
        const [{ head }, change] = [await pullRequest.get(), await pullRequest.change()];
        const place = checked.get(run)?.place;
        if (place !== undefined && !(await contains(place, head.sha))) {
          throw new Failure("CF464", `what is checked out is not pull request #${pullRequest.number}`, {
            why: `it does not contain its head ${head.sha.slice(0, 10)}`,
            next: `git fetch origin pull/${pullRequest.number}/head && git checkout FETCH_HEAD`,
            exitCode: exitCodes.incomplete,
          });
        }
        const request = { host, pullRequest: pullRequest.number, change, sha: head.sha };
        const port = publisherPort(request, (one) => checked.get(one), world);
        return port.publish(run, options);
      },
    }),
  };
}

/** A pull request from a fork does not say what runs for it: workflows that it brings are not obeyed. */
import { readFileSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { TriggerEvent } from "../../model/event.ts";
import { Failure } from "../../model/failure.ts";
import type { Plan, PlannedStep } from "../../model/workflow.ts";
import { findHostAccess, openCodeHost } from "../compose.ts";
import type { Place } from "../place.ts";
import type { World } from "../world.ts";
import { contains } from "./contains.ts";

/**
 * Where the checkout holds a fork's commits, each workflow of the repository must be the one of the base branch, byte for
 * byte: its actions speak with our token, though nothing in it is executed. Shipped ones and those outside of the
 * checkout are nobody's to change.
 */
export async function refuseStrangersWorkflows(
  plan: Plan,
  event: TriggerEvent,
  place: Place,
  world: World,
): Promise<void> {
  const { git, root } = place;
  const paths = [...ownFiles(plan)]
    .map((path) =>
      relative(realpathSync(root), realpathSync(resolve(world.cwd, path)))
        .split(sep)
        .join("/"),
    )
    .filter((path) => !path.startsWith("../") && !isAbsolute(path));
  if (event.pullRequest === undefined || event.pullRequest.isFork === false || git === undefined || paths.length === 0)
    return;
  const { repository } = event;
  const slug = repository === undefined ? undefined : `${repository.owner}/${repository.name}`;
  const access = await findHostAccess(world, { slug, git });
  // Without a token it can say nothing to anybody.
  if (access === undefined) return;
  const host = await openCodeHost(world, access);
  const pull = await host.pullRequest(event.pullRequest.number);
  if (pull === undefined || !pull.isFork || !(await contains(place, pull.head.sha))) return;
  for (const path of paths) {
    const trusted = await host.readFile(path, pull.base.branch);
    if (trusted !== undefined && readFileSync(join(root, path)).equals(trusted)) continue;
    throw new Failure("CF547", `${path} is a stranger's and does not say what runs`, {
      why: `the checkout holds pull request #${pull.number} from a fork, and ${pull.base.branch} ${trusted === undefined ? "has no such workflow" : "has another one"}`,
      next: `check ${pull.base.branch} out: pr.check-out goes to the pull request where a step needs it`,
    });
  }
}

/** As planned: of the workflow and of all that it calls. */
function ownFiles({ workflow, steps }: Plan): Set<string> {
  const files = new Set(workflow.source === "shipped" ? [] : [workflow.path]);
  const look = (step: PlannedStep): void => {
    if (step.called !== undefined) for (const path of ownFiles(step.called)) files.add(path);
    for (const child of step.children ?? []) look(child);
  };
  for (const step of steps) look(step);
  return files;
}

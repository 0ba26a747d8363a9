/** Whether an event starts the workflow that somebody named for it: what its `on:` says of such events. */
import { openRepository } from "../../project/repository.ts";
import { matchTriggers } from "../../workflow/triggers.ts";
import { findPlace } from "../place.ts";
import type { RunRequest } from "../run-workflow.ts";
import { openWorkflow } from "../workflows.ts";
import type { World } from "../world.ts";
import { eventOf } from "./event.ts";

/**
 * Undefined when it starts; else why not, a reason for each entry of `on:` that is about such events. A workflow without
 * one is started by hand, whatever the event. Paths that cannot be found out keep nothing out, as on GitHub.
 */
export async function whyNotStarted(request: RunRequest, world: World): Promise<readonly string[] | undefined> {
  const event = eventOf(request.event, world);
  const { workflow } = await openWorkflow(request.workflow, world);
  const entries = workflow.on.filter((trigger) => trigger.event === event.name);
  if (entries.length === 0) return undefined;
  let match = matchTriggers({ on: entries }, event);
  if (match.needsPaths) {
    const changedPaths = await pathsOf(event.pullRequest, world);
    if (changedPaths === undefined) return undefined;
    match = matchTriggers({ on: entries }, event, { changedPaths });
  }
  return match.matched ? undefined : match.reasons;
}

async function pathsOf(
  pullRequest: { readonly baseSha?: string; readonly headSha?: string } | undefined,
  world: World,
): Promise<readonly string[] | undefined> {
  const place = await findPlace(world);
  if (place.repository?.worktree === undefined) return undefined;
  try {
    const repository = await openRepository({
      root: place.root,
      exec: world.exec,
      env: world.env,
      base: pullRequest?.baseSha,
      head: pullRequest?.headSha,
      defaultBranch: undefined,
    });
    const { files } = await repository.change();
    return files.flatMap(({ path, previousPath }) => (previousPath === undefined ? [path] : [path, previousPath]));
  } catch (error) {
    world.log.debug(`which paths changed is not known: ${(error as Error).message}`);
    return undefined;
  }
}

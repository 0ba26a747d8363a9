/** Plans a run of a workflow that is named or whose path is given, with what it calls. */
import type { ActionNeed } from "../../model/action.ts";
import type { TriggerEvent } from "../../model/event.ts";
import type { Plan } from "../../model/workflow.ts";
import { planWorkflow } from "../../workflow/plan-workflow.ts";
import { Mistakes } from "../mistakes.ts";
import { openWorkflow } from "../workflows.ts";
import type { World } from "../world.ts";

export interface PlanningRequest {
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly event: TriggerEvent;
  readonly availablePorts: ReadonlySet<ActionNeed>;
}

/** Throws `Mistakes` with all that is wrong in the file and in those that it calls. */
export async function planFile({ workflow: name, ...request }: PlanningRequest, world: World): Promise<Plan> {
  const { workflow, catalog, resolve, names, warnings, texts } = await openWorkflow(name, world);
  const { plan, diagnostics } = planWorkflow(workflow, { ...request, catalog, resolve, workflowNames: names });
  if (plan === undefined) throw new Mistakes("CF531", [...warnings, ...diagnostics], texts);
  return plan;
}

/** Finds text from outside that would become part of a shell script: event, step outputs, env and inputs that carry it. */
import type { ActionNeed } from "../model/action.ts";
import type { Workflow, WorkflowStep } from "../model/workflow.ts";
import { type ActionCatalog, isHarmlessProperty } from "./catalog.ts";
import { parseExpression, type Reference } from "./expression-syntax.ts";
import { splitTemplate } from "./expressions.ts";

export interface UnsafeInterpolation {
  readonly step: WorkflowStep;
  /** `event.pull_request.title` */
  readonly text: string;
  /** In the step's `run`. */
  readonly offset: number;
  readonly length: number;
}

/** Names of what carries text from outside. */
interface Carriers {
  readonly inputs: ReadonlySet<string>;
  readonly env: ReadonlySet<string>;
  readonly steps: ReadonlyMap<string, WorkflowStep>;
  readonly item: boolean;
}

/** `carriedInputs`: inputs of a called workflow into which its caller puts text from outside. */
export function findUnsafeRuns(
  workflow: Pick<Workflow, "env" | "steps">,
  catalog: ActionCatalog,
  carriedInputs: ReadonlySet<string> = new Set(),
): UnsafeInterpolation[] {
  const steps = allSteps(workflow.steps);
  // Nothing can be unsafe where nothing is interpolated.
  if (!steps.some(({ step }) => step.kind === "run" && step.run.includes("${{"))) return [];
  const carriers = findCarriers(workflow, steps, catalog, carriedInputs);
  return steps.flatMap(({ step, around }) => {
    if (step.kind !== "run" || !step.run.includes("${{")) return [];
    const own = ownCarriers(step, around, carriers, catalog);
    return splitTemplate(step.run).parts.flatMap((part) =>
      part.kind === "expression"
        ? carryingReferences(part.text, own, catalog).map((reference) => ({
            step,
            text: part.text.slice(reference.offset, reference.offset + reference.length),
            offset: part.offset + reference.offset,
            length: reference.length,
          }))
        : [],
    );
  });
}

/** Whether a value handed on could hold text from outside. */
export function findCarriedInputs(
  given: Readonly<Record<string, unknown>>,
  workflow: Pick<Workflow, "env" | "steps">,
  catalog: ActionCatalog,
  carriedInputs: ReadonlySet<string>,
): ReadonlySet<string> {
  const carriers = findCarriers(workflow, allSteps(workflow.steps), catalog, carriedInputs);
  // Inside a loop the item may be anything.
  const generous = { ...carriers, item: true };
  return new Set(Object.keys(given).filter((name) => carries(given[name], generous, catalog)));
}

interface NestedStep {
  readonly step: WorkflowStep;
  readonly around: readonly WorkflowStep[];
}

function allSteps(steps: readonly WorkflowStep[], around: readonly WorkflowStep[] = []): NestedStep[] {
  return steps.flatMap((step) => [
    { step, around },
    ...(step.kind === "parallel" ? allSteps(step.steps, [...around, step]) : []),
  ]);
}

function findCarriers(
  workflow: Pick<Workflow, "env">,
  steps: readonly NestedStep[],
  catalog: ActionCatalog,
  inputs: ReadonlySet<string>,
): Carriers {
  const found = new Map<string, WorkflowStep>();
  const base = { inputs, env: new Set<string>(), steps: found, item: false };
  const env = new Set(Object.keys(workflow.env).filter((name) => carries(workflow.env[name], base, catalog)));
  const carriers = { ...base, env: new Set([...env].map((name) => name.toLowerCase())) };
  // `needs` may run a later step first: again until nothing is new.
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { step, around } of steps) {
      if (found.has(step.id.toLowerCase())) continue;
      const own = ownCarriers(step, around, carriers, catalog);
      if (bringsText(step, catalog) || carries(handedOver(step), own, catalog)) {
        found.set(step.id.toLowerCase(), step);
      }
    }
  }
  return carriers;
}

/** What these give was written by whoever opened the pull request or the issue: also the names of its files. */
const outsidePorts: readonly ActionNeed[] = ["host", "http", "pullRequest", "repo", "tracker"];

function bringsText(step: WorkflowStep, catalog: ActionCatalog): boolean {
  return step.kind === "action" && catalog.get(step.uses)?.needs.some((need) => outsidePorts.includes(need)) === true;
}

function handedOver(step: WorkflowStep): unknown {
  const own = step.kind === "run" ? step.run : step.kind === "parallel" ? undefined : step.with;
  return [own, step.env, step.outputs];
}

function ownCarriers(
  step: WorkflowStep,
  around: readonly WorkflowStep[],
  carriers: Carriers,
  catalog: ActionCatalog,
): Carriers {
  let env: ReadonlySet<string> = carriers.env;
  let { item } = carriers;
  for (const each of [...around, step]) {
    if (each.foreach !== undefined) item = carries(each.foreach.items, { ...carriers, env, item }, catalog);
    const names = Object.keys(each.env);
    if (names.length === 0) continue;
    const next = new Set(env);
    for (const name of names) {
      if (carries(each.env[name], { ...carriers, env, item }, catalog)) next.add(name.toLowerCase());
      else next.delete(name.toLowerCase());
    }
    env = next;
  }
  return { ...carriers, env, item };
}

function carries(value: unknown, carriers: Carriers, catalog: ActionCatalog): boolean {
  if (typeof value === "string") {
    return (
      value.includes("${{") &&
      splitTemplate(value).parts.some(
        ({ kind, text }) => kind === "expression" && carryingReferences(text, carriers, catalog).length > 0,
      )
    );
  }
  return (
    typeof value === "object" && value !== null && Object.values(value).some((each) => carries(each, carriers, catalog))
  );
}

function carryingReferences(expression: string, carriers: Carriers, catalog: ActionCatalog): Reference[] {
  return (parseExpression(expression).expression?.references ?? []).filter(
    (reference) => reference.reachesResult && isCarrier(reference, carriers, catalog),
  );
}

/** Of an event's payload only numbers, ids, commits and yes-or-no cannot hold what somebody typed. */
const harmlessLeaf =
  /^(?:number|id|node_id|.*_id|sha|.*_sha|before|after|draft|merged|mergeable|rebaseable|locked|deleted|forced|private|fork|size|additions|deletions|changed_files|distinct_size|created_at|updated_at|closed_at|merged_at|pushed_at)$/i;

function isCarrier({ context, path }: Reference, carriers: Carriers, catalog: ActionCatalog): boolean {
  const keys = path.map(({ key }) => (typeof key === "string" ? key.toLowerCase() : key));
  const [first, second, third] = keys;
  switch (context.toLowerCase()) {
    case "event": {
      const last = keys.at(-1);
      // The event's own name and type are words of a fixed list.
      if (keys.length === 1 && (first === "name" || first === "action")) return false;
      return !(typeof last === "string" && harmlessLeaf.test(last));
    }
    case "env":
      return first === undefined ? carriers.env.size > 0 : carriers.env.has(String(first));
    case "inputs":
      return first === undefined ? carriers.inputs.size > 0 : carriers.inputs.has(String(first));
    case "repo":
      // Whoever opens a pull request names its branch, and git lets a name hold `$(…)`.
      return first === undefined || first === "branch";
    case "item":
      return carriers.item && !(typeof keys.at(-1) === "string" && harmlessLeaf.test(String(keys.at(-1))));
    case "steps": {
      if (first === undefined) return carriers.steps.size > 0;
      const step = carriers.steps.get(String(first));
      if (step === undefined || (second !== undefined && second !== "outputs" && second !== "items")) return false;
      const written = path[2]?.key;
      const isOwn = written !== undefined && Object.hasOwn(step.outputs, written);
      if (step.kind !== "action" || third === undefined || isOwn) return true;
      if (/^(?:commit|sha|.*-sha|.*-id)$/.test(String(third))) return false;
      return !isHarmlessProperty(catalog.get(step.uses)?.outputs ?? {}, String(written));
    }
    default:
      return false;
  }
}

/** Finds workflows by name or path, reads them with what they call, and plans a run. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { actions } from "../../actions/index.ts";
import type { ActionDefinition, ActionNeed } from "../../model/action.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { TriggerEvent } from "../../model/event.ts";
import { Failure } from "../../model/failure.ts";
import type { Plan, Workflow, WorkflowSource, WorkflowStep } from "../../model/workflow.ts";
import { type ActionCatalog, mentionedActions } from "../../workflow/catalog.ts";
import { planWorkflow } from "../../workflow/plan-workflow.ts";
import { readWorkflow } from "../../workflow/read-workflow.ts";
import { Mistakes } from "../mistakes.ts";
import type { Place } from "../place.ts";
import type { World } from "../world.ts";

const ownFolder = ".codeflow/workflows";

interface Found {
  readonly file: string;
  /** As the person would name it. */
  readonly path: string;
  readonly source: WorkflowSource;
}

export interface PlanningRequest {
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly event: TriggerEvent;
  readonly availablePorts: ReadonlySet<ActionNeed>;
}

/** Loads the action's code when it is first asked for. */
export async function loadAction(id: string): Promise<ActionDefinition | undefined> {
  return actions.find((entry) => entry.id === id)?.load();
}

/** Throws `Mistakes` with all that is wrong in the file and in those that it calls. */
export async function planFile(request: PlanningRequest, place: Place, world: World): Promise<Plan> {
  const loaded = new Map<string, ActionDefinition>();
  const catalog: ActionCatalog = { ids: actions.map(({ id }) => id), get: (id) => loaded.get(id) };
  const texts = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const byName = new Map<string, Workflow | undefined>();
  const names = workflowFiles(place).map(({ path }) => nameOf(path));

  const read = async (name: string): Promise<Workflow | undefined> => {
    if (byName.has(name)) return byName.get(name);
    byName.set(name, undefined);
    const found = findFile(name, place, world);
    if (found === undefined) return undefined;
    const text = readFileSync(found.file, "utf8");
    texts.set(found.path, text);
    for (const id of mentionedActions(text)) {
      const action = loaded.has(id) ? undefined : await loadAction(id);
      if (action !== undefined) loaded.set(id, action);
    }
    const result = readWorkflow(text, found.path, catalog, found.source);
    diagnostics.push(...result.diagnostics);
    byName.set(name, result.workflow);
    for (const called of calledBy(result.workflow?.steps ?? [])) await read(called);
    return result.workflow;
  };
  const workflow = await read(request.workflow);
  if (workflow === undefined && texts.size === 0) {
    throw new Failure("CF530", `there is no workflow ${request.workflow}`, {
      why: `neither a file, nor in ${ownFolder}, nor shipped with CodeFlow`,
      ...(names.length === 0 ? {} : { next: `codeflow run ${names.slice(0, 8).join(" | ")}` }),
    });
  }
  const isWrong = (): boolean => diagnostics.some(({ severity }) => severity === "error");
  if (workflow === undefined || isWrong()) throw new Mistakes("CF531", diagnostics, texts);
  const planned = planWorkflow(workflow, {
    event: request.event,
    inputs: request.inputs,
    catalog,
    resolve: (name) => byName.get(name),
    workflowNames: names,
    availablePorts: request.availablePorts,
  });
  diagnostics.push(...planned.diagnostics);
  if (planned.plan === undefined) throw new Mistakes("CF531", diagnostics, texts);
  return planned.plan;
}

function* calledBy(steps: readonly WorkflowStep[]): Generator<string> {
  for (const step of steps) {
    if (step.kind === "workflow") yield step.workflow;
    if (step.kind === "parallel") yield* calledBy(step.steps);
  }
}

/** By path as typed; by name first in the repository, then among those that come with CodeFlow. */
function findFile(name: string, place: Place, world: World): Found | undefined {
  if (/[/\\]|\.ya?ml$/.test(name)) {
    const file = isAbsolute(name) ? name : resolve(world.cwd, name);
    if (!existsSync(file)) return undefined;
    const inside = relative(place.root, file).split(sep).join("/");
    const isOwn = dirname(inside) === ownFolder;
    return { file, path: isOwn ? inside : name, source: isOwn ? "repository" : "given" };
  }
  return workflowFiles(place).find(({ path }) => nameOf(path) === name);
}

/** The repository's own come first and stand for shipped ones of the same name. */
export function workflowFiles(place: Place): Found[] {
  const own = filesIn(join(place.root, ownFolder)).map((file): Found => ({
    file,
    path: `${ownFolder}/${basename(file)}`,
    source: "repository",
  }));
  const names = new Set(own.map(({ path }) => nameOf(path)));
  const folder = shippedFolder();
  const shipped = (folder === undefined ? [] : filesIn(folder))
    .filter((file) => !names.has(nameOf(file)))
    .map((file): Found => ({ file, path: `workflows/${basename(file)}`, source: "shipped" }));
  return [...own, ...shipped];
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Beside package.json, however deep the bundler has put this file. */
function shippedFolder(): string | undefined {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return join(folder, "workflows");
  }
  return undefined;
}

function nameOf(path: string): string {
  return basename(path).replace(/\.ya?ml$/, "");
}

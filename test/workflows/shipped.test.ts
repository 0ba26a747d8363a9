/** Every shipped workflow: it validates, plans, and runs from its trigger's event, as its cases say. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { actions } from "../../src/actions/index.ts";
import { composeEngine } from "../../src/app/compose.ts";
import type { ActionDefinition } from "../../src/model/action.ts";
import type { TriggerEvent } from "../../src/model/event.ts";
import type { Plan, Workflow } from "../../src/model/workflow.ts";
import type { ActionCatalog } from "../../src/workflow/catalog.ts";
import { planWorkflow } from "../../src/workflow/plan-workflow.ts";
import { readWorkflow } from "../../src/workflow/read-workflow.ts";
import { matchTriggers } from "../../src/workflow/triggers.ts";
import { caseSchema } from "../actions/case.ts";
import { included, verifyWorld } from "../actions/expected.ts";
import { CaseWorld } from "../actions/world.ts";
import { memoryRuns } from "../contract/fakes/memory-runs.ts";
import { deliveredEvent, deliverySchema } from "./delivery.ts";

const folder = join(import.meta.dirname, "../../workflows");
const cases = join(import.meta.dirname, "shipped");
const files = readdirSync(folder).filter((name) => name.endsWith(".yml"));

const workflowCase = caseSchema.extend({
  /** What GitHub (or the clock) delivers. */
  delivery: deliverySchema,
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  expect: caseSchema.shape.expect.extend({
    run: z.enum(["succeeded", "failed", "waiting"]).default("succeeded"),
    /** By id: status, or a part of the error. All steps of the plan. */
    steps: z.record(z.string(), z.string()),
    /** Of steps, by id, as subsets. */
    "step-outputs": z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  }),
});

const catalog = await loadCatalog();

describe.each(files)("workflows/%s", (file) => {
  const name = file.replace(/\.yml$/, "");
  const text = readFileSync(join(folder, file), "utf8");
  const own = existsSync(join(cases, name)) ? readdirSync(join(cases, name)).sort() : [];

  it("validates, says what it is in its header, and has cases", () => {
    const { diagnostics, workflow } = read(file);
    expect(diagnostics).toEqual([]);
    expect(workflow?.description).toBeDefined();
    expect(text.startsWith("# ")).toBe(true);
    expect(own.length).toBeGreaterThan(0);
  });

  it("has a case that looks at what it did, not only at its steps", () => {
    const wanted = own.map((one) => workflowCase.parse(parse(readFileSync(join(cases, name, one, "case.yml"), "utf8"))).expect);
    const looks = wanted.some(
      ({ host, tracker, notices, git, files: left }) =>
        host !== undefined || tracker !== undefined || (notices?.length ?? 0) > 0 || Object.keys({ ...git, ...left }).length > 0,
    );
    expect(looks).toBe(true);
  });

  it.each(own)("%s", async (one) => {
    const given = workflowCase.parse(parse(readFileSync(join(cases, name, one, "case.yml"), "utf8")));
    const workflow = read(file).workflow as Workflow;
    const world = await CaseWorld.open(given);
    try {
      const event = await deliveredEvent(given.delivery, world);
      expect(matchTriggers(workflow, event, { changedPaths: changedPaths(world) }).matched).toBe(true);
      const wanted = given.expect;
      for (let time = 0; time < given.repeat; time++) {
        const { statuses, outputs, status, errors } = await run(planOf(workflow, event, given.inputs), event, world);
        const told = Object.fromEntries(
          Object.entries(statuses).map(([id, is]) => [id, is === "failed" ? `failed: ${errors[id]}` : is]),
        );
        expect(told, JSON.stringify(errors)).toEqual(
          Object.fromEntries(
            Object.entries(wanted.steps).map(([id, is]) => [
              id,
              is.startsWith("failed") ? expect.stringContaining(is.replace(/^failed:? ?/, "")) : is,
            ]),
          ),
        );
        expect(status).toBe(wanted.run);
        expect(outputs).toMatchObject(included(wanted["step-outputs"], world));
      }
      verifyWorld(wanted, world);
    } finally {
      await world.close();
    }
  });
});

it("has no cases of workflows that are not there", () => {
  expect(readdirSync(cases).sort()).toEqual(files.map((file) => file.replace(/\.yml$/, "")).sort());
});

function read(file: string) {
  return readWorkflow(readFileSync(join(folder, file), "utf8"), `workflows/${file}`, catalog, "shipped");
}

function planOf(workflow: Workflow, event: TriggerEvent, inputs: Readonly<Record<string, unknown>>): Plan {
  const { plan, diagnostics } = planWorkflow(workflow, {
    event,
    inputs,
    catalog,
    resolve: (name) => read(`${name}.yml`).workflow,
    workflowNames: files.map((file) => file.replace(/\.yml$/, "")),
    availablePorts: new Set([
      "check",
      "commands",
      "history",
      "host",
      "http",
      "notifier",
      "platforms",
      "publisher",
      "pullRequest",
      "repo",
      "tracker",
      "workflows",
    ]),
  });
  if (plan === undefined) throw new Error(JSON.stringify(diagnostics));
  return plan;
}

async function run(plan: Plan, event: TriggerEvent, world: CaseWorld) {
  const store = memoryRuns({ now: () => world.machine.clock.now() });
  const engine = await composeEngine(store, world.machine, async (id) => catalog.get(id) as ActionDefinition);
  const id = await engine.create(plan);
  const outcome = await engine.run(id, {
    ports: await world.ports(plan.needs, event),
    root: world.checkout.root,
    repo: {},
    secrets: {},
    isTrusted: event.pullRequest?.isFork !== true,
  });
  if (outcome.kind !== "ended") throw new Error(outcome.kind);
  const steps = await store.steps(id);
  for (const { level, text } of await store.logs(id)) world.log.push(`${level} ${text}`);
  return {
    status: outcome.record.status,
    statuses: Object.fromEntries(steps.map((step) => [step.path, step.status])),
    errors: Object.fromEntries(steps.map((step) => [step.path, step.error ?? ""])),
    outputs: Object.fromEntries(steps.map((step) => [step.path, step.outputs ?? {}])),
  };
}

/** As a code host would tell them: of the change, else of the newest commit. */
function changedPaths(world: CaseWorld): readonly string[] {
  const { change } = world.given;
  const range = change === undefined ? "HEAD" : `${change.base}...${change.head}`;
  const args = change === undefined ? ["show", "--format=", "--name-only"] : ["diff", "--name-only"];
  return world.checkout.git([...args, range]).split("\n").filter((path) => path !== "");
}

async function loadCatalog(): Promise<ActionCatalog> {
  const loaded = new Map<string, ActionDefinition>();
  for (const entry of actions) loaded.set(entry.id, await entry.load());
  return { ids: [...loaded.keys()], get: (id) => loaded.get(id) };
}

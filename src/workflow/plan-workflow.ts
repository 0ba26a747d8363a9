/** The plan of a run, from definition, event and inputs: which steps, in what order, with what needs. Pure and total. */
import type { ActionEffects, ActionNeed } from "../model/action.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { TriggerEvent } from "../model/event.ts";
import type { CallStep, Place, Plan, PlannedStep, TemplateValue, Workflow, WorkflowStep } from "../model/workflow.ts";
import type { ActionCatalog } from "./catalog.ts";
import type { DiagnosticCode } from "./diagnostic-codes.ts";
import { eventContext } from "./event-context.ts";
import { parseExpression } from "./expression-syntax.ts";
import { evaluateConcurrency } from "./concurrency.ts";
import { evaluateExpression, isTruthy } from "./expressions.ts";
import { type InputValues, typeInputs } from "./inputs.ts";
import { fileStart } from "./positioned-tree.ts";
import { didYouMean } from "./reader.ts";
import { findCarriedInputs, findUnsafeRuns } from "./unsafe-run.ts";

export interface PlanRequest {
  readonly event: TriggerEvent;
  /** As given: texts of a command line are typed. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Has every action of the workflow and of those that it calls. */
  readonly catalog: ActionCatalog;
  /** Called workflows by name or path, already read. */
  readonly resolve: (name: string) => Workflow | undefined;
  /** For "did you mean". */
  readonly workflowNames?: readonly string[];
  /** Only to find mistakes: nothing is known of inputs and event, and expressions are not evaluated. */
  readonly checkOnly?: boolean;
  /** What expressions will see as `repo`; what the event says of it when absent. */
  readonly repo?: Readonly<Record<string, unknown>>;
  /** Ports that are configured; every one when absent. */
  readonly availablePorts?: ReadonlySet<ActionNeed>;
}

export interface PlanResult {
  /** Undefined when there is an error among the diagnostics. */
  readonly plan: Plan | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Of workflows that call workflows. */
export const maxCallDepth = 5;
const maxSteps = 100_000;

export function planWorkflow(workflow: Workflow, request: PlanRequest): PlanResult {
  const planner = new Planner(request);
  const pending = new Set(request.checkOnly === true ? Object.keys(workflow.inputs) : []);
  const { inputs, problems } = typeInputs(workflow.inputs, request.inputs, pending);
  for (const { code, message, hint } of problems) planner.complain(code, workflow.path, fileStart, message, hint);
  const plan = planner.plan(workflow, { inputs, pending, carried: new Set(), callers: [], groups: new Set() });
  const failed = planner.diagnostics.some(({ severity }) => severity === "error");
  return { plan: failed ? undefined : plan, diagnostics: planner.diagnostics };
}

/** What is written where a port would come from. */
const portHints: Readonly<Record<ActionNeed, string>> = {
  check: "it needs a checkout",
  commands:
    "no code host is configured: set GITHUB_TOKEN, and GITHUB_REPOSITORY where the remote does not say OWNER/REPO",
  history: "no history is kept here",
  host: "no code host is configured: set GITHUB_TOKEN, and GITHUB_REPOSITORY where the remote does not say OWNER/REPO",
  http: "requests to the outside are not allowed here",
  notifier: "no notifier is configured",
  platforms: "it needs a checkout",
  pullRequest: "the event is about no pull request: --pr OWNER/REPO#N names one, and a GitHub token is needed",
  publisher: "the event is about no pull request: --pr OWNER/REPO#N names one, and a GitHub token is needed",
  repo: "there is no checkout here",
  tracker:
    "issues need a tracker: set GITHUB_TOKEN, and GITHUB_REPOSITORY where the remote does not say OWNER/REPO (or issues.tracker: linear in codeflow.yml)",
  workflows: "workflows cannot be called here",
};

class Planner {
  readonly diagnostics: Diagnostic[] = [];
  readonly #request: PlanRequest;
  readonly #event: Readonly<Record<string, unknown>>;
  #steps = 0;
  #isTooLarge = false;

  constructor(request: PlanRequest) {
    this.#request = request;
    this.#event = eventContext(request.event);
  }

  complain(code: DiagnosticCode, file: string, place: Place, message: string, hint?: string): void {
    const { line, column, endLine, endColumn } = place;
    this.diagnostics.push({
      file,
      line,
      column,
      endLine,
      endColumn,
      severity: "error",
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  plan(workflow: Workflow, called: Calling): Plan {
    const { inputs } = called;
    const own = this.#concurrency(workflow, called);
    const { concurrency } = own;
    const groups = concurrency === undefined ? called.groups : new Set([...called.groups, concurrency.group]);
    const scope: PlanScope = { ...called, workflow, callers: [...called.callers, workflow], groups };
    const steps = this.#list(workflow.steps, false, scope);
    const { id, name, path, source, secrets, permissions, outputs, timeoutSeconds } = workflow;
    return {
      workflow: {
        id,
        name,
        path,
        source,
        inputs: workflow.inputs,
        secrets,
        permissions,
        outputs,
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      },
      event: this.#request.event,
      inputs,
      env: workflow.env,
      ...own,
      steps,
      needs: unionOf(steps),
    };
  }

  #list(steps: readonly WorkflowStep[], isParallel: boolean, scope: PlanScope): PlannedStep[] {
    const ids = new Set(steps.map(({ id }) => id));
    const never = new Set<string>();
    return steps.flatMap((step, index): PlannedStep[] => {
      if (++this.#steps > maxSteps) {
        if (!this.#isTooLarge)
          this.complain("plan-too-large", scope.workflow.path, step.place, `this comes to more than ${maxSteps} steps`);
        this.#isTooLarge = true;
        return [];
      }
      const before = isParallel ? undefined : steps[index - 1];
      const waitsFor =
        step.needs === undefined
          ? before === undefined
            ? []
            : [before.id]
          : [...new Set(step.needs)].filter((id) => ids.has(id) && id !== step.id);
      const condition = this.#decide(step, scope);
      // Files may name later steps: what those decide is then found out while running.
      const isSkippedWith = step.needs?.some((id) => never.has(id)) === true && !usesStatus(step);
      const decision = isSkippedWith ? "skipped" : condition;
      if (decision === "skipped") never.add(step.id);
      return [
        {
          ...this.#work(step, decision, scope),
          id: step.id,
          step,
          waitsFor,
          hasNeeds: step.needs !== undefined,
          decision,
        },
      ];
    });
  }

  #decide(step: WorkflowStep, scope: PlanScope): PlannedStep["decision"] {
    if (step.if === undefined) return "runs";
    if (this.#request.checkOnly === true) return "depends";
    const { expression } = parseExpression(step.if);
    const isKnown =
      expression?.references.every(({ context, path: [first] }) => {
        const name = context.toLowerCase();
        if (name === "event") return true;
        return (
          name === "inputs" &&
          (scope.pending.size === 0 || (typeof first?.key === "string" && !scope.pending.has(first.key)))
        );
      }) === true && expression.calls.every(({ name }) => !/^(success|failure|cancelled|hashfiles)$/i.test(name));
    if (!isKnown) return "depends";
    try {
      const value = evaluateExpression(step.if, { event: this.#event, inputs: scope.inputs }, { always: () => true });
      return isTruthy(value) ? "runs" : "skipped";
    } catch (error) {
      this.#failed(error, scope.workflow.path, step.place);
      return "depends";
    }
  }

  #work(
    step: WorkflowStep,
    decision: PlannedStep["decision"],
    scope: PlanScope,
  ): Pick<PlannedStep, "effects" | "needs" | "children" | "called"> {
    if (step.kind === "parallel") {
      const children = this.#list(step.steps, true, scope);
      return { effects: worstOf(children.map(({ effects }) => effects)), needs: unionOf(children), children };
    }
    if (step.kind === "workflow") {
      const called = this.#call(step, scope);
      return called === undefined
        ? { effects: "none", needs: [] }
        : { effects: worstOf(called.steps.map(({ effects }) => effects)), needs: called.needs, called };
    }
    const action = step.kind === "action" ? this.#request.catalog.get(step.uses) : undefined;
    if (step.kind === "action" && action === undefined) {
      this.complain(
        "unknown-action",
        scope.workflow.path,
        step.place,
        `there is no action "${step.uses}"`,
        didYouMean(step.uses, this.#request.catalog.ids),
      );
    }
    const needs: readonly ActionNeed[] = step.kind === "run" ? ["repo"] : [...(action?.needs ?? [])].sort();
    for (const need of needs) {
      if (decision === "skipped" || this.#request.availablePorts?.has(need) !== false) continue;
      const what = step.kind === "run" ? "a script" : step.uses;
      this.complain(
        "port-not-configured",
        scope.workflow.path,
        step.place,
        `${what} asks for "${need}", which is not there`,
        portHints[need],
      );
    }
    return { effects: step.kind === "run" ? "workspace" : (action?.effects ?? "none"), needs };
  }

  #call(step: CallStep, scope: PlanScope): Plan | undefined {
    const { workflow: caller, callers } = scope;
    const called = this.#request.resolve(step.workflow);
    const refuse = (code: DiagnosticCode, message: string, hint?: string): undefined => {
      this.complain(code, caller.path, step.place, message, hint);
    };
    if (called === undefined) {
      return refuse(
        "unknown-workflow",
        `there is no workflow "${step.workflow}"`,
        didYouMean(step.workflow, this.#request.workflowNames ?? []),
      );
    }
    if (callers.some(({ path }) => path === called.path)) {
      return refuse("workflow-cycle", `${[...callers, called].map(({ id }) => id).join(" calls ")}: without end`);
    }
    if (callers.length > maxCallDepth) {
      return refuse("workflow-too-deep", `workflows call each other more than ${maxCallDepth} levels deep`);
    }
    const pending = new Set(Object.keys(step.with).filter((name) => isPending(step.with[name] ?? null)));
    const given = Object.fromEntries(Object.entries(step.with).filter(([name]) => !pending.has(name)));
    const { inputs, problems } = typeInputs(called.inputs, given, pending);
    for (const { code, message, hint } of problems) this.complain(code, caller.path, step.place, message, hint);
    const carried = findCarriedInputs(step.with, caller, this.#request.catalog, scope.carried);
    if (carried.size > 0) {
      for (const { step: unsafe, text } of findUnsafeRuns(called, this.#request.catalog, carried)) {
        refuse(
          "unsafe-interpolation",
          `text from outside would become part of the script of "${unsafe.id}" in ${called.path}, through ${text}`,
          "hand it over in env there",
        );
      }
    }
    const { groups } = scope;
    const plan = this.plan(called, { inputs, pending, carried, callers, groups });
    const group = plan.concurrency?.group;
    if (group !== undefined && groups.has(group)) {
      return refuse(
        "concurrency-deadlock",
        `${called.id} would wait for its own caller: both are in the concurrency group "${group}"`,
        "give the group of one of them another name",
      );
    }
    return plan;
  }

  #concurrency(
    { concurrency, path }: Workflow,
    { inputs, pending }: Calling,
  ): Pick<Plan, "concurrency" | "concurrencyOf"> {
    if (concurrency === undefined) return {};
    const asksForPending = pending.size > 0 && /\binputs\b/i.test(JSON.stringify(concurrency));
    if (asksForPending) return this.#request.checkOnly === true ? {} : { concurrencyOf: concurrency };
    // What is written alike will be alike: enough to find a group that is its caller's too.
    if (this.#request.checkOnly === true) return { concurrency: { group: concurrency.group, cancelInProgress: false } };
    const repo = this.#request.repo ?? this.#request.event.repository ?? null;
    try {
      return { concurrency: evaluateConcurrency(concurrency, { event: this.#event, inputs, repo }) };
    } catch (error) {
      this.#failed(error, path, fileStart);
      return {};
    }
  }

  #failed(error: unknown, path: string, place: Place): void {
    this.complain("expression-failed", path, place, error instanceof Error ? error.message : String(error));
  }
}

/** What a workflow is given when it is planned. */
interface Calling {
  readonly inputs: InputValues;
  /** Inputs that only the caller's steps will give. */
  readonly pending: ReadonlySet<string>;
  /** Inputs that may hold text from outside. */
  readonly carried: ReadonlySet<string>;
  readonly callers: readonly Workflow[];
  /** Concurrency groups that the callers are in. */
  readonly groups: ReadonlySet<string>;
}

/** Its callers have the workflow itself last, its groups the workflow's own. */
interface PlanScope extends Calling {
  readonly workflow: Workflow;
}

function isPending(value: TemplateValue): boolean {
  if (typeof value === "string") return value.includes("${{");
  return (
    typeof value === "object" && value !== null && Object.values(value).some((each) => isPending(each as TemplateValue))
  );
}

function usesStatus({ if: condition }: WorkflowStep): boolean {
  return condition !== undefined && parseExpression(condition).expression?.usesStatus === true;
}

const effectsByWeight = ["none", "workspace", "outside"] as const satisfies readonly ActionEffects[];

function worstOf(effects: readonly ActionEffects[]): ActionEffects {
  return effectsByWeight.findLast((each) => effects.includes(each)) ?? "none";
}

function unionOf(steps: readonly PlannedStep[]): ActionNeed[] {
  return [...new Set(steps.flatMap(({ needs, decision }) => (decision === "skipped" ? [] : needs)))].sort();
}

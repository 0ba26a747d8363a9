/** Checks what only the whole file tells: ids, `needs`, circles, steps that never run, and what expressions read. Pure. */
import type { Workflow } from "../model/workflow.ts";
import { type ActionCatalog, propertyNames } from "./catalog.ts";
import type { Reference } from "./expression-syntax.ts";
import { parseExpression } from "./expression-syntax.ts";
import { type Complain, isNever } from "./read-expressions.ts";
import type { ReadList, ReadStep } from "./read-steps.ts";
import { didYouMean, type Reader } from "./reader.ts";
import { findCycles, StepOrder, waitsFor } from "./step-order.ts";
import { findUnsafeRuns } from "./unsafe-run.ts";

/** Fills `steps` by id in lower case, as expressions find them. */
export function checkSteps(
  list: ReadList | undefined,
  steps: Map<string, ReadStep>,
  workflow: Workflow,
  catalog: ActionCatalog,
  reader: Reader,
): StepOrder {
  const lists = list === undefined ? [] : allLists(list);
  for (const { steps: own } of lists) {
    for (const read of own) {
      const key = read.id.toLowerCase();
      const other = steps.get(key);
      if (other !== undefined) {
        const second = read.idEntry === undefined ? other : read;
        const line = (second === read ? other : read).node.place.line;
        reader.error(
          "duplicate-id",
          second.idEntry?.value.place ?? second.node.place,
          `the step in line ${line} has the id "${second.id}" too`,
        );
      } else steps.set(key, read);
    }
  }
  const byId = (id: string): ReadStep | undefined => steps.get(id.toLowerCase());
  for (const each of lists) {
    checkNeeds(each, byId, reader);
    for (const cycle of findCycles(each, byId) as ReadStep[][]) {
      const at = cycle.find(({ needItems }) => needItems.length > 0);
      const place = at?.needItems.find(({ text }) => cycle.some(({ id }) => id === text))?.place;
      reader.error(
        "needs-cycle",
        place ?? at?.node.place ?? cycle[0]?.node.place ?? { line: 1, column: 1, endLine: 1, endColumn: 1 },
        `these steps wait for each other: ${cycle.map(({ id }) => id).join(", ")}`,
      );
    }
    checkReach(each, byId, reader);
  }
  for (const { step, text, offset, length } of findUnsafeRuns(workflow, catalog)) {
    const node = byId(step.id)?.runNode;
    const place = node?.kind === "scalar" ? node.placeOf(offset, length) : step.place;
    reader.error(
      "unsafe-interpolation",
      place,
      `${text} is text from outside and would become part of the script`,
      `env: { VALUE: "\${{ ${text} }}" }, and "$VALUE" in the script`,
    );
  }
  return new StepOrder(byId);
}

function allLists(list: ReadList): ReadList[] {
  return [list, ...list.steps.flatMap(({ children }) => (children === undefined ? [] : allLists(children)))];
}

function checkNeeds(list: ReadList, byId: (id: string) => ReadStep | undefined, reader: Reader): void {
  const names = (): string[] => list.steps.filter(({ step }) => step.hasOwnId).map(({ id }) => id);
  for (const { needItems, id } of list.steps) {
    for (const { text, place } of needItems) {
      const needed = byId(text);
      if (text === id) reader.error("unreachable-step", place, `the step "${id}" waits for itself`);
      else if (needed === undefined) {
        reader.error("unknown-need", place, `there is no step "${text}"`, didYouMean(text, names()));
      } else if (needed.list !== list) {
        reader.error(
          "unknown-need",
          place,
          `the step "${text}" is not in the same list`,
          "name the parallel step that it is in, or one beside this one",
        );
      } else if (needed.id !== text) {
        reader.error("unknown-need", place, `there is no step "${text}"`, `did you mean "${needed.id}"?`);
      }
    }
  }
}

/** A warning: `if: false` is also how a step is switched off for a while. */
function checkReach(list: ReadList, byId: (id: string) => ReadStep | undefined, reader: Reader): void {
  const never = new Set<string>();
  for (const read of list.steps) {
    const condition = read.step.if;
    if (condition !== undefined && isNever(condition)) {
      never.add(read.id);
      reader.warn(
        "unreachable-step",
        read.ifEntry?.value.place ?? read.node.place,
        `the condition of "${read.id}" is never true`,
      );
      continue;
    }
    // Only a need that was written is inherited; without one a skipped step is simply passed over.
    if (read.needs === undefined) continue;
    const usesStatus = condition !== undefined && parseExpression(condition).expression?.usesStatus === true;
    const dead = waitsFor(read, byId).find((id) => never.has(id));
    if (dead === undefined || usesStatus) continue;
    never.add(read.id);
    reader.warn(
      "unreachable-step",
      read.needItems.find(({ text }) => text === dead)?.place ?? read.node.place,
      `"${read.id}" needs "${dead}", which never runs`,
    );
  }
}

export interface ReferenceFacts {
  readonly names: { readonly inputs: ReadonlySet<string>; readonly secrets: ReadonlySet<string> };
  readonly steps: ReadonlyMap<string, ReadStep>;
  /** The step that the expression is in. */
  readonly user: ReadStep | undefined;
  readonly place: "step" | "outputs";
  readonly order: StepOrder;
  readonly catalog: ActionCatalog;
}

/** One reference of an expression, once all steps are read. */
export function judgeReference({ context, path }: Reference, complain: Complain, facts: ReferenceFacts): void {
  const [first, second, third] = path;
  const key = first?.key;
  if (typeof key !== "string") return;
  const kind = context.toLowerCase();
  if (kind === "inputs" || kind === "secrets") {
    const names = [...facts.names[kind]];
    if (names.some((name) => name.toLowerCase() === key.toLowerCase())) return;
    if (kind === "inputs")
      complain("undeclared-input", `the workflow declares no input "${key}"`, didYouMean(key, names), 0);
    else
      complain(
        "undeclared-secret",
        `the workflow declares no secret "${key}"`,
        didYouMean(key, names) ?? `secrets: [${key}] at the top makes it readable`,
        0,
      );
    return;
  }
  if (kind !== "steps") return;
  const target = facts.steps.get(key.toLowerCase());
  if (target === undefined) {
    const ids = [...facts.steps.values()].filter(({ step }) => step.hasOwnId).map(({ id }) => id);
    complain("unknown-step", `there is no step "${key}"`, didYouMean(key, ids), 0);
    return;
  }
  const { user, order } = facts;
  const isOwn = user !== undefined && facts.place === "outputs" && order.isInside(target, user);
  if (user !== undefined && !isOwn && !order.isBefore(target, user)) {
    const [why, hint] =
      target === user
        ? ["it is this very step", undefined]
        : order.isInside(user, target)
          ? ["this step is inside of it", undefined]
          : [
              "it has not run by then",
              target.list === user.list
                ? `needs: ${target.id} makes this step wait for it`
                : "move the step up, or this one down",
            ];
    complain("step-not-before", `"${key}" cannot be read here: ${why}`, hint, 0);
    return;
  }
  if (String(second?.key).toLowerCase() !== "outputs" || typeof third?.key !== "string") return;
  const known = outputNames(target, facts.catalog);
  if (known === undefined || known.some((name) => name.toLowerCase() === String(third.key).toLowerCase())) return;
  complain(
    "unknown-output",
    `"${target.id}" has no output "${third.key}"`,
    didYouMean(third.key, known) ?? (known.length === 0 ? undefined : `its outputs: ${known.join(", ")}`),
    2,
  );
}

/** Undefined when only a run will tell. */
function outputNames({ step }: ReadStep, catalog: ActionCatalog): readonly string[] | undefined {
  const own = Object.keys(step.outputs);
  // What a loop gives is made of what each item gave.
  if (step.foreach !== undefined) return undefined;
  if (step.kind === "parallel") return own;
  if (step.kind !== "action") return undefined;
  const action = catalog.get(step.uses);
  const names = action === undefined ? undefined : propertyNames(action.outputs);
  // `summary` is what any action said for people.
  return names === undefined ? undefined : [...names, "summary", ...own];
}

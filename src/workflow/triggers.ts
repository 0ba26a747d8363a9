/** Whether an event starts a workflow, and if not, why: for each entry of `on:` the first filter that keeps it out. Pure. */
import type { TriggerEvent } from "../model/event.ts";
import type { TriggerDefinition, Workflow } from "../model/workflow.ts";
import { eventContext } from "./event-context.ts";
import { evaluateExpression, isTruthy } from "./expressions.ts";
import { matchGlobs } from "./globs.ts";
import { triggerEvents } from "./trigger-events.ts";

export interface TriggerMatch {
  readonly matched: boolean;
  /** The entry that let the event through. */
  readonly trigger?: TriggerDefinition;
  /** Only a path filter is left to ask, and the event does not say which paths changed: ask again with them. */
  readonly needsPaths: boolean;
  /** In words, for people who wonder: one for each entry that kept the event out. */
  readonly reasons: readonly string[];
}

export interface TriggerFacts {
  /** Of the change that the event is about; the event's own when absent. */
  readonly changedPaths?: readonly string[];
}

export function matchTriggers(
  workflow: Pick<Workflow, "on">,
  event: TriggerEvent,
  { changedPaths }: TriggerFacts = {},
): TriggerMatch {
  const reasons: string[] = [];
  const paths = changedPaths ?? event.paths;
  let needsPaths = false;
  for (const trigger of workflow.on) {
    const reason = keptOutBy(trigger, event);
    if (reason !== undefined) {
      reasons.push(reason);
      continue;
    }
    // A pushed tag changes no paths: GitHub does not ask path filters about it.
    const asksPaths =
      (trigger.paths ?? trigger.pathsIgnore) !== undefined && !(event.name === "push" && event.tag !== undefined);
    if (!asksPaths) return { matched: true, trigger, needsPaths: false, reasons };
    if (paths === undefined) {
      needsPaths = true;
      reasons.push(`${event.name}: which paths changed is not known`);
      continue;
    }
    const pathReason = keptOutByPaths(trigger, paths);
    if (pathReason === undefined) return { matched: true, trigger, needsPaths: false, reasons };
    reasons.push(pathReason);
  }
  return { matched: false, needsPaths, reasons };
}

/** The first filter but paths that keeps the event out, in words. */
function keptOutBy(trigger: TriggerDefinition, event: TriggerEvent): string | undefined {
  const { name } = event;
  const not = (what: string): string => `${trigger.event}: ${what}`;
  if (trigger.event !== name) return not(`the event is ${name}`);
  const facts = triggerEvents[name];
  const types = trigger.types ?? facts.usualTypes;
  if (types !== undefined && (event.action === undefined || !types.includes(event.action))) {
    return not(`the type ${event.action ?? "is not said and"} is not among ${types.join(", ")}`);
  }
  if (trigger.cron !== undefined) {
    const due = event.payload["schedule"];
    if (typeof due === "string" && due !== trigger.cron) return not(`the time is one of ${due}`);
  }
  const refReason = keptOutByRef(trigger, event);
  if (refReason !== undefined) return not(refReason);
  if (trigger.labels !== undefined) {
    const present = labelsInQuestion(event);
    if (!trigger.labels.some((label) => present.some((each) => isSame(each, label)))) {
      return not(`it has none of the labels ${trigger.labels.join(", ")}`);
    }
  }
  const { actor } = event;
  if (trigger.actors !== undefined && !trigger.actors.some((each) => actor !== undefined && isSame(each, actor))) {
    return not(`${actor ?? "its actor"} is not among the actors`);
  }
  if (actor !== undefined && trigger.actorsIgnore?.some((each) => isSame(each, actor)) === true) {
    return not(`${actor} is among the ignored actors`);
  }
  if (trigger.authorAssociations !== undefined && !trigger.authorAssociations.includes(event.authorAssociation ?? "")) {
    return not(`the author is ${event.authorAssociation ?? "unknown"}, not ${trigger.authorAssociations.join(", ")}`);
  }
  if (trigger.commands !== undefined) {
    if (event.command === undefined) return not("there is no command in it");
    // Two programs that answer each other would never stop.
    if (event.isBot === true) return not("commands of bots are not obeyed");
    if (!trigger.commands.includes(event.command.name)) {
      return not(`the command ${event.command.name} is not among ${trigger.commands.join(", ")}`);
    }
  }
  return trigger.if === undefined ? undefined : keptOutByCondition(trigger.if, trigger, event);
}

function keptOutByRef(trigger: TriggerDefinition, { name, branch, tag }: TriggerEvent): string | undefined {
  const asksBranches = (trigger.branches ?? trigger.branchesIgnore) !== undefined;
  const asksTags = (trigger.tags ?? trigger.tagsIgnore) !== undefined;
  if (name === "push") {
    // GitHub: who asks for the one only is not told of the other.
    if (tag !== undefined && asksBranches && !asksTags) return "it is a tag, and only branches are asked for";
    if (branch !== undefined && asksTags && !asksBranches) return "it is a branch, and only tags are asked for";
  }
  if (asksBranches && !(name === "push" && tag !== undefined)) {
    if (branch === undefined) return "which branch it is about is not known";
    if (!isAmong(branch, trigger.branches, trigger.branchesIgnore))
      return `the branch ${branch} is not among the branches`;
  }
  if (asksTags && tag !== undefined && !isAmong(tag, trigger.tags, trigger.tagsIgnore)) {
    return `the tag ${tag} is not among the tags`;
  }
  return undefined;
}

function isAmong(name: string, wanted: readonly string[] | undefined, ignored: readonly string[] | undefined): boolean {
  return (wanted === undefined || matchGlobs(wanted, name)) && (ignored === undefined || !matchGlobs(ignored, name));
}

function keptOutByPaths(trigger: TriggerDefinition, paths: readonly string[]): string | undefined {
  if (trigger.paths !== undefined && !paths.some((path) => matchGlobs(trigger.paths ?? [], path))) {
    return `${trigger.event}: no changed path is among the paths`;
  }
  if (trigger.pathsIgnore !== undefined && paths.every((path) => matchGlobs(trigger.pathsIgnore ?? [], path))) {
    return `${trigger.event}: every changed path is ignored`;
  }
  return undefined;
}

/** Of `labeled` the label that was put on: the others were there before. */
function labelsInQuestion(event: TriggerEvent): readonly string[] {
  if (event.action === "labeled" || event.action === "unlabeled") {
    const { label } = event.payload;
    const name = typeof label === "object" && label !== null && "name" in label ? label.name : undefined;
    if (typeof name === "string") return [name];
  }
  return event.labels ?? [];
}

function keptOutByCondition(condition: string, trigger: TriggerDefinition, event: TriggerEvent): string | undefined {
  try {
    const contexts = { event: eventContext(event), repo: event.repository ?? null };
    const value = evaluateExpression(condition, contexts, { always: () => true, success: () => true });
    return isTruthy(value) ? undefined : `${trigger.event}: its condition is not true`;
  } catch (error) {
    return `${trigger.event}: its condition cannot be evaluated: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Logins and labels are the same in any case on GitHub. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

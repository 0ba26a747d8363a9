/** Reads steps of every kind. What needs the whole file (ids, order, outputs) is looked at afterwards. Pure. */
import type { RetryPolicy, Template, TemplateValue, WorkflowStep } from "../model/workflow.ts";
import { checkInputs } from "./check-inputs.ts";
import type { ActionCatalog } from "./catalog.ts";
import type { TreeEntry, TreeNode } from "./positioned-tree.ts";
import { checkTemplates, isSingleExpression, readCondition, type Scope } from "./read-expressions.ts";
import { describe, didYouMean, type Reader, type TextItem } from "./reader.ts";
import type { OrderedStep, StepList } from "./step-order.ts";

/** A step with what only the file knows of it. */
export interface ReadStep extends OrderedStep {
  readonly step: WorkflowStep;
  readonly node: TreeNode;
  readonly list: ReadList;
  readonly needItems: readonly TextItem[];
  readonly idEntry: TreeEntry | undefined;
  readonly ifEntry: TreeEntry | undefined;
  readonly runNode: TreeNode | undefined;
  /** Itself or something around it runs once an item. */
  readonly isLooped: boolean;
  /** Of `parallel`, once they are read. */
  children?: ReadList;
}

export interface ReadList extends StepList {
  readonly steps: ReadStep[];
  readonly parent: ReadStep | undefined;
}

const baseKeys = [
  "id",
  "name",
  "if",
  "needs",
  "foreach",
  "max-parallel",
  "continue-on-error",
  "timeout",
  "retry",
  "env",
  "outputs",
] as const;
const workKeys = ["uses", "run", "parallel", "workflow"] as const;
const detailKeys = { with: ["uses", "workflow"], shell: ["run"], "working-directory": ["run"] } as const;
const stepKeys = [...baseKeys, ...workKeys, ...Object.keys(detailKeys)];

export const idPattern = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;
/** Steps started at once by `parallel`. */
const usualParallel = 8;
const maxParallel = 1_000;

export interface StepsContext {
  readonly reader: Reader;
  readonly catalog: ActionCatalog;
  /** Scope of an expression in a step; `own`: in the step's outputs, which may read the step itself. */
  readonly scopeOf: (step: () => ReadStep | undefined, isLooped: boolean, place: "step" | "outputs") => Scope;
  /** Counts steps without an id. */
  readonly nextNumber: () => number;
}

export function readSteps(
  node: TreeNode,
  context: StepsContext,
  parent: ReadStep | undefined,
  isLooped: boolean,
): ReadList {
  const list: ReadList = { isParallel: parent !== undefined, steps: [], parent };
  const { reader } = context;
  if (node.kind !== "list") {
    reader.error("wrong-type", node.place, `expected a list of steps, found ${describe(node)}`);
    return list;
  }
  if (node.items.length === 0) reader.error("missing-key", node.place, "there is no step");
  for (const item of node.items) {
    const step = readStep(item, context, list, isLooped);
    if (step !== undefined) list.steps.push(step);
  }
  return list;
}

function readStep(node: TreeNode, context: StepsContext, list: ReadList, outerLoop: boolean): ReadStep | undefined {
  const { reader } = context;
  const number = context.nextNumber();
  const entries = reader.map(node, "step", stepKeys);
  if (entries === undefined) return undefined;

  const idEntry = entries.get("id");
  let ownId = reader.text(idEntry);
  if (ownId !== undefined && idEntry !== undefined && !idPattern.test(ownId)) {
    reader.error(
      "invalid-id",
      idEntry.value.place,
      `${JSON.stringify(ownId)} is no id`,
      "letters, digits, _ and -, beginning with a letter or _",
    );
    ownId = undefined;
  }
  const foreachEntry = entries.get("foreach");
  const isLooped = outerLoop || foreachEntry !== undefined;
  let read: ReadStep | undefined;
  const self = (): ReadStep | undefined => read;
  const scope = context.scopeOf(self, isLooped, "step");
  const outer = context.scopeOf(self, outerLoop, "step");

  const needItems = reader.texts(entries.get("needs"), true);
  const condition = readCondition(entries.get("if"), scope, reader);
  const nameEntry = entries.get("name");
  const name = reader.text(nameEntry);
  if (nameEntry !== undefined) checkTemplates(nameEntry.value, scope, reader);
  const continueOnError = readFlag(entries.get("continue-on-error"), scope, reader);
  const timeoutSeconds = reader.duration(entries.get("timeout"));
  const retry = readRetry(entries.get("retry"), reader);
  const parallelLimit = reader.whole(entries.get("max-parallel"), 1, maxParallel);
  const items = readForeach(foreachEntry, outer, reader);
  if (entries.has("max-parallel") && foreachEntry === undefined && !entries.has("parallel")) {
    reader.error(
      "misplaced-key",
      entries.get("max-parallel")?.keyPlace ?? node.place,
      `"max-parallel" goes with foreach or parallel`,
    );
  }
  const id = ownId ?? `step-${number}`;
  const base = {
    id,
    hasOwnId: ownId !== undefined,
    ...(name === undefined ? {} : { name }),
    ...(condition === undefined ? {} : { if: condition }),
    ...(needItems === undefined ? {} : { needs: needItems.map(({ text }) => text) }),
    ...(items === undefined ? {} : { foreach: { items, maxParallel: parallelLimit ?? 1 } }),
    continueOnError: continueOnError ?? false,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(retry === undefined ? {} : { retry }),
    env: readTexts(entries.get("env"), "env", scope, reader),
    outputs: readTexts(entries.get("outputs"), "outputs", context.scopeOf(self, isLooped, "outputs"), reader),
    place: node.place,
  };
  const rest = {
    node,
    list,
    index: list.steps.length,
    needs: needItems?.map(({ text }) => text),
    needItems: needItems ?? [],
    idEntry,
    ifEntry: entries.get("if"),
    runNode: entries.get("run")?.value,
    isLooped,
    id,
  };

  const works = workKeys.filter((key) => entries.has(key));
  const [kind, second] = works;
  if (kind === undefined) {
    reader.error(
      "step-without-work",
      node.place,
      "the step does nothing: it has none of uses, run, parallel and workflow",
    );
    read = { ...rest, step: { ...base, kind: "run", run: "", shell: "bash" } };
    return read;
  }
  if (second !== undefined) {
    reader.error(
      "step-with-two-works",
      entries.get(second)?.keyPlace ?? node.place,
      `a step does one thing: "${kind}" and "${second}" cannot both be there`,
    );
  }
  for (const [key, homes] of Object.entries(detailKeys)) {
    const entry = entries.get(key);
    if (entry !== undefined && !(homes as readonly string[]).includes(kind)) {
      reader.error(
        "misplaced-key",
        entry.keyPlace,
        `"${key}" goes with ${homes.join(" or ")}, not with ${kind}`,
        key === "with" && kind === "run" ? "hand values over in env" : undefined,
      );
    }
  }

  const workEntry = entries.get(kind) as TreeEntry;
  if (kind === "parallel") {
    // The inner list names the step that it is in, and the step the list's steps.
    const inner: { steps: WorkflowStep[] } = { steps: [] };
    const step: WorkflowStep = { ...base, kind, steps: inner.steps, maxParallel: parallelLimit ?? usualParallel };
    read = { ...rest, step };
    read.children = readSteps(workEntry.value, context, read, isLooped);
    for (const child of read.children.steps) inner.steps.push(child.step);
    return read;
  }
  if (kind === "run") {
    const run = reader.text(workEntry) ?? "";
    checkTemplates(workEntry.value, scope, reader);
    const folder = entries.get("working-directory");
    const workingDirectory = reader.text(folder);
    if (folder !== undefined) checkTemplates(folder.value, scope, reader);
    if (
      workingDirectory !== undefined &&
      folder !== undefined &&
      /^([/\\~]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(workingDirectory)
    ) {
      reader.error(
        "invalid-value",
        folder.value.place,
        "working-directory: expected a path inside the repository, relative to its root",
      );
    }
    read = {
      ...rest,
      step: {
        ...base,
        kind,
        run,
        shell: reader.oneOf(entries.get("shell"), ["bash", "sh", "pwsh", "python", "node"]) ?? "bash",
        ...(workingDirectory === undefined ? {} : { workingDirectory }),
      },
    };
    return read;
  }
  const withEntry = entries.get("with");
  const given = readWith(withEntry, scope, reader);
  const target = reader.text(workEntry) ?? "";
  if (target.includes("${{")) {
    reader.error(
      "invalid-value",
      workEntry.value.place,
      `${kind}: it must be known before anything runs; an expression is not`,
    );
  } else if (kind === "uses" && target !== "") {
    const action = context.catalog.get(target);
    if (action !== undefined) checkInputs(action, given, withEntry, workEntry.value.place, reader);
    else if (!context.catalog.ids.includes(target)) {
      const hint = /[@/]/.test(target)
        ? "actions of GitHub's marketplace do not run here; codeflow actions lists those that do"
        : (didYouMean(target, context.catalog.ids) ?? "codeflow actions lists them");
      reader.error("unknown-action", workEntry.value.place, `there is no action "${target}"`, hint);
    }
  }
  read = {
    ...rest,
    step:
      kind === "uses"
        ? { ...base, kind: "action", uses: target, with: given }
        : { ...base, kind: "workflow", workflow: target, with: given },
  };
  return read;
}

export function readFlag(entry: TreeEntry | undefined, scope: Scope, reader: Reader): boolean | string | undefined {
  if (entry?.value.kind === "scalar" && typeof entry.value.value === "string" && entry.value.value.includes("${{")) {
    return readCondition(entry, scope, reader);
  }
  return reader.boolean(entry);
}

function readRetry(entry: TreeEntry | undefined, reader: Reader): RetryPolicy | undefined {
  if (entry === undefined) return undefined;
  const usual = { delaySeconds: 1, factor: 2, maxDelaySeconds: 60 };
  if (entry.value.kind === "scalar") {
    const attempts = reader.whole(entry, 1, 100);
    return attempts === undefined ? undefined : { attempts, ...usual };
  }
  const entries = reader.map(entry.value, "retry", ["attempts", "delay", "factor", "max-delay"]);
  if (entries === undefined) return undefined;
  const factorEntry = entries.get("factor");
  const factor = factorEntry?.value.kind === "scalar" ? factorEntry.value.value : undefined;
  if (factorEntry !== undefined && !(typeof factor === "number" && factor >= 1 && factor <= 100)) {
    reader.error(
      "wrong-type",
      factorEntry.value.place,
      `factor: expected a number from 1 to 100, found ${describe(factorEntry.value)}`,
    );
  }
  const delaySeconds = reader.duration(entries.get("delay")) ?? usual.delaySeconds;
  return {
    attempts: reader.whole(entries.get("attempts"), 1, 100) ?? 3,
    delaySeconds,
    factor: typeof factor === "number" ? factor : usual.factor,
    maxDelaySeconds: reader.duration(entries.get("max-delay")) ?? Math.max(usual.maxDelaySeconds, delaySeconds),
  };
}

function readForeach(entry: TreeEntry | undefined, scope: Scope, reader: Reader): Template | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  checkTemplates(value, scope, reader);
  if (value.kind === "scalar" && typeof value.value === "string" && isSingleExpression(value.value))
    return value.value.trim();
  if (value.kind === "list") {
    const items = plain(value);
    const text = JSON.stringify(items);
    if (!text.includes("${{")) return `\${{ fromJSON('${text.replaceAll("'", "''")}') }}`;
    reader.error(
      "wrong-type",
      value.place,
      "foreach: a list cannot have expressions in it; one expression can give the whole list",
    );
    return undefined;
  }
  reader.error(
    "wrong-type",
    value.place,
    `foreach: expected a list or one expression that gives it, found ${describe(value)}`,
  );
  return undefined;
}

/** Names to texts, as `env` and `outputs` are. */
export function readTexts(
  entry: TreeEntry | undefined,
  what: string,
  scope: Scope,
  reader: Reader,
): Readonly<Record<string, Template>> {
  if (entry === undefined) return {};
  const found: [string, string][] = [];
  for (const each of reader.anyMap(entry.value, what) ?? []) {
    if (!idPattern.test(each.key)) {
      reader.error(
        "invalid-id",
        each.keyPlace,
        `${what}: ${JSON.stringify(each.key)} is no name`,
        "letters, digits, _ and -, beginning with a letter or _",
      );
    }
    const text = reader.scalarText(each);
    checkTemplates(each.value, scope, reader);
    if (text !== undefined) found.push([each.key, text]);
  }
  return Object.fromEntries(found);
}

function readWith(entry: TreeEntry | undefined, scope: Scope, reader: Reader): Readonly<Record<string, TemplateValue>> {
  if (entry === undefined || (entry.value.kind === "scalar" && entry.value.value === null)) return {};
  if (reader.anyMap(entry.value, "with") === undefined) return {};
  checkTemplates(entry.value, scope, reader);
  return plain(entry.value) as Readonly<Record<string, TemplateValue>>;
}

export function plain(node: TreeNode): TemplateValue {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

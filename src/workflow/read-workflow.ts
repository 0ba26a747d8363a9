/** YAML text to a checked workflow: every mistake of the file is collected, none is thrown. Pure. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Workflow, WorkflowInput, WorkflowSource } from "../model/workflow.ts";
import type { ActionCatalog } from "./catalog.ts";
import { checkSteps, judgeReference } from "./check-steps.ts";
import type { ContextName } from "./expression-syntax.ts";
import { fileStart, readTree, type TreeEntry, type TreeNode } from "./positioned-tree.ts";
import { checkTemplates, type Scope } from "./read-expressions.ts";
import { idPattern, plain, readFlag, type ReadStep, readSteps, readTexts } from "./read-steps.ts";
import { readTriggers } from "./read-triggers.ts";
import { describe, Reader } from "./reader.ts";

export interface ReadResult {
  /** Undefined when there is an error among the diagnostics. */
  readonly workflow: Workflow | undefined;
  /** In the file's order. */
  readonly diagnostics: readonly Diagnostic[];
}

const topKeys = [
  "name",
  "description",
  "on",
  "inputs",
  "env",
  "secrets",
  "permissions",
  "concurrency",
  "outputs",
  "timeout",
  "steps",
] as const;

/** GitHub's own list. */
const permissionNames = [
  "actions",
  "attestations",
  "checks",
  "contents",
  "deployments",
  "discussions",
  "id-token",
  "issues",
  "models",
  "packages",
  "pages",
  "pull-requests",
  "repository-projects",
  "security-events",
  "statuses",
] as const;

/** `path`: as the person would name it; its base name is the workflow's id. */
export function readWorkflow(
  text: string,
  path: string,
  catalog: ActionCatalog,
  source: WorkflowSource = "given",
): ReadResult {
  const reader = new Reader(path);
  const { tree, problems } = readTree(text.replace(/^\uFEFF/, ""));
  for (const { code, message, place } of problems) {
    if (code === "yaml-warning") reader.warn(code, place, message);
    else reader.error(code, place, message);
  }
  const hasErrors = (): boolean => reader.diagnostics.some(({ severity }) => severity === "error");
  let workflow: Workflow | undefined;
  if (tree === undefined) {
    if (!hasErrors())
      reader.error("empty-file", fileStart, "the file is empty", "codeflow workflows new NAME writes a first one");
  } else workflow = readTop(tree, path, source, catalog, reader);
  return {
    workflow: hasErrors() ? undefined : workflow,
    diagnostics: [...reader.diagnostics].sort((a, b) => a.line - b.line || a.column - b.column),
  };
}

function readTop(
  tree: TreeNode,
  path: string,
  source: WorkflowSource,
  catalog: ActionCatalog,
  reader: Reader,
): Workflow | undefined {
  const entries = reader.map(tree, "workflow", topKeys);
  if (entries === undefined) return undefined;
  const id = (path.split(/[/\\]/).at(-1) ?? path).replace(/\.ya?ml$/i, "");
  const missing = (key: string, hint: string): void =>
    reader.error("missing-key", fileStart, `"${key}" is missing`, hint);

  const onEntry = entries.get("on");
  if (onEntry === undefined) missing("on", "say when it runs, e.g. on: pull_request or on: manual");
  const on = onEntry === undefined ? [] : readTriggers(onEntry, reader);
  const inputs = readInputs(entries.get("inputs"), reader);
  const secrets = readSecrets(entries.get("secrets"), reader);

  const steps = new Map<string, ReadStep>();
  const names = { inputs: new Set(Object.keys(inputs)), secrets: new Set(secrets) };
  /** References to steps are looked at once all steps are read. */
  const later: (() => void)[] = [];
  const scope = (
    where: string,
    contexts: readonly ContextName[],
    step?: () => ReadStep | undefined,
    place: "step" | "outputs" = "step",
  ): Scope => ({
    where,
    contexts: new Set(contexts),
    judge: (reference, complain) =>
      void later.push(() =>
        judgeReference(reference, complain, { names, steps, user: step?.(), place, order, catalog }),
      ),
  });
  const everywhere = ["env", "event", "inputs", "repo", "run", "secrets"] as const;
  const env = readTexts(entries.get("env"), "env", scope("env", ["event", "inputs", "repo", "run", "secrets"]), reader);
  const concurrency = readConcurrency(
    entries.get("concurrency"),
    scope("concurrency", ["event", "inputs", "repo"]),
    reader,
  );
  const outputs = readTexts(
    entries.get("outputs"),
    "outputs",
    scope("outputs", [...everywhere, "steps"], undefined, "outputs"),
    reader,
  );

  let counter = 0;
  const stepsEntry = entries.get("steps");
  if (stepsEntry === undefined) missing("steps", "say what it does");
  const list =
    stepsEntry === undefined
      ? undefined
      : readSteps(
          stepsEntry.value,
          {
            reader,
            catalog,
            nextNumber: () => ++counter,
            scopeOf: (step, isLooped, place) =>
              scope(
                place === "outputs" ? "outputs" : "a step outside of foreach",
                isLooped ? [...everywhere, "steps", "item", "index"] : [...everywhere, "steps"],
                step,
                place,
              ),
          },
          undefined,
          false,
        );
  const nameEntry = entries.get("name");
  const name = reader.text(nameEntry);
  const description = reader.text(entries.get("description"));
  const timeoutSeconds = reader.duration(entries.get("timeout"));
  const workflow: Workflow = {
    id,
    name: name ?? id,
    path,
    source,
    ...(description === undefined ? {} : { description }),
    on,
    inputs,
    env,
    secrets,
    permissions: readPermissions(entries.get("permissions"), reader),
    ...(concurrency === undefined ? {} : { concurrency }),
    outputs,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    steps: list?.steps.map(({ step }) => step) ?? [],
  };
  const order = checkSteps(list, steps, workflow, catalog, reader);
  for (const judge of later) judge();
  return workflow;
}

function readInputs(entry: TreeEntry | undefined, reader: Reader): Readonly<Record<string, WorkflowInput>> {
  if (entry === undefined) return {};
  const found: [string, WorkflowInput][] = [];
  for (const { key, keyPlace, value } of reader.anyMap(entry.value, "inputs") ?? []) {
    if (!idPattern.test(key)) {
      reader.error(
        "invalid-id",
        keyPlace,
        `inputs: ${JSON.stringify(key)} is no name`,
        "letters, digits, _ and -, beginning with a letter or _",
      );
    }
    if (value.kind === "scalar" && value.value === null) {
      found.push([key, { type: "string", required: false }]);
      continue;
    }
    const entries = reader.map(value, `input ${key}`, ["description", "type", "required", "default", "options"]);
    if (entries === undefined) continue;
    const type = reader.oneOf(entries.get("type"), ["string", "number", "boolean", "choice"]) ?? "string";
    const description = reader.text(entries.get("description"));
    const optionsEntry = entries.get("options");
    const options = reader.texts(optionsEntry)?.map(({ text }) => text);
    if (type === "choice" && options === undefined) {
      reader.error("missing-key", keyPlace, `"options" is missing in input ${key}, a choice`);
    }
    if (type !== "choice" && optionsEntry !== undefined) {
      reader.error("misplaced-key", optionsEntry.keyPlace, `"options" goes with type: choice`);
    }
    const fallbackEntry = entries.get("default");
    const fallback = fallbackEntry === undefined ? undefined : plain(fallbackEntry.value);
    const fits =
      fallback === undefined ||
      (type === "choice"
        ? typeof fallback === "string" && (options ?? []).includes(fallback)
        : typeof fallback === type);
    if (!fits && fallbackEntry !== undefined) {
      const expected =
        type === "choice"
          ? "one of the options"
          : type === "boolean"
            ? "true or false"
            : `a ${type === "string" ? "text" : "number"}`;
      reader.error(
        "wrong-type",
        fallbackEntry.value.place,
        `default: expected ${expected}, found ${describe(fallbackEntry.value)}`,
      );
    }
    found.push([
      key,
      {
        type,
        required: reader.boolean(entries.get("required")) ?? false,
        ...(description === undefined ? {} : { description }),
        ...(fits && fallback !== undefined ? { default: fallback as string | number | boolean } : {}),
        ...(options === undefined ? {} : { options }),
      },
    ]);
  }
  return Object.fromEntries(found);
}

function readSecrets(entry: TreeEntry | undefined, reader: Reader): string[] {
  const items = reader.texts(entry) ?? [];
  for (const { text, place } of items) {
    if (!idPattern.test(text)) reader.error("invalid-id", place, `secrets: ${JSON.stringify(text)} is no name`);
  }
  return [...new Set(items.map(({ text }) => text))];
}

function readPermissions(entry: TreeEntry | undefined, reader: Reader): Workflow["permissions"] {
  if (entry === undefined) return {};
  const { value } = entry;
  if (value.kind === "scalar" && (value.value === "read-all" || value.value === "write-all")) {
    const level = value.value === "read-all" ? "read" : "write";
    return Object.fromEntries(permissionNames.map((name) => [name, level]));
  }
  const entries = reader.map(value, "permissions", permissionNames);
  return Object.fromEntries(
    [...(entries ?? [])].flatMap(([name, each]) => {
      const level = reader.oneOf(each, ["read", "write", "none"]);
      return level === undefined ? [] : [[name, level]];
    }),
  );
}

function readConcurrency(entry: TreeEntry | undefined, scope: Scope, reader: Reader): Workflow["concurrency"] {
  if (entry === undefined) return undefined;
  if (entry.value.kind === "scalar") {
    checkTemplates(entry.value, scope, reader);
    const group = reader.text(entry);
    return group === undefined ? undefined : { group, cancelInProgress: false };
  }
  const entries = reader.map(entry.value, "concurrency", ["group", "cancel-in-progress"]);
  if (entries === undefined) return undefined;
  const groupEntry = entries.get("group");
  if (groupEntry === undefined) reader.error("missing-key", entry.keyPlace, '"group" is missing in concurrency');
  else checkTemplates(groupEntry.value, scope, reader);
  const group = reader.text(groupEntry);
  const cancelInProgress = readFlag(entries.get("cancel-in-progress"), scope, reader) ?? false;
  return group === undefined ? undefined : { group, cancelInProgress };
}

/** The use cases around workflow files: where they are, what they say, whether they hold, and a first one. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { actions } from "../actions/index.ts";
import type { ActionDefinition } from "../model/action.ts";
import { closest } from "../model/closest.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { Failure } from "../model/failure.ts";
import type { Workflow, WorkflowSource, WorkflowStep } from "../model/workflow.ts";
import { type ActionCatalog, mentionedActions } from "../workflow/catalog.ts";
import { diagnosticCodes } from "../workflow/diagnostic-codes.ts";
import { planWorkflow } from "../workflow/plan-workflow.ts";
import { readWorkflow } from "../workflow/read-workflow.ts";
import { Mistakes } from "./mistakes.ts";
import { findPlace } from "./place.ts";
import type { World } from "./world.ts";

/** In the package, beside `dist` or `src`. */
const shippedFolder = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../workflows/" : "../workflows/", import.meta.url),
);
export const repositoryFolder = ".codeflow/workflows";

export interface WorkflowFile {
  /** Base name without extension: what `codeflow run NAME` takes. */
  readonly id: string;
  readonly source: WorkflowSource;
  /** As a person would name it. */
  readonly path: string;
  readonly text: string;
}

/** Everything that the file system knows of workflows, read once. */
export interface WorkflowShelf {
  /** By id; the repository's own before shipped ones. */
  readonly files: readonly WorkflowFile[];
  /** Shipped ones whose name the repository took. */
  readonly hidden: readonly WorkflowFile[];
  /** By id, or by path from the working directory. */
  find(nameOrPath: string): WorkflowFile | undefined;
}

export async function openShelf(world: World): Promise<WorkflowShelf> {
  const { root } = await findPlace(world);
  const shown = (path: string): string => relative(world.cwd, path).split(sep).join("/");
  const own = filesIn(join(root, repositoryFolder), "repository", shown);
  const shipped = shippedWorkflows();
  const taken = new Set(own.map(({ id }) => id));
  const files = [...own, ...shipped.filter(({ id }) => !taken.has(id))].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    files,
    hidden: shipped.filter(({ id }) => taken.has(id)),
    find: (nameOrPath) => files.find(({ id }) => id === nameOrPath) ?? fileAt(nameOrPath, root, world.cwd, shown),
  };
}

/** Those that come with CodeFlow, by name. */
export function shippedWorkflows(): readonly WorkflowFile[] {
  return filesIn(shippedFolder, "shipped", (path) => `workflows/${basename(path)}`);
}

function filesIn(folder: string, source: WorkflowSource, shown: (path: string) => string): WorkflowFile[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      // A link could lead out of the repository.
      if (!lstatSync(path).isFile()) return [];
      return [{ id: idOf(name), source, path: shown(path), text: readFileSync(path, "utf8") }];
    });
}

function fileAt(typed: string, root: string, cwd: string, shown: (path: string) => string): WorkflowFile | undefined {
  if (!/\.ya?ml$/i.test(typed)) return undefined;
  const path = resolve(cwd, typed);
  try {
    const source = dirname(path) === join(root, repositoryFolder) ? "repository" : "given";
    return { id: idOf(basename(path)), source, path: shown(path), text: readFileSync(path, "utf8") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Failure("CF451", `cannot read ${typed}`, { why: (error as Error).message, cause: error });
  }
}

function idOf(name: string): string {
  return name.replace(/\.ya?ml$/i, "");
}

/** The file, or a Failure that says what there is. */
export function requireWorkflow(shelf: WorkflowShelf, nameOrPath: string): WorkflowFile {
  const file = shelf.find(nameOrPath);
  if (file !== undefined) return file;
  const near = closest(
    nameOrPath,
    shelf.files.map(({ id }) => id),
  );
  throw new Failure("CF450", `there is no workflow ${nameOrPath}`, {
    next: near === undefined ? "codeflow workflows list shows them all" : `did you mean ${near}?`,
  });
}

/** For running: an action's code loads when it is first asked for. */
export async function loadAction(id: string): Promise<ActionDefinition | undefined> {
  return actions.find((entry) => entry.id === id)?.load();
}

/** Loads the code of the actions that are wanted; of all when nothing is said. */
export async function loadCatalog(wanted?: Iterable<string>): Promise<ActionCatalog> {
  const names = wanted === undefined ? undefined : new Set(wanted);
  const loaded = await Promise.all(
    actions.filter(({ id }) => names === undefined || names.has(id)).map(({ load }) => load()),
  );
  const byId = new Map<string, ActionDefinition>(loaded.map((action) => [action.id, action]));
  return { ids: actions.map(({ id }) => id), get: (id) => byId.get(id) };
}

export interface OpenedWorkflow {
  readonly workflow: Workflow;
  /** Of it and of every workflow that it calls. */
  readonly catalog: ActionCatalog;
  /** Called workflows, read; undefined for those that are not there. */
  readonly resolve: (name: string) => Workflow | undefined;
  readonly names: readonly string[];
  readonly warnings: readonly Diagnostic[];
  /** Of the files, by the names that diagnostics use. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A workflow ready to be planned. Throws `Mistakes` when it or one that it calls has any. */
export async function openWorkflow(nameOrPath: string, world: World): Promise<OpenedWorkflow> {
  const shelf = await openShelf(world);
  const file = requireWorkflow(shelf, nameOrPath);
  const read = await readWithCalled([file], shelf);
  const errors = read.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Mistakes("CF452", read.diagnostics, read.texts);
  const workflow = read.workflows.get(file.path);
  if (workflow === undefined) throw new Error(`${file.path} was not read`);
  return {
    workflow,
    catalog: read.catalog,
    resolve: resolver(shelf, read),
    names: shelf.files.map(({ id }) => id),
    warnings: read.diagnostics,
    texts: read.texts,
  };
}

interface ReadFiles {
  /** By path. */
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
  readonly catalog: ActionCatalog;
}

/** The files and all that they call. */
async function readWithCalled(files: readonly WorkflowFile[], shelf: WorkflowShelf): Promise<ReadFiles> {
  const all = new Map<string, WorkflowFile>();
  const open = [...files];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (all.has(file.path)) continue;
    all.set(file.path, file);
    for (const name of mentionedWorkflows(file.text)) {
      const called = shelf.find(name);
      if (called !== undefined) open.push(called);
    }
  }
  const list = [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const catalog = await loadCatalog(list.flatMap(({ text }) => mentionedActions(text)));
  const workflows = new Map<string, Workflow>();
  const diagnostics: Diagnostic[] = [];
  for (const { path, text, source } of list) {
    const result = readWorkflow(text, path, catalog, source);
    diagnostics.push(...result.diagnostics);
    if (result.workflow !== undefined) workflows.set(path, result.workflow);
  }
  return { workflows, diagnostics, texts: new Map(list.map(({ path, text }) => [path, text])), catalog };
}

/** By a look at the text: a file must be known before it can be read. */
function mentionedWorkflows(text: string): string[] {
  return [...text.matchAll(/\bworkflow["']?\s*:\s*["']?([\w./-]+)/g)].map(([, name = ""]) => name);
}

function resolver(shelf: WorkflowShelf, { workflows }: ReadFiles): (name: string) => Workflow | undefined {
  return (name) => {
    const file = shelf.find(name);
    return file === undefined ? undefined : workflows.get(file.path);
  };
}

export interface WorkflowJudgement {
  readonly files: readonly string[];
  readonly isValid: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
}

/** Of the named ones; of the repository's own when none is named. */
export async function judgeWorkflows(named: readonly string[], world: World): Promise<WorkflowJudgement> {
  const shelf = await openShelf(world);
  const files =
    named.length === 0
      ? shelf.files.filter(({ source }) => source === "repository")
      : named.map((name) => requireWorkflow(shelf, name));
  const read = await readWithCalled(files, shelf);
  const wanted = new Set(files.map(({ path }) => path));
  const diagnostics = read.diagnostics.filter(({ file }) => wanted.has(file));
  for (const path of wanted) {
    const workflow = read.workflows.get(path);
    if (workflow === undefined) continue;
    const { diagnostics: found } = planWorkflow(workflow, {
      event: { name: "manual", payload: {} },
      inputs: {},
      catalog: read.catalog,
      resolve: resolver(shelf, read),
      workflowNames: shelf.files.map(({ id }) => id),
      checkOnly: true,
    });
    // A called file that has mistakes of its own is there all the same.
    const broken = brokenCalls(workflow.steps, shelf, read);
    const isOfBroken = ({ line, column }: Diagnostic): boolean =>
      broken.some(({ place }) => place.line === line && place.column === column);
    diagnostics.push(
      ...found.filter((each) => each.file === path && (each.code !== "unknown-workflow" || !isOfBroken(each))),
    );
  }
  return {
    files: [...wanted],
    isValid: diagnostics.every(({ severity }) => severity !== "error"),
    diagnostics,
    texts: read.texts,
  };
}

/** Calls of files that are there and could not be read. */
function brokenCalls(steps: readonly WorkflowStep[], shelf: WorkflowShelf, read: ReadFiles): WorkflowStep[] {
  return steps.flatMap((step) => {
    if (step.kind === "parallel") return brokenCalls(step.steps, shelf, read);
    const file = step.kind === "workflow" ? shelf.find(step.workflow) : undefined;
    return file !== undefined && !read.workflows.has(file.path) ? [step] : [];
  });
}

export { diagnosticCodes };

export interface WorkflowFacts {
  readonly id: string;
  readonly source: WorkflowSource;
  readonly path: string;
  /** Undefined when it has mistakes. */
  readonly workflow: Workflow | undefined;
  /** What the comment at its top says. */
  readonly header: string;
  readonly mistakes: number;
}

export async function listWorkflows(world: World): Promise<readonly WorkflowFacts[]> {
  const shelf = await openShelf(world);
  return factsOf(shelf.files, shelf);
}

export async function showWorkflow(
  nameOrPath: string,
  world: World,
): Promise<WorkflowFacts & { readonly text: string }> {
  const shelf = await openShelf(world);
  const file = requireWorkflow(shelf, nameOrPath);
  const [facts] = await factsOf([file], shelf);
  if (facts === undefined) throw new Error(`nothing is known of ${file.path}`);
  return { ...facts, text: file.text };
}

async function factsOf(files: readonly WorkflowFile[], shelf: WorkflowShelf): Promise<WorkflowFacts[]> {
  const { workflows, diagnostics } = await readWithCalled(files, shelf);
  return files.map(({ id, source, path, text }) => ({
    id,
    source,
    path,
    workflow: workflows.get(path),
    header: headerOf(text),
    mistakes: diagnostics.filter(({ file, severity }) => file === path && severity === "error").length,
  }));
}

/** The comment lines at the top of a file, without marks; editors' modelines left out. */
export function headerOf(text: string): string {
  const lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith("#")) break;
    if (!line.includes("yaml-language-server:")) lines.push(line.replace(/^# ?/, ""));
  }
  return lines.join("\n").trim();
}

/** Writes `.codeflow/workflows/NAME.yml`; an existing file is never touched. */
export async function scaffoldWorkflow(name: string, world: World): Promise<string> {
  if (!/^[a-z0-9][a-z0-9-]{0,60}$/.test(name)) {
    throw new Failure("CF453", `${JSON.stringify(name)} is no name for a workflow`, {
      next: "lower-case letters, digits and -, as in nightly-report",
    });
  }
  const { root } = await findPlace(world);
  const path = join(root, repositoryFolder, `${name}.yml`);
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, firstWorkflow(name), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Failure("CF454", `${repositoryFolder}/${name}.yml exists`, { next: "choose another name", cause: error });
  }
  return relative(world.cwd, path).split(sep).join("/");
}

function firstWorkflow(name: string): string {
  // Relative to the file, where codeflow is one of the repository's packages.
  return `# yaml-language-server: $schema=../../node_modules/codeflow/schemas/workflow.schema.json
# What this workflow is for, in a sentence or two.
name: ${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("-", " ")}

on:
  manual:
  pull_request:
    branches: [main]

inputs:
  greeting:
    description: What is written to the log.
    default: Hello

steps:
  - id: greet
    uses: flow.log
    with:
      message: \${{ inputs.greeting }}, \${{ event.actor }}

  # Text from outside never stands in a script itself: it comes in through env.
  - if: event.name == 'pull_request'
    env:
      TITLE: \${{ event.pull_request.title }}
    run: echo "$TITLE"
`;
}

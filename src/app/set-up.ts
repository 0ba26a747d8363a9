/** The use cases behind `codeflow init`, `codeflow hook` and `codeflow baseline install-merge-driver`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../model/failure.ts";
import { findHook, type HookManager, type HookReport, installHook, removeHook } from "../project/hook.ts";
import { type InitFile, type InitPlan, mergeDriverName, planInit, writeInitFiles } from "../project/init-files.ts";
import { countLanguages } from "../project/languages.ts";
import { listAnalyzers } from "./list-analyzers.ts";
import { listScope } from "./open-checkout.ts";
import { findPlace, type Place } from "./place.ts";
import { lookAtConfig } from "./project-config.ts";
import { Mistakes } from "./mistakes.ts";
import type { World } from "./world.ts";

/** Where the schema is once codeflow is one of the repository's packages: a path that holds for everybody. */
const schema = "./node_modules/codeflow/schemas/codeflow.schema.json";

export interface SetUpFacts {
  readonly root: string;
  readonly plan: InitPlan;
  readonly languages: readonly { readonly name: string; readonly files: number }[];
  readonly tools: readonly { readonly id: string; readonly status: "found" | "missing" }[];
  /** Relative to the root. */
  readonly baseline: string;
  readonly hasBaseline: boolean;
}

/** What would be written; writes nothing. */
export async function planSetUp(options: { readonly noExec: boolean }, world: World): Promise<SetUpFacts> {
  const place = await findPlace(world);
  const root = worktreeOf(place);
  const { config, file, text, diagnostics } = await lookAtConfig(place);
  if (config === undefined) {
    throw new Mistakes("CF405", diagnostics, new Map(file === undefined ? [] : [[file, text]]));
  }
  const { head } = await listScope(place, { kind: "all" }, world);
  const { analyzers } = await listAnalyzers({ profile: undefined, noExec: options.noExec }, world);
  const languages = countLanguages(head.entries.keys());
  const tools = analyzers.flatMap(({ id, isTool, here: { status } }): SetUpFacts["tools"] => {
    if (!isTool) return [];
    if (status === "runs" || status === "other profile") return [{ id, status: "found" }];
    return status === "missing" ? [{ id, status }] : [];
  });
  const plan = planInit({
    languages,
    tools,
    configFile: file,
    gitAttributes: await attributesOf(root),
    isGit: place.git !== undefined,
    schema,
    baseline: config.baseline,
    hook: place.git === undefined ? undefined : await findHook({ root, exec: world.exec, env: world.env }),
  });
  return {
    root,
    plan,
    languages,
    tools,
    baseline: config.baseline,
    hasBaseline: existsSync(join(root, config.baseline)),
  };
}

/** Workflow files for GitHub; `action`: `owner/repo@ref`. Writes nothing. */
export async function planGithub(
  action: string,
  world: World,
): Promise<{ readonly root: string; readonly files: readonly InitFile[] }> {
  // It goes into files that are run: one word, and nothing that YAML would read otherwise.
  if (!/^[\w.-]+\/[\w.-]+(?:\/[\w./-]+)?@[\w./-]+$/.test(action)) {
    throw new Failure("CF463", `${action} names no action`, {
      why: "it is OWNER/REPO@REF: where you keep CodeFlow on GitHub, and which commit, tag or branch of it",
      next: "codeflow init --github OWNER/REPO@COMMIT",
    });
  }
  const place = await findPlace(world);
  if (place.git === undefined) throw noRepository(place);
  const root = worktreeOf(place);
  const head = await place.git.attempt(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"]);
  const branch =
    head.exitCode === 0
      ? head.stdout
          .toString()
          .trim()
          .replace(/^origin\//, "")
      : await place.git.branch();
  const { planGithubFiles } = await import("../project/github-files.ts");
  const exists = (path: string): boolean => existsSync(join(root, path));
  return { root, files: planGithubFiles({ action, defaultBranch: branch ?? "main", exists }) };
}

/** Fails on a file that appeared since it was planned. */
export async function writeGithub({
  root,
  files,
}: {
  readonly root: string;
  readonly files: readonly InitFile[];
}): Promise<readonly string[]> {
  return writeInitFiles(root, { files, hook: undefined, gitConfig: [] });
}

export interface SetUpDone {
  readonly written: readonly string[];
  readonly hook: HookReport | undefined;
}

export async function setUp(
  { root, plan }: SetUpFacts,
  options: { readonly hook: boolean; readonly nodeDirectory: string },
  world: World,
): Promise<SetUpDone> {
  const written = await writeInitFiles(root, plan);
  await configureGit(root, plan, world);
  const hook =
    options.hook && plan.hook?.action === "install"
      ? await installHook({
          root,
          exec: world.exec,
          env: world.env,
          nodeDirectory: options.nodeDirectory,
          editManagerFile: true,
        })
      : undefined;
  return { written, hook };
}

export interface HookInstallOptions {
  readonly required: boolean;
  readonly nodeDirectory: string;
  readonly editManagerFile: boolean;
  readonly allowShared: boolean;
}

export async function installGitHook(options: HookInstallOptions, world: World): Promise<HookReport> {
  return installHook({ root: await gitRoot(world), exec: world.exec, env: world.env, ...options });
}

export async function removeGitHook(world: World): Promise<HookReport> {
  return removeHook({ root: await gitRoot(world), exec: world.exec, env: world.env });
}

export interface HookState {
  readonly manager: HookManager;
  readonly path: string;
  readonly isInstalled: boolean;
}

export async function gitHookState(world: World): Promise<HookState> {
  return findHook({ root: await gitRoot(world), exec: world.exec, env: world.env });
}

export interface MergeDriverReport {
  /** What happened to `.gitattributes`. */
  readonly attributes: Pick<InitFile, "action" | "path">;
  readonly driver: string;
}

/** The part of a set-up that lets git merge baselines: a line of `.gitattributes`, and this clone's configuration. */
export async function installMergeDriver(world: World): Promise<MergeDriverReport> {
  const place = await findPlace(world);
  if (place.git === undefined) throw noRepository(place);
  const root = worktreeOf(place);
  const { config } = await lookAtConfig(place);
  const plan = planInit({
    languages: [],
    tools: [],
    configFile: "codeflow.yml",
    gitAttributes: await attributesOf(root),
    isGit: true,
    schema,
    baseline: config?.baseline ?? ".codeflow/baseline.jsonl",
    hook: undefined,
  });
  const attributes = plan.files.find(({ path }) => path === ".gitattributes");
  if (attributes === undefined) throw new Error("no attributes planned");
  await writeInitFiles(root, { ...plan, files: [attributes] });
  await configureGit(root, plan, world);
  const { action, path } = attributes;
  return { attributes: { action, path }, driver: plan.gitConfig.at(-1)?.value ?? "" };
}

/** Whether this clone knows how to merge baselines. */
export async function hasMergeDriver(
  place: Place,
): Promise<{ readonly inAttributes: boolean; readonly inConfig: boolean }> {
  const configured = await place.git?.config(`merge.${mergeDriverName}.driver`);
  const { config } = await lookAtConfig(place);
  const attribute = await place.git?.attempt(["check-attr", "merge", "--", config?.baseline ?? ""]);
  return {
    inConfig: configured !== undefined,
    inAttributes: /: merge: (?!unspecified|unset)/.test(attribute?.stdout.toString() ?? ""),
  };
}

async function configureGit(root: string, plan: InitPlan, world: World): Promise<void> {
  for (const { key, value } of plan.gitConfig) {
    const { exitCode, stderr } = await world.exec({
      command: "git",
      args: ["config", "--local", key, value],
      cwd: root,
      timeoutMs: 60_000,
    });
    if (exitCode === 0) continue;
    throw new Failure("CF460", `git config ${key} failed`, { why: stderr.toString().trim(), exitCode: 3 });
  }
}

async function attributesOf(root: string): Promise<string | undefined> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(join(root, ".gitattributes"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function worktreeOf(place: Place): string {
  const root = place.repository === undefined ? place.root : place.repository.worktree;
  if (root !== undefined) return root;
  throw new Failure("CF461", "there is no working tree here", { why: `${place.root} is a bare repository` });
}

async function gitRoot(world: World): Promise<string> {
  const place = await findPlace(world);
  if (place.git === undefined) throw noRepository(place);
  return worktreeOf(place);
}

function noRepository(place: Place): Failure {
  return new Failure("CF462", "this needs a git repository", { why: `${place.root} is not in one`, next: "git init" });
}

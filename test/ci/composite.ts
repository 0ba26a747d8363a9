/**
 * Runs the composite action as a runner does: action.yml of a clean checkout is read, `if` and `${{ }}` are evaluated, `run`
 * goes to bash with the runner's variables and files. The cache is a folder here, `actions/setup-node` refuses:
 * whoever runs these tests has a Node that is new enough.
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { evaluateText } from "./expressions.ts";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

export interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export interface RunnerOptions {
  /** The checkout of the action. */
  readonly action: string;
  /** RUNNER_TEMP, RUNNER_TOOL_CACHE, HOME and the cache lie here. */
  readonly machine: string;
  readonly workspace: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** GITHUB_ variables, the event among them. */
  readonly env: Readonly<Record<string, string>>;
  /** GITHUB_TOKEN of the job. */
  readonly token: string;
}

export interface ActionResult {
  readonly outputs: Readonly<Record<string, string>>;
  readonly exitCode: number;
  readonly log: string;
  readonly summary: string;
  /** Milliseconds by step: its id, or its number. */
  readonly times: Readonly<Record<string, number>>;
}

export const project = join(import.meta.dirname, "../..");

/** The files of this working tree that git has or would add, as a runner downloads them: no node_modules, no dist. */
export function checkoutOfAction(folder: string): void {
  const listed = execFileSync("git", ["ls-files", "-coz", "--exclude-standard"], { cwd: project, encoding: "utf8" });
  const paths = listed
    .split("\0")
    .filter((path) => /^(?:action\.yml|bin\/|src\/|schemas\/|workflows\/|build\.ts|package)/.test(path));
  for (const path of paths.filter((each) => existsSync(join(project, each))))
    cpSync(join(project, path), join(folder, path));
}

export function readAction(folder: string): ActionFile {
  return parse(readFileSync(join(folder, "action.yml"), "utf8")) as ActionFile;
}

export async function runAction(options: RunnerOptions): Promise<ActionResult> {
  const action = readAction(options.action);
  const [temp, tools, home] = ["temp", "tools", "home"].map((name) => join(options.machine, name));
  if (temp === undefined || tools === undefined || home === undefined) throw new Error("unreachable");
  for (const folder of [temp, tools, home]) mkdirSync(folder, { recursive: true });
  const summaryFile = join(temp, `summary-${Date.now()}-${Math.random()}`);
  writeFileSync(summaryFile, "");
  const github = {
    action_path: options.action,
    token: options.token,
    job: "check",
    run_id: options.env["GITHUB_RUN_ID"] ?? "1",
    run_attempt: "1",
  };
  const runner = { temp, tool_cache: tools, os: "Linux", arch: "X64" };
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: otherwise = "" }]) => [
      name,
      options.inputs[name] ?? evaluateText(otherwise, { github }),
    ]),
  );
  const steps: Record<string, { outputs: Record<string, string> }> = {};
  const contexts = { github, runner, inputs, steps };
  const times: Record<string, number> = {};
  let [log, exitCode] = ["", 0];

  for (const [index, step] of action.runs.steps.entries()) {
    // After a failure only what says `always()` is run.
    const condition = step.if?.replace("always()", "true");
    if (exitCode !== 0 && condition === step.if) continue;
    if (condition !== undefined && evaluateText(`\${{ ${condition} }}`, contexts) !== "true") continue;
    const start = performance.now();
    if (step.uses?.startsWith("actions/cache/restore@") === true) {
      const isHit = restore(step, contexts, join(options.machine, "cache"));
      if (step.id !== undefined) steps[step.id] = { outputs: { "cache-hit": String(isHit) } };
    } else if (step.uses?.startsWith("actions/cache/save@") === true) {
      save(step, contexts, join(options.machine, "cache"));
    } else if (step.uses !== undefined) {
      throw new Error(`this runner has no ${step.uses}`);
    } else {
      const outputFile = join(temp, `output-${index}-${Math.random()}`);
      writeFileSync(outputFile, "");
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluateText(value, contexts)]),
      );
      const ended = await bash(step.run ?? "", {
        cwd: resolve(options.workspace, evaluateText(step["working-directory"] ?? ".", contexts)),
        env: {
          PATH: process.env["PATH"] ?? "",
          HOME: home,
          CI: "true",
          GITHUB_ACTIONS: "true",
          GITHUB_WORKSPACE: options.workspace,
          GITHUB_OUTPUT: outputFile,
          GITHUB_STEP_SUMMARY: summaryFile,
          RUNNER_TEMP: temp,
          RUNNER_TOOL_CACHE: tools,
          ...options.env,
          ...env,
        },
      });
      log += ended.log;
      if (exitCode === 0) exitCode = ended.exitCode;
      if (step.id !== undefined) steps[step.id] = { outputs: readOutputs(outputFile) };
    }
    times[step.id ?? `${index}`] = performance.now() - start;
  }
  const outputs = Object.fromEntries(
    Object.entries(action.outputs).map(([name, { value }]) => [name, evaluateText(value, contexts)]),
  );
  return { outputs, exitCode, log, summary: readFileSync(summaryFile, "utf8"), times };
}

type Contexts = Parameters<typeof evaluateText>[1];

function withOf(step: Step, contexts: Contexts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(step.with ?? {}).map(([name, value]) => [name, evaluateText(value, contexts)]),
  );
}

function readKeys(store: string): string[] {
  const index = join(store, "index.json");
  return existsSync(index) ? (JSON.parse(readFileSync(index, "utf8")) as string[]) : [];
}

/** What is saved under the key, or under the newest that begins with one of `restore-keys`; whether it was the key. */
function restore(step: Step, contexts: Contexts, store: string): boolean {
  const { path = "", key = "", "restore-keys": others = "" } = withOf(step, contexts);
  const keys = readKeys(store);
  const prefixes = others.split("\n").filter((line) => line !== "");
  const hit = keys.includes(key)
    ? key
    : prefixes.map((prefix) => keys.findLast((each) => each.startsWith(prefix))).find((each) => each !== undefined);
  if (hit !== undefined) cpSync(join(store, hit), path, { recursive: true });
  return hit === key;
}

/** What is saved already under a key stays. */
function save(step: Step, contexts: Contexts, store: string): void {
  const { path = "", key = "" } = withOf(step, contexts);
  const keys = readKeys(store);
  if (keys.includes(key) || !existsSync(path)) return;
  cpSync(path, join(store, key), { recursive: true });
  writeFileSync(join(store, "index.json"), JSON.stringify([...keys, key]));
}

/** GitHub's own words for `shell: bash`. */
function bash(
  script: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly exitCode: number; readonly log: string }> {
  return new Promise((done, failed) => {
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd,
      env: { ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    const listen = (chunk: Buffer): void => {
      log += chunk.toString();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", failed);
    child.on("close", (code) => done({ exitCode: code ?? 1, log }));
  });
}

/** `name=value`, or `name<<delimiter`, lines, `delimiter`. */
function readOutputs(path: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = readFileSync(path, "utf8").split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const [, name, delimiter] = /^([\w-]+)<<(.+)$/.exec(line) ?? [];
    if (name !== undefined && delimiter !== undefined) {
      const end = lines.indexOf(delimiter, at + 1);
      outputs[name] = lines.slice(at + 1, end).join("\n");
      at = end;
    } else if (line.includes("=")) {
      outputs[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
    }
  }
  return outputs;
}

/** `quality.test-changed`: runs the tests that the change concerns, with the runners that the repository uses. */
import { lstat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { type ActionContext, defineAction, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { detectRunners, relatedTests, type TestCommand, testRunners } from "./test-runners.ts";

export const testChanged = defineAction({
  id: "quality.test-changed",
  summary: "Run the tests that the change concerns: Vitest, Jest, pytest, go test, cargo test.",
  description: `Vitest and Jest follow imports from the changed files to their tests; pytest runs changed tests and those named after a changed module; Go runs the changed
packages; Cargo the changed crate. The repository's own installed runner is started (pytest in the environment that is beside it or that Poetry, Pipenv or PDM
keep for it), nothing is installed. A runner that is missing or does not answer in time fails
the step; so does a change in which no runner found anything to do, with \`require-tests\`.`,
  inputs: z.strictObject({
    paths: textList.optional().describe("Changed files; those of the change unless said."),
    runners: z.array(z.enum(testRunners)).optional().describe("Only these runners."),
    "require-tests": z.boolean().default(false).describe("Fail the step when there is nothing to run."),
    "timeout-minutes": z.number().min(0.1).default(15).describe("For each runner."),
  }),
  outputs: z.object({
    passed: z.boolean().describe("Whether all runs passed."),
    ran: z
      .array(
        z.object({
          runner: z.string(),
          folder: z.string(),
          command: z.string(),
          "exit-code": z.number(),
          passed: z.boolean(),
          "duration-ms": z.number(),
          output: z.string(),
        }),
      )
      .describe("Each run, with the end of its output."),
    files: z.array(z.string()).describe("Changed files that were considered."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, inputs) {
    const { repo, clock, log, summarize, signal } = context;
    const asked = listOf(inputs.paths);
    const changed =
      asked.length > 0
        ? asked
        : (await repo.change()).files.filter(({ status }) => status !== "removed").map(({ path }) => path);
    const commands = await plan(context, changed, inputs.runners);
    if (commands.length === 0) {
      if (inputs["require-tests"]) throw new StepFailed("no test runner has anything to do with the changed files");
      log.info("no test runner has anything to do with the changed files");
      return { passed: true, ran: [], files: changed };
    }
    const ran = [];
    for (const one of commands) {
      const cwd = one.folder === "." ? repo.root : join(repo.root, one.folder);
      const start = clock.monotonic();
      const result = await context.exec({
        command: await executableOf(context, one),
        args: one.args,
        cwd,
        timeoutMs: inputs["timeout-minutes"] * 60_000,
        maxOutputBytes: 64 * 1024 * 1024,
        signal,
      });
      const output = stripVTControlCharacters(`${result.stdout.toString()}${result.stderr.toString()}`).trim();
      // pytest answers 5 when it collected nothing.
      const isEmpty = one.runner === "pytest" && result.exitCode === 5;
      ran.push({
        runner: one.runner,
        folder: one.folder,
        command: [one.command, ...one.args].join(" ").slice(0, 500),
        "exit-code": result.exitCode,
        passed: !result.timedOut && (result.exitCode === 0 || isEmpty),
        "duration-ms": Math.round(clock.monotonic() - start),
        output: `${result.timedOut ? `no end after ${inputs["timeout-minutes"]} minutes\n` : ""}${output.slice(-8_000)}`,
      });
    }
    const failed = ran.filter(({ passed }) => !passed);
    summarize(
      [
        `**Tests of the change**: ${failed.length === 0 ? "passed" : `${failed.length} of ${counted(ran.length, "run")} failed`}`,
        "",
        markdownTable(
          ["Runner", "Folder", ""],
          ran.map((one) => [
            one.runner,
            code(one.folder),
            one.passed ? "passed" : `failed with exit code ${one["exit-code"]}`,
          ]),
        ),
      ].join("\n"),
    );
    const outputs = { passed: failed.length === 0, ran, files: changed };
    if (failed.length > 0) {
      const [first] = failed;
      throw new StepFailed(
        `${failed.map(({ runner, folder }) => `${runner} in ${folder}`).join(", ")} failed: ${first?.output.split("\n").slice(-12).join("\n") ?? ""}`,
        outputs,
      );
    }
    return outputs;
  },
});

async function plan(
  { repo }: ActionContext<"repo">,
  changed: readonly string[],
  only: readonly string[] | undefined,
): Promise<TestCommand[]> {
  const paths = (await repo.files()).map(({ path }) => path);
  const manifests = paths.filter((path) =>
    /(?:^|\/)(?:package\.json|Cargo\.toml|pyproject\.toml|setup\.cfg|tox\.ini)$/.test(path),
  );
  const texts = new Map<string, string>();
  for (const path of manifests) texts.set(path, (await repo.readText(path)) ?? "");
  const places = detectRunners(paths, (path) => texts.get(path)).filter(
    ({ runner }) => only === undefined || only.includes(runner),
  );
  // The deepest folder with a runner owns a file, so that a monorepo's root does not run its packages' tests again.
  const depth = (folder: string): number => (folder === "." ? 0 : folder.split("/").length);
  const left = new Map<string, Set<string>>();
  const commands: TestCommand[] = [];
  for (const place of places.toSorted((a, b) => depth(b.folder) - depth(a.folder) || (a.folder < b.folder ? -1 : 1))) {
    const mine = left.get(place.runner) ?? new Set(changed);
    left.set(place.runner, mine);
    const related = relatedTests(place, [...mine], paths);
    for (const path of mine) if (place.folder === "." || path.startsWith(`${place.folder}/`)) mine.delete(path);
    if (related !== undefined) commands.push({ ...place, ...related });
  }
  return commands;
}

/** The repository's own, from the folder upwards; what is on PATH otherwise. */
async function executableOf(context: ActionContext<"repo">, { runner, folder, command }: TestCommand): Promise<string> {
  const isThere = async (path: string): Promise<boolean> => (await lstat(path).catch(() => undefined)) !== undefined;
  const places =
    runner === "vitest" || runner === "jest"
      ? ["node_modules/.bin"]
      : runner === "pytest"
        ? [".venv/bin", "venv/bin"]
        : [];
  const name = runner === "pytest" ? "python" : command;
  for (let at = folder; ; at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : ".") {
    const here = join(context.repo.root, at);
    for (const place of places) {
      const path = join(here, place, name);
      if (await isThere(path)) return path;
    }
    for (const { lockfile, ask } of runner === "pytest" ? environments : []) {
      const python = (await isThere(join(here, lockfile))) ? await askForPython(context, here, ask) : undefined;
      if (python !== undefined) return python;
    }
    if (at === ".") break;
  }
  return command;
}

/** Managers that keep a project's environment elsewhere, and the question where its Python is. */
const environments = [
  { lockfile: "poetry.lock", ask: ["poetry", "env", "info", "--executable"] },
  { lockfile: "Pipfile.lock", ask: ["pipenv", "--py"] },
  { lockfile: "pdm.lock", ask: ["pdm", "info", "--python"] },
] as const;

/** Undefined: the manager is not here, or it made no environment yet. */
async function askForPython(
  context: ActionContext<"repo">,
  cwd: string,
  [command, ...args]: readonly [string, ...string[]],
): Promise<string | undefined> {
  try {
    const result = await context.exec({ command, args, cwd, timeoutMs: 60_000, signal: context.signal });
    const path = result.stdout.toString().trim();
    return result.exitCode === 0 && isAbsolute(path) && !path.includes("\n") ? path : undefined;
  } catch (error) {
    if (error instanceof Failure && error.code === "CF102") return undefined;
    throw error;
  }
}

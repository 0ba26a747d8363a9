/** `codeflow init`. */
import { dirname } from "node:path";
import { type BaselineChange, createBaselineFile } from "../app/baseline.ts";
import { count, createPalette, makeVisible, oneLine } from "../app/presentation.ts";
import { planGithub, planSetUp, setUp, type SetUpFacts, writeGithub } from "../app/set-up.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { hookLines } from "./hook-output.ts";
import { withProgress } from "./show-progress.ts";

interface Answers {
  readonly hook: boolean;
  readonly baseline: boolean;
}

export const init: CliCommand = {
  name: "init",
  example: `\
  codeflow init                       asks two questions, then writes what is missing
  codeflow init --yes                 asks nothing: configuration, merging of baselines, hook
  codeflow init --yes --no-hook --baseline
  codeflow init --dry-run             only says what it would do
  codeflow init --github ada/codeflow@0123456789abcdef0123456789abcdef01234567
                                      workflow files: pull requests, forks, nightly, code scanning`,
  configure(command) {
    command
      .option("-y, --yes", "ask nothing")
      .option("--hook", "install the pre-commit hook (with --yes the default)")
      .option("--no-hook", "install no hook")
      .option("--baseline", "accept what is found today, so that only new findings count")
      .option("--no-baseline", "accept nothing (with --yes the default)")
      .option("--no-exec", "do not ask the repository's own tools for their versions")
      .option(
        "--github <action>",
        "write workflow files for GitHub, nothing else; OWNER/REPO@REF: where you keep CodeFlow, best by its commit",
      )
      .option("--dry-run", "only say what would be done");
  },
  async run(context, _args, options) {
    const { world, door } = context;
    if (typeof options["github"] === "string")
      return initGithub(context, options["github"], options["dryRun"] === true);
    const isInteractive = options["yes"] !== true && options["dryRun"] !== true;
    if (isInteractive && (door.stdin.isTTY !== true || door.stdout.isTTY !== true)) {
      throw new Failure("CF530", "init asks questions, and there is nobody to answer them", {
        why: "input or output is not a terminal",
        next: "codeflow init --yes, or --dry-run to see what it would do",
      });
    }
    const noExec = options["exec"] === false;
    const facts = await planSetUp({ noExec }, world);
    context.out(factsText(facts, context));
    const given = {
      hook: options["hook"] as boolean | undefined,
      baseline: options["baseline"] as boolean | undefined,
    };
    if (options["dryRun"] === true) {
      context.out("\nnothing was written (--dry-run)\n");
      return exitCodes.passed;
    }
    const answers = isInteractive
      ? await ask(facts, given)
      : { hook: given.hook ?? true, baseline: (given.baseline ?? false) && !facts.hasBaseline };
    if (answers === undefined) {
      context.out("nothing was written\n");
      return exitCodes.interrupted;
    }
    const done = await setUp(facts, { hook: answers.hook, nodeDirectory: dirname(process.execPath) }, world);
    const paint = createPalette(context.color);
    // Git's own hooks are of this clone alone; a manager's file is everybody's.
    const isShared = done.hook?.status === "installed" && done.hook.manager !== "git";
    const toCommit = isShared && done.hook !== undefined ? [...done.written, done.hook.path] : done.written;
    if (context.global.quiet !== true) {
      context.out("\n");
      for (const path of done.written) context.out(`${paint.green("✓")} ${makeVisible(path)} written\n`);
      if (facts.plan.gitConfig.length > 0) context.out(`${paint.green("✓")} git merges baselines in this clone\n`);
      if (done.hook !== undefined) context.out(`hook: ${hookLines(done.hook, paint)}`);
    }
    const change = answers.baseline
      ? await withProgress(context, (onEvent, watched) =>
          createBaselineFile(
            { baseline: undefined, profile: undefined, noExec, force: false, reason: undefined, onEvent },
            watched,
            door.version,
          ),
        )
      : undefined;
    for (const reason of change?.incomplete ?? []) world.log.warn(`the check is incomplete: ${oneLine(reason)}`);
    if (context.global.quiet !== true) context.out(nextSteps(facts, toCommit, change, context));
    return change !== undefined && change.incomplete.length > 0 ? exitCodes.incomplete : exitCodes.passed;
  },
};

async function initGithub(context: CommandContext, action: string, dryRun: boolean): Promise<number> {
  const plan = await planGithub(action, context.world);
  const paint = createPalette(context.color);
  const written = dryRun ? [] : await writeGithub(plan);
  if (context.global.quiet === true) return exitCodes.passed;
  for (const { path, action: what, reason } of plan.files) {
    context.out(`${written.includes(path) ? paint.green("✓ written") : paint.dim(verbs[what])}  ${path}: ${reason}\n`);
  }
  if (!/@[0-9a-f]{40}$/.test(action)) {
    context.out(`${action} can be moved by whoever may write there: a commit (@ and 40 digits) cannot\n`);
  }
  if (dryRun) context.out("nothing was written (--dry-run)\n");
  return exitCodes.passed;
}

function factsText({ languages, tools, plan }: SetUpFacts, context: CommandContext): string {
  if (context.global.quiet === true) return "";
  const paint = createPalette(context.color);
  const named = languages.slice(0, 5).map(({ name, files }) => `${name} (${files})`);
  const found = tools.filter(({ status }) => status === "found").map(({ id }) => id);
  const missing = tools.filter(({ status }) => status === "missing").map(({ id }) => id);
  const row = (label: string, text: string): string[] =>
    text === "" ? [] : [`  ${paint.dim(label.padEnd(10))}${text}`];
  return `${[
    paint.bold("Here"),
    ...row("languages", `${named.join(", ")}${languages.length > 5 ? ` and ${languages.length - 5} more` : ""}`),
    ...row("own tools", found.join(", ")),
    ...row("missing", missing.length === 0 ? "" : `${missing.join(", ")} (configured, not installed on this machine)`),
    paint.bold("Plan"),
    ...plan.files.map(
      ({ path, action, reason }) => `  ${paint.dim(verbs[action].padEnd(10))}${makeVisible(path)}: ${reason}`,
    ),
    ...(plan.hook === undefined
      ? []
      : [
          `  ${paint.dim(verbs[plan.hook.action].padEnd(10))}${makeVisible(plan.hook.path)}: pre-commit hook${plan.hook.manager === "git" ? "" : ` through ${plan.hook.manager}`}`,
        ]),
  ].join("\n")}\n`;
}

const verbs = { create: "write", append: "extend", keep: "keep", install: "install" } as const;

/** Undefined: the person left. What was said on the command line is not asked. */
async function ask(
  facts: SetUpFacts,
  given: { readonly hook: boolean | undefined; readonly baseline: boolean | undefined },
): Promise<Answers | undefined> {
  const { confirm, isCancel } = await import("@clack/prompts");
  let hook = given.hook ?? false;
  if (given.hook === undefined && facts.plan.hook?.action === "install") {
    const answer = await confirm({ message: "Check what is staged before every commit?", initialValue: true });
    if (isCancel(answer)) return undefined;
    hook = answer;
  }
  let baseline = (given.baseline ?? false) && !facts.hasBaseline;
  if (given.baseline === undefined && !facts.hasBaseline) {
    const answer = await confirm({
      message: "Accept what is found today, so that only new findings count? (takes one check)",
      initialValue: false,
    });
    if (isCancel(answer)) return undefined;
    baseline = answer;
  }
  return { hook, baseline };
}

function nextSteps(
  facts: SetUpFacts,
  written: readonly string[],
  change: BaselineChange | undefined,
  context: CommandContext,
): string {
  const paint = createPalette(context.color);
  const lines: string[] = [];
  if (change !== undefined)
    lines.push(`${paint.green("✓")} ${count(change.after, "finding")} accepted in ${makeVisible(change.path)}`);
  lines.push("", paint.bold("Next"));
  lines.push(
    `  ${paint.cyan("codeflow check")}${facts.hasBaseline || change !== undefined ? "" : "              see what is found"}`,
  );
  if (!facts.hasBaseline && change === undefined) {
    lines.push(`  ${paint.cyan("codeflow baseline create")}    accept it, so that only what is new counts`);
  }
  const files = [...written, ...(change === undefined ? [] : [change.path])];
  if (facts.plan.gitConfig.length > 0 && files.length > 0)
    lines.push(`  ${paint.cyan(`git add ${files.map(makeVisible).join(" ")}`)}`);
  return `${lines.join("\n")}\n`;
}

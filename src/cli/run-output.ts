/** Runs and plans as text: what is left on the screen when a run is over, or is asked for later. */
import { count, createPalette, formatDuration, makeVisible, oneLine, type Palette } from "../app/presentation.ts";
import type { FinishedRun, ShownRun } from "../app/run-workflow.ts";
import { exitCodes } from "../model/failure.ts";
import type { Plan, PlannedStep } from "../model/workflow.ts";
import { isFinished, type RunRecord, type StepRecord, type StepWait } from "../model/workflow-run.ts";
import type { CommandContext } from "./door.ts";
import { printJson, roomFor } from "./output.ts";
import { durationOf, stepMarks, toneOf } from "./run-state.ts";
import { table } from "./table.ts";

const shortIdLength = 13;

/** A run that waits has no verdict yet. */
export function exitCodeOfRun({ status, error }: RunRecord): number {
  if (status === "succeeded") return exitCodes.passed;
  if (status === "failed") return exitCodes.failed;
  return status === "cancelled" && error === "cancelled by Ctrl-C" ? exitCodes.interrupted : exitCodes.incomplete;
}

/** What `--json` says of a run. */
export function finishedData({ record, steps, waits, summary }: FinishedRun): Record<string, unknown> {
  return { run: record, steps, waits, summary };
}

export function printFinished(context: CommandContext, run: FinishedRun, isJson: boolean): number {
  if (isJson) printJson(context, finishedData(run));
  else {
    const summary = run.summary === "" ? "" : `${visibleLines(run.summary)}\n\n`;
    context.out(`${summary}${finishedText(run, createPalette(context.color))}`);
  }
  return exitCodeOfRun(run.record);
}

function visibleLines(text: string): string {
  return text.trimEnd().split("\n").map(makeVisible).join("\n");
}

function finishedText({ record, steps, waits }: FinishedRun, paint: Palette): string {
  const own = steps.filter(({ path }) => !path.includes("["));
  const of = (status: StepRecord["status"]): string => {
    const number = own.filter((step) => step.status === status).length;
    return number === 0 ? "" : `${number} ${status}`;
  };
  const counts = (["succeeded", "failed", "cancelled", "skipped", "waiting"] as const).map(of);
  const lines = [
    `${statusPaint(record.status, paint)}  ${makeVisible(record.name)}: ${[count(own.length, "step"), ...counts].filter((part) => part !== "").join(", ")}`,
    ...(record.error === undefined ? [] : [`  ${makeVisible(oneLine(record.error))}`]),
    ...outputLines(record, paint),
    ...waits.map((wait) => `  ${waitText(wait)}`),
    `  ${paint.dim(`run ${record.id}`)}`,
    ...nextLines(record, waits).map((line) => `  ${paint.cyan("next:")} ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

function outputLines({ outputs = {} }: RunRecord, paint: Palette): string[] {
  return Object.entries(outputs).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `  ${paint.dim(`${makeVisible(name)}:`)} ${makeVisible(oneLine(text))}`;
  });
}

function waitText({ step, kind, until, prompt = "", approvers = [] }: StepWait): string {
  if (kind === "delay") return `${makeVisible(step)} waits until ${until}`;
  const who = approvers.length === 0 ? "" : ` from ${approvers.join(", ")}`;
  const limit = until === undefined ? "" : `, until ${until}`;
  return makeVisible(oneLine(`${step} waits for approval${who}${limit}: ${prompt}`));
}

function nextLines({ id, root, status }: RunRecord, waits: readonly StepWait[]): string[] {
  if (status === "failed" || status === "cancelled") return [`codeflow runs retry ${id}`];
  if (status !== "waiting") return [];
  const isAsked = waits.some(({ kind }) => kind === "approval");
  return isAsked ? [`codeflow runs approve ${id}`] : [`codeflow run --resume ${root}`];
}

function statusPaint(status: string, paint: Palette): string {
  if (status.startsWith("succeeded")) return paint.green(status);
  return status.startsWith("failed") ? paint.red(status) : paint.yellow(status);
}

export function runsText(runs: readonly RunRecord[], context: CommandContext): string {
  if (runs.length === 0) return "no run yet: codeflow run WORKFLOW makes one\n";
  const paint = createPalette(context.color);
  return table(
    [
      { title: "run", paint: paint.dim },
      { title: "when (UTC)" },
      { title: "status", paint: (text) => statusPaint(text, paint) },
      { title: "time", align: "right", drop: 2 },
      { title: "event", drop: 1 },
      { title: "workflow" },
      { title: "why" },
    ],
    runs.map(({ id, createdAt, finishedAt, status, trigger, name, error }) => [
      id.slice(0, shortIdLength),
      createdAt.slice(0, 16).replace("T", " "),
      status,
      finishedAt === undefined ? "" : formatDuration(Date.parse(finishedAt) - Date.parse(createdAt)),
      trigger,
      name,
      oneLine(error ?? ""),
    ]),
    { width: roomFor(context), head: paint.dim },
  );
}

export function shownText(run: ShownRun, context: CommandContext): string {
  const paint = createPalette(context.color);
  const byStep = Map.groupBy(run.logs, ({ step }) => step);
  const tones = {
    good: paint.green,
    bad: paint.red,
    busy: paint.cyan,
    quiet: paint.dim,
    plain: (text: string) => text,
  };
  const lines = run.steps.flatMap((step) => {
    const depth = step.path.split(/\/|(?=\[)/).length;
    const pad = "  ".repeat(depth);
    const extra = [
      durationOf(step),
      step.attempt > 1 ? `${step.attempt} attempts` : "",
      isFinished(step.status) || step.status === "waiting" ? "" : step.status,
      step.error === undefined ? "" : oneLine(step.error),
    ].filter((part) => part !== "");
    const label = step.name === step.path ? step.name : `${step.name} (${step.path})`;
    return [
      `${pad}${tones[toneOf(step)](stepMarks[step.status])} ${makeVisible(label)}${extra.length === 0 ? "" : paint.dim(`  ${makeVisible(extra.join("  "))}`)}`,
      ...(byStep.get(step.path) ?? []).flatMap(({ text }) =>
        text.split("\n").map((line) => paint.dim(`${pad}  | ${makeVisible(line)}`)),
      ),
    ];
  });
  const children = run.children.map((id) => `  ${paint.dim("called run")} ${id}`);
  return `${finishedText(run, paint)}\n${[...lines, ...children].join("\n")}\n`;
}

export function planText(plan: Plan, context: CommandContext): string {
  const paint = createPalette(context.color);
  const { workflow, inputs, event, needs, concurrency } = plan;
  const given = Object.entries(inputs).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const facts = [
    ["file", workflow.path],
    ["event", event.action === undefined ? event.name : `${event.name} ${event.action}`],
    ["inputs", given.join("  ")],
    ["needs", needs.join(", ")],
    ["secrets", workflow.secrets.join(", ")],
    ["group", concurrency?.group ?? ""],
  ].filter(([, value]) => value !== "");
  const head = facts.map(([name = "", value = ""]) => `  ${paint.dim(name.padEnd(8))}${makeVisible(oneLine(value))}`);
  return `${paint.bold(makeVisible(workflow.name))}\n${head.join("\n")}\n\n${plannedLines(plan.steps, 1, paint).join("\n")}\n`;
}

function plannedLines(steps: readonly PlannedStep[], depth: number, paint: Palette): string[] {
  const pad = "  ".repeat(depth);
  return steps.flatMap(({ id, step, decision, hasNeeds, waitsFor, effects, children, called }) => {
    const does = {
      action: step.kind === "action" ? step.uses : "",
      run: step.kind === "run" ? `run: ${step.run.split("\n", 1)[0] ?? ""}` : "",
      parallel: step.kind === "parallel" ? `parallel, ${step.maxParallel} at a time` : "",
      workflow: step.kind === "workflow" ? `workflow ${step.workflow}` : "",
    }[step.kind];
    const notes = [
      decision === "skipped" ? "is skipped" : decision === "depends" ? "may run" : "runs",
      step.if === undefined ? "" : `if ${step.if}`,
      step.foreach === undefined ? "" : `for each of ${step.foreach.items}`,
      hasNeeds ? `after ${waitsFor.length === 0 ? "nothing" : waitsFor.join(", ")}` : "",
      effects === "outside" ? "acts outside" : effects === "workspace" ? "writes files" : "",
    ].filter((note) => note !== "");
    const mark =
      decision === "skipped" ? paint.dim("-") : decision === "depends" ? paint.yellow("?") : paint.green("•");
    return [
      `${pad}${mark} ${makeVisible(id)}  ${makeVisible(oneLine(does))}  ${paint.dim(makeVisible(oneLine(notes.join("; "))))}`,
      ...plannedLines(children ?? called?.steps ?? [], depth + 1, paint),
    ];
  });
}

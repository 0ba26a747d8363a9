/** What is known of a run that goes on, made from its events; and how that looks in a few lines. Pure. */
import { formatDuration, makeVisible } from "../app/presentation.ts";
import type { PlannedStep } from "../model/workflow.ts";
import { isFinished, type StepRecord, type WorkflowEvent } from "../model/workflow-run.ts";

export type Tone = "plain" | "good" | "bad" | "busy" | "quiet";

export interface RunLine {
  readonly mark: string;
  readonly tone: Tone;
  readonly text: string;
  /** Behind the text, in a quiet colour. */
  readonly detail: string;
  readonly indent: number;
}

interface Row {
  step: StepRecord;
  readonly indent: number;
  lastLine: string;
}

export const stepMarks: Readonly<Record<StepRecord["status"], string>> = {
  queued: "·",
  running: "▸",
  waiting: "◦",
  succeeded: "✓",
  failed: "✗",
  skipped: "-",
  cancelled: "■",
};

export function toneOf({ status, continued }: Pick<StepRecord, "status" | "continued">): Tone {
  if (status === "succeeded") return "good";
  if (status === "failed") return continued ? "quiet" : "bad";
  return status === "running" || status === "waiting" ? "busy" : "quiet";
}

/** The run and the runs that it calls, as one tree: a called run stands under the step that called it. */
export class RunTree {
  readonly #rows = new Map<string, Row>();
  /** Run to where its rows begin. */
  readonly #depths = new Map<string, number>();
  #name = "";
  #planned = 0;
  #done = 0;
  #state = "starting";

  take(event: WorkflowEvent): void {
    if (event.type === "run-started") {
      const { parent, id } = event.record;
      const caller = parent === undefined ? undefined : this.#rows.get(key(parent.run, parent.step));
      this.#depths.set(id, caller === undefined ? 0 : caller.indent + 1);
      if (parent === undefined) {
        this.#name = event.record.name;
        this.#planned = countSteps(event.plan.steps);
        this.#state = event.isResumed ? "resumed" : "running";
      }
      return;
    }
    if (event.type === "run-blocked") this.#state = `waits for run ${event.by.slice(0, 13)}`;
    if (event.type === "step-log") {
      const row = this.#rows.get(key(event.run, event.log.step));
      if (row !== undefined) row.lastLine = event.log.text;
    }
    if (!("step" in event) || typeof event.step === "string") return;
    const { step } = event;
    const id = key(event.run, step.path);
    const known = this.#rows.get(id);
    if (isFinished(step.status) && !step.path.includes("[") && this.#depths.get(event.run) === 0) this.#done++;
    if (known !== undefined) known.step = step;
    else {
      const inside = step.path.split(/\/|(?=\[)/).length - 1;
      this.#rows.set(id, { step, indent: (this.#depths.get(event.run) ?? 0) + inside, lastLine: "" });
    }
    if (event.type === "step-retrying") {
      const row = this.#rows.get(id);
      if (row !== undefined) row.lastLine = `again in ${formatDuration(event.delayMs)}: ${event.error}`;
    }
  }

  /** At most `height` lines, the first about the run as a whole. What goes on and what failed is never left out first. */
  lines(now: number, height: number): readonly RunLine[] {
    const rows = [...this.#rows.values()];
    const room = Math.max(1, height - 2);
    const kept = rows.length <= room ? rows : newest(rows, room);
    const hidden = rows.length - kept.length;
    return [
      {
        mark: "",
        tone: "plain",
        text: `${makeVisible(this.#name)}  ${Math.min(this.#done, this.#planned)}/${this.#planned}`,
        detail: this.#state,
        indent: 0,
      },
      ...kept.map((row) => lineOf(row, now)),
      ...(hidden === 0
        ? []
        : [{ mark: "", tone: "quiet", text: `… and ${hidden} more`, detail: "", indent: 1 } as const]),
    ];
  }
}

function lineOf({ step, indent, lastLine }: Row, now: number): RunLine {
  const took = durationOf(step, now);
  const isLive = step.status === "running";
  const said = isLive ? lastLine : step.status === "waiting" ? "waits" : (step.error ?? "");
  const detail = [took, makeVisible(said.split("\n", 1)[0] ?? "")].filter((part) => part !== "").join("  ");
  return { mark: stepMarks[step.status], tone: toneOf(step), text: makeVisible(step.name), detail, indent: indent + 1 };
}

/** Empty for what takes no time worth telling. */
export function durationOf({ startedAt, finishedAt }: StepRecord, now?: number): string {
  const end = finishedAt === undefined ? now : Date.parse(finishedAt);
  const took = startedAt === undefined || end === undefined ? 0 : end - Date.parse(startedAt);
  return took < 100 ? "" : formatDuration(took);
}

function newest(rows: readonly Row[], room: number): Row[] {
  const isWanted = ({ step: { status } }: Row): boolean =>
    status === "running" || status === "waiting" || status === "failed";
  const kept = new Set(rows.filter(isWanted).slice(-room));
  for (let i = rows.length - 1; i >= 0 && kept.size < room; i--) {
    const row = rows[i];
    if (row !== undefined) kept.add(row);
  }
  return rows.filter((row) => kept.has(row));
}

function countSteps(steps: readonly PlannedStep[]): number {
  return steps.reduce(
    (sum, { children, step }) => sum + 1 + (step.foreach === undefined ? countSteps(children ?? []) : 0),
    0,
  );
}

function key(run: string, path: string): string {
  return `${run} ${path}`;
}

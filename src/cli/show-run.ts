/** Decides how a run shows that it goes on: a tree that redraws itself, plain lines, or nothing. */
import { createPalette, formatDuration, makeVisible, type Palette } from "../app/presentation.ts";
import type { World } from "../app/world.ts";
import type { WorkflowEvent } from "../model/workflow-run.ts";
import type { CommandContext } from "./door.ts";
import { durationOf, type RunLine, RunTree, stepMarks, type Tone } from "./run-state.ts";
import type { RunDrawing } from "./run-tree.tsx";
import { colorOf } from "./terminal.ts";

type OnEvent = (event: WorkflowEvent) => void;

const redrawMs = 100;

/** A run with what it does shown; the drawing is gone when this returns or throws. */
export async function withRunShown<Result>(
  context: CommandContext,
  work: (onEvent: OnEvent, world: World) => Promise<Result>,
): Promise<Result> {
  const { door, global, world } = context;
  if (global.quiet === true) return work(() => undefined, world);
  const isCI = !["", "0", "false", undefined].includes(door.env["CI"]);
  if (door.stderr.isTTY !== true || isCI || door.env["TERM"] === "dumb") return work(printed(context), world);
  return drawn(context, work);
}

async function drawn<Result>(
  { door, global, world, err }: CommandContext,
  work: (onEvent: OnEvent, world: World) => Promise<Result>,
): Promise<Result> {
  const tree = new RunTree();
  const height = (door.stderr as { rows?: number }).rows ?? 24;
  const frame = () => tree.lines(world.clock.now().getTime(), height - 1);
  let drawing: RunDrawing | undefined;
  let isOver = false;
  const color = global.color !== false && colorOf(door.env, true);
  const loading = (async () => {
    try {
      const { drawRun } = await import("./run-tree.tsx");
      if (!isOver) drawing = drawRun(door.stderr, frame(), color);
    } catch (error) {
      // A run is not lost because it cannot be watched.
      world.log.debug(`cannot show the run: ${String(error)}`);
    }
  })();
  const redraw = setInterval(() => drawing?.draw(frame()), redrawMs);
  const beside =
    (print: (message: string) => void) =>
    (message: string): void => {
      drawing?.clear();
      print(message);
    };
  const log = {
    warn: beside((message) => world.log.warn(message)),
    info: beside((message) => world.log.info(message)),
    debug: beside((message) => world.log.debug(message)),
  };
  try {
    return await work((event) => tree.take(event), { ...world, log });
  } finally {
    isOver = true;
    clearInterval(redraw);
    await loading;
    await drawing?.stop();
    // What stays on the screen is text of its own: the drawing is as high as the terminal at most.
    err(treeText(tree.lines(world.clock.now().getTime(), keptLines), createPalette(color)));
  }
}

const keptLines = 60;

function treeText(lines: readonly RunLine[], paint: Palette): string {
  const tones: Record<Tone, (text: string) => string> = {
    good: paint.green,
    bad: paint.red,
    busy: paint.cyan,
    quiet: paint.dim,
    plain: (text) => text,
  };
  return lines
    .slice(1)
    .map(({ mark, tone, text, detail, indent }) => {
      const shown = mark === "" ? paint.dim(text) : `${tones[tone](mark)} ${text}`;
      return `${"  ".repeat(indent)}${shown}${detail === "" ? "" : `  ${paint.dim(detail)}`}\n`;
    })
    .join("");
}

/** For logs that somebody reads afterwards: each step as it begins and ends, and what it says. */
function printed({ err }: CommandContext): OnEvent {
  const depths = new Map<string, number>();
  return (event) => {
    const pad = "  ".repeat(depths.get(event.run) ?? 0);
    const say = (text: string): void => err(`${pad}${makeVisible(text)}\n`);
    if (event.type === "run-started") {
      depths.set(event.run, event.record.depth);
      const shown = `${event.isResumed ? "resuming" : "running"} ${event.record.name} (run ${event.run})`;
      err(`${"  ".repeat(event.record.depth)}${makeVisible(shown)}\n`);
    } else if (event.type === "run-blocked") say(`waiting for run ${event.by}`);
    else if (event.type === "step-started") say(`${stepMarks.running} ${event.step.name}`);
    else if (event.type === "step-log") for (const line of event.log.text.split("\n")) say(`  | ${line}`);
    else if (event.type === "step-retrying") say(`  again in ${formatDuration(event.delayMs)}: ${event.error}`);
    else if (event.type === "step-waiting") say(`${stepMarks.waiting} ${event.step.name} waits`);
    else if (event.type === "step-finished") {
      const { step } = event;
      const took = durationOf(step);
      const error = step.error === undefined ? "" : `: ${step.error}`;
      say(`${stepMarks[step.status]} ${step.name}${took === "" ? "" : `  ${took}`}${error}`);
    }
  };
}

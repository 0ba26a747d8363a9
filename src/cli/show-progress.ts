/** Decides how a check shows that it goes on: lines that redraw themselves, plain lines, or nothing. */
import type { CheckOptions } from "../app/check.ts";
import type { World } from "../app/world.ts";
import type { CommandContext } from "./door.ts";
import { CheckProgress } from "./progress-state.ts";
import type { ProgressDrawing } from "./progress.tsx";
import { colorOf } from "./terminal.ts";

interface ShownProgress {
  /** For the check. */
  readonly onEvent?: NonNullable<CheckOptions["onEvent"]>;
  /** A log that does not print into the drawing. */
  readonly log: World["log"];
  /** Takes away what was drawn. Nothing may be printed before that. */
  stop(): Promise<void>;
}

/** What is over sooner needs no drawing, nor the time to load what draws. */
const startAfterMs = 300;
/** A redraw costs 5 ms of a thread that has better things to do. */
const redrawMs = 250;
const lineMs = 5_000;

function showProgress(context: CommandContext): ShownProgress {
  const { door, global, world } = context;
  if (global.quiet === true) return { log: world.log, stop: async () => {} };
  const { env } = door;
  const isCI = !["", "0", "false", undefined].includes(env["CI"]);
  if (door.stderr.isTTY === true && !isCI && env["TERM"] !== "dumb") return drawn(context);
  if (global.verbose === true) return printed(context);
  return { log: world.log, stop: async () => {} };
}

function drawn({ door, world, global }: CommandContext): ShownProgress {
  const progress = new CheckProgress();
  const start = world.clock.monotonic();
  const frame = () => progress.frame(world.clock.monotonic() - start, (door.stderr.columns || 80) - 2);
  const color = global.color !== false && colorOf(door.env, true);
  let drawing: ProgressDrawing | undefined;
  let loading: Promise<void> | undefined;
  let redraw: NodeJS.Timeout | undefined;
  let isOver = false;
  const timer = setTimeout(() => {
    loading = load();
  }, startAfterMs);

  async function load(): Promise<void> {
    try {
      const { drawProgress } = await import("./progress.tsx");
      if (isOver) return;
      drawing = drawProgress(door.stderr, frame(), color);
      redraw = setInterval(() => drawing?.draw(frame()), redrawMs);
    } catch (error) {
      // A check is not lost because it cannot be watched.
      world.log.debug(`cannot show progress: ${String(error)}`);
    }
  }

  const beside =
    (print: (message: string) => void) =>
    (message: string): void => {
      drawing?.clear();
      print(message);
    };
  return {
    onEvent: (event) => progress.take(event),
    log: {
      warn: beside((message) => world.log.warn(message)),
      info: beside((message) => world.log.info(message)),
      debug: beside((message) => world.log.debug(message)),
    },
    async stop() {
      isOver = true;
      clearTimeout(timer);
      clearInterval(redraw);
      await loading;
      await drawing?.stop();
    },
  };
}

/** For logs that somebody reads afterwards: the beginning of each phase, and now and then how far it is. */
function printed({ world, err }: CommandContext): ShownProgress {
  const progress = new CheckProgress();
  const start = world.clock.monotonic();
  const say = (): void => err(`${progress.line(world.clock.monotonic() - start)}\n`);
  const timer = setInterval(say, lineMs);
  return {
    onEvent(event) {
      progress.take(event);
      if (event.type === "started" || event.type === "base") say();
    },
    log: world.log,
    async stop() {
      clearInterval(timer);
    },
  };
}

/** A check with its progress shown; the drawing is gone when this returns or throws. */
export async function withProgress<T>(
  context: CommandContext,
  work: (onEvent: NonNullable<CheckOptions["onEvent"]>, world: World) => Promise<T>,
): Promise<T> {
  const progress = showProgress(context);
  try {
    return await work((event) => progress.onEvent?.(event), { ...context.world, log: progress.log });
  } finally {
    await progress.stop();
  }
}

/** `codeflow check --watch`: a check after every change, one at a time, until somebody ends it. */
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { CheckedProject, CheckOptions } from "../app/check.ts";
import { watchChanges } from "../app/watch-changes.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import { visible } from "../model/visible.ts";
import type { CommandContext } from "./door.ts";

/** Up to the top left corner, and nothing below; what was scrolled away stays. */
const clearScreen = "\u001b[H\u001b[2J";

export async function watchAndCheck(
  context: CommandContext,
  request: CheckOptions,
  check: (beforeReport: () => void) => Promise<CheckedProject>,
): Promise<number> {
  const { world, door } = context;
  const reports = new Set<string>();
  const expectReports = (wanted: CheckOptions["reports"]): void => {
    for (const { path } of wanted) reports.add(realPath(resolve(world.cwd, path)));
  };
  expectReports(request.reports);
  // Watched before the first check begins: what changes during it is looked at in the next.
  const changes = await watchChanges(world, request.scope, (path) => isReport(path, reports));
  const isScreen = door.stdout.isTTY === true;
  let verdict: number | undefined;
  let changed: readonly string[] = [];
  // What is typed wrong is wrong every time: before the first verdict, nothing is watched.
  const checkAndSay = async (): Promise<number> => {
    let isCleared = false;
    const beforeReport = (): void => {
      isCleared = true;
      if (changed.length === 0) return;
      if (isScreen) context.out(clearScreen);
      else say(context, changeText(changed, world.clock.now()));
    };
    try {
      const outcome = await check(beforeReport);
      expectReports(outcome.reports);
      return outcome.exitCode;
    } catch (error) {
      // A mistake in the configuration, say: the next change may mend it.
      if (verdict === undefined || world.signal.aborted) throw error;
      if (!isCleared) beforeReport();
      return context.explain(error);
    }
  };
  try {
    for (;;) {
      verdict = await checkAndSay();
      // On a screen the report's beginning may be out of sight.
      if (isScreen && changed.length > 0) say(context, changeText(changed, world.clock.now()));
      say(context, "watching for changes; Ctrl-C ends");
      changed = await changes.next();
    }
  } catch (error) {
    if (!world.signal.aborted) throw error;
    if (verdict !== undefined) return verdict;
    if (error instanceof Failure) throw error;
    return exitCodes.interrupted;
  } finally {
    changes.close();
  }
}

function say({ global, err }: CommandContext, text: string): void {
  if (global.quiet !== true) err(`${text}\n`);
}

/** `14:03:07 changed: src/app.ts and 2 more`. */
function changeText(changed: readonly string[], now: Date): string {
  const shown = changed.slice(0, 3).map((path) => visible(path).replaceAll("\n", "\\n"));
  const others = changed.length - shown.length;
  return `${now.toTimeString().slice(0, 8)} changed: ${shown.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}

/** The report itself, or the file beside it that is renamed to it. */
function isReport(path: string, reports: ReadonlySet<string>): boolean {
  const temporary = /^\.(.+)\.\d+\.tmp$/.exec(basename(path))?.[1];
  return reports.has(path) || (temporary !== undefined && reports.has(join(dirname(path), temporary)));
}

/** Changes are told by real paths. The file need not exist yet, nor its folder. */
function realPath(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return path;
    throw error;
  }
}

/** What came due of the repository's own schedules since somebody last asked: cron without a server. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../model/failure.ts";
import { dueSince, type Schedule } from "../../workflow/schedule.ts";
import { digest } from "../check/keys.ts";
import { findPlace } from "../place.ts";
import type { World } from "../world.ts";
import { openShelf, openWorkflow } from "../workflows.ts";

export interface DueRun extends Schedule {
  readonly workflow: string;
  /** ISO in UTC: the newest time that came. */
  readonly scheduledFor: string;
  /** Earlier ones that nobody asked for: one run makes up for all. */
  readonly missed: number;
}

export interface DueRuns {
  readonly due: readonly DueRun[];
  /** Schedules seen for the first time: due from now on. */
  readonly begun: readonly Pick<DueRun, "workflow" | "cron">[];
  /** Workflows whose files have mistakes; the others are due all the same. */
  readonly broken: readonly Failure[];
}

/** What is due, taken by nobody yet. Schedules that nobody knew begin with the first look, unless `isDry`. */
export async function findDue(world: World, isDry: boolean): Promise<DueRuns> {
  const [shelf, { dataDirectory }] = await Promise.all([openShelf(world), findPlace(world)]);
  const now = world.clock.now();
  const due: DueRun[] = [];
  const begun: Pick<DueRun, "workflow" | "cron">[] = [];
  const broken: Failure[] = [];
  // Those that come with CodeFlow are nobody's until a repository takes one over.
  for (const { id } of shelf.files.filter(({ source }) => source === "repository")) {
    for (const schedule of await schedulesOf(id, world, broken)) {
      const folder = folderOf(dataDirectory, id, schedule);
      const seen = lastSeen(folder);
      if (seen === undefined) {
        if (!isDry) begin(folder, now);
        begun.push({ workflow: id, cron: schedule.cron });
        continue;
      }
      const came = dueSince(schedule, seen, now);
      if (came !== undefined) due.push({ workflow: id, ...schedule, ...came });
    }
  }
  return { due, begun, broken };
}

/**
 * Takes a time right before its run starts: false when another process was first. A file for the time is made
 * exclusively, so whoever asks at the same moment, one starts it. Who dies between this and the start has lost that time.
 */
export async function takeDue(run: DueRun, world: World): Promise<boolean> {
  const { dataDirectory } = await findPlace(world);
  return claim(folderOf(dataDirectory, run.workflow, run), new Date(run.scheduledFor));
}

function folderOf(dataDirectory: string, workflow: string, { cron, timezone = "UTC" }: Schedule): string {
  return join(dataDirectory, "schedules", digest(workflow, cron, timezone));
}

async function schedulesOf(id: string, world: World, broken: Failure[]): Promise<Schedule[]> {
  try {
    const { workflow } = await openWorkflow(id, world);
    return workflow.on.flatMap(({ cron, timezone }) =>
      cron === undefined ? [] : [{ cron, ...(timezone === undefined ? {} : { timezone }) }],
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    broken.push(error);
    return [];
  }
}

/** The newest time that somebody took, or when the schedule was first seen. */
function lastSeen(folder: string): Date | undefined {
  try {
    const times = readdirSync(folder).map(Number).filter(Number.isSafeInteger);
    return times.length === 0 ? undefined : new Date(Math.max(...times));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function begin(folder: string, now: Date): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, String(now.getTime())), "");
}

/** False when another process was first. */
function claim(folder: string, time: Date): boolean {
  const name = String(time.getTime());
  try {
    writeFileSync(join(folder, name), "", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  // Older ones say nothing any more; the newest stays even if this process dies here.
  for (const older of readdirSync(folder))
    if (Number(older) < Number(name)) rmSync(join(folder, older), { force: true });
  return true;
}

/** When schedules are due: five-field cron in a time zone. The present is always handed in. */
import { Cron } from "croner";

export interface Schedule {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA name; UTC when absent. */
  readonly timezone?: string;
}

/** What is wrong with it; undefined for one that will be due some day. */
export function judgeCron(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/).length;
  if (!cron.trim().startsWith("@") && fields !== 5) return `expected five fields, found ${fields}`;
  try {
    const pattern = new Cron(cron, { paused: true, mode: "5-part", timezone: "UTC" });
    return pattern.nextRun(new Date(0)) === null ? "there is no such day" : undefined;
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, "");
  }
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The next `count` times after `from`, as ISO in UTC. A time that a clock change skips is due when the clock goes on. */
export function nextTimes(schedule: Schedule, from: Date, count: number): string[] {
  return open(schedule)
    .nextRuns(count, from)
    .map((time) => time.toISOString());
}

export interface DueSchedule {
  /** ISO in UTC: the newest time that was due. */
  readonly scheduledFor: string;
  /** Times before it that nobody was there for; they are not made up for. */
  readonly missed: number;
}

/** Older times than this are nobody's business any more. */
const maxLookBackMs = 32 * 86_400_000;
/** Every minute of a day; beyond it missed times are no longer counted one by one. */
const maxCounted = 1_440;

/**
 * What is due after `lastSeen` up to `now`: at most one run, however many times were missed. Undefined when nothing is.
 */
export function dueSince(schedule: Schedule, lastSeen: Date, now: Date): DueSchedule | undefined {
  const pattern = open(schedule);
  const newest = newestUpTo(pattern, now);
  const since = Math.max(lastSeen.getTime(), now.getTime() - maxLookBackMs);
  if (newest === undefined || newest.getTime() <= since) return undefined;
  let missed = 0;
  let at: Date | null = pattern.nextRun(new Date(since));
  while (at !== null && at < newest && missed < maxCounted) {
    missed++;
    at = pattern.nextRun(at);
  }
  return { scheduledFor: newest.toISOString(), missed };
}

function newestUpTo(pattern: Cron, now: Date): Date | undefined {
  // `previousRuns` looks strictly before its reference, in whole seconds.
  return pattern.previousRuns(1, new Date(Math.floor(now.getTime() / 1_000) * 1_000 + 1_000))[0];
}

function open({ cron, timezone }: Schedule): Cron {
  return new Cron(cron, { paused: true, mode: "5-part", timezone: timezone ?? "UTC" });
}

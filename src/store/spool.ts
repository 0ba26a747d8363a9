/**
 * Finished runs wait here, a JSON line each, until somebody opens the history: opening a database would cost the hot path
 * more than the line does.
 *
 * Nothing is lost or doubled: a line is appended with one write, a drain first renames the file to a name of its own and
 * removes it when everything is recorded, recording is idempotent, and an append that met a rename is repeated.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { CheckRun } from "../model/check-run.ts";
import type { Log } from "../model/system.ts";
import { firstLine } from "./driver.ts";
import { fileIdentity } from "./broken-file.ts";
import { uuidv7 } from "./uuid.ts";

const spoolName = "spool.jsonl";
const takenName = /^spool\.[0-9a-f-]+\.taken\.jsonl$/;
/** The file can be renamed under an append; that it happens each time is not to be expected. */
const maxAttempts = 10;

export interface SpooledRun {
  readonly run: CheckRun;
  /** Paths of the run's scope, deleted ones included; undefined when it looked at the whole checkout. */
  readonly coveredPaths: readonly string[] | undefined;
}

/** Bytes that wait. Above a megabyte or so it is time to open the history. */
export function spoolSize(directory: string): number {
  return statSync(join(directory, spoolName), { throwIfNoEntry: false })?.size ?? 0;
}

/** Throws what the file system throws: the caller turns it into a notice. */
export function spoolRun(directory: string, { run, coveredPaths }: SpooledRun): void {
  // The line end comes first as well: a half line that a killed process left behind must not swallow this one.
  const line = Buffer.from(`\n${JSON.stringify({ version: 1, run, coveredPaths })}\n`);
  const path = join(directory, spoolName);
  mkdirSync(directory, { recursive: true });
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const descriptor = openSync(path, "a");
    try {
      // One call: with O_APPEND two processes' lines do not mix. What a full disk cuts off is dropped by the reader.
      const written = writeSync(descriptor, line);
      if (written !== line.length) throw new Error(`only ${written} of ${line.length} bytes could be written`);
      const own = fstatSync(descriptor);
      // Renamed by a drain meanwhile, which may already have read it: once more, into the new file.
      if (fileIdentity(path) === `${own.dev}:${own.ino}`) return;
    } finally {
      closeSync(descriptor);
    }
  }
}

/** Hands over every waiting run, oldest first. A file is removed only when `record` has taken all of its runs. */
export async function drainSpool(
  directory: string,
  record: (spooled: SpooledRun) => Promise<void>,
  { log, now }: { log: Log; now: () => Date },
): Promise<void> {
  const path = join(directory, spoolName);
  try {
    renameSync(path, join(directory, `spool.${uuidv7(now())}.taken.jsonl`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  // Those that an earlier drain did not get to the end of, too; their names sort by time.
  const taken = readdirSync(directory)
    .filter((name) => takenName.test(name))
    .sort();
  const waiting: SpooledRun[] = [];
  const read: string[] = [];
  for (const name of taken) {
    const text = readTaken(join(directory, name));
    if (text === undefined) continue;
    waiting.push(...parseSpool(text, log));
    read.push(name);
  }
  waiting.sort((a, b) => (a.run.startedAt < b.run.startedAt ? -1 : a.run.startedAt > b.run.startedAt ? 1 : 0));
  for (const spooled of waiting) await record(spooled);
  for (const name of read) rmSync(join(directory, name), { force: true });
}

/** Undefined: another drain finished it meanwhile. */
function readTaken(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseSpool(text: string, log: Log): SpooledRun[] {
  const runs: SpooledRun[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      const value = JSON.parse(line) as { version?: unknown; run?: CheckRun; coveredPaths?: unknown } | null;
      const run = value?.version === 1 ? value.run : undefined;
      if (value === null || run?.schemaVersion !== 1) {
        log.debug("spool: a line that is no run of this version was ignored");
        continue;
      }
      const coveredPaths = Array.isArray(value.coveredPaths) ? (value.coveredPaths as string[]) : undefined;
      runs.push({ run, coveredPaths });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // A process was killed while it wrote, or the disk was full.
      log.debug(`spool: a half-written line was ignored (${firstLine(error).slice(0, 80)})`);
    }
  }
  return runs;
}

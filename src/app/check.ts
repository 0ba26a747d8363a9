/** The use case behind `codeflow check`, whatever door it is called through: request in, verdict and findings out. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Profile } from "../model/analyzer.ts";
import type { CheckRun } from "../model/check-run.ts";
import { exitCodes } from "../model/failure.ts";
import type { ScopeRequest } from "../project/scope.ts";
import { uuidv7 } from "../store/uuid.ts";
import { recall, type RememberedRun, stateKey } from "./check/remembered-run.ts";
import type { CheckEvent } from "./check/run-check.ts";
import { configuredReports } from "./configured-reports.ts";
import { createFileReader, type FileReader } from "./file-reader.ts";
import type { FixRequest, FixResult } from "./fix-findings.ts";
import { beginPlace, type BegunPlace, type Place } from "./place.ts";
import type { World } from "./world.ts";

export type { CheckEvent } from "./check/run-check.ts";

export interface CheckOptions {
  /** As typed: relative to the working directory. */
  readonly paths: readonly string[];
  readonly scope: ScopeRequest;
  readonly profile: Profile | undefined;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly noExec: boolean;
  readonly noCache: boolean;
  /** Files with other tools' reports. */
  readonly imports: readonly string[];
  readonly reports: readonly { readonly format: string; readonly path: string }[];
  /** Another than the configured one, as typed; empty: none. */
  readonly baseline: string | undefined;
  /** Replace the configured gate when there are any. */
  readonly gate: readonly string[];
  /** Another configuration file than the usual ones, as typed. */
  readonly config?: string;
  /**
   * For strangers' changes: configuration, baseline and the settings of tools are those of the revision that is compared
   * with, whatever the change makes of them.
   */
  readonly trust?: "base";
  /** Apply what analyzers offer before the verdict. */
  readonly fix?: FixRequest;
  /** Not to be kept in the history: one of many while somebody types. */
  readonly unrecorded?: boolean;
  readonly onEvent?: (event: CheckEvent) => void;
  /** Begun for the same working directory a moment ago, and not used by another check. */
  readonly begun?: BegunPlace;
}

export interface CheckedProject {
  readonly run: CheckRun;
  readonly exitCode: number;
  /** Reports to write: those asked for, else those of the configuration. */
  readonly reports: readonly { readonly format: string; readonly path: string }[];
  /** Text of the files that were looked at. */
  readonly files: FileReader;
  /** For `--why-run`. */
  readonly keys: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly place: Place;
  /** What was fixed, when that was asked for. */
  readonly fix?: FixResult;
}

export async function check(options: CheckOptions, world: World, version: string): Promise<CheckedProject> {
  const {
    at: listedAt,
    start,
    ...begun
  } = options.begun?.cwd === world.cwd
    ? options.begun
    : beginPlace(world, { withStatus: options.scope.kind !== "staged" });
  const place = await begun.place;
  // What was finished just now changed the files after git had been asked about them.
  if (await finishInterruptedFixes(place, world)) {
    const { checkAfresh } = await import("./check-afresh.ts");
    return checkAfresh(options, world, version);
  }
  const key =
    options.noCache || options.fix !== undefined ? undefined : await stateKey(place, options, world, version, listedAt);
  const remembered = key === undefined ? undefined : recall(place, key);
  if (remembered !== undefined) return again(remembered, options, place, listedAt, start, world);
  // All of the analysis loads only now: telling that nothing changed must cost little more than starting Node.
  const { checkAfresh } = await import("./check-afresh.ts");
  return checkAfresh(options, world, version, { place, listedAt, key });
}

/** A run that was cut off by the machine while it wrote fixes: its journal is carried through, or dropped. */
async function finishInterruptedFixes(place: Place, world: World): Promise<boolean> {
  const state = place.repository === undefined ? place.dataDirectory : join(place.repository.gitDirectory, "codeflow");
  if (!existsSync(join(state, "apply"))) return false;
  const { recoverState } = await import("../project/write-back/recover.ts");
  const { finished, left } = await recoverState(state, world.env);
  if (finished > 0) world.log.warn("fixes of a run that was cut off are complete now");
  for (const path of left)
    world.log.warn(`a run that was cut off had fixes for ${path}, which was edited since: left alone`);
  return finished > 0;
}

/** A remembered run as if it had been made now: the same findings and verdict, everything from the cache. */
async function again(
  remembered: RememberedRun,
  options: CheckOptions,
  place: Place,
  startedAt: Date,
  start: number,
  world: World,
): Promise<CheckedProject> {
  const run: CheckRun = {
    ...remembered.run,
    id: uuidv7(startedAt),
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(world.clock.monotonic() - start),
    analyzers: remembered.run.analyzers.map((one) =>
      one.status === "ran" || one.status === "cached"
        ? { ...one, status: "cached", cachedFiles: one.files, durationMs: 0 }
        : one,
    ),
  };
  return {
    run,
    exitCode: exitCodes[run.verdict.status],
    // Looked at again: a folder may be a link by now.
    reports: options.reports.length > 0 ? options.reports : configuredReports(place, remembered.reports, world),
    files: await createFileReader(place, remembered.blobs),
    keys: new Map(remembered.keys),
    place,
  };
}

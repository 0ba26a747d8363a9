/** The use case behind `codeflow check`, whatever door it is called through: request in, verdict and findings out. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Profile } from "../model/analyzer.ts";
import type { CheckRun } from "../model/check-run.ts";
import type { Config } from "../model/config.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { GateCondition, VerdictStatus } from "../model/gate.ts";
import type { ScopeRequest } from "../project/scope.ts";
import { uuidv7 } from "../store/uuid.ts";
import { recall, remember, type RememberedRun, stateKey } from "./check/remembered-run.ts";
import { type CheckEvent, type CheckOutcome, type CheckRequest, interrupted, runCheck } from "./check/run-check.ts";
import { openCache } from "./compose.ts";
import { parseCondition } from "./gate-condition.ts";
import { configuredReports } from "./configured-reports.ts";
import type { FixRequest, FixResult } from "./fix-findings.ts";
import { recordRun } from "./history.ts";
import { diagnosticLine } from "./mistakes.ts";
import {
  findPlace,
  listScope,
  openCheckout,
  pathInside,
  pathsInside,
  type Place,
  readConfig,
  readJson,
  writeJson,
} from "./open-checkout.ts";
import { blobsOf, createFileReader, type FileReader } from "./file-reader.ts";
import { readImports } from "./read-imports.ts";
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
  /** Apply what analyzers offer before the verdict. */
  readonly fix?: FixRequest;
  /** Not to be kept in the history: one of many while somebody types. */
  readonly unrecorded?: boolean;
  readonly onEvent?: (event: CheckEvent) => void;
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

/** A run that was really made, not remembered. */
export interface FreshCheck extends CheckedProject {
  readonly outcome: CheckOutcome;
  /** As the file says, without the options of this call. */
  readonly configured: Config;
}

export async function check(options: CheckOptions, world: World, version: string): Promise<CheckedProject> {
  const start = world.clock.monotonic();
  const listedAt = world.clock.now();
  const place = await findPlace(world, { withStatus: options.scope.kind !== "staged" });
  // What was finished just now changed the files after git had been asked about them.
  if (await finishInterruptedFixes(place, world)) return checkAfresh(options, world, version);
  const key =
    options.noCache || options.fix !== undefined ? undefined : await stateKey(place, options, world, version, listedAt);
  const remembered = key === undefined ? undefined : recall(place, key);
  if (remembered !== undefined) return again(remembered, options, place, listedAt, start, world);
  return checkAfresh(options, world, version, { place, listedAt, key });
}

/** `opened.key`: under which the run is remembered. */
export async function checkAfresh(
  options: CheckOptions,
  world: World,
  version: string,
  opened?: { readonly place: Place; readonly listedAt: Date; readonly key: string | undefined },
): Promise<FreshCheck> {
  // Asked before anything is listed: what is written to from now on is not remembered.
  const listedAt = opened?.listedAt ?? world.clock.now();
  const place = opened?.place ?? (await findPlace(world));
  const key = opened?.key;
  const paths = pathsInside(place.root, world.cwd, options.paths);
  let resolved = await listScope(place, options.scope, world);
  const { config: configured, diagnostics: warnings } = await readConfig(place, resolved.head, version);
  const config = withOptions(configured, options, place, world);
  if (options.baseline !== undefined && options.baseline !== "" && !resolved.head.entries.has(config.baseline)) {
    throw new Failure("CF412", `there is no baseline ${options.baseline}`, {
      why: `${config.baseline} is not among the files of this check`,
      next: "codeflow baseline create makes one",
    });
  }
  const reports = options.reports.length > 0 ? options.reports : configuredReports(place, config.reports, world);
  const ciBranch = world.env["GITHUB_HEAD_REF"] || world.env["GITHUB_REF_NAME"] || undefined;
  const timingsFile = join(place.dataDirectory, "timings.json");
  const cache = openCache(options.noCache ? undefined : place.dataDirectory, world);
  try {
    let checkout = await openCheckout(place, resolved, config, cache, listedAt, ciBranch);
    const request: CheckRequest = {
      profile: options.profile,
      paths,
      only: options.only,
      skip: options.skip,
      noExec: options.noExec,
      imported: await readImports(options.imports, world, place),
      durations: readJson<Record<string, number>>(timingsFile) ?? {},
      ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
    };
    let outcome = await runCheck(checkout, request, world, version);
    let fix: FixResult | undefined;
    if (options.fix !== undefined) {
      const { fixFindings } = await import("./fix-findings.ts");
      fix = await fixFindings(checkout, outcome.run, request, options.fix, place, world, version);
      if (fix.written.length > 0) {
        // The verdict is about what is there now.
        const relisted = world.clock.now();
        resolved = await listScope(await findPlace(world), options.scope, world);
        checkout = await openCheckout(place, resolved, config, cache, relisted, ciBranch);
        outcome = await runCheck(checkout, request, world, version);
      }
    }
    const notices = [...warnings.map(diagnosticLine), ...outcome.run.notices];
    const run: CheckRun = { ...outcome.run, notices };
    writeJson(timingsFile, outcome.durations);
    const blobs = blobsOf(resolved.head, run.findings);
    const files = await createFileReader(place, blobs);
    if (config.history.enabled && options.unrecorded !== true) {
      const isWhole =
        resolved.scope.kind === "all" && paths.length === 0 && [...options.only, ...options.skip].length === 0;
      await recordRun(place, run, isWhole ? undefined : [...outcome.coveredPaths], world);
    }
    if (key !== undefined && !outcome.isUnstable) {
      remember(place, key, { run, reports: config.reports, keys: [...outcome.keys], blobs }, outcome.watched, listedAt);
    }
    return {
      run,
      exitCode: exitCodeOf(run.verdict.status),
      reports,
      files,
      keys: outcome.keys,
      place,
      outcome,
      configured,
      ...(fix === undefined ? {} : { fix }),
    };
  } catch (error) {
    // Said only where it is true: without the cache nothing is kept.
    if (!options.noCache && error instanceof Failure && error.exitCode === exitCodes.interrupted)
      throw interrupted("what was found out is kept: the next run goes on from there");
    throw error;
  } finally {
    cache.close();
  }
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
    exitCode: exitCodeOf(run.verdict.status),
    // Looked at again: a folder may be a link by now.
    reports: options.reports.length > 0 ? options.reports : configuredReports(place, remembered.reports, world),
    files: await createFileReader(place, remembered.blobs),
    keys: new Map(remembered.keys),
    place,
  };
}

export function exitCodeOf(status: VerdictStatus): number {
  return exitCodes[status];
}

function withOptions(config: Config, options: CheckOptions, place: Place, world: World): Config {
  const gate: GateCondition[] = options.gate.map(parseCondition);
  return {
    ...config,
    ...(options.baseline === undefined
      ? {}
      : { baseline: options.baseline === "" ? "" : pathInside(place.root, world.cwd, options.baseline) }),
    ...(gate.length === 0 ? {} : { gate }),
  };
}

/** A check that is really made: list, analyse, decide, keep. What needs none of this is told by `check.ts` before. */
import { join } from "node:path";
import type { CheckRun } from "../model/check-run.ts";
import type { Config } from "../model/config.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import type { GateCondition } from "../model/gate.ts";
import type { CheckedProject, CheckOptions } from "./check.ts";
import { type EditedFiles, editedFiles } from "./check/look-again.ts";
import { remember } from "./check/remembered-run.ts";
import { type CheckOutcome, type CheckRequest, interrupted, runCheck } from "./check/run-check.ts";
import { WorkerThreads } from "./check/worker-threads.ts";
import { openCache } from "./compose.ts";
import { configuredReports } from "./configured-reports.ts";
import { blobsOf, createFileReader } from "./file-reader.ts";
import type { Tree } from "../project/checkout.ts";
import type { ResolvedScope } from "../project/scope.ts";
import type { FixResult } from "./fix-findings.ts";
import { parseCondition } from "./gate-condition.ts";
import { recordRun } from "./history.ts";
import { readJson, writeJson } from "./memo.ts";
import { diagnosticLine } from "./mistakes.ts";
import { listScope, openCheckout, readConfig } from "./open-checkout.ts";
import { findPlace, pathInside, pathsInside, type Place } from "./place.ts";
import { readImports } from "./read-imports.ts";
import type { World } from "./world.ts";
import type { ResultCache } from "../model/store.ts";

/** A run that was really made, not remembered. */
export interface FreshCheck extends CheckedProject {
  readonly outcome: CheckOutcome;
  /** As the file says, without the options of this call. */
  readonly configured: Config;
  /** What fixes would make of the findings. */
  readonly edited: EditedFiles;
}

interface Opened {
  readonly place: Place;
  readonly listedAt: Date;
  /** Under which the run is remembered. */
  readonly key: string | undefined;
}

export async function checkAfresh(
  options: CheckOptions,
  world: World,
  version: string,
  opened?: Opened,
): Promise<FreshCheck> {
  // They load the analyzers while the files are being listed.
  const threads = new WorkerThreads();
  try {
    return await checkOn(threads, options, world, version, opened);
  } finally {
    threads.close();
  }
}

async function checkOn(
  threads: WorkerThreads,
  options: CheckOptions,
  world: World,
  version: string,
  opened: Opened | undefined,
): Promise<FreshCheck> {
  // Asked before anything is listed: what is written to from now on is not remembered.
  const listedAt = opened?.listedAt ?? world.clock.now();
  const place = opened?.place ?? (await findPlace(world));
  const key = opened?.key;
  const paths = pathsInside(place.root, world.cwd, options.paths);
  let resolved = await listScope(place, options.scope, world);
  const trusted = trustedTree(resolved, options);
  const named = options.config === undefined ? undefined : pathInside(place.root, world.cwd, options.config);
  const { config: configured, diagnostics: warnings } = await readConfig(place, trusted, version, named);
  const config = withOptions(configured, options, place, world);
  if (options.baseline !== undefined && options.baseline !== "" && !trusted.entries.has(config.baseline)) {
    throw new Failure("CF412", `there is no baseline ${options.baseline}`, {
      why: `${config.baseline} is not among the files of this check`,
      next: "codeflow baseline create makes one",
    });
  }
  const reports = options.reports.length > 0 ? options.reports : configuredReports(place, config.reports, world);
  const ciBranch = world.env["GITHUB_HEAD_REF"] || world.env["GITHUB_REF_NAME"] || undefined;
  const timingsFile = join(place.dataDirectory, "timings.json");
  const openOwnCache = (): Promise<ResultCache> => openCache(options.noCache ? undefined : place.dataDirectory, world);
  const cache = await openOwnCache();
  try {
    let checkout = await openCheckout(place, resolved, config, cache, listedAt, ciBranch, options.trust);
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
    let outcome = await runCheck(checkout, request, world, version, threads);
    let fix: FixResult | undefined;
    if (options.fix !== undefined) {
      const { fixFindings } = await import("./fix-findings.ts");
      fix = await fixFindings(checkout, outcome.run, request, options.fix, place, world, version);
      if (fix.written.length > 0) {
        // The verdict is about what is there now.
        const relisted = world.clock.now();
        resolved = await listScope(await findPlace(world), options.scope, world);
        checkout = await openCheckout(place, resolved, config, cache, relisted, ciBranch, options.trust);
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
      exitCode: exitCodes[run.verdict.status],
      reports,
      files,
      keys: outcome.keys,
      place,
      outcome,
      configured,
      edited: editedFiles({ checkout, run, request, openCache: openOwnCache, world, version }),
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

/** What may say how the check is made. */
function trustedTree({ head, change }: ResolvedScope, { trust }: CheckOptions): Tree {
  if (trust === undefined) return head;
  if (change === undefined) {
    throw new Failure("CF415", "there is no base to take the configuration from", {
      why: "a stranger's change is judged by the rules of the revision that it is compared with",
    });
  }
  return change.base;
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

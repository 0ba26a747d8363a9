/** The main path of `codeflow check`: checkout, analyzers, findings pipeline, gate. Every door calls this one. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { analyzers } from "../../analyzers/index.ts";
import { type Baseline, emptyBaseline, parseBaseline, type StaleBaseline } from "../../findings/baseline.ts";
import { evaluateGate } from "../../findings/gate.ts";
import { runPipeline } from "../../findings/pipeline.ts";
import { createRuleResolver } from "../../findings/severity.ts";
import { suppressionRules } from "../../findings/suppress.ts";
import type { Analyzer, CommitFacts, Profile } from "../../model/analyzer.ts";
import type { CheckRun } from "../../model/check-run.ts";
import type { Config } from "../../model/config.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { IdentifiedFinding } from "../../model/finding.ts";
import type { RuleDefinition } from "../../model/rule.ts";
import type { ResultCache } from "../../model/store.ts";
import { uuidv7 } from "../../store/uuid.ts";
import { readTexts, type Tree } from "../../project/checkout.ts";
import type { Git } from "../../project/git.ts";
import type { ResolvedScope } from "../../project/scope.ts";
import type { World } from "../world.ts";
import { analyzeTree } from "./analyze-tree.ts";
import { fileMarks, outputOf } from "./file-marks.ts";
import { makeTemporaryFolder, removeLeftFolders } from "./temporary-folder.ts";
import type { Prepared, TreeAnswer, TreeJob, TreeProgress } from "./tree-job.ts";
import { createProcessQueue } from "./processes.ts";
import { prepare } from "./prepare.ts";
import { analyzerRuns, failuresOf, measured, staleNotice, toolGaps, unreadNotices } from "./run-summary.ts";
import { selectAnalyzers } from "./selection.ts";
import { findTools, refuseTools, withoutIdle } from "./tools.ts";
import type { FileCore } from "./worker-protocol.ts";
import { createWorkerPool } from "./worker-pool.ts";
import { WorkerThreads } from "./worker-threads.ts";

export interface CheckRequest {
  readonly profile: Profile | undefined;
  /** Paths that narrow the scope, relative to the root. */
  readonly paths: readonly string[];
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly noExec: boolean;
  /** Reports of other tools, already read. */
  readonly imported: readonly ImportedReport[];
  /** Milliseconds that each analyzer took last time: the longest start first. */
  readonly durations: Readonly<Record<string, number>>;
  readonly onEvent?: (event: CheckEvent) => void;
}

export interface ImportedReport {
  readonly tool: string;
  readonly version: string | undefined;
  readonly findings: readonly IdentifiedFinding[];
  readonly rules: readonly RuleDefinition[];
  /** What was not taken over, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** Why the report cannot be the whole truth. */
  readonly gaps: readonly string[];
}

/** What is going on, for a terminal or a client that watches. */
export type CheckEvent =
  | { readonly type: "started"; readonly files: number; readonly analyzers: readonly string[] }
  /** From here on everything is about the base. */
  | { readonly type: "base"; readonly analyzers: readonly string[] }
  | TreeProgress;

/** Where a check runs: made by `openCheckout`. */
export interface Checkout {
  readonly root: string;
  readonly git: Git | undefined;
  readonly worktree: string | undefined;
  readonly resolved: ResolvedScope;
  /** Where the baseline and the tools' own settings are read. */
  readonly settings: Tree;
  readonly config: Config;
  readonly cache: ResultCache;
  readonly repository: CheckRun["repository"];
  /** The change is a stranger's. */
  readonly isStrangers?: boolean;
  /** When the files were listed: what was written to since then is not cached. */
  readonly listedAt: Date;
}

export interface CheckOutcome {
  readonly run: CheckRun;
  /** Mistakes in the baseline. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was accepted before, and what of it nothing needs any more. */
  readonly baseline: Baseline;
  readonly stale: StaleBaseline;
  /** For `--why-run`: what each analyzer's key is made of. */
  readonly keys: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Files were written to meanwhile: the result must not be remembered. */
  readonly isUnstable: boolean;
  /** Paths that the run looked at, and those that the change removed. */
  readonly coveredPaths: ReadonlySet<string>;
  /** What each analyzer took, this time or before. */
  readonly durations: Readonly<Record<string, number>>;
  /** Absolute paths outside of the tree on which the result depends: tools, where they were looked for, what is installed. */
  readonly watched: readonly string[];
}

export async function runCheck(
  checkout: Checkout,
  request: CheckRequest,
  world: World,
  version: string,
  /** Begun for this run a moment ago. */
  begun?: WorkerThreads,
): Promise<CheckOutcome> {
  const threads = begun ?? new WorkerThreads();
  try {
    return await runOn(threads, checkout, request, world, version);
  } finally {
    threads.close();
  }
}

async function runOn(
  threads: WorkerThreads,
  checkout: Checkout,
  request: CheckRequest,
  world: World,
  version: string,
): Promise<CheckOutcome> {
  const startedAt = checkout.listedAt;
  const start = world.clock.monotonic();
  const { config, resolved, git } = checkout;
  const profile = request.profile ?? config.profile;
  const definitions = allDefinitions(request.imported);
  const resolver = createRuleResolver(config, definitions);

  const { run: selected, skipped } = selectAnalyzers(analyzers, config, resolver, {
    profile,
    scope: resolved.scope.kind,
    only: request.only,
    skip: request.skip,
  });
  const onDisk: Tree = { ...resolved.head, origin: "disk", root: checkout.worktree };
  const targets = narrowed(resolved.targets, request.paths);
  const size = Math.max(1, Math.min(world.cores, Math.ceil(targets.size / 8)));
  threads.grow(size);
  const tools = request.noExec
    ? await refuseTools(selected, onDisk, world.env)
    : withoutIdle(await findTools(selected, onDisk, world.exec, world.env), resolved.head.entries.values(), targets);
  const brokenTools = new Set(tools.failed.map(({ analyzer }) => analyzer.id));
  const secretKey = world.env["CODEFLOW_SECRET_KEY"] ?? "codeflow";
  const { prepared, keys } = await prepare(selected, tools, checkout, secretKey, resolver);
  const took = (one: Prepared): number => request.durations[one.analyzer.id] ?? 0;
  prepared.sort((a, b) => took(b) - took(a) || (a.analyzer.id < b.analyzer.id ? -1 : 1));
  const commits = await commitsFor(checkout, prepared);
  request.onEvent?.({ type: "started", files: targets.size, analyzers: prepared.map(({ analyzer }) => analyzer.id) });

  const pool = createWorkerPool(
    threads,
    {
      config,
      profile,
      secretKey,
      analyzers: Object.fromEntries(
        prepared.map(({ analyzer, context }) => [analyzer.id, { options: context.options, config: context.config }]),
      ),
    },
    size,
  );
  const timeout = AbortSignal.timeout(config.timeoutSeconds * 1000);
  removeLeftFolders();
  const tempDirectory = makeTemporaryFolder();
  const job: TreeJob = {
    tree: resolved.head,
    git,
    worktree: checkout.worktree,
    mayEqualDisk: resolved.scope.kind === "staged",
    targets,
    prepared,
    config,
    version,
    cache: checkout.cache,
    pool,
    queue: createProcessQueue(world.cores),
    exec: world.exec,
    env: world.env,
    commits,
    now: startedAt,
    tempDirectory,
    signal: AbortSignal.any([world.signal, timeout]),
    ...(request.onEvent === undefined ? {} : { onProgress: request.onEvent }),
  };
  let head: TreeAnswer;
  let base: TreeAnswer | undefined;
  try {
    head = await analyzeTree(job);
    if (resolved.change !== undefined) {
      const again = prepared.filter(({ analyzer }) => !isVolatile(analyzer));
      request.onEvent?.({ type: "base", analyzers: again.map(({ analyzer }) => analyzer.id) });
      base = await analyzeTree({
        ...job,
        tree: resolved.change.base,
        mayEqualDisk: false,
        targets: narrowed(resolved.change.baseTargets, request.paths),
        prepared: again,
        commits: [],
      });
    }
  } catch (error) {
    if (world.signal.aborted) throw interrupted();
    if (timeout.aborted) {
      throw new Failure("CF302", `the check did not finish in ${config.timeoutSeconds} s`, {
        why: "what it had found out is cached: the next run goes on from there",
        next: "raise timeoutSeconds in codeflow.yml, or narrow the check with --only, --profile fast or paths",
        exitCode: exitCodes.incomplete,
      });
    }
    throw error;
  } finally {
    threads.close();
    rmSync(tempDirectory, { recursive: true, force: true });
  }

  const { baseline, diagnostics } = await readBaseline(checkout);
  const current = [...head.tallies.values()].flatMap(({ findings }) => findings);
  for (const { findings } of request.imported) for (const finding of findings) current.push(finding);
  const versions = new Map<string, string>(
    prepared.map(({ analyzer, tool }) => [analyzer.id, tool?.places[0].version ?? analyzer.version]),
  );
  versions.set("codeflow", version);
  for (const { tool, version: imported } of request.imported) versions.set(tool, imported ?? "");
  const missingReasons = toolGaps(tools, config);
  const output = outputOf(checkout.settings);
  const pipeline = runPipeline({
    current,
    definitions,
    analyzerVersions: versions,
    directives: directivesOf(head),
    marks: fileMarks(head, resolved.head, output, config),
    config,
    openAnalyzers: new Set([
      ...analyzers.filter(({ openRules }) => openRules === true).map(({ id }) => id),
      ...request.imported.map(({ tool }) => tool),
    ]),
    baseline,
    ...(base === undefined || resolved.change === undefined
      ? {}
      : {
          base: {
            findings: [...base.tallies.values()].flatMap(({ findings }) => findings),
            directives: directivesOf(base),
            marks: fileMarks(base, resolved.change.base, output, config),
            renames: resolved.change.renames,
            mapLine: resolved.change.lines.mapLine,
          },
          change: resolved.change.lines,
        }),
    ...(checkout.isStrangers === true ? { isStrangers: true } : {}),
    volatileAnalyzers: new Set([
      ...analyzers.filter(isVolatile).map(({ id }) => id),
      ...request.imported.map(({ tool }) => tool),
    ]),
    ranOn: (analyzer, path) => {
      const tally = head.tallies.get(analyzer);
      if (tally === undefined || tally.failure !== undefined || brokenTools.has(analyzer)) return false;
      // What is gone from the tree can no longer have findings.
      return tally.covered(path) || !resolved.head.entries.has(path);
    },
    today: startedAt.toISOString().slice(0, 10),
  });

  const failures = [
    ...failuresOf(head, ""),
    ...(base === undefined ? [] : failuresOf(base, " (on the base)")),
    ...missingReasons.incomplete,
    ...request.imported.flatMap(({ gaps }) => gaps),
    ...diagnostics.map(({ file, line, message }) => `${file}:${line}: ${message}`),
  ];
  const verdict = evaluateGate({
    conditions: config.gate,
    findings: pipeline.findings,
    metrics: head.metrics,
    incomplete: failures,
  });
  const rules = Object.fromEntries(
    [...new Set(pipeline.findings.map(({ rule }) => rule))].sort().flatMap((rule) => {
      const definition = definitions.get(rule);
      return definition === undefined ? [] : [[rule, definition] as const];
    }),
  );
  const run: CheckRun = {
    schemaVersion: 1,
    codeflowVersion: version,
    id: uuidv7(startedAt),
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(world.clock.monotonic() - start),
    root: checkout.root,
    repository: checkout.repository,
    scope: resolved.scope,
    profile,
    verdict,
    summary: { files: targets.size, ...pipeline.summary },
    findings: pipeline.findings,
    analyzers: analyzerRuns(
      prepared,
      head,
      pipeline.findings,
      [...skipped, ...missingReasons.skipped],
      tools,
      config,
      request,
    ),
    rules,
    metrics: head.metrics,
    notices: [
      ...unreadNotices(head, resolved.head),
      ...staleNotice(pipeline.stale.length + pipeline.staleAllowances.length),
    ],
  };
  return {
    run,
    diagnostics,
    baseline,
    stale: { entries: pipeline.stale, allowances: pipeline.staleAllowances },
    keys,
    isUnstable: head.isUnstable,
    coveredPaths: new Set([
      ...targets,
      ...(resolved.change === undefined ? [] : narrowed(resolved.change.baseTargets, request.paths)),
    ]),
    durations: { ...request.durations, ...measured(head) },
    watched: [
      ...tools.watched,
      ...(checkout.worktree === undefined
        ? []
        : (resolved.head.uncompared ?? []).map((path) => join(checkout.worktree ?? "", path))),
    ],
  };
}

function allDefinitions(imported: readonly ImportedReport[]): Map<string, RuleDefinition> {
  return new Map(
    [...analyzers.flatMap(({ rules }) => rules), ...suppressionRules, ...imported.flatMap(({ rules }) => rules)].map(
      (rule) => [rule.id, rule],
    ),
  );
}

function isVolatile(analyzer: Analyzer): boolean {
  return analyzer.kind === "project" && analyzer.volatile === true;
}

function narrowed(targets: ReadonlySet<string>, paths: readonly string[]): ReadonlySet<string> {
  if (paths.length === 0) return targets;
  return new Set(
    [...targets].filter((target) =>
      paths.some((path) => path === "" || target === path || target.startsWith(`${path}/`)),
    ),
  );
}

async function commitsFor(checkout: Checkout, prepared: readonly Prepared[]): Promise<readonly CommitFacts[]> {
  const { change, scope } = checkout.resolved;
  const head = checkout.repository.head;
  if (scope.kind !== "changed" || change === undefined || head === undefined || checkout.git === undefined) return [];
  if (!prepared.some(({ analyzer }) => isVolatile(analyzer))) return [];
  const { commitsOfChange } = await import("../../project/commits.ts");
  return commitsOfChange(checkout.git.cwd, change.baseCommit, head);
}

async function readBaseline(checkout: Checkout): Promise<{ baseline: Baseline; diagnostics: readonly Diagnostic[] }> {
  const path = checkout.config.baseline;
  const texts = await readTexts(checkout.git, checkout.settings, [path]);
  const text = texts.get(path);
  return text === undefined ? { baseline: emptyBaseline, diagnostics: [] } : parseBaseline(text, path);
}

function directivesOf({ core }: TreeAnswer): Map<string, FileCore["directives"]> {
  return new Map([...core].map(([path, { directives }]) => [path, directives]));
}

/** `kept`: what of the work is not lost. */
export function interrupted(kept?: string): Failure {
  return new Failure("CF130", "interrupted", {
    exitCode: exitCodes.interrupted,
    ...(kept === undefined ? {} : { why: kept }),
  });
}

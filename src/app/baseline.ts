/** The use cases behind `codeflow baseline`: accepting findings, and keeping what was accepted true. */
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import {
  type Baseline,
  createBaseline,
  emptyBaseline,
  mergeBaselines,
  parseBaseline,
  pruneBaseline,
  serializeBaseline,
  updateBaseline,
} from "../findings/baseline.ts";
import { sortAllowances } from "../findings/baseline-file.ts";
import { type BaselineSource, detectBaselineSource, importBaseline } from "../findings/baseline-import.ts";
import type { Profile } from "../model/analyzer.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import { type Severity, severities } from "../model/finding.ts";
import type { CheckOptions } from "./check.ts";
import { checkAfresh, type FreshCheck } from "./check-afresh.ts";
import type { CheckEvent } from "./check/run-check.ts";
import { Mistakes } from "./mistakes.ts";
import { findPlace, pathInside, type Place } from "./place.ts";
import { configOnDisk } from "./project-config.ts";
import type { World } from "./world.ts";

export interface BaselineRequest {
  /** Another file than the configured one; as typed. */
  readonly baseline: string | undefined;
  readonly profile: Profile | undefined;
  readonly noExec: boolean;
  readonly onEvent?: (event: CheckEvent) => void;
}

export interface BaselineChange {
  /** Relative to the root. */
  readonly path: string;
  /** Findings accepted before and now, those that allowances accept included. */
  readonly before: number;
  readonly after: number;
  readonly added: number;
  readonly removed: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Accepted by imported files, not one by one. */
  readonly allowed: number;
  /** Findings that nothing accepts; undefined when no check was made. */
  readonly notAccepted: number | undefined;
  /** Why the check behind it did not see everything. */
  readonly incomplete: readonly string[];
  /** What a person should know about it, in sentences. */
  readonly notes: readonly string[];
}

export async function createBaselineFile(
  request: BaselineRequest & { readonly force: boolean; readonly reason: string | undefined },
  world: World,
  version: string,
): Promise<BaselineChange> {
  const target = await findTarget(request, world);
  if (existsSync(target.file) && !request.force) {
    throw new Failure("CF420", `there is already a baseline: ${target.path}`, {
      why: "creating it again would accept everything that was found since, and forget the reasons in it",
      next: "codeflow baseline update --grow adds what is new and keeps the rest; --force begins anew",
    });
  }
  // Without the baseline that is there: it is to be replaced, broken or not.
  const fresh = await look({ ...request, baseline: noBaseline }, world, version);
  const baseline = createBaseline(fresh.run.findings, request.reason);
  return write(target, emptyBaseline, baseline, fresh, world);
}

export async function updateBaselineFile(
  request: BaselineRequest & { readonly grow: boolean; readonly reason: string | undefined },
  world: World,
  version: string,
): Promise<BaselineChange> {
  const { target, before, fresh } = await lookAgain(request, world, version);
  const { grow, reason } = request;
  const updated = updateBaseline(before, fresh.run.findings, { grow, ...(reason === undefined ? {} : { reason }) });
  return write(target, before, updated, fresh, world);
}

export async function pruneBaselineFile(
  request: BaselineRequest,
  world: World,
  version: string,
): Promise<BaselineChange> {
  const { target, before, fresh } = await lookAgain(request, world, version);
  return write(target, before, pruneBaseline(before, fresh.outcome.stale), fresh, world);
}

/** What is imported again replaces what came from the same file. */
export async function importIntoBaseline(
  request: Pick<BaselineRequest, "baseline"> & {
    readonly files: readonly string[];
    readonly from: BaselineSource | undefined;
  },
  world: World,
): Promise<BaselineChange> {
  const target = await findTarget(request, world);
  const before = readBaseline(target);
  const diagnostics: Diagnostic[] = [];
  const imported: Baseline["allowances"][number][] = [];
  const sources = new Set<string>();
  for (const file of request.files) {
    const text = readText(resolve(world.cwd, file), file);
    const source = request.from ?? detectBaselineSource(basename(file), text);
    if (source === undefined) {
      throw new Failure("CF423", `it is not clear which tool wrote ${file}`, {
        why: "its content has the shape of none of them",
        next: "say it with --from eslint, oxlint, gitleaks or sarif",
      });
    }
    const name = relative(target.root, resolve(world.cwd, file)).split(sep).join("/");
    const answer = importBaseline(source, text, name);
    diagnostics.push(...answer.diagnostics);
    imported.push(...answer.baseline.allowances);
    sources.add(name);
  }
  if (diagnostics.some(({ code }) => code === "import-json" || code === "import-shape")) {
    throw new Mistakes("CF424", diagnostics, new Map());
  }
  const kept = before.allowances.filter(({ source }) => !sources.has(source));
  const after: Baseline = { entries: before.entries, allowances: sortAllowances([...kept, ...imported]) };
  const change = await write(target, before, after, undefined, world);
  return { ...change, notes: [...diagnostics.map(({ file, message }) => `${file}: ${message}`), ...change.notes] };
}

export interface MergeRequest {
  /** Files as git hands them over: `%O`, `%A`, `%B`, and the path being merged, `%P`. */
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly path: string | undefined;
}

export interface MergeOutcome {
  /** False: lines that cannot be read are left to a person, with git's own conflict markers. */
  readonly isClean: boolean;
  readonly accepted: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Writes the merge of three baselines into `ours`, as git asks of a merge driver. */
export async function mergeBaselineFiles(request: MergeRequest, world: World): Promise<MergeOutcome> {
  const { base, ours, theirs, path } = request;
  const name = path ?? ours;
  const [old, left, right] = [base, ours, theirs].map((file) =>
    parseBaseline(readText(resolve(world.cwd, file), file), name),
  ) as [ReturnType<typeof parseBaseline>, ReturnType<typeof parseBaseline>, ReturnType<typeof parseBaseline>];
  const diagnostics = [...left.diagnostics, ...right.diagnostics];
  if (diagnostics.length > 0) {
    // A line that we cannot read must not vanish in the merge.
    await world.exec({
      command: "git",
      args: ["merge-file", "-L", "ours", "-L", "base", "-L", "theirs", "--", ours, base, theirs],
      cwd: world.cwd,
    });
    return { isClean: false, accepted: 0, diagnostics };
  }
  const merged = mergeBaselines(old.baseline, left.baseline, right.baseline);
  replaceFile(resolve(world.cwd, ours), serializeBaseline(merged));
  return { isClean: true, accepted: size(merged), diagnostics };
}

interface Target {
  readonly place: Place;
  readonly root: string;
  /** Relative to the root. */
  readonly path: string;
  readonly file: string;
}

async function findTarget(request: Pick<BaselineRequest, "baseline">, world: World): Promise<Target> {
  const place = await findPlace(world);
  const root = place.repository === undefined ? place.root : place.repository.worktree;
  if (root === undefined) {
    throw new Failure("CF421", "a baseline needs a working tree", { why: `${place.root} is a bare repository` });
  }
  const path =
    request.baseline === undefined
      ? (await configOnDisk(place)).baseline
      : pathInside(root, world.cwd, request.baseline);
  return { place, root, path, file: join(root, path) };
}

/** No file has an empty path. */
const noBaseline = "";

function look(request: BaselineRequest, world: World, version: string): Promise<FreshCheck> {
  const options: CheckOptions = {
    paths: [],
    scope: { kind: "all" },
    profile: request.profile,
    only: [],
    skip: [],
    noExec: request.noExec,
    noCache: false,
    imports: [],
    reports: [],
    baseline: request.baseline,
    gate: [],
    ...(request.onEvent === undefined ? {} : { onEvent: request.onEvent }),
  };
  return checkAfresh(options, world, version);
}

async function lookAgain(
  request: BaselineRequest,
  world: World,
  version: string,
): Promise<{ target: Target; before: Baseline; fresh: FreshCheck }> {
  const target = await findTarget(request, world);
  if (!existsSync(target.file)) {
    throw new Failure("CF422", `there is no baseline ${target.path}`, { next: "codeflow baseline create" });
  }
  const before = readBaseline(target);
  return { target, before, fresh: await look(request, world, version) };
}

/** Throws `Mistakes`: what cannot be read would be lost on writing. */
function readBaseline({ path, file }: Target): Baseline {
  if (!existsSync(file)) return emptyBaseline;
  const text = readText(file, path);
  const { baseline, diagnostics } = parseBaseline(text, path);
  if (diagnostics.length > 0) throw new Mistakes("CF425", diagnostics, new Map([[path, text]]));
  return baseline;
}

async function write(
  target: Target,
  before: Baseline,
  after: Baseline,
  fresh: FreshCheck | undefined,
  world: World,
): Promise<BaselineChange> {
  const text = serializeBaseline(after);
  const isThere = existsSync(target.file);
  if (!isThere || readFileSync(target.file, "utf8") !== text) {
    mkdirSync(dirname(target.file), { recursive: true });
    const folder = relative(realpathSync(target.root), realpathSync(dirname(target.file)));
    if (folder.startsWith("..") || isAbsolute(folder)) {
      throw new Failure("CF426", `${dirname(target.path)} leads out of the repository`, {
        why: "it is a link to somewhere else, and nothing is written there",
      });
    }
    replaceFile(target.file, text);
  }
  const old = new Set(before.entries.map(({ fingerprint }) => fingerprint));
  const now = new Set(after.entries.map(({ fingerprint }) => fingerprint));
  const allowed = allowances(after);
  const change = allowed - allowances(before);
  const open = fresh?.run.findings.filter(
    ({ state, suppressed, fingerprint }) => state !== "fixed" && suppressed === undefined && !now.has(fingerprint),
  );
  return {
    path: target.path,
    before: size(before),
    after: size(after),
    added: [...now].filter((fingerprint) => !old.has(fingerprint)).length + Math.max(0, change),
    removed: [...old].filter((fingerprint) => !now.has(fingerprint)).length + Math.max(0, -change),
    bySeverity: Object.fromEntries(
      severities.map((severity) => [severity, after.entries.filter((entry) => entry.severity === severity).length]),
    ) as Record<Severity, number>,
    allowed,
    notAccepted: open?.length,
    incomplete:
      fresh?.run.verdict.reasons.filter(({ kind }) => kind === "incomplete").map(({ message }) => message) ?? [],
    notes: await ignoredNote(target, world),
  };
}

/** A baseline that git ignores is in no clone, and in no check's list of files. */
async function ignoredNote({ place, path }: Target, world: World): Promise<string[]> {
  if (place.git === undefined || world.signal.aborted) return [];
  const { exitCode } = await place.git.attempt(["check-ignore", "--quiet", "--", path]);
  return exitCode === 0 ? [`git ignores ${path}: no check will see it until .gitignore lets it through`] : [];
}

function size(baseline: Baseline): number {
  return baseline.entries.length + allowances(baseline);
}

function allowances(baseline: Baseline): number {
  return baseline.allowances.reduce((sum, { count }) => sum + count, 0);
}

function readText(file: string, shown: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure("CF427", `cannot read ${shown}`, { why: (error as Error).message, cause: error });
  }
}

/** Whole or not at all. */
function replaceFile(file: string, text: string): void {
  const draft = join(dirname(file), `.${basename(file)}.${crypto.randomUUID()}`);
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Failure("CF428", `cannot write ${file}`, {
      why: (error as Error).message,
      exitCode: exitCodes.incomplete,
      cause: error,
    });
  }
}

/** The use case behind `codeflow doctor`: whether everything that a check needs is there and works, and what to do if not. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseBaseline } from "../findings/baseline.ts";
import { Failure } from "../model/failure.ts";
import { count, formatDuration } from "../reports/wording.ts";
import { loadSqlite } from "../store/driver.ts";
import { lookAtCache } from "./cache.ts";
import { check } from "./check.ts";
import { openPast } from "./history.ts";
import { type AnalyzerFacts, listAnalyzers } from "./list-analyzers.ts";
import { detect } from "./detect.ts";
import { diagnosticLine } from "./mistakes.ts";
import { findPlace, type Place } from "./place.ts";
import { projectSummary } from "./project-summary.ts";
import { lookAtConfig, type ProjectConfig } from "./project-config.ts";
import { gitHookState, hasMergeDriver } from "./set-up.ts";
import type { World } from "./world.ts";

export interface DoctorRequest {
  readonly nodeVersion: string;
  /** Neither the repository's tools are asked for their versions. */
  readonly noExec: boolean;
}

/** `fail`: a check cannot do its work; `warn`: it can, with less. */
export interface Diagnosis {
  readonly id: string;
  readonly status: "ok" | "warn" | "fail";
  /** What was found. */
  readonly message: string;
  /** What to do. */
  readonly next?: string;
}

const neededNode = [22, 12] as const;
const neededGit = [2, 31] as const;
const largeCacheBytes = 2_000_000_000;

/** In the order in which one thing needs another. */
export async function diagnose(request: DoctorRequest, world: World, version: string): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [nodeDiagnosis(request.nodeVersion), await gitDiagnosis(world)];
  let place: Place;
  try {
    place = await findPlace(world);
  } catch (error) {
    return [...found, failed("repository", error)];
  }
  const config = await lookAtConfig(place);
  found.push(...(await repositoryDiagnoses(place)));
  found.push(dataDiagnosis(place), databaseModule());
  found.push(await guarded("history", () => historyDiagnosis(place, world)));
  found.push(await guarded("cache", () => cacheDiagnosis(world)));
  found.push(await guarded("engines", () => enginesDiagnosis(world, version)));
  found.push(configDiagnosis(config));
  if (config.config !== undefined) {
    found.push(await guarded("project", () => projectDiagnosis(world)));
    found.push(...baselineDiagnosis(place, config.config.baseline));
    found.push(
      ...(await toolDiagnoses({ ...request, required: requiredTools(config) }, world).catch((error: unknown) => [
        failed("tools", error),
      ])),
    );
  }
  if (place.repository?.worktree !== undefined) {
    found.push(await guarded("hook", () => hookDiagnosis(world)));
    if (config.config !== undefined && existsSync(join(place.root, config.config.baseline))) {
      found.push(await guarded("merging", () => mergeDiagnosis(place)));
    }
  }
  return found;
}

async function guarded(id: string, look: () => Promise<Diagnosis>): Promise<Diagnosis> {
  try {
    return await look();
  } catch (error) {
    return failed(id, error);
  }
}

function failed(id: string, error: unknown): Diagnosis {
  if (!(error instanceof Failure)) throw error;
  const why = error.why === undefined ? "" : ` (${error.why})`;
  return {
    id,
    status: "fail",
    message: `${error.message}${why}`,
    ...(error.next === undefined ? {} : { next: error.next }),
  };
}

function nodeDiagnosis(version: string): Diagnosis {
  const isEnough = isAtLeast(version, neededNode);
  return {
    id: "node",
    status: isEnough ? "ok" : "fail",
    message: `Node.js ${version}`,
    ...(isEnough ? {} : { next: `install ${neededNode.join(".")} or newer` }),
  };
}

async function gitDiagnosis(world: World): Promise<Diagnosis> {
  try {
    const { stdout } = await world.exec({ command: "git", args: ["--version"], cwd: world.cwd, timeoutMs: 20_000 });
    const version = /\d+(?:\.\d+)+/.exec(stdout.toString())?.[0] ?? "";
    if (isAtLeast(version, neededGit)) return { id: "git", status: "ok", message: `git ${version}` };
    return {
      id: "git",
      status: "fail",
      message: `git ${version} is too old`,
      next: `update to ${neededGit.join(".")} or newer`,
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      id: "git",
      status: "warn",
      message: "git cannot be started; only plain folders can be checked",
      next: "install git",
    };
  }
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

async function repositoryDiagnoses({ git, repository, root }: Place): Promise<Diagnosis[]> {
  if (git === undefined || repository === undefined) {
    return [
      {
        id: "repository",
        status: "warn",
        message: `${root} is not in a git repository: no --changed, no --staged, slower repeats`,
        next: "git init",
      },
    ];
  }
  const head = await git.commit("HEAD");
  const branch = await git.branch();
  const what = repository.worktree === undefined ? `bare repository ${root}` : root;
  const at = head === undefined ? "no commit yet" : (branch ?? `detached at ${head.slice(0, 12)}`);
  const found: Diagnosis[] = [{ id: "repository", status: "ok", message: `${what}, ${at}` }];
  if (repository.isShallow) {
    found.push({
      id: "depth",
      status: "warn",
      message: "this clone is shallow: --changed needs the commit where the branch began",
      next: "git fetch --unshallow (in GitHub Actions: fetch-depth: 0)",
    });
  }
  return found;
}

function dataDiagnosis({ dataDirectory }: Place): Diagnosis {
  const probe = join(dataDirectory, `.doctor-${crypto.randomUUID()}`);
  try {
    mkdirSync(dataDirectory, { recursive: true });
    writeFileSync(probe, "");
    rmSync(probe);
    return { id: "data", status: "ok", message: `${dataDirectory} can be written to` };
  } catch (error) {
    return {
      id: "data",
      status: "warn",
      message: `${dataDirectory} cannot be written to (${(error as Error).message}): no cache, no history`,
      next: "give yourself the right to write there",
    };
  }
}

function databaseModule(): Diagnosis {
  try {
    const Sqlite = loadSqlite();
    const database = new Sqlite(":memory:");
    const version = database.prepare("select sqlite_version()").pluck().get() as string;
    database.close();
    return { id: "database", status: "ok", message: `better-sqlite3 loads (SQLite ${version})` };
  } catch (error) {
    // A check works without, and says so.
    return { ...failed("database", error), status: "warn" };
  }
}

async function historyDiagnosis(place: Place, world: World): Promise<Diagnosis> {
  let history: Awaited<ReturnType<typeof openPast>>;
  try {
    history = await openPast(place, world);
  } catch (error) {
    // The verdict never depends on it.
    return { ...failed("history", error), status: "warn" };
  }
  try {
    const [notice] = history.notices;
    if (notice !== undefined) return { id: "history", status: "warn", message: notice };
    const [last] = await history.runs({ limit: 1 });
    const when = last === undefined ? "no run yet" : `last run ${last.startedAt.slice(0, 16).replace("T", " ")} UTC`;
    return { id: "history", status: "ok", message: `readable, ${when}` };
  } finally {
    await history.close();
  }
}

async function cacheDiagnosis(world: World): Promise<Diagnosis> {
  const complaints: string[] = [];
  const { results, bytes } = await lookAtCache({
    ...world,
    log: { ...world.log, warn: (message) => complaints.push(message) },
  });
  const [complaint] = complaints;
  if (complaint !== undefined) return { id: "cache", status: "warn", message: complaint };
  const message = `${count(results.entries, "entry")}, ${(bytes / 1e6).toFixed(1)} MB`;
  return bytes > largeCacheBytes
    ? { id: "cache", status: "warn", message: `large: ${message}`, next: "codeflow cache prune --max-size 1GB" }
    : { id: "cache", status: "ok", message };
}

/** One small file for each engine; those named must have something to say about theirs. */
const samples: Readonly<Record<string, string>> = {
  "codeflow.yml": "history: { enabled: false }\n",
  "sample.py": "import os\n",
  "sample.js": "export const same = (value) => value === NaN;\n",
  "sample.ts": "export const answer: number = 42;\n",
  "sample.go": "package main\n\nfunc main() {}\n",
  "Sample.java": "class Sample {}\n",
  "sample.rb": "puts 1\n",
  "sample.rs": "fn main() {}\n",
  "sample.sh": "#!/bin/sh\necho ok\n",
  "sample.json": "{ }\n",
  "sample.toml": 'name = "sample"\n',
  "sample.md": "# Sample\n",
  Dockerfile: "FROM scratch\n",
  ".github/workflows/sample.yml":
    "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nothing.here }}\n",
};
const mustFind = ["ruff", "oxlint", "workflows"];

/** The bundled analyzers at work on a few files of their own: what loads and answers here, does so everywhere. */
async function enginesDiagnosis(world: World, version: string): Promise<Diagnosis> {
  const folder = mkdtempSync(join(tmpdir(), "codeflow-doctor-"));
  try {
    for (const [path, text] of Object.entries(samples)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const start = world.clock.monotonic();
    const { run } = await check(
      {
        paths: [],
        scope: { kind: "all" },
        profile: "comprehensive",
        only: [],
        skip: [],
        noExec: true,
        noCache: true,
        imports: [],
        reports: [],
        baseline: undefined,
        gate: [],
      },
      // The samples must be no part of a repository around the temporary folder.
      {
        ...world,
        cwd: folder,
        env: { ...world.env, CODEFLOW_CACHE_DIR: join(folder, ".cache"), GIT_CEILING_DIRECTORIES: dirname(folder) },
      },
      version,
    );
    const broken = run.analyzers.filter(({ status }) => status === "failed");
    const silent = mustFind.filter((id) => !run.findings.some(({ analyzer }) => analyzer === id));
    if (broken.length > 0 || silent.length > 0) {
      const reasons = [
        ...broken.map(({ id, reason }) => `${id}: ${reason ?? "failed"}`),
        ...silent
          .filter((id) => !broken.some((one) => one.id === id))
          .map((id) => `${id}: found nothing in its sample`),
      ];
      return {
        id: "engines",
        status: "fail",
        message: reasons.join("; "),
        next: "reinstall codeflow's packages with this Node (npm ci)",
      };
    }
    const answered = run.analyzers.filter(({ status, files }) => status === "ran" && files > 0).length;
    const took = formatDuration(world.clock.monotonic() - start);
    return { id: "engines", status: "ok", message: `${count(answered, "bundled analyzer")} answered in ${took}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function configDiagnosis({ config, file, diagnostics }: ProjectConfig): Diagnosis {
  if (config === undefined) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const [first] = errors;
    const more = errors.length > 1 ? ` and ${errors.length - 1} more` : "";
    return {
      id: "config",
      status: "fail",
      message: `${first === undefined ? "it cannot be read" : diagnosticLine(first)}${more}`,
      next: "codeflow config validate shows them with the code",
    };
  }
  const [warning] = diagnostics;
  if (warning !== undefined) return { id: "config", status: "warn", message: diagnosticLine(warning) };
  return { id: "config", status: "ok", message: file === undefined ? "none; the defaults hold" : `${file} is valid` };
}

async function projectDiagnosis(world: World): Promise<Diagnosis> {
  return { id: "project", status: "ok", message: projectSummary(await detect(world)) };
}

function baselineDiagnosis({ root }: Place, path: string): Diagnosis[] {
  const file = join(root, path);
  if (!existsSync(file)) return [];
  const { baseline, diagnostics } = parseBaseline(readFileSync(file, "utf8"), path);
  const [first] = diagnostics;
  if (first !== undefined) return [{ id: "baseline", status: "fail", message: diagnosticLine(first) }];
  return [{ id: "baseline", status: "ok", message: `${path} accepts ${count(baseline.entries.length, "finding")}` }];
}

function requiredTools({ config }: ProjectConfig): ReadonlySet<string> {
  const entries = Object.entries(config?.analyzers ?? {});
  return new Set(entries.filter(([, { required }]) => required === true).map(([id]) => id));
}

async function toolDiagnoses(
  request: DoctorRequest & { readonly required: ReadonlySet<string> },
  world: World,
): Promise<Diagnosis[]> {
  if (request.noExec) return [{ id: "tools", status: "ok", message: "not looked for (--no-exec)" }];
  const { analyzers } = await listAnalyzers({ profile: undefined, noExec: false }, world);
  const tools = analyzers.filter(({ isTool }) => isTool);
  const found = tools.filter(({ here }) => here.executable !== undefined);
  const named = found.map(({ id, version }) => `${id} ${version}`.trim());
  const gaps = tools.filter(({ here }) => here.status === "missing" || here.status === "broken");
  return [
    {
      id: "tools",
      status: "ok",
      message: found.length === 0 ? "the repository uses none of its own" : named.join(", "),
    },
    ...gaps.map(({ id, here }: AnalyzerFacts): Diagnosis => {
      const isRequired = request.required.has(id);
      return {
        id,
        status: isRequired ? "fail" : "warn",
        // The reason says what to do.
        message: `${here.reason ?? "cannot run"}${isRequired ? "; the configuration requires it" : ""}`,
      };
    }),
  ];
}

async function hookDiagnosis(world: World): Promise<Diagnosis> {
  const { isInstalled, path } = await gitHookState(world);
  return isInstalled
    ? { id: "hook", status: "ok", message: `installed in ${path}` }
    : { id: "hook", status: "warn", message: "not installed", next: "codeflow hook install" };
}

async function mergeDiagnosis(place: Place): Promise<Diagnosis> {
  const { inAttributes, inConfig } = await hasMergeDriver(place);
  if (inAttributes && inConfig) return { id: "merging", status: "ok", message: "git merges baselines" };
  return {
    id: "merging",
    status: "warn",
    message: inAttributes
      ? "this clone does not know the merge driver that .gitattributes names"
      : "baselines of two branches will conflict when they are merged",
    next: "codeflow baseline install-merge-driver",
  };
}

/** The use cases behind `codeflow history` and `codeflow trend`: past runs, lives of findings, metrics over time. */
import { closest } from "../model/closest.ts";
import { Failure } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import type { FindingLifetime, HistoryStore, RunSummaryRow } from "../model/store.ts";
import { openPast } from "./history.ts";
import { findPlace } from "./place.ts";
import type { World } from "./world.ts";

export interface PastRunsRequest {
  readonly limit: number;
  readonly branch: string | undefined;
}

export async function pastRuns(request: PastRunsRequest, world: World): Promise<readonly RunSummaryRow[]> {
  const { limit, branch } = request;
  return withHistory(world, (history) => history.runs({ limit, ...(branch === undefined ? {} : { branch }) }));
}

export interface PastRun {
  readonly summary: RunSummaryRow;
  /** In report order, suppressed and fixed ones included; undefined for an old run. */
  readonly findings: readonly Finding[] | undefined;
}

/** Runs among which the start of an id is looked for. */
const searchedRuns = 10_000;

/** `id`: whole, its start, or `last`. */
export async function pastRun(id: string, world: World): Promise<PastRun> {
  return withHistory(world, async (history) => {
    const runs = await history.runs({ limit: id === "last" ? 1 : searchedRuns });
    const matches = id === "last" ? runs : runs.filter((run) => run.id.startsWith(id.toLowerCase()));
    const [match, second] = matches;
    if (match === undefined) {
      throw new Failure("CF450", id === "last" ? "there is no run yet" : `there is no run ${id}`, {
        next: id === "last" ? "codeflow check makes one" : "codeflow history lists them",
      });
    }
    if (second !== undefined && match.id !== id) {
      throw new Failure("CF451", `${matches.length} runs begin with ${id}`, {
        why: matches
          .slice(0, 4)
          .map((run) => run.id)
          .join(", "),
        next: "say more of the id",
      });
    }
    const found = await history.run(match.id);
    if (found === undefined) throw new Error(`no run ${match.id}`);
    return found;
  });
}

export interface LifetimesRequest extends PastRunsRequest {
  /** Only those that are there, or that are gone. */
  readonly open: boolean | undefined;
  readonly path: string | undefined;
  readonly rule: string | undefined;
  /** Only those that came back after having been fixed. */
  readonly regressions: boolean;
}

export async function findingLifetimes(request: LifetimesRequest, world: World): Promise<readonly FindingLifetime[]> {
  const { limit, branch, open, path, rule, regressions } = request;
  const rows = await withHistory(world, (history) =>
    history.lifetimes({
      // Those that came back are few among many: the database does not know to look for them.
      limit: regressions ? Number.MAX_SAFE_INTEGER : limit,
      ...(branch === undefined ? {} : { branch }),
      ...(open === undefined ? {} : { open }),
      ...(path === undefined ? {} : { path }),
      ...(rule === undefined ? {} : { rule }),
    }),
  );
  return regressions ? rows.filter((row) => row.regressions > 0).slice(0, limit) : rows;
}

export interface Trend {
  readonly metric: string;
  /** Oldest first. */
  readonly points: readonly { readonly at: string; readonly value: number }[];
}

/** What is shown when no metric is named. */
const usualMetrics = ["findings.total", "findings.error", "findings.warning", "duration.ms"];

export async function trends(
  request: PastRunsRequest & { readonly metrics: readonly string[] },
  world: World,
): Promise<{ readonly trends: readonly Trend[]; readonly known: readonly string[] }> {
  const { limit, branch } = request;
  const ofBranch = branch === undefined ? {} : { branch };
  return withHistory(world, async (history) => {
    const known = await history.metricNames(ofBranch);
    for (const metric of request.metrics) {
      if (known.includes(metric) || known.length === 0) continue;
      const near = closest(metric, known);
      throw new Failure("CF452", `there is no metric ${metric}`, {
        next: near === undefined ? "codeflow trend --list names those that there are" : `did you mean ${near}?`,
      });
    }
    const wanted = request.metrics.length > 0 ? request.metrics : usualMetrics.filter((name) => known.includes(name));
    const answers: Trend[] = [];
    for (const metric of wanted) answers.push({ metric, points: await history.trend({ metric, limit, ...ofBranch }) });
    return { trends: answers, known };
  });
}

async function withHistory<T>(world: World, work: (history: HistoryStore) => Promise<T>): Promise<T> {
  const history = await openPast(await findPlace(world), world);
  try {
    for (const notice of history.notices) world.log.warn(notice);
    return await work(history);
  } finally {
    await history.close();
  }
}

/** What a proposed edit of a file would do to its findings: asked of the bundled analyzers that judge files one by one. */
import { unifiedPatch } from "../../findings/patch.ts";
import type { CheckRun } from "../../model/check-run.ts";
import type { Finding } from "../../model/finding.ts";
import type { ResultCache } from "../../model/store.ts";
import { readBytes, withOverlay } from "../../project/checkout.ts";
import { createLineMap } from "../../project/line-map.ts";
import type { World } from "../world.ts";
import { type Checkout, type CheckRequest, runCheck } from "./run-check.ts";

/** One file after the edit, compared with the file before it. */
export interface LookedAgain {
  /** Active findings that were not there before. */
  readonly introduced: readonly Finding[];
  /** Findings that are gone, at the places that they had. */
  readonly gone: readonly Finding[];
}

export interface EditedFiles {
  /** Whether findings of this analyzer are looked for again: the repository's own tools and project-wide ones are not. */
  readonly asks: (analyzer: string) => boolean;
  /** Contents as the check saw them. */
  readonly contents: (paths: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  /** A path is missing from the answer when some analyzer that judged the file before could not judge it now. */
  readonly look: (edited: ReadonlyMap<string, Uint8Array>) => Promise<ReadonlyMap<string, LookedAgain>>;
}

export interface LookAgainRequest {
  /** What was checked, and the run that it gave. */
  readonly checkout: Omit<Checkout, "cache">;
  readonly run: CheckRun;
  readonly request: CheckRequest;
  readonly openCache: () => Promise<ResultCache>;
  readonly world: World;
  readonly version: string;
}

export function editedFiles({ checkout, run, request, openCache, world, version }: LookAgainRequest): EditedFiles {
  const { git, resolved } = checkout;
  const judges = run.analyzers.filter(
    ({ kind, status }) => (kind === "file" || kind === "batch") && (status === "ran" || status === "cached"),
  );
  const only = judges.map(({ id }) => id);
  const contents = (paths: readonly string[]): Promise<Map<string, Uint8Array>> => readBytes(git, resolved.head, paths);

  async function look(edited: ReadonlyMap<string, Uint8Array>): Promise<ReadonlyMap<string, LookedAgain>> {
    const targets = new Set(edited.keys());
    const cache = await openCache();
    try {
      const again = await runCheck(
        {
          ...checkout,
          cache,
          resolved: {
            scope: { kind: "all" },
            head: withOverlay(resolved.head, edited),
            targets,
            // New means new against the file as it is; the answers about that are in the cache.
            change: {
              base: resolved.head,
              baseCommit: undefined,
              baseTargets: targets,
              renames: new Map(),
              lines: createLineMap(patchOf(await contents([...targets]), edited), new Set()),
            },
          },
        },
        {
          profile: request.profile,
          paths: [],
          only,
          skip: [],
          noExec: true,
          imported: [],
          durations: request.durations,
        },
        world,
        version,
      );
      return answersOf(again.run, targets);
    } finally {
      cache.close();
    }
  }

  function answersOf(again: CheckRun, targets: ReadonlySet<string>): Map<string, LookedAgain> {
    const unjudged = skippedFiles(again);
    // What was not judged before either is no worse for the edit.
    for (const key of skippedFiles(run)) unjudged.delete(key);
    const answers = new Map<string, LookedAgain>();
    if (again.analyzers.some(({ status }) => status === "failed")) return answers;
    const byPath = Map.groupBy(again.findings, ({ location }) => location.path);
    for (const path of targets) {
      if (only.some((id) => unjudged.has(`${id}\0${path}`))) continue;
      const findings = byPath.get(path) ?? [];
      answers.set(path, {
        introduced: findings.filter(({ state, suppressed }) => state === "new" && suppressed === undefined),
        gone: findings.filter(({ state }) => state === "fixed"),
      });
    }
    return answers;
  }

  return { asks: (analyzer) => only.includes(analyzer), contents, look };
}

function skippedFiles({ analyzers }: CheckRun): Set<string> {
  return new Set(analyzers.flatMap(({ id, skippedFiles: files }) => files.map(({ path }) => `${id}\0${path}`)));
}

function patchOf(before: ReadonlyMap<string, Uint8Array>, after: ReadonlyMap<string, Uint8Array>): string {
  const patches = [...after].map(([path, bytes]) => unifiedPatch(path, before.get(path), bytes, { context: 0 }));
  return Buffer.concat(patches).toString("latin1");
}

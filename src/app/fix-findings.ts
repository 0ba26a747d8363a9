/** Applies the fixes that analyzers offer, to a fixed point, and writes the result back without ever leaving a half. */
import { runFixLoop, type FixLevel, type FixTrouble } from "../findings/fix-loop.ts";
import { unifiedPatch } from "../findings/patch.ts";
import type { CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import { readBytes, withOverlay } from "../project/checkout.ts";
import { writeBack, type WrittenFile } from "../project/write-back/write-back.ts";
import type { Checkout, CheckRequest } from "./check/run-check.ts";
import { runCheck } from "./check/run-check.ts";
import type { Place } from "./place.ts";
import type { World } from "./world.ts";

export interface FixRequest {
  readonly level: FixLevel;
  /** Of these only; of every rule when absent. */
  readonly rules?: readonly string[];
  /** Only say what would be done. */
  readonly dryRun: boolean;
}

export interface FixResult {
  readonly fixed: readonly Finding[];
  readonly written: readonly WrittenFile[];
  /** What was, or would be, changed: a patch that `git apply` takes. */
  readonly patch: Uint8Array;
  readonly rolledBack: readonly FixTrouble[];
  readonly oscillating: readonly FixTrouble[];
  readonly unsettled: readonly FixTrouble[];
  readonly passes: number;
}

/** Fixes what `run` found; with a change under review only what is new. */
export async function fixFindings(
  checkout: Checkout,
  run: CheckRun,
  checkRequest: CheckRequest,
  request: FixRequest,
  place: Place,
  world: World,
  version: string,
): Promise<FixResult> {
  const { git, resolved } = checkout;
  const onlyNew = resolved.change !== undefined;
  const isChosen = (finding: Finding): boolean =>
    finding.suppressed === undefined &&
    finding.state !== "fixed" &&
    (!onlyNew || finding.state === "new") &&
    request.rules?.includes(finding.rule) !== false;
  const chosen = run.findings.filter((finding) => isChosen(finding) && (finding.suggestions?.length ?? 0) > 0);
  const contents = await readBytes(git, resolved.head, [...new Set(chosen.map(({ location }) => location.path))]);
  // Symlinks are no content to edit.
  const files = new Map(
    [...contents].filter(([path]) => resolved.head.entries.get(path)?.mode.startsWith("100") === true),
  );
  const analyzers = [...new Set(chosen.map(({ analyzer }) => analyzer))];
  const { parses } = await import("../analyzers/parse-check.ts");

  const result = await runFixLoop<Finding>({
    files,
    findings: run.findings.filter(
      (finding) => isChosen(finding) && files.has(finding.location.path) && analyzers.includes(finding.analyzer),
    ),
    level: request.level,
    analyze: async (edited) => {
      const head = withOverlay(resolved.head, edited);
      const again = await runCheck(
        { ...checkout, resolved: { ...resolved, head, targets: new Set(edited.keys()) } },
        { ...checkRequest, paths: [], only: analyzers, imported: [] },
        world,
        version,
      );
      return again.run.findings.filter((finding) => isChosen(finding) && edited.has(finding.location.path));
    },
    reparse: async (path, bytes) => {
      const before = files.get(path);
      // Code that was broken before cannot be broken by a fix.
      return (await parses(path, bytes)) || (before !== undefined && !(await parses(path, before)));
    },
  });

  const changes = [...result.changed]
    .map(([path, after]) => ({ path, before: files.get(path) ?? new Uint8Array(), after }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const patch = Buffer.concat(
    changes.map(({ path, before, after }) => {
      const mode = resolved.head.entries.get(path)?.mode;
      return unifiedPatch(path, before, after, mode === undefined ? {} : { before: mode });
    }),
  );
  const written =
    request.dryRun || changes.length === 0 || checkout.worktree === undefined
      ? []
      : await writeBack({
          root: checkout.worktree,
          changes,
          target: resolved.scope.kind === "staged" ? "index" : "worktree",
          exec: world.exec,
          env: world.env,
          ...(git === undefined ? { stateDirectory: place.dataDirectory } : {}),
        });
  return {
    fixed: result.fixed,
    written,
    patch,
    rolledBack: result.rolledBack,
    oscillating: result.oscillating,
    unsettled: result.unsettled,
    passes: result.passes,
  };
}

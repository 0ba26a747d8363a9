/** Which analyzers take part in a check, and why the others do not. */
import type { Analyzer, Profile } from "../../model/analyzer.ts";
import { profiles } from "../../model/analyzer.ts";
import type { Config } from "../../model/config.ts";
import { Failure } from "../../model/failure.ts";
import type { RuleResolver } from "../../findings/severity.ts";

export interface SelectionRequest {
  readonly profile: Profile;
  readonly scope: "all" | "staged" | "changed";
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

export interface Selection {
  readonly run: readonly Analyzer[];
  /** Would run by profile, but do not: the person is told. */
  readonly skipped: readonly { readonly analyzer: Analyzer; readonly reason: string }[];
}

export function selectAnalyzers(
  all: readonly Analyzer[],
  config: Config,
  resolver: RuleResolver,
  request: SelectionRequest,
): Selection {
  for (const id of [...request.only, ...request.skip]) {
    if (!all.some((analyzer) => analyzer.id === id)) throw unknownAnalyzer(id, all);
  }
  const run: Analyzer[] = [];
  const skipped: { analyzer: Analyzer; reason: string }[] = [];
  for (const analyzer of all) {
    const setting = config.analyzers[analyzer.id];
    const asked = request.only.includes(analyzer.id);
    if (request.only.length > 0 && !asked) continue;
    if (request.skip.includes(analyzer.id) || (setting?.enabled === false && !asked)) continue;
    const wanted = asked || setting?.enabled === true || reaches(request.profile, analyzer.profile);
    if (!wanted) continue;
    if (!analyzer.openRules && !analyzer.rules.some(({ id }) => resolver.isOn(id))) {
      // Every rule of it is off: nothing to do, unless it was asked for by name.
      if (asked) skipped.push({ analyzer, reason: "all of its rules are off" });
      continue;
    }
    if (request.scope === "staged" && !asked && request.profile !== "comprehensive" && isProjectWide(analyzer))
      continue;
    run.push(analyzer);
  }
  return { run, skipped };
}

/** In the hook, seconds count: what must look at the whole project waits for `check` and CI. */
function isProjectWide(analyzer: Analyzer): boolean {
  if (analyzer.kind === "project") return analyzer.profile !== "fast";
  return analyzer.kind === "tool" && analyzer.scope === "project";
}

function reaches(active: Profile, needed: Profile): boolean {
  return profiles.indexOf(active) >= profiles.indexOf(needed);
}

function unknownAnalyzer(id: string, all: readonly Analyzer[]): Failure {
  return new Failure("CF301", `there is no analyzer ${id}`, {
    why: `the analyzers are: ${all.map((analyzer) => analyzer.id).join(", ")}`,
    next: "codeflow analyzers lists them with what they find",
  });
}

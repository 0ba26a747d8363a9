/** Protected branches: which checks must pass before a merge, and merging by itself once they have. */
import { mergePull, pullsOf } from "./pulls.ts";
import { Refusal } from "./refusal.ts";
import type { PullIssue, Repository, World } from "./state.ts";

/** Required checks that have not succeeded on the head. */
export function missingChecks(repository: Repository, issue: PullIssue): string[] {
  const required = repository.protections.get(issue.pull.baseRef) ?? [];
  return required.filter((name) => !hasSucceeded(repository, issue.pull.headSha, name));
}

function hasSucceeded(repository: Repository, sha: string, name: string): boolean {
  const status = repository.statuses.findLast((each) => each.sha === sha && each.context === name);
  const run = [...repository.checkRuns.values()].findLast((each) => each.headSha === sha && each.name === name);
  const passing = ["success", "neutral", "skipped"];
  return status?.state === "success" || (run !== undefined && passing.includes(run.conclusion ?? ""));
}

export function requireChecks(repository: Repository, issue: PullIssue): void {
  const [missing] = missingChecks(repository, issue);
  if (missing !== undefined) throw new Refusal(405, `Required status check "${missing}" is expected.`);
}

/** GitHub's word for whether the button is green. */
export function mergeableState(repository: Repository, issue: PullIssue): string {
  if (issue.state === "closed" || issue.pull.mergeable === null) return "unknown";
  if (!issue.pull.mergeable) return "dirty";
  if (issue.pull.draft) return "draft";
  return missingChecks(repository, issue).length > 0 ? "blocked" : "clean";
}

/** Called when a check or status of a commit changed. */
export function mergeWhatIsReady(world: World, repository: Repository, sha: string): void {
  for (const issue of pullsOf(repository)) {
    const { pull } = issue;
    if (issue.state === "closed" || pull.headSha !== sha || pull.autoMerge === null || pull.mergeable !== true)
      continue;
    if (mergeableState(repository, issue) !== "clean") continue;
    mergePull(world, repository, issue, { by: pull.autoMerge.by, method: pull.autoMerge.method });
  }
}

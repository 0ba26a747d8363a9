/** Everything the analyzers say about one tree: from the cache where nothing changed, by running them where it did. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { IdentifiedFinding } from "../../model/finding.ts";
import { runBundled } from "./bundled.ts";
import { digest } from "./keys.ts";
import { Programs } from "./programs.ts";
import type { TreeAnswer, TreeJob } from "./tree-job.ts";
import { TreeState } from "./tree-state.ts";

export async function analyzeTree(job: TreeJob): Promise<TreeAnswer> {
  const state = new TreeState(job);
  const temp = join(job.tempDirectory, digest(String(Math.random()), String(process.hrtime.bigint())));
  try {
    await Promise.all([runBundled(state), new Programs(state, temp).all()]);
    for (const { analyzer } of job.prepared) if (analyzer.kind === "batch") leaveUnread(state, analyzer.id);
  } finally {
    // Also when the check is cut short: what was found out is not lost.
    job.cache.putMany(state.drain());
    rmSync(temp, { recursive: true, force: true });
  }
  const { tallies, core, metrics, isUnstable } = state;
  return { tallies, core, metrics, isUnstable };
}

/** Engines read the files themselves: what they say about a pointer, or a file that is no text, does not count. */
function leaveUnread(state: TreeState, id: string): void {
  const tally = state.tallies.get(id);
  if (tally === undefined) return;
  const isRead = ({ location }: IdentifiedFinding): boolean => state.core.get(location.path)?.unread === undefined;
  for (const { location } of tally.findings.filter((finding) => !isRead(finding))) {
    tally.skipped.set(location.path, state.core.get(location.path)?.unread ?? "");
  }
  const kept = tally.findings.filter(isRead);
  tally.findings = kept;
}

/** What became of a step that waits in the store. */
import type { StepWait } from "../model/workflow-run.ts";
import type { Session } from "./session.ts";

type Resolved =
  | { readonly kind: "done"; readonly outputs: Record<string, unknown> }
  | { readonly kind: "failed"; readonly error: string; readonly outputs: Record<string, unknown> }
  | { readonly kind: "cancelled"; readonly error: string };

/** Undefined while it waits on. Outputs: `waited-until` of a delay, `approved-by` and `comment` of an approval. */
export function resolveWait(wait: StepWait, session: Session): Resolved | undefined {
  if (session.cancelled !== undefined) return { kind: "cancelled", error: session.cancelled.message };
  const isDue = wait.until !== undefined && Date.parse(wait.until) <= session.options.clock.now().getTime();
  if (wait.kind === "delay") return isDue ? { kind: "done", outputs: { "waited-until": wait.until } } : undefined;
  const { decision } = wait;
  if (decision !== undefined) {
    const { approved, by, comment = "" } = decision;
    if (approved) return { kind: "done", outputs: { "approved-by": by, comment } };
    const error = `refused by ${by}${comment === "" ? "" : `: ${comment}`}`;
    return { kind: "failed", error, outputs: { "refused-by": by, comment } };
  }
  if (!isDue) return undefined;
  return { kind: "failed", error: `nobody approved before ${wait.until}`, outputs: {} };
}

/** Some step of the run, or of a called one that this process has, waits in the store. */
export function waitsSomewhere(session: Session): boolean {
  return session.isWaiting || [...session.children].some(waitsSomewhere);
}

/**
 * Has the steps whose waiting is over looked at again, in this run and those that it called. Returns them.
 */
export async function wakeDue(root: Session): Promise<readonly { readonly run: string; readonly step: string }[]> {
  const { store } = root.options;
  const due = await store.due(root.record.id);
  for (const { run, step } of due) {
    // A called run that only waits was given back: its caller's step has it again.
    let at = { run, step };
    let session = findSession(root, run);
    while (session === undefined) {
      const parent = (await store.run(at.run))?.record.parent;
      if (parent === undefined) break;
      at = parent;
      session = findSession(root, at.run);
    }
    if (session === undefined) continue;
    const wait = (await store.waits(at.run)).find((one) => one.step === at.step);
    if (wait !== undefined) session.waits.set(wait.step, wait);
    session.wake(at.step);
  }
  return due;
}

function findSession(session: Session, run: string): Session | undefined {
  if (session.record.id === run) return session;
  for (const child of session.children) {
    const found = findSession(child, run);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What became of a step that waits in the store. */
import type { StepWait } from "../model/workflow-run.ts";
import type { Session } from "./session.ts";

type Resolved =
  | { readonly kind: "done"; readonly outputs: Record<string, unknown> }
  | { readonly kind: "failed"; readonly error: string; readonly outputs: Record<string, unknown> }
  | { readonly kind: "cancelled"; readonly error: string };

/** Undefined while it waits on. The outputs of an approval: `approved`, `by`, `comment`, `at`; of a delay: `until`. */
export function resolveWait(wait: StepWait, session: Session): Resolved | undefined {
  if (session.cancelled !== undefined) return { kind: "cancelled", error: session.cancelled.message };
  const isDue = wait.until !== undefined && Date.parse(wait.until) <= session.options.clock.now().getTime();
  if (wait.kind === "delay") return isDue ? { kind: "done", outputs: { until: wait.until } } : undefined;
  const { decision } = wait;
  if (decision !== undefined) {
    const { approved, by, at, comment = "" } = decision;
    const outputs = { approved, by, comment, at };
    if (approved) return { kind: "done", outputs };
    return { kind: "failed", error: `refused by ${by}${comment === "" ? "" : `: ${comment}`}`, outputs };
  }
  if (!isDue) return undefined;
  const outputs = { approved: false, by: "", comment: "", at: wait.until };
  return { kind: "failed", error: `nobody approved before ${wait.until}`, outputs };
}

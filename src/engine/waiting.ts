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

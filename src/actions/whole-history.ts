/** Whether a clone has all commits: of one made with a depth, as CI makes them, questions about the past get false answers. */
import { type Repository, StepFailed } from "../model/action.ts";

export async function isShallow(repo: Repository): Promise<boolean> {
  return (await repo.git(["rev-parse", "--is-shallow-repository"])).trim() === "true";
}

/** `without`: what cannot be told, as the end of a sentence. */
export async function requireWholeHistory(repo: Repository, without: string): Promise<void> {
  if (!(await isShallow(repo))) return;
  throw new StepFailed(
    `this clone is shallow, so ${without}; fetch the rest first: \`fetch-depth: 0\` in actions/checkout, or git fetch --unshallow`,
  );
}

/** Whether what is checked out holds what a pull request brings. */
import type { Place } from "../place.ts";

/** What was found elsewhere says nothing of a pull request. A shallow clone hides parents, the commit itself names them. */
export async function contains({ git }: Pick<Place, "git">, sha: string): Promise<boolean> {
  if (git === undefined) return false;
  const raw = await git.attempt(["cat-file", "commit", "HEAD"]);
  if (raw.exitCode === 0 && raw.stdout.toString().includes(`\nparent ${sha}\n`)) return true;
  return (await git.attempt(["merge-base", "--is-ancestor", sha, "HEAD"])).exitCode === 0;
}

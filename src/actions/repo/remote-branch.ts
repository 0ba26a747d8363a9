/** Where a remote's branch stands, asked of the remote itself and not of what was fetched last. */
import type { Repository } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";

export async function remoteTip(repo: Repository, remote: string, branch: string): Promise<string | undefined> {
  const answer = await repo.git(["ls-remote", "--heads", "--", remote, `refs/heads/${branch}`]);
  const line = answer.split("\n").find((one) => one.endsWith(`\trefs/heads/${branch}`));
  return line?.slice(0, line.indexOf("\t"));
}

/** False also when one of them was not fetched. */
export async function isAncestor(repo: Repository, ancestor: string, of: string): Promise<boolean> {
  try {
    await repo.git(["merge-base", "--is-ancestor", ancestor, of]);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

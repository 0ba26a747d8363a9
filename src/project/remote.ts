/** Which repository on a code host a clone came from. */
import type { Git } from "./git.ts";

export interface RemoteRepository {
  /** Lower case, with its port where one is named: `github.com`. */
  readonly host: string;
  /** `owner/name`. */
  readonly slug: string;
}

/** Undefined without the remote, and when it is no address of a code host (a path, a bundle). */
export async function readRemote(git: Git, name = "origin"): Promise<RemoteRepository | undefined> {
  // As git would use it: `insteadOf` counts.
  const result = await git.attempt(["remote", "get-url", name]);
  return result.exitCode === 0 ? parseRemote(result.stdout.toString().trim()) : undefined;
}

export function parseRemote(url: string): RemoteRepository | undefined {
  const parsed = url.includes("://") ? URL.parse(url) : null;
  // scp's form: git@github.com:owner/name.git
  const [, scpHost, scpPath] = parsed === null ? (/^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(url) ?? []) : [];
  const host = parsed?.host ?? scpHost;
  const path = parsed?.pathname ?? scpPath ?? "";
  const match = /^\/?([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(path);
  const [, owner, name] = match ?? [];
  if (host === undefined || host === "" || owner === undefined || name === undefined) return undefined;
  return { host: host.toLowerCase(), slug: `${owner}/${name}` };
}

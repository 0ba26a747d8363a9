/** Which package of the repository a file belongs to. */
import { dirname } from "node:path/posix";
import type { Git } from "../../project/git.ts";

const manifests =
  /^(?:package\.json|pyproject\.toml|setup\.py|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|[^/]+\.(?:gemspec|csproj))$/;

/** By the nearest folder with a manifest that git knows of; the root outside of git. */
export async function packagesOf(git: Git | undefined): Promise<(path: string) => string> {
  if (git === undefined) return () => ".";
  const { stdout } = await git.attempt(["ls-files", "-z"]);
  const folders = new Set(
    stdout
      .toString()
      .split("\0")
      .filter((path) => manifests.test(path.slice(path.lastIndexOf("/") + 1)))
      .map((path) => dirname(path)),
  );
  return (path) => {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) if (folders.has(folder)) return folder;
    return ".";
  };
}

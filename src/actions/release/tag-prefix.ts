/** What stands before the version in the tags of a repository: `v`, or nothing. */

/** As the tag of the highest version has it; `v` where there is none. */
export async function usualPrefix(tags: readonly string[]): Promise<string> {
  const { default: semver } = await import("semver");
  const versions = tags.flatMap((name) => {
    const prefix = name.startsWith("v") ? "v" : "";
    const version = semver.parse(name.slice(prefix.length));
    return version === null ? [] : [{ prefix, version }];
  });
  return versions.sort((a, b) => semver.rcompare(a.version, b.version))[0]?.prefix ?? "v";
}

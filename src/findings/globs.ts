/** Path globs as users write them in `codeflow.yml`, compiled once. */

export type PathMatcher = (path: string) => boolean;

/**
 * A pattern without `/` matches a file or folder of that name anywhere; one with `/` is anchored at the root. A folder
 * matches everything in it. `!pattern` takes paths out again; the last pattern that matches decides.
 */
export function createPathMatcher(_patterns: readonly string[]): PathMatcher {
  throw new Error("not built yet");
}

/** Rule patterns: `*` stands for any run of characters, `/` included. */
export function createRuleMatcher(_patterns: readonly string[]): (rule: string) => boolean {
  throw new Error("not built yet");
}

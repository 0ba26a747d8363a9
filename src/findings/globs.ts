/** Path globs as users write them in `codeflow.yml`, and rule patterns, compiled once. */
import picomatch from "picomatch";

export type PathMatcher = (path: string) => boolean;

/**
 * A pattern without `/` matches a file or folder of that name anywhere; one with `/` is anchored at the root. A folder
 * matches everything in it. `!pattern` takes paths out again; the last pattern that matches decides.
 */
export function createPathMatcher(patterns: readonly string[]): PathMatcher {
  const decide = createPathDecider(patterns);
  return (path) => decide(path) === true;
}

/** The same, telling apart a path that a `!pattern` takes out (false) and one that nothing speaks of (undefined). */
export function createPathDecider(patterns: readonly string[]): (path: string) => boolean | undefined {
  const compiled = patterns.map((written) => {
    const isNegated = written.startsWith("!");
    return { isNegated, matches: compile(isNegated ? written.slice(1) : written) };
  });
  return (path) => {
    for (let i = compiled.length - 1; i >= 0; i--) {
      const pattern = compiled[i];
      if (pattern?.matches(path)) return !pattern.isNegated;
    }
    return undefined;
  };
}

function compile(written: string): PathMatcher {
  const pattern = written.replace(/^\.\//, "");
  const body = pattern.replace(/^\//, "").replace(/\/+$/, "");
  if (body === "" || body === ".") return () => written !== "";
  const isAnchored = pattern.replace(/\/+$/, "").includes("/");
  const rooted = isAnchored ? body : `**/${body}`;
  const globs = pattern.endsWith("/") || body.endsWith("**") ? [`${rooted}/**/*`] : [rooted, `${rooted}/**/*`];
  if (body.endsWith("**")) globs.push(rooted);
  // `dot`: a repository's hidden folders (.github) are looked at like any other.
  return picomatch(globs, { dot: true, nonegate: true });
}

/** Rule patterns: `*` stands for any run of characters, `/` included. */
export function createRuleMatcher(patterns: readonly string[]): (rule: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes("*")));
  const wild = patterns.filter((pattern) => pattern.includes("*")).map(compileRule);
  if (wild.length === 0) return (rule) => exact.has(rule);
  return (rule) => exact.has(rule) || wild.some((expression) => expression.test(rule));
}

function compileRule(pattern: string): RegExp {
  return new RegExp(`^${pattern.split("*").map(escapeLiteral).join(".*")}$`, "s");
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

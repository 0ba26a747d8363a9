/** Branch, tag and path patterns as GitHub's workflows write them; not those of shells. Pure. */

export interface GlobFault {
  /** Of the list. */
  readonly index: number;
  readonly message: string;
}

/**
 * `*` is any run of characters but `/`, `**` of any; `?` and `+` repeat the character before them; `[a-z]` is one of
 * them; `\` takes a character's meaning away. Undefined for what cannot be read.
 */
function compileGlob(pattern: string): RegExp | undefined {
  let source = "";
  let at = 0;
  /** Nothing that `?` and `+` could repeat. */
  let isStart = true;
  while (at < pattern.length) {
    const character = pattern.charAt(at);
    const opensPart = at === 0 || pattern[at - 1] === "/";
    if (character === "*") {
      let stars = 1;
      while (pattern[at + stars] === "*") stars++;
      if (stars > 1 && opensPart && pattern[at + stars] === "/") {
        // `**/x` is x in every folder, the root among them.
        source += "(?:.*/)?";
        at += stars + 1;
      } else {
        source += stars > 1 ? ".*" : "[^/]*";
        at += stars;
      }
      isStart = true;
      continue;
    }
    if (character === "?" || character === "+") {
      if (isStart) return undefined;
      source += character;
      isStart = true;
    } else if (character === "[") {
      const close = pattern.indexOf("]", at + 1);
      const inside = pattern.slice(at + 1, close);
      if (close === -1 || !/^(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9._-])+$/.test(inside)) return undefined;
      if ([...inside.matchAll(/(.)-(.)/g)].some(([, from = "", to = ""]) => from > to)) return undefined;
      source += `[${inside.replaceAll(".", "\\.")}]`;
      at = close;
      isStart = false;
    } else if (character === "\\") {
      at++;
      if (at >= pattern.length) return undefined;
      source += escape(pattern.charAt(at));
      isStart = false;
    } else {
      source += escape(character);
      isStart = false;
    }
    at++;
  }
  return new RegExp(`^${source}$`, "s");
}

function escape(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\${character}` : character;
}

/** The last pattern that matches decides; `!` takes out what ones before it took in. */
export function matchGlobs(patterns: readonly string[], text: string): boolean {
  let matches = false;
  for (const pattern of patterns) {
    const isNegated = pattern.startsWith("!");
    if (isNegated === matches && compiled(isNegated ? pattern.slice(1) : pattern)?.test(text) === true) {
      matches = !isNegated;
    }
  }
  return matches;
}

const remembered = new Map<string, RegExp | undefined>();

function compiled(pattern: string): RegExp | undefined {
  if (!remembered.has(pattern)) {
    if (remembered.size > 10_000) remembered.clear();
    remembered.set(pattern, compileGlob(pattern));
  }
  return remembered.get(pattern);
}

/** What is wrong with a filter's list. */
export function judgeGlobs(patterns: readonly string[], isPaths: boolean): GlobFault[] {
  const faults = patterns.flatMap((pattern, index): GlobFault[] => {
    const body = pattern.startsWith("!") ? pattern.slice(1) : pattern;
    if (body === "") return [{ index, message: "the pattern is empty" }];
    if (isPaths && /^\.{0,2}\//.test(body)) {
      return [{ index, message: "paths are relative to the repository's root, without ./ or / before them" }];
    }
    if (!isPaths && body.startsWith("refs/"))
      return [{ index, message: "names are matched without refs/heads/ or refs/tags/" }];
    return compiled(body) === undefined
      ? [{ index, message: `the pattern ${JSON.stringify(pattern)} cannot be read` }]
      : [];
  });
  if (patterns.length > 0 && patterns.every((pattern) => pattern.startsWith("!"))) {
    faults.push({ index: 0, message: "there are only patterns that take out, so nothing can match" });
  }
  return faults;
}

/** The part of .gitattributes that says who looks after line endings. */
import ignore, { type Ignore } from "ignore";
import type { ConfigFile } from "../../model/analyzer.ts";

interface Line {
  readonly directory: string;
  readonly matcher: Ignore;
  readonly managed: boolean;
}

/**
 * True for paths whose line endings git converts (`text`, `text=auto`, `eol=`) or is told to leave alone (`-text`,
 * `binary`): neither is for us to complain about.
 */
export function readLineEndingAttributes(config: readonly ConfigFile[]): (path: string) => boolean {
  const lines: Line[] = [];
  // Deeper files win over shallower ones, later lines over earlier ones.
  const files = config
    .filter(({ path }) => path === ".gitattributes" || path.endsWith("/.gitattributes"))
    .sort((a, b) => a.path.split("/").length - b.path.split("/").length || (a.path < b.path ? -1 : 1));
  for (const { path, text } of files) {
    const directory = path.slice(0, -".gitattributes".length);
    for (const line of text.split("\n")) {
      const [pattern, ...attributes] = line.trim().split(/\s+/);
      if (pattern === undefined || pattern === "" || pattern.startsWith("#") || pattern.startsWith("[attr]")) continue;
      const last = attributes.findLast((name) =>
        /^(?:[-!]?text(?:=auto)?|binary|[-!]?crlf(?:=input)?|eol=\w+)$/.test(name),
      );
      if (last === undefined || pattern.startsWith("!")) continue;
      lines.push({ directory, matcher: ignore().add(pattern), managed: !last.startsWith("!") });
    }
  }
  return (path) => {
    const last = lines.findLast(
      ({ directory, matcher }) => path.startsWith(directory) && matcher.ignores(path.slice(directory.length)),
    );
    return last?.managed ?? false;
  };
}

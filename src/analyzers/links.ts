/** Links and images in Markdown that lead to files the repository does not have. */
import type { ConfigFile, FileEntry, ProjectAnalyzer } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import type { LinkFact } from "./links/extract.ts";

const maxBytes = 512 * 1024;

/** Addresses with these endings name files; others may be routes that a site generator makes. */
const fileEndings =
  /\.(?:md|markdown|png|jpe?g|gif|svg|webp|pdf|py|[cm]?[jt]sx?|json|ya?ml|toml|sh|txt|go|rs|java|kt|rb|c|h|cc|cpp|hpp|cs|php|swift|sql|proto|ipynb|csv|lock|cfg|ini)$/i;

export const links: ProjectAnalyzer<unknown, readonly LinkFact[]> = {
  kind: "project",
  id: "links",
  summary: "Markdown links and images that lead to files the repository does not have.",
  version: "3",
  profile: "smart",
  rules: [
    {
      id: "links/missing-file",
      summary: "A relative link leads to a file that does not exist.",
      category: "documentation",
      severity: "warning",
      recommended: true,
      rationale:
        "The file was moved, renamed or never added. Only addresses that name a file are looked at, not routes of a documentation site.",
    },
  ],
  configFiles: [".gitignore"],
  appliesTo: (file: FileEntry) =>
    file.mode.startsWith("100") &&
    /\.(?:md|markdown)$/i.test(file.path) &&
    // Navigation that docsify puts into every page: its links start at the site's root.
    !/(?:^|\/)_[^/]*$/.test(file.path) &&
    // History links to what once was; templates and test inputs to what will be elsewhere.
    !/(?:^|\/)(?:changelog|changes|history|releases?|news)[^/]*$/i.test(file.path) &&
    !/(?:^|\/)(?:fixtures?|testdata|test-data|tests?|testsuite|__tests__|templates?|changelogs?|archives?|[^/]*[-_]?(?:overrides|overlays?)|node_modules|vendor|third_party|versioned_docs|\.changeset)\//i.test(
      file.path,
    ),
  async load() {
    const { extractLinks } = await import("./links/extract.ts");
    return {
      extract(file) {
        if (file.bytes.length > maxBytes || file.text.includes("\0")) return undefined;
        const found = extractLinks(file).filter(({ target }) => isFileLink(target));
        return found.length === 0 ? undefined : found;
      },
    };
  },
  async combine({ facts, paths, config }) {
    const known = withFolders(paths);
    const isIgnored = await ignoredPaths(config);
    const byLowerCase = new Map([...paths].map((path) => [path.toLowerCase(), path]));
    const byName = Map.groupBy(paths, (path) => path.slice(path.lastIndexOf("/") + 1));
    const findings: RawFinding[] = [];
    for (const [path, list] of facts) {
      const told = new Set<string>();
      for (const link of list) {
        const target = resolve(path, link.target);
        // A table may repeat the same address in each row: one mistake.
        if (target !== undefined && told.has(target)) continue;
        if (target === undefined || known.has(target) || isBelowSubmodule(target, paths)) continue;
        // A page about a file, `routes.ts.md`, is served by the file's name.
        if (known.has(`${target}.md`) || known.has(`${target}.mdx`)) continue;
        // What git ignores is generated; a site generator may put folders together.
        if (isIgnored(target) || isElsewhere(link.target, known, byName)) continue;
        told.add(target);
        const otherCase = byLowerCase.get(target.toLowerCase());
        findings.push({
          rule: "links/missing-file",
          message:
            otherCase === undefined
              ? `There is no file \`${target}\`.`
              : `There is no file \`${target}\`; \`${otherCase}\` is spelled differently.`,
          location: {
            path,
            startLine: link.line,
            startColumn: link.column,
            endLine: link.line,
            endColumn: link.endColumn,
          },
          anchor: link.target,
        });
      }
    }
    return { findings };
  },
};

function isFileLink(target: string): boolean {
  if (/^(?:[a-z][a-z\d+.-]*:|\/|#|~|@|\\)/i.test(target)) return false;
  // Placeholders, and what a template engine fills in.
  if (/[{}<>$*|\\]|%7B|\.\.\.|^(?:path|url|link|file|image|your|example|foo|bar)(?:[-_/.]|$)/i.test(target))
    return false;
  if (/NNN|XXX|YYYY|%[A-Z_]{3,}%/i.test(target)) return false;
  // Pages of GitHub beside the one that shows the text, and what a site generator makes of each page.
  if (
    /^(?:\.\.\/)+(?:blob|tree|raw|wiki|issues|pull|releases|discussions)\/|\.html\.md(?:[?#]|$)|(?:^|\/)llms[\w-]*\.txt$/.test(
      target,
    )
  )
    return false;
  return fileEndings.test(target.replace(/[?#].*$/, ""));
}

/** Undefined when it lies outside the repository. */
function resolve(from: string, target: string): string | undefined {
  const bare = target.replace(/[?#].*$/, "");
  let decoded = bare;
  try {
    decoded = decodeURIComponent(bare);
  } catch {
    // A bare percent sign: the name is as it is written.
    decoded = bare;
  }
  const parts = from.split("/").slice(0, -1);
  for (const part of decoded.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

async function ignoredPaths(config: readonly ConfigFile[]): Promise<(path: string) => boolean> {
  const { default: ignore } = await import("ignore");
  const levels = config.map(({ path, text }) => ({
    prefix: path.slice(0, path.lastIndexOf("/") + 1),
    rules: ignore().add(text),
  }));
  return (path) =>
    levels.some(({ prefix, rules }) => path.startsWith(prefix) && rules.ignores(path.slice(prefix.length)));
}

/** Whether some other folder holds the address as it is written, `images/a.png` in `assets/images/a.png`. */
function isElsewhere(
  target: string,
  known: ReadonlySet<string>,
  byName: ReadonlyMap<string, readonly string[]>,
): boolean {
  const bare = target.replace(/[?#].*$/, "").replace(/^\.\//, "");
  if (bare.startsWith("../")) {
    // Hugo and others serve what lies in `static/` from the root, which the page's own address is below.
    const rest = bare.replace(/^(?:\.\.\/)+/, "");
    const file = rest.slice(rest.lastIndexOf("/") + 1);
    return (byName.get(file) ?? []).some(
      (path) => /(?:^|\/)(?:static|public)\/$/.test(path.slice(0, -rest.length)) && path.endsWith(rest),
    );
  }
  if (!bare.includes("/")) return false;
  if (known.has(bare)) return true;
  const name = bare.slice(bare.lastIndexOf("/") + 1);
  return (byName.get(name) ?? []).some((path) => path.endsWith(`/${bare}`));
}

function withFolders(paths: ReadonlySet<string>): Set<string> {
  const known = new Set(paths);
  for (const path of paths) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const folder = path.slice(0, at);
      if (known.has(folder)) break;
      known.add(folder);
    }
  }
  return known;
}

/** A submodule is one path of the tree; what lies in it is not known. */
function isBelowSubmodule(target: string, paths: ReadonlySet<string>): boolean {
  for (let at = target.lastIndexOf("/"); at > 0; at = target.lastIndexOf("/", at - 1)) {
    if (paths.has(target.slice(0, at))) return true;
  }
  return false;
}

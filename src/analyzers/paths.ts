/** Names rather than contents: what cannot be checked out elsewhere, and links that lead nowhere or out of the tree. */
import type { FileEntry, ProjectAnalyzer } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";

const rules: readonly RuleDefinition[] = [
  {
    id: "paths/case-clash",
    summary: "Two names differ only in upper and lower case or in how accents are encoded.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "macOS and Windows keep one of the two; the other shows as modified for ever, and a commit from there deletes or overwrites it.",
  },
  {
    id: "paths/not-portable",
    summary: "A name cannot exist on Windows.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale:
      "Git for Windows refuses the whole checkout when a name contains `<>:\"|?*\\` or a control character, ends in a dot or space, or is a device's (`aux`, `con`, `nul`, `prn`, `com1`…).",
  },
  {
    id: "paths/broken-symlink",
    summary: "A symbolic link leads to nothing in the repository, or to itself.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale:
      "Reading it fails in every fresh clone. Links into places that builds and installations fill (`node_modules`, `dist`, `build`, `target`, `vendor`) and links among test inputs are left alone.",
  },
  {
    id: "paths/escaping-symlink",
    summary: "A symbolic link leads out of the repository.",
    category: "security",
    severity: "error",
    recommended: true,
    rationale:
      "What it names depends on the machine, and tools that follow it read or write files there. `/dev/null` and links among test inputs are left alone.",
  },
  {
    id: "paths/unlisted-submodule",
    summary: "A submodule has no entry in .gitmodules.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "A clone does not know where to get it: `git submodule update` stops with `no submodule mapping found`, and its folder stays empty. Mostly a nested clone that was added by accident.",
    helpUrl: "https://git-scm.com/docs/gitmodules",
  },
  {
    id: "paths/stale-submodule",
    summary: "An entry in .gitmodules has no submodule.",
    category: "maintainability",
    severity: "info",
    // Sources unpacked from an archive have the list and not the submodules.
    recommended: false,
    rationale: "It was removed from the tree but not from the list.",
  },
];

/** `link`: where a symbolic link leads. `submodules`: the paths and lines that .gitmodules lists. */
type Facts =
  | { readonly link: string }
  | { readonly submodules: readonly { readonly path: string; readonly line: number }[] };

export const paths: ProjectAnalyzer<unknown, Facts> = {
  kind: "project",
  id: "paths",
  summary: "Names that clash or cannot be checked out everywhere, symbolic links and submodules that lead nowhere.",
  version: "2",
  profile: "fast",
  rules,
  seesVendored: true,
  seesLinks: true,
  appliesTo: (file: FileEntry) => file.mode === "120000" || file.path === ".gitmodules",
  load: async () => ({
    extract: (file) => {
      if (file.path === ".gitmodules") return { submodules: readSubmodules(file.text) };
      // The content of a symbolic link's blob is its target: git never follows it, nor do we.
      return { link: file.text };
    },
  }),
  combine: async ({ facts, paths: all, submodules = new Set() }) => {
    const [{ checkNames }, { checkLinks }] = await Promise.all([
      import("./paths/names.ts"),
      import("./paths/links.ts"),
    ]);
    const links = new Map<string, string>();
    for (const [path, fact] of facts) if ("link" in fact) links.set(path, fact.link);
    const modules = facts.get(".gitmodules");
    const listed = modules !== undefined && "submodules" in modules ? modules.submodules : [];
    return {
      findings: [
        ...checkNames(all),
        ...checkLinks(links, all),
        ...checkListed(listed, all),
        ...checkUnlisted(listed, submodules, all.has(".gitmodules")),
      ],
    };
  },
};

function readSubmodules(text: string): { path: string; line: number }[] {
  return text.split("\n").flatMap((line, index) => {
    const path = /^\s*path\s*=\s*"?([^"\r]*?)"?\s*$/.exec(line)?.[1];
    // Git compares without a slash at the end.
    const name = path?.replace(/\/+$/, "") ?? "";
    return name === "" ? [] : [{ path: name, line: index + 1 }];
  });
}

function checkUnlisted(
  listed: readonly { path: string }[],
  submodules: ReadonlySet<string>,
  hasList: boolean,
): RawFinding[] {
  const known = new Set(listed.map(({ path }) => path));
  const why = hasList ? "is not in .gitmodules" : "has no .gitmodules that says where it comes from";
  return [...submodules]
    .filter((path) => !known.has(path))
    .map((path) => ({
      rule: "paths/unlisted-submodule",
      message: `the submodule at ${JSON.stringify(path)} ${why}`,
      location: { path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
      anchor: path,
    }));
}

function checkListed(listed: readonly { path: string; line: number }[], all: ReadonlySet<string>): RawFinding[] {
  return listed
    .filter(({ path }) => !all.has(path))
    .map(({ path, line }) => ({
      rule: "paths/stale-submodule",
      message: `there is no submodule at ${JSON.stringify(path)}`,
      location: { path: ".gitmodules", startLine: line, startColumn: 1, endLine: line + 1, endColumn: 1 },
      anchor: path,
    }));
}

/** Exports of JavaScript and TypeScript that nobody uses, and imports of files that do not exist. */
import type { ProjectAnalyzer, ProjectResult, ProjectView } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { ModuleFacts } from "./exports/module-facts.ts";
import { isTestPath } from "./trees/languages.ts";

const script = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const markup = /\.(?:vue|svelte|astro|mdx|html)$/;
const config = /(?:^|\/)(?:package\.json|[tj]sconfig(?:\.[\w-]+)*\.json)$/;

/** More is a bundle. */
const maxCharacters = 1_500_000;

export const exports: ProjectAnalyzer<Record<string, never>, ModuleFacts> = {
  kind: "project",
  id: "exports",
  summary:
    "Finds exports of JavaScript and TypeScript that nothing uses, and relative imports of files that do not exist.",
  version: "3+oxc-0.159.0",
  profile: "smart",
  rules: [
    {
      id: "exports/dead-export",
      summary: "The export is used nowhere: not in another file, not in its own.",
      category: "maintainability",
      severity: "warning",
      recommended: true,
      rationale:
        "Dead code is read, tested and kept working for nothing. Remove it. Entry points of packages, files that a framework loads by their place, and whatever cannot be followed count as used.",
    },
    {
      id: "exports/dead-type",
      summary: "The exported type is used nowhere: not in another file, not in its own.",
      category: "maintainability",
      severity: "info",
      // It costs its readers, not its users; and users of a package are seen by nobody.
      recommended: false,
      rationale: "A type that nothing refers to can go. Often it is there for those who use the package.",
    },
    {
      id: "exports/unresolved-import",
      summary: "The imported file does not exist.",
      category: "correctness",
      severity: "error",
      recommended: true,
      rationale: "The module cannot be loaded. Files that .gitignore names are taken to be generated.",
    },
  ],
  configFiles: [".gitignore"],
  appliesTo: ({ path }) => script.test(path) || markup.test(path) || config.test(path),
  async load() {
    const [{ parseSync }, { readMarkup, readScript }] = await Promise.all([
      import("oxc-parser"),
      import("./exports/module-facts.ts"),
    ]);
    return {
      extract(source: SourceFile): ModuleFacts | undefined {
        if (source.text.length > maxCharacters || /\.min\.[cm]?js$/.test(source.path)) return undefined;
        if (config.test(source.path)) return { config: source.text };
        return markup.test(source.path) ? readMarkup(source) : readScript(source, parseSync);
      },
    };
  },
  combine,
};

async function combine(project: ProjectView<Record<string, never>, ModuleFacts>): Promise<ProjectResult> {
  const [{ createResolver, parseConfig }, { findDeadExports }] = await Promise.all([
    import("./exports/resolution.ts"),
    import("./exports/dead-exports.ts"),
  ]);
  const packages = new Map<string, Record<string, unknown>>();
  const tsconfigs = new Map<string, string>();
  for (const [path, { config: text }] of project.facts) {
    if (text === undefined) continue;
    if (path.endsWith("package.json")) {
      const json = parseConfig(text);
      if (json !== undefined) packages.set(path.slice(0, Math.max(0, path.lastIndexOf("/"))), json);
    } else tsconfigs.set(path, text);
  }
  const resolver = createResolver({ paths: project.paths, packages }, tsconfigs);
  const findings: RawFinding[] = [];
  const asked = (["exports/dead-export", "exports/dead-type"] as const).filter((rule) => project.isRuleOn(rule));
  if (asked.length > 0 && !importsByItself(packages)) {
    for (const { path, fact } of findDeadExports(project.facts, resolver, packages)) {
      const rule = fact.isType ? "exports/dead-type" : "exports/dead-export";
      if (!asked.includes(rule)) continue;
      findings.push({
        rule,
        message: `The ${fact.isType ? "type" : "export"} \`${fact.name}\` is used nowhere`,
        location: {
          path,
          startLine: fact.line,
          startColumn: fact.column,
          endLine: fact.line,
          endColumn: fact.endColumn,
        },
        anchor: fact.name,
      });
    }
  }
  if (project.isRuleOn("exports/unresolved-import")) findings.push(...(await findUnresolved(project, resolver)));
  return { findings };
}

/** Tools that make exports known without an import: nothing can be said. */
function importsByItself(packages: ReadonlyMap<string, Record<string, unknown>>): boolean {
  const tools = ["nuxt", "unplugin-auto-import", "unplugin-vue-components", "umi", "@umijs/max"];
  return [...packages.values()].some((json) =>
    ["dependencies", "devDependencies"].some((key) => {
      const list = json[key];
      return typeof list === "object" && list !== null && tools.some((tool) => tool in list);
    }),
  );
}

/** Made by a build, a code generator or a framework, as far as names tell. */
const madeElsewhere =
  /generated|(?:^|\/)(?:dist|build|out|output|lib|gen|target|coverage|\.\w[^/]*|__generated__|pkg|wasm|prisma|client|artifacts|i18n|paraglide)(?:\/|$)|\$|\.wasm$|_pb|\.pb|\.node$|\*|\/\+|version(?:\.[jt]s)?$/i;
const sampleFolder =
  /(?:^|\/)(?:fixtures?|__fixtures__|templates?|[^/]*template[^/]*|examples?|samples?|docs?|playgrounds?|snippets?|codefixes)\//i;

async function findUnresolved(
  project: ProjectView<Record<string, never>, ModuleFacts>,
  resolver: import("./exports/resolution.ts").Resolver,
): Promise<RawFinding[]> {
  const [{ join }, { default: createIgnore }] = await Promise.all([
    import("./exports/resolution.ts"),
    import("ignore"),
  ]);
  const ignores = project.config.map(({ path, text }) => ({
    directory: path.slice(0, Math.max(0, path.lastIndexOf("/"))),
    rules: createIgnore().add(text),
  }));
  const directories = new Set<string>();
  for (const path of project.paths) directories.add(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  const findings: RawFinding[] = [];
  for (const [path, { imports = [] }] of project.facts) {
    if (isTestPath(path) || sampleFolder.test(path) || path.endsWith(".d.ts")) continue;
    for (const { from, line, column, endColumn, isStatic } of imports) {
      if (!isStatic || !/^\.{1,2}\//.test(from) || /[!?]/.test(from) || madeElsewhere.test(from)) continue;
      if (resolver.resolveRelative(path, from) !== undefined) continue;
      const target = join(path.slice(0, Math.max(0, path.lastIndexOf("/"))), from);
      const parent = target.slice(0, Math.max(0, target.lastIndexOf("/")));
      // A folder without any file of the repository is made by something else, or lies outside.
      if (target.startsWith("../") || !directories.has(parent) || isIgnored(target)) continue;
      findings.push({
        rule: "exports/unresolved-import",
        message: `There is no file \`${from}\``,
        location: { path, startLine: line, startColumn: column, endLine: line, endColumn },
        anchor: from,
      });
    }
  }
  return findings;

  function isIgnored(target: string): boolean {
    return ignores.some(({ directory, rules }) => {
      if (directory !== "" && !target.startsWith(`${directory}/`)) return false;
      const relative = directory === "" ? target : target.slice(directory.length + 1);
      const bare = [relative, relative.replace(/\.[^./]+$/, "")];
      const candidates = bare.flatMap((name) =>
        ["ts", "tsx", "d.ts", "js", "mjs", "json"].map((end) => `${name}.${end}`),
      );
      return [relative, `${relative}/`, ...candidates].some((candidate) => rules.ignores(candidate));
    });
  }
}

/** What the paths and lines of a change say about it: areas, tests, signs that it breaks users. Pure; each with its fact. */
import type { ChangedFile } from "../../model/change.ts";

export type FileRole = "source" | "test" | "docs" | "ci" | "dependencies" | "config" | "other";

const roles: readonly (readonly [FileRole, RegExp])[] = [
  [
    "ci",
    /^\.github\/(?:workflows|actions)\/|^\.gitlab-ci\.ya?ml$|^\.circleci\/|^azure-pipelines\.ya?ml$|(?:^|\/)Jenkinsfile$/,
  ],
  [
    "dependencies",
    /(?:^|\/)(?:package\.json|package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|requirements[^/]*\.(?:txt|in)|pyproject\.toml|poetry\.lock|uv\.lock|Pipfile(?:\.lock)?|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|composer\.(?:json|lock)|pom\.xml|build\.gradle(?:\.kts)?|[^/]+\.(?:cs|fs|vb)proj|Directory\.Packages\.props|libs\.versions\.toml)$|(?:^|\/)requirements\/[^/]+\.(?:txt|in)$/,
  ],
  [
    "test",
    /(?:^|\/)(?:tests?|__tests__|specs?|e2e|cypress|testdata|fixtures|__snapshots__|__mocks__)\/|(?:^|\/)(?:test_[^/]+|conftest)\.py$|[._-](?:test|spec|e2e|cy)\.[^/]+$|_test\.(?:go|py|rb|dart)$|(?:Test|Tests|Spec|IT)\.(?:java|kt|cs|swift|php|scala)$/,
  ],
  ["docs", /\.(?:md|mdx|rst|adoc|txt)$|(?:^|\/)docs?\//i],
  [
    "source",
    /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|go|rs|java|kt|kts|cs|swift|php|rb|scala|c|cc|cpp|h|hpp|m|dart|ex|exs|sql|sh|proto|graphql)$/,
  ],
  [
    "config",
    /(?:^|\/)\.[^/]+$|\.(?:json|ya?ml|toml|ini|cfg|conf|env|properties)$|(?:^|\/)(?:Dockerfile[^/]*|Makefile)$/,
  ],
];

export function roleOf(path: string): FileRole {
  return roles.find(([, pattern]) => pattern.test(path))?.[0] ?? "other";
}

/** What a line of a manifest that names a dependency looks like; of files not named here every line is about them. */
const dependencyLines: readonly (readonly [RegExp, RegExp])[] = [
  [
    /(?:^|\/)(?:package|composer)\.json$/,
    /^\s*"(?!(?:version|node|npm|yarn|pnpm|bun|vscode|php|packageManager)")[^"]+"\s*:\s*"(?:[\^~<>=v]*\s*\d|\*"|(?:latest|next)"|(?:workspace|npm|file|link|catalog|github|git|https?)[:+])/,
  ],
  [
    /\.toml$/,
    /^\s*["'][A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*(?:[=<>!~]=?|@|;|["'])|^\s*(?![\w.-]*version\b|python\b|edition\b)["']?[\w.-]+["']?\s*=\s*(?:["'][\^~<>=*]*\s*\d|\{)/,
  ],
  [/(?:^|\/)pom\.xml$/, /<(?:groupId|artifactId|version|dependency|[\w.-]*version)>/],
  [
    /\.gradle(?:\.kts)?$/,
    /\b(?:implementation|api|classpath|compileOnly|runtimeOnly|kapt|ksp|id|alias)\b|["'][\w.-]+:[\w.-]+:/i,
  ],
  [/proj$/, /<(?:PackageReference|PackageVersion|ProjectReference|TargetFramework)/],
];

/** A manifest says more than dependencies: a script or a setting that changes there is none of them. */
export function changesDependencies(file: ChangedFile): boolean {
  if (roleOf(file.path) !== "dependencies") return false;
  const line = dependencyLines.find(([name]) => name.test(file.path))?.[1];
  const lines = [...linesOf(file, "+"), ...linesOf(file, "-")];
  return line === undefined || lines.length === 0 || file.status === "added" || lines.some((text) => line.test(text));
}

/** The package of a monorepo, else the first folder; `.` is the root. */
export function areaOf(path: string): string {
  const parts = path.split("/");
  if (parts.length === 1) return ".";
  const isHolder = /^(?:packages|apps|services|libs|modules|crates|plugins|projects|cmd|internal|src|lib)$/.test(
    parts[0] ?? "",
  );
  return isHolder && parts.length > 2 ? parts.slice(0, 2).join("/") : (parts[0] ?? ".");
}

/** Source files with enough new lines of which no changed test speaks. */
export function untestedFiles(files: readonly ChangedFile[], minLines: number): readonly ChangedFile[] {
  const tests = files.filter(({ path, status }) => roleOf(path) === "test" && status !== "removed");
  const stems = new Set(tests.map(({ path }) => stemOf(path)));
  const areas = new Set(tests.map(({ path }) => areaOf(path)));
  // A folder of tests at the root speaks of all sources: which of them, its names need not say.
  if (tests.some(({ path }) => /^(?:tests?|specs?|__tests__|e2e)\//.test(path))) return [];
  return files.filter(
    ({ path, status, additions }) =>
      roleOf(path) === "source" &&
      !beside.test(path) &&
      /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rs|java|kt|cs|swift|php|rb|scala|dart|ex)$/.test(path) &&
      !/\.d\.[cm]?ts$|(?:^|\/)(?:index|main|setup)\.[^/]+$|\.config\.[^/]+$/.test(path) &&
      status !== "removed" &&
      additions >= minLines &&
      !stems.has(stemOf(path)) &&
      !areas.has(areaOf(path)),
  );
}

/** What nobody else's code is built on. */
const beside = /(?:^|\/)(?:scripts?|examples?|samples?|demos?|benchmarks?|bench|playgrounds?|tools|internal|stories)\//;

function stemOf(path: string): string {
  const name = path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.[^/]*$/, "")
    .toLowerCase();
  return name.replace(/^test_|[._-]?(?:tests?|spec|e2e|cy|it)$/g, "");
}

export interface Sign {
  readonly what: string;
  readonly path: string;
  /** The line that says so; empty for a whole file. */
  readonly fact: string;
}

/** Names that other code may use, by the line that declares them. */
const exported: readonly (readonly [RegExp, RegExp])[] = [
  [
    /\.[cm]?[jt]sx?$/,
    /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|let|var|interface|type|enum)\s+([A-Za-z_$][\w$]*)/,
  ],
  [/\.py$/, /^(?:async\s+)?(?:def|class)\s+([A-Za-z]\w*)/],
  [/\.go$/, /^(?:func\s+(?:\([^)]*\)\s*)?|type\s+)([A-Z]\w*)/],
  [/\.rs$/, /^\s*pub\s+(?:async\s+)?(?:unsafe\s+)?(?:fn|struct|enum|trait|type|const|static)\s+(\w+)/],
  [/\.proto$/, /^\s*(?:rpc|message|service|enum)\s+(\w+)/],
  [/\.graphql$/, /^(?:type|input|enum|interface|scalar)\s+(\w+)/],
];

/** Signs that a change breaks those who use the code: declared names that are gone, dropped tables, raised engines. */
export function breakingSigns(files: readonly ChangedFile[]): readonly Sign[] {
  const added = new Set(files.flatMap((file) => declared(file, "+").map(({ name }) => name)));
  const signs: Sign[] = [];
  for (const file of files) {
    const role = roleOf(file.path);
    const { path } = file;
    if (role === "test" || role === "docs" || role === "ci" || beside.test(path)) continue;
    const gone = new Map(declared(file, "-").map(({ name, line }) => [name, line]));
    for (const [name, fact] of gone) {
      if (!added.has(name)) signs.push({ what: `${name} is declared no more`, path, fact });
    }
    for (const line of linesOf(file, "+")) {
      if (!/(?:^|\/)migrations?\/|\.sql$/i.test(path)) break;
      const [statement] =
        /\b(?:DROP\s+(?:TABLE|COLUMN|VIEW|TYPE)|RENAME\s+(?:COLUMN|TO)|drop_table|remove_column|RemoveField|DeleteModel)\b/i.exec(
          line,
        ) ?? [];
      if (statement !== undefined) signs.push({ what: `a migration has ${statement}`, path, fact: line.trim() });
    }
    if (/(?:^|\/)package\.json$/.test(path)) {
      for (const line of linesOf(file, "-")) {
        const [, key] = /^\s*"(engines|exports|bin|main|types|node)"\s*:/.exec(line) ?? [];
        if (key !== undefined) signs.push({ what: `${key} of the package changes`, path, fact: line.trim() });
      }
    }
  }
  return signs;
}

function declared(file: ChangedFile, sign: "+" | "-"): { readonly name: string; readonly line: string }[] {
  const pattern = exported.find(([extension]) => extension.test(file.path))?.[1];
  if (pattern === undefined || roleOf(file.path) === "test") return [];
  // Modules that begin with an underscore are Python's private ones.
  if (/(?:^|\/)_(?!_init__\.py$)[^/]*\.py$|(?:^|\/)_[^/_][^/]*\/.*\.py$/.test(file.path)) return [];
  return linesOf(file, sign).flatMap((line) => {
    const name = pattern.exec(line)?.[1];
    return name === undefined ? [] : [{ name, line: line.trim() }];
  });
}

export function linesOf(file: ChangedFile, sign: "+" | "-"): readonly string[] {
  return (file.hunks ?? []).flatMap(({ lines }) =>
    lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1)),
  );
}

/** Paths where a mistake costs more than elsewhere. */
export const sensitivePaths: readonly (readonly [string, RegExp])[] = [
  [
    "who may do what",
    /(?:^|[/_.-])(?:auth|authn|authz|oauth2?|login|session|permissions?|acl|rbac|jwt|sso|saml)(?:[/_.-]|$)/i,
  ],
  [
    "secrets and cryptography",
    /(?:^|[/_.-])(?:crypto|cipher|encrypt(?:ion)?|secrets?|vault|keys?tore|signing)(?:[/_.-]|$)/i,
  ],
  ["money", /(?:^|[/_.-])(?:payments?|billing|checkout|invoices?|stripe|subscriptions?)(?:[/_.-]|$)/i],
  ["stored data", /(?:^|\/)migrations?\/|(?:^|\/)schema\.(?:sql|prisma|rb)$/i],
  [
    "how it is built and deployed",
    /^\.github\/(?:workflows|actions)\/|(?:^|\/)(?:Dockerfile[^/]*|docker-compose[^/]*|[^/]+\.tf|Chart\.yaml)$|(?:^|\/)(?:k8s|helm|terraform|deploy)\//i,
  ],
];

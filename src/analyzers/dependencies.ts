/** Manifests against their lockfiles: what the one asks for and the other does not give. */
import type { ProjectAnalyzer } from "../model/analyzer.ts";
import { SkipFile } from "../model/failure.ts";
import type { RuleDefinition } from "../model/rule.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { DependencyFacts } from "./dependencies/facts.ts";
import { isTestInput } from "./paths/role.ts";

const rules: readonly RuleDefinition[] = [
  {
    id: "dependencies/lockfile-drift",
    summary: "A manifest asks for something that its lockfile does not give.",
    category: "dependency",
    severity: "error",
    recommended: true,
    rationale:
      "A frozen install (`npm ci`, `pnpm install --frozen-lockfile`, `yarn install --immutable`, `poetry install`, `uv sync --locked`, `cargo build --locked`, `go build`, `bundle install --deployment`, `composer install`) fails or warns. Run the manager's own install once and commit the lockfile. Overrides, workspace members and requirements that are not version ranges are left alone.",
  },
  {
    id: "dependencies/several-lockfiles",
    summary: "One directory has lockfiles of several package managers.",
    category: "dependency",
    severity: "warning",
    recommended: true,
    rationale: "Each manager updates its own, so they drift apart, and what is installed depends on who installs.",
  },
  {
    id: "dependencies/missing-lockfile",
    summary: "A manifest has no lockfile, though those beside it have.",
    category: "dependency",
    severity: "warning",
    recommended: true,
    rationale:
      "Reported only where at least two sibling directories of the same kind commit their lockfiles and no workspace above covers this one.",
  },
  {
    id: "dependencies/duplicated-versions",
    summary: "A lockfile holds several major versions of the same packages.",
    category: "dependency",
    severity: "info",
    recommended: false,
    rationale: "Each is installed, and in a browser bundle shipped. One finding a lockfile names them.",
  },
];

/** What reads a file, by its name. Each imports its parser when it is first needed. */
const readers: Readonly<Record<string, (file: SourceFile) => Promise<DependencyFacts | undefined>>> = {
  "package.json": async (file) => (await import("./dependencies/npm.ts")).readPackageJson(file),
  "package-lock.json": async (file) => (await import("./dependencies/npm.ts")).readPackageLock(file),
  "npm-shrinkwrap.json": async (file) => (await import("./dependencies/npm.ts")).readPackageLock(file),
  "pnpm-lock.yaml": async (file) => (await import("./dependencies/npm.ts")).readPnpmLock(file),
  "yarn.lock": async (file) => (await import("./dependencies/npm.ts")).readYarnLock(file),
  "pyproject.toml": async (file) => (await import("./dependencies/python.ts")).readPyproject(file),
  "poetry.lock": async (file) => (await import("./dependencies/python.ts")).readPythonLock(file, "poetry"),
  "uv.lock": async (file) => (await import("./dependencies/python.ts")).readPythonLock(file, "uv"),
  "Cargo.toml": async (file) => (await import("./dependencies/cargo.ts")).readCargoToml(file),
  "Cargo.lock": async (file) => (await import("./dependencies/cargo.ts")).readCargoLock(file),
  "go.mod": async (file) => (await import("./dependencies/go.ts")).readGoMod(file),
  "go.sum": async (file) => (await import("./dependencies/go.ts")).readGoSum(file),
  Gemfile: async (file) => (await import("./dependencies/ruby.ts")).readGemfile(file),
  "Gemfile.lock": async (file) => (await import("./dependencies/ruby.ts")).readGemfileLock(file),
  "composer.json": async (file) => (await import("./dependencies/php.ts")).readComposerJson(file),
  "composer.lock": async (file) => (await import("./dependencies/php.ts")).readComposerLock(file),
};

export function isDependencyFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return Object.hasOwn(readers, name) && !isTestInput(path) && !/(?:^|\/)(?:node_modules|vendor)\//.test(path);
}

export async function readDependencyFile(file: SourceFile): Promise<DependencyFacts | undefined> {
  const reader = readers[file.path.slice(file.path.lastIndexOf("/") + 1)];
  try {
    return await reader?.(file);
  } catch (error) {
    // Broken syntax is the syntax analyzer's to report; parsers that recurse overflow the stack on hostile depth.
    if (error instanceof SyntaxError || error instanceof RangeError || (error as Error).name === "TomlError") {
      throw new SkipFile("does not parse");
    }
    // Smol-toml's error class is only loaded with its parser.
    if (error instanceof Error && error.message.startsWith("Invalid TOML document"))
      throw new SkipFile("does not parse");
    throw error;
  }
}

export const dependencies: ProjectAnalyzer<unknown, DependencyFacts> = {
  kind: "project",
  id: "dependencies",
  summary: "Lockfiles that do not give what their manifests ask for, side by side lockfiles, duplicated versions.",
  version: "1+semver-7.8.6",
  profile: "smart",
  rules,
  appliesTo: ({ path, mode }) => mode.startsWith("100") && isDependencyFile(path),
  load: async () => ({ extract: readDependencyFile }),
  combine: async (view) => {
    const { compareAll } = await import("./dependencies/compare.ts");
    return compareAll(view.facts, view.paths);
  },
};

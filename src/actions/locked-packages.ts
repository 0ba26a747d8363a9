/** The exact versions that a repository installs, from its lockfiles: what audits and version reports are about. */
import { isDependencyFile, readDependencyFile } from "../analyzers/dependencies.ts";
import type { DependencyFacts } from "../analyzers/dependencies/facts.ts";
import { type Repository, StepFailed } from "../model/action.ts";
import { SkipFile } from "../model/failure.ts";
import { SourceFile } from "../model/source-file.ts";

/** Names of ecosystems as OSV writes them: https://ossf.github.io/osv-schema/#affectedpackage-field */
export const osvEcosystems = {
  npm: "npm",
  python: "PyPI",
  cargo: "crates.io",
  go: "Go",
  ruby: "RubyGems",
  php: "Packagist",
} as const;
export type OsvEcosystem = (typeof osvEcosystems)[keyof typeof osvEcosystems];

export interface LockedVersion {
  readonly ecosystem: OsvEcosystem;
  readonly name: string;
  readonly version: string;
  /** The lockfile. */
  readonly path: string;
}

export interface LockedProject {
  readonly packages: readonly LockedVersion[];
  readonly lockfiles: readonly string[];
  /** Manifests that no lockfile stands beside or above: what they install is not known. */
  readonly unlocked: readonly string[];
  /** What manifests and lockfiles say, by path. */
  readonly facts: ReadonlyMap<string, DependencyFacts>;
}

/** `requirements.txt` whose versions are pinned is a lockfile in all but name. */
const pins = /(?:^|\/)(?:requirements[\w.-]*|constraints)\.txt$/;

export async function readLockedPackages(repo: Repository, isMeant: (path: string) => boolean): Promise<LockedProject> {
  const facts = new Map<string, DependencyFacts>();
  const packages: LockedVersion[] = [];
  const lockfiles: string[] = [];
  const unlocked: string[] = [];
  for (const { path, mode } of await repo.files()) {
    if (!mode.startsWith("100") || !isMeant(path) || !(isDependencyFile(path) || pins.test(path))) continue;
    const bytes = await repo.read(path);
    if (bytes === undefined) continue;
    if (pins.test(path)) {
      const pinned = readPins(Buffer.from(bytes).toString("utf8"));
      for (const { name, version } of pinned) packages.push({ ecosystem: "PyPI", name, version, path });
      if (pinned.length > 0) lockfiles.push(path);
      continue;
    }
    try {
      const fact = await readDependencyFile(new SourceFile(path, bytes));
      if (fact !== undefined) facts.set(path, fact);
    } catch (error) {
      if (!(error instanceof SkipFile)) throw error;
      throw new StepFailed(`${path} cannot be read: ${error.message}; what it installs is not known`);
    }
  }
  for (const [path, fact] of facts) {
    // Since Go 1.17 go.mod names all that is built; go.sum also holds what was only looked at.
    const isGoMod = fact.kind === "manifest" && fact.ecosystem === "go";
    if (fact.kind === "lockfile" && fact.ecosystem === "go" && facts.has(path.replace(/go\.sum$/, "go.mod"))) continue;
    const list = isGoMod
      ? fact.requirements.map(({ name, range }) => ({ name, version: range }))
      : fact.kind === "lockfile"
        ? fact.packages
        : undefined;
    if (list === undefined) {
      if (fact.kind === "manifest" && fact.requirements.length > 0 && !hasLockfile(path, fact.ecosystem, facts))
        unlocked.push(path);
      continue;
    }
    lockfiles.push(path);
    for (const { name, version } of list) {
      if (version !== "") packages.push({ ecosystem: osvEcosystems[fact.ecosystem], name, version, path });
    }
  }
  const seen = new Set<string>();
  const unique = packages.filter(({ ecosystem, name, version, path }) => {
    const key = `${ecosystem} ${name} ${version} ${path}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
  return { packages: unique, lockfiles: lockfiles.sort(), unlocked: unlocked.sort(), facts };
}

/** A workspace's lockfile stands at its root. */
function hasLockfile(path: string, ecosystem: string, facts: ReadonlyMap<string, DependencyFacts>): boolean {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return [...facts].some(([other, fact]) => {
    const above = other.slice(0, other.lastIndexOf("/") + 1);
    return fact.kind === "lockfile" && fact.ecosystem === ecosystem && folder.startsWith(above);
  });
}

function readPins(text: string): { name: string; version: string }[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, name, version] =
      /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([\w.!+-]+)\s*(?:[;#\\].*|--hash.*)?$/.exec(line) ?? [];
    return name === undefined || version === undefined ? [] : [{ name, version }];
  });
}

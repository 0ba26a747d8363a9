/** Brings every manifest together with the lockfile that covers it, and counts what is locked. */
import picomatch from "picomatch";
import type { ProjectResult } from "../../model/analyzer.ts";
import type { RawFinding } from "../../model/finding.ts";
import type { DependencyFacts, Drift, LockedPackage, Lockfile, LockManager, Manifest, Neighbourhood } from "./facts.ts";
import { topOfFile } from "./positions.ts";

interface At<Facts> {
  readonly path: string;
  readonly directory: string;
  readonly facts: Facts;
}

export async function compareAll(
  facts: ReadonlyMap<string, DependencyFacts>,
  paths: ReadonlySet<string>,
): Promise<ProjectResult> {
  const manifests: At<Manifest>[] = [];
  const locks: At<Lockfile>[] = [];
  for (const [path, one] of facts) {
    const directory = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    if (one.kind === "manifest") manifests.push({ path, directory, facts: one });
    else locks.push({ path, directory, facts: one });
  }
  const several = severalLockfiles(manifests, paths);
  const disputed = new Set(several.map(({ location }) => directoryOf(location.path)));
  const findings: RawFinding[] = [...several];
  for (const manifest of manifests) {
    const lock = lockOf(manifest, locks, manifests);
    // With lockfiles of several managers nobody knows which one counts.
    if (lock === undefined || disputed.has(lock.directory)) continue;
    const near = neighbourhood(manifest, lock, manifests);
    findings.push(...describe(manifest, lock, await drifts(manifest.facts, lock.facts, near)));
  }
  findings.push(...missingLockfiles(manifests, locks), ...locks.flatMap((lock) => duplicated(lock)));
  const locked = new Set(
    locks.flatMap(({ facts: { ecosystem, packages } }) =>
      packages.map((one) => `${ecosystem} ${one.name}@${one.version}`),
    ),
  );
  const direct = new Set(
    manifests.flatMap(({ facts: { ecosystem, requirements } }) =>
      requirements.map(({ name }) => `${ecosystem} ${name}`),
    ),
  );
  return {
    findings,
    metrics: {
      "dependencies.count": locked.size,
      "dependencies.direct": direct.size,
      "dependencies.duplicated": locks.reduce((sum, { facts: lock }) => sum + severalMajors(lock).length, 0),
    },
  };
}

function directoryOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** The lockfile beside it, or that of a workspace above which counts it as a member. */
function lockOf(
  manifest: At<Manifest>,
  locks: readonly At<Lockfile>[],
  manifests: readonly At<Manifest>[],
): At<Lockfile> | undefined {
  const candidates = locks
    .filter(
      ({ directory, facts }) => facts.ecosystem === manifest.facts.ecosystem && isInside(manifest.directory, directory),
    )
    .sort((a, b) => b.directory.length - a.directory.length || rank(a) - rank(b));
  const [nearest] = candidates;
  if (nearest === undefined || nearest.directory === manifest.directory) return nearest;
  const importer = relative(manifest.directory, nearest.directory);
  const { manager, importers } = nearest.facts;
  if (manager === "npm" || manager === "pnpm" || manager === "uv") {
    return importers !== undefined && Object.hasOwn(importers, importer) ? nearest : undefined;
  }
  if (manager !== "yarn" && manager !== "yarn-berry" && manager !== "cargo") return undefined;
  const root = manifests.find(
    ({ directory, facts }) => directory === nearest.directory && facts.ecosystem === manifest.facts.ecosystem,
  );
  const globs = root?.facts.members ?? [];
  const isMember = globs.some((glob) => picomatch.isMatch(importer, glob.replace(/^\.\//, "").replace(/\/$/, "")));
  // Cargo counts path dependencies as members without naming them; its comparison looks for the package itself.
  return isMember || (manager === "cargo" && root?.facts.isWorkspace === true) ? nearest : undefined;
}

/** Sources that say more come first: of poetry and uv beside each other both are compared by nobody. */
function rank({ path }: At<Lockfile>): number {
  return path.endsWith("npm-shrinkwrap.json") ? 0 : 1;
}

function isInside(directory: string, ancestor: string): boolean {
  return ancestor === "" || directory === ancestor || directory.startsWith(`${ancestor}/`);
}

function relative(directory: string, ancestor: string): string {
  if (directory === ancestor) return ".";
  return ancestor === "" ? directory : directory.slice(ancestor.length + 1);
}

function neighbourhood(manifest: At<Manifest>, lock: At<Lockfile>, manifests: readonly At<Manifest>[]): Neighbourhood {
  const same = manifests.filter(
    ({ directory, facts }) => facts.ecosystem === manifest.facts.ecosystem && isInside(directory, lock.directory),
  );
  return {
    importer: relative(manifest.directory, lock.directory),
    root: same.find(({ directory }) => directory === lock.directory)?.facts,
    memberNames: new Set(same.flatMap(({ facts }) => facts.name ?? [])),
  };
}

async function drifts(manifest: Manifest, lock: Lockfile, near: Neighbourhood): Promise<readonly Drift[]> {
  switch (lock.manager) {
    case "npm":
      return (await import("./npm.ts")).compareWithNpm(manifest, lock, near);
    case "pnpm":
      return (await import("./npm.ts")).compareWithPnpm(manifest, lock, near);
    case "yarn":
    case "yarn-berry":
      return (await import("./npm.ts")).compareWithYarn(manifest, lock, near);
    case "poetry":
      return (await import("./python.ts")).compareWithPoetry(manifest, lock);
    case "uv":
      return (await import("./python.ts")).compareWithUv(manifest, lock, near);
    case "cargo":
      return (await import("./cargo.ts")).compareWithCargo(manifest, lock, near);
    case "go":
      return (await import("./go.ts")).compareWithGo(manifest, lock);
    case "bundler":
      return (await import("./ruby.ts")).compareWithBundler(manifest, lock);
    case "composer":
      return (await import("./php.ts")).compareWithComposer(manifest, lock);
    default:
      return [];
  }
}

/** More than these in one manifest are one omission: the lockfile was not written again. */
const separateUpTo = 5;

function describe(manifest: At<Manifest>, lock: At<Lockfile>, found: readonly Drift[]): RawFinding[] {
  const lockName = lock.directory === manifest.directory ? lock.path.slice(lock.path.lastIndexOf("/") + 1) : lock.path;
  const related = [{ location: { path: lock.path, ...topOfFile }, message: "the lockfile" }];
  const rule = "dependencies/lockfile-drift";
  const [first] = found;
  if (first === undefined) return [];
  if (found.length > separateUpTo) {
    const names = found.map(({ requirement }) => requirement?.name ?? "").filter((name) => name !== "");
    return [
      {
        rule,
        message: `${names.slice(0, 3).join(", ")} and ${names.length - 3} more requirements are not met by ${lockName}: it was not written again`,
        location: { path: manifest.path, ...(first.requirement?.at ?? topOfFile) },
        anchor: "lockfile",
        data: { requirements: found.length },
        related,
      },
    ];
  }
  return found.map(({ requirement, message }) => ({
    rule,
    message:
      requirement === undefined
        ? `${lockName}: ${message}`
        : `${[requirement.name, requirement.range].filter((part) => part !== "" && part !== "workspace").join(" ")} ${message.replace("the lockfile", lockName)}${message.includes("lockfile") || message.includes("go.sum") ? "" : ` in ${lockName}`}`,
    location: { path: manifest.path, ...(requirement?.at ?? topOfFile) },
    anchor: requirement === undefined ? "content-hash" : `${requirement.group} ${requirement.name}`,
    related,
  }));
}

const lockNames: Readonly<Record<string, readonly [ecosystem: string, manager: LockManager]>> = {
  "package-lock.json": ["npm", "npm"],
  "npm-shrinkwrap.json": ["npm", "npm"],
  "pnpm-lock.yaml": ["npm", "pnpm"],
  "yarn.lock": ["npm", "yarn"],
  "bun.lock": ["npm", "bun"],
  "bun.lockb": ["npm", "bun"],
  "poetry.lock": ["python", "poetry"],
  "uv.lock": ["python", "uv"],
  "pdm.lock": ["python", "pdm"],
  "Pipfile.lock": ["python", "pipenv"],
};

function severalLockfiles(manifests: readonly At<Manifest>[], paths: ReadonlySet<string>): RawFinding[] {
  const findings: RawFinding[] = [];
  for (const { directory, path, facts } of manifests) {
    const prefix = directory === "" ? "" : `${directory}/`;
    const present = Object.entries(lockNames).filter(
      ([name, [ecosystem]]) => ecosystem === facts.ecosystem && paths.has(`${prefix}${name}`),
    );
    if (new Set(present.map(([, [, manager]]) => manager)).size < 2) continue;
    const names = present.map(([name]) => name);
    findings.push({
      rule: "dependencies/several-lockfiles",
      message: `${names.slice(0, -1).join(", ")} and ${names.at(-1)} side by side: keep the one of the manager in use`,
      location: { path, ...topOfFile },
      anchor: names.join(" "),
      related: names.map((name) => ({ location: { path: `${prefix}${name}`, ...topOfFile }, message: "one of them" })),
    });
  }
  return findings;
}

function missingLockfiles(manifests: readonly At<Manifest>[], locks: readonly At<Lockfile>[]): RawFinding[] {
  const findings: RawFinding[] = [];
  const hasLock = ({ directory, facts }: At<Manifest>): boolean =>
    locks.some((lock) => lock.directory === directory && lock.facts.ecosystem === facts.ecosystem);
  for (const manifest of manifests) {
    const { directory, facts, path } = manifest;
    if (directory === "" || facts.requirements.length === 0 || facts.ecosystem === "cargo") continue;
    const isCovered = locks.some(
      (lock) => lock.facts.ecosystem === facts.ecosystem && isInside(directory, lock.directory),
    );
    if (isCovered) continue;
    const siblings = manifests.filter(
      (other) =>
        other !== manifest &&
        other.directory !== "" &&
        other.facts.ecosystem === facts.ecosystem &&
        directoryOf(other.directory) === directoryOf(directory),
    );
    const locked = siblings.filter(hasLock);
    // Where as many do without, it is not this repository's way.
    if (locked.length < 2 || locked.length <= siblings.length / 2) continue;
    findings.push({
      rule: "dependencies/missing-lockfile",
      message: `no lockfile here, though ${locked.length} directories beside it have theirs`,
      location: { path, ...topOfFile },
      anchor: "missing",
    });
  }
  return findings;
}

function severalMajors({ ecosystem, packages }: Lockfile): { name: string; versions: string[] }[] {
  // Go.sum keeps versions that were only considered; Python, Ruby and PHP install one.
  if (ecosystem !== "npm" && ecosystem !== "cargo") return [];
  const majors = new Map<string, Set<string>>();
  for (const { name, version } of packages) {
    const known = majors.get(name) ?? new Set();
    known.add(major({ name, version }));
    majors.set(name, known);
  }
  return [...majors]
    .filter(([, versions]) => versions.size > 1)
    .map(([name, versions]) => ({ name, versions: [...versions].sort() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Before 1.0 the minor version breaks. */
function major({ version }: LockedPackage): string {
  const [first = version, second = "0"] = version.split(".");
  return first === "0" ? `0.${second}` : first;
}

function duplicated({ path, facts }: At<Lockfile>): RawFinding[] {
  const found = severalMajors(facts);
  if (found.length === 0) return [];
  const shown = found.slice(0, 10).map(({ name, versions }) => `${name} (${versions.join(", ")})`);
  const rest = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  return [
    {
      rule: "dependencies/duplicated-versions",
      message: `${found.length === 1 ? "one package is" : `${found.length} packages are`} locked in several major versions: ${shown.join(", ")}${rest}`,
      location: { path, ...topOfFile },
      anchor: "duplicated",
      data: { packages: found.length },
    },
  ];
}

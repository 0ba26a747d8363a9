/** Whether the versions that a registry has hold a newer one than the locked one, and how far away it is. */
import type { LockedProject, OsvEcosystem } from "../locked-packages.ts";
import { normalName, versionOrder } from "../quality/osv-records.ts";
import type { PackageFacts } from "./registries.ts";

export type VersionStep = "major" | "minor" | "patch" | "other";

export interface Row {
  name: string;
  ecosystem: string;
  path: string;
  current: string;
  wanted?: string;
  latest: string;
  step: VersionStep;
  deprecated?: string;
}

/** A direct dependency as a manifest has it and a lockfile answers it. */
export interface Locked {
  readonly ecosystem: OsvEcosystem;
  /** The manifest. */
  readonly path: string;
  readonly name: string;
  readonly range: string;
  readonly current: string;
}

/** `unknown`: the versions cannot be compared. Undefined: there is nothing newer. */
export async function newerVersion(locked: Locked, facts: PackageFacts): Promise<Row | "unknown" | undefined> {
  const { ecosystem, path, name, range, current } = locked;
  const order = await versionOrder(ecosystem);
  const isOrderable = (version: string): boolean => {
    try {
      order(version, current);
      return true;
    } catch {
      // A registry may hold versions from before its ecosystem had rules for them.
      return false;
    }
  };
  if (facts.versions.length === 0 || !isOrderable(current)) return "unknown";
  const stable = facts.versions.filter(
    (version) =>
      isOrderable(version) && !facts.deprecated.has(version) && (!isPrerelease(version) || isPrerelease(current)),
  );
  const newest = stable.toSorted(order).at(-1);
  const latest =
    facts.latest !== undefined && stable.includes(facts.latest) && !isPrerelease(current) ? facts.latest : newest;
  if (latest === undefined || order(latest, current) <= 0) return undefined;
  const wanted = ecosystem === "npm" ? (await import("semver")).default.maxSatisfying([...stable], range) : null;
  const reason = facts.deprecated.get(current);
  return {
    name,
    ecosystem,
    path,
    current,
    ...(wanted === null ? {} : { wanted }),
    latest,
    step: stepOf(current, latest),
    ...(reason === undefined ? {} : { deprecated: reason }),
  };
}

/** Of several versions the manifest's own: npm keeps it at the top; of the rest the newest is what a direct dependency gets. */
export function lockedVersion(
  project: LockedProject,
  ecosystem: OsvEcosystem,
  manifest: string,
  name: string,
): string | undefined {
  const folder = manifest.slice(0, manifest.lastIndexOf("/") + 1);
  for (const path of [...project.lockfiles].sort((a, b) => b.length - a.length)) {
    const above = path.slice(0, path.lastIndexOf("/") + 1);
    if (!folder.startsWith(above)) continue;
    const fact = project.facts.get(path);
    const top = fact?.kind === "lockfile" ? fact.installed?.[`node_modules/${name}`] : undefined;
    if (top !== undefined && top !== "") return top;
    const versions = project.packages.filter(
      (one) =>
        one.path === path &&
        one.ecosystem === ecosystem &&
        normalName(ecosystem, one.name) === normalName(ecosystem, name),
    );
    if (versions.length > 0)
      return versions
        .map(({ version }) => version)
        .sort(byNumbers)
        .at(-1);
  }
  return undefined;
}

function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function isPrerelease(version: string): boolean {
  return /(?:^|[\d.])-?(?:alpha|beta|rc|dev|pre|next|canary|snapshot|a|b)(?=[\d.-]|$)|^\d+\.\d+\.\d+-/i.test(
    version.replace(/^v/, "").replace(/\+.*$/, ""),
  );
}

export function stepOf(from: string, to: string): VersionStep {
  const numbers = (version: string): number[] => (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? "").split(".").map(Number);
  const [a, b] = [numbers(from), numbers(to)];
  for (const [index, name] of (["major", "minor", "patch"] as const).entries())
    if ((a[index] ?? 0) !== (b[index] ?? 0)) return name;
  return "other";
}

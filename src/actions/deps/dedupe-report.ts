/** `deps.dedupe-report`: packages that are locked in several versions, and which of them with versions that nobody needs. */
import { z } from "zod";
import semver from "semver";
import { isRecord, nested, strings } from "../../analyzers/dependencies/shapes.ts";
import type { Lockfile } from "../../analyzers/dependencies/facts.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { readLockedPackages } from "../locked-packages.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";

const commands: Readonly<Record<string, string>> = {
  npm: "npm dedupe",
  pnpm: "pnpm dedupe",
  yarn: "npx yarn-deduplicate",
  "yarn-berry": "yarn dedupe",
};

export const dedupeReport = defineAction({
  id: "deps.dedupe-report",
  summary: "List packages that lockfiles hold in several versions, and versions that nobody needs.",
  description: `For npm and Yarn the ranges of all who ask for a package are compared: a version is \`removable\` when each range that it satisfies is also satisfied by a newer one
that is locked already; the package manager's own command then leaves it out. Of other lockfiles the versions are listed. Nothing is changed.`,
  inputs: z.strictObject({
    "fail-on-removable": z.boolean().default(false).describe("Fail the step when a version is not needed."),
    limit: z.int().min(1).default(100).describe("Packages listed."),
  }),
  outputs: z.object({
    duplicates: z
      .array(
        z.object({
          name: z.string(),
          ecosystem: z.string(),
          path: z.string(),
          versions: z.array(z.string()),
          removable: z.array(z.string()),
        }),
      )
      .describe("Those with versions that nobody needs first, then most versions."),
    count: z.number().describe("Packages with several versions."),
    removable: z.number().describe("How many of them with versions that nobody needs."),
    commands: z.array(z.string()).describe("What leaves those out."),
  }),
  needs: ["repo"],
  effects: "none",
  async run({ repo, summarize, log }, inputs) {
    const project = await readLockedPackages(repo, () => true);
    if (project.lockfiles.length === 0) log.warn("there is no lockfile");
    const duplicates: { name: string; ecosystem: string; path: string; versions: string[]; removable: string[] }[] = [];
    const hints = new Set<string>();
    for (const path of project.lockfiles) {
      const byName = new Map<string, Set<string>>();
      const own = project.packages.filter((one) => one.path === path);
      for (const { name, version } of own) byName.set(name, (byName.get(name) ?? new Set<string>()).add(version));
      const fact = project.facts.get(path);
      const ranges = fact?.kind === "lockfile" ? await rangesOf(repo, path, fact) : undefined;
      for (const [name, set] of byName) {
        if (set.size < 2) continue;
        const versions = [...set].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
        const removable = removableVersions(versions, ranges?.get(name) ?? []);
        duplicates.push({ name, ecosystem: own[0]?.ecosystem ?? "", path, versions, removable });
        const hint = fact?.kind === "lockfile" ? commands[fact.manager] : undefined;
        if (removable.length > 0 && hint !== undefined) hints.add(hint);
      }
    }
    duplicates.sort(
      (a, b) =>
        Number(b.removable.length > 0) - Number(a.removable.length > 0) ||
        b.versions.length - a.versions.length ||
        (a.name < b.name ? -1 : 1),
    );
    const removable = duplicates.filter((one) => one.removable.length > 0).length;
    const rows = duplicates
      .slice(0, 40)
      .map((one) => [code(one.name), one.versions.join(", "), one.removable.join(", "), code(one.path)]);
    summarize(
      `**Several versions**: ${counted(duplicates.length, "package")}, ${removable} of them with versions that nobody needs${hints.size === 0 ? "" : ` (${[...hints].map(code).join(", ")})`}${rows.length === 0 ? "" : `\n\n${markdownTable(["Package", "Versions", "Not needed", "Lockfile"], rows)}`}`,
    );
    const outputs = {
      duplicates: duplicates.slice(0, inputs.limit),
      count: duplicates.length,
      removable,
      commands: [...hints],
    };
    if (inputs["fail-on-removable"] && removable > 0)
      throw new StepFailed(`${counted(removable, "package")} locked in versions that nobody needs`, outputs);
    return outputs;
  },
});

/** A version that no range would be given today. One that no range speaks of (an alias, a link) stays. */
function removableVersions(versions: readonly string[], ranges: readonly string[]): string[] {
  const satisfied = (version: string): string[] => ranges.filter((range) => semver.satisfies(version, range));
  return versions.filter((version) => {
    const own = satisfied(version);
    return (
      own.length > 0 &&
      own.every((range) =>
        versions.some(
          (other) => semver.valid(other) !== null && semver.gt(other, version) && semver.satisfies(other, range),
        ),
      )
    );
  });
}

/** All ranges in which a package is asked for, by name. Undefined: this lockfile does not keep them. */
async function rangesOf(
  repo: { readText(path: string): Promise<string | undefined> },
  path: string,
  lock: Lockfile,
): Promise<ReadonlyMap<string, string[]> | undefined> {
  const ranges = new Map<string, string[]>();
  const add = (name: string, range: string): void => void ranges.set(name, [...(ranges.get(name) ?? []), range]);
  if (lock.manager === "yarn" || lock.manager === "yarn-berry") {
    for (const key of lock.keys ?? []) {
      const at = key.lastIndexOf("@");
      if (at > 0) add(key.slice(0, at), key.slice(at + 1).replace(/^npm:/, ""));
    }
    return ranges;
  }
  if (lock.manager !== "npm") return undefined;
  const packages = nested(JSON.parse((await repo.readText(path)) ?? "{}"), "packages");
  if (!isRecord(packages)) return undefined;
  for (const one of Object.values(packages)) {
    for (const group of ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]) {
      for (const [name, range] of Object.entries(strings(nested(one, group)))) add(name, range);
    }
  }
  return ranges;
}

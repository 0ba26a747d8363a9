/** `deps.dedupe-report`: packages that are locked in several versions, and which of them could be one. */
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
  summary:
    "List packages that lockfiles hold in several versions, and those that could be one without changing a range.",
  description: `For npm and Yarn the ranges of all who ask for a package are compared: \`mergeable-to\` is a version, locked already, that satisfies every one of them, and the package
manager's own command merges them. Of other lockfiles the versions are listed. Nothing is changed.`,
  inputs: z.strictObject({
    "fail-on-mergeable": z.boolean().default(false).describe("Fail the step when versions could be merged."),
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
          "mergeable-to": z.string().optional(),
        }),
      )
      .describe("Mergeable ones first, then most versions."),
    count: z.number().describe("Packages with several versions."),
    mergeable: z.number().describe("How many of them could be one."),
    commands: z.array(z.string()).describe("What merges them."),
  }),
  needs: ["repo"],
  effects: "none",
  async run({ repo, summarize, log }, inputs) {
    const project = await readLockedPackages(repo, () => true);
    if (project.lockfiles.length === 0) log.warn("there is no lockfile");
    const duplicates: { name: string; ecosystem: string; path: string; versions: string[]; "mergeable-to"?: string }[] =
      [];
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
        const asked = ranges?.get(name) ?? [];
        const target =
          asked.length < 2
            ? undefined
            : versions.toReversed().find((version) => asked.every((range) => semver.satisfies(version, range)));
        duplicates.push({
          name,
          ecosystem: own[0]?.ecosystem ?? "",
          path,
          versions,
          ...(target === undefined ? {} : { "mergeable-to": target }),
        });
        const hint = fact?.kind === "lockfile" ? commands[fact.manager] : undefined;
        if (target !== undefined && hint !== undefined) hints.add(hint);
      }
    }
    duplicates.sort(
      (a, b) =>
        Number(b["mergeable-to"] !== undefined) - Number(a["mergeable-to"] !== undefined) ||
        b.versions.length - a.versions.length ||
        (a.name < b.name ? -1 : 1),
    );
    const mergeable = duplicates.filter((one) => one["mergeable-to"] !== undefined).length;
    const rows = duplicates
      .slice(0, 40)
      .map((one) => [code(one.name), one.versions.join(", "), one["mergeable-to"] ?? "", code(one.path)]);
    summarize(
      `**Several versions**: ${counted(duplicates.length, "package")}, ${mergeable} of them could be one${hints.size === 0 ? "" : ` (${[...hints].map(code).join(", ")})`}${rows.length === 0 ? "" : `\n\n${markdownTable(["Package", "Versions", "Could be", "Lockfile"], rows)}`}`,
    );
    const outputs = {
      duplicates: duplicates.slice(0, inputs.limit),
      count: duplicates.length,
      mergeable,
      commands: [...hints],
    };
    if (inputs["fail-on-mergeable"] && mergeable > 0)
      throw new StepFailed(`${counted(mergeable, "package")} could be locked in one version`, outputs);
    return outputs;
  },
});

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

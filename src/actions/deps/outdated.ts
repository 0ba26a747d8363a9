/** `deps.outdated`: direct dependencies that have newer versions. */
import { z } from "zod";
import { type ActionContext, defineAction } from "../../model/action.ts";
import { createPathMatcher } from "../../findings/globs.ts";
import { type LockedProject, osvEcosystems, type OsvEcosystem, readLockedPackages } from "../locked-packages.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { normalName, versionOrder } from "../quality/osv-records.ts";
import { askManager } from "./managers-outdated.ts";
import { askRegistry } from "./registries.ts";

const step = z.enum(["major", "minor", "patch", "other"]);

export const outdated = defineAction({
  id: "deps.outdated",
  summary:
    "List direct dependencies that have newer versions, by registries or by the repository's own package manager.",
  description: `Where a registry is named for an ecosystem, it is asked for each direct dependency of the manifests. Otherwise the repository's package manager is run: npm, pnpm,
Composer or Go (it must be installed). Nothing is changed. Prereleases count only for those who use one. A registry that cannot be reached, or a manager that is missing, fails
the step: nothing is called up to date that was not looked at.

\`\`\`yaml
- uses: deps.outdated
  with:
    registries: { npm: "https://registry.npmjs.org", PyPI: "https://pypi.org" }
\`\`\``,
  inputs: z.strictObject({
    registries: z
      .partialRecord(
        z.enum(Object.values(osvEcosystems) as [OsvEcosystem, ...OsvEcosystem[]]),
        z.url({ protocol: /^https?$/ }),
      )
      .default({})
      .describe(
        "Address of the registry by ecosystem: npm, PyPI, crates.io, Go (a module proxy), RubyGems, Packagist.",
      ),
    paths: textList.optional().describe("Globs of the manifests to look at; all unless said."),
    ignore: textList.optional().describe("Packages that are left out; `*` at the end matches a prefix."),
    "minimum-step": z.enum(["major", "minor", "patch"]).default("patch").describe("The smallest step that is listed."),
  }),
  outputs: z.object({
    outdated: z
      .array(
        z.object({
          name: z.string(),
          ecosystem: z.string(),
          path: z.string(),
          current: z.string(),
          wanted: z.string().optional(),
          latest: z.string(),
          step,
          deprecated: z.string().optional(),
        }),
      )
      .describe("Largest step first; `wanted` is the newest that the manifest's range permits."),
    count: z.number().describe("How many."),
    looked: z.number().describe("Direct dependencies that were looked at."),
    unknown: z
      .array(z.string())
      .describe("Packages that the registry does not have, or whose locked version is not known."),
  }),
  needs: ["repo", "http"],
  effects: "none",
  async run(context, inputs) {
    const globs = listOf(inputs.paths);
    const isMeant = globs.length === 0 ? () => true : createPathMatcher(globs);
    const project = await readLockedPackages(context.repo, () => true);
    const ignored = listOf(inputs.ignore);
    const isIgnored = (name: string): boolean =>
      ignored.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : one === name));
    const rows: Row[] = [];
    const unknown: string[] = [];
    let looked = 0;
    for (const [path, fact] of [...project.facts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (fact.kind !== "manifest" || fact.requirements.length === 0 || !isMeant(path)) continue;
      const ecosystem = osvEcosystems[fact.ecosystem];
      const registry = inputs.registries[ecosystem];
      const wanted = fact.requirements.filter(
        ({ name, group }) => !isIgnored(name) && group !== "indirect" && group !== "peerDependencies",
      );
      if (registry === undefined) {
        looked += wanted.length;
        rows.push(...(await askManager(context, ecosystem, path, project)).filter(({ name }) => !isIgnored(name)));
        continue;
      }
      const names = [...new Map(wanted.map((one) => [one.name, one.range])).entries()];
      for (let i = 0; i < names.length; i += 8) {
        const some = await Promise.all(
          names
            .slice(i, i + 8)
            .map(async ([name, range]) => judge(context, ecosystem, registry, path, name, range, project)),
        );
        for (const [index, one] of some.entries()) {
          looked++;
          if (one === "unknown") unknown.push(names[i + index]?.[0] ?? "");
          else if (one !== undefined) rows.push(one);
        }
      }
    }
    const rank = { major: 0, minor: 1, patch: 2, other: 1 };
    const listed = rows
      .filter((one) => rank[one.step] <= rank[inputs["minimum-step"]])
      .sort(
        (a, b) =>
          rank[a.step] - rank[b.step] || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.name < b.name ? -1 : 1),
      );
    const table = listed
      .slice(0, 60)
      .map((one) => [code(one.name), one.current, one.wanted ?? "", one.latest, one.step, code(one.path)]);
    context.summarize(
      `**Dependencies**: ${listed.length} of ${counted(looked, "direct one")} outdated${table.length === 0 ? "" : `\n\n${markdownTable(["Package", "Locked", "In range", "Newest", "Step", "Manifest"], table)}`}`,
    );
    return { outdated: listed, count: listed.length, looked, unknown: [...new Set(unknown)].sort() };
  },
});

export interface Row {
  name: string;
  ecosystem: string;
  path: string;
  current: string;
  wanted?: string;
  latest: string;
  step: z.infer<typeof step>;
  deprecated?: string;
}

async function judge(
  context: ActionContext<"repo" | "http">,
  ecosystem: OsvEcosystem,
  registry: string,
  path: string,
  name: string,
  range: string,
  project: LockedProject,
): Promise<Row | "unknown" | undefined> {
  const current = lockedVersion(project, ecosystem, path, name);
  if (current === undefined) return "unknown";
  const facts = await askRegistry(context, ecosystem, registry, name);
  if (facts === undefined || facts.versions.length === 0) return "unknown";
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
  if (!isOrderable(current)) return "unknown";
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
function lockedVersion(
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

export function stepOf(from: string, to: string): z.infer<typeof step> {
  const numbers = (version: string): number[] => (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? "").split(".").map(Number);
  const [a, b] = [numbers(from), numbers(to)];
  for (const [index, name] of (["major", "minor", "patch"] as const).entries())
    if ((a[index] ?? 0) !== (b[index] ?? 0)) return name;
  return "other";
}

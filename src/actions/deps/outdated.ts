/** `deps.outdated`: direct dependencies that have newer versions. */
import { z } from "zod";
import { type ActionContext, defineAction } from "../../model/action.ts";
import { createPathMatcher } from "../../findings/globs.ts";
import { type LockedProject, osvEcosystems, type OsvEcosystem, readLockedPackages } from "../locked-packages.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { askManager } from "./managers-outdated.ts";
import { type Locked, lockedVersion, newerVersion, type Row } from "./newer-version.ts";
import { askRegistry } from "./registries.ts";

const step = z.enum(["major", "minor", "patch", "other"]);

export const outdated = defineAction({
  id: "deps.outdated",
  summary:
    "List direct dependencies that have newer versions, by registries or by the repository's own package manager.",
  description: `Where a registry is named for an ecosystem, it is asked for each direct dependency of the manifests. Otherwise the repository's package manager is run: npm, pnpm,
Yarn, Composer, Go, Bundler or Poetry (it must be installed); for Cargo and the others name a registry. Nothing is changed. Prereleases count only for those who use one. A registry that cannot be reached, or a manager that is missing, fails
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
        ({ name, range, group }) =>
          !isIgnored(name) && group !== "indirect" && group !== "peerDependencies" && isFromRegistry(ecosystem, range),
      );
      const names = [...new Map(wanted.map((one) => [one.name, one.range.replace(/^npm:/, "")])).entries()];
      if (registry === undefined) {
        const direct = names.map(([name, range]) => ({ name, range }));
        const answer = await askManager(context, ecosystem, path, project, direct);
        looked += direct.length;
        rows.push(...answer.rows.filter(({ name }) => !isIgnored(name)));
        unknown.push(...answer.unknown);
        continue;
      }
      for (let i = 0; i < names.length; i += 8) {
        const some = await Promise.all(
          names
            .slice(i, i + 8)
            .map(async ([name, range]) => judge(context, registry, { ecosystem, path, name, range }, project)),
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

async function judge(
  context: ActionContext<"repo" | "http">,
  registry: string,
  { ecosystem, path, name, range }: Omit<Locked, "current">,
  project: LockedProject,
): Promise<Row | "unknown" | undefined> {
  const current = lockedVersion(project, ecosystem, path, name);
  if (current === undefined) return "unknown";
  const facts = await askRegistry(context, ecosystem, registry, name);
  return facts === undefined ? "unknown" : newerVersion({ ecosystem, path, name, range, current }, facts);
}

/** Of npm's: a folder, a repository, an address or a package under another name is not what a registry has by this one. */
const elsewhere =
  /^(?:file|git(?:\+\w+)?|github|gitlab|bitbucket|https?|jsr|link|patch|portal|ssh|workspace):|^npm:(?![\^~\d<>=*x])|^[\w.-]+\/[\w.-]+/;

function isFromRegistry(ecosystem: OsvEcosystem, range: string): boolean {
  return ecosystem !== "npm" || !elsewhere.test(range);
}

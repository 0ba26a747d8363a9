/** `quality.dependency-audit`: known vulnerabilities of what the lockfiles install. */
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { strings } from "../../analyzers/dependencies/shapes.ts";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code, counted, markdownTable, plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { type LockedVersion, readLockedPackages } from "../locked-packages.ts";
import { type Level, levelOf, levels, matchRecord, type OsvRecord, versionOrder } from "./osv-records.ts";
import { apiSource, databaseSource, packageKey } from "./osv-sources.ts";

const vulnerability = z.object({
  id: z.string(),
  aliases: z.array(z.string()),
  package: z.string(),
  ecosystem: z.string(),
  version: z.string(),
  severity: z.enum(levels),
  summary: z.string(),
  "fixed-in": z.array(z.string()),
  paths: z.array(z.string()),
});

export const dependencyAudit = defineAction({
  id: "quality.dependency-audit",
  summary: "Find known vulnerabilities of the locked dependencies, by an OSV database on disk or an OSV API.",
  description: `There is no database behind our back: name \`database\` (an OSV file of JSON or JSON Lines, a folder or a zip of them, as osv.dev publishes for each ecosystem) or
\`url\` (an OSV API such as https://api.osv.dev, which is told the names and versions of all dependencies). Without either the step fails and says so.

Read are npm, pnpm, Yarn, Poetry, uv, Cargo, Go, Bundler and Composer lockfiles, and pinned \`requirements.txt\`. Versions are ordered by each ecosystem's own rules. Records that
name the same vulnerability (aliases) count once. A severity that nobody states counts as \`high\`.

\`\`\`yaml
- uses: quality.dependency-audit
  with:
    url: https://api.osv.dev
    fail-on: high
    ignore: [GHSA-xxxx-xxxx-xxxx]
\`\`\``,
  inputs: z.strictObject({
    database: z
      .string()
      .optional()
      .describe("OSV records on disk: a file, a folder or a zip, relative to the root or absolute."),
    url: z
      .union([z.literal(""), z.url({ protocol: /^https?$/ })])
      .optional()
      .describe("Address of an OSV API, without `/v1`."),
    paths: textList.optional().describe("Globs of the lockfiles to read; all unless said."),
    ignore: textList.optional().describe("Ids or aliases of vulnerabilities that a person has judged."),
    "fail-on": z
      .enum(["low", "moderate", "high", "critical", "never"])
      .default("high")
      .describe("The mildest severity that fails the step."),
  }),
  outputs: z.object({
    count: z.number().describe("Vulnerabilities, ignored ones left out."),
    vulnerabilities: z.array(vulnerability).describe("Worst first."),
    packages: z.number().describe("Package versions that were looked up."),
    lockfiles: z.array(z.string()).describe("Files that were read."),
    unlocked: z.array(z.string()).describe("Manifests without a lockfile: what they install was not audited."),
    ignored: z.array(z.string()).describe("Ids that `ignore` took out."),
    "unused-ignores": z.array(z.string()).describe("Entries of `ignore` that match nothing."),
    source: z.string().describe("Where the records came from."),
  }),
  needs: ["repo", "http"],
  effects: "none",
  async run(context, inputs) {
    const { repo, log, summarize } = context;
    // Empty is absent: a workflow hands on inputs of its own, whose default is empty.
    const database = inputs.database || undefined;
    const url = inputs.url || undefined;
    if ((database === undefined) === (url === undefined)) {
      throw new StepFailed(
        database === undefined
          ? "there is no vulnerability database to audit against: name an OSV file, folder or zip in `database`, or an OSV API in `url` (https://api.osv.dev)"
          : "give either `database` or `url`",
      );
    }
    const globs = listOf(inputs.paths);
    const locked = await readLockedPackages(repo, globs.length === 0 ? () => true : createPathMatcher(globs));
    for (const path of locked.unlocked)
      log.warn(`${path} has no lockfile: what it installs is not known and not audited`);
    if (locked.lockfiles.length === 0 && locked.unlocked.length > 0) {
      throw new StepFailed(
        `${locked.unlocked.slice(0, 5).join(", ")}: there is no lockfile, so it is not known what is installed and nothing can be audited`,
      );
    }
    if (locked.lockfiles.length === 0) log.warn("there is no lockfile: nothing was audited");
    const source =
      url === undefined
        ? databaseSource(
            isAbsolute(database ?? "") ? (database ?? "") : join(repo.root, database ?? ""),
            database ?? "",
          )
        : apiSource(context, url);
    const unique = [...new Map(locked.packages.map((one) => [packageKey(one), one])).values()];
    const found = unique.length === 0 ? new Map<string, readonly OsvRecord[]>() : await source.recordsFor(unique);

    const ignore = new Set(listOf(inputs.ignore));
    const used = new Set<string>();
    const ignored = new Set<string>();
    const vulnerabilities: z.infer<typeof vulnerability>[] = [];
    for (const one of unique) {
      const groups = await judge(one, found.get(packageKey(one)) ?? [], url !== undefined, log);
      const paths = locked.packages.filter((other) => packageKey(other) === packageKey(one)).map(({ path }) => path);
      for (const group of groups) {
        const hit = group.ids.filter((id) => ignore.has(id));
        for (const id of hit) used.add(id);
        if (hit.length > 0) {
          ignored.add(group.ids[0] ?? "");
          continue;
        }
        const [id = "", ...aliases] = group.ids;
        vulnerabilities.push({
          id,
          aliases,
          package: one.name,
          ecosystem: one.ecosystem,
          version: one.version,
          severity: group.severity,
          summary: group.summary,
          "fixed-in": group.fixed,
          paths: [...new Set(paths)],
        });
      }
    }
    // Not stated: as bad as high where the step decides, listed behind what is known to be.
    const rank = (level: Level): number => (level === "unknown" ? levels.indexOf("high") - 0.5 : levels.indexOf(level));
    vulnerabilities.sort(
      (a, b) =>
        rank(b.severity) - rank(a.severity) ||
        (a.package < b.package ? -1 : a.package > b.package ? 1 : a.id < b.id ? -1 : 1),
    );
    const rows = vulnerabilities
      .slice(0, 50)
      .map((one) => [
        one.severity,
        code(`${one.package} ${one.version}`),
        code(one.id),
        plain(one.summary),
        one["fixed-in"].map(code).join(", ") || "no fix yet",
      ]);
    summarize(
      `**Dependencies**: ${counted(vulnerabilities.length, "known vulnerability", "known vulnerabilities")} in ${counted(unique.length, "package")} of ${counted(locked.lockfiles.length, "lockfile")}${rows.length === 0 ? "" : `\n\n${markdownTable(["Severity", "Package", "Id", "What", "Fixed in"], rows)}`}`,
    );
    const outputs = {
      count: vulnerabilities.length,
      vulnerabilities,
      packages: unique.length,
      lockfiles: [...locked.lockfiles],
      unlocked: [...locked.unlocked],
      ignored: [...ignored].sort(),
      "unused-ignores": [...ignore].filter((id) => !used.has(id)),
      source: source.name,
    };
    const threshold = inputs["fail-on"];
    const decisive =
      threshold === "never"
        ? []
        : vulnerabilities.filter(({ severity }) => rank(severity) >= levels.indexOf(threshold) - 0.5);
    if (decisive.length > 0) {
      const list = decisive.slice(0, 5).map((one) => `${one.package} ${one.version}: ${one.id} (${one.severity})`);
      throw new StepFailed(
        `${counted(decisive.length, "known vulnerability", "known vulnerabilities")}: ${list.join("; ")}`,
        outputs,
      );
    }
    return outputs;
  },
});

interface Group {
  readonly ids: string[];
  readonly severity: Level;
  readonly summary: string;
  readonly fixed: string[];
}

/** Records that hold this version, those that are one vulnerability as one. */
async function judge(
  one: LockedVersion,
  candidates: readonly OsvRecord[],
  isMatched: boolean,
  log: { warn(message: string): void },
): Promise<Group[]> {
  if (candidates.length === 0) return [];
  const order = await versionOrder(one.ecosystem);
  const groups: { ids: Set<string>; records: OsvRecord[]; fixed: Set<string> }[] = [];
  for (const record of candidates.toSorted((a, b) => idRank(a.id) - idRank(b.id) || (a.id < b.id ? -1 : 1))) {
    let fixed: readonly string[] = [];
    try {
      const match = matchRecord(record, one.ecosystem, one.name, one.version, order);
      if (match === undefined && (!isMatched || typeof record["withdrawn"] === "string")) continue;
      fixed = match?.fixed ?? [];
    } catch (error) {
      // A version that cannot be ordered cannot be cleared either.
      log.warn(`${one.name} ${one.version}: ${record.id} counts, because ${(error as Error).message}`);
    }
    const aliases = Array.isArray(record["aliases"])
      ? record["aliases"].filter((alias): alias is string => typeof alias === "string")
      : [];
    const names = [record.id, ...aliases];
    // One record may name what was several until then.
    const [group = { ids: new Set<string>(), records: [], fixed: new Set<string>() }, ...others] = groups.filter(
      ({ ids }) => names.some((name) => ids.has(name)),
    );
    if (!groups.includes(group)) groups.push(group);
    for (const other of others) {
      groups.splice(groups.indexOf(other), 1);
      group.records.push(...other.records);
      for (const name of other.ids) group.ids.add(name);
      for (const version of other.fixed) group.fixed.add(version);
    }
    group.records.push(record);
    for (const name of names) group.ids.add(name);
    for (const version of fixed) group.fixed.add(version);
  }
  return groups.map(({ ids, records: all, fixed }) => {
    const worst = Math.max(...all.map((record) => levels.indexOf(levelOf(record))));
    const texts = all.map((record) => strings(record));
    return {
      ids: [...ids],
      severity: levels[worst] ?? "unknown",
      summary:
        texts.map(({ summary }) => summary).find((text) => text !== undefined) ??
        (texts[0]?.["details"] ?? "").split("\n")[0]?.slice(0, 200) ??
        "",
      fixed: [...fixed],
    };
  });
}

/** GitHub's ids are the ones that people look up. */
function idRank(id: string): number {
  return id.startsWith("GHSA-") ? 0 : id.startsWith("CVE-") ? 1 : 2;
}

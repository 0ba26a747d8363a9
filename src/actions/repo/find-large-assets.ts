/** `repo.find-large-assets`: large files of the checkout and of its history. */
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction, type Repository } from "../../model/action.ts";
import { bytes, code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { requireWholeHistory } from "../whole-history.ts";

interface Asset {
  path: string;
  size: number;
  "in-tree": boolean;
  versions: number;
}

export const findLargeAssets = defineAction({
  id: "repo.find-large-assets",
  summary: "Find large files in the checkout and, when asked, in every commit that a clone downloads.",
  description: `\`history: true\` looks at every blob of every branch and tag: a file that was removed years ago still makes every clone slow.
For history, \`size\` is that of the largest version and \`total-size\` sums all large versions (uncompressed).

\`\`\`yaml
- uses: repo.find-large-assets
  with: { min-kib: 1024, history: true }
\`\`\``,
  inputs: z.strictObject({
    "min-kib": z.number().min(1).default(500).describe("Smallest size that counts as large, in KiB."),
    history: z.boolean().default(false).describe("Look at all commits too."),
    paths: textList.optional().describe("Globs of the files to look at; all unless said."),
    limit: z.int().min(1).max(1_000).default(50).describe("How many are listed; the rest is counted."),
  }),
  outputs: z.object({
    assets: z
      .array(z.object({ path: z.string(), size: z.number(), "in-tree": z.boolean(), versions: z.number() }))
      .describe("Largest first; `versions` counts large versions in history."),
    count: z.number().describe("How many there are, beyond `limit` too."),
    "total-size": z.number().describe("Bytes of all of them."),
  }),
  needs: ["repo"],
  effects: "none",
  async run({ repo, summarize }, inputs) {
    const minimum = inputs["min-kib"] * 1_024;
    const globs = listOf(inputs.paths);
    const isMeant = globs.length === 0 ? () => true : createPathMatcher(globs);
    const assets = new Map<string, Asset>();
    let total = 0;
    const inTree = new Set<string>();
    for (const { path, size, mode } of await repo.files()) {
      inTree.add(path);
      if (!mode.startsWith("100") || !isMeant(path)) continue;
      const actual = size ?? (await lstat(join(repo.root, path))).size;
      if (actual < minimum) continue;
      assets.set(path, { path, size: actual, "in-tree": true, versions: 0 });
      if (!inputs.history) total += actual;
    }
    if (inputs.history) {
      await requireWholeHistory(repo, "what its history holds is not known");
      for (const { path, size } of await largeBlobs(repo, minimum)) {
        if (!isMeant(path)) continue;
        total += size;
        const known = assets.get(path);
        if (known === undefined) assets.set(path, { path, size, "in-tree": inTree.has(path), versions: 1 });
        else {
          known.size = Math.max(known.size, size);
          known.versions++;
        }
      }
      // What is not committed yet has no version in history.
      for (const { size, versions } of assets.values()) if (versions === 0) total += size;
    }
    const sorted = [...assets.values()].sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1));
    const listed = sorted.slice(0, inputs.limit);
    if (listed.length > 0) {
      summarize(
        [
          `${counted(sorted.length, "file")} of ${bytes(minimum)} or more, ${bytes(total)} together`,
          "",
          markdownTable(
            ["File", "Size", "Where"],
            listed.map((one) => [
              code(one.path),
              bytes(one.size),
              one["in-tree"] ? (one.versions > 1 ? `${one.versions} versions in history` : "checkout") : "history only",
            ]),
          ),
          ...(sorted.length > listed.length ? ["", `and ${sorted.length - listed.length} more`] : []),
        ].join("\n"),
      );
    }
    return { assets: listed, count: sorted.length, "total-size": total };
  },
});

async function largeBlobs(repo: Repository, minimum: number): Promise<{ path: string; size: number }[]> {
  const objects = await repo.git(["rev-list", "--objects", "--all"], { timeoutMs: 600_000 });
  // Lines without a path are commits and root trees. Paths may hold anything but line breaks here.
  const named = objects
    .split("\n")
    .filter((line) => line.includes(" "))
    .join("\n");
  if (named === "") return [];
  const sizes = await repo.git(["cat-file", "--batch-check=%(objecttype) %(objectsize) %(rest)"], {
    input: `${named}\n`,
    timeoutMs: 600_000,
  });
  return sizes.split("\n").flatMap((line) => {
    const [, size, path] = /^blob (\d+) (.*)$/.exec(line) ?? [];
    return path !== undefined && Number(size) >= minimum ? [{ path, size: Number(size) }] : [];
  });
}

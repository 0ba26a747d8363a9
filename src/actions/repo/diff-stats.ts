/** `repo.diff-stats`: how large the change is, by status, folder and kind of file. */
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { classifyFile } from "../../findings/generated.ts";
import { defineAction } from "../../model/action.ts";
import type { ChangedFile } from "../../model/change.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";

const lines = z.object({ files: z.number(), additions: z.number(), deletions: z.number() });
type Lines = z.infer<typeof lines>;

export const diffStats = defineAction({
  id: "repo.diff-stats",
  summary: "Count what the change adds and removes, in total and by status, folder and file type.",
  description: `Lines of generated files, vendored files and lockfiles are counted apart under \`generated\`, because nobody reads them;
\`include-generated: true\` counts them with the rest. Binary files count as files, not as lines.

\`\`\`yaml
- id: size
  uses: repo.diff-stats
  with:
    ignore: ["docs/**"]
- if: steps.size.outputs.changes > 800
  uses: flow.log
  with: { message: "A large change", level: warn }
\`\`\``,
  inputs: z.strictObject({
    ignore: textList.optional().describe("Globs of files that are not counted at all."),
    "include-generated": z
      .boolean()
      .default(false)
      .describe("Count generated and vendored files and lockfiles like all others."),
    summary: z.boolean().default(false).describe("Add a table by folder to the run's summary."),
  }),
  outputs: z.object({
    files: z.number().describe("Number of files."),
    additions: z.number().describe("Lines added."),
    deletions: z.number().describe("Lines removed."),
    changes: z.number().describe("Both together."),
    binary: z.number().describe("Number of binary files."),
    generated: lines.describe("What generated and vendored files and lockfiles make up; not in the numbers above."),
    "by-status": z.record(z.string(), z.number()).describe("Number of files by status."),
    "by-folder": z.record(z.string(), lines).describe("By first folder; `.` is the root."),
    "by-extension": z
      .record(z.string(), lines)
      .describe("By file extension without its dot; by name where there is none."),
    largest: z
      .array(z.object({ path: z.string(), additions: z.number(), deletions: z.number() }))
      .describe("The ten files with most changed lines."),
  }),
  needs: ["repo"],
  effects: "none",
  async run({ repo, summarize }, inputs) {
    const change = await repo.change();
    const isIgnored = createPathMatcher(listOf(inputs.ignore));
    const total: Mutable = { files: 0, additions: 0, deletions: 0 };
    const generated: Mutable = { files: 0, additions: 0, deletions: 0 };
    const byStatus = new Map<string, number>();
    const byFolder = new Map<string, Mutable>();
    const byExtension = new Map<string, Mutable>();
    const counts: ChangedFile[] = [];
    let binary = 0;
    for (const file of change.files) {
      if (isIgnored(file.path)) continue;
      if (!inputs["include-generated"]) {
        const head = file.status === "removed" ? undefined : await repo.readText(file.path);
        const marks = classifyFile(file.path, head?.slice(0, 4_096), { generated: [], vendored: [] });
        if (marks.generated !== undefined || marks.vendored !== undefined) {
          add(generated, file);
          continue;
        }
      }
      counts.push(file);
      add(total, file);
      if (file.isBinary) binary++;
      byStatus.set(file.status, (byStatus.get(file.status) ?? 0) + 1);
      addTo(byFolder, file.path.includes("/") ? file.path.slice(0, file.path.indexOf("/")) : ".", file);
      addTo(byExtension, extensionOf(file.path), file);
    }
    if (inputs.summary) {
      summarize(
        [
          `**${counted(total.files, "file")}**, +${total.additions} −${total.deletions}`,
          "",
          markdownTable(
            ["Folder", "Files", "Added", "Removed"],
            sorted(byFolder).map(([name, one]) => [
              code(name),
              `${one.files}`,
              `+${one.additions}`,
              `−${one.deletions}`,
            ]),
          ),
        ].join("\n"),
      );
    }
    return {
      ...total,
      changes: total.additions + total.deletions,
      binary,
      generated,
      "by-status": Object.fromEntries(sorted(byStatus)),
      "by-folder": Object.fromEntries(sorted(byFolder)),
      "by-extension": Object.fromEntries(sorted(byExtension)),
      largest: counts
        .toSorted((a, b) => b.additions + b.deletions - (a.additions + a.deletions) || (a.path < b.path ? -1 : 1))
        .slice(0, 10)
        .map(({ path, additions, deletions }) => ({ path, additions, deletions })),
    };
  },
});

type Mutable = { -readonly [Key in keyof Lines]: Lines[Key] };

function add(into: Mutable, { additions, deletions }: ChangedFile): void {
  into.files++;
  into.additions += additions;
  into.deletions += deletions;
}

function addTo(map: Map<string, Mutable>, key: string, file: ChangedFile): void {
  const entry = map.get(key) ?? { files: 0, additions: 0, deletions: 0 };
  map.set(key, entry);
  add(entry, file);
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? name : name.slice(dot + 1).toLowerCase();
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

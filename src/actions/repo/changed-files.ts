/** `repo.changed-files`: which files the change touches, by status and by named filters. */
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction } from "../../model/action.ts";
import { listOf, textList } from "../text-list.ts";

const paths = z.array(z.string());

export const changedFiles = defineAction({
  id: "repo.changed-files",
  summary: "List the files that the change touches, by status and by named filters.",
  description: `The change is that of the event's pull request, otherwise what the checkout has beyond its merge-base with the
default branch. A glob without \`/\` matches at any depth, a folder matches everything in it, \`!glob\` takes paths out again.
A renamed file matches a filter by its new or its old path. \`files\` holds what still exists; removed files stand in \`removed\`.

\`\`\`yaml
- id: changed
  uses: repo.changed-files
  with:
    filters:
      backend: ["src/server/**", "!**/*.md"]
      docs: ["*.md"]
- if: steps.changed.outputs.filters.backend.matched
  run: npm run test:server
\`\`\``,
  inputs: z.strictObject({
    paths: textList.optional().describe("Globs of the files to look at; all files unless said."),
    filters: z
      .record(z.string(), textList)
      .default({})
      .describe("Globs by a name of your choice; each name answers whether it matched, and with which files."),
  }),
  outputs: z.object({
    files: paths.describe("Added, modified, renamed, copied and type-changed files, sorted."),
    "all-files": paths.describe("The same with the removed ones."),
    added: paths.describe("New files, copies among them."),
    modified: paths.describe("Files whose content or type changed in place."),
    removed: paths.describe("Files that are gone."),
    renamed: z
      .array(z.object({ path: z.string(), "previous-path": z.string() }))
      .describe("Files that moved, with where they were."),
    count: z.number().describe("Number of files, removed ones among them."),
    any: z.boolean().describe("Whether there is any."),
    filters: z
      .record(z.string(), z.object({ matched: z.boolean(), count: z.number(), files: paths }))
      .describe("What each filter matched, removed files among it."),
    base: z.string().describe("Commit that the head is compared with."),
    head: z.string().describe("Commit at the change's end."),
    "is-whole": z.boolean().describe("False when the code host withheld part of a very large change."),
  }),
  needs: ["repo"],
  effects: "none",
  async run({ repo, log }, inputs) {
    const change = await repo.change();
    const globs = listOf(inputs.paths);
    const isMeant = globs.length === 0 ? () => true : createPathMatcher(globs);
    const touched = change.files.filter(({ path, previousPath }) =>
      [path, previousPath].some((one) => one !== undefined && isMeant(one)),
    );
    const withStatus = (...statuses: string[]): string[] =>
      touched.filter(({ status }) => statuses.includes(status)).map(({ path }) => path);
    const filters = Object.fromEntries(
      Object.entries(inputs.filters).map(([name, patterns]) => {
        const matches = createPathMatcher(listOf(patterns));
        const files = touched
          .filter(({ path, previousPath }) => matches(path) || (previousPath !== undefined && matches(previousPath)))
          .map(({ path }) => path);
        return [name, { matched: files.length > 0, count: files.length, files }];
      }),
    );
    for (const { path, reason } of change.gaps) log.warn(`${path ?? "the change"}: ${reason}`);
    // A gap of one path only lacks its lines; a gap without a path means that files are missing.
    const isWhole = change.gaps.every(({ path }) => path !== undefined);
    return {
      files: touched.filter(({ status }) => status !== "removed").map(({ path }) => path),
      "all-files": touched.map(({ path }) => path),
      added: withStatus("added", "copied"),
      modified: withStatus("modified", "type-changed"),
      removed: withStatus("removed"),
      renamed: touched
        .filter(({ status }) => status === "renamed")
        .map(({ path, previousPath = path }) => ({ path, "previous-path": previousPath })),
      count: touched.length,
      any: touched.length > 0,
      filters,
      base: change.base,
      head: change.head,
      "is-whole": isWhole,
    };
  },
});

/** `pr.label-by-path`: labels for the parts of the repository that a pull request touches. */
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction } from "../../model/action.ts";
import { listOf, textList } from "../text-list.ts";

export const labelByPath = defineAction({
  id: "pr.label-by-path",
  summary: "Label the pull request by the paths that it changes.",
  description: `A label is added when one changed path matches its globs; the old name of a renamed file counts too. With \`sync\`, a label of
the map whose paths are no longer touched is taken off. Labels that the map does not name are never touched.

\`\`\`yaml
- uses: pr.label-by-path
  with:
    labels:
      documentation: ["docs/**", "*.md"]
      ci: [".github/workflows/**"]
\`\`\``,
  inputs: z.strictObject({
    labels: z.record(z.string().min(1), textList).describe("Label to the globs of its paths; `!glob` takes paths out."),
    sync: z.boolean().default(false).describe("Take off labels of the map that no longer fit."),
  }),
  outputs: z.object({
    labels: z.array(z.string()).describe("Labels of the map that fit."),
    added: z.array(z.string()).describe("Those that were not there before."),
    removed: z.array(z.string()).describe("Those that were taken off."),
  }),
  needs: ["host", "pullRequest"],
  effects: "outside",
  async run({ host, pullRequest }, inputs) {
    const { files } = await pullRequest.change();
    const paths = files.flatMap(({ path, previousPath }) =>
      previousPath === undefined ? [path] : [path, previousPath],
    );
    const labels = Object.entries(inputs.labels)
      .filter(([, globs]) => paths.some(createPathMatcher(listOf(globs))))
      .map(([label]) => label);
    const own = (await pullRequest.get()).labels;
    const has = (list: readonly string[], label: string): boolean =>
      list.some((name) => name.toLowerCase() === label.toLowerCase());
    const added = labels.filter((label) => !has(own, label));
    const mapped = Object.keys(inputs.labels);
    const removed = inputs.sync ? own.filter((label) => has(mapped, label) && !has(labels, label)) : [];
    if (added.length > 0) await host.addLabels(pullRequest.number, added);
    if (removed.length > 0) await host.removeLabels(pullRequest.number, removed);
    return { labels, added, removed };
  },
});

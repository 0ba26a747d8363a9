/** `pr.size-label`: one label that says how large the pull request is. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { listOf, textList } from "../text-list.ts";
import { defaultLimits, sizeNames, sizeOf } from "./change-size.ts";

const colors = ["3cbf00", "5d9801", "7f7203", "a14c05", "c32607", "e50009"];

export const sizeLabel = defineAction({
  id: "pr.size-label",
  summary: "Keep one label on the pull request that says how large it is.",
  description: `Counts added and removed lines of files that people write: lockfiles, generated and vendored files are left out. The
label of another size is taken off; other labels stay as they are.

\`\`\`yaml
- uses: pr.size-label
  with: { limits: [20, 60, 200, 500, 1000] }
\`\`\``,
  inputs: z.strictObject({
    prefix: z.string().default("size/").describe("What stands before XS, S, M, L, XL or XXL in the label."),
    limits: z
      .array(z.number().int().positive())
      .length(defaultLimits.length)
      .default([...defaultLimits])
      .describe("Changed lines from which S, M, L, XL and XXL begin."),
    ignore: textList.default([]).describe("Globs of files that do not count."),
  }),
  outputs: z.object({
    size: z.enum(sizeNames).describe("The size."),
    label: z.string().describe("The label."),
    changes: z.number().describe("Changed lines that counted."),
    removed: z.array(z.string()).describe("Labels of another size that were taken off."),
  }),
  needs: ["host", "pullRequest"],
  effects: "outside",
  async run({ host, pullRequest }, { prefix, limits, ignore }) {
    if (limits.some((limit, index) => index > 0 && limit <= (limits[index - 1] ?? 0))) {
      throw new StepFailed(`limits must grow: ${limits.join(", ")}`);
    }
    const { size, changes } = sizeOf(await pullRequest.change(), limits, listOf(ignore));
    const label = `${prefix}${size}`;
    const { labels } = await pullRequest.get();
    const others = sizeNames.filter((name) => name !== size).map((name) => `${prefix}${name}`.toLowerCase());
    const removed = labels.filter((name) => others.includes(name.toLowerCase()));
    if (!labels.some((name) => name.toLowerCase() === label.toLowerCase())) {
      const known = (await host.labels()).some(({ name }) => name.toLowerCase() === label.toLowerCase());
      // Somebody may have given it a colour of their own.
      if (!known) await host.ensureLabel({ name: label, color: colors[sizeNames.indexOf(size)] ?? "ededed" });
      await host.addLabels(pullRequest.number, [label]);
    }
    if (removed.length > 0) await host.removeLabels(pullRequest.number, removed);
    return { size, label, changes, removed };
  },
});

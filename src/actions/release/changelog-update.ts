/** `release.changelog-update`: puts a version's notes into the changelog. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { lostLines, updateChangelog } from "./changelog.ts";

export const changelogUpdate = defineAction({
  id: "release.changelog-update",
  summary: "Put a version's notes into the changelog and lose no line of it.",
  description: `With a \`version\`, its section is made above the others, in the form of the newest one's heading, and takes along what people
wrote under "Unreleased"; without one, the notes go under "Unreleased". A section that is there gets the lines that it lacks. Every line
of the old file is in the new one, or nothing is written. Only the file is changed; \`repo.commit-and-push\` brings it further.

\`\`\`yaml
- uses: release.changelog-update
  with:
    version: \${{ steps.notes.outputs.next-version }}
    notes: \${{ steps.notes.outputs.markdown }}
\`\`\``,
  inputs: z.strictObject({
    path: z.string().min(1).default("CHANGELOG.md").describe("The changelog; made when it is not there."),
    version: z
      .string()
      .regex(/^v?\d[\w.+-]*$/, "a version such as 1.2.0")
      .optional()
      .describe("The version; under Unreleased when absent."),
    date: z
      .string()
      .regex(/^\d{4}-\d\d-\d\d$/, "a date such as 2026-01-31")
      .optional()
      .describe("Its day; today in UTC when absent."),
    notes: z.string().describe("Markdown; `###` headings sort it into groups."),
  }),
  outputs: z.object({
    outcome: z.enum(["created", "updated", "unchanged"]).describe("What became of the file."),
    path: z.string().describe("The file."),
    changed: z.boolean().describe("Whether it was written."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run({ repo, clock }, { path, version, notes, ...inputs }) {
    const before = await repo.readText(path);
    if (notes.trim() === "") return { outcome: "unchanged" as const, path, changed: false };
    if (/^#{1,2}\s/m.test(notes.replace(/^\s*(```|~~~)[\s\S]*?^\s*\1/gm, ""))) {
      throw new StepFailed(
        "the notes have headings of the first or second level: those are the changelog's own; begin with `###`",
      );
    }
    const date = inputs.date ?? clock.now().toISOString().slice(0, 10);
    const after = updateChangelog(before, { version, date, notes });
    const lost = lostLines(before ?? "", after);
    if (lost.length > 0) {
      throw new StepFailed(
        `${path} was not written: ${lost.length} of its lines would be lost, the first is ${JSON.stringify(lost[0])}`,
      );
    }
    if (before !== undefined && sameText(before, after)) return { outcome: "unchanged" as const, path, changed: false };
    await repo.write(path, after);
    return { outcome: before === undefined ? ("created" as const) : ("updated" as const), path, changed: true };
  },
});

/** Blank lines alone are no reason to write. */
function sameText(before: string, after: string): boolean {
  const lines = (text: string): string =>
    text
      .split(/\r?\n/)
      .map((line) => line.trimEnd())
      .filter((line) => line !== "")
      .join("\n");
  return lines(before) === lines(after);
}

/** `release.tag`: a tag for a version, made once and never moved. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { usualPrefix } from "./tag-prefix.ts";

export const tag = defineAction({
  id: "release.tag",
  summary: "Tag a commit as a version; a tag is never moved.",
  description: `A tag that stands on this commit already is left as it is; one that stands elsewhere fails the step. So does a version that is not
above all tags with the same prefix, unless \`allow-lower\` says that an older line is maintained.

\`\`\`yaml
- uses: release.tag
  with: { version: "\${{ steps.notes.outputs.next-version }}" }
\`\`\``,
  inputs: z.strictObject({
    version: z.string().min(1).describe("The version, with or without the prefix."),
    prefix: z
      .string()
      .optional()
      .describe("What stands before the version in the tag; as the highest version's tag has it when absent."),
    sha: z.string().optional().describe("The commit; the event's when absent, else the tip of the default branch."),
    "allow-lower": z.boolean().default(false).describe("Also below the highest version."),
  }),
  outputs: z.object({
    outcome: z.enum(["created", "unchanged"]).describe("What became of the tag."),
    tag: z.string().describe("Its name."),
    sha: z.string().describe("The commit."),
  }),
  needs: ["host"],
  effects: "outside",
  async run({ host, event }, inputs) {
    const { default: semver } = await import("semver");
    const tags = await host.tags();
    const prefix = inputs.prefix ?? (await usualPrefix(tags.map(({ name: each }) => each)));
    const bare = inputs.version.startsWith(prefix) ? inputs.version.slice(prefix.length) : inputs.version;
    const version = semver.parse(bare);
    if (version === null)
      throw new StepFailed(`${JSON.stringify(inputs.version)} is no semantic version such as 1.4.0`);
    const name = `${prefix}${version.raw}`;
    const sha = inputs.sha ?? event.sha ?? (await tipOfDefault());
    if (sha === undefined || !/^[0-9a-f]{40,64}$/.test(sha))
      throw new StepFailed(`${JSON.stringify(sha ?? "")} is no full commit id`);
    const known = tags.find((each) => each.name === name);
    if (known !== undefined && known.sha !== sha) {
      throw new StepFailed(
        `the tag ${name} stands on ${known.sha.slice(0, 12)}, not on ${sha.slice(0, 12)}: it is not moved`,
      );
    }
    const highest = tags
      .flatMap((each) => {
        const other = each.name.startsWith(prefix) ? semver.parse(each.name.slice(prefix.length)) : null;
        return other === null ? [] : [other];
      })
      .sort(semver.rcompare)[0];
    if (known === undefined && highest !== undefined && !inputs["allow-lower"] && semver.lte(version, highest)) {
      throw new StepFailed(
        `${version.raw} is not above ${highest.raw}, the highest version: \`allow-lower: true\` tags it all the same`,
      );
    }
    const { outcome } = await host.ensureTag(name, sha);
    return { outcome, tag: name, sha };

    async function tipOfDefault(): Promise<string | undefined> {
      const { defaultBranch } = await host.repository();
      return (await host.branches()).find((branch) => branch.name === defaultBranch)?.sha;
    }
  },
});

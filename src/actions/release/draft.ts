/** `release.draft`: a draft of a release that is kept up to date. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { hasMarker, markerOf, withMarker } from "../../model/marker.ts";
import { usualPrefix } from "./tag-prefix.ts";

/** GitHub's limit of a release's text, in characters. */
const releaseLimit = 125_000;

export const draft = defineAction({
  id: "release.draft",
  summary: "Keep the draft of a release up to date.",
  description: `Found again by its tag; where the version went up since, the draft that this action made for the lower one becomes it, so that there is
one. Drafts that people made are left alone. A release that is published already is left as it is; nothing is published here, and no tag is made before
somebody publishes the draft.

\`\`\`yaml
- uses: release.draft
  with: { version: "1.4.0", body: "\${{ steps.notes.outputs.markdown }}" }
\`\`\``,
  inputs: z.strictObject({
    version: z.string().min(1).describe("The version, with or without the tag's prefix."),
    "tag-prefix": z
      .string()
      .optional()
      .describe("What stands before the version in the tag; as the highest version's tag has it when absent."),
    name: z.string().optional().describe("The title; the tag when absent."),
    body: z.string().default("").describe("Markdown."),
    target: z
      .string()
      .optional()
      .describe("Branch or commit that the tag will stand on; the default branch when absent."),
    prerelease: z.boolean().optional().describe("As the version says when absent: 1.0.0-beta.1 is one."),
  }),
  outputs: z.object({
    outcome: z.enum(["created", "updated", "unchanged", "published-already"]).describe("What became of the draft."),
    tag: z.string().describe("Its tag."),
    url: z.string().describe("Where it is read."),
  }),
  needs: ["host"],
  effects: "outside",
  async run({ host }, inputs) {
    const { default: semver } = await import("semver");
    const prefix = inputs["tag-prefix"] ?? (await usualPrefix((await host.tags()).map(({ name }) => name)));
    const bare = inputs.version.startsWith(prefix) ? inputs.version.slice(prefix.length) : inputs.version;
    const version = semver.parse(bare);
    if (version === null)
      throw new StepFailed(`${JSON.stringify(inputs.version)} is no semantic version such as 1.4.0`);
    const tag = `${prefix}${version.raw}`;
    const releases = await host.releases();
    const known = releases.find((release) => release.tag === tag);
    if (known !== undefined && !known.isDraft) return { outcome: "published-already" as const, tag, url: known.url };
    // More was merged since, and the version went up: the draft of before is this one.
    const marker = markerOf("release", "draft");
    const before = releases.find(
      ({ isDraft, body, tag: other }) => isDraft && other.startsWith(prefix) && hasMarker(body, "release", "draft"),
    );
    const { release, outcome } = await host.ensureRelease({
      tag,
      name: inputs.name ?? tag,
      body: withMarker(inputs.body, marker, { limit: releaseLimit }),
      ...(before === undefined ? {} : { replaces: before.tag }),
      target: inputs.target ?? (await host.repository()).defaultBranch,
      isDraft: true,
      isPrerelease: inputs.prerelease ?? version.prerelease.length > 0,
    });
    return { outcome, tag, url: release.url };
  },
});

/** `platform.add-missing-files`: what a prototype lacks, laid down to be reviewed. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { readEnvironmentNames } from "./environment-names.ts";
import { describeStack, starterFiles, starterKinds } from "./starter-files.ts";

export const addMissingFiles = defineAction({
  id: "platform.add-missing-files",
  summary: "Lay down what is missing: a CI workflow, a Dockerfile, .env.example, a first test.",
  description:
    "Written for the package manager, scripts and language that the repository has; what is there in any form is left " +
    "alone, nothing is ever overwritten. With `apply: false` it only says what it would write. Node and Python are " +
    "supported; of anything else it says so.\n\n" +
    "```yaml\n- uses: platform.add-missing-files\n  with: { files: [ci, env-example], apply: true }\n```",
  inputs: z.strictObject({
    files: z
      .array(z.enum(starterKinds))
      .default([...starterKinds])
      .describe("Which of them."),
    apply: z.boolean().default(false).describe("Write them; otherwise only say what would be written."),
  }),
  outputs: z.object({
    files: z.array(z.string()).describe("What was (or would be) written."),
    left: z
      .array(z.object({ kind: z.string(), reason: z.string() }))
      .describe("What was not needed or cannot be written for this repository, and why."),
    markdown: z.string().describe("The same in words."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, given) {
    const paths = (await context.repo.files()).map(({ path }) => path);
    const read = (path: string) => context.repo.readText(path);
    const stack = await describeStack(paths, read);
    if (stack === undefined) {
      throw new StepFailed("there is neither package.json nor pyproject.toml nor requirements.txt at the root", {
        files: [],
      });
    }
    const names = await readEnvironmentNames(paths, read);
    const { files, left } = starterFiles(stack, new Set(given.files), paths, [...names.keys()].sort());
    if (given.apply) {
      for (const { path, text } of files) {
        // Somebody may have made it since the listing.
        if ((await context.repo.read(path)) === undefined) await context.repo.write(path, text);
      }
    }
    const done = given.apply ? "Written" : "Would be written";
    const markdown = [
      ...files.map(({ path, why }) => `- ${done}: \`${path}\` (${why})`),
      ...left.map(({ kind, reason }) => `- Left: ${kind}, ${reason}`),
    ].join("\n");
    return { files: files.map(({ path }) => path), left, markdown };
  },
});

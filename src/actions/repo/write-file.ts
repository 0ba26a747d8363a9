/** `repo.write-file`: puts text into a file of the checkout. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";

export const writeFile = defineAction({
  id: "repo.write-file",
  summary: "Write a file of the checkout, whole or not at all.",
  description: `Folders are made. A path outside the repository or inside \`.git\` is refused. The file is not staged and not committed;
\`repo.commit-and-push\` does that.

\`\`\`yaml
- uses: repo.write-file
  with:
    path: .nvmrc
    content: "22\\n"
    if-exists: keep
\`\`\``,
  inputs: z.strictObject({
    path: z.string().min(1).describe("Relative to the repository's root."),
    content: z.string().describe("The whole new text."),
    "if-exists": z
      .enum(["overwrite", "keep", "fail"])
      .default("overwrite")
      .describe("What to do with a file that is there and says something else."),
    "final-newline": z.boolean().default(true).describe("End a text that does not end in a line break with one."),
  }),
  outputs: z.object({
    outcome: z.enum(["created", "updated", "unchanged", "kept"]).describe("What became of the file."),
    changed: z.boolean().describe("Whether it was written."),
    path: z.string().describe("The path."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run({ repo }, inputs) {
    const { path } = inputs;
    if (/(^|[\\/])\.git([\\/]|$)/i.test(path)) throw new StepFailed(`${path} belongs to git itself and is not written`);
    const content =
      inputs["final-newline"] && inputs.content !== "" && !inputs.content.endsWith("\n")
        ? `${inputs.content}\n`
        : inputs.content;
    const old = await repo.read(path);
    if (old !== undefined) {
      if (Buffer.from(old).equals(Buffer.from(content))) return { outcome: "unchanged" as const, changed: false, path };
      if (inputs["if-exists"] === "keep") return { outcome: "kept" as const, changed: false, path };
      if (inputs["if-exists"] === "fail") {
        throw new StepFailed(`${path} exists and says something else; \`if-exists: overwrite\` replaces it`);
      }
    }
    await repo.write(path, content);
    return { outcome: old === undefined ? ("created" as const) : ("updated" as const), changed: true, path };
  },
});

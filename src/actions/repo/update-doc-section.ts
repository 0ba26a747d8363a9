/** `repo.update-doc-section`: replaces what stands between two markers of a document. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { replaceSection } from "./doc-section.ts";

export const updateDocSection = defineAction({
  id: "repo.update-doc-section",
  summary: "Replace the part of a document that stands between two markers.",
  description: `The markers stand alone on their lines: \`<!-- codeflow:NAME:start -->\` and \`<!-- codeflow:NAME:end -->\`, unless others are named.
Everything outside of them stays byte for byte, with the document's own line ends. Markers inside fenced code are not markers.
A document with a marker twice, without its partner or in the wrong order is refused and left alone.

\`\`\`yaml
- uses: repo.update-doc-section
  with:
    path: README.md
    section: commands
    content: \${{ steps.help.outputs.text }}
\`\`\``,
  inputs: z.strictObject({
    path: z.string().min(1).describe("The document, relative to the root."),
    section: z
      .string()
      .regex(/^[\w.-]+$/)
      .default("section")
      .describe("NAME in the default markers."),
    content: z.string().optional().describe("New text between the markers."),
    "content-file": z.string().optional().describe("A file whose text is taken instead of `content`."),
    "start-marker": z.string().min(3).optional().describe("Another first marker; compared with the trimmed line."),
    "end-marker": z.string().min(3).optional().describe("Another last marker."),
    "if-missing": z
      .enum(["fail", "append"])
      .default("fail")
      .describe("`append` puts markers and content at the end of a document that has no markers."),
  }),
  outputs: z.object({
    outcome: z.enum(["updated", "appended", "unchanged"]).describe("What became of the document."),
    changed: z.boolean().describe("Whether it was written."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run({ repo }, inputs) {
    const { path } = inputs;
    if ((inputs.content === undefined) === (inputs["content-file"] === undefined)) {
      throw new StepFailed("give either `content` or `content-file`");
    }
    const content = inputs.content ?? (await repo.readText(inputs["content-file"] ?? ""));
    if (content === undefined)
      throw new StepFailed(`there is no file ${inputs["content-file"]} to take the content from`);
    const raw = await repo.read(path);
    if (raw === undefined) throw new StepFailed(`there is no document ${path}`);
    // With its BOM, unlike readText: what is outside the markers is not ours to change.
    const document = Buffer.from(raw).toString("utf8");
    const result = replaceSection(document, content, {
      start: inputs["start-marker"] ?? `<!-- codeflow:${inputs.section}:start -->`,
      end: inputs["end-marker"] ?? `<!-- codeflow:${inputs.section}:end -->`,
      append: inputs["if-missing"] === "append",
    });
    if ("refused" in result) throw new StepFailed(`${path}: ${result.refused}`);
    if (result.text === document) return { outcome: "unchanged" as const, changed: false };
    await repo.write(path, result.text);
    return { outcome: result.outcome, changed: true };
  },
});

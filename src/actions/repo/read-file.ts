/** `repo.read-file`: a file's content, as text, bytes or parsed. */
import { z } from "zod";
import { defineAction, type Repository, StepFailed } from "../../model/action.ts";

export const readFile = defineAction({
  id: "repo.read-file",
  summary: "Read a file of the checkout, or of a commit, as text or parsed JSON, YAML or TOML.",
  description: `Of a \`ref\` text is read (UTF-8). A file that is absent fails the step unless \`required: false\`.

\`\`\`yaml
- id: manifest
  uses: repo.read-file
  with: { path: package.json, format: json }
- uses: flow.log
  with: { message: "version \${{ steps.manifest.outputs.value.version }}" }
\`\`\``,
  inputs: z.strictObject({
    path: z.string().min(1).describe("Relative to the repository's root."),
    ref: z.string().optional().describe("Branch, tag or commit to read it from; the checkout unless said."),
    format: z
      .enum(["text", "json", "yaml", "toml", "base64"])
      .default("text")
      .describe("How `value` is made; `base64` is for binary files of the checkout."),
    required: z.boolean().default(true).describe("Fail when the file is absent."),
    "max-bytes": z.int().min(1).default(1_048_576).describe("A larger file fails the step: outputs are stored."),
  }),
  outputs: z.object({
    exists: z.boolean().describe("Whether the file is there."),
    content: z.string().describe("The text (base64 with `format: base64`); empty when absent."),
    value: z
      .unknown()
      .describe("The parsed value with `json`, `yaml` and `toml`; the content otherwise; null when absent."),
    size: z.number().describe("Bytes."),
  }),
  needs: ["repo"],
  effects: "none",
  async run({ repo }, inputs) {
    const { path, format, ref } = inputs;
    if (ref !== undefined && format === "base64") {
      throw new StepFailed("base64 is only read from the checkout: leave out `ref`, or read text");
    }
    const content = ref === undefined ? await repo.read(path) : await readAt(repo, ref, path);
    const where = ref === undefined ? "the checkout" : ref;
    if (content === undefined) {
      if (inputs.required)
        throw new StepFailed(`there is no file ${path} in ${where}; \`required: false\` accepts that`);
      return { exists: false, content: "", value: null, size: 0 };
    }
    if (content.length > inputs["max-bytes"]) {
      throw new StepFailed(`${path} has ${content.length} bytes, more than max-bytes (${inputs["max-bytes"]})`);
    }
    const buffer = Buffer.from(content);
    const text = format === "base64" ? buffer.toString("base64") : buffer.toString("utf8").replace(/^\ufeff/, "");
    return { exists: true, content: text, value: await parsed(text, format, path), size: content.length };
  },
});

async function readAt(repo: Repository, ref: string, path: string): Promise<Uint8Array | undefined> {
  const commit = (await repo.git(["rev-parse", "--verify", "--end-of-options", `${ref}^{commit}`])).trim();
  const entry = await repo.git(["--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--", path]);
  const [, type, blob] = /^\d+ (\w+) ([0-9a-f]+)\t/.exec(entry) ?? [];
  if (type !== "blob" || blob === undefined) return undefined;
  return Buffer.from(await repo.git(["cat-file", "blob", blob]));
}

async function parsed(text: string, format: string, path: string): Promise<unknown> {
  try {
    if (format === "json") return JSON.parse(text);
    if (format === "yaml") return (await import("yaml")).parse(text, { maxAliasCount: 100 });
    if (format === "toml") return JSON.parse(JSON.stringify((await import("smol-toml")).parse(text)));
  } catch (error) {
    throw new StepFailed(`${path} does not parse as ${format}: ${(error as Error).message}`);
  }
  return text;
}

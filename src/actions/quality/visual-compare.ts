/** `quality.visual-compare`: screenshots against accepted ones, pixel by pixel. */
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type ActionContext, defineAction, StepFailed } from "../../model/action.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";

const status = z.enum(["same", "different", "size-differs", "new", "missing"]);

export const visualCompare = defineAction({
  id: "quality.visual-compare",
  summary: "Compare screenshots with accepted ones pixel by pixel, and draw what differs.",
  description: `PNG files of the same name in two folders. \`threshold\` is how different a pixel's colour may be (0 to 1); pixels that differ only by anti-aliasing do not count unless
asked for. Pictures of different size are different, whatever they show. Of each difference a picture is written to \`diff-folder\`. \`update: true\` accepts all new pictures
instead of judging them. A folder without any picture fails the step.

\`\`\`yaml
- uses: quality.take-screenshots
  with: { folder: dist, output: screenshots }
- uses: quality.visual-compare
  with: { actual: screenshots, accepted: test/screenshots, max-percent: 0.1 }
\`\`\``,
  inputs: z.strictObject({
    actual: z.string().default("screenshots").describe("Folder of the new pictures."),
    accepted: z.string().describe("Folder of the accepted pictures."),
    "diff-folder": z.string().default("screenshot-diffs").describe("Folder for pictures of what differs."),
    threshold: z.number().min(0).max(1).default(0.1).describe("How different a pixel's colour may be."),
    "count-anti-aliasing": z.boolean().default(false).describe("Count pixels that differ only by anti-aliasing."),
    "max-percent": z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe("Different pixels that are accepted, in percent of the picture."),
    update: z.boolean().default(false).describe("Accept the new pictures."),
    "fail-on-new": z.boolean().default(false).describe("Fail the step for pictures that nobody has accepted yet."),
    "fail-on-difference": z.boolean().default(true).describe("Fail the step when a picture differs or is missing."),
  }),
  outputs: z.object({
    images: z
      .array(
        z.object({ name: z.string(), status, pixels: z.number(), percent: z.number(), diff: z.string().optional() }),
      )
      .describe("Each picture with the pixels that differ."),
    different: z.number().describe("Pictures that differ or are missing."),
    new: z.number().describe("Pictures that nobody has accepted yet."),
    updated: z.array(z.string()).describe("Pictures that were accepted."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, inputs) {
    const { repo, summarize } = context;
    const [{ default: pixelmatch }, { default: png }] = await Promise.all([import("pixelmatch"), import("pngjs")]);
    const actual = await pictures(context, inputs.actual);
    if (actual.length === 0) throw new StepFailed(`there are no PNG files in ${inputs.actual}: take screenshots first`);
    const accepted = await pictures(context, inputs.accepted);
    const images: { name: string; status: z.infer<typeof status>; pixels: number; percent: number; diff?: string }[] =
      [];
    const updated: string[] = [];
    const read = async (path: string) => {
      try {
        return png.PNG.sync.read(Buffer.from((await repo.read(path)) ?? new Uint8Array()));
      } catch (error) {
        throw new StepFailed(`${path} cannot be read as PNG: ${(error as Error).message}`);
      }
    };
    for (const name of [...new Set([...actual, ...accepted])].sort()) {
      const path = `${inputs.actual}/${name}`;
      const known = `${inputs.accepted}/${name}`;
      if (!actual.includes(name)) {
        images.push({ name, status: "missing", pixels: 0, percent: 0 });
        continue;
      }
      const now = await read(path);
      const before = accepted.includes(name) ? await read(known) : undefined;
      const all = now.width * now.height;
      let one: (typeof images)[number];
      if (before === undefined) one = { name, status: "new", pixels: 0, percent: 0 };
      else if (before.width !== now.width || before.height !== now.height) {
        one = { name, status: "size-differs", pixels: Math.abs(all - before.width * before.height), percent: 100 };
      } else {
        const drawn = new png.PNG({ width: now.width, height: now.height });
        const pixels = pixelmatch(before.data, now.data, drawn.data, now.width, now.height, {
          threshold: inputs.threshold,
          includeAA: inputs["count-anti-aliasing"],
        });
        const percent = Math.ceil((pixels / all) * 1_000_000) / 10_000;
        if (percent <= inputs["max-percent"]) one = { name, status: "same", pixels, percent };
        else {
          const diff = `${inputs["diff-folder"]}/${name}`;
          await repo.write(diff, png.PNG.sync.write(drawn));
          one = { name, status: "different", pixels, percent, diff };
        }
      }
      if (inputs.update && one.status !== "same") {
        const content = await repo.read(path);
        if (content !== undefined) await repo.write(known, content);
        updated.push(name);
      }
      images.push(one);
    }
    const counts = inputs.update ? images.filter((image) => image.status === "missing") : images;
    const wrong = counts.filter(
      ({ status: state }) => state === "different" || state === "size-differs" || state === "missing",
    );
    const fresh = counts.filter(({ status: state }) => state === "new");
    const rows = images
      .filter(({ status: state }) => state !== "same")
      .map((one) => [code(one.name), one.status, `${one.percent} %`, one.diff === undefined ? "" : code(one.diff)]);
    summarize(
      `**Screenshots**: ${counted(images.length, "picture")}, ${wrong.length} different or missing, ${fresh.length} new${rows.length === 0 ? "" : `\n\n${markdownTable(["Picture", "", "Pixels", "Difference"], rows)}`}`,
    );
    const outputs = { images, different: wrong.length, new: fresh.length, updated };
    if (inputs["fail-on-difference"] && wrong.length > 0) {
      throw new StepFailed(
        `${counted(wrong.length, "picture")} not as accepted: ${wrong.map(({ name, status: state, percent }) => `${name} (${state}${state === "different" ? `, ${percent} %` : ""})`).join(", ")}`,
        outputs,
      );
    }
    if (inputs["fail-on-new"] && fresh.length > 0)
      throw new StepFailed(`nobody has accepted ${fresh.map(({ name }) => name).join(", ")}`, outputs);
    return outputs;
  },
});

/** Straight from disk: screenshots are often ignored by git. */
async function pictures({ repo }: ActionContext<"repo">, folder: string): Promise<string[]> {
  if (folder.startsWith("/") || folder.split("/").includes(".."))
    throw new StepFailed(`${folder} leads out of the repository`);
  const root = join(repo.root, folder);
  if ((await lstat(root).catch(() => undefined))?.isDirectory() !== true) return [];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith(".png"))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

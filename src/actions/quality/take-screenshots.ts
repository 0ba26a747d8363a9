/** `quality.take-screenshots`: pictures of pages in Chromium. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { bytes, code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { pageInputs, pageName, parseViewport, visitPages } from "./browser.ts";

export const takeScreenshots = defineAction({
  id: "quality.take-screenshots",
  summary: "Take screenshots of pages at several sizes, in a Chromium of this machine.",
  description: `Pages of a running site (\`url\`) or of a built one (\`folder\`, served on the loopback address). Animations are stopped, motion is reduced, fonts are
waited for, so that two runs over the same page give the same picture. A page that does not load or answers 4xx or 5xx fails the step.

\`\`\`yaml
- uses: quality.take-screenshots
  with:
    folder: dist
    pages: ["/", "/about"]
    viewports: [1280x720, 390x844]
\`\`\``,
  inputs: z.strictObject({
    ...pageInputs,
    viewports: textList.default(["1280x720"]).describe("Sizes as WIDTHxHEIGHT."),
    "full-page": z.boolean().default(true).describe("The whole page instead of the part in view."),
    output: z.string().default("screenshots").describe("Folder for the pictures: PAGE-WIDTHxHEIGHT.png."),
  }),
  outputs: z.object({
    screenshots: z
      .array(z.object({ page: z.string(), viewport: z.string(), path: z.string(), bytes: z.number() }))
      .describe("What was taken."),
    count: z.number().describe("How many."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, inputs) {
    const viewports = listOf(inputs.viewports).map(parseViewport);
    if (viewports.length === 0) throw new StepFailed("no viewport is named");
    const screenshots: { page: string; viewport: string; path: string; bytes: number }[] = [];
    await visitPages(context, inputs, viewports, async (tab, { page, viewport }) => {
      const size = `${viewport.width}x${viewport.height}`;
      const base = `${inputs.output.replace(/\/+$/, "")}/${pageName(page)}-${size}`;
      // Two pages may make the same name.
      const clashes = screenshots.filter(({ path }) => path === `${base}.png` || path.startsWith(`${base}~`)).length;
      const path = clashes === 0 ? `${base}.png` : `${base}~${clashes + 1}.png`;
      const image = await tab.screenshot({
        fullPage: inputs["full-page"],
        animations: "disabled",
        caret: "hide",
        type: "png",
      });
      await context.repo.write(path, image);
      screenshots.push({ page, viewport: size, path, bytes: image.length });
    });
    context.summarize(
      `${counted(screenshots.length, "screenshot")}\n\n${markdownTable(
        ["Page", "Size", "File"],
        screenshots.map((one) => [code(one.page), one.viewport, `${code(one.path)} (${bytes(one.bytes)})`]),
      )}`,
    );
    return { screenshots, count: screenshots.length };
  },
});

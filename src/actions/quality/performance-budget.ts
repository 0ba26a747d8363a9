/** `quality.performance-budget`: sizes of build outputs against limits and against earlier sizes. */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { type ActionContext, defineAction, StepFailed } from "../../model/action.ts";
import { bytes, code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";

const sizes = z.object({ raw: z.number(), gzip: z.number(), brotli: z.number() });
type Sizes = z.infer<typeof sizes>;

const limit = z.union([z.number().min(0), z.string()]);

export const performanceBudget = defineAction({
  id: "quality.performance-budget",
  summary: "Measure build outputs raw, gzip and brotli, and hold them to limits and to their earlier sizes.",
  description: `Each budget is a set of globs, whose files are summed, with limits in bytes or as \`180 kB\`, \`1.5 MiB\`. A budget that matches no file fails the step: a
build that did not happen is no success. Build folders that git ignores are found too. Budgets without limits are measured only, and the summary says so. With \`base-file\` (JSON that an earlier step wrote through \`write-to\`)
growth is judged by \`max-growth-percent\`.

\`\`\`yaml
- uses: quality.performance-budget
  with:
    folder: dist
    budgets:
      scripts: { files: ["*.js"], gzip: 180 kB }
      styles: { files: ["*.css"], brotli: 20 kB }
\`\`\``,
  inputs: z.strictObject({
    folder: z.string().default("dist").describe("Where the build outputs are; globs are relative to it."),
    budgets: z
      .record(
        z.string(),
        z.strictObject({ files: textList, raw: limit.optional(), gzip: limit.optional(), brotli: limit.optional() }),
      )
      .default({ all: { files: ["**"] } })
      .describe("Globs and limits by a name of your choice."),
    "base-file": z.string().optional().describe("Earlier sizes; an absent file is said and judged as no growth."),
    "max-growth-percent": z
      .number()
      .min(0)
      .optional()
      .describe("With `base-file`: growth of a budget's gzip size that is accepted."),
    "write-to": z.string().optional().describe("File to write the sizes to, for a later run."),
    "fail-on-exceeded": z.boolean().default(true).describe("Fail the step when a limit is exceeded."),
  }),
  outputs: z.object({
    budgets: z
      .record(
        z.string(),
        sizes.extend({
          files: z.number(),
          exceeded: z.array(z.string()),
          base: sizes.optional(),
          "growth-percent": z.number().optional(),
        }),
      )
      .describe("Sizes in bytes of each budget, and what it exceeds."),
    exceeded: z.array(z.string()).describe("One sentence for each limit that does not hold."),
    largest: z.array(sizes.extend({ path: z.string() })).describe("The ten largest files by gzip size."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, inputs) {
    const { repo, log, summarize } = context;
    const folder = inputs.folder.replace(/\/+$/, "");
    if (folder.startsWith("/") || folder.split("/").includes(".."))
      throw new StepFailed(`${folder} leads out of the repository`);
    const files = await measureFolder(context, folder);
    const base = await readBase(context, inputs["base-file"]);
    const exceeded: string[] = [];
    const budgets: Record<
      string,
      Sizes & { files: number; exceeded: string[]; base?: Sizes; "growth-percent"?: number }
    > = {};
    for (const [name, budget] of Object.entries(inputs.budgets)) {
      const isMeant = createPathMatcher(listOf(budget.files));
      const own = files.filter(({ path }) => isMeant(path));
      if (own.length === 0) {
        throw new StepFailed(`the budget ${name} matches no file in ${folder}: build first, or mend its globs`);
      }
      const sum: Sizes = { raw: 0, gzip: 0, brotli: 0 };
      for (const file of own) for (const kind of ["raw", "gzip", "brotli"] as const) sum[kind] += file[kind];
      const wrong: string[] = [];
      for (const kind of ["raw", "gzip", "brotli"] as const) {
        const written = budget[kind];
        if (written === undefined) continue;
        const most = parseSize(written, `${name}.${kind}`);
        if (sum[kind] > most)
          wrong.push(
            `${name}: ${bytes(sum[kind])} ${kind}, ${bytes(sum[kind] - most)} above the limit of ${bytes(most)}`,
          );
      }
      const before = base?.[name];
      const growth =
        before === undefined || before.gzip === 0 ? undefined : Math.round((sum.gzip / before.gzip - 1) * 10_000) / 100;
      const accepted = inputs["max-growth-percent"];
      if (growth !== undefined && accepted !== undefined && growth > accepted) {
        wrong.push(`${name}: grew by ${growth} % to ${bytes(sum.gzip)} gzip, more than ${accepted} %`);
      }
      exceeded.push(...wrong);
      budgets[name] = {
        ...sum,
        files: own.length,
        exceeded: wrong,
        ...(before === undefined ? {} : { base: before }),
        ...(growth === undefined ? {} : { "growth-percent": growth }),
      };
    }
    if (inputs["base-file"] !== undefined && base === undefined)
      log.warn(`${inputs["base-file"]} is not there: growth was not judged`);
    if (inputs["write-to"] !== undefined) {
      const plainSizes = Object.fromEntries(
        Object.entries(budgets).map(([name, { raw, gzip: gzipped, brotli }]) => [name, { raw, gzip: gzipped, brotli }]),
      );
      await repo.write(inputs["write-to"], `${JSON.stringify(plainSizes, null, 2)}\n`);
    }
    // Measuring without a limit is no success: nothing was judged.
    const isJudged = Object.values(inputs.budgets).some(
      ({ raw, gzip: zipped, brotli }) => (raw ?? zipped ?? brotli) !== undefined,
    );
    const isGrowthJudged =
      inputs["max-growth-percent"] !== undefined && Object.values(budgets).some((one) => one.base !== undefined);
    summarize(
      [
        `**Build outputs**: ${verdictOf(exceeded.length, isJudged || isGrowthJudged)}`,
        "",
        markdownTable(
          ["Budget", "Files", "Raw", "Gzip", "Brotli", "Growth"],
          Object.entries(budgets).map(([name, one]) => [
            `${one.exceeded.length === 0 ? "" : "⚠ "}${code(name)}`,
            `${one.files}`,
            bytes(one.raw),
            bytes(one.gzip),
            bytes(one.brotli),
            one["growth-percent"] === undefined ? "" : `${one["growth-percent"]} %`,
          ]),
        ),
      ].join("\n"),
    );
    const largest = files.toSorted((a, b) => b.gzip - a.gzip || (a.path < b.path ? -1 : 1)).slice(0, 10);
    const outputs = { budgets, exceeded, largest };
    if (inputs["fail-on-exceeded"] && exceeded.length > 0) throw new StepFailed(exceeded.join("; "), outputs);
    return outputs;
  },
});

function verdictOf(exceeded: number, isJudged: boolean): string {
  if (exceeded > 0) return counted(exceeded, "limit exceeded", "limits exceeded");
  return isJudged ? "within budget" : "measured; no limit is set, so nothing was judged";
}

type MeasuredFile = Sizes & { readonly path: string };

/** Straight from disk: build folders are ignored by git, so the repository's own listing does not have them. */
async function measureFolder({ repo, signal }: ActionContext<"repo">, folder: string): Promise<MeasuredFile[]> {
  const root = join(repo.root, folder);
  const stat = await lstat(root).catch(() => undefined);
  if (stat?.isDirectory() !== true) throw new StepFailed(`there is no folder ${folder}: build first`);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files: MeasuredFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    signal.throwIfAborted();
    const full = join(entry.parentPath, entry.name);
    const content = await readFile(full);
    const [zipped, brotlied] = await Promise.all([
      promisify(gzip)(content, { level: 9 }),
      promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
    ]);
    const path = full.slice(root.length + 1).replaceAll("\\", "/");
    files.push({ path, raw: content.length, gzip: zipped.length, brotli: brotlied.length });
  }
  return files;
}

async function readBase(
  { repo }: ActionContext<"repo">,
  path: string | undefined,
): Promise<Record<string, Sizes> | undefined> {
  const text = path === undefined ? undefined : await repo.readText(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StepFailed(`${path} does not parse: ${(error as Error).message}`);
  }
  const parsed = z.record(z.string(), sizes).safeParse(value);
  if (!parsed.success) throw new StepFailed(`${path} does not hold sizes that this action wrote`);
  return parsed.data;
}

export function parseSize(written: number | string, name: string): number {
  if (typeof written === "number") return written;
  const [, number, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?i?b)?\s*$/i.exec(written) ?? [];
  if (number === undefined)
    throw new StepFailed(`${name}: ${JSON.stringify(written)} is no size; write 180 kB, 1.5 MiB or a number of bytes`);
  const lower = unit.toLowerCase();
  const power = ["b", "k", "m", "g"].indexOf(lower.charAt(0) === "" ? "b" : lower.charAt(0));
  return Math.round(Number(number) * (lower.includes("i") ? 1_024 : 1_000) ** power);
}

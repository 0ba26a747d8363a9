/** `quality.import-order`: the order of imports, by the repository's own tool or by plain groups. */
import { z } from "zod";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code, counted, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { activeFindings, wholeCheck } from "./check-findings.ts";
import { orderImports } from "./import-groups.ts";

/** Rules of the tools that people configure for it. */
const orderRule =
  /(?:^|\/)(?:import\/order|import-x\/order|simple-import-sort\/\w+|sort-imports|perfectionist\/sort-imports|organizeImports|useSortedImports|I001)$|organizeImports/;

export const importOrder = defineAction({
  id: "quality.import-order",
  summary: "Check the order of imports by the repository's own tool, or by plain groups; mend it on request.",
  description: `Where ESLint, Biome or Ruff is configured with a rule for import order and installed, that rule decides, and its own fixes are applied. Otherwise JavaScript and
TypeScript files are judged by groups: Node's own modules, packages, parents, siblings. Within a group the order is nobody's business. With \`fix\`, imports are moved
between groups; a block that is interrupted by code, by comments or by an import for its side effects alone is reported and left alone.`,
  inputs: z.strictObject({
    paths: textList.optional().describe("Globs of the files to look at; those of the change unless said."),
    fix: z.boolean().default(false).describe("Mend what can be mended safely."),
    "own-tool": z.boolean().default(true).describe("Let the repository's own tool decide where it has a rule."),
    "fail-on-findings": z.boolean().default(false).describe("Fail the step when something is left."),
    limit: z.int().min(0).default(100).describe("Places listed."),
  }),
  outputs: z.object({
    by: z.enum(["own-tool", "groups"]).describe("What judged."),
    files: z.number().describe("Files that were looked at."),
    count: z.number().describe("Places out of order still."),
    found: z
      .array(z.object({ path: z.string(), line: z.number(), message: z.string() }))
      .describe("At most `limit` of them."),
    "fixed-files": z.array(z.string()).describe("Files that were written."),
  }),
  needs: ["check", "repo"],
  effects: "workspace",
  async run({ check, repo, summarize, signal }, inputs) {
    const globs = listOf(inputs.paths);
    const files = (await repo.files()).filter(({ mode }) => mode.startsWith("100")).map(({ path }) => path);
    const changed = globs.length === 0 ? new Set((await repo.change()).files.map(({ path }) => path)) : undefined;
    const matches = createPathMatcher(globs);
    const meant = files.filter((path) => (changed === undefined ? matches(path) : changed.has(path)));
    let by: "own-tool" | "groups" = "groups";
    let looked = 0;
    const found: { path: string; line: number; message: string }[] = [];
    const fixed: string[] = [];
    if (inputs["own-tool"] && meant.length > 0 && (await hasOrderRule(repo, files))) {
      const only = ["eslint", "biome", "ruff-cli"];
      const { run, fixedFiles } = await wholeCheck(check, {
        scope: "all",
        paths: meant,
        only,
        ...(inputs.fix ? { fix: "safe" as const } : {}),
      });
      if (run.analyzers.some(({ id, status }) => only.includes(id) && (status === "ran" || status === "cached"))) {
        by = "own-tool";
        looked = Math.max(...run.analyzers.filter(({ id }) => only.includes(id)).map((one) => one.files));
        fixed.push(...fixedFiles);
        for (const { rule, location, message } of activeFindings(run)) {
          if (orderRule.test(rule)) found.push({ path: location.path, line: location.startLine, message });
        }
      }
    }
    if (by === "groups") {
      for (const path of meant) {
        if (!/\.[cm]?[jt]sx?$/.test(path) || /\.d\.[cm]?ts$/.test(path)) continue;
        signal.throwIfAborted();
        const text = await repo.readText(path);
        if (text === undefined) continue;
        looked++;
        const result = await orderImports(path, text);
        if (result === undefined) continue;
        if (inputs.fix && result.text !== undefined) {
          const raw = Buffer.from((await repo.read(path)) ?? new Uint8Array()).toString("utf8");
          await repo.write(path, raw.startsWith("\ufeff") ? `\ufeff${result.text}` : result.text);
          fixed.push(path);
        } else found.push({ path, line: result.line, message: result.message });
      }
    }
    if (looked === 0) summarize("**Import order**: nothing to look at: no file is of its kind");
    else {
      summarize(
        [
          `**Import order**: ${counted(found.length, "place")} out of order in ${counted(looked, "file")}, ${counted(fixed.length, "file")} mended`,
          ...(found.length === 0
            ? []
            : [
                "",
                markdownTable(
                  ["Where"],
                  found.slice(0, 30).map(({ path, line }) => [code(`${path}:${line}`)]),
                ),
                ...(found.length > 30 ? ["", `and ${found.length - 30} more`] : []),
              ]),
        ].join("\n"),
      );
    }
    const outputs = {
      by,
      files: looked,
      count: found.length,
      found: found.slice(0, inputs.limit),
      "fixed-files": fixed,
    };
    if (inputs["fail-on-findings"] && found.length > 0) {
      throw new StepFailed(
        `${counted(found.length, "place")} out of order: ${found
          .slice(0, 3)
          .map(({ path, line, message }) => `${path}:${line} ${message}`)
          .join("; ")}`,
        outputs,
      );
    }
    return outputs;
  },
});

/** A configuration that names a rule for it. Read as text: it may be a program. */
async function hasOrderRule(
  repo: { readText(path: string): Promise<string | undefined> },
  files: readonly string[],
): Promise<boolean> {
  const configs = files.filter((path) =>
    /(?:^|\/)(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.\w+)?|biome\.jsonc?|ruff\.toml|\.ruff\.toml|pyproject\.toml|package\.json)$/.test(
      path,
    ),
  );
  for (const path of configs) {
    const text = (await repo.readText(path)) ?? "";
    if (/import(?:-x)?\/order|simple-import-sort|sort-imports|organizeImports|useSortedImports/.test(text)) return true;
    if (/(?:pyproject|ruff)\.toml$/.test(path) && /["']I(?:001)?["']/.test(text)) return true;
  }
  return false;
}

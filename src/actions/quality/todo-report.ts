/** `quality.todo-report`: TODO, FIXME, XXX and HACK comments, with owners and due dates. */
import { z } from "zod";
import { todo } from "../../analyzers/todo.ts";
import { createPathMatcher } from "../../findings/globs.ts";
import { defineAction } from "../../model/action.ts";
import { code, counted, markdownTable, plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { isShallow } from "../whole-history.ts";
import { runProjectAnalyzer } from "./project-facts.ts";

export const todoReport = defineAction({
  id: "quality.todo-report",
  summary: "List TODO, FIXME, XXX and HACK comments with owner, due date and age.",
  description: `Age and author come from \`git blame\` and are known of files that are committed; \`ages: false\` is faster. In a shallow clone ages are not known, which is said in the log. Overdue ones come first, then the
oldest.`,
  inputs: z.strictObject({
    paths: textList.optional().describe("Globs of the files to look at; all unless said."),
    ages: z.boolean().default(true).describe("Ask git how old each is."),
    "older-than-days": z.int().min(0).default(0).describe("With `ages`: list only older ones, and overdue ones."),
    limit: z.int().min(1).max(1_000).default(100).describe("How many are listed; the rest is counted."),
  }),
  outputs: z.object({
    count: z.number().describe("How many there are."),
    overdue: z.number().describe("Those whose due date has passed."),
    "without-owner": z.number().describe("Those that name neither a person nor an issue."),
    todos: z
      .array(
        z.object({
          keyword: z.string(),
          text: z.string(),
          path: z.string(),
          line: z.number(),
          owner: z.string().optional(),
          due: z.string().optional(),
          days: z.number().optional(),
          overdue: z.boolean(),
        }),
      )
      .describe("Overdue ones first, then the oldest."),
  }),
  needs: ["repo"],
  effects: "none",
  async run(context, inputs) {
    const globs = listOf(inputs.paths);
    const isDated = inputs.ages && !(await isShallow(context.repo));
    if (inputs.ages && !isDated)
      context.log.warn(
        "this clone is shallow: how old the notes are is not known (fetch-depth: 0 in actions/checkout)",
      );
    const { facts, findings } = await runProjectAnalyzer(
      context,
      todo,
      // Zero files are blamed where nobody asks for ages.
      { maxDays: -1, maxFiles: isDated ? 5_000 : 0 },
      globs.length === 0 ? () => true : createPathMatcher(globs),
    );
    const at = (path: string, line: number): string => `${path}:${line}`;
    const expired = new Set<string>();
    const ages = new Map<string, { days: number; owner: string }>();
    let withoutOwner = 0;
    for (const { rule, location, data } of findings) {
      const key = at(location.path, location.startLine);
      if (rule === "todo/expired") expired.add(key);
      else if (rule === "todo/without-owner") withoutOwner++;
      else if (rule === "todo/old") ages.set(key, { days: Number(data?.["days"]), owner: String(data?.["owner"]) });
    }
    const all = [...facts].flatMap(([path, todos]) =>
      todos.map((one) => {
        const key = at(path, one.at.startLine);
        const age = ages.get(key);
        const owner = one.owner ?? age?.owner;
        return {
          keyword: one.keyword,
          text: one.text.slice(0, 200),
          path,
          line: one.at.startLine,
          ...(owner === undefined ? {} : { owner }),
          ...(one.due === undefined ? {} : { due: one.due }),
          ...(age === undefined ? {} : { days: age.days }),
          overdue: expired.has(key),
        };
      }),
    );
    const listed = all
      .filter(
        (one) =>
          one.overdue || !isDated || inputs["older-than-days"] === 0 || (one.days ?? 0) > inputs["older-than-days"],
      )
      .sort(
        (a, b) =>
          Number(b.overdue) - Number(a.overdue) ||
          (b.days ?? 0) - (a.days ?? 0) ||
          (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
      )
      .slice(0, inputs.limit);
    const overdue = all.filter((one) => one.overdue).length;
    const rows = listed
      .slice(0, 30)
      .map((one) => [
        code(at(one.path, one.line)),
        plain(`${one.keyword} ${one.text.length > 80 ? `${one.text.slice(0, 79)}…` : one.text}`),
        plain(one.owner ?? ""),
        one.overdue ? `due ${one.due ?? ""}` : one.days === undefined ? "" : `${one.days} days`,
      ]);
    context.summarize(
      `**${counted(all.length, "open note")}** (TODO and the like), ${overdue} overdue${rows.length === 0 ? "" : `\n\n${markdownTable(["Where", "What", "Owner", "Age"], rows)}${all.length > rows.length ? `\n\nand ${all.length - rows.length} more` : ""}`}`,
    );
    return { count: all.length, overdue, "without-owner": withoutOwner, todos: listed };
  },
});

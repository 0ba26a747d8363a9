/** `quality.accessibility-audit`: axe's rules on pages in Chromium. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code, counted, markdownTable, plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { pageInputs, parseViewport, visitPages } from "./browser.ts";

const impacts = ["minor", "moderate", "serious", "critical"] as const;

const violation = z.object({
  page: z.string(),
  rule: z.string(),
  impact: z.string(),
  help: z.string(),
  "help-url": z.string(),
  nodes: z.array(z.object({ target: z.string(), html: z.string() })),
});

export const accessibilityAudit = defineAction({
  id: "quality.accessibility-audit",
  summary: "Audit pages for accessibility with axe in a Chromium of this machine.",
  description: `Only what axe is certain of counts; what it cannot decide is in \`undecided\`. By default the rules of WCAG 2.0 to 2.2, levels A and AA. A tool finds about half of what
keeps people out: an empty answer is no proof.

\`\`\`yaml
- uses: quality.accessibility-audit
  with: { folder: dist, pages: ["/", "/login"], fail-on: serious }
\`\`\``,
  inputs: z.strictObject({
    ...pageInputs,
    viewport: z.string().default("1280x720").describe("Size as WIDTHxHEIGHT."),
    tags: textList
      .default(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .describe("Axe's tags of the rules that run."),
    ignore: textList.optional().describe("Ids of rules that do not count."),
    "fail-on": z
      .enum([...impacts, "never"])
      .default("serious")
      .describe("The mildest impact that fails the step."),
  }),
  outputs: z.object({
    count: z.number().describe("Violations: rule and page."),
    violations: z.array(violation).describe("Worst first, with at most ten elements each."),
    undecided: z.number().describe("Rules that need a person's eye."),
    passes: z.number().describe("Rules that held, over all pages."),
  }),
  needs: ["repo"],
  effects: "none",
  async run(context, inputs) {
    const { default: axe } = await import("axe-core");
    const ignored = new Set(listOf(inputs.ignore));
    const violations: z.infer<typeof violation>[] = [];
    let undecided = 0;
    let passes = 0;
    await visitPages(context, inputs, [parseViewport(inputs.viewport)], async (tab, { page }) => {
      // Evaluated rather than added as a script: a page's content policy does not apply to it.
      await tab.evaluate(axe.source);
      const result = await tab.evaluate<AxeResult>(
        `axe.run(document, { runOnly: { type: "tag", values: ${JSON.stringify(listOf(inputs.tags))} }, resultTypes: ["violations", "incomplete", "passes"] })`,
      );
      // An audit in which no rule spoke has not looked: tags that axe does not know, a document that is no page.
      if (result.passes.length + result.violations.length + result.incomplete.length === 0)
        throw new StepFailed(`${page}: no rule was looked at; do the tags (${listOf(inputs.tags).join(", ")}) exist?`);
      passes += result.passes.length;
      undecided += result.incomplete.filter(({ id }) => !ignored.has(id)).length;
      for (const one of result.violations) {
        if (ignored.has(one.id)) continue;
        violations.push({
          page,
          rule: one.id,
          impact: one.impact ?? "minor",
          help: one.help,
          "help-url": one.helpUrl,
          nodes: one.nodes
            .slice(0, 10)
            .map(({ target, html }) => ({ target: target.flat().join(" "), html: html.slice(0, 300) })),
        });
      }
    });
    const rank = (impact: string): number => impacts.indexOf(impact as (typeof impacts)[number]);
    violations.sort((a, b) => rank(b.impact) - rank(a.impact));
    const rows = violations
      .slice(0, 30)
      .map((one) => [code(one.page), one.impact, plain(one.help), code(one.nodes[0]?.target ?? "")]);
    context.summarize(
      `**Accessibility**: ${counted(violations.length, "violation")}, ${undecided} undecided, ${passes} held on ${counted(listOf(inputs.pages).length, "page")}${rows.length === 0 ? "" : `\n\n${markdownTable(["Page", "Impact", "What", "Where"], rows)}${violations.length > rows.length ? `\n\nand ${violations.length - rows.length} more` : ""}`}`,
    );
    const outputs = { count: violations.length, violations, undecided, passes };
    const threshold = inputs["fail-on"];
    const decisive = threshold === "never" ? [] : violations.filter(({ impact }) => rank(impact) >= rank(threshold));
    if (decisive.length > 0) {
      throw new StepFailed(
        `${counted(decisive.length, "violation")} of accessibility: ${decisive
          .slice(0, 3)
          .map(({ page, rule, nodes }) => `${rule} on ${page} (${nodes[0]?.target ?? ""})`)
          .join("; ")}`,
        outputs,
      );
    }
    return outputs;
  },
});

interface AxeRule {
  readonly id: string;
  readonly impact?: string | null;
  readonly help: string;
  readonly helpUrl: string;
  readonly nodes: readonly { readonly target: readonly (string | readonly string[])[]; readonly html: string }[];
}

interface AxeResult {
  readonly violations: readonly AxeRule[];
  readonly incomplete: readonly AxeRule[];
  readonly passes: readonly AxeRule[];
}

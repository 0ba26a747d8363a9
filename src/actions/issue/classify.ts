/** `issue.classify`: what an issue is about, and how urgent that is. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { priorities } from "../../model/tracker.ts";
import { chosenIssue, issueInputs } from "./chosen-issue.ts";
import { classifyIssue, issueCategories } from "./urgency.ts";

export const classify = defineAction({
  id: "issue.classify",
  summary: "Say what an issue is about and how urgent that is, and label it so.",
  description: `Words and labels decide, and the output names them: security is high, performance, correctness and dependencies medium, style and
the rest low; words such as "data loss" or "outage" make it urgent. Code, logs and quotes are not read. A person's label counts more than
any word, and a priority label that a person set is left alone. With \`label: false\` nothing is changed.

\`\`\`yaml
- uses: issue.classify
  with: { priority-prefix: "P: " }
\`\`\``,
  inputs: z.strictObject({
    ...issueInputs,
    label: z.boolean().default(true).describe("Add labels for category and priority."),
    "category-prefix": z.string().default("").describe("What stands before the category in its label."),
    "priority-prefix": z.string().min(1).default("priority/").describe("What stands before the priority in its label."),
  }),
  outputs: z.object({
    id: z.string().describe("The issue's id."),
    category: z.enum(issueCategories).describe("What it is about."),
    priority: z.enum(priorities).describe("How urgent that is."),
    reasons: z.array(z.string()).describe("Words and labels that say so."),
    added: z.array(z.string()).describe("Labels that were added."),
  }),
  needs: ["tracker"],
  effects: "outside",
  async run(context, inputs) {
    const issue = await chosenIssue(context, inputs);
    const { category, priority, reasons } = classifyIssue(issue);
    const lower = issue.labels.map((name) => name.toLowerCase());
    const prefix = inputs["priority-prefix"];
    const wanted = [
      ...(category === "other" ? [] : [`${inputs["category-prefix"]}${category}`]),
      ...(lower.some((name) => name.startsWith(prefix.toLowerCase())) ? [] : [`${prefix}${priority}`]),
    ];
    const added = inputs.label ? wanted.filter((name) => !lower.includes(name.toLowerCase())) : [];
    if (added.length > 0) await context.tracker.addLabels(issue.id, added);
    return { id: issue.id, category, priority, reasons: [...reasons], added };
  },
});

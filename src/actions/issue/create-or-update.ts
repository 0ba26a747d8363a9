/** `issue.create-or-update`: one issue that is kept up to date. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { priorities } from "../../model/tracker.ts";
import { listOf, textList } from "../text-list.ts";

export const createOrUpdate = defineAction({
  id: "issue.create-or-update",
  summary: "Keep one issue up to date: made once, then edited in place.",
  description: `The issue is found again by a hidden marker with its key. Title and text are brought up to date, labels are added beside
people's own, and what people write below our text is kept. It is reopened when it is back after it was done; what a person closed as
"not planned" stays closed (\`declined\`). With \`when-empty: close\`, an empty body closes it.

\`\`\`yaml
- uses: issue.create-or-update
  with:
    key: dead-code
    title: Dead code
    body: \${{ steps.report.outputs.markdown }}
    when-empty: close
\`\`\``,
  inputs: z.strictObject({
    key: z.string().min(1).describe("Which issue it is; the same key is the same issue."),
    title: z.string().min(1).describe("One line."),
    body: z.string().default("").describe("Markdown."),
    labels: textList.default([]).describe("Labels to add."),
    assignees: textList.default([]).describe("People to assign."),
    priority: z.enum(priorities).optional().describe("Where the tracker has priorities, or as it shows them."),
    "when-empty": z
      .enum(["update", "nothing", "close"])
      .default("update")
      .describe("What an empty body does: an issue without text, nothing at all, or an end to the issue."),
  }),
  outputs: z.object({
    outcome: z
      .enum(["created", "updated", "unchanged", "reopened", "declined", "closed", "nothing"])
      .describe("What became of it; `declined`: a person does not want it."),
    id: z.string().describe("The tracker's id; empty when there is no issue."),
    url: z.string().describe("Where it is read."),
  }),
  needs: ["tracker"],
  effects: "outside",
  async run({ tracker, log }, inputs) {
    const title = inputs.title.replace(/\s+/g, " ").trim();
    if (title === "") throw new StepFailed("the title is empty");
    const { key, body } = inputs;
    if (body.trim() === "" && inputs["when-empty"] !== "update") {
      const known = await tracker.findIssue(key);
      const id = known?.id ?? "";
      const url = known?.url ?? "";
      if (known === undefined || inputs["when-empty"] === "nothing") return { outcome: "nothing" as const, id, url };
      const { outcome } = await tracker.closeIssue(id, {
        as: "completed",
        comment: "There is nothing left to say here.",
        key: `done/${key}`,
      });
      return { outcome, id, url };
    }
    const { issue, outcome } = await tracker.ensureIssue({
      key,
      title: [...title].slice(0, 256).join(""),
      body,
      labels: listOf(inputs.labels),
      assignees: listOf(inputs.assignees).map((login) => login.replace(/^@/, "")),
      ...(inputs.priority === undefined ? {} : { priority: inputs.priority }),
    });
    if (outcome === "declined") log.info(`${issue.id} was closed by a person who does not want it: left alone`);
    return { outcome, id: issue.id, url: issue.url };
  },
});

/** `issue.label`: adds and takes off labels of an issue. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { listOf, textList } from "../text-list.ts";
import { chosenIssue, issueInputs } from "./chosen-issue.ts";

export const label = defineAction({
  id: "issue.label",
  summary: "Add labels to an issue and take others off.",
  description: `Labels that are not named stay as they are; missing ones are made.

\`\`\`yaml
- uses: issue.label
  with: { add: triage, remove: [needs reply] }
\`\`\``,
  inputs: z.strictObject({
    ...issueInputs,
    add: textList.default([]).describe("Labels to add."),
    remove: textList.default([]).describe("Labels to take off."),
  }),
  outputs: z.object({
    id: z.string().describe("The issue's id."),
    added: z.array(z.string()).describe("Labels that were not there before."),
    removed: z.array(z.string()).describe("Labels that were there before."),
  }),
  needs: ["tracker"],
  effects: "outside",
  async run(context, inputs) {
    const [add, remove] = [listOf(inputs.add), listOf(inputs.remove)];
    const both = add.find((name) => remove.includes(name));
    if (both !== undefined) throw new StepFailed(`the label ${both} is to be added and taken off`);
    if (add.length + remove.length === 0) throw new StepFailed("name labels to `add` or to `remove`");
    const { id, labels } = await chosenIssue(context, inputs);
    const has = (name: string): boolean => labels.some((own) => own.toLowerCase() === name.toLowerCase());
    const added = add.filter((name) => !has(name));
    const removed = remove.filter(has);
    if (added.length > 0) await context.tracker.addLabels(id, added);
    if (removed.length > 0) await context.tracker.removeLabels(id, removed);
    return { id, added, removed };
  },
});

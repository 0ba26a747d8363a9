/** `issue.assign`: gives an issue to people. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { listOf, textList } from "../text-list.ts";
import { chosenIssue, issueInputs } from "./chosen-issue.ts";

export const assign = defineAction({
  id: "issue.assign",
  summary: "Assign people to an issue.",
  description: `People whom the tracker does not know are named in \`unknown\`, not thrown. With \`only-unassigned\`, an issue that somebody has
taken stays theirs.

\`\`\`yaml
- uses: issue.assign
  with: { people: "\${{ steps.owners.outputs.users }}", max: 1 }
\`\`\``,
  inputs: z.strictObject({
    ...issueInputs,
    people: textList.describe("Logins, best first; a leading `@` is dropped."),
    max: z.number().int().positive().optional().describe("Only so many of them."),
    "only-unassigned": z.boolean().default(false).describe("Leave issues alone that somebody has."),
  }),
  outputs: z.object({
    id: z.string().describe("The issue's id."),
    assigned: z.array(z.string()).describe("People who have it now and had it not before."),
    unknown: z.array(z.string()).describe("People whom the tracker does not know."),
  }),
  needs: ["tracker"],
  effects: "outside",
  async run(context, inputs) {
    const { id, assignees } = await chosenIssue(context, inputs);
    const nobody = { id, assigned: [], unknown: [] };
    if (inputs["only-unassigned"] && assignees.length > 0) return nobody;
    const people = [...new Set(listOf(inputs.people).map((login) => login.replace(/^@/, "")))].slice(0, inputs.max);
    const fresh = people.filter((login) => !assignees.some((one) => one.toLowerCase() === login.toLowerCase()));
    if (fresh.length === 0) return nobody;
    const { unknown } = await context.tracker.assign(id, fresh);
    for (const login of unknown) context.log.warn(`the tracker does not know ${login}, or they cannot be assigned`);
    return { id, assigned: fresh.filter((login) => !unknown.includes(login)), unknown: [...unknown] };
  },
});

/** `flow.set-output`: names values for later steps. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";

export const setOutput = defineAction({
  id: "flow.set-output",
  summary: "Name values so that later steps read them as this step's outputs.",
  description:
    "Values keep their type when the template is a single expression.\n\n" +
    "```yaml\n- id: facts\n  uses: flow.set-output\n  with:\n    values:\n      count: ${{ steps.check.outputs.new }}\n" +
    "- uses: flow.log\n  with: { message: '${{ steps.facts.outputs.count }}' }\n```",
  inputs: z.strictObject({
    values: z.record(z.string().regex(/^[A-Za-z_][\w-]*$/), z.json()).describe("Names and their values."),
  }),
  outputs: z.looseObject({}).describe("The values, by name."),
  needs: [],
  effects: "none",
  async run(_context, { values }) {
    return values;
  },
});

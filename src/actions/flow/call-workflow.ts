/** `flow.call-workflow`: runs another workflow whose name is only known when the step runs. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";

export const callWorkflow = defineAction({
  id: "flow.call-workflow",
  summary: "Run another workflow by a name that is only known at run time, and wait for it.",
  description:
    "Where the name is fixed, write a `workflow:` step instead: then planning sees the whole. A failed run fails this step.\n\n" +
    "```yaml\n- uses: flow.call-workflow\n  with:\n    workflow: ${{ inputs.then }}\n    inputs: { severity: error }\n```",
  inputs: z.strictObject({
    workflow: z.string().min(1).describe("Name of a shipped or repository workflow."),
    inputs: z.record(z.string(), z.json()).default({}).describe("Inputs of the called workflow."),
  }),
  outputs: z.object({
    "run-id": z.string().describe("Id of the called run."),
    outputs: z.record(z.string(), z.unknown()).describe("Outputs of the called workflow."),
  }),
  needs: ["workflows"],
  effects: "outside",
  async run(context, { workflow, inputs }) {
    const called = await context.workflows.call(workflow, inputs);
    return { "run-id": called.runId, outputs: { ...called.outputs } };
  },
});

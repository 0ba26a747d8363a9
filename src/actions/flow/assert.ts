/** `flow.assert`: fails the run where something that must hold does not. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";

export const assert = defineAction({
  id: "flow.assert",
  summary: "Fail the run when something that must hold does not.",
  description:
    "`that` is judged as GitHub judges `if:`: `false`, `0`, an empty text and null do not hold.\n\n" +
    "```yaml\n- uses: flow.assert\n  with:\n    that: ${{ steps.check.outputs.new == 0 }}\n    message: the branch has new findings\n```",
  inputs: z.strictObject({
    that: z.json().describe("What must hold; usually one expression."),
    message: z.string().default("an assertion does not hold").describe("What the failed step says."),
  }),
  outputs: z.object({}),
  needs: [],
  effects: "none",
  async run(_context, { that, message }) {
    if (!holds(that)) throw new StepFailed(message, { value: that });
    return {};
  },
});

/** GitHub's truth: https://docs.github.com/actions/reference/evaluate-expressions-in-workflows-and-actions#literals */
function holds(value: unknown): boolean {
  return !(value === false || value === null || value === 0 || value === "" || Number.isNaN(value));
}

/** `flow.approval`: goes on when a person says so. */
import { z } from "zod";
import { defineAction, Suspension } from "../../model/action.ts";
import { duration } from "./duration.ts";

export const approval = defineAction({
  id: "flow.approval",
  summary: "Go on when a person approves; fail when refused or when nobody answered in time.",
  description:
    "The run waits in the store and holds no worker. `codeflow runs approve ID` answers, with `--reject` to refuse.\n\n" +
    "```yaml\n- uses: flow.approval\n  with:\n    prompt: Publish 2.0.0?\n    approvers: [release-managers]\n    expires: 3d\n```",
  inputs: z.strictObject({
    prompt: z.string().min(1).describe("What is asked."),
    approvers: z.array(z.string()).default([]).describe("Who may answer; whoever may run workflows when empty."),
    expires: duration.optional().describe("After this it counts as refused: `3d`."),
  }),
  outputs: z.object({
    "approved-by": z.string().optional().describe("Who approved."),
    comment: z.string().optional().describe("What they said."),
  }),
  needs: [],
  effects: "none",
  async run(context, { prompt, approvers, expires }) {
    return new Suspension({
      kind: "approval",
      prompt,
      approvers,
      ...(expires === undefined
        ? {}
        : { expires: new Date(context.clock.now().getTime() + expires * 1_000).toISOString() }),
    });
  },
});

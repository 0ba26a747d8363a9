/** `flow.log`: a line in the step's log. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";

export const log = defineAction({
  id: "flow.log",
  summary: "Write a line to the step's log.",
  inputs: z.strictObject({
    message: z.string().describe("What to write."),
    level: z.enum(["info", "warn", "error"]).default("info").describe("How it is shown; it never fails the step."),
  }),
  outputs: z.object({}),
  needs: [],
  effects: "none",
  async run(context, { message, level }) {
    context.log[level](message);
    return {};
  },
});

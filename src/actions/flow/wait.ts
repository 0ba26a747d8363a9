/** `flow.wait`: goes on later; nothing waits meanwhile but a row in the store. */
import { z } from "zod";
import { defineAction, StepFailed, Suspension } from "../../model/action.ts";
import { duration } from "./duration.ts";

export const wait = defineAction({
  id: "flow.wait",
  summary: "Go on after a length of time, or at a moment.",
  description:
    "The run waits in the store and holds no worker. Who works the queue resumes it when the moment has come; a moment " +
    "that has passed does not wait at all.\n\n```yaml\n- uses: flow.wait\n  with: { for: 2h }\n```",
  inputs: z
    .strictObject({
      for: duration.optional().describe("How long: seconds, or `90s`, `15m`, `2h`, `3d`."),
      until: z.iso.datetime({ offset: true }).optional().describe("When, as an ISO time with offset."),
    })
    .refine((given) => (given.for === undefined) !== (given.until === undefined), "give either `for` or `until`"),
  outputs: z.object({ "waited-until": z.string().optional().describe("The moment, in UTC.") }),
  needs: [],
  effects: "none",
  async run(context, given) {
    const now = context.clock.now().getTime();
    const moment = given.until === undefined ? now + (given.for ?? 0) * 1_000 : Date.parse(given.until);
    if (!Number.isFinite(moment)) throw new StepFailed(`"${given.until}" is no moment`);
    const until = new Date(moment).toISOString();
    if (moment <= now) return { "waited-until": until };
    return new Suspension({ kind: "delay", until });
  },
});

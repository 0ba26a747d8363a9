/** `notify.webhook`: a signed JSON message to a configured address. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { noticeInputs, noticeOutputs, toNotice, toOutputs } from "./notice-inputs.ts";

export const webhook = defineAction({
  id: "notify.webhook",
  summary: "Send a signed message to one of the configured outgoing webhooks.",
  description:
    "Addresses and secrets are the configuration's, never the workflow's: `to` names one of them. Each message is signed " +
    "with HMAC and repeated with backoff; what cannot be delivered is kept.\n\n" +
    "```yaml\n- uses: notify.webhook\n  with: { to: deployments, title: Released, facts: { version: '${{ inputs.version }}' } }\n```",
  inputs: z.strictObject({
    ...noticeInputs,
    to: z.string().optional().describe("A webhook's name in the configuration; all of them when absent."),
  }),
  outputs: z.object(noticeOutputs),
  needs: ["notifier"],
  effects: "outside",
  async run(context, given) {
    const notice = toNotice(given, context.step.key, undefined);
    return toOutputs(await context.notifier.send("webhook", notice, given.to === undefined ? {} : { to: given.to }));
  },
});

/** `notify.slack`: a message in Slack, in the pull request's thread where there is one. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { noticeInputs, noticeOutputs, toNotice, toOutputs } from "./notice-inputs.ts";

export const slack = defineAction({
  id: "notify.slack",
  summary: "Send or update a message in Slack, threaded by pull request.",
  description:
    "Messages about the same pull request hang in one thread. Policy (on what, quiet hours, code of private repositories) " +
    "is the configuration's: a withheld message is an output, not a failure.\n\n" +
    "```yaml\n- uses: notify.slack\n  if: failure()\n  with: { to: '#builds', title: The gate failed, severity: error }\n```",
  inputs: z.strictObject({
    ...noticeInputs,
    to: z.string().optional().describe("A channel; the configured one when absent."),
    thread: z
      .string()
      .optional()
      .describe("Messages with the same text here hang together; the pull request's when absent."),
  }),
  outputs: z.object(noticeOutputs),
  needs: ["notifier"],
  effects: "outside",
  async run(context, given) {
    const number = context.event.pullRequest?.number;
    const { owner, name } = context.event.repository ?? { owner: "", name: "" };
    const thread = given.thread ?? (number === undefined ? undefined : `${owner}/${name}#${number}`);
    const notice = toNotice(given, context.step.key, thread);
    return toOutputs(await context.notifier.send("slack", notice, given.to === undefined ? {} : { to: given.to }));
  },
});

/** The section `notices` of `codeflow.yml`. */
import { z } from "zod";
import { eventNames } from "../model/event.ts";
import { defaultConfig } from "./defaults.ts";

const severities = z.array(z.enum(["error", "warning", "info", "success"])).min(1, "expected at least one");
const filter = {
  severities: severities.optional().describe("Of which severities it is told; all when absent."),
  events: z
    .array(z.enum(eventNames))
    .min(1, "expected at least one")
    .optional()
    .describe("On which events of workflows it is told; all when absent."),
};
const channel = z.string().regex(/^#?[^\s#]+$/, 'expected a channel such as "#builds"');
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as "08:00"');

const quietHours = z
  .strictObject({
    from: time,
    to: time,
    timezone: z
      .string()
      .refine(isTimeZone, { error: "expected a time zone such as Europe/Berlin" })
      .default("UTC")
      .describe("IANA name of the time zone."),
    days: z
      .array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
      .default([])
      .describe("Wholly quiet days."),
    except: z
      .array(z.enum(["error", "warning", "info", "success"]))
      .default([])
      .describe("Severities that are told all the same."),
  })
  .describe(
    "When nothing is told. What is held back is sent by the first run with notices after that, or by codeflow notices flush; only the newest text of each.",
  );

const webhook = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine((text) => /^(https:|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/])/.test(text), {
      error: "expected https, or http on this machine",
    }),
  secret: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*SECRET[A-Z0-9_]*$/, "expected the name of an environment variable with SECRET in it")
    .describe("Name of the environment variable that holds the secret for signing."),
  ...filter,
});

const slack = z.strictObject({
  channel: channel.optional().describe("Where it is told unless a step or a route says otherwise."),
  routes: z
    .array(z.strictObject({ channel, ...filter }))
    .default([])
    .describe("The first one that fits decides."),
  ...filter,
});

const axolo = z.strictObject({
  name: z
    .string()
    .refine((text) => /\[(pull_request_title|pull_request_number|branch_name)\]/.test(text), {
      error: "expected a pattern that tells pull requests apart, such as pr_[repository_name]_[pull_request_number]",
    })
    .default(defaultConfig.notices.axolo.name)
    .describe("The pattern of channel names that is set in Axolo."),
  ...filter,
});

export const noticesSchema = z
  .strictObject({
    slack: slack.default({ routes: [] }).describe("Needs SLACK_BOT_TOKEN or SLACK_WEBHOOK_URL in the environment."),
    axolo: axolo.default(defaultConfig.notices.axolo as z.output<typeof axolo>).describe("Needs SLACK_BOT_TOKEN."),
    webhooks: z.record(z.string(), webhook).default({}).describe("Outgoing webhooks by name."),
    "quiet-hours": quietHours.optional(),
    "allow-code": z.boolean().default(false).describe("Tell code of repositories that are not known to be public."),
  })
  .default(defaultConfig.notices as never)
  .describe("Who is told what and when, outside of pull requests.");

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

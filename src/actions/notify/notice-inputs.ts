/** What every action that sends a notice takes and answers. */
import { z } from "zod";
import type { Notice, NoticeOutcome } from "../../model/notifier.ts";

export const noticeInputs = {
  title: z.string().min(1).describe("One line, plain text."),
  body: z.string().optional().describe("Markdown."),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where to read more."),
  severity: z.enum(["error", "warning", "info", "success"]).default("info").describe("How it is coloured."),
  facts: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .default({})
    .describe("Short names and values."),
  key: z
    .string()
    .optional()
    .describe("What it is about: the same key with the same text is not sent twice, with another it is updated."),
  "has-code": z.boolean().default(false).describe("It holds code: withheld where the policy for private code says so."),
};

export const noticeOutputs = {
  status: z.enum(["sent", "updated", "unchanged", "withheld"]).describe("What became of it."),
  reason: z.string().optional().describe("Why it was withheld."),
  url: z.string().optional().describe("Where it stands, where the service says."),
};

interface GivenNotice {
  readonly title: string;
  readonly body?: string | undefined;
  readonly url?: string | undefined;
  readonly severity: Notice["severity"];
  readonly facts: Readonly<Record<string, string | number>>;
  readonly key?: string | undefined;
  readonly "has-code": boolean;
}

/** `key` of the step where none is given: a repeated step does not tell twice. */
export function toNotice(given: GivenNotice, stepKey: string, thread: string | undefined): Notice {
  return {
    key: given.key ?? stepKey,
    title: given.title,
    severity: given.severity,
    facts: Object.entries(given.facts).map(([name, value]) => ({ name, value: String(value) })),
    hasCode: given["has-code"],
    ...(given.body === undefined ? {} : { body: given.body }),
    ...(given.url === undefined ? {} : { url: given.url }),
    ...(thread === undefined ? {} : { thread }),
  };
}

export function toOutputs(outcome: NoticeOutcome): { status: NoticeOutcome["status"]; reason?: string; url?: string } {
  if (outcome.status === "withheld") return { status: outcome.status, reason: outcome.reason };
  return { status: outcome.status, ...(outcome.url === undefined ? {} : { url: outcome.url }) };
}

/** Slack's Web API: one call, its waiting when Slack asks for it, and its refusals in words. */
import { exitCodes, Failure } from "../../model/failure.ts";
import type { Http } from "../../model/system.ts";
import { reach } from "../notices/reach.ts";

export interface SlackAccess {
  readonly http: Http;
  readonly token: string;
  /** `https://slack.com/api` unless said; GovSlack and tests have others. */
  readonly apiUrl?: string;
  readonly wait: (ms: number) => Promise<void>;
}

type SlackAnswer = Readonly<Record<string, unknown>> & { readonly ok: true };

/** Refused with one of the words that the caller deals with. */
export class SlackRefusal extends Failure {
  readonly error: string;
  constructor(error: string, what: string, why: string, next: string) {
    super("CF702", `Slack refuses ${what}`, { why, next, exitCode: exitCodes.incomplete });
    this.error = error;
  }
}

interface Listed {
  readonly field: string;
  readonly query: Readonly<Record<string, string | number | boolean>>;
  readonly maxPages: number;
}

/** All pages, as they come. */
export async function* listSlack<Item>(
  access: SlackAccess,
  method: string,
  { field, query, maxPages }: Listed,
): AsyncGenerator<Item> {
  let cursor = "";
  for (let page = 0; page < maxPages; page++) {
    const answer = await callSlack(access, method, { ...query, ...(cursor === "" ? {} : { cursor }) });
    yield* answer[field] as readonly Item[];
    cursor = (answer["response_metadata"] as { next_cursor?: string } | undefined)?.next_cursor ?? "";
    if (cursor === "") return;
  }
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
}

/** Scopes: channels:read, groups:read. */
export function listChannels(access: SlackAccess): AsyncGenerator<SlackChannel> {
  const query = { types: "public_channel,private_channel", exclude_archived: true, limit: 200 };
  return listSlack<SlackChannel>(access, "conversations.list", { field: "channels", query, maxPages: Infinity });
}

const maxWaits = 4;
/** Slack that wants more patience than this is told later, by a person. */
const maxWaitSeconds = 120;

export async function callSlack(
  { http, token, apiUrl = "https://slack.com/api", wait }: SlackAccess,
  method: string,
  body: Readonly<Record<string, unknown>>,
): Promise<SlackAnswer> {
  const isRead = method.startsWith("conversations.");
  const query = new URLSearchParams(
    Object.entries(body).map(([name, value]) => [name, String(value)] as [string, string]),
  );
  for (let waits = 0; ; waits++) {
    const response = await reach(() =>
      http({
        url: `${apiUrl.replace(/\/$/, "")}/${method}${isRead ? `?${query.toString()}` : ""}`,
        method: isRead ? "GET" : "POST",
        headers: {
          authorization: `Bearer ${token}`,
          ...(isRead ? {} : { "content-type": "application/json; charset=utf-8" }),
        },
        ...(isRead ? {} : { body: JSON.stringify(body) }),
        // A message that may have been posted must not be posted twice; being told to wait is seen to here.
        retries: 0,
      }),
    );
    if (response.status === 429) {
      const seconds = Number(response.headers["retry-after"] ?? "1");
      if (waits >= maxWaits || !(seconds <= maxWaitSeconds)) {
        throw new Failure("CF703", "Slack's rate limit is used up", {
          why: `${method} was to be repeated in ${seconds} s, after ${waits} waits`,
          next: "run it again later",
          exitCode: exitCodes.incomplete,
        });
      }
      await wait(seconds * 1000);
      continue;
    }
    const answer = parseAnswer(response.body);
    if (answer === undefined || response.status >= 500) {
      throw new Failure("CF701", `Slack did not answer ${method}`, {
        why: `status ${response.status}`,
        next: "see https://slack-status.com and run it again",
        exitCode: exitCodes.incomplete,
      });
    }
    if (answer["ok"] === true) return answer as SlackAnswer;
    throw refusal(method, answer);
  }
}

function parseAnswer(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const remedies: Readonly<Record<string, string>> = {
  not_in_channel: "invite the bot into the channel, or give it the scope chat:write.public",
  channel_not_found: "check the channel's name, and invite the bot when the channel is private",
  is_archived: "name a channel that is not archived",
  invalid_auth: "set SLACK_BOT_TOKEN to the bot's token (xoxb-…)",
  not_authed: "set SLACK_BOT_TOKEN to the bot's token (xoxb-…)",
  token_revoked: "install the Slack app again and renew SLACK_BOT_TOKEN",
  token_expired: "renew SLACK_BOT_TOKEN",
  account_inactive: "install the Slack app again and renew SLACK_BOT_TOKEN",
  restricted_action: "ask the workspace's admin who may post there",
};

function refusal(method: string, answer: Readonly<Record<string, unknown>>): SlackRefusal {
  const error = String(answer["error"] ?? "no reason given");
  if (error === "missing_scope") {
    const needed = String(answer["needed"] ?? "unknown");
    const why = `the token lacks the scope ${needed}; it has ${String(answer["provided"] ?? "others")}`;
    return new SlackRefusal(
      error,
      method,
      why,
      `add ${needed} to the Slack app's bot token scopes and install it again`,
    );
  }
  return new SlackRefusal(
    error,
    method,
    error,
    remedies[error] ?? `see https://docs.slack.dev/reference/methods/${method}`,
  );
}

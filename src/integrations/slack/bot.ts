/**
 * Slack through a bot token: messages in threads, changed in place. Scopes: chat:write, chat:write.public for open channels;
 * channels:history and groups:history to look, after a crash, whether a message arrived (its metadata tells which it is).
 */
import { Failure } from "../../model/failure.ts";
import type { NoticeAttempt } from "../../model/notice-ledger.ts";
import type { Log } from "../../model/system.ts";
import type { Delivered, NoticeService } from "../notices/notifier.ts";
import { applies, type NoticeRules } from "../notices/policy.ts";
import { slackMessage } from "./blocks.ts";
import { callSlack, listChannels, listSlack, type SlackAccess, SlackRefusal } from "./client.ts";

export interface SlackRoute extends NoticeRules {
  readonly channel: string;
}

export interface SlackTargets extends NoticeRules {
  readonly channel?: string;
  /** The first one that fits decides. */
  readonly routes: readonly SlackRoute[];
}

type Bot = Required<Pick<NoticeService, "post" | "update" | "find">>;

const eventType = "codeflow_notice";
/** Slack's clock is not ours. */
const clockSlackSeconds = 300;
const maxPages = 10;

export function slackBot(access: SlackAccess, log: Pick<Log, "warn">): Bot {
  async function arrived(target: string, { id, at }: NoticeAttempt, threadRoot: string | undefined) {
    const root = threadRoot === undefined ? undefined : readReference(threadRoot);
    const channel = root?.channel ?? (await channelId(access, target));
    if (channel === undefined) return undefined;
    const places = [
      ...(root === undefined ? [] : [{ method: "conversations.replies", query: { ts: root.ts } }]),
      { method: "conversations.history", query: {} },
    ];
    const oldest = Math.floor(Date.parse(at) / 1000) - clockSlackSeconds;
    for (const { method, query } of places) {
      const messages = listSlack<Message>(access, method, {
        field: "messages",
        query: { ...query, channel, oldest, limit: 200, include_all_metadata: true },
        maxPages,
      });
      for await (const { ts, metadata } of messages) {
        const isIt = metadata?.event_type === eventType && metadata.event_payload?.["key"] === id;
        if (isIt) return delivered({ channel, ts });
      }
    }
    return undefined;
  }

  return {
    async find(target, attempt, threadRoot) {
      try {
        return await arrived(target, attempt, threadRoot);
      } catch (error) {
        if (!isOneOf(error, ["missing_scope", "not_in_channel", "channel_not_found", "thread_not_found"])) throw error;
        log.warn(
          `Slack does not tell whether a message arrived before the last run ended (${error.error}), so it is sent again; the scopes channels:history and groups:history let the bot look`,
        );
        return undefined;
      }
    },
    async post(target, notice, { threadRoot, id }) {
      const root = threadRoot === undefined ? undefined : readReference(threadRoot);
      const message = {
        channel: root?.channel ?? target,
        ...slackMessage(notice),
        metadata: { event_type: eventType, event_payload: { key: id } },
        unfurl_links: false,
        unfurl_media: false,
      };
      try {
        return delivered(
          await callSlack(
            access,
            "chat.postMessage",
            root === undefined ? message : { ...message, thread_ts: root.ts },
          ),
        );
      } catch (error) {
        // The thread's first message was deleted: better told beside the thread than not told.
        if (root === undefined || !isOneOf(error, ["thread_not_found", "invalid_thread_ts"])) throw error;
        return delivered(await callSlack(access, "chat.postMessage", message));
      }
    },
    async update(reference, notice) {
      try {
        return delivered(
          await callSlack(access, "chat.update", { ...readReference(reference), ...slackMessage(notice) }),
        );
      } catch (error) {
        if (isOneOf(error, ["message_not_found", "cant_update_message", "edit_window_closed"])) return undefined;
        throw error;
      }
    },
  };
}

/** A channel's id is in capitals, its name is not. */
async function channelId(access: SlackAccess, target: string): Promise<string | undefined> {
  if (/^[A-Z][A-Z0-9]+$/.test(target)) return target;
  for await (const { id, name } of listChannels(access)) if (name === target) return id;
  return undefined;
}

interface Message {
  readonly ts: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: Readonly<Record<string, unknown>> };
}

export function slackService(
  access: SlackAccess,
  targets: SlackTargets,
  event: string,
  log: Pick<Log, "warn">,
): NoticeService {
  return {
    ...slackBot(access, log),
    targets(notice, to) {
      const target = to ?? targets.routes.find((route) => applies(notice, route, event))?.channel ?? targets.channel;
      if (target === undefined) {
        throw new Failure("CF707", "it is not said which Slack channel to tell", {
          next: "set notices.slack.channel in codeflow.yml, or name one with `to`",
        });
      }
      return Promise.resolve([target.replace(/^#/, "")]);
    },
    rules: () => targets,
  };
}

function isOneOf(error: unknown, words: readonly string[]): error is SlackRefusal {
  return error instanceof SlackRefusal && words.includes(error.error);
}

function delivered(answer: Readonly<Record<string, unknown>>): Delivered {
  const [channel, ts] = [String(answer["channel"]), String(answer["ts"])];
  return { reference: JSON.stringify({ channel, ts }), id: `${channel}/${ts}` };
}

function readReference(text: string): { readonly channel: string; readonly ts: string } {
  const { channel, ts } = JSON.parse(text) as { channel: string; ts: string };
  return { channel, ts };
}

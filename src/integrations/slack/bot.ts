/** Slack through a bot token: messages in threads, changed in place. Scopes: chat:write, chat:write.public for open channels. */
import { Failure } from "../../model/failure.ts";
import type { Delivered, NoticeService } from "../notices/notifier.ts";
import { applies, type NoticeRules } from "../notices/policy.ts";
import { slackMessage } from "./blocks.ts";
import { callSlack, type SlackAccess, SlackRefusal } from "./client.ts";

export interface SlackRoute extends NoticeRules {
  readonly channel: string;
}

export interface SlackTargets extends NoticeRules {
  readonly channel?: string;
  /** The first one that fits decides. */
  readonly routes: readonly SlackRoute[];
}

type Bot = Required<Pick<NoticeService, "post" | "update">>;

export function slackBot(access: SlackAccess): Bot {
  return {
    async post(target, notice, threadRoot) {
      const root = threadRoot === undefined ? undefined : readReference(threadRoot);
      const message = {
        channel: root?.channel ?? target,
        ...slackMessage(notice),
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

export function slackService(access: SlackAccess, targets: SlackTargets, event: string): NoticeService {
  return {
    ...slackBot(access),
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

function isOneOf(error: unknown, words: readonly string[]): boolean {
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

/**
 * Slack through an incoming webhook: one channel, no threads, nothing can be changed and nothing read back. Whether a
 * message arrived before its process died, or before the network broke, cannot be asked; then it is sent again: at least
 * once, so rather twice than never.
 */
import { exitCodes, Failure } from "../../model/failure.ts";
import type { Http } from "../../model/system.ts";
import type { NoticeService } from "../notices/notifier.ts";
import type { NoticeRules } from "../notices/policy.ts";
import { reach } from "../notices/reach.ts";
import { slackMessage } from "./blocks.ts";

export interface IncomingWebhook {
  readonly http: Http;
  /** Itself a secret: it is in no message. */
  readonly url: string;
  readonly wait: (ms: number) => Promise<void>;
}

const maxWaits = 4;
const maxWaitSeconds = 120;

export function incomingService({ http, url, wait }: IncomingWebhook, rules: NoticeRules): NoticeService {
  return {
    targets(_notice, to) {
      if (to !== undefined) {
        throw new Failure("CF707", `an incoming webhook of Slack cannot tell ${to}`, {
          why: "it posts to the one channel that it was made for",
          next: "leave `to` out, or set SLACK_BOT_TOKEN",
        });
      }
      return Promise.resolve(["incoming-webhook"]);
    },
    rules: () => rules,
    async post(_target, notice) {
      for (let waits = 0; ; waits++) {
        const response = await reach(
          () =>
            http({
              url,
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify(slackMessage(notice)),
              retries: 0,
            }),
          "Slack's incoming webhook",
        ).catch((error: unknown) => {
          // The address is the secret, and the message below this one may name it.
          if (error instanceof Failure) throw withoutAddress(error);
          throw error;
        });
        if (response.status === 200) return { reference: "incoming" };
        const seconds = Number(response.headers["retry-after"] ?? "1");
        if (response.status === 429 && waits < maxWaits && seconds <= maxWaitSeconds) {
          await wait(seconds * 1000);
          continue;
        }
        const why = `${response.status} ${Buffer.from(response.body).toString("utf8").slice(0, 200)}`.trim();
        throw new Failure(response.status === 429 ? "CF703" : "CF702", "Slack's incoming webhook refuses the message", {
          why,
          next: "see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
          exitCode: exitCodes.incomplete,
        });
      }
    },
  };
}

function withoutAddress(error: Failure): Failure {
  const why = (error.why ?? "").replace(/https?:\/\/\S+/g, "its address");
  return new Failure(error.code, error.message, { why, exitCode: error.exitCode });
}
